"""The tables about the archive itself: what was captured, what pages got wrong, what was refused.

Unlike page tables they carry no provenance columns: `capture_id` is their provenance.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from warehouse.column import Doc, Key, OneOf, Row, Unit

OUTCOMES = ("parsed", "failed", "evidence", "revisit", "duplicate", "not_ours")
ISSUE_KINDS = ("missing", "unreadable", "unexpected", "differs")

CaptureId = Annotated[
    int, Key(), Doc("First 8 bytes of SHA-256 of the WARC-Record-ID, big-endian, signed.")
]


class CaptureRow(Row, frozen=True):
    """One archived visit of one URL, and what parsing made of it: the index of all archives."""

    table: ClassVar[str] = "captures"
    contributors: ClassVar[tuple[str, ...]] = ()

    capture_id: CaptureId
    collection: Annotated[str, Key(), Doc("Folder of the WARC file.")]
    file: Annotated[str, Key(), Doc("WARC file, as named once it is sealed.")]
    offset: Annotated[int, Key(), Unit("bytes"), Doc("Where the record starts in the file.")]
    inner: Annotated[
        int,
        Key(),
        Unit("bytes"),
        Doc("Where it starts in the compressed unit there, of which others may have the start."),
    ]
    length: Annotated[
        int, Unit("bytes"), Doc("Size of the record in the file; 0 if not the first of its unit.")
    ]
    record_id: Annotated[str | None, Doc("WARC-Record-ID without brackets.")]
    record_type: Annotated[str, Doc("WARC-Type: response, revisit or resource.")]
    url: Annotated[str, Doc("WARC-Target-URI.")]
    surt: Annotated[str, Doc("Sort-friendly form of the URL.")]
    fetched_at: Annotated[datetime, Doc("WARC-Date.")]
    status: Annotated[int | None, Doc("HTTP status.")]
    mime: Annotated[str | None, Doc("Media type of the Content-Type header.")]
    payload_digest: Annotated[str | None, Doc("WARC-Payload-Digest as written.")]
    source: Annotated[str | None, Doc("The site the URL belongs to, if a known one.")]
    page_type: Annotated[str | None, Doc("Kind of page the URL names.")]
    page_key: Annotated[
        str | None, Doc("Which page of that kind: for a match page the match's number.")
    ]
    verdict: Annotated[str | None, Doc("What judging the content said; null if not ours.")]
    verdict_reason: Annotated[str | None, Doc("Why it is no content, or why parsing failed.")]
    parser: Annotated[str | None, Doc("Name and version of the parser that read it.")]
    layout: Annotated[
        str | None,
        Doc("Which shape of its page type the page has; null where a parser tells none."),
    ]
    outcome: Annotated[
        str, OneOf(OUTCOMES), Doc("What became of it; both sums of a build count by this.")
    ]
    rows: Annotated[int, Unit("rows"), Doc("Rows extracted.")]
    issues: Annotated[int, Unit("issues"), Doc("Rows of table `issues` about it.")]


class IssueRow(Row, frozen=True):
    """Something a page did not say as its parser expects, or two pages say differently."""

    table: ClassVar[str] = "issues"
    contributors: ClassVar[tuple[str, ...]] = ()

    capture_id: CaptureId
    issue_number: Annotated[int, Key(), Doc("From 1, in the order met.")]
    page_type: Annotated[str | None, Doc("Kind of page it was met on.")]
    parser: Annotated[str | None, Doc("Name and version of the parser.")]
    kind: Annotated[
        str,
        OneOf(ISSUE_KINDS),
        Doc("Not there, not readable, of no known kind, or contradicted by another page."),
    ]
    field: Annotated[str, Doc("The column concerned, or the part of the page.")]
    found: Annotated[str, Doc("What stood there, at most 40 characters.")]
    source_url: Annotated[str, Doc("URL of the page.")]


class QuarantineRow(Row, frozen=True):
    """One row that was refused, with one reason per rule it breaks."""

    table: ClassVar[str] = "quarantine"
    contributors: ClassVar[tuple[str, ...]] = ()

    capture_id: Annotated[
        int | None, Key(), Doc("As in `captures`; null of a row that was worked out of many pages.")
    ]
    quarantine_number: Annotated[int, Key(), Doc("From 1 within the capture, in build order.")]
    table_name: Annotated[str, Doc("The table it was meant for, or the kind of page fragment.")]
    row_key: Annotated[str, Doc("Its key, as JSON.")]
    reasons: Annotated[str, Doc("The rules it breaks, joined by `; `.")]
    row: Annotated[str, Doc("The whole row, as JSON.")]
    source_url: Annotated[str | None, Doc("URL of the page it was read from, if of one.")]


ROWS: tuple[type[Row], ...] = (CaptureRow, IssueRow, QuarantineRow)
