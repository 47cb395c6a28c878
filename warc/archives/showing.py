"""One record for people: its facts, its heads, its raw bytes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from warc.archives.find import Place
from warc.archives.framing import Framer
from warc.errors import ArchiveError
from warc.http import response_of
from warc.record import Record
from warc.window import open_binary

_FIELDS = (
    "WARC-Payload-Digest",
    "WARC-Refers-To",
    "WARC-Refers-To-Target-URI",
    "WARC-Refers-To-Date",
    "WARC-Concurrent-To",
    "WARC-IP-Address",
    "WARC-Truncated",
    "Content-Type",
)


def row_of_place(place: Place) -> dict[str, str | int]:
    """Where a capture lies and what it is, as a row."""
    return {
        "at": place.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verdict": place.verdict or "-",
        "page type": place.page_type or "-",
        "file": str(place.path),
        "offset": place.offset,
    }


def facts_of(record: Record) -> dict[str, str | int]:
    """What is known of a record, by name."""
    facts: dict[str, str | int] = {
        "type": record.type,
        "url": record.target_uri,
        "at": record.date.isoformat(),
        "id": record.record_id,
        "file": record.file,
        "offset": record.offset,
        "length": record.length,
        "block": len(record.block),
    }
    if record.inner:
        facts["inner"] = record.inner
    if record.type in {"response", "revisit"}:
        try:
            message = response_of(record)
        except ArchiveError:
            pass  # a revisit without its head, or a DNS answer: nothing to say
        else:
            facts["status"] = message.status
            facts["media type"] = message.fields.first("Content-Type") or ""
            facts["body"] = len(message.body)
    facts |= {name: value for name in _FIELDS if (value := record.fields.first(name))}
    return facts


def head_of(record: Record) -> bytes:
    """The record's head, and behind it that of the HTTP message it holds, as they lie."""
    with open_binary(record.file) as file, closing(Framer(file, Path(record.file))) as framer:
        head = framer.framing(record).head
    content_type = (record.fields.first("Content-Type") or "").lower()
    if not content_type.startswith("application/http"):
        return head
    end = record.block.find(b"\r\n\r\n")
    return head + (record.block if end < 0 else record.block[: end + 4])


def raw_of(record: Record) -> bytes:
    """The whole record as it lies in its file, uncompressed."""
    with open_binary(record.file) as file, closing(Framer(file, Path(record.file))) as framer:
        return framer.raw(record)
