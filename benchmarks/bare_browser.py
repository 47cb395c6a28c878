"""The least a browser can cost: one tab loads each page of a list, and nothing is recorded.

The same Chromium with the same flags and the same blocking as the crawl's, driven over one
WebSocket: navigate, wait for the load event, rest if told to, next.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp

from fetch.browsing.blocking import blocked_patterns
from fetch.browsing.process import ChromiumProcess, find_chromium

DEADLINE_S = 60.0
ATTEMPTS = 3


class Tab:
    """One tab: commands out, answers and events in, one at a time."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Speak over an open connection to the browser."""
        self._socket = socket
        self._numbers = itertools.count(1)
        self._session: dict[str, str] = {}
        self._loaded = False

    async def open(self) -> None:
        """Make the tab, and block what the crawl blocks."""
        target = await self.send("Target.createTarget", url="about:blank")
        found = await self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = {"sessionId": found["sessionId"]}
        await self.send("Page.enable")
        await self.send("Network.enable")
        patterns = [{"urlPattern": pattern, "block": True} for pattern in blocked_patterns()]
        if "error" in await self.send("Network.setBlockedURLs", urlPatterns=patterns):
            await self.send("Network.setBlockedURLs", urls=blocked_patterns())
        await self.send("Network.setCacheDisabled", cacheDisabled=True)

    async def show(self, url: str) -> None:
        """Load a page to its load event; a new tab may abort its first navigation."""
        for _ in range(ATTEMPTS):
            self._loaded = False
            answer = await self.send("Page.navigate", url=url)
            if "errorText" not in answer:
                break
        else:
            sys.exit(f"{url}: {answer['errorText']}")
        while not self._loaded:  # it may have come before the command's answer
            await self._receive()

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a command, or its error."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params, **self._session}
        await self._socket.send_str(json.dumps(message))
        while (answer := await self._receive()).get("id") != number:
            pass
        if "error" in answer:
            return {"error": answer["error"]}
        result: dict[str, Any] = answer["result"]
        return result

    async def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._socket.receive_json(timeout=DEADLINE_S)
        self._loaded = self._loaded or message.get("method") == "Page.loadEventFired"
        return message


async def browse(urls: list[str], rest_s: float) -> None:
    """Show every URL, one after the other, each for so many seconds after its load event."""
    chromium = ChromiumProcess(find_chromium())
    try:
        async with aiohttp.ClientSession() as session:
            endpoint = await chromium.endpoint()
            async with session.ws_connect(endpoint, max_msg_size=0) as socket:
                tab = Tab(socket)
                await tab.open()
                for url in urls:
                    await tab.show(url)
                    await asyncio.sleep(rest_s)
    finally:
        await chromium.stop()


def main() -> None:
    """Read the list and show it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("urls", type=Path)
    options.add_argument("--rest-s", type=float, default=0.0)
    chosen = options.parse_args()
    asyncio.run(browse(chosen.urls.read_text(encoding="utf-8").split(), chosen.rest_s))


if __name__ == "__main__":
    main()
