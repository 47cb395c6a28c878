"""Whatever dies, the next page is fetched, and nothing stays behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import fetch.browser
from fetch.browser import Browser
from fetch.browsing.leftovers import LOCK_NAME, PREFIX, sweep, users_of
from fetch.errors import BrokeDown
from fetch.transport import Request
from tests.fetch.browser.driving import AGENT, browsing, drive
from tests.fetch.browser.origin import Origin, Turn, page, serving
from warc.errors import UsageError

ROOT = Path(__file__).resolve().parents[3]
GOOD = {"/good": page(b"<p>good")}


def profiles_in(temporary: Path) -> list[Path]:
    return list(temporary.glob(f"{PREFIX}*"))


def profile_of(temporary: Path) -> Path:
    (profile,) = profiles_in(temporary)
    return profile


def processes(profile: Path, kind: bytes) -> list[int]:
    """Those of a type: b"renderer", or b"" for Chromium itself."""
    found = []
    for pid in users_of(profile):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"--database=" not in command and (b"--type=" + kind in command) == bool(kind):
            found.append(pid)
    return found


@pytest.mark.parametrize(
    ("kind", "number"),
    [(b"renderer", signal.SIGKILL), (b"", signal.SIGKILL), (b"", signal.SIGSTOP)],
    ids=["a killed page", "a killed browser", "a stopped browser"],
)
@pytest.mark.usefixtures("chromium")
def test_a_dead_process_costs_one_attempt(kind: bytes, number: int, temporary: Path) -> None:
    """It dies while the page still loads; the next request is answered."""
    waits: list[asyncio.Event] = []

    async def slow(turn: Turn) -> None:
        await turn.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\n\r\n")
        for pid in processes(profile_of(temporary), kind):
            os.kill(pid, number)
        waits.append(asyncio.Event())
        await waits[-1].wait()

    async def run(browser: Browser, origin: Origin) -> None:
        request = Request(url=origin.url("/"), deadline_s=3.0)
        if number == signal.SIGKILL:
            with pytest.raises(BrokeDown):
                await browser.fetch(request)
        else:
            stopped = await browser.fetch(request)
            assert len(stopped.resources) == 1
        for _ in range(2):
            fetched = await browser.fetch(Request(url=origin.url("/good")))
            assert fetched.hops[0].body == b"<p>good"

    waiting = page(b"<p>waits<script src=/slow.js></script>")
    drive({"/": waiting, "/slow.js": slow, **GOOD}, run)


@pytest.mark.usefixtures("chromium")
def test_one_dead_browser_fails_all_its_tabs_and_none_after(temporary: Path) -> None:
    async def kill(turn: Turn) -> None:
        asked.append(turn.path)
        if len(asked) == 3:
            for pid in processes(profile_of(temporary), b""):
                os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(60)

    async def run(browser: Browser, origin: Origin) -> None:
        urls = [origin.url(f"/kill{number}") for number in range(3)]
        fetches = [browser.fetch(Request(url=url, deadline_s=10.0)) for url in urls]
        for outcome in await asyncio.gather(*fetches, return_exceptions=True):
            assert isinstance(outcome, BrokeDown)
        fetches = [browser.fetch(Request(url=origin.url("/good"))) for _ in range(3)]
        assert {fetched.hops[0].body for fetched in await asyncio.gather(*fetches)} == {b"<p>good"}

    asked: list[str] = []
    drive({"/kill0": kill, "/kill1": kill, "/kill2": kill, **GOOD}, run, tabs=3)


@pytest.mark.usefixtures("chromium")
def test_worn_tabs_and_browsers_are_replaced(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch.browser, "TAB_PAGES", 2)
    monkeypatch.setattr(fetch.browser, "BROWSER_PAGES", 5)

    async def run(browser: Browser, origin: Origin) -> None:
        profiles: set[Path] = set()
        for _ in range(7):
            assert (await browser.fetch(Request(url=origin.url("/good")))).hops
            profiles.update(profiles_in(temporary))
        assert len(profiles) == 2

    drive(GOOD, run)


@pytest.mark.usefixtures("chromium")
def test_nothing_stays_after_an_exception() -> None:
    async def run() -> None:
        async with serving(GOOD) as origin, browsing() as browser:
            await browser.fetch(Request(url=origin.url("/good")))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(run())


@pytest.mark.usefixtures("chromium")
def test_nothing_stays_when_a_fetch_is_cancelled() -> None:
    async def silent(_turn: Turn) -> None:
        await asyncio.sleep(60)

    async def run(browser: Browser, origin: Origin) -> None:
        task = asyncio.create_task(browser.fetch(Request(url=origin.url("/silent"))))
        await origin.first.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await browser.fetch(Request(url=origin.url("/good")))).hops

    drive({"/silent": silent, **GOOD}, run)


CRAWL = """
import asyncio, os, signal, sys
from fetch.browser import Browser
from fetch.transport import Request

