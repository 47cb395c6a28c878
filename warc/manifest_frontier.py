"""The pages of a crawl manifest: which are known, which are due, how they stand.

Theory of operation. SQLite is the queue: a window of it is read through an index, and 100,000
pages are never held in memory. What makes a page done stands in warc/manifest_schema.py.
"""

# ruff: noqa: S608 - statements are put together from names of our own only

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from warc.manifest_connection import ManifestConnection
from warc.manifest_rows import Families, NewPage, PageCounts, QueuedPage, from_us, to_us
from warc.manifest_schema import COUNTS, FAMILIES, GOOD, NOT_WANTED, UNSEEN

_COLUMNS = tuple(field.name for field in fields(QueuedPage))
_PAGE_COLUMNS = ", ".join(_COLUMNS)
_QUEUE = "FROM pages WHERE open = 1 AND skipped = ''"
# The plus keeps SQLite from the index on times, which would have it sort the whole queue.
DUE = f"SELECT {_PAGE_COLUMNS} {_QUEUE} AND +next_try_at <= ? ORDER BY priority, id LIMIT ?"
_DUE_OF = f"SELECT {_PAGE_COLUMNS} {_QUEUE} AND +next_try_at <= ? AND page_type "

_SETTLED = "(event_at + :within)"


# Moves what a page led to, directly or not, by as much as the page itself is about to move up.
_BRING_ALONG = """
WITH RECURSIVE below (url, up) AS (
    SELECT pages.url, known.priority - :priority FROM pages AS known
    JOIN pages ON pages.found_on = known.url
    WHERE known.url = :url AND known.priority > :priority
    UNION
    SELECT pages.url, below.up FROM pages JOIN below ON pages.found_on = below.url
)
UPDATE pages SET priority = priority - (SELECT up FROM below WHERE below.url = pages.url)
WHERE open AND url IN (SELECT url FROM below)
"""


