"""What archives hold, by collection and by file: sizes, captures, times, who wrote them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from warc.archives.find import is_open
from warc.archives.targets import Target, final_name
from warc.errors import ArchiveError
from warc.manifest_rows import from_us
from warc.note import read_note
from warc.reader import read_records
from warc.record import BadStretch, Record

State = Literal["sealed", "open", "torn", "bad"]

_CAPTURES = frozenset({"response", "revisit", "resource"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSummary:
    """One WARC file.

    records      None where the manifest was asked, which does not count them
    captures     responses, revisits and resources
    first, last  WARC-Date of captures
    state        open: still named so; torn, bad: only where the file was read
    """

    path: Path
    size: int
    records: int | None
    captures: int
    first: datetime | None
    last: datetime | None
    state: State
    source: str
    base_url: str
    software: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionSummary:
    """One folder of WARC files; the fields are those of its files taken together."""

    name: str
    folder: Path
    files: tuple[FileSummary, ...]
    torn_tails: tuple[str, ...]
    """Files of bytes that were set aside."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def captures(self) -> int:
        """Captures of all files."""
        return sum(file.captures for file in self.files)

    @property
    def records(self) -> int | None:
        """Records of all files; None where one was not counted."""
        counts = [file.records for file in self.files if file.records is not None]
        return sum(counts) if len(counts) == len(self.files) else None

    @property
    def first(self) -> datetime | None:
        """WARC-Date of the first capture."""
        return min((file.first for file in self.files if file.first), default=None)

    @property
    def last(self) -> datetime | None:
        """WARC-Date of the last capture."""
        return max((file.last for file in self.files if file.last), default=None)

    def all_of(self, name: Literal["state", "source", "base_url", "software"]) -> str:
        """The different values of a field of the files, joined."""
        values = dict.fromkeys(str(getattr(file, name)) for file in self.files)
        return ", ".join(value for value in values if value)


def summarize(
    target: Target, *, read: bool = False, progress: Callable[[int], None] = lambda _: None
) -> CollectionSummary:
    """What a folder's files hold, from its manifest where that knows them.

    read  read every file even so: counts records, and shows what is bad
    """
    known = {} if read else _from_manifest(target)
    files = []
    for path in target.files:
        row = known.get(final_name(path))
        if row is not None and row[0] == path.stat().st_size:
            files.append(_indexed(path, *row[1:]))
        else:
            files.append(_read(path, progress))
    torn = sorted(path.name for path in target.folder.glob("*.torn-*"))
    return CollectionSummary(
        name=target.name, folder=target.folder, files=tuple(files), torn_tails=tuple(torn)
    )


def _from_manifest(target: Target) -> dict[str, tuple[int, int, int | None, int | None]]:
    """Size, captures, first and last of each file, as the manifest has them; {} without one."""
    if target.manifest is None:
        return {}
    uri = f"{target.manifest.absolute().as_uri()}?mode=ro"
    with suppress(sqlite3.Error), closing(sqlite3.connect(uri, uri=True)) as connection:
        rows = connection.execute(
            "SELECT name, size, count(captures.id), min(fetched_at), max(fetched_at)"
            " FROM files LEFT JOIN captures ON file = name GROUP BY name"
        )
        return {name: (size, count, first, last) for name, size, count, first, last in rows}
    return {}


def _indexed(path: Path, captures: int, first: int | None, last: int | None) -> FileSummary:
    """A file as the manifest knows it; its warcinfo is read."""
    said = _warcinfo(next(_records(path), None))
    return FileSummary(
        path=path,
        size=path.stat().st_size,
        records=None,
        captures=captures,
        first=None if first is None else from_us(first),
        last=None if last is None else from_us(last),
        state="open" if is_open(path) else "sealed",
        source=said[0],
        base_url=said[1],
        software=said[2],
    )


def _read(path: Path, progress: Callable[[int], None]) -> FileSummary:
    """A file as it is read to its end."""
    records = captures = 0
    first: datetime | None = None
    last: datetime | None = None
    state: State = "open" if is_open(path) else "sealed"
    said = ("", "", "")
    for found in _records(path):
        progress(found.length)
        if isinstance(found, BadStretch):
            is_tail = found.offset + found.length >= path.stat().st_size
            state = "torn" if is_tail and state != "bad" else "bad"
            continue
        if not records:
            said = _warcinfo(found)
        records += 1
        if found.type in _CAPTURES:
            captures += 1
            first = found.date if first is None else min(first, found.date)
            last = found.date if last is None else max(last, found.date)
    return FileSummary(
        path=path,
        size=path.stat().st_size,
        records=records,
        captures=captures,
        first=first,
        last=last,
        state=state,
        source=said[0],
        base_url=said[1],
        software=said[2],
    )


def _records(path: Path) -> Iterator[Record | BadStretch]:
    """Yield what a file holds; a file that cannot be opened is one bad stretch."""
    try:
        yield from read_records(path, verify=False)
    except ArchiveError as error:
        yield BadStretch(file=str(path), offset=0, length=path.stat().st_size, error=error)


def _warcinfo(record: Record | BadStretch | None) -> tuple[str, str, str]:
    """Source, base URL and software that a file's first record names; "" for what it does not."""
    if not isinstance(record, Record) or record.type != "warcinfo":
        return ("", "", "")
    said = read_note(record)
    source, base_url, software = (said.first(one) for one in ("source", "base-url", "software"))
    return (source or "", base_url or "", software or "")


def row_of(one: CollectionSummary | FileSummary) -> dict[str, str | int | None]:
    """A summary as a row of plain values, times in ISO 8601."""
    row: dict[str, str | int | None]
    if isinstance(one, FileSummary):
        row = {"name": one.path.name}
    else:
        row = {"name": one.name, "files": len(one.files)}
    row |= {"bytes": one.size, "records": one.records, "captures": one.captures}
    row |= {"first": _iso(one.first), "last": _iso(one.last)}
    if isinstance(one, FileSummary):
        row |= {"state": one.state, "source": one.source}
        return row | {"base_url": one.base_url, "software": one.software}
    row |= {"state": one.all_of("state"), "source": one.all_of("source")}
    return row | {"base_url": one.all_of("base_url"), "software": one.all_of("software")}


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
