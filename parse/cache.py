"""What was read and extracted before, kept between parses: `cache/extractions.sqlite`.

Theory of operation. A file is known by its content: SHA-256, size, name, and the fingerprint of the
code that reads and judges records. Its records (captures) are listed once, with their place; what a
parser gave for a record is an extraction, known by the parser's name, version and code fingerprint,
so several versions lie side by side and none is run twice. Ranges of a file are kept as they come:
a parse that was killed goes on behind the last one it committed. A file counts as whole only once
its ranges met without a gap. Blocks are finished pieces of tables, known by a digest over all that
went into them (`parse/blocks.py`).

Nothing in here is needed: deleting the file costs time, never a row. It is therefore not synced at
each commit, and a damaged one is deleted and made again.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from parse.extract import CaptureFacts, EntityRows, Extraction, RangeResult, is_of_others
from parse.inputs import Input
from parse.model import Parser
from parse.replay import Extent, Pick, Range
from parse.tracked import Tracked
from warc.sites.page import DOM_SCHEME

FORMAT = "3"  # rises when the tables below change: an older cache is then made anew
NAME = "extractions.sqlite"
CACHE_KIB = 4 * 1024  # SQLite's own page cache: the same for a small and a large archive

RECORD_COLUMNS = tuple(
    name for name in CaptureFacts.__struct_fields__ if name not in {"parser", "extraction"}
)
"""What is known of a capture before a parser has read it; `file` is the cache's own number."""

SCHEMA = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE files (id INTEGER PRIMARY KEY, sha256 TEXT, size INTEGER, name TEXT, reading TEXT,
                    is_open INTEGER, is_whole INTEGER DEFAULT 0, tracked TEXT DEFAULT '',
                    UNIQUE (sha256, size, name, reading, is_open));
CREATE TABLE ranges (file INTEGER, start INTEGER, end INTEGER, begin INTEGER, reached INTEGER,
                     whole_to INTEGER, captures INTEGER, PRIMARY KEY (file, start));
CREATE TABLE bad (file INTEGER, offset INTEGER, length INTEGER, problem TEXT);
CREATE TABLE records (id INTEGER PRIMARY KEY, {", ".join(RECORD_COLUMNS)});
CREATE TABLE parsers (id INTEGER PRIMARY KEY, name TEXT, version INTEGER, fingerprint TEXT,
                      UNIQUE (name, version, fingerprint));
CREATE TABLE extractions (id INTEGER PRIMARY KEY, record INTEGER, parser INTEGER,
                          {", ".join(Extraction.__struct_fields__)}, UNIQUE (parser, record));
CREATE TABLE entities (kind TEXT, id INTEGER, extraction INTEGER, digest BLOB, rows BLOB);
CREATE TABLE asks (digest BLOB PRIMARY KEY, asks BLOB);
CREATE TABLE blocks (digest BLOB PRIMARY KEY, source TEXT, number INTEGER, snapshot TEXT,
                     block BLOB);
CREATE INDEX blocks_by_number ON blocks (source, number);
CREATE INDEX bad_by_file ON bad (file);
CREATE INDEX records_by_file ON records (file, offset, inner);
CREATE INDEX extractions_by_record ON extractions (record);
CREATE INDEX entities_by_id ON entities (kind, id);
CREATE INDEX entities_by_extraction ON entities (extraction);
"""

MISSING = """
SELECT r.id, r.offset, r.length, r.inner, r.page_key, r.url, r.is_dom, r.source, r.page_type
FROM records r WHERE r.file = ? AND r.verdict = 'content' AND r.source = ? AND r.page_type = ?
AND NOT EXISTS (SELECT 1 FROM extractions x WHERE x.record = r.id AND x.parser = ?)
ORDER BY r.offset, r.inner
"""
WITH_PRESENCE = """
SELECT x.presence, r.id, r.offset, r.length, r.inner, r.page_key, r.url, r.is_dom, r.source,
       r.page_type
