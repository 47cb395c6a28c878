"""Heads of records and messages: a first line, then fields, then an empty line.

Lines end in CRLF; a bare LF is tolerated, as several writers of the samples use it. A line that
begins with a blank continues the field before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from warc.fields import Fields

# 1 MiB: the largest head among the samples is 8 KB; what has no end by then is no head.
HEAD_LIMIT_BYTES = 1 << 20

_EMPTY_LINE = re.compile(rb"\n\r?\n")
_VERSION = re.compile(r"WARC/(0\.1[78]|1\.[01])", re.IGNORECASE)
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


class HeadError(ValueError):
    """A head breaks the rules of its format; the reader adds file and offset."""


@dataclass(frozen=True, slots=True)
class Head:
    """A head as it was read: `size` counts the empty line."""

    first_line: str
    fields: Fields
    size: int
    bare_lf: bool


def read_head(data: bytes, encoding: str) -> Head | None:
    """The head at the start of the data; None if its empty line is not among them.

    encoding  "utf-8" for WARC (other bytes are then read as Latin-1), "latin-1" for HTTP
    raises    HeadError where a line is no field
    """
    end = data.find(b"\r\n\r\n")
    head = data[:end]
    lines = head.split(b"\r\n") if end >= 0 else []
    if lines and head.count(b"\n") == len(lines) - 1:
        size, bare_lf = end + 4, False
    else:
        found = _EMPTY_LINE.search(data)
        if found is None:
            return None
        size, bare_lf = found.end(), True
        head = data[: found.start()].replace(b"\r\n", b"\n").removesuffix(b"\r")
        head = head.replace(b"\n", b"\r\n")
    first_line, *rest = _decode(head, encoding).split("\r\n")
    return Head(first_line, Fields(_pairs(rest)), size, bare_lf)


def check_version(first_line: str) -> None:
    """Accept WARC 1.0 and 1.1, and the drafts 0.17 and 0.18 that Heritrix 1 wrote.

    raises  HeadError on anything else
    """
    if not _VERSION.fullmatch(first_line.rstrip(" \t")):
        raise HeadError(f"not a WARC version that is read: {first_line[:40]!r}")


def content_length(fields: Fields) -> int:
    """The length of the block in bytes; raises HeadError where it is missing or no number."""
    text = required(fields, "Content-Length")
    if not (text.isascii() and text.isdigit()):
        raise HeadError(f"Content-Length is not a number: {text[:40]!r}")
    return int(text)


def required(fields: Fields, name: str) -> str:
    """The value of a mandatory field; raises HeadError where it is missing or repeated."""
    try:
        value = fields.sole(name)
    except ValueError as error:
        raise HeadError(str(error)) from error
    if not value:
        raise HeadError(f"{name} is missing")
    return value


def read_date(text: str) -> datetime:
    """A WARC-Date as aware UTC; fractions beyond microseconds are cut, missing parts are zero.

    >>> read_date("2026-11-21T20:05:12.123456789Z").isoformat()
    '2026-11-21T20:05:12.123456+00:00'
    >>> read_date("2016-11").isoformat()
    '2016-11-01T00:00:00+00:00'
    """
    try:
        if found := _PARTIAL_DATE.fullmatch(text):
            year, month, day = (int(part or 1) for part in found.groups())
            return datetime(year, month, day, tzinfo=UTC)
        read = datetime.fromisoformat(text.upper())
    except ValueError as error:
        raise HeadError(f"WARC-Date is not a date: {text[:40]!r}") from error
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def bare(uri: str) -> str:
    """A URI without the brackets around it.

    >>> bare("<urn:uuid:1>"), bare("http://a/")
    ('urn:uuid:1', 'http://a/')
    """
    return uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri


def _decode(head: bytes, encoding: str) -> str:
    """Text of a head; no byte is lost."""
    try:
        return head.decode(encoding)
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Fields from lines; raises HeadError at a line without a colon."""
    pairs: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"} and pairs:
            name, value = pairs[-1]
            pairs[-1] = (name, (value + " " + line.strip(" \t")).strip(" "))
            continue
        name, colon, value = line.partition(":")
        name = name.strip(" \t")
        if not colon or not name:
            raise HeadError(f"not a field: {line[:40]!r}")
        pairs.append((name, value.strip(" \t")))
    return pairs
