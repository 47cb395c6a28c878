"""The API and the telemetry CDN over HTTP on the loopback interface, on two ports."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from aiohttp import web

from tests.replica.faults import Fault, Faults
from tests.replica.pubg.api import Answer, answer
from tests.replica.pubg.clock import Clock, RateLimit
from tests.replica.pubg.control import CONTROL, control
from tests.replica.pubg.documents import telemetry_path
from tests.replica.pubg.match import Match
from tests.replica.pubg.season import RETENTION, PubgSeason

KEY = "replica-key"
STRUCK = ("/shards/", "/tournaments", "/bluehole-pubg/")
CHUNK = 16_384
DENIED = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came: headers by lower-case name; status 0 for a reset connection."""

    host: str
    method: str
    target: str
    headers: Mapping[str, str]
    status: int
    at: datetime


@dataclass(slots=True)
class PubgReplica:
    """Two running servers: their addresses, their clock, what they were asked, what they do wrong.

    keys          the API keys that are let in
    is_steady     a reply is the same each time, its ids of participants too
    strict_batch  one unknown name makes a whole batch of `/players` 404 (section 1.3 leaves it open)
    api_log       requests to the API; cdn_log: requests to the CDN
    """

    season: PubgSeason
    clock: Clock
    limits: RateLimit
    keys: set[str] = field(default_factory=lambda: {KEY})
    strict_batch: bool = False
    is_steady: bool = False
    api_url: str = ""
    cdn_url: str = ""
    api_log: list[Asked] = field(default_factory=list)
    cdn_log: list[Asked] = field(default_factory=list)
    faults: Faults = field(default_factory=lambda: Faults(pages=STRUCK))
    served: int = 0
    sent: dict[str, set[str]] = field(default_factory=dict)
    """SHA-1 of every body as it was sent, by path and query."""
    _telemetry: dict[str, Match] = field(default_factory=dict)
    _packed: dict[str, bytes] = field(default_factory=dict)

    @property
    def nonce(self) -> int:
        """What the random ids of a reply depend on."""
        return 0 if self.is_steady else self.served

    async def handle_api(self, request: web.Request) -> web.StreamResponse:
        """Answer a request to the API."""
        if request.path.startswith(CONTROL):
            return await control(self, request)
        fault = self.faults.take(request.raw_path)
        found = (
            answer(self, request) if fault is None or fault.kind in TRANSPORT else _broken(fault)
        )
        found.headers.setdefault("x-request-id", str(uuid.UUID(int=self.served, version=4)))
        found.headers.setdefault("x-cache", "Miss from cloudfront")
        found.headers["via"] = "1.1 5f0ae2c3d1b84a97c6e2f10b9d7a3e48.cloudfront.net (CloudFront)"
        found.headers["x-amz-cf-id"] = hashlib.sha256(str(self.served).encode()).hexdigest()[:56]
        return await self._send(request, found, fault, self.api_log)

    async def handle_cdn(self, request: web.Request) -> web.StreamResponse:
        """Answer a request for telemetry; nobody needs a key here."""
        fault = self.faults.take(request.raw_path)
        if fault is None or fault.kind in TRANSPORT:
            found = self._telemetry_of(request)
        else:
            found = _broken(fault)
        found.headers["Server"] = "AmazonS3"
        return await self._send(request, found, fault, self.cdn_log)

    def _telemetry_of(self, request: web.Request) -> Answer:
        if not self._telemetry:
            self._telemetry = {telemetry_path(one): one for one in self.season}
        match, now = self._telemetry.get(request.path), self.clock.now()
        if match is None or match.available_at > now or match.start <= now - RETENTION:
            return Answer(403, DENIED, {"Content-Type": "application/xml"})
        headers = {
            "Content-Type": "application/json",
            "Last-Modified": format_datetime(match.available_at, usegmt=True),
            "ETag": f'"{hashlib.md5(match.telemetry).hexdigest()}"',
            "Accept-Ranges": "bytes",
        }
        return Answer(200, match.telemetry, headers, packed_as=match.row.match_id)

    async def _send(
        self, request: web.Request, found: Answer, fault: Fault | None, log: list[Asked]
    ) -> web.StreamResponse:
        """Send an answer: gzip if wanted; chunked, but for every second short one."""
        self.served += 1
        is_reset = fault is not None and fault.kind == "reset"
        headers = {name.lower(): value for name, value in request.headers.items()}
        status = 0 if is_reset else found.status
        log.append(
            Asked(request.host, request.method, request.raw_path, headers, status, self.clock.now())
        )
        if is_reset:
            assert request.transport is not None
            request.transport.abort()
            return web.Response(status=500)
        response = web.StreamResponse(status=found.status, headers=found.headers)
        response.headers["Date"] = format_datetime(self.clock.now(), usegmt=True)
        body = found.body
        if body and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = await self._pack(found)
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Vary"] = "Accept-Encoding"
        self.sent.setdefault(request.raw_path, set()).add(hashlib.sha1(body).hexdigest())
        if fault and fault.kind == "truncated":
            return await _cut(request, response, body)
        if found.packed_as or (self.served % 2 and body):
            response.enable_chunked_encoding()
        else:
            response.content_length = len(body)
        pause = fault.seconds * CHUNK / max(CHUNK, len(body)) if fault else 0.0
        with suppress(ConnectionError):  # a client that was killed
            await response.prepare(request)
            for start in range(0, len(body) if request.method != "HEAD" else 0, CHUNK):
                await response.write(body[start : start + CHUNK])
                if pause:
                    await asyncio.sleep(pause)
            await response.write_eof()
        return response

    async def _pack(self, found: Answer) -> bytes:
        """The body as gzip; telemetry is packed once, aside."""
        if not found.packed_as:
            return gzip.compress(found.body, 1, mtime=0)
        if found.packed_as not in self._packed:
            body = await asyncio.to_thread(gzip.compress, found.body, 6, mtime=0)
            self._packed[found.packed_as] = body
        return self._packed[found.packed_as]


