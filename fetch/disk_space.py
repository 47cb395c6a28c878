"""Room on the disk of the archive: a crawl ends, sealed, while there still is some."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from fetch.sizes import bytes_text

# Bytes. A body may be as long as 64 MiB (fetch.transport.MAX_BODY) and waits in a file of its own
# until it is archived; the manifest grows beside it, and other programs need room too.
KEEP_FREE = 200_000_000


class DiskLow(Exception):
    """The disk has less room than shall be kept free; says how much, and where."""


def free_on(folder: Path) -> int:
    """Bytes that are free on the disk of a folder."""
    return shutil.disk_usage(folder).free


class DiskSpace:
    """How much of a disk a crawl leaves alone.

    keep_free  bytes
    free       answers how many bytes are free
    """

    def __init__(
        self, folder: Path, *, keep_free: int = KEEP_FREE, free: Callable[[Path], int] = free_on
    ) -> None:
        """Look at nothing yet."""
        self._folder = folder
        self._keep_free = keep_free
        self._free = free

    def check(self, size: int = 0) -> None:
        """Raise DiskLow where there is too little room.

        size  of an answer that came and is not archived yet: half of what is kept free is for it
        """
        free = self._free(self._folder)
        if free - size < (self._keep_free // 2 if size else self._keep_free):
            waiting = f" and {bytes_text(size)} are to be archived" if size else ""
            raise DiskLow(
                f"{bytes_text(free)} are free on the disk of {self._folder}{waiting}; "
                f"{bytes_text(self._keep_free)} are kept free (--keep-free)."
            )
