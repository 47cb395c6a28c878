"""What waits for a decision: requests before they are sent, responses before they are shown.

Theory of operation. The browser pauses every document twice and every blocked type once. At the
request a frame of another site, a blocked type or a navigation that nobody asked for is refused; at
the response the body is read whole. The page's own document is shown only if whoever asked for it
admits it: a block or challenge is kept as evidence and its scripts never run. Facts:
spec/browser-capture.md sections 2 and 4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from fetch.browsing.blocking import same_site
from fetch.browsing.capture import Ledger, Load, decoded
from fetch.browsing.connection import BrowserTrouble, CommandRefused, Json
from fetch.browsing.records import exchange_of, header_of, status_of
from fetch.browsing.tab import Tab
from fetch.transport import Request
from warc.exchange import Truncation

# Bytes of a document that is shown. One of 20 MB takes 14 s and 4 GB of memory
# (spec/browser-capture.md section 3); the largest page known has 6.2 MB.
SHOWN_BYTES = 8 * 2**20

# Seconds for a head to be told as received, once the response waits; they come together.
_HEAD_S = 1.0

_PIECE_BYTES = 1 << 18

# Types that may be asked for where they wait at all; an icon has another.
_ASKABLE = frozenset({"Document", "XHR", "Fetch"})

_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml"})

# Neither pages nor downloads: what would open a viewer, or run scripts without being HTML.
_NEVER_SHOWN = ("application/pdf", "+xml", "/xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of the page's own document.

    truncated  why its body is shorter than the site meant it
    shown      whether its scripts run: then there is a DOM, and other requests
    pending    whether the browser still has something to tell of it
    """

    truncated: Truncation = ""
    shown: bool = False
    pending: bool = False


