"""The snapshots of a warehouse: when each was committed, what it takes, what it is good for.

No build writes a clock into a snapshot; when it was committed is the time its snapshot.json was
written. That of its successor is when it stopped being current.
"""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse.errors import DamagedError, WarehouseError
from warehouse.store import Store

FileKey = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class File:
    """One file of a snapshot; hard links of one file have one `key`.

    links  how many names the file has, on the whole disk
    """

    key: FileKey
    size: int
    links: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One snapshot in the list.

    as_of    the last moment of the archive that it shows; such a build never becomes current
    problem  why its snapshot.json cannot be told, empty if it can
    """

    id: str
    folder: Path
    is_current: bool
    committed: datetime
    parent: str | None = None
    rows: int = 0
    as_of: str | None = None
    pins: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    files: tuple[File, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    @property
    def own(self) -> int:
        """Bytes that go if it goes alone: files that no other snapshot shares."""
        return freed([self])


def history(store: Store) -> list[Entry]:
    """Every snapshot there is, in order of its id; one that is pruned meanwhile is left out.

    raises  DamagedError where CURRENT cannot be told
    """
    current = store.current()
    found = []
    for snapshot in store.ids():
        with contextlib.suppress(FileNotFoundError):
            found.append(_entry(store, snapshot, current))
    return [entry for entry in found if entry.folder.is_dir()]


def freed(entries: Iterable[Entry]) -> int:
    """Bytes the disk gets back once these are gone: of files none of whose names is left."""
    gone = Counter(file for entry in entries for file in entry.files)
    return sum(file.size for file, names in gone.items() if names >= file.links)


def left_at(entry: Entry, entries: Sequence[Entry]) -> datetime:
    """When a snapshot stopped being current; one that never was, when it was committed."""
    if entry.as_of is not None:
        return entry.committed
    later = (one for one in entries if one.as_of is None and int(one.id) > int(entry.id))
    successor = min(later, key=lambda one: int(one.id), default=None)
    return successor.committed if successor else entry.committed


def as_of_text(moment: str) -> str:
    """The day or second that a build was asked to stand for, of the last moment that it holds.

    >>> as_of_text("2026-03-01T23:59:59.999999+00:00")
    '2026-03-01'
    >>> as_of_text("2026-03-01T12:00:00.999999+00:00")
    '2026-03-01 12:00:00'
    >>> as_of_text("2026-03-01T12:00:01.299999+00:00")
    '2026-03-01 12:00:00.3'
    """
    try:
        second = datetime.fromisoformat(moment) - timedelta(microseconds=999_999)
    except (ValueError, OverflowError):  # a snapshot.json that was edited
        return moment
    day, _, time = second.replace(tzinfo=None).isoformat(" ").partition(" ")
    return day if time == "23:59:59" else f"{day} {time}".rstrip("0" * ("." in time))


def _entry(store: Store, snapshot: str, current: str | None) -> Entry:
    folder = store.path_of(snapshot)
    said: dict[str, Any] = {}
    problem = ""
    try:
        said = store.about(snapshot)
    except DamagedError:
        problem = "its snapshot.json is damaged"
    except WarehouseError:
        problem = "its snapshot.json is missing or unreadable"
    as_of, pins = said.get("as_of"), said.get("pins")
    return Entry(
        id=snapshot,
        folder=folder,
        is_current=snapshot == current,
        committed=_committed(folder),
        parent=said.get("parent"),
        rows=sum(said.get("tables", {}).values()),
        as_of=str(as_of) if as_of is not None else None,
        pins=pins if isinstance(pins, dict) else {},
        problem=problem,
        files=tuple(_files(folder)),
    )


def _committed(folder: Path) -> datetime:
    about = folder / "snapshot.json"
    place = about if about.is_file() else folder
    return datetime.fromtimestamp(place.stat().st_mtime, UTC)


def _files(folder: Path) -> Iterable[File]:
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            found = path.lstat()
            # Without an inode number a file is known by its name alone: it counts as unshared.
            alone = "" if found.st_ino else str(path)
            key = (found.st_dev, found.st_ino, alone)
            yield File(key, found.st_size, found.st_nlink if found.st_ino else 1)
