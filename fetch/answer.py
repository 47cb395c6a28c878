"""An exchange read as far as a crawl must: status, fields, decoded body.

This runs for every page, so the ordinary answer (gzip, whole, in memory) takes a short way; all
others go through `warc.http`, which both ways must agree with (tests/fetch/test_answer.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from warc.codec import GZIP_WINDOW_BITS, INFLATE_ERRORS, inflater
from warc.errors import ArchiveError
from warc.exchange import Body, Exchange, body_chunks, body_size
from warc.fields import Fields
from warc.http import DECODED_LIMIT_BYTES, HttpMessage, decode_body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    headers  lower-case names; of a repeated field the last value
    body     decoded; None where it is not what its coding says, or is longer than the limit
    """

    status: int
    headers: dict[str, str]
    body: bytes | None


def read_answer(exchange: Exchange, *, limit: int = DECODED_LIMIT_BYTES) -> Answer:
    """The answer of an exchange; its head is one that the transport understood.

    limit  bytes that are read of a body, as sent and decoded
    """
    lines = exchange.response_head.decode("latin-1").split("\r\n")
    pairs = [(name.lower(), value.strip()) for name, _, value in _split(lines[1:])]
    headers = dict(pairs)
    status = int(lines[0].split(" ", 2)[1])
    if body_size(exchange.body) > limit:
        return Answer(status, headers, None)
    body = _bytes_of(exchange.body)
    plain = _short_way(headers.get("content-encoding", ""), body, limit)
    if plain is None:
        plain = _long_way(status, pairs, body, limit)
    return Answer(status, headers, plain)


def _split(lines: list[str]) -> list[tuple[str, str, str]]:
    """Header lines as name, colon and value."""
    return [line.partition(":") for line in lines if line]


def _short_way(coding: str, body: bytes, limit: int) -> bytes | None:
    """The body where it is not encoded, or one whole gzip member; None for all else."""
    if not coding or not body:
        return body
    if coding != "gzip" or len(body) < 18:
        return None
    size = int.from_bytes(body[-4:], "little")
    if size > limit:
        return None
    stream = inflater(GZIP_WINDOW_BITS)
    try:
        plain = stream.decompress(body, size + 1)
    except INFLATE_ERRORS:
        return None
    return plain if stream.eof and not stream.unused_data else None


def _long_way(status: int, pairs: list[tuple[str, str]], body: bytes, limit: int) -> bytes | None:
    """The body by whatever coding its fields name."""
    # The transport has removed the chunk framing that the head still speaks of.
    fields = Fields(pair for pair in pairs if pair[0] != "transfer-encoding")
    try:
        message = HttpMessage(status=status, reason="", fields=fields, body=body)
        return decode_body(message, limit=limit)
    except ArchiveError:
        return None


def _bytes_of(body: bytes | Body) -> bytes:
    """A body in memory, once: joining the pieces of a large one would hold it twice."""
    if isinstance(body, bytes):
        return body
    whole = BytesIO()
    for chunk in body_chunks(body):
        whole.write(chunk)
    return whole.getvalue()
