"""Labels that several page types print alike."""

from __future__ import annotations

import re

_VERSION = re.compile(r"(?<![0-9.])([0-9]\.[0-9])$")


def rating_version(label: str) -> str | None:
    """Which formula a rating follows: 'Rating3.0' and 'Rating 2.1' give '3.0' and '2.1'.

    returns  None if the label does not say
    """
    found = _VERSION.search(label)
    return found[1] if found else None
