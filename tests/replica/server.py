"""The season, or another made-up site, over HTTP on the loopback interface, with faults on demand."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web

from tests.replica import corruption, errors
from tests.replica.faults import Chaos, Fault, Faults
from tests.replica.page import HTML, Page, Pages
from tests.replica.season import Season

CONTROL = "/__replica__/"
ROBOTS = "User-agent: *\nDisallow: /profile/\n\nSitemap: https://www.hltv.org/sitemap.xml\n"
CHUNK = 16_384
SEASONAL = frozenset({"stale", "unparsable", "truncated", "slow"})


@dataclass(slots=True)
class Replica:
    """A running replica: where it listens, what it was asked, what it does wrong."""

    season: Pages
    latency: float = 0.0
    etag: bool = False
    last_modified: bool = False
    robots: str = ROBOTS
    base_url: str = ""
    log: list[tuple[str, int]] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    served: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer any request."""
        target = request.raw_path
        if request.path.startswith(CONTROL):
            return await self._control(request)
        if self.latency:
            await asyncio.sleep(self.latency)
        if request.method not in {"GET", "HEAD"}:
            return self._note(target, web.Response(status=405))
        fault = self.faults.take(target)
        if fault:
            return await self._faulty(request, fault)
        page = self._find(target)
        return await self._send(request, page)

    def _find(self, target: str) -> Page:
        path = target.split("?", 1)[0]
        if path == "/robots.txt":
            headers = {"Content-Type": "text/plain"}
            body = self.robots.encode()
            return Page(status=200, headers=headers, body=body, page_type="robots", key=None)
        page = self.season.page(target)
        if page is None:
            return _plain(404)
        return page

    def _note(self, target: str, response: web.StreamResponse) -> web.StreamResponse:
        self.log.append((target, response.status))
        return response

    async def _send(self, request: web.Request, page: Page) -> web.StreamResponse:
        """Send a page: gzip if wanted, chunked and with a length by turns."""
        self.served += 1
        response = web.StreamResponse(status=page.status, headers=dict(page.headers))
        response.headers["Server"] = "cloudflare"
        response.headers["cf-ray"] = f"{self.served:016x}-CPH"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Set-Cookie"] = f"__cf_bm=r{self.served}; path=/; HttpOnly"
        body = page.body
        if self._is_unchanged(request, page, response):
            response.set_status(304)
            body = b""
        if body and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
        if self.served % 2 and response.status != 304:
            response.enable_chunked_encoding()
        else:
            response.content_length = len(body)
        self._note(request.raw_path, response)
        await response.prepare(request)
        if request.method != "HEAD":
            for start in range(0, len(body), CHUNK):
                await response.write(body[start : start + CHUNK])
        await response.write_eof()
        return response

    def _is_unchanged(self, request: web.Request, page: Page, response: web.StreamResponse) -> bool:
        """Name the page's validators in the response; say whether the request has them.

        An If-None-Match leaves If-Modified-Since without meaning (RFC 9110 section 13.1.3).
        """
        if page.status != 200:
            return False
        since = tag = ""
        if self.last_modified and page.modified_ms is not None:
            changed = datetime.fromtimestamp(page.modified_ms // 1000, UTC)
            since = response.headers["Last-Modified"] = format_datetime(changed, usegmt=True)
        if self.etag:
            tag = f'"{hashlib.sha256(page.body).hexdigest()[:16]}"'
            response.headers["ETag"] = tag
        if wanted := request.headers.get("If-None-Match"):
            return wanted == tag
        return bool(since) and not _is_later(since, request.headers.get("If-Modified-Since", ""))

    async def _faulty(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        target = request.raw_path
        if fault.kind == "reset":
            self.log.append((target, 0))
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        page = self._find(target)
        if fault.kind in SEASONAL:
            return await self._broken(request, page, fault)
        return await self._send(request, _error_page(fault))

    async def _broken(self, request: web.Request, page: Page, fault: Fault) -> web.StreamResponse:
        """Send a page of the season, damaged in content or in transport."""
        if fault.kind in {"stale", "unparsable"}:
            body = (
                corruption.stale(self.season, page, request.raw_path)
                if fault.kind == "stale"
                else corruption.unparsable(page)
            )
            return await self._send(request, _html(200, body))
        body = page.body
        response = web.StreamResponse(status=page.status, headers=dict(page.headers))
        response.content_length = len(body)
        self._note(request.raw_path, response)
        await response.prepare(request)
        if fault.kind == "truncated":
            await response.write(body[: max(1, len(body) // 2)])
            response.force_close()
            if request.transport is not None:
                request.transport.close()
            return response
        step = max(1, len(body) // 20)
        for start in range(0, len(body), step):
            await response.write(body[start : start + step])
            await asyncio.sleep(fault.seconds / 20)
        await response.write_eof()
        return response

    async def _control(self, request: web.Request) -> web.StreamResponse:
        """Plant faults, read the log, release held-back matches: for use from other processes."""
        name = request.path.removeprefix(CONTROL)
        if name == "log":
            return web.json_response(self.log)
        if name == "chaos":
            return await self._control_chaos(request)
        if request.method == "DELETE" and name == "faults":
            self.faults.clear()
            return web.json_response({"faults": 0})
        if request.method != "POST":
            return web.Response(status=404)
        if name == "robots":
            self.robots = await request.text()
        elif name == "release" and isinstance(self.season, Season):
            self.season.release(int((await request.json())["count"]))
        elif name == "faults":
            try:
                self.faults.add(**await request.json())
            except (TypeError, ValueError) as problem:
                return web.json_response({"error": str(problem)}, status=400)
        else:
            return web.Response(status=404)
        return web.json_response({"faults": len(self.faults.planted)})

    async def _control_chaos(self, request: web.Request) -> web.StreamResponse:
        """Turn chaos on or off; every answer says what it has done so far."""
        counts = self.faults.chaos.counts() if self.faults.chaos else Chaos(share=0).counts()
        if request.method == "DELETE":
            self.faults.chaos = None
        elif request.method == "POST":
            try:
                self.faults.chaos = Chaos(**await request.json())
            except (TypeError, ValueError) as problem:
                return web.json_response({"error": str(problem)}, status=400)
            counts = self.faults.chaos.counts()
        return web.json_response(counts)


def _is_later(changed: str, since: str) -> bool:
    """Whether something changed after a date; what is no date is earlier than all."""
    try:
        return parsedate_to_datetime(changed) > parsedate_to_datetime(since)
    except (TypeError, ValueError):  # no date, or one without a zone
        return True


def _html(status: int, body: bytes, extra: dict[str, str] | None = None) -> Page:
    headers = HTML | (extra or {})
    return Page(status=status, headers=headers, body=body, page_type="error", key=None)


def _plain(status: int, extra: dict[str, str] | None = None) -> Page:
    return _html(status, errors.plain(status).encode(), extra)


def _error_page(fault: Fault) -> Page:
    kind = fault.kind
    mitigated = {"cf-mitigated": "challenge"}
    if kind == "block":
        return _html(403, errors.access_denied().encode())
    if kind == "challenge":
        return _html(403, errors.challenge().encode(), mitigated)
    if kind == "challenge_localized":
        title = errors.LOCALIZED[fault.seen % len(errors.LOCALIZED)]
        return _html(403, errors.challenge(title).encode(), mitigated)
    if kind == "incapsula":
        return _html(200, errors.incapsula().encode())
    if kind == "robots_disallow":
        body = b"User-agent: *\nDisallow: /\n"
        headers = {"Content-Type": "text/plain"}
        return Page(status=200, headers=headers, body=body, page_type="robots", key=None)
    if kind == "empty":
        return _html(200, b"")
    if kind == "soft_error":
        return _html(200, errors.soft_error().encode())
    after = fault.retry_after or ("1" if kind == "429" else None)
    return _plain(int(kind), {"Retry-After": after} if after else None)


@asynccontextmanager
async def serve(
    season: Pages,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    latency: float = 0.0,
    etag: bool = False,
    last_modified: bool = False,
    robots: str = ROBOTS,
) -> AsyncIterator[Replica]:
    """Serve a site until the block ends; `latency` in seconds before every answer."""
    replica = Replica(
        season, latency=latency, etag=etag, last_modified=last_modified, robots=robots
    )
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", replica.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0]
        replica.base_url = f"http://{bound[0]}:{bound[1]}"
        yield replica
    finally:
        await runner.cleanup()
