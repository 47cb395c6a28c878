"""The HTTP transport against a server of raw bytes: what went over the wire is what is recorded."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Self

import pytest

from fetch.errors import BadAnswer, ConnectionLost, FetchError, TimedOut, Unreachable
from fetch.http_client import HttpClient
from fetch.spool import MEMORY_BYTES, Spool, release
from fetch.transport import Request
from warc.errors import CollectionError
from warc.exchange import Exchange, body_chunks

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]
AGENT = "Warchouse/0.1 (+mailto:me@example.org)"


class RawServer:
    """Answers every request with scripted bytes and keeps what it received."""

    def __init__(self, script: Script, until: bytes = b"\r\n\r\n") -> None:
        self.script = script
        self.until = until
        self.received: list[bytes] = []
        self.url = ""
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.received.append(await reader.readuntil(self.until))
            await self.script(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def says(data: bytes) -> Script:
    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return script


def ask(
    script: Script, target: str = "/", *, deadline_s: float = 5.0, max_body: int = 2**20
) -> tuple[Exchange, bytes, str]:
    """The exchange, the bytes the server received, and its base URL."""

    async def run() -> tuple[Exchange, bytes, str]:
        client = HttpClient(AGENT)
        async with RawServer(script) as server:
            try:
                request = Request(url=server.url + target, deadline_s=deadline_s, max_body=max_body)
                (exchange,) = (await client.fetch(request)).hops
            finally:
                await client.close()
            return exchange, server.received[0], server.url

    return asyncio.run(run())


def body_of(exchange: Exchange) -> bytes:
    body = b"".join(body_chunks(exchange.body))
    release(exchange.body)
    return body


ODD_HEAD = (
    b"HTTP/1.1 200 All  right\r\nSERVER: x\r\nset-cookie: a=1\r\nSet-Cookie: b=2\r\n"
    b"X-Name: caf\xe9\r\nContent-Length: 5\r\n\r\n"
)


@pytest.mark.parametrize(
    "target", ["/", "/a%7Eb?x=%2F&y=a+b", "/results?offset=0&x=%C3%A9", "/a//b/../c;p=1?"]
)
def test_the_request_is_recorded_as_the_server_received_it(target: str) -> None:
    exchange, received, base = ask(says(ODD_HEAD + b"hello"), target)
    assert exchange.request_head == received
    assert received.startswith(f"GET {target.rstrip('?')}".encode())
    assert f"User-Agent: {AGENT}".encode() in received
    assert b"Accept-Encoding: gzip, deflate\r\n" in received
    assert base.removeprefix("http://").encode() in received


def test_the_response_head_keeps_order_case_repetitions_and_bytes() -> None:
    exchange, _, _ = ask(says(ODD_HEAD + b"hello"))
    assert exchange.response_head == ODD_HEAD
    assert body_of(exchange) == b"hello"
    assert exchange.ip == "127.0.0.1"
    assert exchange.truncated == ""
    assert exchange.started_at.tzinfo is not None


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nServer:x\r\nX-Pad:   wide  \r\nContent-Length:5\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nX-Empty:\r\nContent-Length: 5\r\n\r\n",
    ],
)
def test_the_padding_of_header_fields_is_kept(head: bytes) -> None:
    exchange, _, _ = ask(says(head + b"hello"))
    assert exchange.response_head == head
    assert exchange.protocols == (head[:8].decode().lower(),)


def test_a_head_in_pieces_after_an_informational_one_is_kept_whole() -> None:
    async def slowly(writer: asyncio.StreamWriter) -> None:
        for start in range(0, len(ODD_HEAD), 7):
            hint = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" if not start else b""
            writer.write(hint + ODD_HEAD[start : start + 7])
            await writer.drain()
            await asyncio.sleep(0.001)
        writer.write(b"he\r\n\r\n"[:5])

    exchange, _, _ = ask(slowly)
    assert exchange.response_head == ODD_HEAD


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"HTTP/1.1 200 OK\nServer: x\nContent-Length: 5\n\nhello", b"Server: x\r\n"),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 5\r\n\r\nhello", b"A: b"),
    ],
)
def test_a_head_with_odd_lines_is_rebuilt_or_refused(sent: bytes, kept: bytes) -> None:
    try:
        exchange, _, _ = ask(says(sent))
    except BadAnswer:
        return
    assert kept in exchange.response_head
    assert exchange.response_head.endswith(b"\r\n\r\n")
    assert body_of(exchange) == b"hello"


def test_a_request_that_a_kept_connection_loses_is_not_repeated_in_silence() -> None:
    """aiohttp asks again by itself when a reused connection breaks before an answer."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked.append((await reader.readuntil(b"\r\n\r\n")).split()[1])
                if asked[-1] == b"/lost":
                    return
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        client = HttpClient(AGENT)
        try:
            await client.fetch(Request(url=base + "/first"))
            with pytest.raises(ConnectionLost):
                await client.fetch(Request(url=base + "/lost"))
            assert body_of((await client.fetch(Request(url=base + "/next"))).hops[0]) == b"ok"
        finally:
            await client.close()
            server.close()

    asyncio.run(run())
    assert asked == [b"/first", b"/lost", b"/next"]


