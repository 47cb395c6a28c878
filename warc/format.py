"""Records as bytes: WARC/1.1 heads, stored HTTP heads, warcinfo and metadata blocks. Pure.

Rules: spec/warc.md 1.3. Heads are put together here rather than by a library because a library
that hashes, copies and encodes for itself costs more than the rest of a crawl; the tests let
warcio judge every kind of record made here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from warc.exchange import CrawlInfo, RevisitTarget

CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
TRAILER = b"\r\n\r\n"
RESPONSE_TYPE = "application/http;msgtype=response"
REQUEST_TYPE = "application/http;msgtype=request"
FIELDS_TYPE = "application/warc-fields"

_UNSAFE_IN_URI = re.compile(r"[\x00-\x20\x7f<>]")
_LINE_BREAKS = re.compile(r"[\r\n\x00]+")
_FRAMING = frozenset({b"transfer-encoding", b"content-length"})


def record_head(
    record_type: str,
    record_id: str,
    date: str,
    fields: Iterable[tuple[str, str]],
    *,
    content_type: str,
    length: int,
) -> bytes:
    """The head of a record, empty line included.

    date    as `warc_date` writes it
    fields  further fields in order; those with an empty value are left out
    """
    lines = [f"WARC/1.1\r\nWARC-Type: {record_type}\r\nWARC-Record-ID: <{record_id}>\r\n"]
    lines.append(f"WARC-Date: {date}\r\n")
    lines += [f"{name}: {value}\r\n" for name, value in fields if value]
    lines.append(f"Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n")
    return "".join(lines).encode("utf-8")


def warc_date(at: datetime) -> str:
    """A WARC-Date with microseconds.

    >>> warc_date(datetime(2026, 11, 21, 20, 5, 12, 7, tzinfo=UTC))
    '2026-11-21T20:05:12.000007Z'
    """
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def ends_group(record_type: str, url: str) -> bool:
    """Whether a record is the last of those that were written together: all before it is whole.

    Of an exchange that is the metadata record; a page that was saved by hand stands alone.

    >>> ends_group("metadata", "http://a/"), ends_group("resource", "urn:dom:http://a/")
    (True, False)
    """
    alone = record_type == "resource" and not url.startswith("urn:")
    return alone or record_type in {"metadata", "warcinfo"}


def clean_uri(url: str) -> str:
    """A URL that can stand in a head: blanks, controls and brackets percent-encoded.

    >>> clean_uri("http://a/b c")
    'http://a/b%20c'
    """
    return _UNSAFE_IN_URI.sub(lambda found: f"%{ord(found.group()):02X}", url)


def clean_value(text: str) -> str:
    """A value that stays on its line."""
    return _LINE_BREAKS.sub(" ", text).strip(" ")


def fields_block(pairs: Iterable[tuple[str, str]]) -> bytes:
    """A block of application/warc-fields."""
    return "".join(f"{name}: {clean_value(value)}\r\n" for name, value in pairs).encode("utf-8")


def warcinfo_block(info: CrawlInfo) -> bytes:
    """The block of a warcinfo record: what made the file, of which site, by whose will."""
    pairs = (
        ("software", info.software),
        ("format", "WARC File Format 1.1"),
        ("conformsTo", CONFORMS_TO),
        ("source", info.source),
        ("base-url", info.base_url),
        ("robots", info.robots),
        ("operator", info.operator),
    )
    return fields_block((name, value) for name, value in pairs if value)


def revisit_fields(original: RevisitTarget) -> tuple[tuple[str, str], ...]:
    """The fields that tie a revisit to the response it repeats."""
    return (
        ("WARC-Profile", NOT_MODIFIED if original.unmodified else IDENTICAL_PAYLOAD),
        ("WARC-Refers-To", f"<{original.record_id}>"),
        ("WARC-Refers-To-Target-URI", clean_uri(original.url)),
        ("WARC-Refers-To-Date", warc_date(original.date)),
    )


def stored_head(received: bytes, body_size: int) -> bytes:
    """An HTTP head as it is stored with a body whose transfer coding has been removed.

    Transfer-Encoding is renamed X-Orig-Transfer-Encoding; Content-Length says the stored length,
    one that differed is kept as X-Orig-Content-Length (spec/warc.md 0.6). An HTTP/2 or HTTP/3
    status line becomes HTTP/1.1: readers refuse others, WARC-Protocol says the truth (0.7).
    All other bytes are kept as they came.
    """
    first, *rest = received.rstrip(b"\r\n").split(b"\r\n")
    if first.startswith((b"HTTP/2", b"HTTP/3")):
        first = b"HTTP/1.1 " + first.partition(b" ")[2]
    lines = [first]
    said = False
    for line in rest:
        name, _, value = line.partition(b":")
        if name.strip().lower() not in _FRAMING or line[:1] in b" \t":
            lines.append(line)
        elif (
            name.strip().lower() == b"content-length"
            and not said
            and value.strip() == b"%d" % body_size
        ):
            said = True
            lines.append(line)
        else:
            lines.append(b"X-Orig-" + line)
    if not said:
        lines.append(b"Content-Length: %d" % body_size)
    return b"\r\n".join(lines) + TRAILER
