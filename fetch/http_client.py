"""HTTP by aiohttp, recorded as it went over the wire; the only module that imports aiohttp.

Facts: spec/browser-capture.md section 6. The request head is rebuilt from what aiohttp hands to
its writer, and equals what a server receives. The response head is taken from the bytes as they
come in; only one with folded lines or bare line feeds is rebuilt from its parsed fields. Chunk
framing and informational responses are not kept. A request goes out once: what aiohttp would
repeat by itself, after a kept connection broke, is a failed attempt that the crawl paces.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import aiohttp
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from fetch.errors import BadAnswer, ConnectionLost, FetchError, TimedOut, Unreachable
from fetch.spool import Spool
from fetch.transport import HTML, Fetched, Request
from warc.exchange import Exchange, Truncation

# Seconds for a connection, TLS included; the deadline of the exchange holds besides.
_CONNECT_S = 30.0

# Bytes of one header line. aiohttp's own 8 KiB is less than some content security policies.
_HEADER_LIMIT = 65_536


# Bytes of a response head that are looked at for its end; aiohttp refuses longer ones.
_HEAD_LIMIT = 1 << 20

_HEAD_END = b"\r\n\r\n"
_INFORMATIONAL = re.compile(rb"HTTP/1\.[01] 1(?!01)\d\d")


@dataclass(slots=True)
class _Wire:
    """What is noticed of one exchange while it goes by.

    head      of the request, as sent
    received  the response from its first byte, until its head has ended
    answer    head of the response as received, b"" while it has no end
    """

    head: bytes = b""
    received: bytearray = field(default_factory=bytearray)
    answer: bytes = b""
    ip: str = ""
    tls: str = ""
    connected: bool = False

    def note(self, data: bytes) -> bool:
        """Take bytes of the response; False once its head is known, or has no end in sight."""
        self.received += data
        while (end := self.received.find(_HEAD_END)) >= 0:
            end += len(_HEAD_END)
            if not _INFORMATIONAL.match(self.received):
                self.answer = bytes(self.received[:end])
                self.received.clear()
                return False
            del self.received[:end]
        return len(self.received) < _HEAD_LIMIT


_wire: ContextVar[_Wire] = ContextVar("wire")


class _Recorder(ResponseHandler):
    """aiohttp's protocol of a connection, with an eye on the bytes before they are parsed."""

    wire: _Wire | None = None

    def data_received(self, data: bytes) -> None:
        """Note the head of the response that is awaited, and parse as ever."""
        if self.wire is not None and not self.wire.note(data):
            self.wire = None
        super().data_received(data)


def _recorder(loop: asyncio.AbstractEventLoop) -> ResponseHandler:
    """A protocol for a new connection."""
    return _Recorder(loop)


class _Connector(aiohttp.TCPConnector):
    """A connector that notes the peer: small responses release their connection too early."""

    def __init__(self, *, connections: int) -> None:
        super().__init__(limit=connections, limit_per_host=connections, ttl_dns_cache=300)
        # No public way leads to the bytes; a test compares what is recorded with what was sent.
        self._factory = partial(_recorder, loop=self._loop)

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[aiohttp.tracing.Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the signature is aiohttp's
    ) -> aiohttp.connector.Connection:
        """Connect as ever, and remember with whom; a second time for one request is refused."""
        wire = _wire.get()
        if wire.connected:
            raise aiohttp.ServerDisconnectedError
        wire.connected = True
        connection = await super().connect(req, traces, timeout)
        if connection.transport is not None:
            peer = connection.transport.get_extra_info("peername")
            wire.ip = peer[0] if peer else ""
            secured = connection.transport.get_extra_info("ssl_object")
            wire.tls = secured.version() or "" if secured is not None else ""
        if isinstance(connection.protocol, _Recorder):
            connection.protocol.wire = wire
        return connection


