"""What a crawl manifest holds, as values: pages, captures, crawls, and counts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """A page that was found: `priority` lower is sooner, `hops` are links from a seed.

    discovered_by  who led here; of a known page, all who ever did, with commas between them
    event_at       when what the page is about ended; None where nobody has said
    """

    url: str
    page_type: str
    key: str
    priority: int = 0
    hops: int = 0
    found_on: str = ""
    discovered_by: str = ""
    discovered_in: int = 0
    event_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedPage(NewPage):
    """A page of the frontier; `attempts` have failed so far."""

    id: int
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An archived visit of one URL; `refers_to` is the original's record id for a revisit.

    A resource record that is a page, or the DOM of one, counts as a capture with status 200.
    """

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
    """How many pages of a type are known, and how they stand.

    known         done + failed + skipped + queued + blocked
    blocked       open pages whose newest capture is a block or a challenge
    last_failure  why a page failed or was queued again: the newest reason, "" if there is none
    """

    page_type: str
    known: int
    done: int
    failed: int
    skipped: int
    queued: int
    blocked: int = 0
    last_failure: str = ""


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
