"""One visit: a page is asked for, shown if it may be, watched until it rests, and recorded.

Theory of operation. The page's own document is settled first (`gate`): shown, kept without being
shown, or failed. A shown page is over when its load event has come, nothing was asked for during a
quiet spell and its DOM has what whoever asked waits for; when that does not happen within the idle
cap; or at the deadline. The DOM is read with a deadline of its own: a page that does not answer
hangs, and its tab is of no more use.
Facts: spec/browser-capture.md sections 2, 3 and 7.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path

from fetch.browsing.capture import Ledger, Load
from fetch.browsing.connection import BrowserTrouble, CommandRefused, Disconnected, Json
from fetch.browsing.failures import failure_of
from fetch.browsing.gate import Decided, Gate, read_kept
from fetch.browsing.outcome import RECORDED, Outcome
from fetch.browsing.rendering import Rendered, read_dom, take_view
from fetch.browsing.tab import Tab
from fetch.errors import BadAnswer, BrokeDown, FetchError, TimedOut
from fetch.transport import Fetched, Request

# Seconds for the browser to tell what it knows of a document that it does not show.
_TELL_S = 2.0

_GONE = "the browser went away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a shown page is watched.

    quiet_s  without a request after its load event: it rests. Timers of scripts fire later, but
             what a page needs it asks for within half a second
    idle_s   after its load event, whether it rests or not: polling and streams never do, and
             what a script should bring may never come
    dom_s    for reading its DOM, which takes milliseconds unless its script loops
    """

    quiet_s: float = 0.5
    idle_s: float = 10.0
    dom_s: float = 3.0