class Gate:
    """Decides on everything that waits, for one visit.

    decide  told once what became of the page's own document
    """

    def __init__(
        self, tab: Tab, request: Request, ledger: Ledger, decide: Callable[[Decided], None]
    ) -> None:
        """Nothing waits yet."""
        self._tab = tab
        self._request = request
        self._ledger = ledger
        self._decide = decide
        self.main = ""
        self.refused_main = False

    async def hold(self, event: Json) -> None:
        """Answer one Fetch.requestPaused; raises BrowserTrouble."""
        kind = str(event.get("resourceType") or "")
        is_answer = "responseStatusCode" in event or "responseErrorReason" in event
        is_main = kind == "Document" and event.get("frameId") == self._tab.target
        if not is_answer:
            await (self._main_asked(event) if is_main else self._asked(event, kind))
        elif "responseErrorReason" in event or _redirects(event):
            await self._go_on(event)
        elif is_main and event.get("networkId") == self.main:
            await self._main_answered(event)
        else:
            await self._answered(event)

    async def _main_asked(self, event: Json) -> None:
        """The page itself, a redirect of it, or a script that wants to leave it."""
        load_id, url = str(event.get("networkId")), str((event.get("request") or {}).get("url"))
        if not self.main:
            self.main = load_id
            await self._go_on(event, self._headers(event))
        elif load_id != self.main:
            await self._refuse(event, "Aborted")
        elif self._request.follows(url):
            await self._go_on(event)
        else:
            load = self._ledger.load(load_id)
            await _until(lambda: load.url == url.partition("#")[0], _HEAD_S)
            if len(load.hops) > 1:
                load.hops.pop()  # It is never sent.
            await self._refuse_main(event, Decided())

    async def _asked(self, event: Json, kind: str) -> None:
        """A frame, or what pages do without."""
        url = str((event.get("request") or {}).get("url"))
        refused = "" if kind in _ASKABLE else "type"
        if kind == "Document" and not same_site(url, self._request.url):
            refused = "frame of another site"
        if not refused:
            await self._go_on(event)
            return
        self._ledger.load(str(event.get("networkId"))).blocked = refused
        await self._refuse(event, "BlockedByClient")

    async def _main_answered(self, event: Json) -> None:
        """The page's own response: read it whole, ask whether it may be shown."""
        load = self._ledger.load(self.main)
        load.paused = event
        await _until(lambda: 0 < len(load.hops) <= len(load.got), _HEAD_S)
        limit = min(self._request.max_body, SHOWN_BYTES)
        if _length(event) > limit:
            load.body = await self._first(event, limit)
            await self._refuse_main(event, Decided(truncated="length"))
            return
        try:
            body = await self._body(event)
        except CommandRefused:
            load.body = b""
            await self._refuse_main(event, Decided(truncated="disconnect"))
            return
        load.body = body[:limit]
        exchange = exchange_of(load, len(load.hops) - 1, load.body)
        kind = header_of(exchange.response_head, b"content-type").partition(";")[0].strip().lower()
        is_page = kind in _HTML_TYPES and body != b"" and status_of(exchange.response_head) != 204
        if len(body) > limit:
            await self._refuse_main(event, Decided(truncated="length"))
        elif _never_shown(kind) or (is_page and not self._request.admits(exchange)):
            await self._refuse_main(event, Decided(truncated=exchange.truncated))
        else:
            self._decide(Decided(truncated=exchange.truncated, shown=is_page, pending=True))
            await self._go_on(event)

    async def _answered(self, event: Json) -> None:
        """A frame's response, or any where the browser keeps no bodies by itself."""
        load = self._ledger.load(str(event.get("networkId")))
        load.paused = event
        if _length(event) <= self._request.max_body:
            load.body = await self._body(event)
        await self._go_on(event)

    async def _body(self, event: Json) -> bytes:
        """The whole body of what waits; as long as the visit's deadline lets it."""
        params = {"requestId": event["requestId"]}
        answer = await self._tab.send(
            "Fetch.getResponseBody", params, within=self._request.deadline_s
        )
        return decoded(answer, "body")

    async def _first(self, event: Json, limit: int) -> bytes:
        """The first bytes of the body of what waits."""
        taken = await self._tab.send(
            "Fetch.takeResponseBodyAsStream", {"requestId": event["requestId"]}
        )
        handle, body = taken["stream"], bytearray()
        while len(body) < limit:
            piece = await self._tab.send("IO.read", {"handle": handle, "size": _PIECE_BYTES})
            body += _piece(piece)
            if piece.get("eof"):
                break
        await self._tab.send("IO.close", {"handle": handle})
        return bytes(body[:limit])

    def _headers(self, event: Json) -> Json:
        """Parameters that add the caller's own fields to the first request."""
        if not self._request.headers:
            return {}
        named = {name.lower() for name, _ in self._request.headers}
        told = (event.get("request") or {}).get("headers") or {}
        kept = [(name, str(value)) for name, value in told.items() if name.lower() not in named]
        fields = [*kept, *self._request.headers]
        return {"headers": [{"name": name, "value": value} for name, value in fields]}

    async def _go_on(self, event: Json, more: Json | None = None) -> None:
        """Let it pass."""
        params = {"requestId": event["requestId"], **(more or {})}
        await self._tab.send("Fetch.continueRequest", params)

    async def _refuse_main(self, event: Json, decided: Decided) -> None:
        """Fail the page's own load, whose failure then says nothing new."""
        self.refused_main = True
        try:
            await self._refuse(event, "Aborted")
        finally:
            self._decide(decided)

    async def _refuse(self, event: Json, reason: str) -> None:
        """Fail it, as a network error that the page sees."""
        params = {"requestId": event["requestId"], "errorReason": reason}
        await self._tab.send("Fetch.failRequest", params)


async def read_kept(tab: Tab, load: Load, *, limit: int) -> None:
    """Take the body that the browser kept of a load that is over, and of its request."""
    params = {"requestId": load.id}
    try:
        if load.body is None:
            load.body = decoded(await tab.send("Network.getResponseBody", params), "body")
        if load.awaits_post:
            answer = await tab.send("Network.getRequestPostData", params)
            load.post = decoded(answer, "postData")[:limit]
    except BrowserTrouble:
        return  # It has none, or it was too large to be kept: the record says so.


def _never_shown(kind: str) -> bool:
    """Whether a media type must not even be handed to the browser's own viewers."""
    return kind not in _HTML_TYPES and kind.endswith(_NEVER_SHOWN)


def _piece(answer: Json) -> bytes:
    """Bytes of a stream."""
    return decoded(answer, "data")


def _redirects(event: Json) -> bool:
    """Whether a response leads elsewhere."""
    names = {str(field.get("name")).lower() for field in event.get("responseHeaders") or ()}
    return 300 <= int(event.get("responseStatusCode") or 0) < 400 and "location" in names


def _length(event: Json) -> int:
    """What a response says of its length; -1 if nothing."""
    for field in event.get("responseHeaders") or ():
        if str(field.get("name")).lower() == "content-length":
            value = str(field.get("value")).strip()
            return int(value) if value.isdecimal() else -1
    return -1


async def _until(came: Callable[[], bool], within: float) -> None:
    """Wait until something has come, but not for long."""
    for _ in range(round(within / 0.01)):
        if came():
            return
        await asyncio.sleep(0.01)
