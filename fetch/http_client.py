"""HTTP by aiohttp, recorded as it went over the wire; the only module that imports aiohttp.

Facts: spec/browser-capture.md section 6. The request head is rebuilt from what aiohttp hands to
its writer, and equals what a server receives. Of a response, chunk framing, folded header lines
and informational responses are not kept.
"""

from __future__ import annotations

import asyncio
import os
import time
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import aiohttp
from yarl import URL

from fetch.errors import BadAnswer, ConnectionLost, FetchError, TimedOut, Unreachable
from fetch.spool import Spool
from fetch.transport import Request
from warc.exchange import Exchange, Truncation

# Seconds for a connection, TLS included; the deadline of the exchange holds besides.
_CONNECT_S = 30.0

# Bytes of one header line. aiohttp's own 8 KiB is less than some content security policies.
_HEADER_LIMIT = 65_536


@dataclass(slots=True)
class _Wire:
    """What is noticed of one exchange while it goes by."""

    head: bytes = b""
    ip: str = ""


_wire: ContextVar[_Wire] = ContextVar("wire")


class _Connector(aiohttp.TCPConnector):
    """A connector that notes the peer: small responses release their connection too early."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[aiohttp.tracing.Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the signature is aiohttp's
    ) -> aiohttp.connector.Connection:
        """Connect as ever, and remember with whom."""
        connection = await super().connect(req, traces, timeout)
        if connection.transport is not None:
            peer = connection.transport.get_extra_info("peername")
            _wire.get().ip = peer[0] if peer else ""
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
    connections  most connections to one host at a time
    """

    def __init__(self, user_agent: str, *, connections: int = 1) -> None:
        """Remember the settings; connections open with the first request."""
        # br and zstd are not asked for: common WARC tools fail on them (browser-capture 6).
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
            "Accept-Encoding": "gzip, deflate",
            "Accept-Language": "en",
        }
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, request: Request) -> Exchange:
        """Send one request and record both sides of it."""
        wire = _Wire()
        _wire.set(wire)
        started_at, began = datetime.now(UTC), time.monotonic()
        until = asyncio.get_running_loop().time() + request.deadline_s
        try:
            async with asyncio.timeout_at(until):
                response = await self._send(request.url)
        except TimeoutError as error:
            problem = f"no answer within {request.deadline_s:g} seconds"
            raise TimedOut(problem, url=request.url) from error
        spool = Spool(request.max_body)
        try:
            truncated = await _read_body(response, spool, until)
        except BaseException:
            spool.close()
            raise
        return Exchange(
            url=request.url,
            started_at=started_at,
            request_head=wire.head,
            response_head=_head_of(response),
            body=spool.body(),
            ip=wire.ip,
            truncated=truncated,
            fetch_time_ms=round((time.monotonic() - began) * 1000),
        )

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _send(self, url: str) -> aiohttp.ClientResponse:
        """Await the head of the response; foreign exceptions become FetchError here."""
        if self._session is None:
            self._session = self._open()
        try:
            return await self._session.get(URL(url, encoded=True), allow_redirects=False)
        except Exception as error:
            if translated := _translate(error, url):
                raise translated from error
            raise

    def _open(self) -> aiohttp.ClientSession:
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(_note_head)
        return aiohttp.ClientSession(
            connector=_Connector(
                limit=self._connections, limit_per_host=self._connections, ttl_dns_cache=300
            ),
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S),
            trace_configs=[trace],
            max_line_size=_HEADER_LIMIT,
            max_field_size=_HEADER_LIMIT,
        )


def _translate(error: Exception, url: str) -> FetchError | None:
    """Our name for a failure before the head of a response; None for what is not aiohttp's."""
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
        case aiohttp.ClientError() | ConnectionError():
            return ConnectionLost("the connection closed before an answer", url=url)
    return None


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


def _head_of(response: aiohttp.ClientResponse) -> bytes:
    """Status line and header fields as received, ending in an empty line."""
    version = response.version or aiohttp.HttpVersion11
    reason = (response.reason or "").encode("utf-8", "surrogateescape")
    lines = [b"HTTP/%d.%d %d %s" % (version.major, version.minor, response.status, reason)]
    lines.extend(name + b": " + value for name, value in response.raw_headers)
    return b"\r\n".join(lines) + b"\r\n\r\n"
