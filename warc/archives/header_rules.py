"""Which rules of the WARC format a record's head breaks. Pure.

Rules: WARC 1.1 sections 4 to 6 as summed up in spec/warc.md 1.3. What the standard forbids is a
defect, what it advises against a warning. Heads that cannot be read at all never come here: the
reader names them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from warc.archives.findings import Finding
from warc.digest import is_known
from warc.head import bare
from warc.record import Record
from warc.verify import is_of_nothing

TYPES = frozenset(
    {
        "warcinfo",
        "response",
        "resource",
        "request",
        "metadata",
        "revisit",
        "conversion",
        "continuation",
    }
)
_OF_EXCHANGES = frozenset({"request", "response", "resource", "metadata", "revisit"})
_MUST_HAVE_URI = TYPES - {"warcinfo", "metadata"}
_WITH_DIGEST = frozenset({"response", "resource"})

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20\x7f<>]*")
# T and Z in lower case are dates too (ISO 8601 as RFC 3339 has it).
_DATE = re.compile(r"(?i)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DATE_1_1 = re.compile(r"(?i)\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z)?)?)?")
_MEDIA_TYPE = re.compile(
    r"[!#$%&'*+.^_`|~\w-]+/[!#$%&'*+.^_`|~\w-]+(\s*;\s*[^\s=;]+=(\"[^\"]*\"|[^\s\";]*))*\s*;?"
)
_DIGEST = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9@/+=_\-%$.:]+")
_CUSTOMARY = re.compile(r"sha1:[A-Z2-7]{32}|md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}|sha512:[0-9a-f]+")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_REASONS = frozenset({"length", "time", "disconnect", "unspecified"})
_IDENTICAL = "/revisit/identical-payload-digest"
_PROFILES = (
    _IDENTICAL,
    "/revisit/server-not-modified",
    "/revisit/uri-agnostic-identical-payload-digest",
)


def _is_bracketed_uri(value: str) -> bool:
    return value.startswith("<") and value.endswith(">") and _is_uri(value[1:-1])


def _is_uri(value: str) -> bool:
    return _SCHEME.fullmatch(value) is not None


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _is_date(value: str) -> bool:
    return _DATE_1_1.fullmatch(value) is not None


def _is_digest(value: str) -> bool:
    return _DIGEST.fullmatch(value) is not None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_media_type(value: str) -> bool:
    return _MEDIA_TYPE.fullmatch(value) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """What the standard says of a field: its form, the types that may have it, how often."""

    says: str
    form: Callable[[str], bool]
    types: frozenset[str] = TYPES
    repeatable: bool = False


_FIELDS = {
    "WARC-Record-ID": _Field(says="a URI in brackets", form=_is_bracketed_uri),
    "WARC-Date": _Field(says="a UTC date", form=_is_date),
    "Content-Type": _Field(says="a media type", form=_is_media_type),
    "WARC-Concurrent-To": _Field(
        says="a URI in brackets", form=_is_bracketed_uri, types=_OF_EXCHANGES, repeatable=True
    ),
    "WARC-Warcinfo-ID": _Field(
        says="a URI in brackets", form=_is_bracketed_uri, types=TYPES - {"warcinfo"}
    ),
    "WARC-Refers-To": _Field(
        says="a URI in brackets",
        form=_is_bracketed_uri,
        types=frozenset({"metadata", "revisit", "conversion"}),
    ),
    "WARC-Refers-To-Target-URI": _Field(says="a URI", form=lambda value: _is_uri(bare(value))),
    "WARC-Refers-To-Date": _Field(says="a UTC date", form=_is_date),
    "WARC-Target-URI": _Field(
        says="a URI", form=lambda value: _is_uri(bare(value)), types=TYPES - {"warcinfo"}
    ),
    "WARC-IP-Address": _Field(says="an IP address", form=_is_address, types=_OF_EXCHANGES),
    "WARC-Block-Digest": _Field(says="a labelled digest", form=_is_digest),
    "WARC-Payload-Digest": _Field(says="a labelled digest", form=_is_digest),
    "WARC-Filename": _Field(says="a name", form=bool, types=frozenset({"warcinfo"})),
    "WARC-Profile": _Field(says="a URI", form=lambda value: _is_uri(bare(value))),
    "WARC-Identified-Payload-Type": _Field(says="a media type", form=_is_media_type),
    "WARC-Truncated": _Field(says="a reason", form=bool),
    "WARC-Segment-Number": _Field(says="a number", form=_is_number),
    "WARC-Segment-Origin-ID": _Field(
        says="a URI in brackets", form=_is_bracketed_uri, types=frozenset({"continuation"})
    ),
    "WARC-Segment-Total-Length": _Field(
        says="a number", form=_is_number, types=frozenset({"continuation"})
    ),
}


_RULES = {name.lower(): (name, rule) for name, rule in _FIELDS.items()}


def head_findings(record: Record, head: bytes) -> Iterator[Finding]:
    """Yield what is wrong with a record's head and the fields it has.

    head  its bytes as they lie in the file, empty line included
    """
    for kind, detail in (*_lines(head), *_fields(record, head)):
        yield Finding(kind=kind, detail=detail, file=record.file, offset=record.offset)


def _lines(head: bytes) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the lines of a head."""
    version = head[:16].split(b"\n")[0].strip()
    if version.upper() in {b"WARC/0.17", b"WARC/0.18"}:
        yield "draft-version", f"the record says {version.decode('latin-1')}"
    if head.count(b"\n") != head.count(b"\r\n"):
        yield "head-lines", "lines of the head end in LF alone"
    text = head.replace(b"\r\n", b"\n")
    if found := _CONTROL.search(text):
        yield "field-syntax", f"a control character: {_shown(found.group())}"
    if not head.isascii() and not _is_utf8(head):
        yield "field-unusual", "the head is not UTF-8"
    for line in text.rstrip(b"\n").split(b"\n")[1:]:
        name = line.partition(b":")[0]
        if line[:1] in {b" ", b"\t"}:
            yield "folded-field", f"a line continues a field: {_shown(line)}"
        elif not _NAME.fullmatch(name):
            yield "field-syntax", f"not the name of a field: {_shown(name)}"


