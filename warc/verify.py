"""Whether a record's block is what its head says: mandatory fields, trailer, digests."""

from __future__ import annotations

from warc import digest
from warc.errors import DigestMismatch, RecordSyntaxError
from warc.fields import Fields
from warc.head import Head, bare, read_date, required
from warc.http import payload_readings
from warc.record import Record

_HAS_PAYLOAD = frozenset({"response", "request", "resource", "conversion"})


def make_record(
    head: Head, block: bytes, *, file: str, offset: int, length: int, inner: int
) -> Record:
    """The record of a head and its block.

    raises  RecordSyntaxError where a mandatory field is missing, repeated or unreadable
    """
    fields = head.fields
    try:
        return Record(
            file=file,
            offset=offset,
            length=length,
            inner=inner,
            type=required(fields, "WARC-Type").lower(),
            record_id=bare(required(fields, "WARC-Record-ID")),
            date=read_date(required(fields, "WARC-Date")),
            target_uri=bare(fields.sole("WARC-Target-URI") or ""),
            fields=fields,
            block=block,
        )
    except ValueError as error:
        raise RecordSyntaxError(str(error), file=file, offset=offset) from error


def check_digests(record: Record, *, thorough: bool) -> bool:
    """Compare a record's bytes with the digests in its head.

    thorough  compare the payload digest too where the block digest has already agreed
    returns   whether any digest vouches for the whole block
    raises    DigestMismatch
    """
    label = record.fields.first("WARC-Block-Digest")
    vouched = False
    if label is not None and digest.is_known(label):
        computed = digest.mismatch(label, record.block)
        if computed is not None and not is_of_nothing(record):
            raise _differs("WARC-Block-Digest", label, computed, record)
        vouched = computed is None
    if vouched and not thorough:
        return True
    return _check_payload(record) or vouched


def is_of_nothing(record: Record) -> bool:
    """Whether a revisit's block digest is that of no bytes although it has some.

    wget writes it so (1.21.3: it digests its file from behind the head on); it says nothing then.
    """
    label = record.fields.first("WARC-Block-Digest")
    if record.type != "revisit" or not record.block or not digest.is_known(label):
        return False
    return digest.mismatch(label or "", b"") is None


def _check_payload(record: Record) -> bool:
    """Compare the payload digest, chunk framing removed and kept: writers do both.

    Source: spec/warc.md 0.6. A revisit's payload digest is its original's, a segment's that of
    the whole: neither can be compared here.
    """
    label = record.fields.first("WARC-Payload-Digest")
    if label is None or not digest.is_known(label) or record.type not in _HAS_PAYLOAD:
        return False
    if "WARC-Segment-Number" in record.fields:
        return False
    computed: str | None = None
    for payload in payload_readings(record.block, is_http=_is_http(record.fields)):
        computed = digest.mismatch(label, payload)
        if computed is None:
            return True
    if computed is None:
        return False
    raise _differs("WARC-Payload-Digest", label, computed, record)


def _is_http(fields: Fields) -> bool:
    """Whether the block is an HTTP message, head and all."""
    return (fields.first("Content-Type") or "").lower().startswith("application/http")


def _differs(name: str, expected: str, computed: str, record: Record) -> DigestMismatch:
    """The error that names a digest field and both values."""
    return DigestMismatch(
        name=name, expected=expected, computed=computed, file=record.file, offset=record.offset
    )