async def _note_head(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    sent: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    """Rebuild the request head as aiohttp serialises it."""
    lines = [f"{sent.method} {sent.url.raw_path_qs} HTTP/1.1"]
    lines.extend(f"{name}: {value}" for name, value in sent.headers.items())
    _wire.get().head = ("\r\n".join(lines) + "\r\n\r\n").encode()


class HttpClient:
    """A transport over HTTP/1.1: honest about who asks, one exchange per redirect hop.

    user_agent   sent with every request; names the program and its operator
    accept       media types, sent with every request
    connections  most connections to one host at a time
    folder       where large bodies wait until they are archived; None: the system's place
    """

    def __init__(
        self,
        user_agent: str,
        *,
        accept: str = HTML,
        connections: int = 1,
        folder: Path | None = None,
    ) -> None:
        """Remember the settings; connections open with the first request."""
        # br and zstd are not asked for: common WARC tools fail on them (browser-capture 6).
        self._headers = {
            "User-Agent": user_agent,
            "Accept": accept,
            "Accept-Encoding": "gzip, deflate",
            "Accept-Language": "en",
        }
        self._connections = connections
        self._folder = folder
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, request: Request) -> Fetched:
        """Send one request and record both sides of it; CollectionError where a disk refuses."""
        wire = _Wire()
        _wire.set(wire)
        started_at, began = datetime.now(UTC), time.monotonic()
        until = asyncio.get_running_loop().time() + request.deadline_s
        try:
            async with asyncio.timeout_at(until):
                response = await self._send(request)
        except TimeoutError as error:
            problem = f"no answer within {request.deadline_s:g} seconds"
            raise TimedOut(problem, url=request.url) from error
        spool = Spool(request.max_body, self._folder)
        try:
            truncated = await _read_body(response, spool, until)
        except BaseException:
            spool.close()
            raise
        exchange = Exchange(
            url=request.url,
            started_at=started_at,
            request_head=wire.head,
            response_head=_head_of(response, wire.answer),
            body=spool.body(),
            ip=wire.ip,
            protocols=_protocols(response, wire.tls),
            truncated=truncated,
            fetch_time_ms=round((time.monotonic() - began) * 1000),
        )
        return Fetched(hops=(exchange,))

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _send(self, request: Request) -> aiohttp.ClientResponse:
        """Await the head of the response; foreign exceptions become FetchError here."""
        if self._session is None:
            self._session = self._open()
        try:
            return await self._session.get(
                URL(request.url, encoded=True), headers=request.headers, allow_redirects=False
            )
        except (aiohttp.ClientError, ConnectionError) as error:
            raise _translate(error, request.url) from error

    def _open(self) -> aiohttp.ClientSession:
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(_note_head)
        return aiohttp.ClientSession(
            connector=_Connector(connections=self._connections),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            # Neither proxies nor passwords of the environment and .netrc: what goes out is ours.
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
            trace_configs=[trace],
            max_line_size=_HEADER_LIMIT,
            max_field_size=_HEADER_LIMIT,
        )


def _translate(error: aiohttp.ClientError | ConnectionError, url: str) -> FetchError:
    """Our name for a failure before the head of a response."""
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return Unreachable(f"no secure connection: {error}", url=url)
        case aiohttp.ClientConnectorDNSError():
            return Unreachable("the host name is unknown", url=url)
        case aiohttp.ClientConnectorError():
            cause = os.strerror(error.os_error.errno) if error.os_error.errno else str(error)
            return Unreachable(f"no connection: {cause}", url=url)
        case aiohttp.ServerTimeoutError():
            return TimedOut("no connection in time", url=url)
        case aiohttp.InvalidURL() | aiohttp.ClientResponseError():
            return BadAnswer(f"not HTTP as expected: {error}".splitlines()[0], url=url)
        case _:
            return ConnectionLost("the connection closed before an answer", url=url)


async def _read_body(response: aiohttp.ClientResponse, spool: Spool, until: float) -> Truncation:
    """Move the body into the spool; says why it is cut, if it is.

    until  time of the event loop at which the exchange must be over
    """
    truncated: Truncation = ""
    try:
        async with asyncio.timeout_at(until):
            async for chunk in response.content.iter_any():
                if not spool.add(chunk):
                    truncated = "length"
                    break
    except TimeoutError:
        truncated = "time"
    except (aiohttp.ClientError, ConnectionError):
        truncated = "disconnect"
    if truncated:
        response.close()
    else:
        response.release()
    return truncated


def _head_of(response: aiohttp.ClientResponse, received: bytes) -> bytes:
    """Status line and header fields as received, ending in an empty line.

    received  the head on the wire; where its lines are not one field each, it is rebuilt
    """
    fields = response.raw_headers
    if received.count(b"\n") == received.count(b"\r\n") == len(fields) + 2:
        return received
    version = response.version or aiohttp.HttpVersion11
    reason = (response.reason or "").encode("utf-8", "surrogateescape")
    lines = [b"HTTP/%d.%d %d %s" % (version.major, version.minor, response.status, reason)]
    lines.extend(name + b": " + value for name, value in fields)
    return b"\r\n".join(lines) + _HEAD_END


def _protocols(response: aiohttp.ClientResponse, tls: str) -> tuple[str, ...]:
    """WARC-Protocol values: "http/1.1", and "tls/1.3" where ssl says 'TLSv1.3'."""
    version = response.version or aiohttp.HttpVersion11
    spoken = f"http/{version.major}.{version.minor}"
    return (spoken, tls.lower().replace("v", "/")) if tls else (spoken,)
