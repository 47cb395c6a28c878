"""Pages by a real browser, recorded as they came; the only module that imports nodriver.

nodriver (AGPL-3.0, the optional extra `browser`) carries the browser's protocol and is imported
when the first `Browser` is made; everything else works without it. One Chromium with up to four
tabs, made anew when it is worn or broken. Facts: spec/browser-capture.md sections 1, 3 and 7.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fetch.browsing.connection import (
    BrowserTrouble,
    Channel,
    CommandRefused,
    Connection,
    Disconnected,
    Json,
)
from fetch.browsing.leftovers import sweep
from fetch.browsing.page import Patience, Visit
from fetch.browsing.process import ChromiumProcess, find_chromium
from fetch.browsing.tab import Tab, open_tab
from fetch.errors import BrokeDown
from fetch.transport import Fetched, Request
from warc.errors import UsageError

MAX_TABS = 4

# Visits after which a tab is closed: one that is reused grows from 365 to some 530 MB within 500
# pages, a new one costs a tenth of a second (spec/browser-capture.md section 3).
TAB_PAGES = 50

# Visits after which the whole browser is started anew, which costs half a second: its profile and
# network process grow slowly but for ever.
BROWSER_PAGES = 1000

# Bytes of one message: a body of 64 MiB in base64, and room for more.
_MESSAGE_BYTES = 256 * 2**20


@dataclass(slots=True, kw_only=True)
class _Chromium:
    """A browser that runs: its process, its connection, and how much it was used.

    context  where its tabs live: nothing of what they show is written below the profile
    users    visits under way; one that is worn is stopped when the last has ended
    """

    process: ChromiumProcess
    connection: Connection
    context: str
    user_agent: str
    pages: int = 0
    users: int = 0

    @property
    def is_good(self) -> bool:
        """Whether it can take another visit."""
        return self.connection.is_open and self.process.is_running and self.pages < BROWSER_PAGES


@dataclass(slots=True)
class _Slot:
    """A place for one tab."""

    chromium: _Chromium | None = None
    tab: Tab | None = None


class Browser:
    """A transport that shows pages, so that their scripts run.

    contact_agent  names the program and its operator; added to Chromium's own User-Agent
    tabs           most visits at a time, 1 to 4
    folder         where large bodies wait until they are archived; None: the system's place
    executable     Chromium's name or path; "": found by itself
    view           whether to take a picture of each page
    extra_args     further arguments of Chromium
    patience       how long a page is watched
    durable        False: as with a Chromium before 145, which keeps no bodies by itself
    """

    def __init__(
        self,
        *,
        contact_agent: str,
        tabs: int = 1,
        folder: Path | None = None,
        executable: str = "",
        view: bool = False,
        extra_args: tuple[str, ...] = (),
        patience: Patience | None = None,
        durable: bool = True,
    ) -> None:
        """Find the browser; it starts with the first request.

        raises  UsageError where nodriver or Chromium is missing, or for a wrong number of tabs
        """
        if not 1 <= tabs <= MAX_TABS:
            raise UsageError(f"--tabs must be 1 to {MAX_TABS}, not {tabs}")
        _import("nodriver.core.connection")
        self._executable = find_chromium(executable)
        self._contact_agent = contact_agent
        self._folder = folder
        self._view = view
        self._extra_args = extra_args
        self._patience = patience or Patience()
        self._durable = durable
        self._starting = asyncio.Lock()
        self._has_run = False
        self._chromium: _Chromium | None = None
        self._all: list[_Chromium] = []
        self._processes: set[ChromiumProcess] = set()
        self._free: asyncio.LifoQueue[_Slot] = asyncio.LifoQueue()
        for _ in range(tabs):
            self._free.put_nowait(_Slot())

    async def fetch(self, request: Request) -> Fetched:
        """Show one page and record what came of it; waits for a free tab.

        A page that was not shown (admits said no, a download, a redirect not followed) has neither
        parts nor resources. One longer than 8 MB is not shown either and is cut to that length: ask
        for it over HTTP.
        raises  FetchError when no head of a response arrived; BrokeDown when the browser failed:
                the next request finds a new one; UsageError where Chromium cannot start
        """
        slot = await self._free.get()
        try:
            return await self._visit(slot, request)
        except BrowserTrouble as error:
            raise BrokeDown(f"the browser failed: {error}", url=request.url) from error
        finally:
            self._free.put_nowait(slot)

    async def close(self) -> None:
        """Stop the browser and remove its profile."""
        self._chromium = None
        for chromium in tuple(self._all):
            await self._stop(chromium)

    def abandon(self) -> None:
        """Kill the browser and remove its profile at once; for a process that is about to leave."""
        for process in tuple(self._processes):
            process.end()

    async def _visit(self, slot: _Slot, request: Request) -> Fetched:
        """Visit a page in a slot's tab, and leave the slot fit for the next."""
        chromium = await self._running()
        chromium.users += 1
        chromium.pages += 1
        is_clean = False
        try:
            tab = await self._tab(slot, chromium)
            visit = Visit(tab, request, self._patience, view=self._view, folder=self._folder)
            try:
                return await visit.run()
            finally:
                tab.pages += 1
                is_clean = not visit.is_hung
        finally:
            chromium.users -= 1
            await asyncio.shield(self._tidy(slot, chromium, is_clean=is_clean))

    async def _tab(self, slot: _Slot, chromium: _Chromium) -> Tab:
        """The tab of a slot, opened if it has none in this browser."""
        if slot.chromium is not chromium or slot.tab is None:
            slot.tab = await open_tab(
                chromium.connection,
                chromium.user_agent,
                context=chromium.context,
                durable=self._durable,
            )
            slot.chromium = chromium
        return slot.tab

    async def _tidy(self, slot: _Slot, chromium: _Chromium, *, is_clean: bool) -> None:
        """Blank the tab, or close one that is worn or hangs; stop a browser that is, too.

        One that could not even open a tab hangs.
        """
        tab = slot.tab if slot.chromium is chromium else None
        answers = chromium.connection.is_open and tab is not None
        if tab is not None and answers:
            if is_clean and tab.pages < TAB_PAGES:
                try:
                    await tab.blank()
                except BrowserTrouble:
                    is_clean = False
            if not is_clean or tab.pages >= TAB_PAGES:
                slot.tab = None
                answers = await tab.close()
        is_worn = not chromium.is_good and not chromium.users
        if is_worn or not answers:
            await self._stop(chromium, answers=answers)

    async def _running(self) -> _Chromium:
        """A browser that can take a visit, started if there is none."""
        async with self._starting:
            if self._chromium is None or not self._chromium.is_good:
                if self._chromium is not None and not self._chromium.users:
                    await self._stop(self._chromium)
                try:
                    self._chromium = await self._start()
                except UsageError as error:
                    if not self._has_run:
                        raise
                    # It could be started before: something happened to this one.
                    raise Disconnected(str(error)) from error
                self._has_run = True
            return self._chromium

    async def _start(self) -> _Chromium:
        """Start a browser; raises UsageError, or BrowserTrouble where it does not answer."""
        if not self._all:
            await asyncio.to_thread(sweep)
        process = ChromiumProcess(self._executable, self._extra_args)
        self._processes.add(process)
        try:
            connection = Connection()
            connection.open(await _open_channel(await process.endpoint(), connection))
            told = await connection.send("Browser.getVersion")
            made = await connection.send("Target.createBrowserContext")
            context = str(made["browserContextId"])
            deny = {"behavior": "deny", "browserContextId": context}
            await connection.send("Browser.setDownloadBehavior", deny)
        except BaseException:
            await asyncio.shield(process.stop())
            self._processes.discard(process)
            raise
        user_agent = f"{told.get('userAgent', '')} {self._contact_agent}".strip()
        chromium = _Chromium(
            process=process, connection=connection, context=context, user_agent=user_agent
        )
        self._all.append(chromium)
        return chromium

    async def _stop(self, chromium: _Chromium, *, answers: bool = True) -> None:
        """Stop a browser, by its own means if it still answers."""
        if chromium not in self._all:
            return
        self._all.remove(chromium)
        ends = False
        if answers and chromium.connection.is_open:
            with contextlib.suppress(BrowserTrouble):
                await chromium.connection.send("Browser.close", within=1.0)
                ends = True
        await chromium.process.stop(gently=ends)
        self._processes.discard(chromium.process)
        await chromium.connection.close()


