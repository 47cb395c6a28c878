"""One writer at a time: a lock file that the operating system lets go of when its holder dies.

The one module that knows how platforms lock files. The file names its holder for people; what
counts is the lock on it, so a file left by a killed process never has to be deleted by hand.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from warc.errors import CollectionError

# What a lock that another process holds answers; a file system without locks answers otherwise.
_HELD = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})

# Windows locks bytes against reading too: lock one far behind what is written.
_LOCKED_BYTE = 1 << 20


class FolderLock:
    """A lock that is held from `take` until `release` or the end of the process."""

    def __init__(self, path: Path) -> None:
        """Name the lock file; nothing happens yet."""
        self.path = path
        self._handle: int | None = None

    def take(self, purpose: str) -> None:
        """Take the lock.

        purpose  what the holder does, for the message others get: "fetch"
        raises   CollectionError naming the holder where another process has it
        """
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        try:
            handle = os.open(self.path, flags, 0o644)
        except OSError as error:
            problem = f"{self.path} cannot be created: {error.strerror} (see --archives)"
            raise CollectionError(problem) from error
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            if error.errno not in _HELD:
                problem = f"{self.path} cannot be locked: {error.strerror} (see --archives)"
                raise CollectionError(problem) from error
            holder = _holder(self.path)
            raise CollectionError(f"{self.path.parent} is in use by {holder}") from error
        self._handle = handle
        with contextlib.suppress(OSError):  # a full disk: the lock holds, only its name is missing
            os.ftruncate(handle, 0)
            os.write(handle, json.dumps(_self(purpose)).encode("utf-8"))

    def release(self) -> None:
        """Let go of the lock; nothing happens where it is not held. The file stays."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            with contextlib.suppress(OSError):  # closing lets go of the lock in any case
                os.ftruncate(handle, 0)
                _unlock(handle)
            os.close(handle)


def _self(purpose: str) -> Mapping[str, str | int]:
    """How this process names itself in a lock file."""
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"pid": os.getpid(), "host": platform.node(), "since": since, "purpose": purpose}


def _holder(path: Path) -> str:
    """Who holds a lock, in words."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return f"{told['purpose']}, process {told['pid']} on {told['host']} since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        """Lock a file or raise OSError at once."""
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

    def _unlock(handle: int) -> None:
        """Undo `_lock`."""
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        """Lock a file or raise OSError at once."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(handle: int) -> None:
        """Undo `_lock`."""
        fcntl.flock(handle, fcntl.LOCK_UN)
