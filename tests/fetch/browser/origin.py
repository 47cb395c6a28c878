"""A server that says exactly what it is told to, byte by byte, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answering = Callable[["Turn"], Awaitable[None]]
Answer = bytes | Answering


@dataclass(slots=True, kw_only=True)
class Turn:
    """One request, and the way to answer it piece by piece."""

    head: bytes
    body: bytes
    writer: asyncio.StreamWriter

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode("ascii")

    def value(self, name: bytes) -> str:
        for line in self.head.split(b"\r\n")[1:]:
            found, _, value = line.partition(b":")
            if found.lower() == name:
                return value.strip().decode("latin-1")
        return ""

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def abort(self) -> None:
        self.writer.transport.abort()


@dataclass(slots=True)
class Origin:
    """Answers by path; what it does not know is a 404.

    greeting  said at once to whoever connects: then this is no HTTP server
    """

    answers: Mapping[str, Answer]
    greeting: bytes = b""
    base: str = ""
    turns: list[Turn] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    first: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def paths(self) -> list[str]:
        return [turn.path for turn in self.turns]

    def url(self, path: str) -> str:
        return self.base + path

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            writer.write(self.greeting)
            head = await reader.readuntil(b"\r\n\r\n")
            turn = Turn(head=head, body=b"", writer=writer)
            if length := turn.value(b"content-length"):
                turn.body = await reader.readexactly(int(length))
            self.turns.append(turn)
            self.first.set()
            answer = self.answers.get(turn.path, page(b"<p>unknown", status=b"404 Not Found"))
            if isinstance(answer, bytes):
                await turn.say(answer)
            else:
                await answer(turn)
        writer.close()


def page(
    body: bytes, kind: bytes = b"text/html; charset=utf-8", *more: bytes, status: bytes = b"200 OK"
) -> bytes:
    """A whole response."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *more]
    if kind:
        lines.append(b"Content-Type: " + kind)
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


@asynccontextmanager
async def serving(answers: Mapping[str, Answer], greeting: bytes = b"") -> AsyncIterator[Origin]:
    """An origin that listens on loopback."""
    origin = Origin(answers, greeting)
    busy: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(origin.serve(reader, writer))
        busy.add(task)
        task.add_done_callback(busy.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 22)
    origin.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield origin
    finally:
        server.close()
        for task in tuple(busy):
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        for writer in origin.writers:
            writer.transport.abort()
        await asyncio.sleep(0.01)
