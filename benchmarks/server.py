"""A server that costs next to nothing: pages made beforehand, written in one call.

Serves a target with `n=N` as page N modulo the number of pages, and `/served` as how many pages it
has served. The client is what is measured, so the server does no more than find the blank line
that ends a request.
"""

from __future__ import annotations

import argparse
import asyncio
import pickle
import re
from collections import Counter
from pathlib import Path

TARGET = re.compile(rb"GET /(?:results|matches|stats)[^ ]*[?&]n=(\d+)")


class Serving(asyncio.Protocol):
    """One connection: answers requests in the order they come."""

    def __init__(self, responses: list[bytes], served: Counter[str]) -> None:
        """Take the ready-made responses, and the count that all connections share."""
        self.responses = responses
        self.served = served
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request in the buffer."""
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            self.transport.write(self.answer(head))

    def answer(self, head: bytes) -> bytes:
        """The response to one request head."""
        if found := TARGET.match(head):
            self.served["pages"] += 1
            return self.responses[int(found.group(1)) % len(self.responses)]
        if head.startswith(b"GET /served "):
            count = str(self.served["pages"]).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(count), count)
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


async def serve(pages: list[bytes]) -> None:
    """Serve on any free port of loopback, and print which."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
    )
    responses = [head % len(page) + page for page in pages]
    served: Counter[str] = Counter()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Serving(responses, served), "127.0.0.1", 0)
    print(f"serving http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Read the pages and serve them until killed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("pages", type=Path)
    asyncio.run(serve(pickle.loads(options.parse_args().pages.read_bytes())))


if __name__ == "__main__":
    main()
