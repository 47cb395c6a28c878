"""A crawl put together from fakes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

from fetch.crawl import Crawl
from fetch.disk_space import DiskSpace
from fetch.limits import Limits
from fetch.links import Link
from fetch.options import MAX_REFETCH, CrawlOptions
from fetch.pace import Pace
from fetch.progress import Reporter, Silent
from fetch.refetch import select
from fetch.report import Report
from fetch.sources.hltv import SOURCE
from fetch.sources.source import FetchSource
from fetch.throttle import Throttle
from fetch.transport import Transport
from fetch.visit import Visitor
from fetch.walk import WalkPlan
from tests.fakes import FakeClock, FakeTransport, Site
from tests.fetch.tiny_site import BASE
from warc.collection import Collection
from warc.exchange import CrawlInfo

PACE = Pace(3.0, 8.0)


def options(
    plan: WalkPlan | None = None,
    *,
    max_pages: int | None = None,
    refetch: tuple[str, ...] = (),
    pace: Pace = PACE,
    retry_failed: bool = False,
    limits: Limits | None = None,
    refetch_list: tuple[Link, ...] = (),
    max_refetch: int = MAX_REFETCH,
    ignore_robots: bool = False,
) -> CrawlOptions:
    return CrawlOptions(
        base_url=BASE,
        plan=plan or WalkPlan(),
        pace=pace,
        limits=limits or Limits(pages=max_pages),
        refetch=refetch,
        refetch_list=refetch_list,
        max_refetch=max_refetch,
        retry_failed=retry_failed,
        ignore_robots=ignore_robots,
    )


def open_collection(
    folder: Path,
    clock: FakeClock,
    *,
    robots: str = "obey",
    source: FetchSource = SOURCE,
    base_url: str = BASE,
) -> Collection:
    info = CrawlInfo(software="test", source=source.site.name, base_url=base_url, robots=robots)
    return Collection.open(folder, site=source.site, info=info, clock=clock.now)


def crawl(
    folder: Path,
    site: Site,
    chosen: CrawlOptions | None = None,
    *,
    clock: FakeClock | None = None,
    stopped: Callable[[], bool] = lambda: False,
    seed: int = 7,
    transport: Transport | None = None,
    fallback: Transport | None = None,
    at_once: int = 1,
    free: Callable[[Path], int] = lambda _folder: 10**12,
    reporter: Reporter | None = None,
    source: FetchSource = SOURCE,
) -> tuple[Report, FakeTransport]:
    """One run; leaves the collection as a killed process would if something is raised."""
    clock = clock or FakeClock()
    fake = FakeTransport(site, clock)
    chosen = chosen or options()
    collection = open_collection(
        folder, clock, robots=chosen.robots, source=source, base_url=chosen.base_url
    )
    try:
        free_pace = source.free_pace
        throttle = Throttle(chosen.pace, clock, Random(seed), stopped, free_pace=free_pace)
        visitor = Visitor(
            site=source.site,
            transport=transport or fake,
            collection=collection,
            throttle=throttle,
            deadline_s=60.0,
            disk=DiskSpace(folder, keep_free=chosen.keep_free, free=free),
            fallback=fallback,
        )
        if chosen.refetch_list:
            selection = select(chosen.refetch_list, collection.manifest, most=chosen.max_refetch)
            chosen = replace(chosen, refetch_urls=selection.urls, left_out=selection.left_out)
        run = Crawl(
            source=source,
            options=chosen,
            collection=collection,
            crawl_id=collection.start_crawl(chosen.as_json()),
            visitor=visitor,
            throttle=throttle,
            clock=clock,
            reporter=reporter or Silent(),
            stopped=stopped,
            at_once=at_once,
        )
        report = asyncio.run(run.run())
        collection.finish_crawl(
            report.ending, counts=report.as_json(), walk_complete=run.walk_is_complete
        )
        collection.close(report.ending)
    finally:
        collection._let_go()
    return report, fake


def asked(fake: FakeTransport) -> list[str]:
    """What was asked for, without robots.txt and the listing."""
    return [url for _, url in fake.log if "robots" not in url and "/results" not in url]


def listed(fake: FakeTransport) -> list[str]:
    """The listing pages asked for."""
    return [url.partition("offset=")[2] for _, url in fake.log if "/results" in url]