class Frontier(ManifestConnection):
    """The part of a manifest that is about pages."""

    def add_pages(self, pages: Sequence[NewPage]) -> int:
        """Put pages into the frontier; how many were new.

        A page that is known keeps its place unless the priority is better: then those that it led
        to and that are still queued come along. It learns when its event ended and who else has
        found it. One that only crawls with incomplete walks have
        seen now counts as seen by this crawl too (see `covered`).
        """
        rows = [_plain(page) for page in pages]
        added = self._execute_many(
            "INSERT OR IGNORE INTO pages (url, page_type, key, priority, hops, found_on,"
            " discovered_by, discovered_in, event_at, open) VALUES (:url, :page_type, :key,"
            " :priority, :hops, :found_on, :discovered_by, :discovered_in, :event_at,"
            " NOT EXISTS (SELECT 1 FROM captures WHERE (url = :url OR page_url = :url)"
            " AND verdict = 'content'))",
            rows,
        ).rowcount
        if added < len(rows):
            self._execute_many(_BRING_ALONG, rows)
            self._execute_many(
                "UPDATE pages SET priority = min(priority, :priority), discovered_in = CASE"
                " WHEN discovered_in IN (SELECT id FROM crawls WHERE walk_complete)"
                " THEN discovered_in ELSE :discovered_in END"
                " WHERE url = :url AND (priority > :priority OR discovered_in < :discovered_in)",
                rows,
            )
            self._execute_many(
                "UPDATE pages SET event_at = :event_at WHERE url = :url AND event_at <> :event_at",
                [row for row in rows if row["event_at"]],
            )
            self._execute_many(
                "UPDATE pages SET discovered_by = discovered_by || ',' || :discovered_by"
                " WHERE url = :url AND :discovered_by <> ''"
                " AND instr(',' || discovered_by || ',', ',' || :discovered_by || ',') = 0",
                [
                    {"url": row["url"], "discovered_by": finder}
                    for row in rows
                    for finder in row["discovered_by"].split(",")
                ],
            )
        return max(added, 0)

    def ask_anew(self, pages: Sequence[NewPage], *, wanted_at: datetime) -> None:
        """Put pages into the queue, known or not: captures before `wanted_at` are old."""
        self._execute_many(
            "INSERT INTO pages (url, page_type, key, priority, hops, found_on, discovered_by,"
            " discovered_in, event_at, wanted_at) VALUES (:url, :page_type, :key, :priority,"
            " :hops, :found_on, :discovered_by, :discovered_in, :event_at, :wanted_at)"
            " ON CONFLICT (url) DO UPDATE SET priority = excluded.priority, open = 1,"
            " found_on = excluded.found_on, discovered_by = excluded.discovered_by,"
            " discovered_in = excluded.discovered_in, wanted_at = excluded.wanted_at,"
            " attempts = 0, next_try_at = 0, failure = '', failed_at = 0, skipped = ''",
            [{**_plain(page), "wanted_at": to_us(wanted_at)} for page in pages],
        )

    def queued(self, page_types: Sequence[str]) -> tuple[str, ...]:
        """The URLs of the pages of some types that are in the queue, due or not."""
        marks = ", ".join("?" * len(page_types))
        rows = self._execute(
            f"SELECT url {_QUEUE} AND next_try_at IS NOT NULL AND page_type IN ({marks})"
            " ORDER BY id",
            tuple(page_types),
        )
        return tuple(url for (url,) in rows)

    def is_given_up(self, url: str) -> bool:
        """Whether a page is not asked for any more because it failed for good."""
        row = self._execute(
            "SELECT 1 FROM pages WHERE url = ? AND open = 1 AND next_try_at IS NULL", (url,)
        ).fetchone()
        return row is not None

    def is_waiting(self, url: str) -> bool:
        """Whether a page is in the queue, due or not."""
        row = self._execute(
            f"SELECT 1 {_QUEUE} AND next_try_at IS NOT NULL AND url = ?", (url,)
        ).fetchone()
        return row is not None

    def left_out(self, page_type: str) -> tuple[tuple[str, str], ...]:
        """The pages of a type that were not wanted, with the reason."""
        rows = self._execute(
            "SELECT url, skipped FROM pages WHERE page_type = ? AND open = 1"
            " AND substr(skipped, 1, ?) = ? ORDER BY id",
            (page_type, len(NOT_WANTED), NOT_WANTED),
        )
        return tuple((url, reason) for url, reason in rows)

    def due(
        self,
        now: datetime,
        limit: int,
        *,
        among: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> tuple[QueuedPage, ...]:
        """The first pages to fetch now, best priority first: not done, given up or skipped.

        among    page types with few pages, which alone are looked at; none: all
        without  page types that are left out, with few pages, too
        """
        types = among or without
        marks = ", ".join("?" * len(types))
        # Found by their type, which is an index; what is left is met in the order of the queue.
        chosen = f"{'IN' if among else 'NOT IN'} ({marks}) ORDER BY priority, id LIMIT ?"
        statement = _DUE_OF + chosen if types else DUE
        rows = self._execute(statement, (to_us(now), *types, limit))
        return tuple(_page(row) for row in rows)

    def next_due(self, now: datetime) -> datetime | None:
        """When the next page may be fetched: `now` or later; None if none ever may."""
        (at,) = self._execute(f"SELECT min(next_try_at) {_QUEUE}").fetchone()
        return None if at is None else max(now, from_us(at))

    def page(self, url: str) -> QueuedPage | None:
        """What is known of a page."""
        row = self._execute(f"SELECT {_PAGE_COLUMNS} FROM pages WHERE url = ?", (url,)).fetchone()
        return None if row is None else _page(row)

    def wanted_at(self, url: str) -> datetime:
        """The time before which captures of a page are old; 1970 where none is."""
        found = self._execute("SELECT wanted_at FROM pages WHERE url = ?", (url,)).fetchone()
        return from_us(found[0] if found else 0)

    def failed(
        self,
        url: str,
        reason: str,
        next_try_at: datetime | None,
        *,
        attempts: int | None = None,
        at: datetime | None = None,
    ) -> None:
        """Count a failed attempt at that time; None for the next try gives the page up."""
        later = None if next_try_at is None else to_us(next_try_at)
        self._execute(
            "UPDATE pages SET attempts = coalesce(?, attempts + 1), failure = ?, next_try_at = ?,"
            " failed_at = ? WHERE url = ?",
            (attempts, reason, later, to_us(at) if at else 0, url),
        )

    def skipped(self, url: str, reason: str) -> None:
        """Note why a page is not asked for: it is out of the queue; "" puts it back."""
        self._execute("UPDATE pages SET skipped = ? WHERE url = ?", (reason, url))

    def refetch(
        self, *, wanted_at: datetime, page_type: str | None = None, key: str | None = None
    ) -> int:
        """Ask again for all pages, those of a type, or one: captures before `wanted_at` are old.

        returns  how many pages are asked for again: those without a good capture since then
        """
        return self._execute(
            "UPDATE pages SET wanted_at = max(wanted_at, :at), open = 1, attempts = 0,"
            " next_try_at = 0, failure = '', failed_at = 0, skipped = ''"
            " WHERE page_type = coalesce(:type, page_type) AND key = coalesce(:key, key)"
            " AND NOT EXISTS (SELECT 1 FROM captures AS good"
            " WHERE (good.page_url = pages.url OR good.url = pages.url)"
            " AND good.verdict = 'content' AND good.fetched_at >= :at)",
            {"at": to_us(wanted_at), "type": page_type, "key": key},
        ).rowcount

    def retry_failed(self) -> int:
        """Put pages that were given up or skipped back into the queue; how many."""
        return self._execute(
            "UPDATE pages SET attempts = 0, next_try_at = 0, failure = '', failed_at = 0,"
            " skipped = '' WHERE open = 1 AND (next_try_at IS NULL OR skipped <> '')"
        ).rowcount

    def retry_put_off(self, *, attempts_below: int) -> int:
        """Make pages due now that failed before and were put off; how many.

        attempts_below  pages that have failed as often stay put off
        """
        return self._execute(
            "UPDATE pages SET next_try_at = 0 WHERE open = 1 AND skipped = '' AND next_try_at > 0"
            " AND attempts > 0 AND attempts < ?",
            (attempts_below,),
        ).rowcount

    def want_fresh(self, page_type: str, *, within: timedelta, now: datetime) -> int:
        """Ask again for pages whose good captures may have been made before their subject settled.

        within   what a page says may still change so long after its event ended
        returns  how many are asked for: those with a good capture, but none since then
        """
        return self._execute(
            f"UPDATE pages SET wanted_at = {_SETTLED}, open = 1, attempts = 0, next_try_at = 0,"
            " failure = '', failed_at = 0"
            f" WHERE page_type = :type AND skipped = '' AND event_at > 0 AND {_SETTLED} <= :now"
            f" AND wanted_at < {_SETTLED} AND {GOOD}"
            " AND NOT EXISTS (SELECT 1 FROM captures AS late"
            " WHERE (late.page_url = pages.url OR late.url = pages.url)"
            f" AND late.verdict = 'content' AND late.fetched_at >= {_SETTLED})",
            {"type": page_type, "within": within // timedelta(microseconds=1), "now": to_us(now)},
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
        names = [field.name for field in fields(PageCounts)]
        return tuple(
            PageCounts(**dict(zip(names, row, strict=True))) for row in self._execute(COUNTS)
        )


def _plain(page: NewPage) -> dict[str, Any]:
    """A page's values by name, as SQLite takes them."""
    values = {field.name: getattr(page, field.name) for field in fields(page)}
    return {**values, "event_at": to_us(page.event_at) if page.event_at else 0}


def _page(row: Sequence[Any]) -> QueuedPage:
    """A page from its columns."""
    values = dict(zip(_COLUMNS, row, strict=True))
    values["event_at"] = from_us(values["event_at"]) if values["event_at"] else None
    return QueuedPage(**values)
