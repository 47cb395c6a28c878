"""The stage between extracting and building: what one build takes from the cache, settled.

A temporary SQLite file beside the cache, attached to it, so memory does not grow. It lists the
captures of this build with the extraction that counts for each, and takes what building notes on
its way. Nothing in it is worth keeping: it is deleted when the build ends.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from parse.cache import CACHE_KIB, RECORD_COLUMNS, Cache
from parse.extract import rows_digest
from parse.fill import Filled
from parse.model import EntityId

SCHEMA = f"""
CREATE TABLE stage.inputs (file INTEGER, number INTEGER);
CREATE TABLE stage.active (id INTEGER, source TEXT, page_type TEXT, label TEXT);
CREATE TABLE stage.captures (seq INTEGER PRIMARY KEY, effective_us INTEGER, extraction INTEGER,
    {", ".join(RECORD_COLUMNS)}, parser, layout, outcome, rows, issues);
CREATE TABLE stage.used (kind TEXT, id INTEGER, root INTEGER, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE stage.notes (capture_id INTEGER, kind TEXT, field TEXT, found TEXT);
CREATE TABLE stage.refused (capture_id INTEGER, table_name TEXT, row_key TEXT, reasons TEXT,
                            row TEXT, source_url TEXT);
CREATE TABLE stage.sightings (table_name TEXT, key, seen BLOB);
CREATE TABLE stage.made (digest BLOB PRIMARY KEY, source TEXT, number INTEGER, block BLOB);
"""

_OF_RECORD = ", ".join(
    {
        "file": "i.number",
        "reason": "coalesce(x.failure, r.reason, CASE WHEN r.verdict = 'content' AND p.id IS NULL"
        " THEN 'no parser reads ' || r.page_type END)",
    }.get(name, f"r.{name}")
    for name in RECORD_COLUMNS
)

TAKE = f"""
INSERT INTO captures (effective_us, extraction, {", ".join(RECORD_COLUMNS)},
                      parser, layout, outcome, rows, issues)
SELECT r.fetched_us, x.id, {_OF_RECORD}, p.label, x.layout,
       CASE WHEN r.source IS NULL THEN 'not_ours' WHEN r.record_type = 'revisit' THEN 'revisit'
            WHEN p.id IS NULL THEN 'evidence' ELSE x.outcome END,
       coalesce(x.rows, 0), coalesce(x.issues, x'')
FROM inputs i JOIN records r ON r.file = i.file
LEFT JOIN active p ON r.verdict = 'content' AND p.source = r.source AND p.page_type = r.page_type
LEFT JOIN extractions x ON x.parser = p.id AND x.record = r.id
WHERE r.fetched_us <= ? ORDER BY i.number, r.offset, r.inner
"""  # noqa: S608 - our names

INDEXES = (
    "CREATE INDEX stage.captures_by_id ON captures (capture_id)",
    "CREATE INDEX stage.captures_by_url ON captures (url, fetched_us)",
    "CREATE INDEX stage.captures_by_extraction ON captures (extraction)",
)

COPY = (
    "UPDATE captures SET outcome = 'duplicate', rows = 0, issues = x'', extraction = NULL"
    " WHERE seq = ?"
)
REPEATED = """
SELECT capture_id FROM captures WHERE capture_id > ?
GROUP BY capture_id HAVING count(*) > 1 ORDER BY capture_id LIMIT ?
"""
REVISITS = """
SELECT seq, capture_id, url, digest, refers_id, refers_url, refers_us FROM captures
WHERE seq > ? AND outcome = 'revisit' ORDER BY seq LIMIT ?
"""
ABOUT = """
SELECT e.id, e.rows, c.effective_us, c.capture_id, c.fetched_us, c.page_type, c.url, c.parser,
       c.is_dom, e.digest
FROM entities e JOIN captures c ON c.extraction = e.extraction WHERE e.kind = ? AND e.id = ?
"""
CONTRIBUTIONS = """
SELECT e.id, e.digest, c.effective_us, c.capture_id, c.fetched_us, c.page_type, c.url, c.parser,
       c.is_dom
FROM entities e JOIN captures c ON c.extraction = e.extraction
WHERE e.kind = ? AND e.id BETWEEN ? AND ?
ORDER BY e.id, c.effective_us DESC, c.is_dom, c.capture_id DESC
"""
PAGE = 1_000


class Staged(msgspec.Struct, gc=False):
    """What one capture gave about one entity, and what rows must name of the capture."""

    entity_id: EntityId
    rows: bytes
    effective_us: int
    capture_id: int
    fetched_us: int
    page_type: str
    url: str
    parser: str
    is_dom: int
    digest: bytes


class EntityStage(Protocol):
    """What building needs of a stage."""

    def about(self, kind: str, entity_id: EntityId) -> list[Staged]:
        """What all captures say about an entity, the newest first."""

    def use(self, kind: str, entity_id: EntityId, root: EntityId) -> bool:
        """Claim an entity for the root that asks first; False if another has it."""


def about(db: sqlite3.Connection, kind: str, entity_id: EntityId) -> list[Staged]:
    """What all captures say about an entity, the newest first.

    Of one visit the response goes before the DOM: that only adds what the response has not.
    raises  sqlite3.DatabaseError where rows are not those that were kept
    """
    staged = [Staged(*values) for values in db.execute(ABOUT, (kind, entity_id))]
    for one in staged:
        if rows_digest(one.rows) != one.digest:
            raise sqlite3.DatabaseError(f"rows of {kind} {entity_id} are not those that were kept")
    if len(staged) > 1:
        staged.sort(
            key=lambda one: (one.effective_us, not one.is_dom, one.capture_id), reverse=True
        )
    return staged


class SharedStage:
    """A stage as a worker sees it: read only, and with nobody else who asks for an entity."""

    def __init__(self, place: tuple[str, str]) -> None:
        """Open what another process has settled; `place` is its `Stage.place`."""
        self._db = sqlite3.connect(place[0], isolation_level=None)
        self._db.execute("ATTACH ? AS stage", (place[1],))
        self._db.execute("PRAGMA query_only = ON")

    def about(self, kind: str, entity_id: EntityId) -> list[Staged]:
        """What all captures say about an entity, the newest first."""
        return about(self._db, kind, entity_id)

    def use(self, kind: str, entity_id: EntityId, root: EntityId) -> bool:  # noqa: ARG002 - the protocol's
        """Give everything to whoever asks: who is first is checked by the process that builds."""
        return True


class Stage:
    """The temporary store of one build, over the cache."""

    def __init__(self, cache: Cache) -> None:
        """Make the file; it is deleted by `close`, or swept by the next build."""
        self._cache = cache
        self.db = cache.db
        self.path: Path = cache.path.with_name(f"stage-{os.getpid()}.sqlite")
        self.db.execute("COMMIT")
        self.db.execute("ATTACH ? AS stage", (str(self.path),))
        # A log beside the file lets workers read while this process writes.
        for pragma in ("journal_mode=WAL", "synchronous=OFF", f"cache_size=-{CACHE_KIB}"):
            self.db.execute(f"PRAGMA stage.{pragma}").fetchall()
        self.db.executescript(SCHEMA)
        self.db.execute("BEGIN")

    def close(self) -> None:
        """Drop everything that was staged."""
        self.db.execute("COMMIT")
        self.db.execute("DETACH stage")
        self.db.execute("BEGIN")
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    @property
    def place(self) -> tuple[str, str]:
        """Where the cache and the stage lie, for processes that share them."""
        return str(self._cache.path), str(self.path)

    def share(self) -> None:
        """Let other processes see what was staged so far."""
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def take(self, filled: Filled, *, as_of_us: int) -> None:
        """List the captures of a build up to a time, each with the extraction that counts."""
        self.insert("inputs", [(known.id, known.number) for known in filled.files])
        active = [(one.id, one.source, one.page_type, one.label) for one in filled.parsers]
        self.insert("active", active)
        self.db.execute(TAKE, (as_of_us,))
        for statement in INDEXES:
            self.db.execute(statement)
        unread = self.db.execute(
            "SELECT count(*) FROM captures WHERE parser IS NOT NULL AND outcome IS NULL"
        ).fetchone()[0]
        assert not unread, f"{unread} captures were not parsed"

    def count_later(self, as_of_us: int) -> int:
        """How many captures of the inputs were fetched after a time."""
        later = (
            "SELECT count(*) FROM inputs i JOIN records r ON r.file = i.file WHERE fetched_us > ?"
        )
        return int(self.db.execute(later, (as_of_us,)).fetchone()[0])

    def captures_read(self, filled: Filled) -> int:
        """How many captures the reader met in all files, as it counted them."""
        return sum(self._cache.captures_read(known.id) for known in filled.files)

    def settle_duplicates(self) -> None:
        """Keep the first of the captures that share an id.

        First by the order of the files, then by place: not by who was read first.
        """
        for capture_id in self._repeated():
            order = "SELECT seq FROM captures WHERE capture_id = ? ORDER BY file, offset, inner"
            for (seq,) in self.db.execute(order, (capture_id,)).fetchall()[1:]:
                self.db.execute(COPY, (seq,))

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

    def roots(self, kind: str) -> Iterator[EntityId]:
        """The ids of a kind of entity, ascending."""
        return (
            found
            for (found,) in self.db.execute(
                "SELECT DISTINCT e.id FROM entities e JOIN captures c"
                " ON c.extraction = e.extraction WHERE e.kind = ? ORDER BY e.id",
                (kind,),
            )
        )

    def about(self, kind: str, entity_id: EntityId) -> list[Staged]:
        """What all captures say about an entity, the newest first."""
        return about(self.db, kind, entity_id)

    def contributions(
        self, kind: str, first: EntityId, last: EntityId
    ) -> Iterator[tuple[object, ...]]:
        """All that `about` would give for a run of ids, with the rows' digests in their place."""
        return self.db.execute(CONTRIBUTIONS, (kind, first, last))

    def failed(self, source: str) -> frozenset[str]:
        """The keys of a source's pages that could not be parsed."""
        find = "SELECT DISTINCT page_key FROM captures WHERE source = ? AND outcome = 'failed'"
        return frozenset(key for (key,) in self.db.execute(find, (source,)) if key)

    def has_detail(self, source: str) -> bool:
        """Whether any page of a source has detail of somebody."""
        find = (
            "SELECT 1 FROM captures c JOIN extractions x ON x.id = c.extraction"
            " WHERE c.source = ? AND length(x.presence) > 0 LIMIT 1"
        )
        return self.db.execute(find, (source,)).fetchone() is not None

    def use(self, kind: str, entity_id: EntityId, root: EntityId) -> bool:
        """Claim an entity for the root that asks first; False if another has it."""
        self.db.execute("INSERT OR IGNORE INTO used VALUES (?, ?, ?)", (kind, entity_id, root))
        owner = "SELECT root FROM used WHERE kind = ? AND id = ?"
        return bool(self.db.execute(owner, (kind, entity_id)).fetchone()[0] == root)

    def unused(self, source: str, root: str) -> Iterator[tuple[str, EntityId]]:
        """The entities of a source, other than roots, that no root asked for."""
        return self.db.execute(
            "SELECT DISTINCT substr(e.kind, ?), e.id FROM entities e JOIN captures c"
            " ON c.extraction = e.extraction WHERE e.kind <> ? AND e.kind LIKE ?"
            " AND NOT EXISTS (SELECT 1 FROM used u WHERE u.kind = e.kind AND u.id = e.id)"
            " ORDER BY e.kind, e.id",
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
