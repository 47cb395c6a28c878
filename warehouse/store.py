"""Snapshots on disk: built aside, synced, renamed, and only then made current.

Theory of operation. A build writes into `snapshots/.building-<process id>` and owns the warehouse's
lock for as long. Committing syncs every file and folder, renames the folder to the next number and
replaces CURRENT, the only word readers go by. Before that last step the snapshot before stands,
untouched; what a killed build left behind is swept when the lock is next taken.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import re
import shutil
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec

from warehouse.errors import DamagedError, WarehouseError
from warehouse.part import Part, is_whole

BUILDING = ".building-"
PRUNED = ".pruned-"
REPLACE_ATTEMPTS = 20  # Windows refuses to replace a file that someone reads; readers are quick
REPLACE_PAUSE_S = 0.05
READ_ONLY = 0o444  # parts never change, and may be one file in many snapshots
SNAPSHOT_ID = re.compile(rb"[0-9]{6,18}")


class _Input(msgspec.Struct):
    """What readers need of one entry of `inputs`."""

    collection: str
    file: str
    path: str


class _About(msgspec.Struct):
    """What readers need of snapshot.json."""

    tables: Annotated[dict[str, int], msgspec.Meta(min_length=1)]
    inputs: list[_Input]
    parts: list[Part]


class Store:
    """A warehouse's data folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when something is built."""
        self.folder = folder
        self.snapshots = folder / "snapshots"
        self.cache = folder.absolute() / "cache"  # SQLite takes a relative `file:x` for a URI
        self._current = folder / "CURRENT"
        self._last = folder / "LAST"

    def current(self) -> str | None:
        """The id of the current snapshot, for instance `000042`; None if there is none yet.

        raises  DamagedError where CURRENT names no snapshot that is there
        """
        with _reading(self._current):
            try:
                word = self._current.read_bytes().strip()
            except (FileNotFoundError, NotADirectoryError):
                return None
        if not SNAPSHOT_ID.fullmatch(word):
            problem = "does not hold the id of a snapshot"
            raise DamagedError(self._current, problem, warehouse=self.folder)
        snapshot = word.decode("ascii")
        about = self.path_of(snapshot) / "snapshot.json"
        with _reading(about):
            is_there = about.is_file()
        if not is_there:
            problem = f"names snapshot {snapshot!r}, which is not there"
            raise DamagedError(self._current, problem, warehouse=self.folder)
        return snapshot

    def about(self, snapshot: str) -> dict[str, Any]:
        """What a snapshot's snapshot.json says; its tables, inputs and parts are there.

        raises  DamagedError where they are not
        """
        path = self.path_of(snapshot) / "snapshot.json"
        with _reading(path):
            text = path.read_bytes()
        try:
            said: dict[str, Any] = msgspec.json.decode(text)
            msgspec.convert(said, _About)
        except (ValueError, RecursionError) as error:  # of msgspec, or text that is not UTF-8
            problem = f"is not what a build wrote ({error})"
            raise DamagedError(path, problem, warehouse=self.folder) from error
        return said

    def path_of(self, snapshot: str) -> Path:
        """The folder of a snapshot."""
        return self.snapshots / snapshot

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Hold the warehouse alone and yield an empty folder to build in.

        The folder is gone afterwards unless `commit` has renamed it.
        raises  WarehouseError where another build holds the warehouse, or it cannot be written;
                DamagedError where the current snapshot cannot be told: it is not built over
        """
        self._parent()
        with storage_errors(self.folder):
            self.snapshots.mkdir(parents=True, exist_ok=True)
            self.cache.mkdir(exist_ok=True)
        with self._lock():
            self._sweep()
            aside = self.snapshots / f"{BUILDING}{os.getpid()}"
            try:
                with storage_errors(self.folder):
                    aside.mkdir()
                    yield aside
            finally:
                shutil.rmtree(aside, ignore_errors=True)

    @contextmanager
    def alone(self, purpose: str) -> Iterator[None]:
        """Hold the warehouse as a build does, to do something else; leftovers are swept first.

        purpose  what it is, for the message that others get: "prune"
        raises   WarehouseError where somebody holds it, or there is none
        """
        if not self.snapshots.is_dir():
            raise WarehouseError(f"there are no snapshots in {self.folder}")
        with self._lock(purpose):
            self._sweep()
            yield

    def keep_number(self, snapshot: str) -> None:
        """Note that an id was given, before its snapshot goes: none is given twice."""
        if int(snapshot) <= self._noted_number():
            return
        aside = self.folder / "LAST.new"
        aside.write_text(snapshot + "\n", encoding="ascii", newline="\n")
        sync(aside)
        replace(aside, self._last)
        sync(self.folder)

    def ids(self) -> list[str]:
        """The ids of all snapshots that are there, the oldest first."""
        with _reading(self.snapshots):
            try:
                names = [path.name for path in self.snapshots.iterdir()]
            except (FileNotFoundError, NotADirectoryError):
                return []
        return sorted((name for name in names if name.isdecimal()), key=int)

    def commit(
        self,
        aside: Path,
        parts: Sequence[Part],
        about: Mapping[str, object],
        *,
        current: bool = True,
    ) -> str:
        """Make what was built aside a snapshot, and the current one; gives its id.

        about    what stands in snapshot.json beside parent, id and parts
        current  False to leave the current snapshot what it is: the new one stands beside it
        """
        parent = self._parent()
        snapshot = f"{self._last_number() + 1:06d}"
        if parent is not None:
            self._share(aside, parts, *parent)
        listed = [msgspec.to_builtins(part) for part in sorted(parts, key=_place)]
        came_from = parent[0] if parent else None
        document = {"id": snapshot, "parent": came_from, **about, "parts": listed}
        text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        (aside / "snapshot.json").write_text(text, encoding="utf-8", newline="\n")
        for path in sorted(aside.rglob("*")):
            if path.suffix == ".parquet":
                path.chmod(READ_ONLY)
            sync(path)
        sync(aside)
        replace(aside, self.snapshots / snapshot)
        sync(self.snapshots)
        if not current:
            return snapshot
        pointer = self.folder / "CURRENT.new"
        pointer.write_text(snapshot + "\n", encoding="ascii", newline="\n")
        sync(pointer)
        replace(pointer, self._current)
        sync(self.folder)
        return snapshot

    def _parent(self) -> tuple[str, dict[str, Any]] | None:
        """The current snapshot and what it says of itself; DamagedError where that is unclear."""
        snapshot = self.current()
        return None if snapshot is None else (snapshot, self.about(snapshot))

    def _share(
        self, aside: Path, parts: Sequence[Part], parent: str, before: Mapping[str, Any]
    ) -> None:
        """Turn parts that equal the parent's into hard links to them, where the disk can."""
        known = {(part["table"], part["name"]): part["sha256"] for part in before["parts"]}
        for part in parts:
            if known.get((part.table, part.name)) != part.sha256:
                continue
            ours = aside / part.table / part.name
            theirs = self.snapshots / parent / part.table / part.name
            if not theirs.is_file() or ours.samefile(theirs) or not is_whole(part, theirs):
                continue
            link = ours.with_suffix(".link")
            try:
                os.link(theirs, link)
            except OSError:
                return  # a disk without hard links: the copy stands
            replace(link, ours)

    def _last_number(self) -> int:
        return max([self._noted_number(), *map(int, self.ids())])

    def _noted_number(self) -> int:
        """The highest number whose snapshot was pruned, as far as it was noted."""
        try:
            return int(self._last.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def _sweep(self) -> None:
        for aside in (BUILDING, PRUNED):
            for left in self.snapshots.glob(aside + "*"):
                shutil.rmtree(left, ignore_errors=True)
        for left in self.cache.glob("stage-*"):
            left.unlink(missing_ok=True)

    @contextmanager
    def _lock(self, purpose: str = "parse") -> Iterator[None]:
        """Hold the build lock: SQLite's own, which every system drops when a process dies."""
        path = self.folder.absolute() / "parse.lock"  # as above
        holder = self.folder / "parse.lock.json"
        try:
            lock = sqlite3.connect(path, timeout=0, isolation_level=None)
        except sqlite3.Error as error:
            raise WarehouseError(f"cannot lock the warehouse {self.folder}: {error}") from error
        try:
            try:
                lock.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                raise self._locked(holder, error) from error
            note = {
                "purpose": purpose,
                "process": os.getpid(),
                "host": platform.node(),
                "since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            }
            with storage_errors(self.folder):
                holder.write_text(json.dumps(note), encoding="utf-8")
            yield
        finally:
            lock.close()

    def _locked(self, holder: Path, error: sqlite3.Error) -> WarehouseError:
        if "locked" not in str(error):
            return WarehouseError(f"cannot lock the warehouse {self.folder}: {error}")
        try:
            note = json.loads(holder.read_text(encoding="utf-8"))
            who = f"process {note['process']} on {note['host']}, since {note['since']}"
            what = str(note.get("purpose", "parse"))
        except (OSError, ValueError, KeyError):
            who, what = "another process", "parse"
        return WarehouseError(f"another {what} holds the warehouse {self.folder}: {who}")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what the disk refuses of a file into a WarehouseError that names it."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WarehouseError(f"cannot read {path}: {reason}") from error


def _place(part: Part) -> tuple[str, str]:
    return part.table, part.name


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses (full, read-only, forbidden) into a WarehouseError on `folder`."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        reason = (error.strerror or str(error)).lower()
        of = f" ({_within(folder, error.filename)})" if error.filename else ""
        raise WarehouseError(f"cannot write the warehouse {folder}: {reason}{of}") from error
    except sqlite3.OperationalError as error:
        reason = f"{_first_of(error)} (a database under cache)"
        raise WarehouseError(f"cannot write the warehouse {folder}: {reason}") from error


def _within(folder: Path, name: str | bytes) -> Path:
    """A file as seen from the warehouse, if it is in there."""
    path = Path(os.fsdecode(name))
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def _first_of(error: sqlite3.OperationalError) -> sqlite3.OperationalError:
    """What SQLite said first: after a full disk it also misses the transaction it rolled back."""
    while isinstance(error.__context__, sqlite3.OperationalError):
        error = error.__context__
    return error


def sync(path: Path) -> None:
    """Have the disk hold a file's bytes, or a folder's names where the system can."""
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot sync a folder
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(source: Path, target: Path) -> None:
    """Rename over what is there, trying again for a second while someone reads it."""
    for attempt in range(REPLACE_ATTEMPTS):
        try:
            source.replace(target)
        except PermissionError:
            if attempt == REPLACE_ATTEMPTS - 1:
                raise
            time.sleep(REPLACE_PAUSE_S)
        else:
            return
