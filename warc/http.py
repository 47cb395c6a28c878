"""HTTP/1 messages as they lie in record blocks: head, body, and the body decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import brotli

from warc.codec import (
    INFLATE_ERRORS,
    RAW_WINDOW_BITS,
    ZLIB_WINDOW_BITS,
    inflate_all,
    inflate_one,
)
from warc.errors import RecordSyntaxError, UndecodableBody
from warc.fields import Fields
from warc.head import Head, HeadError, read_head
from warc.record import Record
from warc.zstd import decode_frames

# 1 GiB: no page or API answer comes near; a body that inflates further is an attack or damage.
DECODED_LIMIT_BYTES = 1 << 30

_BROTLI_BYTES = 1 << 20
_DECODE_ERRORS: tuple[type[Exception], ...] = (ValueError, *INFLATE_ERRORS)
_NO_CODING = frozenset({"", "identity", "none", "binary"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMessage:
    """A response: `body` is as stored, still content-encoded; field values are Latin-1 text."""

    status: int
    reason: str
    fields: Fields
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A request: `target` is what stands in its first line."""

    method: str
    target: str
    fields: Fields
    body: bytes


def read_response(block: bytes, *, file: str = "response", offset: int = 0) -> HttpMessage:
    """The response a block holds.

    file, offset  where the record lies, for the error's text
    raises        RecordSyntaxError where there is no status line or no end of the head
    """
    head = _head_of(block, file, offset)
    version, _, rest = head.first_line.partition(" ")
    status, _, reason = rest.lstrip(" ").partition(" ")
    if not version or not (status.isascii() and status.isdigit() and len(status) == 3):
        problem = f"not an HTTP status line: {head.first_line[:40]!r}"
        raise RecordSyntaxError(problem, file=file, offset=offset)
    return HttpMessage(
        status=int(status), reason=reason, fields=head.fields, body=block[head.size :]
    )


def read_request(block: bytes, *, file: str = "request", offset: int = 0) -> HttpRequest:
    """The request a block holds; raises RecordSyntaxError where its first line is none."""
    head = _head_of(block, file, offset)
    parts = head.first_line.split(" ")
    if len(parts) < 2 or not parts[0]:
        problem = f"not an HTTP request line: {head.first_line[:40]!r}"
        raise RecordSyntaxError(problem, file=file, offset=offset)
    target = " ".join(parts[1:-1]) if len(parts) > 2 else parts[1]
    return HttpRequest(method=parts[0], target=target, fields=head.fields, body=block[head.size :])


def response_of(record: Record) -> HttpMessage:
    """The response a record holds; errors name the record's place."""
    return read_response(record.block, file=record.file, offset=record.offset)


def decode_body(
    message: HttpMessage | HttpRequest,
    *,
    file: str = "response",
    offset: int = 0,
    limit: int = DECODED_LIMIT_BYTES,
) -> bytes:
    """The body with transfer and content coding removed.

    A body that does not begin as a chunk although Transfer-Encoding says chunked is taken as
    already de-chunked: many writers leave the field (spec/warc.md 0.6). X-Orig- fields count for
    nothing.

    limit   bytes that a body may inflate to
    raises  UndecodableBody where the bytes are not what a field says, or are cut
    """
    body = message.body
    try:
        for coding in _codings(message.fields, "Transfer-Encoding"):
            body = _decode(coding, body, limit)
        for coding in _codings(message.fields, "Content-Encoding"):
            body = _decode(coding, body, limit)
    except _DECODE_ERRORS as error:
        raise UndecodableBody(str(error), file=file, offset=offset) from error
    return body


def payload_readings(block: bytes, *, is_http: bool) -> Iterator[bytes | memoryview]:
    """The payloads that a payload digest may mean: as it stands, and with chunk framing removed.

    Nothing for a block that should be an HTTP message and has no head.
    """
    if not is_http:
        yield block
        return
    try:
        head = read_head(block, "latin-1")
    except HeadError:
        head = _lenient_head(block)
    if head is None:
        return
    body = memoryview(block)[head.size :]
    yield body
    if "chunked" in _codings(head.fields, "Transfer-Encoding"):
        try:
            yield _unchunk(bytes(body))
        except ValueError:
            return