def _fields(record: Record, head: bytes) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the fields of a head."""
    is_1_0 = not head[:8].upper().endswith(b"1.1")
    for key in dict.fromkeys(name.lower() for name, _ in record.fields):
        if key not in _RULES:
            continue
        name, rule = _RULES[key]
        values = record.fields.all(name)
        if len(values) > 1 and not rule.repeatable:
            yield "field-repeated", f"{name} stands {len(values)} times"
        if record.type in TYPES and record.type not in rule.types:
            yield "field-misplaced", f"{name} on a {record.type} record"
        for value in values:
            if not rule.form(value):
                yield "field-syntax", f"{name} is not {rule.says}: {value[:40]!r}"
    date = record.fields.first("WARC-Date") or ""
    if is_1_0 and _is_date(date) and not _DATE.fullmatch(date):
        yield "field-unusual", f"WARC-Date has a form of WARC 1.1: {date[:40]!r}"
    if (record.fields.first("WARC-Target-URI") or "").startswith("<"):
        kind = "uri-in-brackets-1.0" if is_1_0 else "uri-in-brackets"
        yield kind, f"WARC-Target-URI stands in brackets: {record.target_uri[:40]!r}"
    yield from _by_type(record)
    yield from _segment(record)
    yield from _digests(record)


def _by_type(record: Record) -> Iterator[tuple[str, str]]:
    """Yield what is wrong for a record of its type."""
    content_type = (record.fields.first("Content-Type") or "").lower()
    message_type = content_type.partition("msgtype=")[2].strip('" ')
    if record.type not in TYPES:
        if content_type.startswith("application/http") or record.block.startswith(b"HTTP/1."):
            yield "hidden-message", f"type {record.type[:40]!r} with an HTTP message"
        else:
            yield "unknown-type", f"type {record.type[:40]!r}"
        return
    if record.type in _MUST_HAVE_URI and not record.target_uri:
        yield "field-missing", f"WARC-Target-URI is missing on a {record.type} record"
    expected = "request" if record.type == "request" else "response"
    if record.type in {"request", "response", "revisit"} and message_type not in {"", expected}:
        yield "message-type", f"a {record.type} record of {content_type[:60]}"
    yield from _content_type(record, content_type)
    if record.type == "revisit":
        yield from _revisit(record)
    reason = record.fields.first("WARC-Truncated")
    if reason and reason.lower() not in _REASONS:
        yield "field-unusual", f"WARC-Truncated says {reason[:40]!r}"


def _content_type(record: Record, content_type: str) -> Iterator[tuple[str, str]]:
    """Yield what is unusual about the type of a block."""
    if not content_type:
        if record.block and record.type != "continuation":
            yield "content-type", f"a {record.type} record with a block has no Content-Type"
    elif record.type == "warcinfo" and not content_type.startswith("application/warc-fields"):
        yield "content-type", f"a warcinfo record of {content_type[:40]}"
    elif (
        record.type in {"request", "response"}
        and record.target_uri.lower().startswith(("http:", "https:"))
        and not content_type.startswith("application/http")
    ):
        yield "content-type", f"a {record.type} record of {content_type[:40]} for an HTTP URL"
    if content_type.startswith("application/warc-fields"):
        for line in record.block.splitlines():
            if line.strip() and line[:1] not in {b" ", b"\t"} and b":" not in line:
                yield "not-fields", f"not a field: {_shown(line)}"
                return


def _revisit(record: Record) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with how a revisit names its original."""
    profile = bare(record.fields.first("WARC-Profile") or "")
    if not profile:
        yield "field-missing", "WARC-Profile is missing on a revisit record"
    elif not profile.endswith(_PROFILES):
        yield "field-unusual", f"profile {profile[:60]!r}"
    if profile.endswith(_IDENTICAL) and "WARC-Payload-Digest" not in record.fields:
        yield "field-missing", "WARC-Payload-Digest is missing on a revisit of that profile"
    names = ("WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date")
    if not any(name in record.fields for name in names):
        yield "revisit-vague", "the revisit has no WARC-Refers-To field"


