"""The pages that the user names, put into the queue by every run, and by one that watches again
and again.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fetch.clock import Clock
from fetch.options import CrawlOptions
from fetch.seed import SeedGroup
from fetch.sources.source import FetchSource
from warc.collection import Collection
from warc.manifest_rows import NewPage

# Bits of a priority below those of its time in seconds: places for what one page leads to.
_PLACES_BITS = 12

# Bits of a priority below those of its group.
_GROUP_BITS = 50

# Before and after every look there is.
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Seeding:
    """Asks for seeds anew: what earlier runs left of them is withdrawn.

    The first group goes before all others, and so does what it leads to; within a group what was
    found last goes first. What several groups name is asked for by the first of them that looks.
    """

    def __init__(
        self,
        *,
        source: FetchSource,
        options: CrawlOptions,
        collection: Collection,
        clock: Clock,
        crawl_id: int,
    ) -> None:
        """Put nothing into the queue yet."""
        self._source = source
        self._groups = options.seeds
        self._base_url = options.base_url
        self._collection = collection
        self._clock = clock
        self._crawl_id = crawl_id
        self._watches = options.watch
        self._due = [_EVER] * len(options.seeds)

    def begin(self) -> tuple[str, ...]:
        """Put the seeds into the queue that are due, and withdraw all others.

        A crawl that watches goes on in the step of the one before it.
        returns  what a person should know
        """
        if not self._source.seeds:
            return ()
        named = {
            self._base_url + target
            for place in range(len(self._groups))
            for target in self._pages(place, self._clock.now())
        }
        for url in self._collection.manifest.queued(sorted(self._source.seeds)):
            if url not in named:
                self._collection.skipped(url, "asked for by runs that name it")
        if self._watches:
            self._due = [self._first_look(place) for place in range(len(self._groups))]
        self.look()
        targets = {target for group in self._groups for target in group.targets}
        gone = sum(self._is_gone(target) for target in targets)
        told = "Not asked for again, because they were not there (--retry-failed asks)"
        return (f"{told}: {gone}.",) if gone else ()

    def is_only_way_in(self, url: str) -> bool:
        """Whether a page is the one that every run of the source begins at."""
        return self._source.start == (url.removeprefix(self._base_url),)

    def look(self) -> bool:
        """Put the seeds into the queue that are due; whether there were any."""
        now, looks = self._clock.now(), False
        for place, group in enumerate(self._groups):
            if self._due[place] <= now:
                self._want(place, group, now)
                self._due[place] = group.next_look(now, now=now) if self._watches else _NEVER
                looks = True
        if looks:
            self._collection.commit()
        return looks

    def next_look(self) -> datetime | None:
        """When seeds are due next; None once they never will be."""
        return min((due for due in self._due if due != _NEVER), default=None)

    def _first_look(self, place: int) -> datetime:
        """When a crawl that watches looks first: the captures of an earlier one count."""
        manifest, now = self._collection.manifest, self._clock.now()
        urls = [self._base_url + target for target in self._pages(place, now)]
        newest = [manifest.captures_of(url, most=1) for url in urls]
        last = min((one[0].fetched_at if one else _EVER for one in newest), default=_EVER)
        return self._groups[place].next_look(last, now=now)

    def _pages(self, place: int, now: datetime) -> tuple[str, ...]:
        """What a group asks for: not what is gone, nor what a group before it looks at now."""
        earlier = self._groups[:place]
        looking = [one for one in earlier if not self._watches or one.is_open(now)]
        theirs = {target for one in looking for target in one.targets}
        return self._groups[place].pages(lambda one: one in theirs or self._is_gone(one))

    def _want(self, place: int, group: SeedGroup, now: datetime) -> None:
        """Put the seeds of a group into the queue."""
        priority = (place << _GROUP_BITS) - (int(now.timestamp()) << _PLACES_BITS)
        pages = self._pages(place, now)
        self._collection.manifest.ask_anew(
            [self._seed(target, group.finder, priority) for target in pages], wanted_at=now
        )

    def _seed(self, target: str, finder: str, priority: int) -> NewPage:
        """A seed as the queue takes it."""
        page = self._source.site.page_type_of(target)
        assert page is not None, target
        return NewPage(
            url=self._base_url + target,
            page_type=page.page_type,
            key=page.key,
            priority=priority,
            discovered_by=finder,
            discovered_in=self._crawl_id,
        )

    def _is_gone(self, target: str) -> bool:
        """Whether an earlier answer said that there is no such thing."""
        return self._collection.manifest.is_given_up(self._base_url + target)
