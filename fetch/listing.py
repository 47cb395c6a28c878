"""The walk along the listing, with its effects: entries go into the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from fetch.clock import Clock
from fetch.log import LOGGER
from fetch.options import CrawlOptions
from fetch.retry import Outcome, pause_before
from fetch.sources.source import FetchSource, ListingPages
from fetch.visit import Task
from fetch.walk import Listing, Walk, advance, failed, start
from warc.collection import Collection
from warc.manifest_rows import NewPage


class ListingWalk:
    """Asks for one listing page after the other; each is asked for again in every run."""

    def __init__(
        self,
        *,
        source: FetchSource,
        pages: ListingPages,
        options: CrawlOptions,
        collection: Collection,
        clock: Clock,
        crawl_id: int,
    ) -> None:
        """Stand before the first page."""
        self._source = source
        self._pages = pages
        self._base_url = options.base_url
        self._collection = collection
        self._clock = clock
        self._crawl_id = crawl_id
        self._walk: Walk = start(options.plan)
        self._attempts = 0
        self._not_before: datetime | None = None

    @property
    def is_complete(self) -> bool:
        """Whether everything that was listed so far counts as covered."""
        return self._walk.is_complete

    @property
    def has_failed(self) -> bool:
        """Whether the walk ended because a listing page could not be had."""
        return self._walk.ending == "failed"

    def task(self) -> Task | None:
        """The listing page to ask for next, if it may be asked for now."""
        late = self._not_before is not None and self._not_before > self._clock.now()
        if self._walk.ending or late:
            return None
        target = self._pages.target(self._walk.offset)
        page = self._source.site.page_type_of(target)
        assert page is not None, target
        return Task(
            url=self._base_url + target,
            page=page,
            priority=self._walk.priority,
            attempts=self._attempts,
        )

    def next_due(self) -> datetime | None:
        """When the next listing page may be asked for; None once the walk is over."""
        return None if self._walk.ending else self._not_before

    def read(self, body: bytes) -> None:
        """Put the entries of an archived listing page into the queue, and move on."""
        listing = self._pages.read(body, self._base_url)
        keys = [entry.key for entry in listing.entries]
        covered = self._collection.manifest.covered(self._source.root, keys) if keys else set()
        fresh = self._add(listing)
        LOGGER.info(
            "listing %d: %d entries, %d new, %d covered",
            self._walk.offset,
            len(keys),
            fresh,
            len(covered),
        )
        self._attempts, self._not_before = 0, None
        self._walk = advance(
            self._walk, listing, full=self._pages.rows, all_covered=covered >= set(keys)
        )
        if self._walk.is_complete:
            # At once, not at the end of the run: the pages it found may take days.
            manifest = self._collection.manifest
            manifest.put_crawl(replace(manifest.crawls()[0], walk_complete=True))

    def failed(self, task: Task, outcome: Outcome) -> None:
        """A listing page did not come: try again later, or end the walk.

        After a short page that links to none, one without entries is the end of the list.
        """
        self._attempts = task.attempts + 1
        empty = outcome.action == "again_page"
        pause = None if outcome.action == "give_up" else pause_before(self._attempts)
        if pause is None or (empty and self._walk.is_guess):
            self._walk = failed(self._walk, empty=empty)
            if self.has_failed:
                self._collection.failed(task.url, outcome.reason, None)
            LOGGER.info("the walk ends at %s: %s", task.url, outcome.reason)
        else:
            self._not_before = self._clock.now() + timedelta(seconds=pause)

    def _add(self, listing: Listing) -> int:
        """The wanted entries of a page into the queue; how many were new."""
        target = self._pages.target(self._walk.offset)
        return self._collection.manifest.add_pages(
            [
                NewPage(
                    url=entry.url,
                    page_type=self._source.root,
                    key=entry.key,
                    priority=entry.priority,
                    hops=1,
                    found_on=self._base_url + target,
                    discovered_by=self._pages.page_type,
                    discovered_in=self._crawl_id,
                    event_at=entry.ended_at,
                )
                for entry in listing.entries
                if self._walk.plan.wants(entry.completed_ms)
            ]
        )