TRANSPORT = frozenset({"reset", "truncated", "slow"})


def _broken(fault: Fault) -> Answer:
    """The answer of a fault that is no matter of transport."""
    if fault.kind == "empty":
        return Answer(200, b"", {})
    if not fault.kind.isdigit():
        message = f"an API has no fault of kind {fault.kind!r}"
        raise ValueError(message)
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    return Answer(int(fault.kind), b"", headers)


async def _cut(
    request: web.Request, response: web.StreamResponse, body: bytes
) -> web.StreamResponse:
    """Announce a body and send half of it."""
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: max(1, len(body) // 2)])
    response.force_close()
    if request.transport is not None:
        request.transport.close()
    return response


@asynccontextmanager
async def serve(
    season: PubgSeason,
    *,
    clock: Clock | None = None,
    limit: int = 10,
    window_s: float = 60.0,
    strict_batch: bool = False,
    is_steady: bool = False,
    port: int = 0,
    cdn_port: int = 0,
) -> AsyncIterator[PubgReplica]:
    """Serve a season until the block ends; the clock stands at the season's end unless given.

    limit, window_s  requests a key may make to limited endpoints, in so many seconds
    """
    limits = RateLimit(limit, window_s)
    replica = PubgReplica(season, clock or Clock(season.end), limits, strict_batch=strict_batch)
    replica.is_steady = is_steady
    runners = []
    try:
        for handler, wanted in ((replica.handle_api, port), (replica.handle_cdn, cdn_port)):
            app = web.Application()
            app.router.add_route("*", "/{tail:.*}", handler)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
            runners.append(runner)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", wanted).start()
        replica.api_url, replica.cdn_url = (
            f"http://127.0.0.1:{runner.addresses[0][1]}" for runner in runners
        )
        yield replica
    finally:
        for runner in runners:
            await runner.cleanup()
