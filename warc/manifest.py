"""The crawl manifest: which pages are known, which captures exist, how crawls ended (SQLite).

Theory of operation. All changes belong to one transaction that is open from the first change on;
`commit` ends it, and only the collection calls that, after the WARC file has been synced. So no
row ever points at bytes that are not safe. Pages are in warc/manifest_frontier.py, the connection
in warc/manifest_connection.py.
"""

# ruff: noqa: S608 - statements are put together from names of our own only

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from warc.manifest_frontier import Frontier
from warc.manifest_rows import Capture, Crawl, from_us, to_us
from warc.manifest_schema import GOOD

MANIFEST_NAME = "manifest.sqlite"

_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in (Capture, Crawl)}
_CAPTURE_COLUMNS = ", ".join(_NAMES[Capture])


class Manifest(Frontier):
    """An open manifest; its changes last only once the collection has committed them."""

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

    def captures_of(self, url: str, *, most: int = -1) -> tuple[Capture, ...]:
        """The captures of a URL, the newest first: at most so many, -1: all."""
        return self._captures(
            "WHERE url = ? ORDER BY fetched_at DESC, id DESC LIMIT ?", (url, most)
        )

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

    # -- hosts and pace ----------------------------------------------------------------------

    def put_host(self, host: str, *, not_before: datetime, why: str) -> None:
        """Remember that a host asked not to be visited before a time."""
        self._execute(
            "INSERT OR REPLACE INTO hosts VALUES (?, ?, ?)", (host, to_us(not_before), why)
        )

    def host_waits(self, now: datetime) -> dict[str, tuple[datetime, str]]:
        """The hosts that asked to be left alone until later than now: until when, and why."""
        rows = self._execute("SELECT * FROM hosts WHERE not_before > ?", (to_us(now),))
        return {host: (from_us(not_before), why) for host, not_before, why in rows}

    def pace(self, last: int = 100) -> float | None:
        """Median seconds between consecutive page captures of the newest crawl.

        last  so many captures are looked at; redirects and what was made of a page do not count
        returns  None where the newest crawl has fewer than two
        """
        rows = self._execute(
            "SELECT fetched_at FROM captures WHERE page_type <> '' AND verdict <> 'redirect'"
            " AND record_type <> 'resource'"
            " AND fetched_at >= (SELECT started_at FROM crawls ORDER BY id DESC LIMIT 1)"
            " ORDER BY id DESC LIMIT ?",
            (last,),
        )
        times = sorted(at for (at,) in rows)
        gaps = [(after - before) / 1e6 for before, after in itertools.pairwise(times)]
        return statistics.median(gaps) if gaps else None

    # -- the whole ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """Compute anew which pages are done, and end crawls that a killed process left."""
        self._execute(f"UPDATE pages SET open = NOT {GOOD} WHERE open <> (NOT {GOOD})")
        self._execute(
            "UPDATE crawls SET why = 'interrupted', ended_at = started_at WHERE ended_at IS NULL"
        )

    def _capture(self, where: str, values: tuple[str | int, ...]) -> Capture | None:
        """The first capture of a query."""
        found = self._captures(where, values)
        return found[0] if found else None

    def _captures(self, where: str, values: tuple[str | int, ...]) -> tuple[Capture, ...]:
        """The captures of a query."""
        rows = self._execute(f"SELECT {_CAPTURE_COLUMNS} FROM captures {where}", values)
        return tuple(_read_capture(row) for row in rows)


def _plain(row: Capture | Crawl) -> dict[str, Any]:
    """A row's values by name, as SQLite takes them."""
    values = {name: getattr(row, name) for name in _NAMES[type(row)]}
    return {
        name: to_us(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _read_capture(row: Sequence[Any]) -> Capture:
    """A capture from its columns."""
    values = dict(zip(_NAMES[Capture], row, strict=True))
    values["fetched_at"] = from_us(values["fetched_at"])
    values["expanded"] = bool(values["expanded"])
    return Capture(**values)
