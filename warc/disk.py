"""The operations that change files, behind one small protocol: a test can fail any of them.

The one module of the archive that knows how platforms differ in syncing and renaming.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from pathlib import Path
from typing import Protocol

# A virus scanner or an indexer holds a new file for moments on Windows: about 3 s in all.
_RENAME_ATTEMPTS = 6
_RENAME_PAUSE_S = 0.05


class Disk(Protocol):
    """What the archive does to a disk; every operation may raise OSError."""

    def create(self, path: Path) -> int:
        """Open a new file for appending; FileExistsError where it exists."""

    def reopen(self, path: Path) -> int:
        """Open a file that exists for appending."""

    def write(self, handle: int, data: bytes | memoryview) -> int:
        """Append bytes; returns how many, perhaps fewer than given."""

    def sync(self, handle: int) -> None:
        """Return when what was written would survive a power cut."""

    def truncate(self, handle: int, size: int) -> None:
        """Cut a file to a size."""

    def close(self, handle: int) -> None:
        """Let go of a file."""

    def rename(self, source: Path, target: Path) -> None:
        """Rename a file, replacing what stands at the target."""

    def remove(self, path: Path) -> None:
        """Remove a file."""

    def sync_folder(self, path: Path) -> None:
        """Return when creations and renames in a folder would survive a power cut."""

    def commit(self, connection: sqlite3.Connection) -> None:
        """Commit the transaction that is open; may raise sqlite3.Error instead."""


class RealDisk:
    """The disk itself."""

    def create(self, path: Path) -> int:
        """Open a new file for appending; FileExistsError where it exists."""
        return os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o644)

    def reopen(self, path: Path) -> int:
        """Open a file that exists for appending."""
        return os.open(path, _FLAGS)

    def write(self, handle: int, data: bytes | memoryview) -> int:
        """Append bytes; returns how many, perhaps fewer than given."""
        return os.write(handle, data)

    def sync(self, handle: int) -> None:
        """Return when what was written would survive a power cut."""
        os.fsync(handle)

    def truncate(self, handle: int, size: int) -> None:
        """Cut a file to a size."""
        os.ftruncate(handle, size)

    def close(self, handle: int) -> None:
        """Let go of a file."""
        os.close(handle)

    def rename(self, source: Path, target: Path) -> None:
        """Rename a file, replacing what stands at the target; tries for a bounded time."""
        pause_s = _RENAME_PAUSE_S
        for attempt in range(1, _RENAME_ATTEMPTS + 1):
            try:
                source.replace(target)
            except PermissionError:
                if attempt == _RENAME_ATTEMPTS:
                    raise
                time.sleep(pause_s)
                pause_s *= 2
            else:
                return

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def sync_folder(self, path: Path) -> None:
        """Return when creations and renames in a folder would survive a power cut.

        Windows keeps its folders by itself and cannot open one.
        """
        if sys.platform == "win32":
            return
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def commit(self, connection: sqlite3.Connection) -> None:
        """Commit the transaction that is open; may raise sqlite3.Error instead."""
        connection.commit()


_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
