"""What archives hold, in numbers: captures by page type and verdict, bytes, savings, over time."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from warc.archives.ledger import Ledger
from warc.archives.targets import Target, final_name
from warc.errors import ArchiveError
from warc.http import HttpMessage, decode_body, response_of
from warc.note import read_note
from warc.reader import read_records
from warc.record import BadStretch, Record
from warc.sites import SITES
from warc.sites.page import PageRef, Response, Site

Period = Literal["day", "week", "month"]

_CAPTURES = frozenset({"response", "revisit", "resource"})

# Bars of a chart on a terminal; above that the next longer period is taken.
_BARS = 40

OTHER = "other"
"""The page type of captures that are of none: robots.txt, and pages of unknown sites."""


@dataclass(slots=True)
class Stats:
    """Numbers of any number of collections together.

    stored        bytes of the files
    plain         bytes of all records uncompressed
    decoded       bytes of the payloads of responses and resources, content coding removed
    saved         bytes of payload that revisits did not store again
    by_page       captures by (page type, verdict)
    by_day        captures by (day, page type)
    """

    collections: int = 0
    files: int = 0
    records: int = 0
    captures: int = 0
    revisits: int = 0
    bad_stretches: int = 0
    stored: int = 0
    plain: int = 0
    decoded: int = 0
    saved: int = 0
    by_page: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_day: Counter[tuple[date, str]] = field(default_factory=Counter)

    @property
    def compression(self) -> float:
        """Decoded bytes to stored ones, revisits counted with what they stand for."""
        return (self.decoded + self.saved) / self.stored if self.stored else 0.0


def count(targets: Sequence[Target], progress: Callable[[int], None] = lambda _: None) -> Stats:
    """Read all files of the targets and count."""
    counting = _Counting(progress)
    try:
        for target in targets:
            counting.of_target(target)
    finally:
        counting.ledger.close()
    return counting.told


def over_time(stats: Stats, period: Period | None) -> tuple[Period, dict[date, Counter[str]]]:
    """Captures by page type in each period from the first to the last, empty ones included.

    period   None takes days, or weeks or months where days are too many to show
    returns  the period taken, and counts by its first day
    """
    days = [day for day, _ in stats.by_day]
    if not days:
        return period or "day", {}
    if period is None:
        span = (max(days) - min(days)).days
        period = "day" if span < _BARS else "week" if span < 7 * _BARS else "month"
    made: dict[date, Counter[str]] = {}
    at, end = start_of(min(days), period), start_of(max(days), period)
    while at <= end:
        made[at] = Counter()
        at = _next(at, period)
    for (day, page_type), number in stats.by_day.items():
        made[start_of(day, period)][page_type] += number
    return period, made


def start_of(day: date, period: Period) -> date:
    """The first day of the period that a day is in; weeks begin on Monday.

    >>> start_of(date(2026, 11, 22), "week").isoformat()
    '2026-11-16'
    """
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day


def _next(at: date, period: Period) -> date:
    """The first day of the next period."""
    if period == "month":
        return (at + timedelta(days=32)).replace(day=1)
    return at + timedelta(days=7 if period == "week" else 1)


class _Counting:
    """One pass over any number of folders."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self.progress = progress
        self.told = Stats()
        self.ledger = Ledger()
        self.base_url = ""

    def of_target(self, target: Target) -> None:
        """Count one folder's files."""
        self.told.collections += 1
        verdicts = _Verdicts(target)
        try:
            for path in target.files:
                self._of_file(path, verdicts)
        finally:
            verdicts.close()

    def _of_file(self, path: Path, verdicts: _Verdicts) -> None:
        """Count one file."""
        self.told.files += 1
        self.told.stored += path.stat().st_size
        self.base_url = ""
        try:
            for found in read_records(path, verify=False):
                self.progress(found.length)
                if isinstance(found, BadStretch):
                    self.told.bad_stretches += 1
                else:
                    self._record(found, verdicts.of(final_name(path), found))
        except ArchiveError:
            self.told.bad_stretches += 1

    def _record(self, record: Record, known: tuple[str, str] | None) -> None:
        """Count one record."""
        self.told.records += 1
        self.told.plain += len(record.block)
        if record.type == "warcinfo":
            self.base_url = read_note(record).first("base-url") or ""
        if record.type not in _CAPTURES:
            return
        self.told.captures += 1
        size = self._payload_size(record)
        page_type, verdict = known or self._judged(record)
        self.told.by_page[page_type or OTHER, verdict] += 1
        self.told.by_day[record.date.date(), page_type or OTHER] += 1
        if record.type == "revisit":
            self.told.revisits += 1
            self.told.saved += self.ledger.size_of_original(record)
        else:
            self.told.decoded += size
            self.ledger.add_size(record, size)

    def _payload_size(self, record: Record) -> int:
        """Bytes of a payload, decoded; as stored where it cannot be decoded."""
        if record.type == "revisit":
            return 0
        if (message := _message(record)) is None:
            return len(record.block)
        try:
            return len(decode_body(message))
        except ArchiveError:
            return len(message.body)

    def _judged(self, record: Record) -> tuple[str, str]:
        """Page type and verdict of a capture that no manifest knows."""
        for site in SITES:
            page = _located(site, record.target_uri, self.base_url)
            if page is not None:
                return page.page_type, _verdict(site, page, record)
        return OTHER, "unknown"


class _Verdicts:
    """What a folder's manifest says of its captures; nothing where it has none."""

    def __init__(self, target: Target) -> None:
        self._connection: sqlite3.Connection | None = None
        if target.manifest is not None:
            uri = f"{target.manifest.absolute().as_uri()}?mode=ro"
            with suppress(sqlite3.Error):
                self._connection = sqlite3.connect(uri, uri=True)

    def of(self, file: str, record: Record) -> tuple[str, str] | None:
        """Page type and verdict of a capture, None where they are not known."""
        if self._connection is None or record.type not in _CAPTURES:
            return None
        with suppress(sqlite3.Error):
            found: tuple[str, str] | None = self._connection.execute(
                "SELECT page_type, verdict FROM captures"
                " WHERE file = ? AND offset = ? AND inner = ?",
                (file, record.offset, record.inner),
            ).fetchone()
            return found
        return None

    def close(self) -> None:
        """Let go of the manifest."""
        if self._connection is not None:
            self._connection.close()


def _located(site: Site, url: str, base_url: str) -> PageRef | None:
    """Which page a URL names; None too where it is none at all."""
    try:
        return site.locate(url, stand_in=base_url or None)
    except ValueError:
        return None


def _message(record: Record) -> HttpMessage | None:
    """The response a record holds, None where it holds none."""
    content_type = (record.fields.first("Content-Type") or "").lower()
    if not content_type.startswith("application/http"):
        return None
    try:
        return response_of(record)
    except ArchiveError:
        return None


def _verdict(site: Site, page: PageRef, record: Record) -> str:
    """What a site makes of a capture."""
    if record.type == "revisit":
        return "revisit"
    message = _message(record)
    if message is None:
        return site.judge(page, Response(status=200, headers={}, body=record.block)).verdict
    try:
        body = decode_body(message, limit=site.max_page_bytes)
    except ArchiveError:
        body = b""
    headers: Mapping[str, str] = {name.lower(): value for name, value in message.fields}
    response = Response(status=message.status, headers=headers, body=body)
    return site.judge(page, response).verdict


def stats_rows(stats: Stats) -> Iterator[tuple[str, str, int]]:
    """Yield page type, verdict and captures, in order."""
    for (page_type, verdict), number in sorted(stats.by_page.items()):
        yield page_type, verdict, number