FROM records r JOIN extractions x ON x.record = r.id
WHERE r.file = ? AND x.parser = ? AND length(x.presence) > 0 ORDER BY r.offset, r.inner
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A file of this parse as the cache knows it: its number there, and where it lies now."""

    id: int
    number: int
    file: Input
    sha256: str


class CacheDamagedError(Exception):
    """The cache's file is not what was written; it is safe to delete."""


class Cache:
    """The extractions of all archives this warehouse was ever built from."""

    def __init__(self, folder: Path) -> None:
        """Open the cache, or make it; one that is damaged or of another format is made anew."""
        self.path = folder / NAME
        try:
            self.db = self._open()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # the disk's fault: it says so
            self.delete()
            self.db = self._open()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None)
        try:
            for pragma in (
                "journal_mode=WAL",
                "synchronous=NORMAL",
                "temp_store=FILE",
                f"cache_size=-{CACHE_KIB}",
            ):
                db.execute(f"PRAGMA {pragma}").fetchall()
            if self._format(db) != FORMAT:
                db.close()
                self.delete()
                db = sqlite3.connect(self.path, isolation_level=None)
                db.execute("PRAGMA journal_mode=WAL").fetchall()
                db.execute("PRAGMA synchronous=NORMAL")
                db.executescript(f"BEGIN; {SCHEMA}")
                db.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
                db.execute("COMMIT")
        except sqlite3.Error:
            db.close()
            raise
        db.execute("BEGIN")
        return db

    @staticmethod
    def _format(db: sqlite3.Connection) -> str | None:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            return None
        found = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        return str(found[0]) if found else None

    def delete(self) -> None:
        """Remove the cache's files."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def commit(self) -> None:
        """Keep what was added so far, whatever happens to this process."""
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def close(self) -> None:
        """Keep what was added, and let go."""
        with contextlib.suppress(sqlite3.Error):
            self.db.execute("COMMIT")
        self.db.close()

    # Files

    def file_id(self, file: Input, sha256: str, reading: str) -> int:
        """The number of a file's content, given now if it is new."""
        key = (sha256, file.size, file.name, reading, file.is_open)
        find = (
            "SELECT id FROM files WHERE sha256 = ? AND size = ? AND name = ? AND reading = ?"
            " AND is_open = ?"
        )
        if found := self.db.execute(find, key).fetchone():
            return int(found[0])
        add = "INSERT INTO files (sha256, size, name, reading, is_open) VALUES (?, ?, ?, ?, ?)"
        made = self.db.execute(add, key).lastrowid
        assert made is not None
        return made

    def is_whole(self, file_id: int) -> bool:
        """Whether all of a file was read, without gaps."""
        found = self.db.execute("SELECT is_whole FROM files WHERE id = ?", (file_id,)).fetchone()
        return bool(found[0])

    def ranges_of(self, file_id: int) -> dict[tuple[int, int], Extent]:
        """What was read of a file, by start and end of the range."""
        rows = self.db.execute(
            "SELECT start, end, begin, reached, whole_to FROM ranges WHERE file = ?", (file_id,)
        )
        return {
            (start, end): Extent(begin=begin, reached=reached, whole_to=whole_to)
            for start, end, begin, reached, whole_to in rows
        }

    def set_whole(self, file_id: int, *, up_to: int | None = None) -> None:
        """All ranges of a file met; what begins at or after `up_to` is dropped."""
        if up_to is not None:
            self._drop_records(file_id, from_offset=up_to)
            self.db.execute("DELETE FROM bad WHERE file = ? AND offset >= ?", (file_id, up_to))
        self.db.execute("UPDATE files SET is_whole = 1 WHERE id = ?", (file_id,))

    def drop_file(self, file_id: int) -> None:
        """Forget all that was read of a file, but not its number."""
        self._drop_records(file_id)
        for table in ("ranges", "bad"):
            self.db.execute(f"DELETE FROM {table} WHERE file = ?", (file_id,))  # noqa: S608
        self.db.execute("UPDATE files SET is_whole = 0 WHERE id = ?", (file_id,))

    def tracked_of(self, file_id: int) -> str:
        """Digest of whose detail all extractions of a file have; empty where that is not sure."""
        found = self.db.execute("SELECT tracked FROM files WHERE id = ?", (file_id,)).fetchone()
        return str(found[0])

    def set_tracked(self, file_id: int, digest: str) -> None:
        """All extractions of a file have the detail of those who are tracked; empty: not sure."""
        self.db.execute("UPDATE files SET tracked = ? WHERE id = ?", (digest, file_id))

    def bad_of(self, file_id: int) -> list[tuple[int, int, str]]:
        """A file's bad stretches by offset: offset, length, what is wrong."""
        return self.db.execute(
            "SELECT offset, length, problem FROM bad WHERE file = ? ORDER BY offset, length",
            (file_id,),
        ).fetchall()

    def captures_read(self, file_id: int) -> int:
        """How many captures the reader met in a file, as it counted them."""
        found = self.db.execute("SELECT total(captures) FROM ranges WHERE file = ?", (file_id,))
        return int(found.fetchone()[0])

    def _drop_records(self, file_id: int, *, from_offset: int = 0) -> None:
        gone = "SELECT id FROM records WHERE file = ? AND offset >= ?"
        extracted = f"SELECT id FROM extractions WHERE record IN ({gone})"  # noqa: S608
        place = (file_id, from_offset)
        self.db.execute(f"DELETE FROM entities WHERE extraction IN ({extracted})", place)  # noqa: S608
        self.db.execute(f"DELETE FROM extractions WHERE record IN ({gone})", place)  # noqa: S608
        dropped = self.db.execute("DELETE FROM records WHERE file = ? AND offset >= ?", place)
        self.db.execute(
            "UPDATE ranges SET captures = captures - ? WHERE rowid ="
            " (SELECT max(rowid) FROM ranges WHERE file = ?)",
            (dropped.rowcount, file_id),
        )

    # Extractions

    def parser_id(self, parser: Parser, fingerprint: str) -> int:
        """The number of a parser's version and code, given now if it is new."""
        key = (parser.name, parser.version, fingerprint)
        self.db.execute(
            "INSERT OR IGNORE INTO parsers (name, version, fingerprint) VALUES (?, ?, ?)", key
        )
        found = self.db.execute(
            "SELECT id FROM parsers WHERE name = ? AND version = ? AND fingerprint = ?", key
        ).fetchone()
        return int(found[0])

    def has_other_code(self, parser: Parser, fingerprint: str) -> bool:
        """Whether the same version of a parser was run with other code, and not with this."""
        found = self.db.execute(
            "SELECT fingerprint FROM parsers WHERE name = ? AND version = ?",
            (parser.name, parser.version),
        ).fetchall()
        return bool(found) and (fingerprint,) not in found

    def add_range(self, file_id: int, result: RangeResult, parsers: dict[str, int]) -> None:
        """Keep what a range gave; `parsers` tells their numbers by label."""
        extent = result.extent
        self.db.execute(
            "INSERT INTO ranges VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                file_id,
                result.work.start,
                result.work.end,
                extent.begin,
                extent.reached,
                extent.whole_to,
                result.captures_read,
            ),
        )
        self.db.executemany(
            "INSERT INTO bad VALUES (?, ?, ?, ?)", [(file_id, *bad) for bad in result.bad]
        )
        marks = ", ".join("?" * len(RECORD_COLUMNS))
        add = f"INSERT INTO records ({', '.join(RECORD_COLUMNS)}) VALUES ({marks})"  # noqa: S608
        for facts, entities in result.captures:
            values = [getattr(facts, name) for name in RECORD_COLUMNS]
            values[RECORD_COLUMNS.index("file")] = file_id
            record = self.db.execute(add, values).lastrowid
            assert record is not None
            if facts.parser is not None and facts.extraction is not None:
                parser = parsers[facts.parser]
                self.add_extraction(record, parser, facts.extraction, entities)

    def add_extraction(
        self, record: int, parser: int, extraction: Extraction, entities: Sequence[EntityRows]
    ) -> None:
        """Keep what a parser gave for a record, in place of what it gave before."""
        before = "SELECT id FROM extractions WHERE record = ? AND parser = ?"
        if found := self.db.execute(before, (record, parser)).fetchone():
            self.db.execute("DELETE FROM entities WHERE extraction = ?", found)
            self.db.execute("DELETE FROM extractions WHERE id = ?", found)
        values = msgspec.structs.astuple(extraction)
        marks = ", ".join("?" * (2 + len(values)))
        names = ", ".join(Extraction.__struct_fields__)
        made = self.db.execute(
            f"INSERT INTO extractions (record, parser, {names}) VALUES ({marks})",  # noqa: S608
            (record, parser, *values),
        ).lastrowid
        self.db.executemany(
            "INSERT INTO entities VALUES (?, ?, ?, ?, ?)",
            [(one.kind, one.entity_id, made, one.digest, one.rows) for one in entities],
        )

    def missing(self, file_id: int, source: str, page_type: str, parser: int) -> Iterator[Pick]:
        """The records of a page type that a parser has not read, in the order of the file."""
        for found in self.db.execute(MISSING, (file_id, source, page_type, parser)):
            yield _pick(*found)

    def with_others(self, file_id: int, parser: int, tracked: Tracked) -> Iterator[Pick]:
        """The records that a parser read for the detail of others than are tracked now."""
        for presence, *found in self.db.execute(WITH_PRESENCE, (file_id, parser)):
            if is_of_others(presence, tracked):
                yield _pick(*found)

    # Housekeeping

    def prune(self, files: Iterable[int], parsers: Iterable[int], snapshots: Iterable[str]) -> None:
        """Forget what no parse can want again.

        That is: open files as they were before they grew; files read by older code, extractions
        by older code of a version that is registered; blocks of snapshots that are gone.
        """
        kept_files = ", ".join(map(str, files)) or "NULL"
        kept_parsers = ", ".join(map(str, parsers)) or "NULL"
        stale = (
            f"SELECT f.id FROM files f WHERE f.id NOT IN ({kept_files}) AND (f.is_open OR"  # noqa: S608
            f" f.reading NOT IN (SELECT reading FROM files WHERE id IN ({kept_files})))"
        )
        for (file_id,) in self.db.execute(stale).fetchall():
            self.drop_file(file_id)
            self.db.execute("DELETE FROM files WHERE id = ?", (file_id,))
        older = (
            f"SELECT o.id FROM parsers o JOIN parsers n ON n.name = o.name"  # noqa: S608
            f" AND n.version = o.version AND n.id <> o.id WHERE n.id IN ({kept_parsers})"
        )
        for (parser,) in self.db.execute(older).fetchall():
            of = "SELECT id FROM extractions WHERE parser = ?"
            self.db.execute(f"DELETE FROM entities WHERE extraction IN ({of})", (parser,))  # noqa: S608
            self.db.execute("DELETE FROM extractions WHERE parser = ?", (parser,))
            self.db.execute("DELETE FROM parsers WHERE id = ?", (parser,))
        there = set(snapshots)
        for (snapshot,) in self.db.execute("SELECT DISTINCT snapshot FROM blocks").fetchall():
            if snapshot not in there:
                self.db.execute("DELETE FROM blocks WHERE snapshot = ?", (snapshot,))


def _pick(  # noqa: PLR0917 - columns, in the order they are asked for
    record: int,
    offset: int,
    length: int,
    inner: int,
    page_key: str,
    url: str,
    is_dom: int,
    source: str,
    page_type: str,
) -> Pick:
    return Pick(
        record=record,
        offset=offset,
        length=length,
        inner=inner,
        source=source,
        page_type=page_type,
        page_key=page_key,
        page_url=url.removeprefix(DOM_SCHEME) if is_dom else url,
    )


def range_key(work: Range) -> tuple[int, int]:
    """What a range is kept under."""
    return work.start, work.end