def _segment(record: Record) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the fields of a segmented record."""
    number = record.fields.first("WARC-Segment-Number") or ""
    if record.type == "continuation":
        if not number or "WARC-Segment-Origin-ID" not in record.fields:
            yield "field-missing", "a continuation without segment number or origin"
        elif _is_number(number) and len(number) < 20 and int(number) < 2:
            yield "segment", f"a continuation is segment {number}"
    elif number and number.lstrip("0") != "1":
        yield "segment", f"a {record.type[:40]} record is segment {number[:20]}, not the first"
    if number:
        yield "segmented", f"segment {number[:20]}"


def _digests(record: Record) -> Iterator[tuple[str, str]]:
    """Yield what is unusual about the digests of a record; whether they agree, the reader says."""
    if is_of_nothing(record):
        yield "digest-of-nothing", "the block digest of a revisit is that of no bytes"
    block = record.fields.first("WARC-Block-Digest")
    payload = record.fields.first("WARC-Payload-Digest")
    if block is None:
        yield "no-block-digest", f"a {record.type[:40]} record has no block digest"
    if payload is None and record.type in _WITH_DIGEST:
        yield "no-payload-digest", f"a {record.type} record has no payload digest"
    for label in (block, payload):
        if label is None or not _is_digest(label):
            continue
        if not is_known(label):
            yield "digest-unknown", f"a digest of {label.partition(':')[0][:40]!r}"
        elif not _CUSTOMARY.fullmatch(label):
            yield "digest-form", f"a digest written {label[:60]}"


def _shown(line: bytes) -> str:
    """The beginning of a line, as it can be printed."""
    return repr(line[:40].decode("latin-1"))
