"""The crawl loop: the only place that acts.

Theory of operation. One run has a walk along the listing and a queue of pages (SQLite, in the
collection's manifest). Each round decides by `frontier.step`, which sees one window of the queue
with the walk's next listing page sorted into it, and then does the one thing decided. Whatever an
answer is, it is handed to the collection first; links are read only once the collection has
committed it, so a killed run loses nothing that was acknowledged and reads nothing that is not
archived. A page is done because a good capture of it exists, never because this loop says so.

Several pages may be in flight at once; the throttle still keeps each host's pace, and what happens
between two waits for the network happens alone, so rounds never see half of another's effects.
The run ends when nothing is left to wait for, at a limit, when failures pile up and when it is
asked to stop (after what is in flight), and at once when the site refuses or the disk is low.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from fetch.admission import Admission, Turned
from fetch.choosing import choose
from fetch.clock import Clock
from fetch.cooldown import Cooldowns
from fetch.disk_space import DiskLow
from fetch.errors import FetchError
from fetch.expand import Expander
from fetch.frontier import Done, Fetch, Wait, step
from fetch.listing import ListingWalk
from fetch.log import LOGGER
from fetch.options import CrawlOptions
from fetch.progress import Reporter
from fetch.refetch import Requeue
from fetch.report import Counts, Ending, Refusal, Report
from fetch.retry import MOST_ATTEMPTS, Outcome, outcome_of, pause_before
from fetch.seeding import Seeding
from fetch.sources.source import FetchSource
from fetch.task_pool import TaskPool
from fetch.throttle import Stopped, Throttle
from fetch.visit import Task, Visit, Visitor
from fetch.weighing import Weigher
from fetch.window import Window
from warc.collection import Collection

# Seconds between two counts of the queue.
_COUNT_EVERY_S = 5.0

# Skipped pages that are told one by one; a whole branch of a site may be forbidden.
_SAID_SKIPPED = 5

_NOT_FOUND = 404

# How long a page that kept failing in this run is left alone, at most: the next run asks again.
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
        throttle: Throttle,
        clock: Clock,
        reporter: Reporter,
        stopped: Callable[[], bool],
        at_once: int = 1,
    ) -> None:
        """Bring the parts together; nothing is asked for yet.

        at_once  most pages in flight at a time
        """
        self._source = source
        self._options = options
        self._collection = collection
        self._visitor = visitor
        self._throttle = throttle
        self._clock = clock
        self._reporter = reporter
        self._stopped = stopped
        self._counts = Counts(left_out=options.left_out)
        self._window = Window(source, collection.manifest, asked_for=options.refetch_urls)
        self._in_flight = TaskPool(at_once)
        self._admitting = 0
        self._tried: Counter[str] = Counter()
        self._left = 0
        self._counted_s = float("-inf")
        self._began_s = clock.monotonic()
        self._expander = Expander(
            source=source,
            collection=collection,
            base_url=options.base_url,
            crawl=crawl_id,
            clock=clock,
        )
        self._listing = self._walk(crawl_id)
        self._seeding = Seeding(
            source=source, options=options, collection=collection, clock=clock, crawl_id=crawl_id
        )
        self._requeue = Requeue(source=source, options=options, collection=collection)
        self._cooldowns = Cooldowns(collection=collection, throttle=throttle, clock=clock)
        self._admission = Admission(
            visitor=visitor,
            collection=collection,
            throttle=throttle,
            clock=clock,
            cooldowns=self._cooldowns,
            obeys=not options.ignore_robots,
            say=reporter.say,
        )
        self._weigher = Weigher(
            source=source,
            admission=self._admission,
            throttle=throttle,
            cooldowns=self._cooldowns,
            say=reporter.say,
        )

    def _walk(self, crawl_id: int) -> ListingWalk | None:
        """The walk along the listing, where the source has one."""
        if self._source.listing is None:
            return None
        return ListingWalk(
            source=self._source,
            pages=self._source.listing,
            options=self._options,
            collection=self._collection,
            clock=self._clock,
            crawl_id=crawl_id,
        )

    async def run(self) -> Report:
        """Crawl until there is nothing left to do; the report says how it ended."""
        self._began_s = self._clock.monotonic()
        ending, why, refusal = await self._guarded()
        self._collection.commit()
        families = self._collection.manifest.families(self._source.root)
        return Report(
            ending=ending,
            why=why,
            refusal=refusal,
            counts=self._counts,
            wall_s=self._elapsed_s(),
            root=self._source.root,
            whole=families.whole,
            partial=families.partial,
            untouched=families.untouched,
        )

    @property
    def walk_is_complete(self) -> bool:
        """Whether everything that was listed so far counts as covered."""
        return self._listing is not None and self._listing.is_complete

    async def _guarded(self) -> tuple[Ending, str, Refusal | None]:
        """The run, with a refusal of the site turned into an ending."""
        try:
            self._counts.expanded = self._expander.expand_archived()
            wanted = self._requeue.want(self._clock.now())
            chosen = choose(self._source, self._collection, self._expander)
            seeded = self._seeding.begin()
            for sentence in (*wanted, *chosen, *seeded, *self._cooldowns.sentences()):
                self._reporter.say(sentence)
            return (*await self._loop(), None)
        except DiskLow as low:
            return "disk", str(low), None
        except Turned as turned:
            refusal = self._cooldowns.remember_refusal(turned.refusal)
            self._collection.commit()
            if refusal is turned.refusal and refusal.until:
                return "refused", "", refusal
            return "refused", "", replace(refusal, evidence=self._evidence(refusal))
        finally:
            await self._in_flight.cancel()

    async def _loop(self) -> tuple[Ending, str]:
        """Decide and act, again and again."""
        while not self._stopped():
            if ended := self._limit_reached():
                await self._in_flight.all_done()
                return ended
            if self._in_flight.is_full:
                await self._in_flight.next_done()
                continue
            match self._decide():
                case Fetch(task):
                    self._begin(task)
                case _ if self._in_flight:
                    # What comes may lead on, and moves the host's turn.
                    await self._in_flight.next_done()
                case Wait(seconds):
                    await self._wait(seconds)
                case Done(float() as look_s) if self._options.watch:
                    await self._wait(look_s)
                case Done(later_s):
                    later = "Pages that failed are tried again by the next run."
                    return "done", "" if later_s is None else later
        await self._in_flight.all_done()
        return "interrupted", ""

    def _limit_reached(self) -> tuple[Ending, str] | None:
        """The ending that a limit means, None while none is reached."""
        return self._options.limits.reached(
            pages=self._counts.asked + self._admitting,
            seconds=self._elapsed_s(),
            size=self._counts.bytes,
            failures=0 if self._options.watch else self._weigher.failures,
            last_failure=self._weigher.last_failure,
        )

    def _elapsed_s(self) -> float:
        """Seconds since the run began."""
        return self._clock.monotonic() - self._began_s

    async def _wait(self, seconds: float) -> None:
        """Wait for a host or a page, not beyond the time that the run may take."""
        left_s = self._options.limits.left_s(self._elapsed_s())
        if (pause_s := seconds if left_s is None else min(seconds, left_s)) > 0:
            await self._clock.sleep(pause_s, self._stopped)

    def _decide(self) -> Fetch[Task] | Wait | Done:
        """The next action; the listing page stands in the window at its priority."""
        if self._seeding.look():
            self._window.clear()
        if not self._window:
            self._collection.commit()
            self._window.fill(self._clock.now(), in_flight=self._in_flight)
        window = list(self._window)
        listed = self._listing.task() if self._listing else None
        if listed and listed.url in self._in_flight:
            listed = None
        if listed and (not window or listed.priority <= window[0].priority):
            window.insert(0, listed)
        if not window and self._in_flight:
            return Done()
        next_due_s = None if window else self._next_due_s()
        hosts, now_s = self._throttle.hosts, self._clock.monotonic()
        return step(window, hosts, now_s=now_s, next_due_s=next_due_s)

    def _next_due_s(self) -> float | None:
        """Seconds until a page comes due, None if none will."""
        now = self._clock.now()
        listed_at = self._listing.next_due() if self._listing else None
        look_at = self._seeding.next_look()
        moments = (self._collection.manifest.next_due(now), listed_at, look_at)
        waits = [(moment - now).total_seconds() for moment in moments if moment is not None]
        return min(waits, default=None)

    def _begin(self, task: Task) -> None:
        """Begin to ask for a page."""
        walk = self._listing.task() if self._listing else None
        is_listing = walk is not None and walk.url == task.url
        self._window.remove(task)
        self._admitting += 1
        self._in_flight.start(task.url, self._handle(task, is_listing=is_listing))

    async def _handle(self, task: Task, *, is_listing: bool) -> None:
        """Ask for a page, and do what its answer means; once the crawl shall end, do nothing."""
        is_way_in = is_listing or self._seeding.is_only_way_in(task.url)
        try:
            if why := await self._why_not(task):
                self._skip(task, why, is_way_in=is_way_in)
                return
            visit, outcome = await self._ask(task)
        except Stopped:
            return
        if visit is not None and visit.barred:
            self._throttle.answered(task.host)
            self._skip(task, visit.barred, is_way_in=is_way_in)
            return
        self._weigher.weigh(task, outcome, visit)
        if outcome.action == "keep" and visit is not None:
            self._keep(task, visit, is_listing=is_listing)
        elif is_listing and self._listing is not None:
            self._listing.failed(task, outcome)
            self._counts.failed += self._listing.has_failed
        else:
            self._put_off(task, outcome)
        self._tell(task)

    async def _why_not(self, task: Task) -> str:
        """Why a page must not be asked for; "" if it may, and it counts as asked for."""
        try:
            why = await self._admission.why_not(task.url)
        finally:
            self._admitting -= 1
        self._counts.asked += not why
        return why

    async def _ask(self, task: Task) -> tuple[Visit | None, Outcome]:
        """Ask for a page that may be asked for."""
        try:
            visit = await self._visitor.visit(task, bars=self._admission.bars)
        except Stopped:
            self._counts.asked -= 1
            raise
        except FetchError as error:
            return None, Outcome("again", error.problem)
        self._counts.bytes += visit.size
        outcome = outcome_of(visit.judged, status=visit.status, retry_after_s=visit.retry_after_s)
        if visit.status in self._source.advice:
            outcome = replace(outcome, action="leave")
        elif outcome.action == "give_up" and self._is_seed(task) and visit.status != _NOT_FOUND:
            # What the user names is given up by 404 alone.
            outcome = replace(outcome, action="again")
        return visit, outcome

    def _is_seed(self, task: Task) -> bool:
        """Whether a page is one that each run asks for anew."""
        return task.page is not None and task.page.page_type in self._source.seeds

    def _tell(self, task: Task) -> None:
        """Report progress; counting the queue reads all of it, so that is done now and then."""
        now_s = self._clock.monotonic()
        if now_s - self._counted_s >= _COUNT_EVERY_S:
            self._counted_s = now_s
            self._left = sum(counts.queued for counts in self._collection.manifest.counts())
        self._reporter.advance(self._counts.asked, self._left, task.url)

    def _keep(self, task: Task, visit: Visit, *, is_listing: bool) -> None:
        """Content: follow its links, once it is safely archived."""
        page = task.page
        assert page is not None
        if is_listing and self._listing is not None:
            self._collection.commit()
            self._listing.read(visit.body)
            self._collection.manifest.mark_expanded([visit.capture_id])
            self._counts.listed += 1
            self._window.clear()
            return
        is_seed = self._is_seed(task)
        self._counts.listed += is_seed
        self._counts.processed += not is_seed
        self._counts.unchanged += visit.is_unchanged and not is_seed
        self._tried.pop(task.url, None)
        if self._expander.leads_on(page.page_type):
            self._collection.commit()
            self._expander.expand(task.url, page, visit.body)
            self._window.clear()
            for url in self._expander.give_up_absent(task.url, page, visit.body):
                self._counts.failed += 1
                self._reporter.say(f"failed: {url}: there is no such thing, says the reply")
        self._collection.manifest.mark_expanded([visit.capture_id])

    def _put_off(self, task: Task, outcome: Outcome) -> None:
        """A failed attempt: the page waits, is left to the next run, or is given up for good.

        Of a page that asks for several things, one of which is not there, the parts are asked for.
        """
        self._tried[task.url] += 1
        gives_up = outcome.action == "give_up" or task.attempts + 1 >= MOST_ATTEMPTS
        pause = None if gives_up else pause_before(self._tried[task.url])
        now = self._clock.now()
        if outcome.action == "give_up" and self._expander.take_apart(task):
            self._collection.skipped(task.url, f"{outcome.reason}; its parts are asked for")
            self._window.clear()
            return
        next_try = None if gives_up else now + _LATER
        if pause is not None:
            next_try = now + timedelta(seconds=pause)
        else:
            self._counts.failed += 1
            self._reporter.say(f"failed: {task.url}: {outcome.reason}")
        self._collection.failed(task.url, outcome.reason, next_try, ended=pause is None)

    def _skip(self, task: Task, why: str, *, is_way_in: bool) -> None:
        """A page that robots.txt does not allow; without the way in there is no crawl."""
        LOGGER.info("skip %s %s", task.url, why)
        self._collection.skipped(task.url, why)
        if is_way_in:
            raise Turned(Refusal(problem=why, url=task.url))
        self._counts.skipped += 1
        if self._counts.skipped <= _SAID_SKIPPED:
            more = "; others are in the log" if self._counts.skipped == _SAID_SKIPPED else ""
            self._reporter.say(f"skipped: {task.url}: {why}{more}")

    def _evidence(self, refusal: Refusal) -> str:
        """The file that holds the answer of a site that refuses."""
        captures = self._collection.manifest.captures_of(refusal.url)
        return str(self._collection.folder / captures[0].file) if captures else ""
