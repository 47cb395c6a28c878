"""Appending to the journal, so that what was acknowledged is never lost.

Theory of operation. One process at a time holds `roster.lock`. What it finds behind the last whole
line is the rest of an append that was cut off: it is copied to `roster.jsonl.torn-OFFSET`, synced,
and only then cut from the journal. All lines of one command are appended in one write and synced,
with the folder, before anybody is told. An append that fails is cut off again; where that fails
too, or the process is killed, what stays is some of the lines and perhaps the beginning of one,
which counts for nothing. The same command again then appends what is missing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from warc.disk import Disk, RealDisk
from warc.errors import CollectionError
from warc.lock import FolderLock
from warc.reconcile import make_folder
from warc.roster.lines import Line, write_line
from warc.roster.reading import journal_path, read_journal
from warc.roster.state import Change, Fold, Roster
from warc.torn import Stretch, WholePart, set_aside
from warc.words import reason_of

LOCK_NAME = "roster.lock"


class OpenJournal:
    """A journal that this process alone may append to.

    told  what opening it set aside, a sentence each
    """

    def __init__(self, path: Path, disk: Disk, clock: Callable[[], datetime]) -> None:
        """Put the file in order and read it; raises JournalError and OSError."""
        self.told: tuple[str, ...] = ()
        self._path = path
        self._disk = disk
        self._clock = clock
        journal = read_journal(path)
        if journal.whole_bytes < journal.size_bytes:
            whole = WholePart(
                (Stretch(0, journal.whole_bytes),) if journal.whole_bytes else (),
                has_exchanges=False,
                size=journal.size_bytes,
            )
            self.told = tuple(set_aside(path, path.name, whole, disk))
        self._size = journal.whole_bytes
        self._entries = len(journal.lines)
        self._fold = Fold()
        for line in journal.lines:
            self._fold.apply(line.change)

    @property
    def roster(self) -> Roster:
        """What the journal comes to."""
        return self._fold.roster(entries=self._entries)

    def append(self, changes: Iterable[Change], *, who: str, why: str) -> tuple[Change, ...]:
        """Append the changes that make a difference, in one write; these, once they are synced.

        raises  CollectionError where the disk refuses
        """
        fold = Fold(self.roster.all)
        made = tuple(change for change in changes if fold.apply(change))
        if not made:
            return ()
        when = self._clock()
        lines = [Line(when=when, who=who, why=why, change=change) for change in made]
        data = b"".join(write_line(line) for line in lines)
        try:
            self._write(data)
        except OSError as error:
            raise CollectionError(f"{self._path} cannot be written: {reason_of(error)}") from error
        self._fold, self._size = fold, self._size + len(data)
        self._entries += len(made)
        return made

    def _write(self, data: bytes) -> None:
        """Append bytes and sync them; the file is as it was where that fails."""
        is_new = not self._path.exists()
        handle = self._disk.create(self._path) if is_new else self._disk.reopen(self._path)
        try:
            try:
                written = 0
                while written < len(data):
                    written += self._disk.write(handle, memoryview(data)[written:])
                self._disk.sync(handle)
                # Also where the file is not new: whoever made it may have been killed before this.
                self._disk.sync_folder(self._path.parent)
            except BaseException:
                with contextlib.suppress(OSError):
                    self._disk.truncate(handle, self._size)
                    self._disk.sync(handle)
                raise
        finally:
            self._disk.close(handle)


@contextmanager
def open_journal(
    archives: Path,
    *,
    disk: Disk | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[OpenJournal]:
    """The journal of some archives, for this process alone.

    raises  CollectionError where it is in use or the disk refuses; JournalError where it is damaged
    """
    disk = disk or RealDisk()
    path = journal_path(archives)
    try:
        make_folder(path.parent, disk)
    except OSError as error:
        raise CollectionError(f"{path.parent} cannot be created: {reason_of(error)}") from error
    lock = FolderLock(path.with_name(LOCK_NAME))
    lock.take("roster")
    try:
        try:
            journal = OpenJournal(path, disk, clock)
        except OSError as error:
            problem = f"{path} cannot be put in order: {reason_of(error)}"
            raise CollectionError(problem) from error
        yield journal
    finally:
        lock.release()
