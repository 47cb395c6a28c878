"""Whether a collection's manifest and its records say the same, and where every URL has ended.

The manifest is read in one transaction that begins before the first file is read, so that a crawl
that goes on meanwhile confuses nothing: what lies behind the size the manifest knew is not looked
at. Rows of a file come in the order of their offsets, as its records do: the two are compared side
by side, without holding either.
"""

# ruff: noqa: S608 - statements are put together from names of our own only

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warc.archives.findings import Finding
from warc.archives.ledger import Ledger
from warc.archives.targets import Target, final_name
from warc.errors import ArchiveError
from warc.format import clean_uri
from warc.http import response_of
from warc.manifest_rows import to_us
from warc.manifest_schema import GOOD
from warc.record import Record
from warc.writer import OPEN_SUFFIX

# Where a URL has ended, or what is still to come; a URL is in the first that fits.
STATES = ("archived", "revisit", "skipped", "failed", "pending", "nowhere")

_STATE = f"""CASE
    WHEN open = 0 AND {GOOD} THEN CASE WHEN EXISTS
        (SELECT 1 FROM captures AS whole WHERE (whole.page_url = pages.url
         OR whole.url = pages.url) AND whole.verdict = 'content'
         AND whole.fetched_at >= pages.wanted_at AND whole.record_type <> 'revisit')
        THEN 'archived' ELSE 'revisit' END
    WHEN open = 0 THEN 'nowhere'
    WHEN skipped <> '' THEN 'skipped'
    WHEN next_try_at IS NULL THEN 'failed'
    ELSE 'pending' END"""

_ROWS = """SELECT offset, inner, record_type, record_id, url, length, fetched_at, payload_digest
           FROM captures WHERE file = ? AND offset < ? ORDER BY offset, inner"""

Row = tuple[int, int, str, str, str, int, int, str]


