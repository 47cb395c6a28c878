"""Where records may begin in bytes that cannot be trusted, and what a file is that is no WARC."""

from __future__ import annotations

import re

from warc.arc import is_arc
from warc.members import Members
from warc.window import Window

NOT_WARC = "not a WARC file"

_SCAN_BYTES = 1 << 20
# Longer than any candidate, so that one cut by the end of a view is whole in the next.
_OVERLAP_BYTES = 16
_CANDIDATE = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|(?<=\n)(?i:WARC)/[01]\.\d")


def is_start(window: Window, members: Members, position: int) -> bool:
    """Whether a record begins at a position, as far as its first bytes tell."""
    return _beginning(window, members, position)[:5].upper() == b"WARC/"


def next_start(window: Window, members: Members, position: int) -> int:
    """Where a record may begin, at or after a position; the window's size if nowhere.

    A record begins with a gzip member or zstd frame that inflates to WARC/…, or with a line that
    says so.

    members  the compressed units of the window
    """
    if position <= 0:
        if is_start(window, members, 0):
            return 0
        position = 1
    if position <= (front := members.after_voids(0)):
        position = front + 1  # the record behind a dictionary begins, with it, at the file's start
    while position < window.size:
        # One byte before, because a line begins after another's end.
        view = window.view(position - 1, _SCAN_BYTES)
        for hit in _CANDIDATE.finditer(view, 1):
            place = position - 1 + hit.start()
            if is_start(window, members, place):
                return place
        if position - 1 + len(view) >= window.size:
            break
        position += len(view) - _OVERLAP_BYTES
    return window.size


def foreign(window: Window, members: Members) -> str | None:
    """What a file is, where it is no WARC file at all; None where it is, or is a damaged one."""
    if not window.size:
        return None
    damaged = not _beginning(window, members, 0)
    if damaged or is_arc(window) or next_start(window, members, 0) < window.size:
        return None
    return NOT_WARC


def _beginning(window: Window, members: Members, position: int) -> bytes:
    """The first bytes at a position, inflated where a unit begins; b"" if it cannot be."""
    if members.packing(position):
        return members.beginning(position)
    return bytes(window.view(position, 16))
