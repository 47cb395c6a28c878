"""CDXJ: one line per capture, as `cdxj-indexer` writes it, so that replay tools find records. Pure.

A line is a sort key (SURT), a time of 14 digits, and JSON: url, mime, status, digest, length,
offset, filename, in this order, all values text. docs/archives.md lists where it differs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from warc.digest import sha1_of
from warc.record import Record
from warc.surt import surt

_INDEXED = frozenset({"response", "revisit", "resource", "metadata"})
_WITH_MESSAGE = frozenset({"response", "revisit"})
_FIELDS_TYPE = "application/warc-fields"
_MIME_END = re.compile(r"[;\s]")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_BLANK = re.compile(rb"\r?\n")
_OWN_KEY = re.compile(r"(?i)(?:urn|metadata|file):")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies for other tools: in which file, from which byte, how many."""

    filename: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Message:
    """What an index says of an HTTP message; None for what it does not say."""

    status: str | None
    mime: str | None
    body: memoryview


def line_of(record: Record, place: Place) -> str | None:
    """The line of a record, line end included; None where it belongs in no index."""
    if record.type not in _INDEXED or _is_of_fields(record):
        return None
    message = _message(record)
    said = {
        "url": record.target_uri.replace(" ", "%20") or None,
        "mime": _mime(record, message),
        "status": message.status if message else None,
        "digest": _digest(record, message),
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": place.filename,
    }
    named = {name: value for name, value in said.items() if value is not None}
    at = record.date.strftime("%Y%m%d%H%M%S")
    return f"{key_of(record.target_uri)} {at} {json.dumps(named)}\n"


def key_of(url: str) -> str:
    """The sort key of a URL: its SURT, but as indexes have it for what is no page.

    >>> key_of("http://www.a.example/B"), key_of("urn:dom:http://a.example/B")
    ('example,a)/b', 'urn:dom:http://a.example/b')
    >>> key_of("metadata://gnu.org/software/wget/warc/MANIFEST.txt")
    'org,gnu)/software/wget/warc/manifest.txt'
    """
    url = url.replace(" ", "%20")
    if not (found := _OWN_KEY.match(url)):
        return surt(url) if _has_port_or_none(url) else url
    scheme, rest = found.group().lower(), url[found.end() :]
    if scheme == "metadata:" and rest.startswith("//"):
        return surt("http:" + rest)
    return f"{scheme}{rest.lower().removeprefix('//') if scheme == 'file:' else rest.lower()}"


def _has_port_or_none(url: str) -> bool:
    """Whether the port of a URL, if it has one, is a number: others are their own keys."""
    try:
        return "://" not in url or urlsplit(url).port is not None or True
    except ValueError:
        return False


def _is_of_fields(record: Record) -> bool:
    """Whether a record describes others: notes are no captures."""
    is_note = record.type in {"resource", "metadata"}
    return is_note and record.fields.first("Content-Type") == _FIELDS_TYPE


def _message(record: Record) -> Message | None:
    """The HTTP message of a record, however badly formed; None where it has none."""
    is_web = record.target_uri.startswith(("http:", "https:"))
    if record.type not in _WITH_MESSAGE or not is_web or not record.block:
        return None
    if blank := _BLANK.match(record.block):
        return Message(None, None, memoryview(record.block)[blank.end() :])
    end = _HEAD_END.search(record.block)
    head, size = (record.block[: end.start()], end.end()) if end else (record.block, None)
    first, *rest = _text(head).replace("\r\n", "\n").split("\n")
    status = first.partition(" ")[2].strip().split(" ", 1)[0]
    mime = next((value for name, value in map(_field, rest) if name == "content-type"), None)
    body = memoryview(record.block)[len(record.block) if size is None else size :]
    return Message(status, mime, body)


def _field(line: str) -> tuple[str, str | None]:
    """A field of an HTTP head; None where the line is none."""
    name, colon, value = line.partition(":")
    return name.rstrip(" \t").lower(), value.strip() if colon else None


def _text(head: bytes) -> str:
    """Text of an HTTP head; no byte is lost."""
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _mime(record: Record, message: Message | None) -> str | None:
    """The media type of what a capture holds."""
    if record.type == "revisit":
        return "warc/revisit"
    if record.type == "response":
        value = message.mime if message else None
    else:
        value = record.fields.first("Content-Type")
    return _MIME_END.split(value, maxsplit=1)[0].strip() if value else value


def _digest(record: Record, message: Message | None) -> str | None:
    """The payload digest that the record names, else the one that its bytes give."""
    if named := record.fields.first("WARC-Payload-Digest"):
        return named
    if record.type == "revisit":
        return None
    return sha1_of((message.body if message else record.block,))