async def main():
    browser = Browser(contact_agent="Warchouse/0.1")
    await browser.fetch(Request(url=sys.argv[1]))
    if sys.argv[2] == "ends":
        return
    os.kill(os.getpid(), int(sys.argv[2]))

asyncio.run(main())
"""


@contextmanager
def crawl(temporary: Path, ending: str) -> Iterator[None]:
    """A program that uses a browser and then ends without closing it."""

    async def run() -> None:
        async with serving(GOOD) as origin:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-W", "ignore", "-c", CRAWL, origin.url("/good"), ending),
                cwd=ROOT,
                env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
            )
            assert await process.wait() == (0 if ending == "ends" else -int(ending))

    asyncio.run(run())
    yield


@pytest.mark.parametrize("ending", ["ends", str(int(signal.SIGINT)), str(int(signal.SIGKILL))])
@pytest.mark.usefixtures("chromium")
def test_a_browser_dies_with_its_program_and_is_swept(ending: str, temporary: Path) -> None:
    with crawl(temporary, ending):
        until = time.monotonic() + 5.0
        while any(users_of(profile) for profile in profiles_in(temporary)):
            assert time.monotonic() < until
            time.sleep(0.02)
        left = len(profiles_in(temporary))
        assert left == (ending == str(int(signal.SIGKILL)))
        drive(GOOD, fetch_good)


async def fetch_good(browser: Browser, origin: Origin) -> None:
    assert (await browser.fetch(Request(url=origin.url("/good")))).hops[0].body == b"<p>good"


@pytest.mark.usefixtures("chromium")
def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    drive(GOOD, fetch_good)


def test_a_sweep_leaves_alone_what_is_held_or_not_ours(temporary: Path) -> None:
    from warc.lock import FolderLock  # noqa: PLC0415 - only this test holds a profile itself

    names = ("held", "left", "new", "old")
    held, left, new, old = (temporary / f"{PREFIX}1-{name}" for name in names)
    other = temporary / "other"
    link = temporary / f"{PREFIX}1-link"
    for folder in (held, left, new, old, other):
        folder.mkdir()
    link.symlink_to(other)
    (left / LOCK_NAME).write_bytes(b"")
    (other / LOCK_NAME).write_bytes(b"")
    lock = FolderLock(held / LOCK_NAME)
    lock.take("test")
    os.utime(old, (1.0, 1.0))
    assert sweep(temporary) == 2
    assert sorted(path.name for path in temporary.iterdir()) == [
        "other",
        f"{PREFIX}1-held",
        f"{PREFIX}1-link",
        f"{PREFIX}1-new",
    ]
    lock.release()


def test_a_missing_chromium_gives_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nodriver")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("WARCHOUSE_CHROMIUM", raising=False)
    expected = (
        "no Chromium found: install Debian's chromium package, or name one in WARCHOUSE_CHROMIUM"
    )
    with pytest.raises(UsageError) as caught:
        Browser(contact_agent=AGENT)
    assert str(caught.value) == expected
    monkeypatch.setenv("WARCHOUSE_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(UsageError, match="/nowhere/chromium: no such Chromium"):
        Browser(contact_agent=AGENT)


@pytest.mark.parametrize("path", ["/bin/false", "/etc/hostname"])
def test_a_chromium_that_does_not_start_gives_one_sentence(path: str, temporary: Path) -> None:
    pytest.importorskip("nodriver")

    async def run() -> None:
        async with browsing(executable=path) as browser:
            await browser.fetch(Request(url="http://127.0.0.1/"))

    with pytest.raises(UsageError) as caught:
        asyncio.run(run())
    assert "\n" not in str(caught.value)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("end", "said"),
    [("exit 3", "y:ERROR:no screen"), ("kill -9 $$", "it ended at once with code -9")],
)
def test_why_chromium_did_not_start_is_said_without_its_usual_noise(
    end: str, said: str, temporary: Path
) -> None:
    pytest.importorskip("nodriver")
    browser = temporary / "chromium"
    browser.write_text(f"#!/bin/sh\necho x:ERROR:dbus/bus.cc\necho y:ERROR:no screen\n{end}\n")
    browser.chmod(0o755)

    async def run() -> None:
        async with browsing(executable=str(browser)) as one:
            await one.fetch(Request(url="http://127.0.0.1/"))

    with pytest.raises(UsageError) as caught:
        asyncio.run(run())
    assert str(caught.value) == f"Chromium did not start: {said}"


BLOCKED = """
import importlib.abc, sys

class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "nodriver":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Blocker())
from warc.errors import UsageError
from fetch.browser import Browser
try:
    Browser(contact_agent="x")
except UsageError as error:
    print(error)
"""


def test_a_missing_nodriver_gives_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == "the browser transport needs nodriver: pip install 'warchouse[browser]'\n"


def test_importing_the_transport_loads_no_nodriver() -> None:
    code = "import sys, fetch.browser; print('nodriver' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout == "False\n"
