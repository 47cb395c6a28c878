"""Sizes in bytes as people write and read them."""

from __future__ import annotations

import re

from warc.errors import UsageError

_UNITS: dict[str, int] = {
    "": 1,
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "tb": 1000**4,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
    "tib": 1024**4,
}
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)\s*([A-Za-z]{0,3})")


def parse_bytes(text: str, option: str) -> int:
    """Read a size with a decimal or binary unit.

    option  where the text stands, for the message

    >>> parse_bytes("500MB", "--max-bytes"), parse_bytes("1.5 GiB", "--max-bytes")
    (500000000, 1610612736)
    """
    found = _SIZE.fullmatch(text.strip())
    unit = _UNITS.get(found.group(2).lower()) if found else None
    if found is None or unit is None:
        raise UsageError(f"{option} {text[:40]!r} is not a size like 500MB or 2GiB")
    return round(float(found.group(1)) * unit)


def bytes_text(size: int) -> str:
    """A size for people, in decimal units.

    >>> bytes_text(999), bytes_text(200_000_000), bytes_text(1_250_000_000)
    ('999 B', '200.0 MB', '1.2 GB')
    """
    if size < 1000:
        return f"{size} B"
    for unit in ("kB", "MB"):
        size_in_unit = size / _UNITS[unit.lower()]
        if size_in_unit < 999.95:
            return f"{size_in_unit:.1f} {unit}"
    return f"{size / 1e9:.1f} GB"
