"""Who reads a snapshot: a shared lock on its snapshot.json, which dies with its holder.

Theory of operation. A reader locks `snapshots/<id>/snapshot.json` together with any other readers;
who wants to remove the snapshot has to lock it alone. The operating system drops both when their
process ends, however it ends, so nothing is ever left to tidy up, and a reader needs no right to
write. Windows has no shared locks, and needs none: it renames no folder in which a file is open. On
a file system without locks reading goes on unprotected; the age rule of pruning is what is left.
"""

from __future__ import annotations

import errno
import os
import sys
import weakref
from pathlib import Path

from warehouse.errors import WarehouseError

HELD = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})


class InUse(WarehouseError):
    """Somebody else has the snapshot: a reader, or who is removing it."""


class Gone(WarehouseError):
    """The snapshot was removed before it could be held."""


class Lease:
    """A hold on a snapshot, until `release`, until nobody knows it, or until the process ends."""

    __slots__ = ("__weakref__", "_release")

    def __init__(self, handle: int) -> None:
        """Keep the open file that the system's lock belongs to."""
        self._release = weakref.finalize(self, os.close, handle)

    def release(self) -> None:
        """Let go; nothing happens a second time."""
        self._release()


def lease_to_read(folder: Path) -> Lease:
    """Hold a snapshot's folder together with other readers.

    raises  Gone where it is not there (any more), InUse while it is being removed
    """
    path = folder / "snapshot.json"
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Gone(f"{folder} is not there") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WarehouseError(f"cannot read {path}: {reason}") from error
    lease = Lease(handle)
    try:
        _lock_shared(handle)
    except OSError as error:
        if error.errno in HELD:
            raise InUse(f"{folder} is being removed") from error
    # Renamed between opening and locking: what is held is no snapshot any more.
    if not _is_still(path, handle):
        raise Gone(f"{folder} is not there")
    return lease


def lease_to_remove(folder: Path) -> Lease:
    """Hold a snapshot's folder alone.

    raises  Gone where it is not there, InUse where somebody reads it, OSError where the file system
            cannot tell
    """
    path = folder / "snapshot.json"
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Gone(f"{folder} is not there") from error
    lease = Lease(handle)
    try:
        _lock_alone(handle)
    except OSError as error:
        if error.errno in HELD:
            raise InUse(f"{folder} is being read") from error
        raise
    return lease


def _is_still(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except OSError:
        return False


if sys.platform == "win32":

    def _lock_shared(handle: int) -> None:
        """Do nothing: an open file is hold enough."""

    def _lock_alone(handle: int) -> None:
        """Do nothing: renaming the folder fails where a file in it is open."""

else:
    import fcntl

    def _lock_shared(handle: int) -> None:
        """Lock a file beside other readers, or raise OSError at once."""
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)

    def _lock_alone(handle: int) -> None:
        """Lock a file alone, or raise OSError at once."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
