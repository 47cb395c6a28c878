"""Captures read back from a collection's files, by the places its manifest gives.

A revisit has no page of its own: its original's is read. What a server offers for asking again
only if a page has changed (RFC 9110 section 13) stands in the heads that are archived.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from warc.errors import ArchiveError, UnresolvedRevisit
from warc.fields import Fields
from warc.http import HttpMessage, response_of
from warc.manifest import Manifest
from warc.manifest_rows import Capture
from warc.reader import read_record
from warc.record import Record
from warc.writer import OPEN_SUFFIX

NOT_MODIFIED_STATUS = 304

LOOKED_AT = 100
"""Newest captures of a URL among which a good one is looked for: a page that is watched has
thousands."""

_CONDITIONS = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What to send so that a server answers 304 where a page is still what a capture holds.

    headers  If-None-Match, If-Modified-Since: at least one of them
    """

    capture: Capture
    headers: tuple[tuple[str, str], ...]


def message_of(record: Record) -> HttpMessage:
    """The response a record holds; a resource is read as if a server had sent it.

    raises  RecordSyntaxError where a response or revisit holds none
    """
    if record.type != "resource":
        return response_of(record)
    mime = record.fields.first("Content-Type") or ""
    head = Fields((("Content-Type", mime),) if mime else ())
    return HttpMessage(status=200, reason="OK", fields=head, body=record.block)


def read_capture(folder: Path, manifest: Manifest, capture: Capture) -> HttpMessage:
    """The response of a capture, body still encoded; a revisit has its original's body.

    A 304 has its original's head too: that says how the body is encoded.
    raises  ArchiveError where the record is damaged, UnresolvedRevisit
    """
    message = _own_message(folder, capture)
    if capture.record_type != "revisit":
        return message
    original = original_of(manifest, capture)
    if original is None:
        problem = f"the original {capture.refers_to} is not in this collection"
        raise UnresolvedRevisit(problem, file=str(folder / capture.file), offset=capture.offset)
    whole = _own_message(folder, original)
    return whole if capture.status == NOT_MODIFIED_STATUS else replace(message, body=whole.body)


def original_of(manifest: Manifest, capture: Capture) -> Capture | None:
    """The capture that holds the page a capture is of: itself, or a revisit's original."""
    if capture.record_type != "revisit":
        return capture
    original = manifest.capture_of_record(capture.refers_to)
    if original is None and capture.payload_digest:
        original = manifest.original(capture.url, capture.payload_digest, up_to_id=capture.id)
    return None if original is None or original.record_type == "revisit" else original


def read_validators(
    folder: Path, manifest: Manifest, url: str, *, up_to_id: int
) -> Validators | None:
    """What the newest good capture of a URL offers for a conditional request.

    up_to_id  captures above are not synced yet: nothing may refer to them
    returns   None where there is no such capture, it cannot be read, or its server offers nothing
    """
    for capture in manifest.captures_of(url, most=LOOKED_AT):
        if capture.verdict != "content" or capture.record_type == "resource":
            continue
        original = original_of(manifest, capture)
        if capture.id > up_to_id or original is None:
            continue
        try:
            heads = [_own_message(folder, one) for one in dict.fromkeys((capture, original))]
        except ArchiveError:
            return None
        found = _conditions([message.fields for message in heads])
        return Validators(capture=capture, headers=found) if found else None
    return None


def _conditions(heads: list[Fields]) -> tuple[tuple[str, str], ...]:
    """The request fields that heads give reason for; the first head that has any counts."""
    for head in heads:
        offered = ((asked, head.first(offer) or "") for offer, asked in _CONDITIONS)
        if found := tuple((asked, value) for asked, value in offered if value):
            return found
    return ()


def _own_message(folder: Path, capture: Capture) -> HttpMessage:
    """What the capture's own record holds, whether its file is sealed or still being written."""
    path = folder / capture.file
    if not path.exists():
        path = path.with_name(path.name + OPEN_SUFFIX)
    return message_of(read_record(path, capture.offset, inner=capture.inner))