class Visit:
    """One page in one tab; use `run` once.

    view    whether to take a picture
    folder  where large bodies wait until they are archived; None: the system's place
    """

    def __init__(
        self,
        tab: Tab,
        request: Request,
        patience: Patience,
        *,
        view: bool = False,
        folder: Path | None = None,
    ) -> None:
        """Nothing was asked for yet."""
        self._tab = tab
        self._request = request
        self._patience = patience
        self._view = view
        self._folder = folder
        self._ledger = Ledger()
        self._gate = Gate(tab, request, self._ledger, self._settle)
        self._tasks: set[asyncio.Task[None]] = set()
        self._decided: asyncio.Future[Decided] = asyncio.get_running_loop().create_future()
        self._stirred = asyncio.Event()
        self._stirred_s = 0.0
        self._loaded_s = 0.0
        self._is_there = False
        self._lost: FetchError | None = None
        self.is_hung = False

    async def run(self) -> Fetched:
        """Visit the page.

        raises  FetchError where no head of a response arrived, or the browser broke down;
                whatever the request's own questions raise
        """
        began = time.monotonic()
        self._tab.hear(self._hear)
        try:
            until = began + self._request.deadline_s
            decided = await self._document(until)
            state, rendered = await self._show(until) if decided.shown else ("complete", None)
            if decided.pending and not decided.shown:
                await self._wait(lambda: self._main().is_over, time.monotonic() + _TELL_S)
            if self._lost is not None:
                raise self._lost
            await self._finish()
            outcome = Outcome(
                request=self._request,
                ledger=self._ledger,
                main=self._main(),
                decided=decided,
                state=state,
                rendered=rendered,
                duration_ms=round((time.monotonic() - began) * 1000),
                folder=self._folder,
            )
            return outcome.fetched()
        finally:
            await self._drop_tasks()

    def _hear(self, method: str, event: Json) -> None:
        """Take one event of the tab."""
        self._stir()
        match method:
            case "Warchouse.closed":
                self._break(_GONE)
            case "Inspector.targetCrashed":
                self._break("the page's process died")
            case "Fetch.requestPaused":
                self._spawn(self._gate.hold(event))
            case "Page.frameNavigated":
                # The load event of the blank page before may come late: it is none of this page's.
                frame = event.get("frame") or {}
                self._is_there = self._is_there or frame.get("loaderId") == self._gate.main
            case "Page.loadEventFired" if self._is_there:
                self._loaded_s = self._loaded_s or time.monotonic()
            case "Page.frameStoppedLoading" if self._is_there:
                # Without a load event where a script wanted to leave the page.
                if event.get("frameId") == self._tab.target:
                    self._loaded_s = self._loaded_s or time.monotonic()
            case "Page.javascriptDialogOpening":
                accept = self._tab.send("Page.handleJavaScriptDialog", {"accept": True})
                self._spawn(_ignored(accept))
            case _:
                load = self._ledger.note(method, event)
                if load is not None and load.is_over:
                    self._ended(load)

    def _ended(self, load: Load) -> None:
        """A load is over: take its body while the browser has it; the page's own may decide."""
        if load.id == self._gate.main:
            self._loaded_s = self._loaded_s or (time.monotonic() if load.error else 0.0)
            if load.error and not self._gate.refused_main and not self._decided.done():
                self._main_failed(load)
        elif load.kind in RECORDED and load.hops and load.hops[-1].response:
            self._spawn(read_kept(self._tab, load, limit=self._request.max_body))

    def _main_failed(self, load: Load) -> None:
        """The page's own load ended before its response was seen."""
        last = load.got_of(len(load.hops) - 1) if load.hops else {}
        if last.get("statusCode") == 304:
            load.body = b""  # A browser takes it for no page; it is what was asked for.
            self._settle(Decided())
        else:
            self._fail(failure_of(load.error, self._request.url))

    async def _document(self, until: float) -> Decided:
        """Ask for the page and await what becomes of its document."""
        self._spawn(self._navigate())
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                return await self._decided
        except TimeoutError as error:
            main = self._ledger.loads.get(self._gate.main)
            self.is_hung = True
            if main is not None and main.hops and main.got_of(len(main.hops) - 1):
                main.body = main.body or b""
                return Decided(truncated="time")
            problem = f"no answer within {self._request.deadline_s:g} seconds"
            raise TimedOut(problem, url=self._request.url) from error

    async def _navigate(self) -> None:
        """Tell the tab where to go; it answers once the page is shown or refused."""
        params = {"url": self._request.url}
        within = self._request.deadline_s
        try:
            answer = await self._tab.send("Page.navigate", params, within=within)
        except CommandRefused as error:
            self._fail(BadAnswer(f"the browser refuses it: {error}", url=self._request.url))
            return
        except Disconnected:
            self._break(_GONE)
            return
        problem = str(answer.get("errorText") or "")
        if problem and not self._gate.main:
            self._fail(failure_of(problem, self._request.url))
        if problem:
            self._loaded_s = self._loaded_s or time.monotonic()
            self._stir()

    async def _show(self, until: float) -> tuple[str, Rendered | None]:
        """Watch the page until it is over; its load state, and what it shows, None if it hangs."""
        while True:
            state = await self._watch(until)
            rendered = await self._render()
            if rendered is None:
                return "hung", None
            dom = rendered.html.encode(errors="replace")
            if state != "complete" or self._request.is_whole(dom):
                break
            again_s = time.monotonic() + self._patience.quiet_s
            if again_s >= min(until, self._loaded_s + self._patience.idle_s):
                state = "partial"
                break
            await asyncio.sleep(self._patience.quiet_s)
        return state, await self._with_view(rendered) if self._view else rendered

    async def _watch(self, until: float) -> str:
        """Wait until the page rests; its load state."""
        while self._lost is None:
            now = time.monotonic()
            rests_s = self._stirred_s + self._patience.quiet_s
            if self._loaded_s and not self._ledger.pending() and now >= rests_s:
                return "failed" if self._main().error else "complete"
            if self._loaded_s and now >= self._loaded_s + self._patience.idle_s:
                return "busy"
            if now >= until:
                return "deadline"
            wake_s = min(until, now + self._patience.quiet_s, max(rests_s, now + 0.01))
            self._stirred.clear()
            await _wait_for(self._stirred, wake_s - now)
        raise self._lost

    async def _render(self) -> Rendered | None:
        """Read the DOM; None from a page that hangs."""
        try:
            return await read_dom(self._tab, within=self._patience.dom_s)
        except BrowserTrouble:
            self.is_hung = True
            return None

    async def _with_view(self, rendered: Rendered) -> Rendered:
        """Add a picture; a tab that gives none is of no more use, but what was read of it is."""
        try:
            return replace(rendered, png=await take_view(self._tab, within=self._patience.dom_s))
        except BrowserTrouble:
            self.is_hung = True
            return rendered

    async def _finish(self) -> None:
        """Let bodies that are being read arrive."""
        reading = [task for task in self._tasks if not task.done()]
        if reading and not self.is_hung:
            await asyncio.wait(reading, timeout=self._patience.dom_s)

    def _main(self) -> Load:
        """The page's own load."""
        return self._ledger.load(self._gate.main)

    def _settle(self, decided: Decided) -> None:
        """What became of the page's document is known."""
        if not self._decided.done():
            self._decided.set_result(decided)
        self._stir()

    def _fail(self, error: BaseException) -> None:
        """The page's document will not come."""
        if not self._decided.done():
            self._decided.set_exception(error)
        self._stir()

    def _break(self, problem: str) -> None:
        """The page or the whole browser is lost."""
        self._lost = BrokeDown(problem, url=self._request.url)
        self.is_hung = True
        self._fail(self._lost)

    def _stir(self) -> None:
        """Something happened."""
        self._stirred_s = time.monotonic()
        self._stirred.set()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        """Do something beside; what it raises decides over the page."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        """A task is over: trouble with one request is the page's, all else the caller's."""
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if not isinstance(error, BrowserTrouble):
            self._fail(error)

    async def _wait(self, came: Callable[[], bool], until: float) -> None:
        """Wait until something has come, but not beyond a time."""
        while not came() and self._lost is None and (left := until - time.monotonic()) > 0:
            self._stirred.clear()
            await _wait_for(self._stirred, left)

    async def _drop_tasks(self) -> None:
        """End what is still being done beside."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def _wait_for(event: asyncio.Event, within: float) -> None:
    """Wait for an event, but not for long."""
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return


async def _ignored(work: Coroutine[None, None, Json]) -> None:
    """Do something whose answer says nothing."""
    await work
