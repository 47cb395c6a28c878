"""The tripwire: while a parse runs, Python code that reaches for the network is refused.

An audit hook can never be removed, so it is added once and does nothing while it is not armed. It
sees Python code only; the proof that a parse is offline is one in a network namespace without
interfaces (tests/parse/test_offline.py).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from warc.errors import UsageError, WarchouseError

REFUSED: Final = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.getnameinfo",
        "http.client.connect",
        "urllib.Request",
        "ftplib.connect",
        "smtplib.connect",
    }
)


class OfflineError(WarchouseError):
    """Something tried to reach the network during a parse."""


class _Tripwire:
    """The hook's state: whether it was added, and how many parses it guards."""

    added = False
    armed = 0


@contextmanager
def offline() -> Iterator[None]:
    """Refuse network access of this process for a while: the first act of every worker."""
    if not _Tripwire.added:
        sys.addaudithook(_refuse)
        _Tripwire.added = True
    _Tripwire.armed += 1
    try:
        yield
    finally:
        _Tripwire.armed -= 1


def refuse_remote(path: str) -> str:
    """The path as given; UsageError if it names a remote place (`s3://…`), which is never read."""
    if "://" in path:
        raise UsageError(f"a parse reads local files only, not {path!r}")
    return path


def _refuse(event: str, args: tuple[object, ...]) -> None:
    if event not in REFUSED or not _Tripwire.armed:
        return
    address = args[1] if event.startswith("socket.") and len(args) > 1 else args[:1]
    if isinstance(address, str | bytes) and event in {"socket.connect", "socket.bind"}:
        return  # a path: a local socket between processes
    raise OfflineError(f"a parse is offline: refused {event} {address!r}")
