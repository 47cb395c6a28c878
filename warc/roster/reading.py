"""Reading the journal: `archives/admin/roster.jsonl`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from warc.errors import JournalError
from warc.roster.entries import Unfit
from warc.roster.lines import Line, read_line
from warc.roster.state import Fold, Roster

ADMIN = "admin"
JOURNAL_NAME = "roster.jsonl"


@dataclass(frozen=True, slots=True)
class Journal:
    """All lines that a journal holds, and where its last whole one ends.

    whole_bytes  bytes of the file that are whole lines
    size_bytes   bytes of the file; more than whole where an append was cut off
    """

    lines: tuple[Line, ...] = ()
    whole_bytes: int = 0
    size_bytes: int = 0


def journal_path(archives: Path) -> Path:
    """Where the journal of some archives lies."""
    return archives / ADMIN / JOURNAL_NAME


def read_roster(archives: Path, *, entries: int | None = None) -> Roster:
    """The roster of some archives; an empty one where there is no journal.

    entries  lines of the journal that count; None: all
    raises   JournalError where a line is damaged, or there are not as many
    """
    path = journal_path(archives)
    journal = read_journal(path)
    if entries is not None and entries > len(journal.lines):
        problem = f"{entries} entries are wanted, there are {len(journal.lines)}"
        raise JournalError(problem, file=str(path))
    fold = Fold()
    counted = journal.lines[:entries]
    for line in counted:
        fold.apply(line.change)
    left = journal.size_bytes - journal.whole_bytes
    return fold.roster(entries=len(counted), unfinished_bytes=left)


def read_journal(path: Path) -> Journal:
    """All lines of a journal; none where there is no file. Raises JournalError."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Journal()
    except OSError as error:
        problem = f"cannot be read: {(error.strerror or str(error)).lower()}"
        raise JournalError(problem, file=str(path)) from error
    whole = data.rfind(b"\n") + 1
    lines = []
    for number, line in enumerate(data[:whole].split(b"\n")[:-1], start=1):
        try:
            lines.append(read_line(line))
        except Unfit as error:
            raise JournalError(str(error), file=str(path), line=number) from None
    return Journal(tuple(lines), whole, len(data))
