"""Whether the HTTP message in a record is framed as it says, and can be decoded. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from warc import digest
from warc.archives.findings import Finding
from warc.errors import ArchiveError
from warc.fields import Fields
from warc.http import HttpMessage, decode_body, payload_readings, read_request, read_response
from warc.record import Record

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [1-9]\d\d(?: (.*))?", re.DOTALL)
_REQUEST_LINE = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S.* HTTP/1\.[01]", re.DOTALL)
_LATER = re.compile(rb"(?:HTTP/[23](?:\.0)? )|(?:.* HTTP/[23](?:\.0)?$)", re.DOTALL)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}[ \t]*(?:;[^\r\n]*)?\r?\n")

_NO_BODY = frozenset({204, 304})


def message_findings(record: Record, *, is_arc: bool) -> Iterator[Finding]:
    """Yield what is wrong with the HTTP message a record holds; nothing where it holds none."""
    if not _is_message(record):
        return
    for kind, detail in _of_message(record, is_arc=is_arc):
        yield Finding(kind=kind, detail=detail, file=record.file, offset=record.offset)


def _is_message(record: Record) -> bool:
    """Whether a record's block is an HTTP message; a revisit may leave it out."""
    if record.type not in {"request", "response", "revisit"}:
        return False
    if record.type == "revisit" and not record.block:
        return False
    content_type = (record.fields.first("Content-Type") or "").lower()
    return content_type.startswith("application/http")


def _of_message(record: Record, *, is_arc: bool) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a message."""
    head_end = re.search(rb"\n\r?\n", record.block)
    head = record.block[: head_end.start()] if head_end else record.block
    first, *rest = head.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
    yield from _first_line(record, first.rstrip(b"\r"))
    if head_end and head.count(b"\n") != head.count(b"\r\n"):
        yield "http-lines", "lines of the HTTP head end in LF alone"
    for line in rest:
        name = line.partition(b":")[0]
        if line[:1] not in {b" ", b"\t"} and not _NAME.fullmatch(name):
            yield "http-field", f"not the name of a field: {name[:40].decode('latin-1')!r}"
    is_request = record.type == "request"
    try:
        message = (read_request if is_request else read_response)(record.block)
    except ArchiveError as error:
        if is_request and head_end is None:
            yield "http-request-end", "the head of the request has no empty line at its end"
        elif not _LATER.match(first):
            yield "http-head", error.problem
        return
    if isinstance(message, HttpMessage) and record.type == "response":
        yield from _length(record, message, is_arc=is_arc)
        yield from _decoding(record, message)
        yield from _digest_reading(record, message)


def _first_line(record: Record, line: bytes) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a status or request line."""
    shown = repr(line[:40].decode("latin-1"))
    pattern = _REQUEST_LINE if record.type == "request" else _STATUS_LINE
    found = pattern.fullmatch(line)
    if found is None:
        yield ("http-version" if _LATER.match(line) else "http-first-line"), shown
    elif record.type != "request" and not found.group(1):
        yield "http-no-reason", shown


def _length(record: Record, message: HttpMessage, *, is_arc: bool) -> Iterator[tuple[str, str]]:
    """Yield where Content-Length differs from the body that is there."""
    if _codings(message.fields, "Transfer-Encoding") or "WARC-Segment-Number" in record.fields:
        return
    said = {value.strip() for value in message.fields.all("Content-Length")}
    if not said or message.status in _NO_BODY or message.status < 200:
        return
    if said == {str(len(message.body))}:
        return
    if is_arc and message.body.endswith(b"\n") and said == {str(len(message.body) - 1)}:
        yield "arc-line-end", "the body has a line end more than Content-Length says"
        return
    detail = f"Content-Length says {', '.join(sorted(said))[:40]}, {len(message.body)} are there"
    yield ("http-cut" if "WARC-Truncated" in record.fields else "http-length"), detail


def _decoding(record: Record, message: HttpMessage) -> Iterator[tuple[str, str]]:
    """Yield where a body is not in the coding its head says."""
    if not message.body or "WARC-Segment-Number" in record.fields:
        return
    chunked = "chunked" in _codings(message.fields, "Transfer-Encoding")
    if chunked and not _CHUNK_SIZE.match(message.body[:1024]):
        yield "not-chunked", "Transfer-Encoding says chunked, the body begins otherwise"
    try:
        decode_body(message, file=record.file, offset=record.offset)
    except ArchiveError as error:
        if error.problem.startswith("coding is not known"):
            yield "coding-unknown", error.problem
        elif "WARC-Truncated" in record.fields:
            yield "http-cut", error.problem
        else:
            yield "undecodable", error.problem


def _digest_reading(record: Record, message: HttpMessage) -> Iterator[tuple[str, str]]:
    """Yield where a payload digest was computed over chunk framing, against the standard."""
    label = record.fields.first("WARC-Payload-Digest")
    if label is None or not digest.is_known(label):
        return
    if "chunked" not in _codings(message.fields, "Transfer-Encoding"):
        return
    readings = list(payload_readings(record.block, is_http=True))
    if len(readings) > 1 and digest.mismatch(label, readings[1]) is not None:
        yield "digest-of-chunks", "the payload digest is that of the chunked bytes"


def _codings(fields: Fields, name: str) -> frozenset[str]:
    """The codings a field names."""
    return frozenset(
        part.strip().lower() for value in fields.all(name) for part in value.split(",")
    ) - {"", "identity"}
