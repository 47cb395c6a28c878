"""Removing old snapshots: never the current one, never one that is read, each as a whole.

Theory of operation. Pruning holds the lock that builds hold, so there is no build beside it. A
snapshot goes in two steps: while its lease is held alone its folder is renamed to `.pruned-<id>`,
a name that no reader takes for a snapshot; then that folder is deleted. Killed in between, the
leftover has no part in anything, and who next holds the lock deletes it. Our own readers hold
leases; of a reader without Warchouse nothing is known, so a snapshot also has to have stopped being
current for a while. Numbers are never given twice: what was the highest is noted before it goes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from warehouse.errors import TableNotFoundError, WarehouseError
from warehouse.history import Entry, freed, history, left_at
from warehouse.lease import Gone, InUse, lease_to_remove
from warehouse.snapshot import there_are
from warehouse.store import PRUNED, Store, replace, storage_errors, sync

KEEP = 3
MIN_AGE = timedelta(hours=1)  # longer than any one reading of a table that we know of takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to prune.

    ids      these snapshots; without any, all but the newest
    keep     how many of the newest stay where none is named: so many that could be current, and so
             many made with --as-of
    min_age  how long a snapshot must not have been current, for readers that hold no lease
    """

    ids: tuple[str, ...] = ()
    keep: int = KEEP
    min_age: timedelta = MIN_AGE


@dataclass(slots=True)
class Pruned:
    """What pruning did, or would do.

    kept      of those that were named or old enough in number: why they stay all the same
    leftover  folders whose deletion did not go through; the next prune or parse goes on with it
    """

    removed: list[Entry] = field(default_factory=list)
    kept: list[tuple[Entry, str]] = field(default_factory=list)
    leftover: list[str] = field(default_factory=list)

    @property
    def freed(self) -> int:
        """Bytes the disk gets back."""
        return freed(self.removed)


def prune(store: Store, wish: Wish, *, now: datetime, dry_run: bool = False) -> Pruned:
    """Remove what is wished and may go.

    raises  TableNotFoundError where an id is none or the current one's, WarehouseError where a
            parse holds the warehouse or the disk refuses; every snapshot then is whole or gone
    """
    if dry_run:
        return _weigh(store, wish, now)
    with store.alone("prune"):
        return _remove(store, _weigh(store, wish, now))


def _weigh(store: Store, wish: Wish, now: datetime) -> Pruned:
    """Which snapshots go, and which stay for a reason."""
    entries = history(store)
    outcome = Pruned()
    for entry in _wanted(entries, wish, store):
        if reason := _reason_to_stay(entry, entries, wish, now):
            outcome.kept.append((entry, reason))
        else:
            outcome.removed.append(entry)
    return outcome


def _wanted(entries: Sequence[Entry], wish: Wish, store: Store) -> list[Entry]:
    if wish.ids:
        return [_named(word, entries, store) for word in dict.fromkeys(wish.ids)]
    line = [entry for entry in entries if entry.as_of is None]
    views = [entry for entry in entries if entry.as_of is not None]
    stay = {entry.id for kind in (line, views) for entry in kind[max(0, len(kind) - wish.keep) :]}
    return [entry for entry in entries if entry.id not in stay and not entry.is_current]


def _named(word: str, entries: Sequence[Entry], store: Store) -> Entry:
    number = int(word) if word.isdecimal() and word.isascii() else None
    found = next((entry for entry in entries if int(entry.id) == number), None)
    if found is None:
        known = there_are([entry.id for entry in entries])
        raise TableNotFoundError(f"no snapshot {word!r} in {str(store.folder)!r}: {known}")
    if found.is_current:
        raise TableNotFoundError(f"snapshot {found.id} is the current one: it is never pruned")
    return found


def _reason_to_stay(entry: Entry, entries: Sequence[Entry], wish: Wish, now: datetime) -> str:
    """Why a snapshot may not go; empty if it may."""
    if now - left_at(entry, entries) < wish.min_age:
        ago = span_text(max(timedelta(), now - left_at(entry, entries)))
        was = "was made" if entry.as_of is not None else "was current until"
        return f"{was} {ago} ago"
    try:
        lease_to_remove(entry.folder).release()
    except InUse:
        return "is being read"
    except Gone:
        return ""  # a folder without its snapshot.json, which nobody can read
    except OSError as error:
        return f"may be read: its lock cannot be asked ({(error.strerror or str(error)).lower()})"
    return ""


def _remove(store: Store, outcome: Pruned) -> Pruned:
    with storage_errors(store.folder):
        store.keep_number(max((entry.id for entry in outcome.removed), key=int, default="0"))
    going, outcome.removed = outcome.removed, []
    for entry in going:
        if _rename(store, entry, outcome):
            outcome.removed.append(entry)
            aside = store.snapshots / f"{PRUNED}{entry.id}"
            _delete(aside)
            if aside.exists():
                outcome.leftover.append(str(aside))
    return outcome


def _rename(store: Store, entry: Entry, outcome: Pruned) -> bool:
    """Take a snapshot out of the row of snapshots, unless a reader has come meanwhile."""
    lease = None
    try:
        lease = lease_to_remove(entry.folder)
    except InUse:
        outcome.kept.append((entry, "is being read"))
        return False
    except Gone:
        pass
    except OSError as error:
        raise WarehouseError(f"cannot lock {entry.folder}: {error.strerror}") from error
    try:
        with storage_errors(store.folder):
            replace(entry.folder, store.snapshots / f"{PRUNED}{entry.id}")
            sync(store.snapshots)
    finally:
        if lease is not None:
            lease.release()
    return True


def _delete(folder: Path) -> None:
    """Delete a folder as far as the disk lets."""
    if os.name == "nt":  # Windows deletes no file that is read-only, as parts are
        for path in folder.rglob("*"):
            with contextlib.suppress(OSError):
                path.chmod(stat.S_IWRITE)
    shutil.rmtree(folder, ignore_errors=True)


def span_text(span: timedelta) -> str:
    """A span of time for people.

    >>> span_text(timedelta(seconds=5)), span_text(timedelta(minutes=61)), span_text(timedelta(3))
    ('5 s', '1 h', '3 d')
    """
    seconds = int(span.total_seconds())
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
