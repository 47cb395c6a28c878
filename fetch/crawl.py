"""The crawl loop: the only place that acts.

Theory of operation. One run has a walk along the listing and a queue of pages (SQLite, in the
collection's manifest). Each round decides by `frontier.step`, which sees one window of the queue
with the walk's next listing page sorted into it, and then does the one thing decided. Whatever an
answer is, it is handed to the collection first; links are read only once the collection has
committed it, so a killed run loses nothing that was acknowledged and reads nothing that is not
archived. A page is done because a good capture of it exists, never because this loop says so.
The run ends when nothing is left to wait for, at its page limit, when it is asked to stop (after
what is in flight), when failures pile up, and at once when the site refuses.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from fetch.admission import Admission, Turned
from fetch.clock import Clock
from fetch.errors import FetchError
from fetch.expand import Expander
from fetch.frontier import Done, Fetch, Wait, step
from fetch.gate import Gate, Stopped
from fetch.listing import ListingWalk
from fetch.log import LOGGER
from fetch.options import CrawlOptions
from fetch.progress import Reporter
from fetch.report import Counts, Ending, Refusal, Report, span
from fetch.retry import TROUBLE_IN_A_ROW, Outcome, outcome_of, pause_before
from fetch.sources.source import FetchSource
from fetch.visit import Task, Visit, Visitor
from warc.collection import Collection
from warc.errors import UsageError
from warc.manifest_rows import QueuedPage
from warc.sites.page import PageRef

# Pages read from the queue at a time: a match has about ten, so few windows are thrown away.
_WINDOW = 32

# Seconds between two counts of the queue.
_COUNT_EVERY_S = 5.0

# How long a page that kept failing for reasons that may pass is left alone.
_LATER = timedelta(hours=6)


class Crawl:
    """One run over one source and one collection."""

    def __init__(
        self,
        *,
        source: FetchSource,
        options: CrawlOptions,
        collection: Collection,
        crawl_id: int,
        visitor: Visitor,
        gate: Gate,
        clock: Clock,
        reporter: Reporter,
        stopped: Callable[[], bool],
    ) -> None:
        """Bring the parts together; nothing is asked for yet."""
        self._source = source
        self._options = options
        self._collection = collection
        self._visitor = visitor
        self._gate = gate
        self._clock = clock
        self._reporter = reporter
        self._stopped = stopped
        self._counts = Counts()
        self._window: deque[Task] = deque()
        self._trouble = 0
        self._left = 0
        self._counted_s = float("-inf")
        self._expander = Expander(
            source=source, collection=collection, base_url=options.base_url, crawl=crawl_id
        )
        self._listing = ListingWalk(
            source=source,
            options=options,
            collection=collection,
            expander=self._expander,
            clock=clock,
            crawl_id=crawl_id,
        )
        self._admission = Admission(visitor=visitor, collection=collection, gate=gate, clock=clock)

    async def run(self) -> Report:
        """Crawl until there is nothing left to do; the report says how it ended."""
        began = self._clock.monotonic()
        ending, why, refusal = await self._guarded()
        self._collection.commit()
        families = self._collection.manifest.families(self._source.root)
        return Report(
            ending=ending,
            why=why,
            refusal=refusal,
            counts=self._counts,
            wall_s=self._clock.monotonic() - began,
            whole=families.whole,
            partial=families.partial,
            untouched=families.untouched,
        )

    @property
    def walk_is_complete(self) -> bool:
        """Whether everything that was listed so far counts as covered."""
        return self._listing.is_complete

    async def _guarded(self) -> tuple[Ending, str, Refusal | None]:
        """The run, with a refusal of the site turned into an ending."""
        try:
            self._counts.expanded = self._expander.expand_archived()
            self._want_again()
            return (*await self._loop(), None)
        except Stopped:
            return "interrupted", "", None
        except Turned as turned:
            self._collection.commit()
            return "refused", "", replace(turned.refusal, evidence=self._evidence(turned.refusal))

    def _want_again(self) -> None:
        """Put what shall be fetched again back into the queue."""
        manifest, since = self._collection.manifest, self._wanted_since()
        if self._options.retry_failed:
            manifest.retry_failed()
        for what in self._options.refetch:
            if what == "all":
                manifest.refetch(wanted_at=since)
            elif not what.isdigit():
                manifest.refetch(wanted_at=since, page_type=what)
            elif not self._expander.refetch_family(what, wanted_at=since):
                raise UsageError(f"--refetch {what}: no such {self._source.root} is known here")
        self._collection.commit()

    def _wanted_since(self) -> datetime:
        """The time before which captures are old for `--refetch`.

        A run with the same wish that did not come to its end is continued: what it has fetched
        again already is not asked for once more.
        """
        this, *earlier = self._collection.manifest.crawls()
        since, wish = this.started_at, list(self._options.refetch)
        for crawl in earlier:
            if crawl.why == "done" or json.loads(crawl.options).get("refetch") != wish:
                break
            since = crawl.started_at
        return since

    async def _loop(self) -> tuple[Ending, str]:
        """Decide and act, again and again."""
        while not self._stopped():
            limit = self._options.max_pages
            if limit is not None and self._counts.asked >= limit:
                return "limit", ""
            if self._trouble >= TROUBLE_IN_A_ROW:
                return "trouble", f"{self._trouble} answers in a row were failures."
            match self._decide():
                case Fetch(task):
                    await self._handle(task)
                case Wait(seconds):
                    await self._clock.sleep(seconds, self._stopped)
                case Done(later_s):
                    later = f"Some pages wait for another run, in {span(later_s or 0.0)}."
                    return "done", "" if later_s is None else later
        return "interrupted", ""

    def _decide(self) -> Fetch[Task] | Wait | Done:
        """The next action; the listing page stands in the window at its priority."""
        if not self._window:
            self._collection.commit()
            for page in self._collection.manifest.due(self._clock.now(), _WINDOW):
                if page.page_type == self._source.listing:
                    # A rebuilt manifest knows listing pages as pages; only the walk asks for them.
                    self._collection.manifest.skipped(page.url, "asked for by the walk")
                else:
                    self._window.append(_task_of(page, self._source))
        window = list(self._window)
        listed = self._listing.task()
        if listed and (not window or listed.priority <= window[0].priority):
            window.insert(0, listed)
        next_due_s = None if window else self._next_due_s()
        hosts, now_s = self._gate.hosts, self._clock.monotonic()
        return step(window, hosts, now_s=now_s, next_due_s=next_due_s)

    def _next_due_s(self) -> float | None:
        """Seconds until a page comes due, None if none will."""
        now = self._clock.now()
        moments = (self._collection.manifest.next_due(now), self._listing.next_due())
        waits = [(moment - now).total_seconds() for moment in moments if moment is not None]
        return min(waits, default=None)

    async def _handle(self, task: Task) -> None:
        """Ask for a page, and do what its answer means."""
        if task in self._window:
            self._window.remove(task)
        is_listing = task.page is not None and task.page.page_type == self._source.listing
        if why := await self._admission.why_not(task.url):
            self._skip(task, why, is_seed=is_listing)
            return
        self._counts.asked += 1
        visit: Visit | None = None
        try:
            visit = await self._visitor.visit(task)
        except FetchError as error:
            outcome = Outcome("again", error.problem)
        else:
            outcome = outcome_of(
                visit.judged, status=visit.status, retry_after_s=visit.retry_after_s
            )
            self._counts.bytes += visit.size
        self._weigh(task, outcome, visit.url if visit else task.url)
        if outcome.action == "keep" and visit is not None:
            self._keep(task, visit, is_listing=is_listing)
        elif is_listing:
            self._listing.failed(task, outcome)
            self._counts.failed += self._listing.has_failed
        else:
            self._put_off(task, outcome)
        self._tell(task)

    def _tell(self, task: Task) -> None:
        """Report progress; counting the queue reads all of it, so that is done now and then."""
        now_s = self._clock.monotonic()
        if now_s - self._counted_s >= _COUNT_EVERY_S:
            self._counted_s = now_s
            self._left = sum(counts.queued for counts in self._collection.manifest.counts())
        self._reporter.advance(self._counts.asked, self._left, task.url)

    def _weigh(self, task: Task, outcome: Outcome, url: str) -> None:
        """What an answer means for its host, and for the crawl as a whole.

        url  the one that answered: the last of the redirects
        """
        LOGGER.info("%s %s %s", outcome.action, task.url, outcome.reason)
        if outcome.action == "leave":
            raise Turned(
                Refusal(problem=outcome.reason, url=url, retry_after_s=outcome.retry_after_s)
            )
        if outcome.action == "again":
            self._trouble += 1
            self._gate.troubled(task.host, outcome.retry_after_s)
        else:
            self._trouble = 0
            self._gate.answered(task.host)

    def _keep(self, task: Task, visit: Visit, *, is_listing: bool) -> None:
        """Content: follow its links, once it is safely archived."""
        page = task.page
        assert page is not None
        if is_listing:
            self._collection.commit()
            self._listing.read(visit.body)
            self._collection.manifest.mark_expanded([visit.capture_id])
            self._counts.listed += 1
            self._window.clear()
            return
        self._counts.processed += 1
        if self._expander.leads_on(page.page_type):
            self._collection.commit()
            self._expander.expand(task.url, page, visit.body)
            self._window.clear()
        self._collection.manifest.mark_expanded([visit.capture_id])

    def _put_off(self, task: Task, outcome: Outcome) -> None:
        """A failed attempt: the page waits for its next one, or is given up."""
        attempts = task.attempts + 1
        pause = None if outcome.action == "give_up" else pause_before(attempts)
        now = self._clock.now()
        next_try = None if pause is None else now + timedelta(seconds=pause)
        if next_try is None:
            self._counts.failed += 1
            self._reporter.say(f"failed: {task.url}: {outcome.reason}")
            if outcome.action == "again":
                next_try = now + _LATER
        self._collection.failed(task.url, outcome.reason, next_try, ended=pause is None)

    def _skip(self, task: Task, why: str, *, is_seed: bool) -> None:
        """A page that robots.txt does not allow; without the listing there is no crawl."""
        LOGGER.info("skip %s %s", task.url, why)
        self._collection.skipped(task.url, why)
        if is_seed:
            raise Turned(Refusal(problem=why, url=task.url))
        self._counts.skipped += 1

    def _evidence(self, refusal: Refusal) -> str:
        """The file that holds the answer of a site that refuses."""
        captures = self._collection.manifest.captures_of(refusal.url)
        return str(self._collection.folder / captures[0].file) if captures else ""


def _task_of(page: QueuedPage, source: FetchSource) -> Task:
    """A page of the queue as a task."""
    return Task(
        url=page.url,
        page=PageRef(source=source.site.name, page_type=page.page_type, key=page.key),
        priority=page.priority,
        hops=page.hops,
        attempts=page.attempts,
        found_on=page.found_on,
    )
