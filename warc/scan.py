"""Where records may begin in bytes that cannot be trusted, and what a file is that is no WARC."""

from __future__ import annotations

import re

from warc.arc import is_arc
from warc.codec import INFLATE_ERRORS, inflater
from warc.window import Window

GZIP_MAGIC = b"\x1f\x8b\x08"
NOT_WARC = "not a WARC file"

_PROBE_BYTES = 4 << 10
_SCAN_BYTES = 1 << 20
# Longer than any candidate, so that one cut by the end of a view is whole in the next.
_OVERLAP_BYTES = 16
_CANDIDATE = re.compile(rb"\x1f\x8b\x08|(?<=\n)(?i:WARC)/[01]\.\d")
_LINE = re.compile(rb"(?<=\n)(?i:WARC)/[01]\.\d")

_FOREIGN = (
    (b"\x28\xb5\x2f\xfd", "is zstd-compressed, which is not read yet"),
    (b"\x5d\x2a\x4d\x18", "is zstd-compressed, which is not read yet"),
)


def is_start(window: Window, position: int) -> bool:
    """Whether a record begins at a position, as far as its first bytes tell."""
    return _beginning(window, position)[:5].upper() == b"WARC/"


def next_start(window: Window, position: int) -> int:
    """Where a record may begin, at or after a position; the window's size if nowhere.

    A record begins with a gzip member that inflates to WARC/…, or with a line that says so.
    """
    if position <= 0:
        if is_start(window, 0):
            return 0
        position = 1
    while position < window.size:
        # One byte before, because a line begins after another's end.
        view = window.view(position - 1, _SCAN_BYTES)
        for hit in _CANDIDATE.finditer(view, 1):
            place = position - 1 + hit.start()
            if is_start(window, place):
                return place
        if position - 1 + len(view) >= window.size:
            break
        position += len(view) - _OVERLAP_BYTES
    return window.size


def next_line(data: bytes, position: int) -> int:
    """Where a plain record may begin in an inflated member, at or after a position past 0."""
    found = _LINE.search(data, position)
    return found.start() if found else len(data)


def foreign(window: Window) -> str | None:
    """What a file is, where it is no WARC file at all; None where it is, or is a damaged one."""
    if not window.size:
        return None
    beginning = _beginning(window, 0)
    for magic, problem in _FOREIGN:
        if beginning.startswith(magic):
            return problem
    damaged = not beginning
    if damaged or is_arc(window) or next_start(window, 0) < window.size:
        return None
    return NOT_WARC


def _beginning(window: Window, position: int) -> bytes:
    """The first bytes at a position, inflated where a gzip member begins; b"" if it cannot be."""
    view = window.view(position, _PROBE_BYTES)
    start = bytes(view[:16])
    if not start.startswith(GZIP_MAGIC):
        return start
    try:
        return inflater().decompress(view, 16)
    except INFLATE_ERRORS:
        return b""
