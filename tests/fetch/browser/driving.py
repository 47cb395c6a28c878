"""A browser for a test: quick to lose patience, unable to reach beyond this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fetch.browser import Browser
from fetch.browsing.page import Patience
from fetch.transport import Fetched, Request
from tests.fetch.browser.origin import Answer, Origin, serving

AGENT = "Warchouse/0.1 (+crawl@example.org)"
HASTE = Patience(quiet_s=0.2, idle_s=1.5, dom_s=1.0)
LOCAL = ("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",)

Driving = Callable[[Browser, Origin], Awaitable[None]]


@asynccontextmanager
async def browsing(**options: Any) -> AsyncIterator[Browser]:
    """A browser that is closed in the end."""
    options.setdefault("patience", HASTE)
    browser = Browser(contact_agent=AGENT, extra_args=LOCAL, **options)
    try:
        yield browser
    finally:
        await browser.close()


def drive(answers: Mapping[str, Answer], driving: Driving, **options: Any) -> Origin:
    """Let a browser meet an origin; the origin tells what it was asked."""

    async def run() -> Origin:
        async with serving(answers) as origin, browsing(**options) as browser:
            await driving(browser, origin)
            return origin

    return asyncio.run(run())


def fetch(answers: Mapping[str, Answer], path: str, **options: Any) -> tuple[Fetched, Origin]:
    """One page of an origin."""
    got: list[Fetched] = []
    asking = options.pop("asking", {})

    async def run(browser: Browser, origin: Origin) -> None:
        got.append(await browser.fetch(Request(url=origin.url(path), **asking)))

    origin = drive(answers, run, **options)
    return got[0], origin
