"""What a fetch hands to the archive: exchanges as bytes, notes on them, facts of the crawl."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Literal, Protocol

Truncation = Literal["", "length", "time", "disconnect", "unspecified"]

# 1 MiB: large enough that hashing and compressing dominate, small enough to hold beside a page.
CHUNK_BYTES = 1 << 20


class Body(Protocol):
    """A body too large for memory; it can be read from its start any number of times."""

    @property
    def size(self) -> int:
        """Length in bytes."""

    def chunks(self) -> Iterator[bytes]:
        """Yield the whole body from its start."""


@dataclass(frozen=True, slots=True)
class SpooledBody:
    """A body kept in a seekable file, for instance a SpooledTemporaryFile."""

    file: BinaryIO
    size: int

    def chunks(self) -> Iterator[bytes]:
        """Yield the whole body from its start, at most 1 MiB at a time."""
        self.file.seek(0)
        while chunk := self.file.read(CHUNK_BYTES):
            yield chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request with its response, as the transport saw them.

    started_at     aware UTC; the WARC-Date of all its records
    request_head   request line and fields as sent, including the empty line
    response_head  status line and fields as received, including the empty line
    body           transfer coding removed, content coding kept
    ip             address of the peer, "" if unknown
    protocols      WARC-Protocol values: ("http/1.1",), ("h2", "tls/1.3")
    truncated      why the body is shorter than the site meant it, "" if it is not
    masked         where secrets were replaced: of "request", "response", "resource", by blanks
    """

    url: str
    started_at: datetime
    request_head: bytes
    request_body: bytes = b""
    response_head: bytes
    body: bytes | Body
    ip: str = ""
    protocols: tuple[str, ...] = ("http/1.1",)
    truncated: Truncation = ""
    fetch_time_ms: int = 0
    masked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What was made of a page and is no exchange: a `resource` record beside its response.

    url  `urn:dom:`, `urn:pageinfo:` or `urn:view:`, followed by the page's URL
    at   aware UTC; the time of the page's own exchange, as all records of a capture have
    """

    url: str
    content_type: str
    payload: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What the crawler knows of an exchange or a URL: the fields of a metadata record.

    fields  pairs such as ("via", URL), ("hopsFromSeed", "L"), ("verdict", "content")
    """

    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlInfo:
    """What the warcinfo record of each file says about the crawl.

    base_url  the site's own address, or the one that stands in for it
    robots    the policy followed: "obey", "ignore"
    operator  who can be asked about the crawl, "" if nobody is named
    """

    software: str
    source: str
    base_url: str
    robots: str = "obey"
    operator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisitTarget:
    """The response that a revisit refers to: already archived and synced.

    unmodified  the server said that it still holds (304); else the payload was sent again
    """

    url: str
    record_id: str
    date: datetime
    payload_digest: str
    unmodified: bool = False


def body_chunks(body: bytes | Body) -> Iterator[bytes]:
    """Yield a body piece by piece, wherever it is kept."""
    if isinstance(body, bytes):
        yield body
    else:
        yield from body.chunks()


def body_size(body: bytes | Body) -> int:
    """Length of a body in bytes, wherever it is kept."""
    return len(body) if isinstance(body, bytes) else body.size
