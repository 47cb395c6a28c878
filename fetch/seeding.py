"""The pages that the user names, put into the queue by every run."""

from __future__ import annotations

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


class Seeding:
    """Asks for seeds anew: what earlier runs left of them is withdrawn.

    The first group goes before all others, and so does what it leads to; within a group what was
    found last goes first.
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

    def want(self) -> tuple[str, ...]:
        """Put all seeds into the queue; what a person should know."""
        if not self._source.seeds:
            return ()
        manifest = self._collection.manifest
        manifest.withdraw(sorted(self._source.seeds), "asked for by runs that name it")
        gone = 0
        for place, group in enumerate(self._groups):
            self._want(place, group)
            gone += sum(self._is_gone(target) for target in group.targets)
        self._collection.commit()
        told = "Not asked for again, because they were not there (--retry-failed asks)"
        return (f"{told}: {gone}.",) if gone else ()

    def _want(self, place: int, group: SeedGroup) -> None:
        """Put the seeds of a group into the queue."""
        now = self._clock.now()
        priority = (place << _GROUP_BITS) - (int(now.timestamp()) << _PLACES_BITS)
        pages = group.pages(self._is_gone)
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