class _NodriverChannel:
    """nodriver's connection, used for raw messages; see `fetch.browsing.connection`."""

    def __init__(self, driver: Any, refusal: type[Exception], closed: type[Exception]) -> None:
        """Wrap an open connection, and name what it raises for an error and for its end."""
        self._driver = driver
        self._refusal = refusal
        self._closed = (closed, OSError, RuntimeError)

    async def call(self, method: str, params: Json, session: str) -> Json:
        """The result of a command."""
        results: list[Json] = []

        def command() -> Any:
            # The result goes past the driver, which would keep its last 25 in memory.
            results.append((yield {"method": method, "params": dict(params)}))

        addressed = {"sessionId": session} if session else {}
        try:
            await self._driver.send(command(), _attach=True, **addressed)
        except self._refusal as error:
            code = getattr(error, "code", None)
            raise CommandRefused(method, code or 0, str(error)) from error
        except self._closed as error:
            raise Disconnected(method) from error
        return results[0]

    async def close(self) -> None:
        """Close the connection, whatever state it is in."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(2.0):
                await self._driver.aclose()


async def _open_channel(address: str, connection: Connection) -> Channel:
    """Connect nodriver to a browser that listens; raises Disconnected.

    The socket is opened here, for the driver's own way goes through a proxy where the environment
    names one, and compresses bodies that travel within this machine.
    """
    driver_module = _import("nodriver.core.connection")
    sockets = _import("websockets.asyncio.client")
    closed: type[Exception] = _import("websockets.exceptions").ConnectionClosed
    driver = driver_module.Connection()

    async def hear(message: Json, _transaction: object = None) -> None:
        connection.take(message)

    driver.websocket_url = address
    driver.process_event = hear
    try:
        driver.socket = await sockets.connect(
            address, proxy=None, compression=None, max_size=_MESSAGE_BYTES, ping_interval=None
        )
    except (OSError, TimeoutError) as error:
        raise Disconnected(address) from error
    listener = asyncio.get_running_loop().create_task(driver._listener())  # noqa: SLF001
    driver._listener_task = listener  # noqa: SLF001 - what its aopen does
    listener.add_done_callback(lambda _task: connection.closed())
    return _NodriverChannel(driver, driver_module.ProtocolException, closed)


def _import(name: str) -> Any:
    """A module of the extra `browser`; raises UsageError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        problem = "the browser transport needs nodriver: pip install 'warchouse[browser]'"
        raise UsageError(problem) from error
