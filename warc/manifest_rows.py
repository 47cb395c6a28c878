"""What a crawl manifest holds, as values: pages, captures, crawls, and counts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warc.exchange import Exchange, RevisitTarget
from warc.sites.page import PageRef, Verdict
from warc.writer import Written

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """A page that was found: `priority` lower is sooner, `hops` are links from a seed."""

    url: str
    page_type: str
    key: str
    priority: int = 0
    hops: int = 0
    found_on: str = ""
    discovered_by: str = ""
    discovered_in: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedPage(NewPage):
    """A page of the frontier; `attempts` have failed so far."""

    id: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An archived visit of one URL; `refers_to` is the original's record id for a revisit."""

    id: int = 0
    url: str
    page_url: str
    page_type: str
    page_key: str
    file: str
    offset: int
    length: int
    inner: int = 0
    record_type: str
    record_id: str
    refers_to: str = ""
    fetched_at: datetime
    status: int
    verdict: str
    payload_digest: str
    truncated: str = ""
    expanded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """One run of fetch; `options` and `counts` are JSON, `ended_at` None while it runs."""

    id: int
    options: str
    started_at: datetime
    ended_at: datetime | None
    counts: str
    why: str
    walk_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCounts:
    """How many pages of a type are known, and how they stand; the last four add up to `known`."""

    page_type: str
    known: int
    done: int
    failed: int
    skipped: int
    queued: int


@dataclass(frozen=True, slots=True)
class Families:
    """Pages of a type by how much of what they lead to, directly or not, is archived.

    whole      the page and everything known below it
    partial    some of it
    untouched  not even the page itself
    """

    whole: int = 0
    partial: int = 0
    untouched: int = 0


def to_us(at: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_us(microseconds: int) -> datetime:
    """The aware UTC time of microseconds since 1970.

    >>> from_us(to_us(datetime(2026, 11, 21, tzinfo=UTC))).isoformat()
    '2026-11-21T00:00:00+00:00'
    """
    return _EPOCH + timedelta(microseconds=microseconds)


def capture_of(
    exchange: Exchange,
    written: Written,
    *,
    page: PageRef | None,
    verdict: Verdict,
    page_url: str,
    original: Capture | None,
) -> Capture:
    """The row of an exchange that was written."""
    status = exchange.response_head[:40].split(b" ")[1:2]
    return Capture(
        url=exchange.url,
        page_url=page_url,
        page_type=page.page_type if page else "",
        page_key=page.key if page else "",
        file=written.file,
        offset=written.offset,
        length=written.length,
        record_type=written.type,
        record_id=written.record_id,
        refers_to=original.record_id if original else "",
        fetched_at=exchange.started_at,
        status=int(status[0][:3]) if status and status[0][:3].isdigit() else 0,
        verdict=verdict,
        payload_digest=written.payload_digest,
        truncated=exchange.truncated,
    )


def target_of(original: Capture) -> RevisitTarget:
    """The capture a revisit refers to, as the writer needs it."""
    return RevisitTarget(
        url=original.url,
        record_id=original.record_id,
        date=original.fetched_at,
        payload_digest=original.payload_digest,
    )
