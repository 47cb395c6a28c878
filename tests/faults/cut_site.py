"""A season over real sockets, by a server that breaks a connection at its n-th write.

It writes HTTP by hand: heads in two pieces, bodies in some, chunked and with a length by turns. So
an answer can break before its head, inside it, before the body, inside a chunk or between two.
"""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Literal

from fetch.http_client import HttpClient
from fetch.transport import Fetched, Request
from tests.fakes import FakeAnswer
from tests.faults.a_run import SeasonSite

Break = Literal["reset", "close"]
PIECE = 4096


class Broken(Exception):
    """The connection is over."""


class CutSite(SeasonSite):
    """The season on a loopback port that stays the same; write number `breaks_at` breaks.

    kind  "reset": the peer sees a reset, what it had not read is gone; "close": the end comes early
    """

    def __init__(self, *, matches: int) -> None:
        super().__init__(matches=matches)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.writes = 0
        self.breaks_at = 0
        self.kind: Break = "reset"
        self.whole: Counter[str] = Counter()
        self.begun: defaultdict[str, set[bytes]] = defaultdict(set)

    def begin(self, breaks_at: int = 0, kind: Break = "reset") -> None:
        """A run starts."""
        self.writes, self.breaks_at, self.kind = 0, breaks_at, kind

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answer until the block ends."""
        server = await asyncio.start_server(self._connected, sock=self._socket.dup())
        try:
            yield
        finally:
            server.close()

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()

    def was_sent(self, url: str, body: bytes, *, is_cut: bool) -> bool:
        """See `tests.faults.nothing_lost.Sent`; what was cut is the beginning of an answer."""
        if is_cut:
            return any(one.startswith(body) for one in self.begun[url])
        return super().was_sent(url, body, is_cut=False)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Else the second half of a head waits 40 ms for the first one's acknowledgement.
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                await self._answer_on(writer, request.split(b" ")[1].decode())
        except (asyncio.IncompleteReadError, ConnectionError, Broken):
            pass
        finally:
            writer.close()

    async def _answer_on(self, writer: asyncio.StreamWriter, target: str) -> None:
        url = self.base_url + target
        answer = self.page(target)
        body = gzip.compress(answer.body, 1, mtime=0)
        self.asked[url] += 1
        self.begun[url].add(body)
        for piece in _pieces(answer, body, chunked=bool(self.asked[url] + len(target) & 1)):
            self.writes += 1
            if self.writes == self.breaks_at:
                if self.kind == "reset":
                    writer.transport.abort()
                raise Broken
            writer.write(piece)
            await writer.drain()
        self.sent[url].add(body)
        self.whole[url] += 1


def _pieces(answer: FakeAnswer, body: bytes, *, chunked: bool) -> Iterator[bytes]:
    coding = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    yield b"HTTP/1.1 "
    yield f"{answer.status} Said\r\nContent-Encoding: gzip\r\n{coding}\r\n\r\n".encode()
    for start in range(0, len(body), PIECE):
        piece = body[start : start + PIECE]
        yield b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
    if chunked:
        yield b"0\r\n\r\n"


class Asking:
    """The real HTTP client, with the server in the same loop for as long as it is used."""

    def __init__(self, site: CutSite) -> None:
        self._site = site
        self._client = HttpClient("test")
        self._serving = site.serving()
        self._is_serving = False

    async def fetch(self, request: Request) -> Fetched:
        """See `fetch.transport.Transport`."""
        if not self._is_serving:
            self._is_serving = True
            await self._serving.__aenter__()
        return await self._client.fetch(request)

    async def close(self) -> None:
        """Let go of both ends."""
        await self._client.close()
        if self._is_serving:
            await self._serving.__aexit__(None, None, None)
