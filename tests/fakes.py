"""Stand-ins for the network and for time; they implement the real protocols."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from fetch.errors import FetchError
from fetch.transport import Fetched, Request
from warc.exchange import Exchange, SpooledBody, Truncation

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(slots=True)
class FakeClock:
    """A clock that only moves when somebody waits."""

    elapsed_s: float = 0.0
    start: datetime = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.elapsed_s)

    def monotonic(self) -> float:
        return self.elapsed_s

    async def sleep(self, seconds: float, stopped: Callable[[], bool]) -> None:
        assert seconds > 0
        if not stopped():
            self.slept.append(seconds)
            self.elapsed_s += seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeAnswer:
    """What a fake site says; `body` is sent gzipped unless it was cut.

    spooled  it comes in pieces and waits in a file, as large bodies do
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    truncated: Truncation = ""
    spooled: bool = False


@dataclass(frozen=True, slots=True)
class InPieces(SpooledBody):
    """A body in a file that is read in small pieces, so that its record takes several writes."""

    def chunks(self) -> Iterator[bytes]:
        self.file.seek(0)
        while chunk := self.file.read(PIECE_BYTES):
            yield chunk


PIECE_BYTES = 8_192


def spooled(body: bytes) -> InPieces:
    """A body that waits in a file."""
    file = TemporaryFile()  # noqa: SIM115 - whoever archives the body closes it
    file.write(body)
    return InPieces(file=cast("BinaryIO", file), size=len(body))


Site = Callable[[str], FakeAnswer | FetchError]


@dataclass(slots=True)
class FakeTransport:
    """Asks a function instead of a network, and takes a while over it.

    log  (seconds at which a request began, URL), in order
    """

    site: Site
    clock: FakeClock
    latency_s: float = 0.2
    log: list[tuple[float, str]] = field(default_factory=list)

    async def fetch(self, request: Request) -> Fetched:
        self.log.append((self.clock.monotonic(), request.url))
        started_at = self.clock.now()
        self.clock.elapsed_s += self.latency_s
        answer = self.site(request.url)
        if isinstance(answer, FetchError):
            raise answer
        body = gzip.compress(answer.body, 1, mtime=0)
        coding = "Content-Encoding: gzip\r\n"
        if answer.truncated:
            body, coding = answer.body, ""
        lines = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        head = (
            f"HTTP/1.1 {answer.status} Said\r\n{coding}{lines}Content-Length: {len(body)}\r\n\r\n"
        )
        exchange = Exchange(
            url=request.url,
            started_at=started_at,
            request_head=f"GET {request.url} HTTP/1.1\r\nHost: fake\r\n\r\n".encode(),
            response_head=head.encode(),
            body=spooled(body) if answer.spooled else body,
            ip="127.0.0.1",
            truncated=answer.truncated,
            fetch_time_ms=round(self.latency_s * 1000),
        )
        return Fetched(hops=(exchange,))

    async def close(self) -> None:
        """Nothing to let go of."""
