"""Records as gzip members, one record each. Pure but for the ids of new records."""

from __future__ import annotations

import uuid

from warc.codec import compress_member
from warc.digest import sha1_of
from warc.format import TRAILER, record_head


def small_member(
    described: tuple[str, str, str],
    fields: tuple[tuple[str, str], ...],
    block: tuple[bytes, ...],
    *,
    content_type: str,
) -> bytes:
    """A record as one gzip member.

    described  WARC-Type, WARC-Record-ID, WARC-Date
    block      in pieces, so that a page is copied once
    """
    record_type, record_id, date = described
    head = record_head(
        record_type,
        record_id,
        date,
        (*fields, ("WARC-Block-Digest", sha1_of(block))),
        content_type=content_type,
        length=sum(map(len, block)),
    )
    return compress_member(b"".join((head, *block, TRAILER)))


def new_id() -> str:
    """A new record id."""
    return f"urn:uuid:{uuid.uuid4()}"
