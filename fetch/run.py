"""A whole run: collection, log, signals, transport and crawl, opened and closed in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import SystemRandom

from fetch.admission import Admission, Turned
from fetch.clock import Clock, SystemClock
from fetch.crawl import Crawl
from fetch.gate import Gate
from fetch.http_client import HttpClient
from fetch.interrupt import Interrupt
from fetch.log import close_log, open_log
from fetch.options import CrawlOptions, user_agent
from fetch.progress import Reporter
from fetch.report import Ending, Report
from fetch.sources.source import FetchSource
from fetch.transport import Transport
from fetch.urls import UrlList
from fetch.visit import Visitor
from warc.collection import Collection
from warc.exchange import CrawlInfo
from warc.software import SOFTWARE


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run archives, and in whose name.

    folder       of the collection
    contact      who answers for the crawl, "" if nobody is named
    connections  most connections to one host at a time
    """

    folder: Path
    contact: str = ""
    connections: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The parts of a run that is under way."""

    source: FetchSource
    options: CrawlOptions
    collection: Collection
    crawl_id: int
    visitor: Visitor
    gate: Gate
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
            gate=run.gate,
            clock=run.clock,
            reporter=run.reporter,
            stopped=run.stopped,
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

    async def crawl(run: Run) -> tuple[Report, bool]:
        return await _list_report(run, urls, place.connections), False

    return _in_order(source, options, place, reporter, crawl)


async def _list_report(run: Run, urls: Sequence[str], connections: int) -> Report:
    """Work through a list of URLs."""
    admission = Admission(
        visitor=run.visitor, collection=run.collection, gate=run.gate, clock=run.clock
    )
    work = UrlList(
        site=run.source.site,
        base_url=run.options.base_url,
        collection=run.collection,
        visitor=run.visitor,
        admission=admission,
        gate=run.gate,
        stopped=run.stopped,
    )
    began, refusal = run.clock.monotonic(), None
    try:
        await work.run(urls, connections=connections)
    except Turned as turned:
        refusal = turned.refusal
    ended: Ending = "refused" if refusal else "interrupted" if run.stopped() else "done"
    return Report(
        ending=ended, counts=work.counts, wall_s=run.clock.monotonic() - began, refusal=refusal
    )


def _in_order(
    source: FetchSource,
    options: CrawlOptions,
    place: Place,
    reporter: Reporter,
    crawl: Callable[[Run], Awaitable[tuple[Report, bool]]],
) -> Report:
    """Open everything, crawl, and close everything, whatever happens in between."""
    info = CrawlInfo(
        software=SOFTWARE,
        source=source.site.name,
        base_url=options.base_url,
        operator=place.contact,
    )
    agent = user_agent(place.contact)
    with Interrupt() as interrupt:
        collection = Collection.open(place.folder, site=source.site, info=info)
        why = "error"
        try:
            log, handler = open_log(place.folder, at=SystemClock().now())
            try:
                for sentence in (*_introduction(options, agent, collection), f"Log: {log}"):
                    reporter.say(sentence)
                transport = HttpClient(agent, connections=place.connections, folder=place.folder)
                run = _prepare(
                    source, options, collection, transport, reporter=reporter, stopped=interrupt
                )
                report, complete = asyncio.run(_closing(transport, crawl(run)))
                report, why = replace(report, log=str(log)), report.ending
                collection.finish_crawl(why, counts=_numbers(report), walk_complete=complete)
                return report
            finally:
                close_log(handler)
        finally:
            reporter.close()
            collection.close(why)


def _numbers(report: Report) -> dict[str, object]:
    """What the archive keeps of a report: paths of the operator's disk are none of its business."""
    told = report.as_json()
    return {name: value for name, value in told.items() if isinstance(value, int | float)}


def _prepare(
    source: FetchSource,
    options: CrawlOptions,
    collection: Collection,
    transport: Transport,
    *,
    reporter: Reporter,
    stopped: Callable[[], bool],
) -> Run:
    """The parts of a run, put together."""
    clock = SystemClock()
    gate = Gate(options.pace, clock, SystemRandom(), stopped)
    visitor = Visitor(
        site=source.site,
        transport=transport,
        collection=collection,
        gate=gate,
        deadline_s=options.deadline_s,
    )
    return Run(
        source=source,
        options=options,
        collection=collection,
        crawl_id=collection.start_crawl(options.as_json()),
        visitor=visitor,
        gate=gate,
        clock=clock,
        reporter=reporter,
        stopped=stopped,
    )


async def _closing(
    transport: Transport, crawl: Awaitable[tuple[Report, bool]]
) -> tuple[Report, bool]:
    """Await a crawl, and let go of connections afterwards."""
    try:
        return await crawl
    finally:
        await transport.close()


def _introduction(options: CrawlOptions, agent: str, collection: Collection) -> tuple[str, ...]:
    """What is about to happen, said before it does."""
    counts = collection.manifest.counts()
    known, done = sum(one.known for one in counts), sum(one.done for one in counts)
    failed = sum(one.failed for one in counts)
    return (
        f"Contacting {options.base_url} as {agent!r}.",
        f"Pace: {options.pace} between requests; robots.txt is honoured.",
        f"Archive {collection.folder}: {known} pages known, {done} done, {failed} given up.",
        *collection.told,
    )
