"""From any text to text that HTML shows and nothing else."""

from __future__ import annotations

import html
import re

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What HTML forbids or UTF-8 cannot hold."""

NOT_IN_ANCHORS = re.compile(r"[^a-z0-9_]+")


def escape(text: object) -> str:
    """Text as it stands between tags or in a quoted attribute.

    >>> escape('<b title="x">' + chr(0))
    '&lt;b title=&quot;x&quot;&gt;�'
    """
    return html.escape(CONTROLS.sub("\ufffd", str(text)), quote=True)


def anchor_of(text: str) -> str:
    """A name for a heading that links can point to.

    >>> anchor_of("Tables: hltv_maps!")
    'tables-hltv_maps'
    """
    return NOT_IN_ANCHORS.sub("-", text.lower()).strip("-") or "part"


def number(value: float, unit: str = "") -> str:
    """A number for people, at most four digits behind the point, with its unit.

    >>> number(12500, "rows"), number(0.12346, "%"), number(3.0), number(-0.00001)
    ('12,500 rows', '0.1235%', '3', '0')
    """
    text = f"{value:,.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
    text = "0" if text == "-0" else text
    return text + (unit if unit in {"", "%"} else f" {unit}")