def _lenient_head(block: bytes) -> Head | None:
    """The extent of a head whose lines are not all fields: only where the body begins counts."""
    end = block.find(b"\r\n\r\n")
    return Head("", Fields(), end + 4, bare_lf=False) if end >= 0 else None


def _head_of(block: bytes, file: str, offset: int) -> Head:
    """The head of a message; raises RecordSyntaxError where it has none."""
    try:
        head = read_head(block, "latin-1")
    except HeadError as error:
        raise RecordSyntaxError(f"HTTP head: {error}", file=file, offset=offset) from error
    if head is None:
        raise RecordSyntaxError("no end of the HTTP head", file=file, offset=offset)
    return head


def _codings(fields: Fields, name: str) -> tuple[str, ...]:
    """The codings of a field, the last applied first."""
    named = [part.strip().lower() for value in fields.all(name) for part in value.split(",")]
    return tuple(reversed([coding for coding in named if coding not in _NO_CODING]))


def _decode(coding: str, body: bytes, limit: int) -> bytes:
    """Undo one coding; an empty body (HEAD, 304) stays empty."""
    if not body:
        return body
    if coding == "chunked":
        return _unchunk(body) if _starts_chunk(body) else body
    if coding in {"gzip", "x-gzip"}:
        return inflate_all(body, limit)
    if coding == "deflate":
        return _inflate_deflate(body, limit)
    if coding == "br":
        return _decode_brotli(body, limit)
    if coding == "zstd":
        return decode_frames(body, limit)
    raise ValueError(f"coding is not known: {coding[:40]!r}")


def _starts_chunk(body: bytes) -> bool:
    """Whether a body begins with a chunk size line."""
    line, ended, _ = body[:1024].partition(b"\n")
    size = line.split(b";")[0].strip()
    return bool(ended) and _is_hex(size)


def _is_hex(text: bytes) -> bool:
    """Whether a text is a hexadecimal number of at most 16 digits, nothing else."""
    return 0 < len(text) <= 16 and all(byte in b"0123456789abcdefABCDEF" for byte in text)


def _unchunk(body: bytes) -> bytes:
    """Remove chunk framing (RFC 9112 section 7.1); raises ValueError where it does not hold."""
    pieces: list[bytes] = []
    position = 0
    while True:
        end = body.find(b"\n", position)
        size = body[position:end].split(b";")[0].strip() if end >= 0 else b""
        if not _is_hex(size):
            raise ValueError(f"not a chunk size: {body[position : position + 20]!r}")
        length = int(size, 16)
        if length == 0:
            return b"".join(pieces)
        position = end + 1
        if position + length > len(body):
            raise ValueError(f"a chunk of {length} bytes ends after {len(body) - position}")
        pieces.append(body[position : position + length])
        position += length
        position += 2 if body[position : position + 2] == b"\r\n" else 1


def _inflate_deflate(body: bytes, limit: int) -> bytes:
    """Inflate 'deflate': zlib's format by the standard, a raw stream from several servers."""
    try:
        return inflate_one(body, ZLIB_WINDOW_BITS, limit)[0]
    except _DECODE_ERRORS:
        return inflate_one(body, RAW_WINDOW_BITS, limit)[0]


def _decode_brotli(body: bytes, limit: int) -> bytes:
    """Decode one Brotli stream, a MiB at a time."""
    stream = brotli.Decompressor()
    pieces: list[bytes] = []
    total, fed = 0, body
    try:
        while not stream.is_finished():
            piece = stream.process(fed, output_buffer_limit=_BROTLI_BYTES)
            if not piece and not fed:
                raise ValueError("compressed body ends before its end mark")
            fed = b""
            total += len(piece)
            if total > limit:
                raise ValueError(f"body inflates to more than {limit} bytes")
            pieces.append(piece)
    except brotli.error as error:
        raise ValueError(f"not br: {error}") from error
    return b"".join(pieces)
