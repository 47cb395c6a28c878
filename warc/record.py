"""A WARC record as it was read, and a stretch of bytes that is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from warc.errors import ArchiveError
from warc.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One whole WARC record: its length, checksum and digests agreed when it was read.

    file        path as given to the reader
    offset      byte in the file where its gzip member starts; of the record itself in plain files
    length      bytes of the file it accounts for; where one member holds many records (legal, but
                not for random access), the first accounts for the whole member, the others for 0
    inner       where the record starts in the inflated member; not 0 only in such files
    type        WARC-Type in lower case
    record_id   WARC-Record-ID without brackets: "urn:uuid:…"
    date        WARC-Date, aware UTC
    target_uri  WARC-Target-URI without brackets, "" if there is none
    block       the whole block; an HTTP message for requests and responses
    """

    file: str
    offset: int
    length: int
    type: str
    record_id: str
    date: datetime
    target_uri: str
    fields: Fields
    block: bytes
    inner: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BadStretch:
    """Bytes of a file that are no good record, and why: `error` names file and offset too."""

    file: str
    offset: int
    length: int
    error: ArchiveError
