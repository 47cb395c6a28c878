"""The stage between extracting and building: a temporary SQLite file, so memory does not grow.

It lives in the warehouse's cache folder for one build. Nothing in it is worth keeping, so nothing
is synced and everything is one transaction that is never committed; what matters is that it spills
to disk and can be read in order.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from parse.extract import CaptureFacts, RangeResult

CACHE_KIB = 4 * 1024  # SQLite's own page cache: the same for a small and a large build

CAPTURE_COLUMNS = CaptureFacts.__struct_fields__

SCHEMA = f"""
CREATE TABLE captures (seq INTEGER PRIMARY KEY, effective_us INTEGER, {", ".join(CAPTURE_COLUMNS)});
CREATE TABLE entities (kind TEXT, id INTEGER, capture INTEGER, rows BLOB);
CREATE TABLE used (kind TEXT, id INTEGER, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE notes (capture_id INTEGER, kind TEXT, field TEXT, found TEXT);
CREATE TABLE refused (capture_id INTEGER, table_name TEXT, row_key TEXT, reasons TEXT, row TEXT,
                      source_url TEXT);
CREATE TABLE sightings (table_name TEXT, key, seen BLOB);
"""

INDEXES = """
CREATE INDEX captures_by_id ON captures (capture_id);
CREATE INDEX captures_by_url ON captures (url, fetched_us);
CREATE INDEX entities_by_capture ON entities (capture);
"""

COPY = "UPDATE captures SET outcome = 'duplicate', rows = 0, issues = x'' WHERE seq = ?"
REPEATED = """
SELECT capture_id FROM captures WHERE capture_id > ?
GROUP BY capture_id HAVING count(*) > 1 ORDER BY capture_id LIMIT ?
"""
REVISITS = """
SELECT seq, capture_id, url, digest, refers_id, refers_url, refers_us FROM captures
WHERE seq > ? AND outcome = 'revisit' ORDER BY seq LIMIT ?
"""
PAGE = 1_000
ENTITY_INDEX = "CREATE INDEX entities_by_id ON entities (kind, id)"


class Staged(msgspec.Struct, gc=False):
    """What one capture gave about one entity, and what rows must name of the capture."""

    entity_id: int
    rows: bytes
    effective_us: int
    capture_id: int
    fetched_us: int
    page_type: str
    url: str
    parser: str
    is_dom: int


class Stage:
    """The temporary store of one build."""

    def __init__(self, cache: Path) -> None:
        """Make the file; it is deleted by `close`, or swept by the next build."""
        self.path = cache / f"stage-{os.getpid()}.sqlite"
        self.db = sqlite3.connect(self.path, isolation_level=None)
        for pragma in (
            "journal_mode=OFF",
            "synchronous=OFF",
            "locking_mode=EXCLUSIVE",
            "temp_store=FILE",
            f"cache_size=-{CACHE_KIB}",
        ):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.executescript(SCHEMA)
        self.db.execute("BEGIN")
        self._next = 1

    def close(self) -> None:
        """Drop everything."""
        self.db.close()
        self.path.unlink(missing_ok=True)

    def add(self, result: RangeResult) -> None:
        """Take what a range gave."""
        captures: list[tuple[object, ...]] = []
        entities: list[tuple[object, ...]] = []
        for facts, groups in result.captures:
            values = msgspec.structs.astuple(facts)
            captures.append((self._next, facts.fetched_us, *values))
            entities.extend(
                (group.kind, group.entity_id, self._next, group.rows) for group in groups
            )
            self._next += 1
        self.insert("captures", captures)
        self.insert("entities", entities)

    def forget(self, file: int, *, from_offset: int = 0) -> tuple[int, int]:
        """Drop a file's captures from an offset on; the numbers of captures and rows dropped."""
        place = (file, from_offset)
        captures, rows = self.db.execute(
            "SELECT count(*), coalesce(sum(rows), 0) FROM captures WHERE file = ? AND offset >= ?",
            place,
        ).fetchone()
        self.db.execute(
            "DELETE FROM entities WHERE capture IN"
            " (SELECT seq FROM captures WHERE file = ? AND offset >= ?)",
            place,
        )
        self.db.execute("DELETE FROM captures WHERE file = ? AND offset >= ?", place)
        return captures, rows

    def index(self) -> None:
        """Make what was taken findable; no range is added afterwards."""
        self.db.executescript(INDEXES)

    def settle_duplicates(self) -> int:
        """Keep the first of the captures that share an id; the number of rows the others gave.

        First by the order of the files, then by place: not by who was read first.
        """
        dropped = 0
        for capture_id in self._repeated():
            order = (
                "SELECT seq, rows FROM captures WHERE capture_id = ? ORDER BY file, offset, inner"
            )
            for seq, rows in self.db.execute(order, (capture_id,)).fetchall()[1:]:
                dropped += rows
                self.db.execute("DELETE FROM entities WHERE capture = ?", (seq,))
                self.db.execute(COPY, (seq,))
        self.db.execute(ENTITY_INDEX)
        return dropped

    def has_known_source(self) -> bool:
        """Whether any capture is a page of a source."""
        found = self.db.execute("SELECT 1 FROM captures WHERE source IS NOT NULL LIMIT 1")
        return found.fetchone() is not None

    def _repeated(self) -> Iterator[int]:
        """The ids that several captures share; read in pages, as captures change meanwhile."""
        last = -(1 << 63)
        while found := self.db.execute(REPEATED, (last, PAGE)).fetchall():
            for (last,) in found:
                yield last

    def revisits(self) -> Iterator[tuple[Any, ...]]:
        """What each revisit says of itself and of its original; read in pages likewise."""
        last = 0
        while found := self.db.execute(REVISITS, (last, PAGE)).fetchall():
            yield from found
            last = found[-1][0]

    def roots(self, kind: str) -> Iterator[int]:
        """The ids of a kind of entity, ascending."""
        return (
            found
            for (found,) in self.db.execute(
                "SELECT DISTINCT id FROM entities WHERE kind = ? ORDER BY id", (kind,)
            )
        )

    def about(self, kind: str, entity_id: int) -> list[Staged]:
        """What all captures say about an entity, the newest first.

        Of one visit the response goes before the DOM: that only adds what the response has not.
        """
        found = self.db.execute(
            "SELECT e.id, e.rows, c.effective_us, c.capture_id, c.fetched_us, c.page_type, c.url,"
            " c.parser, c.is_dom FROM entities e JOIN captures c ON c.seq = e.capture"
            " WHERE e.kind = ? AND e.id = ?",
            (kind, entity_id),
        )
        staged = [Staged(*values) for values in found]
        if len(staged) > 1:
            staged.sort(
                key=lambda one: (one.effective_us, not one.is_dom, one.capture_id), reverse=True
            )
        return staged

    def use(self, kind: str, entity_id: int) -> bool:
        """Claim an entity for the root that asks first; False if another has it."""
        sql = "INSERT OR IGNORE INTO used VALUES (?, ?)"
        return self.db.execute(sql, (kind, entity_id)).rowcount == 1

    def unused(self, source: str, root: str) -> Iterator[tuple[str, int]]:
        """The entities of a source, other than roots, that no root asked for."""
        return self.db.execute(
            "SELECT DISTINCT substr(kind, ?), id FROM entities e WHERE kind <> ? AND kind LIKE ?"
            " AND NOT EXISTS (SELECT 1 FROM used u WHERE u.kind = e.kind AND u.id = e.id)"
            " ORDER BY kind, id",
            (len(source) + 2, f"{source}.{root}", f"{source}.%"),
        )

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Take rows of one of the stage's own tables."""
        listed = list(rows)
        if listed:
            marks = ", ".join("?" * len(listed[0]))
            self.db.executemany(f"INSERT INTO {table} VALUES ({marks})", listed)  # noqa: S608 - our names

    def sightings(self, table: str) -> Iterator[tuple[object, bytes]]:
        """The sightings of a dimension's rows, by key and then in the order met."""
        return self.db.execute(
            "SELECT key, seen FROM sightings WHERE table_name = ? ORDER BY key, rowid", (table,)
        )
