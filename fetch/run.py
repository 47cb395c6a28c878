"""A whole run: collection, log, signals, transport and crawl, opened and closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import SystemRandom
from typing import Any

from fetch.acknowledge import acknowledging
from fetch.admission import Admission, Turned
from fetch.choosing import refuse_idle
from fetch.clock import Clock, SystemClock
from fetch.cooldown import Cooldowns
from fetch.crawl import Crawl
from fetch.disk_space import DiskLow, DiskSpace
from fetch.http_client import HttpClient
from fetch.interrupt import Interrupt
from fetch.log import close_log, open_log
from fetch.masking import Masking
from fetch.options import CrawlOptions, is_loopback, user_agent
from fetch.pace import NO_PACE
from fetch.progress import Reporter
from fetch.refetch import select
from fetch.report import Ending, Report
from fetch.secrets import Secrets, mask_log
from fetch.sources.source import FetchSource
from fetch.throttle import Throttle
from fetch.transport import Transport
from fetch.url_list import UrlList
from fetch.visit import Visitor
from warc.collection import MAX_FILE_BYTES, Collection
from warc.exchange import CrawlInfo
from warc.software import SOFTWARE

# 32 MiB. A parse reads all of the file that is being written again whenever it has grown, and
# somebody who watches parses often: some ten matches of PUBG, some seconds.
_WATCHED_FILE_BYTES = 32 << 20

_CONTACT_ADVICE = (
    "Nobody is named who answers for this crawl: --contact (or contact in warchouse.toml) tells "
    "the site whom to ask instead of blocking."
)
_ROBOTS = {
    "obey": "robots.txt is honoured",
    "ignore": "WARNING: what robots.txt forbids is asked for, too (--ignore-robots); you answer "
    "for that, and the archive says so",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run archives, and in whose name.

    folder       of the collection
    contact      who answers for the crawl, "" if nobody is named
    connections  most pages in flight at a time: connections to one host, or tabs of a browser
    browser      whether a browser asks, and shows what comes, instead of plain HTTP
    view         whether the browser also takes a picture of each page
    secrets      fields that hosts are sent besides, from the environment
    """

    folder: Path
    contact: str = ""
    connections: int = 1
    browser: bool = False
    view: bool = False
    secrets: Secrets = field(default_factory=Secrets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transports:
    """Who asks for pages.

    first     for every page
    fallback  for pages that the first does not take whole
    abandon   does, in a process that leaves at once, what would not be undone by its end
    """

    first: Transport
    fallback: Transport | None = None
    abandon: Callable[[], None] = lambda: None

    async def close(self) -> None:
        """Let go of connections and processes."""
        try:
            await self.first.close()
        finally:
            if self.fallback is not None:
                await self.fallback.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The parts of a run that is under way."""

    source: FetchSource
    options: CrawlOptions
    collection: Collection
    crawl_id: int
    visitor: Visitor
    throttle: Throttle
    clock: Clock
    reporter: Reporter
    stopped: Callable[[], bool]


def crawl_source(
    source: FetchSource, options: CrawlOptions, place: Place, reporter: Reporter
) -> Report:
    """Crawl a source into a collection; the report says how it ended.

    raises  WarchouseError where nothing could be begun, or the archive refuses
    """

    async def crawl(run: Run) -> tuple[Report, bool]:
        crawl = Crawl(
            source=run.source,
            options=run.options,
            collection=run.collection,
            crawl_id=run.crawl_id,
            visitor=run.visitor,
            throttle=run.throttle,
            clock=run.clock,
            reporter=run.reporter,
            stopped=run.stopped,
            at_once=place.connections,
        )
        return await crawl.run(), crawl.walk_is_complete

    return _in_order(source, options, place, reporter, crawl)


def crawl_list(
    urls: Sequence[str],
    source: FetchSource,
    options: CrawlOptions,
    place: Place,
    reporter: Reporter,
) -> Report:
    """Archive a fixed list of URLs, in order, without following links."""
    for number, url in enumerate(urls, start=1):
        place.secrets.refuse_in(url, f"URL {number} of the list")

    async def crawl(run: Run) -> tuple[Report, bool]:
        return await _list_report(run, urls, place.connections), False

    return _in_order(source, options, place, reporter, crawl)


async def _list_report(run: Run, urls: Sequence[str], connections: int) -> Report:
    """Work through a list of URLs."""
    cooldowns = Cooldowns(collection=run.collection, throttle=run.throttle, clock=run.clock)
    admission = Admission(
        visitor=run.visitor,
        collection=run.collection,
        throttle=run.throttle,
        clock=run.clock,
        cooldowns=cooldowns,
        obeys=not run.options.ignore_robots,
        say=run.reporter.say,
    )
    work = UrlList(
        site=run.source.site,
        base_url=run.options.base_url,
        collection=run.collection,
        visitor=run.visitor,
        admission=admission,
        throttle=run.throttle,
        cooldowns=cooldowns,
        stopped=run.stopped,
    )
    began, refusal, low = run.clock.monotonic(), None, ""
    try:
        await work.run(urls, connections=connections)
    except Turned as turned:
        refusal = cooldowns.remember_refusal(turned.refusal)
    except DiskLow as error:
        low = str(error)
    ended: Ending = "refused" if refusal else "interrupted" if run.stopped() else "done"
    return Report(
        ending="disk" if low else ended,
        why=low,
        counts=work.counts,
        wall_s=run.clock.monotonic() - began,
        refusal=refusal,
    )


def _in_order(
    source: FetchSource,
    options: CrawlOptions,
    place: Place,
    reporter: Reporter,
    crawl: Callable[[Run], Coroutine[Any, Any, tuple[Report, bool]]],
) -> Report:
    """Open everything, crawl, and close everything, whatever happens in between."""
    info = CrawlInfo(
        software=SOFTWARE,
        source=source.site.name,
        base_url=options.base_url,
        robots=options.robots,
        operator=place.contact,
    )
    agent = user_agent(place.contact)
    place.secrets.refuse_in(place.contact, "the contact")
    place.secrets.refuse_in(options.base_url, "the base URL")
    for link in options.refetch_list:
        place.secrets.refuse_in(link.url, "a URL to fetch again")
    if not place.folder.exists():
        refuse_idle(source, options, None)
    transports = _transports(place, agent, source.accept)
    with Interrupt(transports.abandon) as interrupt:
        most = _WATCHED_FILE_BYTES if options.watch else MAX_FILE_BYTES
        collection = Collection.open(place.folder, site=source.site, info=info, max_file_bytes=most)
        why = "error"
        try:
            refuse_idle(source, options, collection.manifest)
            log, handler = open_log(place.folder, at=SystemClock().now())
            if place.secrets:
                mask_log(handler, place.secrets)
            try:
                for sentence in (*_introduction(options, place, collection), f"Log: {log}"):
                    reporter.say(sentence)
                run = _prepare(
                    source, options, collection, transports, reporter=reporter, stopped=interrupt
                )
                work = acknowledging(collection, crawl(run))
                report, complete = asyncio.run(_closing(transports, work))
                report, why = replace(report, log=str(log)), report.ending
                collection.finish_crawl(why, counts=_numbers(report), walk_complete=complete)
                return report
            finally:
                close_log(handler)
        finally:
            try:
                reporter.close()
            finally:  # A terminal that is gone cannot be tidied; the archive can.
                collection.close(why)


def _transports(place: Place, agent: str, accept: str) -> Transports:
    """Who asks, as the operator chose; UsageError where there is no browser to ask with."""
    connections = 1 if place.browser else place.connections
    http: Transport = HttpClient(agent, accept=accept, connections=connections, folder=place.folder)
    if not place.browser:
        return Transports(first=_masked(http, place))
    # Only now: the browser's library is an extra, and everything else works without it.
    from fetch.browser import Browser  # noqa: PLC0415

    browser = Browser(
        contact_agent=agent, tabs=place.connections, folder=place.folder, view=place.view
    )
    return Transports(
        first=_masked(browser, place), fallback=_masked(http, place), abandon=browser.abandon
    )


def _masked(transport: Transport, place: Place) -> Transport:
    """A transport that lets no secret come back, where there are secrets."""
    if not place.secrets:
        return transport
    return Masking(transport, place.secrets, folder=place.folder)


def _numbers(report: Report) -> dict[str, object]:
    """What the archive keeps of a report: paths of the operator's disk are none of its business."""
    told = report.as_json()
    return {name: value for name, value in told.items() if isinstance(value, int | float)}


def _prepare(
    source: FetchSource,
    options: CrawlOptions,
    collection: Collection,
    transports: Transports,
    *,
    reporter: Reporter,
    stopped: Callable[[], bool],
) -> Run:
    """The parts of a run, put together."""
    clock = SystemClock()
    free_pace = NO_PACE if is_loopback(options.base_url) else source.free_pace
    throttle = Throttle(options.pace, clock, SystemRandom(), stopped, free_pace=free_pace)
    visitor = Visitor(
        site=source.site,
        transport=transports.first,
        fallback=transports.fallback,
        collection=collection,
        throttle=throttle,
        deadline_s=options.deadline_s,
        disk=DiskSpace(collection.folder, keep_free=options.keep_free),
    )
    if options.refetch_list:
        selection = select(options.refetch_list, collection.manifest, most=options.max_refetch)
        options = replace(options, refetch_urls=selection.urls, left_out=selection.left_out)
        reporter.say(selection.sentence())
    return Run(
        source=source,
        options=options,
        collection=collection,
        crawl_id=collection.start_crawl(options.as_json()),
        visitor=visitor,
        throttle=throttle,
        clock=clock,
        reporter=reporter,
        stopped=stopped,
    )


async def _closing(
    transports: Transports, crawl: Coroutine[Any, Any, tuple[Report, bool]]
) -> tuple[Report, bool]:
    """Await a crawl, and let go of connections afterwards."""
    try:
        return await crawl
    finally:
        await transports.close()


def _introduction(options: CrawlOptions, place: Place, collection: Collection) -> tuple[str, ...]:
    """What is about to happen, said before it does."""
    counts = collection.manifest.counts()
    known, done = sum(one.known for one in counts), sum(one.done for one in counts)
    failed = sum(one.failed for one in counts)
    foreign = not is_loopback(options.base_url)
    tabs = f" with a browser (--tabs {place.connections})" if place.browser else ""
    return (
        f"Contacting {options.base_url} as {user_agent(place.contact)!r}{tabs}.",
        *((_CONTACT_ADVICE,) if foreign and not place.contact else ()),
        f"Pace: {options.pace} between requests; {_ROBOTS[options.robots]}.",
        f"Archive {collection.folder}: {known} pages known, {done} done, {failed} given up.",
        *collection.told,
    )