class Agreement:
    """Compares one collection's records, as they are read, with its manifest."""

    def __init__(self, target: Target, manifest: Path) -> None:
        """Begin the reading transaction; raises sqlite3.Error where that cannot be."""
        self._target = target
        self._path = str(manifest)
        self._connection = sqlite3.connect(f"{manifest.absolute().as_uri()}?mode=ro", uri=True)
        self._connection.isolation_level = None
        self._connection.execute("BEGIN")
        rows = self._connection.execute("SELECT name, size FROM files")
        self.sizes: dict[str, int] = dict(rows.fetchall())

    def close(self) -> None:
        """End the transaction."""
        self._connection.close()

    def of_file(self, path: Path) -> FileAgreement:
        """The comparison of one file of the collection."""
        name = final_name(path)
        size = self.sizes.get(name, 0)
        rows: Iterator[Row] = self._connection.execute(_ROWS, (name, size))
        return FileAgreement(str(path), rows, size)

    def of_files(self) -> Iterator[Finding]:
        """Yield where the manifest's files and those of the folder differ."""
        present = {final_name(path): path for path in self._target.files}
        for name, size in sorted(self.sizes.items()):
            path = present.get(name)
            if path is None:
                detail = f"{name} is not there"
                yield Finding(kind="file-missing", detail=detail, file=self._path)
            elif path.stat().st_size < size:
                detail = f"{path.stat().st_size} bytes, the manifest says {size}"
                yield Finding(kind="file-shorter", detail=detail, file=str(path))
            elif path.stat().st_size > size and not path.name.endswith(OPEN_SUFFIX):
                detail = f"{path.stat().st_size} bytes, {size} of them indexed"
                yield Finding(kind="manifest-behind", detail=detail, file=str(path))
        for name in sorted(present.keys() - self.sizes.keys()):
            if not present[name].name.endswith(OPEN_SUFFIX):
                yield Finding(
                    kind="manifest-behind", detail="not in the manifest", file=str(present[name])
                )
        rows = self._connection.execute(
            "SELECT file, count(*) FROM captures WHERE file NOT IN (SELECT name FROM files)"
            " GROUP BY file"
        )
        for name, count in rows:
            detail = f"{count} captures of {name}, which is no known file"
            yield Finding(kind="row-without-record", detail=detail, file=self._path)

    def url_counts(self) -> dict[str, int]:
        """How many known URLs are in each state; together they are all the manifest knows."""
        rows = self._connection.execute(f"SELECT {_STATE}, count(*) FROM pages GROUP BY 1")
        found = dict(rows.fetchall())
        return {state: found.get(state, 0) for state in STATES}

    def of_urls(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield the URLs that are in no state, or in two, or have no reason for theirs."""
        rows = self._connection.execute(
            f"SELECT url, {_STATE} AS state, failure, open, {GOOD} FROM pages"
            f" WHERE state IN ('nowhere', 'failed', 'skipped') OR (open = 1 AND {GOOD})"
        )
        for url, state, failure, is_open, is_good in rows:
            if state == "nowhere":
                yield self._of_url("url-nowhere", f"{url} counts as done without a good capture")
            elif is_open and is_good:
                yield self._of_url("url-twice", f"{url} is {state}, and archived")
            elif state == "failed" and not failure:
                yield self._of_url("no-reason", f"{url} was given up, nothing says why")
            elif not ledger.has_note(url):
                yield self._of_url("no-note", f"{url} is {state}, no metadata record says so")

    def _of_url(self, kind: str, detail: str) -> Finding:
        return Finding(kind=kind, detail=detail, file=self._path)


class FileAgreement:
    """Compares the records of one file with the manifest's rows of it, side by side."""

    def __init__(self, file: str, rows: Iterator[Row], size: int) -> None:
        """Begin with the first row; `size` bytes of the file are indexed."""
        self._file = file
        self._rows = rows
        self._size = size
        self._row = next(rows, None)

    def add(self, record: Record) -> Iterator[Finding]:
        """Compare a record; yield rows that point before it at none, and differences."""
        if record.offset >= self._size:
            return
        place = (record.offset, record.inner)
        while self._row is not None and self._row[:2] < place:
            yield self._lonely(self._row)
            self._row = next(self._rows, None)
        if self._row is not None and self._row[:2] == place:
            yield from self._differences(record, self._row)
            self._row = next(self._rows, None)
        elif record.type in {"response", "revisit"} and _is_capture(record):
            detail = f"no row for the {record.type} of {record.target_uri[:60]}"
            yield Finding(
                kind="record-without-row", detail=detail, file=self._file, offset=record.offset
            )

    def end(self) -> Iterator[Finding]:
        """Yield the rows behind the last record."""
        while self._row is not None:
            yield self._lonely(self._row)
            self._row = next(self._rows, None)

    def _lonely(self, row: Row) -> Finding:
        detail = f"a row of {row[4][:60]} points at no good record"
        return Finding(kind="row-without-record", detail=detail, file=self._file, offset=row[0])

    def _differences(self, record: Record, row: Row) -> Iterator[Finding]:
        """Yield where a row and its record differ."""
        pairs: tuple[tuple[str, Any, Any], ...] = (
            ("type", row[2], record.type),
            ("id", row[3], record.record_id),
            ("URL", clean_uri(row[4]), clean_uri(record.target_uri)),
            ("length", row[5], record.length),
            ("time", row[6], to_us(record.date)),
            ("digest", row[7], record.fields.first("WARC-Payload-Digest") or ""),
        )
        for what, in_row, in_record in pairs:
            if in_row != in_record:
                detail = (
                    f"{what}: the row says {str(in_row)[:60]}, the record {str(in_record)[:60]}"
                )
                yield Finding(
                    kind="row-differs", detail=detail, file=self._file, offset=record.offset
                )


def _is_capture(record: Record) -> bool:
    """Whether a record should have a row: HTTP that can be read."""
    try:
        response_of(record)
    except ArchiveError:
        return False
    return True
