"""A fixed list of URLs into an archive, without following links."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

from fetch.admission import Admission
from fetch.cooldown import Cooldowns
from fetch.errors import FetchError
from fetch.log import LOGGER
from fetch.report import Counts
from fetch.retry import outcome_of
from fetch.throttle import Stopped, Throttle
from fetch.visit import Task, Visitor
from warc.collection import Collection
from warc.sites.page import Site


class UrlList:
    """Asks for each URL once, several at a time where the pace allows it."""

    def __init__(
        self,
        *,
        site: Site,
        base_url: str,
        collection: Collection,
        visitor: Visitor,
        admission: Admission,
        throttle: Throttle,
        cooldowns: Cooldowns,
        stopped: Callable[[], bool],
    ) -> None:
        """Bring the parts together; nothing is asked for yet."""
        self._site = site
        self._base_url = base_url
        self._collection = collection
        self._visitor = visitor
        self._admission = admission
        self._throttle = throttle
        self._cooldowns = cooldowns
        self._stopped = stopped
        self.counts = Counts()

    async def run(self, urls: Iterable[str], *, connections: int = 1) -> Counts:
        """Ask for all URLs; raises Turned where a host refuses."""
        waiting = iter(urls)
        workers = [asyncio.create_task(self._work(waiting)) for _ in range(connections)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        self._collection.commit()
        return self.counts

    async def _work(self, waiting: Iterator[str]) -> None:
        """One worker: the next URL, until there are none."""
        for url in waiting:
            if self._stopped():
                return
            if not self._is_archived(url):
                try:
                    await self._ask(url)
                except Stopped:
                    return

    def _is_archived(self, url: str) -> bool:
        """Whether a good capture of the URL exists."""
        captures = self._collection.manifest.captures_of(url)
        return any(capture.verdict == "content" for capture in captures)

    async def _ask(self, url: str) -> None:
        """Ask for one URL and count what came."""
        if why := await self._admission.why_not(url):
            self._skip(url, why)
            return
        task = Task(url=url, page=self._site.locate(url, stand_in=self._base_url))
        self.counts.asked += 1
        try:
            visit = await self._visitor.visit(task, bars=self._admission.bars)
        except FetchError as error:
            LOGGER.info("failed %s", error)
            self._collection.failed(url, error.problem, None)
            self._throttle.troubled(task.host, None)
            self.counts.failed += 1
            return
        self.counts.bytes += visit.size
        outcome = outcome_of(visit.judged, status=visit.status, retry_after_s=visit.retry_after_s)
        if outcome.action == "leave":
            self._admission.turn_away(
                outcome.reason, url=visit.url, retry_after_s=outcome.retry_after_s
            )
        if visit.barred:
            self._skip(url, visit.barred)
            return
        if visit.judged.verdict == "content" or (task.page is None and visit.status == 200):
            self._throttle.answered(task.host)
            self.counts.processed += 1
            self.counts.unchanged += visit.is_unchanged
        else:
            LOGGER.info("failed %s %s", url, visit.judged.reason)
            self._throttle.troubled(task.host, visit.retry_after_s)
            if visit.retry_after_s:
                self._cooldowns.remember(url, seconds=visit.retry_after_s, why=visit.judged.reason)
            self.counts.failed += 1

    def _skip(self, url: str, why: str) -> None:
        """Leave out what robots.txt does not allow."""
        LOGGER.info("skip %s %s", url, why)
        self._collection.skipped(url, why)
        self.counts.skipped += 1
