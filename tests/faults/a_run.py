"""A whole crawl of a small season that can be failed, killed and cut off at any point.

The crawl is the real one, from frontier to collection; network and clock are stand-ins, so that
back-off costs no time. The site keeps what it sent.
"""

from __future__ import annotations

import asyncio
import gzip
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from fetch.crawl import Crawl
from fetch.options import CrawlOptions
from fetch.pace import Pace
from fetch.progress import Silent
from fetch.report import Report
from fetch.seed import SeedGroup
from fetch.sources.hltv import SOURCE
from fetch.sources.source import FetchSource
from fetch.throttle import Throttle
from fetch.transport import Transport
from fetch.visit import Visitor
from fetch.walk import WalkPlan
from tests.fakes import FakeAnswer, FakeClock, FakeTransport
from tests.replica.season import Season
from warc.collection import Collection
from warc.disk import Disk
from warc.errors import CollectionError
from warc.exchange import CrawlInfo

MATCHES = 3
MAX_FILE_BYTES = 40_000
"""Small: a crawl of the season seals some files on its way."""


class KeepingSite(ABC):
    """A site that answers like a server, and keeps what it sent and how often it was asked."""

    source: FetchSource
    seeds: tuple[SeedGroup, ...] = ()

    def __init__(self) -> None:
        self.base_url = self.source.base_url
        self.asked: Counter[str] = Counter()
        self.sent: defaultdict[str, set[bytes]] = defaultdict(set)
        self._answers: dict[str, FakeAnswer] = {}

    @property
    def name(self) -> str:
        """The source, and the collection that a crawl writes."""
        return self.source.site.name

    def __call__(self, url: str) -> FakeAnswer:
        """The answer to a URL."""
        answer = self.answer(url)
        self.asked[url] += 1
        # As the stand-in of the transport encodes it.
        self.sent[url].add(gzip.compress(answer.body, 1, mtime=0))
        return answer

    def answer(self, url: str) -> FakeAnswer:
        """The answer to a URL, made once."""
        if url not in self._answers:
            self._answers[url] = self._answer(url)
        return self._answers[url]

    def was_sent(self, url: str, body: bytes, *, is_cut: bool) -> bool:
        """See `tests.faults.nothing_lost.Sent`."""
        return not is_cut and body in self.sent[url]

    @abstractmethod
    def pages(self) -> set[str]:
        """The URLs of all content pages that no run asks for anew."""

    @abstractmethod
    def _answer(self, url: str) -> FakeAnswer:
        """What is at a URL."""


class SeasonSite(KeepingSite):
    """A season of HLTV."""

    source = SOURCE

    def __init__(self, *, matches: int = MATCHES, seed: int = 7) -> None:
        super().__init__()
        self._season = Season(seed=seed, matches=matches, small=True, page_size=2)

    def page(self, target: str) -> FakeAnswer:
        """The answer to a path and query."""
        return self.answer(self.base_url + target)

    def pages(self) -> set[str]:
        """The URLs of all content pages but the listing."""
        targets = (
            target
            for match_id in self._season.match_ids
            for target in self._season.match_targets(match_id)
        )
        return {self.base_url + target for target in targets if not target.startswith("/results")}

    def _answer(self, url: str) -> FakeAnswer:
        target = url.removeprefix(self.base_url)
        if target == "/robots.txt":
            return FakeAnswer()
        page = self._season.page(target)
        return FakeAnswer(status=page.status, body=page.body) if page else FakeAnswer(status=404)


def run_crawl(
    folder: Path,
    site: KeepingSite,
    clock: FakeClock,
    *,
    disk: Disk | None = None,
    transport: Transport | None = None,
    base_url: str = "",
    opened: Callable[[Collection], None] = lambda _collection: None,
) -> Report:
    """One run to its end, closed in order.

    opened  does something to the collection before the crawl begins
    raises  CollectionError where the disk refuses; then, and where the run is killed by another
            exception, the collection is let go of as the operating system would
    """
    base_url = base_url or site.base_url
    pace = Pace(0.0, 0.0)
    options = CrawlOptions(base_url=base_url, plan=WalkPlan(), pace=pace, seeds=site.seeds)
    collection = Collection.open(
        folder,
        site=site.source.site,
        info=CrawlInfo(software="test", source=site.name, base_url=base_url),
        max_file_bytes=MAX_FILE_BYTES,
        disk=disk,
        clock=clock.now,
    )
    try:
        # No real power is cut here, and syncing for real is most of what a run would take.
        collection.manifest._connection.execute("PRAGMA synchronous = OFF")
        opened(collection)
        asking = transport or FakeTransport(site, clock)
        try:
            report = asyncio.run(_crawl(site.source, collection, options, clock, asking))
        except CollectionError:
            # As `fetch.run` does: a collection that gave up says so, and lets go.
            with suppress(CollectionError):
                collection.close("error")
            raise
        collection.close(report.ending)
    finally:
        collection._let_go()
    return report


async def _crawl(
    source: FetchSource,
    collection: Collection,
    options: CrawlOptions,
    clock: FakeClock,
    transport: Transport,
) -> Report:
    throttle = Throttle(options.pace, clock, Random(7), lambda: False)
    visitor = Visitor(
        site=source.site,
        transport=transport,
        collection=collection,
        throttle=throttle,
        deadline_s=60.0,
    )
    crawl = Crawl(
        source=source,
        options=options,
        collection=collection,
        crawl_id=collection.start_crawl(options.as_json()),
        visitor=visitor,
        throttle=throttle,
        clock=clock,
        reporter=Silent(),
        stopped=lambda: False,
    )
    try:
        report = await crawl.run()
    finally:
        await transport.close()
    collection.finish_crawl(
        report.ending, counts=report.as_json(), walk_complete=crawl.walk_is_complete
    )
    return report
