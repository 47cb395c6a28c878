"""The crawl manifest: which pages are known, which captures exist, how crawls ended (SQLite).

Theory of operation. All changes belong to one transaction that is open from the first change on;
`commit` ends it, and only the collection calls that, after the WARC file has been synced. So no
row ever points at bytes that are not safe. SQLite is the queue too: a window of it is read
through an index, and 100,000 pages are never held in memory.
"""

# ruff: noqa: S608 - statements are put together from names of our own only

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from warc.disk import Disk, RealDisk
from warc.errors import CollectionError
from warc.manifest_rows import (
    Capture,
    Crawl,
    Families,
    NewPage,
    PageCounts,
    QueuedPage,
    from_us,
    to_us,
)
from warc.manifest_schema import FAMILIES, GOOD, SCHEMA, SCHEMA_VERSION, UNSEEN

MANIFEST_NAME = "manifest.sqlite"

_NAMES = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (NewPage, QueuedPage, Capture, Crawl)
}
_PAGE_COLUMNS = ", ".join(_NAMES[QueuedPage])
_CAPTURE_COLUMNS = ", ".join(_NAMES[Capture])
_QUEUE = "FROM pages WHERE open = 1 AND skipped = ''"
# The plus keeps SQLite from the index on times, which would have it sort the whole queue.
_DUE = f"SELECT {_PAGE_COLUMNS} {_QUEUE} AND +next_try_at <= ? ORDER BY priority, id LIMIT ?"


