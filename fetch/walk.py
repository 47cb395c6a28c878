"""The walk along a site's listing, newest entries first; pure.

Theory of operation. A walk asks for one listing page after the other. It stops where every entry
of a page is covered, where the list ends, or where its plan says so. An entry is *covered* when it
was listed to a crawl whose walk was complete, and a walk is complete when it began at the first
page and left nothing out until covered entries or the end of the list. What an interrupted walk
left behind is therefore met again by the next one, and gaps close.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal
from zlib import crc32

Ending = Literal["", "covered", "end", "range", "since", "failed"]

# Before every page there is: priorities are SQLite integers, and lower ones come first.
FIRST = -(2**62)


# Seconds since 1970, in the year 3058: a row that claims to be later must not come before FIRST.
_LAST_S = 2**35 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkPlan:
    """Which part of the list a walk covers.

    first_offset  where it begins
    stop_offset   listing pages from this offset on are not asked for; None: to the end
    since_ms      entries completed before this are left out, and end the walk
    until_ms      entries completed at or after this are left out
    full          go on although everything on a page is covered
    """

    first_offset: int = 0
    stop_offset: int | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    full: bool = False

    @property
    def leaves_nothing_out(self) -> bool:
        """Whether a walk by this plan, once ended, has seen the whole list."""
        cut = (self.stop_offset, self.since_ms, self.until_ms)
        return self.first_offset == 0 and all(bound is None for bound in cut)

    def wants(self, completed_ms: int) -> bool:
        """Whether an entry completed at that time is in the plan."""
        early = self.since_ms is not None and completed_ms < self.since_ms
        late = self.until_ms is not None and completed_ms >= self.until_ms
        return not early and not late


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a listing: the page it leads to, and when what it tells of ended (epoch ms)."""

    url: str
    key: str
    completed_ms: int

    @property
    def priority(self) -> int:
        """Newest first; ties by key; the three lowest bits are left for the pages it leads to."""
        seconds = min(self.completed_ms // 1000, _LAST_S)
        number = int(self.key) if self.key.isdecimal() else crc32(self.key.encode())
        slot = (seconds << 24) + number % (1 << 24)
        return -slot << 3

    @property
    def ended_at(self) -> datetime | None:
        """When it ended; None where the row names a time that no calendar has."""
        try:
            return datetime.fromtimestamp(self.completed_ms / 1000, UTC)
        except (OverflowError, OSError, ValueError):
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one listing page says.

    next_offset  where its link to older entries leads; None if it has none
    is_last      the page itself says that nothing follows
    """

    entries: tuple[Entry, ...]
    next_offset: int | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far a walk has come.

    offset    the listing page to ask for next
    priority  its place in the queue: after the entries of the page before
    is_guess  no link led to `offset`: the page before was short and had none, or the user named it
    ending    why it is over, "" while it is not
    """

    plan: WalkPlan
    offset: int
    priority: int = FIRST
    is_guess: bool = False
    ending: Ending = ""

    @property
    def is_complete(self) -> bool:
        """Whether everything listed so far counts as covered from now on."""
        return self.ending in {"covered", "end"} and self.plan.leaves_nothing_out


def start(plan: WalkPlan) -> Walk:
    """The walk before its first page; an offset the user names may lie behind the end."""
    return Walk(plan=plan, offset=plan.first_offset, is_guess=plan.first_offset > 0)


def advance(walk: Walk, listing: Listing, *, full: int, all_covered: bool) -> Walk:
    """The walk after a listing page was read.

    full         rows of a full page
    all_covered  every entry of the page was listed to a crawl whose walk was complete
    """
    rows = len(listing.entries)
    following = listing.next_offset
    if following is None:
        following = walk.offset + full
    oldest = min((entry.completed_ms for entry in listing.entries), default=None)
    last = max((entry.priority for entry in listing.entries), default=walk.priority)
    if all_covered and rows and not walk.plan.full:
        return replace(walk, ending="covered")
    if listing.is_last or not rows or following <= walk.offset:
        return replace(walk, ending="end")
    since = walk.plan.since_ms
    if since is not None and oldest is not None and oldest < since:
        return replace(walk, ending="since")
    if walk.plan.stop_offset is not None and following >= walk.plan.stop_offset:
        return replace(walk, ending="range")
    guess = listing.next_offset is None and rows < full
    return replace(walk, offset=following, priority=last + 7, is_guess=guess)


def failed(walk: Walk, *, empty: bool) -> Walk:
    """The walk after a listing page could not be had.

    empty  the page came, but without entries: where no link had led to it, the list has ended
    """
    return replace(walk, ending="end" if empty and walk.is_guess else "failed")