def test_a_chunked_gzip_body_loses_its_framing_and_keeps_its_coding() -> None:
    packed = gzip.compress(b"page" * 100)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (packed[:10], packed[10:]))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    exchange, _, _ = ask(says(head + chunks + b"0\r\n\r\n"))
    assert exchange.response_head == head
    assert body_of(exchange) == packed


def test_a_redirect_is_one_exchange_with_its_body() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 5\r\n\r\nmoved"
    exchange, _, _ = ask(says(answer))
    assert exchange.response_head.startswith(b"HTTP/1.1 302 Found\r\nLocation: /b")
    assert body_of(exchange) == b"moved"


def test_a_large_body_is_spooled_and_whole() -> None:
    body = bytes(range(256)) * (MEMORY_BYTES // 128)
    exchange, _, _ = ask(
        says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body),
        max_body=len(body),
    )
    assert not isinstance(exchange.body, bytes)
    assert exchange.truncated == ""
    assert body_of(exchange) == body


def test_a_large_body_waits_beside_the_archive_or_says_why_it_cannot(tmp_path: Path) -> None:
    spool = Spool(4 * MEMORY_BYTES, tmp_path)
    assert spool.add(b"x" * MEMORY_BYTES)
    assert spool.add(b"y" * 10)
    body = spool.body()
    assert b"".join(body_chunks(body)) == b"x" * MEMORY_BYTES + b"y" * 10
    release(body)
    spool = Spool(4 * MEMORY_BYTES, tmp_path / "gone")
    with pytest.raises(CollectionError, match=r"a large body cannot be kept in .*gone: No such"):
        spool.add(b"x" * (MEMORY_BYTES + 1))


def test_a_body_over_the_limit_is_cut_and_marked() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    exchange, _, _ = ask(says(head + b"x" * 1000), max_body=100)
    assert body_of(exchange) == b"x" * 100
    assert exchange.truncated == "length"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n",
    ],
)
def test_a_body_that_stops_early_is_kept_and_marked(head: bytes) -> None:
    exchange, _, _ = ask(says(head + b"x" * 100))
    assert body_of(exchange) == b"x" * 100
    assert exchange.truncated == "disconnect"


def test_a_body_that_never_ends_is_cut_at_the_deadline() -> None:
    async def dribble(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc")
        await writer.drain()
        await asyncio.sleep(5.0)

    exchange, _, _ = ask(dribble, deadline_s=1.0)
    assert body_of(exchange) == b"abc"
    assert exchange.truncated == "time"


async def _silence(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.5)


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (_silence, TimedOut),
        (says(b""), ConnectionLost),
        (says(b"HTTP/1.1 200"), ConnectionLost),
        (says(b"SSH-2.0-server\r\n\r\n"), BadAnswer),
    ],
)
def test_no_answer_is_an_error_that_names_the_url(script: Script, error: type[FetchError]) -> None:
    with pytest.raises(error, match=r"^http://127\.0\.0\.1:\d+/: ") as caught:
        ask(script, deadline_s=0.2)
    assert "\n" not in str(caught.value)


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"

        async def run() -> None:
            client = HttpClient(AGENT)
            try:
                await client.fetch(Request(url=url))
            finally:
                await client.close()

        with pytest.raises(Unreachable, match=r"127\.0\.0\.1:\d+/: no connection: "):
            asyncio.run(run())


def test_plain_http_where_tls_is_asked_for_is_unreachable() -> None:
    async def run() -> None:
        client = HttpClient(AGENT)
        async with RawServer(says(b"HTTP/1.1 400 No\r\n\r\n"), until=b"\x16") as server:
            try:
                await client.fetch(Request(url=server.url.replace("http:", "https:")))
            finally:
                await client.close()

    with pytest.raises(Unreachable, match="no secure connection"):
        asyncio.run(run())