class Manifest:
    """An open manifest; its changes last only once the collection has committed them."""

    def __init__(self, path: Path, *, disk: Disk | None = None, read_only: bool = False) -> None:
        """Open or create the manifest.

        read_only  for looking while another process may be writing
        raises     CollectionError where it is damaged, unwritable or of another version
        """
        self.path = path
        self._disk = disk or RealDisk()
        try:
            self._connection = _connect(path, read_only=read_only)
        except sqlite3.Error as error:
            damaged = isinstance(error, sqlite3.DatabaseError) and path.is_file()
            way_out = "; deleted, it is made again from the WARC files" if damaged else ""
            raise CollectionError(f"{path} cannot be opened: {error}{way_out}") from error

    # -- the frontier ------------------------------------------------------------------------

    def add_pages(self, pages: Sequence[NewPage]) -> int:
        """Put pages into the frontier; how many were new.

        A page that is known keeps its place unless the priority is better. One that only crawls
        with incomplete walks have seen now counts as seen by this crawl too (see `covered`).
        """
        rows = [_plain(page) for page in pages]
        added = self._execute_many(
            "INSERT OR IGNORE INTO pages (url, page_type, key, priority, hops, found_on,"
            " discovered_by, discovered_in, open) VALUES (:url, :page_type, :key, :priority,"
            " :hops, :found_on, :discovered_by, :discovered_in,"
            " NOT EXISTS (SELECT 1 FROM captures WHERE (url = :url OR page_url = :url)"
            " AND verdict = 'content'))",
            rows,
        ).rowcount
        if added < len(rows):
            self._execute_many(
                "UPDATE pages SET priority = min(priority, :priority), discovered_in = CASE"
                " WHEN discovered_in IN (SELECT id FROM crawls WHERE walk_complete)"
                " THEN discovered_in ELSE :discovered_in END"
                " WHERE url = :url AND (priority > :priority OR discovered_in < :discovered_in)",
                rows,
            )
        return max(added, 0)

    def due(self, now: datetime, limit: int) -> tuple[QueuedPage, ...]:
        """The first pages to fetch now, best priority first: not done, given up or skipped."""
        rows = self._execute(_DUE, (to_us(now), limit))
        return tuple(_page(row) for row in rows)

    def next_due(self, now: datetime) -> datetime | None:
        """When the next page may be fetched: `now` or later; None if none ever may."""
        (at,) = self._execute(f"SELECT min(next_try_at) {_QUEUE}").fetchone()
        return None if at is None else max(now, from_us(at))

    def page(self, url: str) -> QueuedPage | None:
        """What is known of a page."""
        row = self._execute(f"SELECT {_PAGE_COLUMNS} FROM pages WHERE url = ?", (url,)).fetchone()
        return None if row is None else _page(row)

    def failed(
        self, url: str, reason: str, next_try_at: datetime | None, *, attempts: int | None = None
    ) -> None:
        """Count a failed attempt; None for the next try gives the page up."""
        self._execute(
            "UPDATE pages SET attempts = coalesce(?, attempts + 1), failure = ?, next_try_at = ?"
            " WHERE url = ?",
            (attempts, reason, None if next_try_at is None else to_us(next_try_at), url),
        )

    def skipped(self, url: str, reason: str) -> None:
        """Note why a page is not asked for: it is out of the queue."""
        self._execute("UPDATE pages SET skipped = ? WHERE url = ?", (reason, url))

    def refetch(
        self, *, wanted_at: datetime, page_type: str | None = None, key: str | None = None
    ) -> int:
        """Ask again for all pages, those of a type, or one: captures before `wanted_at` are old.

        returns  how many pages are asked for again: those without a good capture since then
        """
        return self._execute(
            "UPDATE pages SET wanted_at = max(wanted_at, :at), open = 1, attempts = 0,"
            " next_try_at = 0, failure = '', skipped = ''"
            " WHERE page_type = coalesce(:type, page_type) AND key = coalesce(:key, key)"
            " AND NOT EXISTS (SELECT 1 FROM captures AS good"
            " WHERE (good.page_url = pages.url OR good.url = pages.url)"
            " AND good.verdict = 'content' AND good.fetched_at >= :at)",
            {"at": to_us(wanted_at), "type": page_type, "key": key},
        ).rowcount

    def retry_failed(self) -> int:
        """Put pages that were given up or skipped back into the queue; how many."""
        return self._execute(
            "UPDATE pages SET attempts = 0, next_try_at = 0, failure = '', skipped = ''"
            " WHERE open = 1 AND (next_try_at IS NULL OR skipped <> '')"
        ).rowcount

    def covered(self, page_type: str, keys: Sequence[str]) -> frozenset[str]:
        """Which of the pages were seen by a crawl whose walk was complete."""
        marks = ", ".join("?" * len(keys))
        rows = self._execute(
            f"SELECT key FROM pages WHERE page_type = ? AND key IN ({marks})"
            " AND discovered_in IN (SELECT id FROM crawls WHERE walk_complete)",
            (page_type, *keys),
        )
        return frozenset(key for (key,) in rows)

    def children(self, url: str) -> tuple[QueuedPage, ...]:
        """The pages that were found on a page."""
        rows = self._execute(
            f"SELECT {_PAGE_COLUMNS} FROM pages WHERE found_on = ? ORDER BY id", (url,)
        )
        return tuple(_page(row) for row in rows)

    def has_unseen(self) -> bool:
        """Whether a page is queued of which no capture exists: no WARC file tells of it."""
        (found,) = self._execute(UNSEEN).fetchone()
        return bool(found)

    def named(self, page_type: str, key: str) -> tuple[QueuedPage, ...]:
        """The pages of a type and key: one, or more where its URL has changed."""
        rows = self._execute(
            f"SELECT {_PAGE_COLUMNS} FROM pages WHERE page_type = ? AND key = ? ORDER BY id",
            (page_type, key),
        )
        return tuple(_page(row) for row in rows)

    def families(self, root_type: str) -> Families:
        """How whole the pages of a type are, each with all that was found below it."""
        return Families(*self._execute(FAMILIES, (root_type,)).fetchone())

    def counts(self) -> tuple[PageCounts, ...]:
        """How the pages of each type stand."""
        rows = self._execute(
            "SELECT page_type, count(*), sum(NOT open),"
            " sum(open AND skipped = '' AND next_try_at IS NULL), sum(open AND skipped <> ''),"
            " sum(open AND skipped = '' AND next_try_at IS NOT NULL)"
            " FROM pages GROUP BY page_type ORDER BY page_type"
        )
        names = [field.name for field in fields(PageCounts)]
        return tuple(PageCounts(**dict(zip(names, row, strict=True))) for row in rows)

    # -- captures ----------------------------------------------------------------------------

    def add_capture(self, capture: Capture) -> int:
        """Add a capture; its id."""
        row = _plain(capture)
        names = [name for name in row if name != "id"]
        inserted = self._execute(
            f"INSERT INTO captures ({', '.join(names)}) VALUES (:{', :'.join(names)})", row
        )
        assert inserted.lastrowid is not None
        return inserted.lastrowid

    def describe_capture(
        self, capture_id: int, *, page_url: str, page_type: str, page_key: str, verdict: str
    ) -> None:
        """Say for which page a capture was fetched, and what it is, learnt after it was added."""
        self._execute(
            "UPDATE captures SET page_url = ?, page_type = ?, page_key = ?, verdict = ?"
            " WHERE id = ?",
            (page_url, page_type, page_key, verdict, capture_id),
        )
        self._execute(f"UPDATE pages SET open = NOT {GOOD} WHERE url = ?", (page_url,))

    def original(self, url: str, payload_digest: str, *, up_to_id: int) -> Capture | None:
        """The first whole response of a URL with a payload, among captures up to an id."""
        return self._capture(
            "WHERE url = ? AND payload_digest = ? AND record_type = 'response'"
            " AND truncated = '' AND id <= ? ORDER BY id LIMIT 1",
            (url, payload_digest, up_to_id),
        )

    def capture_of_record(self, record_id: str) -> Capture | None:
        """The capture a record id names."""
        return self._capture("WHERE record_id = ? ORDER BY id LIMIT 1", (record_id,))

    def captures_of(self, url: str) -> tuple[Capture, ...]:
        """All captures of a URL, the newest first."""
        return self._captures("WHERE url = ? ORDER BY fetched_at DESC, id DESC", (url,))

    def unexpanded(self, limit: int) -> tuple[Capture, ...]:
        """Captures of content whose links were not followed yet, the oldest first."""
        return self._captures(
            "WHERE verdict = 'content' AND expanded = 0 ORDER BY id LIMIT ?", (limit,)
        )

    def mark_expanded(self, capture_ids: Iterable[int]) -> None:
        """Note that the links of captures were followed."""
        self._execute_many(
            "UPDATE captures SET expanded = 1 WHERE id = ?", [(one,) for one in capture_ids]
        )

    def last_capture_id(self) -> int:
        """The highest id given so far, 0 if none."""
        (last,) = self._execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()
        return int(last)

    # -- files and crawls --------------------------------------------------------------------

    def files(self) -> dict[str, int]:
        """The indexed size of each file."""
        return dict(self._execute("SELECT name, size FROM files"))

    def base_urls(self) -> tuple[tuple[str, str], ...]:
        """The base URLs that files name, each with one such file."""
        return tuple(
            self._execute(
                "SELECT base_url, min(name) FROM files WHERE base_url <> '' GROUP BY base_url"
            )
        )

    def set_file(self, name: str, *, size: int, base_url: str) -> None:
        """Note how far a file is indexed."""
        self._execute(
            "INSERT INTO files VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " size = excluded.size, base_url = excluded.base_url",
            (name, size, base_url),
        )

    def forget_file(self, name: str) -> None:
        """Drop a file and the captures that point into it."""
        self._execute("DELETE FROM captures WHERE file = ?", (name,))
        self._execute("DELETE FROM files WHERE name = ?", (name,))

    def start_crawl(self, options: str, *, started_at: datetime) -> int:
        """Begin a crawl; its id."""
        inserted = self._execute(
            "INSERT INTO crawls (options, started_at) VALUES (?, ?)", (options, to_us(started_at))
        )
        assert inserted.lastrowid is not None
        return inserted.lastrowid

    def put_crawl(self, crawl: Crawl) -> None:
        """Write a crawl as it stands, new or known."""
        self._execute(
            "INSERT OR REPLACE INTO crawls VALUES (:id, :options, :started_at, :ended_at,"
            " :counts, :why, :walk_complete)",
            _plain(crawl),
        )

    def crawls(self) -> tuple[Crawl, ...]:
        """All crawls, the newest first."""
        rows = self._execute("SELECT * FROM crawls ORDER BY id DESC")
        return tuple(
            Crawl(
                id=row[0],
                options=row[1],
                started_at=from_us(row[2]),
                ended_at=None if row[3] is None else from_us(row[3]),
                counts=row[4],
                why=row[5],
                walk_complete=bool(row[6]),
            )
            for row in rows
        )

    # -- the transaction ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Compute anew which pages are done, and end crawls that a killed process left."""
        self._execute(f"UPDATE pages SET open = NOT {GOOD} WHERE open <> (NOT {GOOD})")
        self._execute(
            "UPDATE crawls SET why = 'interrupted', ended_at = started_at WHERE ended_at IS NULL"
        )

    def commit(self) -> None:
        """End the transaction: the collection's to call, once the WARC file is synced."""
        try:
            self._disk.commit(self._connection)
        except sqlite3.Error as error:
            raise CollectionError(f"{self.path} cannot be written: {error}") from error

    def close(self) -> None:
        """Close the manifest; what is not committed is gone."""
        self._connection.close()

    def _execute(
        self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()
    ) -> sqlite3.Cursor:
        """Run a statement; raises CollectionError where SQLite cannot."""
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise CollectionError(f"{self.path} cannot be used: {error}") from error

    def _execute_many(self, statement: str, rows: Iterable[Any]) -> sqlite3.Cursor:
        """Run a statement for many rows; raises CollectionError where SQLite cannot."""
        try:
            return self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise CollectionError(f"{self.path} cannot be used: {error}") from error

    def _capture(self, where: str, values: tuple[str | int, ...]) -> Capture | None:
        """The first capture of a query."""
        found = self._captures(where, values)
        return found[0] if found else None

    def _captures(self, where: str, values: tuple[str | int, ...]) -> tuple[Capture, ...]:
        """The captures of a query."""
        rows = self._execute(f"SELECT {_CAPTURE_COLUMNS} FROM captures {where}", values)
        return tuple(_read_capture(row) for row in rows)


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection to a manifest of our version; raises sqlite3.Error, CollectionError."""
    if read_only:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    else:
        if not path.exists():
            for left in (f"{path}-wal", f"{path}-shm"):
                Path(left).unlink(missing_ok=True)  # of a manifest that was deleted
        connection = sqlite3.connect(path, isolation_level="IMMEDIATE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0 and not read_only:
        connection.executescript(f"BEGIN;\n{SCHEMA}\nCOMMIT;")
    elif version != SCHEMA_VERSION:
        connection.close()
        raise CollectionError(f"{path} is a manifest of version {version}, not {SCHEMA_VERSION}")
    return connection


def _plain(row: NewPage | Capture | Crawl) -> dict[str, Any]:
    """A row's values by name, as SQLite takes them."""
    values = {name: getattr(row, name) for name in _NAMES[type(row)]}
    return {
        name: to_us(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _page(row: Sequence[Any]) -> QueuedPage:
    """A page from its columns."""
    return QueuedPage(**dict(zip(_NAMES[QueuedPage], row, strict=True)))


def _read_capture(row: Sequence[Any]) -> Capture:
    """A capture from its columns."""
    values = dict(zip(_NAMES[Capture], row, strict=True))
    values["fetched_at"] = from_us(values["fetched_at"])
    values["expanded"] = bool(values["expanded"])
    return Capture(**values)
