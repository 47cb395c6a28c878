"""A real Chromium that visits pages of hltv.org, served by a replica, and saves them.

Its own command to save a page has no switch and no place in the DevTools protocol. What it writes
is made of the same parts: MHTML by `Page.captureSnapshot`, which is what "single file" saves; "HTML
only" and "complete" from the document that the page has become, as the browser serializes it, the
latter with absolute links and the comment that says where it came from.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from fetch.browsing.process import ChromiumProcess, find_chromium

LOAD_SECONDS = 60

DOCUMENT = """
(() => {
  const kind = document.doctype;
  return (kind ? `<!DOCTYPE ${kind.name}>` : '') + '\\n' + document.documentElement.outerHTML;
})()
"""
ABSOLUTE = """
for (const [name, attribute] of [['a', 'href'], ['link', 'href'], ['img', 'src'], ['script', 'src']])
  for (const one of document.querySelectorAll(`${name}[${attribute}]`))
    one.setAttribute(attribute, one[attribute]);
"""


class Browser:
    """One tab."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self._session = ""
        self._loaded = False
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self.ask("Page.enable")

    def ask(self, method: str, **params: object) -> Any:
        """Send a command and wait for its answer."""
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._connection.send(json.dumps(message))
        while (said := self._next()).get("id") != self._number:
            pass
        assert "error" not in said, said
        return said["result"]

    def visit(self, url: str) -> None:
        """Show a page; returns once it is loaded."""
        self._loaded = False
        told = self.ask("Page.navigate", url=url)
        assert not told.get("errorText"), told
        while not self._loaded:
            self._next()

    def html_only(self) -> str:
        """The page as `--dump-dom` and "HTML only" have it."""
        return str(self._value(DOCUMENT))

    def complete(self) -> str:
        """The page as "complete" has it, without the files beside it."""
        url = str(self._value("location.href"))
        self._value(ABSOLUTE)
        first, rest = self.html_only().split("\n", 1)
        return f"{first}\n<!-- saved from url=({len(url):04d}){url} -->\n{rest}"

    def single_file(self) -> str:
        """The page as "single file" has it: MHTML."""
        return str(self.ask("Page.captureSnapshot", format="mhtml")["data"])

    def _value(self, expression: str) -> object:
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told
        value: object = told["result"].get("value")
        return value

    def _next(self) -> dict[str, Any]:
        """The next message."""
        said: dict[str, Any] = json.loads(self._connection.recv(timeout=LOAD_SECONDS))
        self._loaded |= said.get("method") == "Page.loadEventFired"
        return said


@contextmanager
def browsing(port: int) -> Iterator[Browser]:
    """A Chromium for which www.hltv.org is a port of this machine."""
    rules = f"--host-resolver-rules=MAP www.hltv.org:80 127.0.0.1:{port}, MAP * ~NOTFOUND"
    process = ChromiumProcess(find_chromium(), (rules,))
    try:
        endpoint = asyncio.run(process.endpoint())
        with connect(endpoint, max_size=None) as connection:
            yield Browser(connection)
    finally:
        process.end()
