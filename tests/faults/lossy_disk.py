"""A disk that keeps what was synced, and of the rest whatever a power cut happens to leave.

Theory of operation. Real files stand for what running processes see. Beside them the disk keeps
what is durable: of each file the bytes at its last sync and the changes since, of each folder its
entries at its last `sync_folder` and the changes since. A cut makes a new folder from that: each
change that was not synced is there, or missing, or there in part; a file that grew without its
bytes is filled with zeros. Entries survive in order up to some point, or in any subset. The
manifest may be in any state it was ever committed in, or gone. What is not written through the
disk (logs, the lock) is gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from warc.disk import RealDisk
from warc.manifest import MANIFEST_NAME


class PowerCut(BaseException):
    """Nothing runs any more."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A write at an offset, or, with `data` None, a truncation to it."""

    offset: int
    data: bytes | None

    def applied(self, content: bytearray) -> None:
        if self.data is None:
            del content[self.offset :]
            content.extend(bytes(max(0, self.offset - len(content))))
            return
        content.extend(bytes(max(0, self.offset - len(content))))
        content[self.offset : self.offset + len(self.data)] = self.data


@dataclass(slots=True, eq=False)
class _File:
    """One file, whatever its name."""

    durable: bytes = b""
    changes: list[_Change] = field(default_factory=list)

    def content(self, keeps: Callable[[_Change], _Change | None] = lambda change: change) -> bytes:
        content = bytearray(self.durable)
        for change in self.changes:
            if kept := keeps(change):
                kept.applied(content)
        return bytes(content)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A change of a folder: `made` of the file, at a name or (None) nowhere, `gone` from another."""

    made: Path | None
    gone: Path | None
    file: _File | None = None


class LossyDisk:
    """Implements `warc.disk.Disk` for the collection in `folder`.

    ends_at  operation, counted from 1 by `begin`, at which everything ends; 0: none. The
             operation may still have happened, in part or as a whole.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.operations = 0
        self.ends_at = 0
        self.claimed: set[str] = set()
        self._is_over = False
        self._files: dict[Path, _File] = {}
        self._durable: dict[Path, _File] = {}
        self._entries: list[_Entry] = []
        self._handles: dict[int, _File] = {}
        self._is_anchored = False
        self._manifests: list[dict[str, bytes]] = []
        self._real = RealDisk()

    def begin(self, ends_at: int = 0) -> None:
        """A process starts."""
        self.operations, self.ends_at, self._is_over = 0, ends_at, False
        self._handles.clear()

    def _counts(self) -> bool:
        """Count an operation; whether it is the last one."""
        if self._is_over:
            raise PowerCut
        self.operations += 1
        self._is_over = self.operations == self.ends_at
        return self._is_over

    def _ends(self, is_last: bool) -> None:
        if is_last:
            raise PowerCut

    # -- the protocol ------------------------------------------------------------------------

    def create(self, path: Path) -> int:
        is_last = self._counts()
        handle = self._real.create(path)
        file = self._files[path] = self._handles[handle] = _File()
        self._entries.append(_Entry(made=path, gone=None, file=file))
        if is_last:
            self._real.close(handle)
        self._ends(is_last)
        return handle

    def reopen(self, path: Path) -> int:
        self._ends(self._counts())
        handle = self._real.reopen(path)
        self._handles[handle] = self._files[path]
        return handle

    def write(self, handle: int, data: bytes | memoryview) -> int:
        is_last = self._counts()
        file = self._handles[handle]
        file.changes.append(_Change(len(file.content()), bytes(data)))
        written = self._real.write(handle, data)
        self._ends(is_last)
        return written

    def sync(self, handle: int) -> None:
        is_last = self._counts()
        self._ends(is_last)
        file = self._handles[handle]
        file.durable, file.changes = file.content(), []

    def truncate(self, handle: int, size: int) -> None:
        is_last = self._counts()
        self._handles[handle].changes.append(_Change(size, None))
        self._real.truncate(handle, size)
        self._ends(is_last)

    def close(self, handle: int) -> None:
        self._handles.pop(handle, None)
        self._real.close(handle)

    def rename(self, source: Path, target: Path) -> None:
        is_last = self._counts()
        self._real.rename(source, target)
        file = self._files[target] = self._files.pop(source)
        self._entries.append(_Entry(made=target, gone=source, file=file))
        self._ends(is_last)

    def remove(self, path: Path) -> None:
        is_last = self._counts()
        self._real.remove(path)
        del self._files[path]
        self._entries.append(_Entry(made=None, gone=path))
        self._ends(is_last)

    def sync_folder(self, path: Path) -> None:
        self._ends(self._counts())
        if path == self.folder:
            for entry in self._entries:
                _apply(entry, self._durable)
            self._entries.clear()
        elif path == self.folder.parent:
            self._is_anchored = True

    def commit(self, connection: sqlite3.Connection) -> None:
        is_last = self._counts()
        connection.commit()
        self._manifests.append(
            {path.name: path.read_bytes() for path in self.folder.glob(f"{MANIFEST_NAME}*")}
        )
        self._ends(is_last)
        self.claimed = {name for (name,) in connection.execute("SELECT record_id FROM captures")}

    # -- the power cut -----------------------------------------------------------------------

    def synced(self, target: Path) -> None:
        """Write what was synced of each file into a folder, under made-up names."""
        target.mkdir(parents=True)
        files = {id(file): file for file in (*self._durable.values(), *self._files.values())}
        files |= {id(one.file): one.file for one in self._entries if one.file is not None}
        for number, file in enumerate(files.values()):
            (target / f"{number:03d}.warc.gz").write_bytes(file.durable)

    def cut(self, target: Path, chance: Random) -> None:
        """Write what a power cut leaves of the collection into a folder."""
        target.mkdir(parents=True)
        if not self._is_anchored and chance.random() < 0.5:
            return  # nobody had synced the folder that the collection's folder is in
        entries = dict(self._durable)
        in_order = chance.random() < 0.5
        last = chance.randint(0, len(self._entries))
        for number, entry in enumerate(self._entries):
            if number < last if in_order else chance.random() < 0.5:
                _apply(entry, entries)
        for path, file in entries.items():
            (target / path.name).write_bytes(file.content(lambda change: _kept(change, chance)))
        states = [{}, *self._manifests[:-1], *self._manifests[-1:] * (len(self._manifests) + 1)]
        for name, content in chance.choice(states).items():
            (target / name).write_bytes(content)


def _apply(entry: _Entry, entries: dict[Path, _File]) -> None:
    if entry.gone is not None:
        entries.pop(entry.gone, None)
    if entry.made is not None and entry.file is not None:
        entries[entry.made] = entry.file


def _kept(change: _Change, chance: Random) -> _Change | None:
    """What is left of a change that was not synced."""
    roll = chance.random()
    if roll < 0.3:
        return change
    if roll < 0.45 or change.data is None:
        return None
    part = change.data[: chance.randint(0, len(change.data))]
    if roll < 0.7:
        part += bytes(len(change.data) - len(part))
    return _Change(change.offset, part)
