"""What a visit comes to: exchanges of the page and of its parts, and resources. Pure but for files.

Large bodies move into files here, as those of the HTTP transport do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fetch.browsing.capture import Ledger, Load
from fetch.browsing.gate import Decided
from fetch.browsing.records import (
    dom_resource,
    exchange_of,
    pageinfo_resource,
    view_resource,
    was_exchanged,
)
from fetch.browsing.rendering import Rendered
from fetch.spool import MEMORY_BYTES, Spool
from fetch.transport import Fetched, Request
from warc.exchange import Body, Exchange, Resource, Truncation

# Kinds of load that are recorded: what scripts ask for, and documents of frames.
RECORDED = frozenset({"XHR", "Fetch", "Document"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that is known of a visit that came to an answer.

    main      the page's own load
    state     how the page ended: see `records.pageinfo_resource`
    rendered  None where the page was not shown, or hung
    folder    where large bodies wait
    """

    request: Request
    ledger: Ledger
    main: Load
    decided: Decided
    state: str
    rendered: Rendered | None
    duration_ms: int
    folder: Path | None

    def fetched(self) -> Fetched:
        """As a transport answers."""
        last = len(self.main.hops) - 1
        body = self._spooled(self.main.body or b"")
        page = exchange_of(self.main, last, body, self.decided.truncated)
        before = [
            exchange_of(self.main, index)
            for index in range(last)
            if was_exchanged(self.main, index)
        ]
        if not self.decided.shown:
            return Fetched(hops=(*before, page))
        return Fetched(
            hops=(*before, page), parts=tuple(self._parts()), resources=self._resources(page)
        )

    def _resources(self, page: Exchange) -> tuple[Resource, ...]:
        """DOM, list of requests, picture."""
        rendered = self.rendered
        info = pageinfo_resource(
            page.url,
            self.ledger,
            page.started_at,
            title=rendered.title if rendered is not None else "",
            load_state=self.state,
            duration_ms=self.duration_ms,
        )
        if rendered is None:
            return (info,)
        dom = dom_resource(page.url, rendered.html, page.started_at)
        if not rendered.png:
            return dom, info
        return dom, info, view_resource(page.url, rendered.png, page.started_at)

    def _parts(self) -> list[Exchange]:
        """Exchanges that the page asked for, in its order."""
        return [
            self._part(load, index)
            for load in self.ledger.loads.values()
            if load is not self.main and load.kind in RECORDED and not load.blocked
            for index in range(len(load.hops))
            if was_exchanged(load, index)
        ]

    def _part(self, load: Load, index: int) -> Exchange:
        """One exchange of a load that is not the page's own."""
        if index < len(load.hops) - 1:
            return exchange_of(load, index)
        truncated: Truncation = ""
        body = load.body
        if not load.is_over:
            truncated = "time"
        elif body is None and not load.was_cut:
            truncated = "unspecified"  # Too large to be kept, or the page did not want it.
        elif body is not None and len(body) > self.request.max_body:
            body, truncated = body[: self.request.max_body], "length"
        return exchange_of(load, index, self._spooled(body or b""), truncated)

    def _spooled(self, body: bytes) -> bytes | Body:
        """A body, kept in a file where it is large."""
        if len(body) <= MEMORY_BYTES:
            return body
        spool = Spool(len(body), self.folder)
        spool.add(body)
        return spool.body()
