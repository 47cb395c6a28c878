"""What can be wrong with archives, how bad each kind is, and what was found, counted by kind.

Three severities. A *defect* breaks a rule of the WARC or HTTP formats, or loses something: bytes, a
record, a page. A *warning* is against a recommendation, or means work that is still to be done.
*Info* is legal but unusual: other readers may stumble, nothing is lost. Only defects change the
exit code of `verify`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["defect", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("defect", "warning", "info")

# Examples kept of each kind: enough to see a pattern, and memory stays bounded.
EXAMPLES_KEPT = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding; `about` is one sentence for people."""

    severity: Severity
    about: str


KINDS: dict[str, Kind] = {
    # the file and its gzip framing
    "unreadable": Kind("defect", "The file cannot be opened."),
    "not-warc": Kind("defect", "The file is no WARC or ARC file that can be read."),
    "empty-file": Kind("defect", "The file has no bytes."),
    "truncated": Kind("defect", "A record or gzip member ends before its end."),
    "gzip-damaged": Kind("defect", "A gzip member cannot be inflated, or its checksum differs."),
    "gzip-many": Kind(
        "defect", "One gzip member holds many records: no record can be read by its offset."
    ),
    "gzip-mixed": Kind(
        "defect", "A record lies uncompressed in a compressed file, or compressed in a plain one."
    ),
    "gzip-empty": Kind("defect", "A gzip member is empty: some readers take it for the end."),
    "zstd-damaged": Kind(
        "defect", "A zstd frame or its dictionary cannot be inflated, or its checksum differs."
    ),
    "zstd-many": Kind(
        "defect", "A zstd frame holds more than one record: none can be read by its offset."
    ),
    "zstd-unchecked": Kind(
        "warning", "A zstd frame says no checksum or length: damage shows by the digests alone."
    ),
    "garbage": Kind("defect", "Bytes stand where a record should begin."),
    "no-trailer": Kind("defect", "A record is not followed by exactly two CRLF."),
    "torn-tail": Kind("warning", "A file being written, or left by a killed writer, ends torn."),
    "left-open": Kind("warning", "A file is still named .open: being written, or left unsealed."),
    "no-warcinfo": Kind("info", "The file does not begin with a warcinfo record."),
    "renamed": Kind("info", "The file's name is not the one its warcinfo says."),
    # the record's head
    "bad-head": Kind("defect", "A record's head cannot be read, or lacks a mandatory field."),
    "head-lines": Kind("defect", "Lines of a record's head end in LF alone."),
    "folded-field": Kind("warning", "A field of a record's head goes on in the next line."),
    "field-syntax": Kind("defect", "A field's name or value is not what the standard says."),
    "field-repeated": Kind("defect", "A field stands twice that may stand once."),
    "field-missing": Kind("defect", "A field that this type of record must have is missing."),
    "field-misplaced": Kind("defect", "A field that this type of record must not have is there."),
    "field-unusual": Kind("warning", "A field has a value that readers may not know."),
    "uri-in-brackets": Kind("defect", "WARC-Target-URI has the brackets that only ids have."),
    "uri-in-brackets-1.0": Kind("warning", "The same in WARC/1.0, whose grammar allowed it."),
    "content-type": Kind("warning", "A block's Content-Type is missing or not the usual one."),
    "message-type": Kind("defect", "The Content-Type says another kind of HTTP message."),
    "draft-version": Kind("info", "A record is of a draft of the WARC format."),
    "unknown-type": Kind("info", "The record's type is not one of the standard: readers skip it."),
    "hidden-message": Kind("defect", "A record of unknown type holds an HTTP message: it is lost."),
    "segment": Kind("defect", "The fields of a segmented record contradict each other."),
    "segmented": Kind("info", "A record is one segment of many, which few readers join."),
    "not-fields": Kind("warning", "A line of a warcinfo or metadata block is no field."),
    # digests
    "digest-differs": Kind("defect", "The bytes do not give the digest written in the record."),
    "digest-form": Kind("info", "A digest is written in a form other than the customary one."),
    "digest-unknown": Kind("warning", "A digest is of an algorithm that cannot be compared."),
    "digest-of-nothing": Kind(
        "warning",
        "A revisit's block digest is that of no bytes, as wget writes it: it says nothing.",
    ),
    "digest-of-chunks": Kind(
        "info", "A payload digest was computed over chunk framing: others compute it without."
    ),
    "no-block-digest": Kind("info", "A record has no block digest."),
    "no-payload-digest": Kind("info", "A response has no payload digest."),
    # revisits and ids
    "revisit-dangling": Kind("defect", "The original of a revisit is in none of the files given."),
    "revisit-differs": Kind(
        "defect", "The original that a revisit names has another payload digest."
    ),
    "revisit-by-digest": Kind(
        "warning", "Only a response of another URL has the payload of a revisit: few tools look."
    ),
    "revisit-of-revisit": Kind("warning", "A revisit refers to another revisit."),
    "revisit-astray": Kind(
        "warning", "One reference of a revisit leads to its original, another leads nowhere."
    ),
    "revisit-vague": Kind("info", "A revisit does not name its original, only URL and digest."),
    "id-repeated": Kind("defect", "Two records have the same WARC-Record-ID."),
    "warcinfo-elsewhere": Kind("info", "The warcinfo a record names is in none of the files."),
    # HTTP
    "http-head": Kind("defect", "The head of an HTTP message cannot be read."),
    "http-request-end": Kind("warning", "The head of a request lacks its empty line."),
    "http-version": Kind("defect", "A message says HTTP/2 or HTTP/3 where readers want HTTP/1.1."),
    "http-first-line": Kind("defect", "The first line of an HTTP message is none."),
    "http-lines": Kind("info", "Lines of an HTTP head end in LF alone; stored as received."),
    "http-no-reason": Kind("info", "A status line has no reason."),
    "http-field": Kind("info", "A field of an HTTP head is not well-formed; stored as received."),
    "http-length": Kind("defect", "Content-Length and the bytes of the body differ."),
    "arc-line-end": Kind("info", "The line end after an ARC record is counted as its body's."),
    "http-cut": Kind("info", "A body is cut, and its record says so."),
    "undecodable": Kind("defect", "A body is not what its Content- or Transfer-Encoding says."),
    "not-chunked": Kind("defect", "Transfer-Encoding says chunked, the body is not."),
    "coding-unknown": Kind("warning", "A body is in a coding that cannot be checked here."),
    # the manifest
    "manifest-unusable": Kind("defect", "The manifest cannot be read."),
    "manifest-behind": Kind("warning", "A file is not, or not wholly, indexed in the manifest."),
    "file-missing": Kind("defect", "The manifest knows a file that is not there."),
    "file-shorter": Kind("defect", "A file is shorter than the manifest says."),
    "row-without-record": Kind("defect", "A row of the manifest points at no record."),
    "record-without-row": Kind("defect", "A capture within the indexed size has no row."),
    "row-differs": Kind("defect", "A row of the manifest and its record differ."),
    "url-nowhere": Kind("defect", "A known URL counts as done, but no good capture of it exists."),
    "url-twice": Kind("warning", "A known URL is archived, and queued all the same."),
    "no-reason": Kind("defect", "A URL has failed or was skipped, and nothing says why."),
    "no-note": Kind("defect", "A failed or skipped URL has left no metadata record."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: `offset` is None where it is about a whole file or a URL."""

    kind: str
    detail: str
    file: str = ""
    offset: int | None = None

    def __str__(self) -> str:
        """What is wrong, and where."""
        if not self.file:
            return self.detail
        where = self.file if self.offset is None else f"{self.file}, byte {self.offset}"
        return f"{self.detail} ({where})"


@dataclass(slots=True)
class Group:
    """Findings of one kind: all are counted, the first few kept."""

    count: int = 0
    examples: list[Finding] = field(default_factory=list)


class Findings:
    """What was found so far; memory does not grow with the number of findings."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self.groups: dict[str, Group] = {}

    def add(self, kind: str, detail: str, *, file: str = "", offset: int | None = None) -> None:
        """Count a finding; `kind` is one of KINDS."""
        self.extend([Finding(kind=kind, detail=detail, file=file, offset=offset)])

    def extend(self, found: Iterator[Finding] | list[Finding]) -> None:
        """Count findings."""
        for one in found:
            assert one.kind in KINDS, one.kind
            group = self.groups.setdefault(one.kind, Group())
            group.count += 1
            if len(group.examples) < EXAMPLES_KEPT:
                group.examples.append(one)

    def total(self, severity: Severity) -> int:
        """How many findings of a severity there are."""
        return sum(
            group.count for kind, group in self.groups.items() if KINDS[kind].severity == severity
        )

    def by_severity(self) -> Iterator[tuple[Severity, str, Group]]:
        """Yield the groups, defects first, within a severity in the order of KINDS."""
        for severity in SEVERITIES:
            for kind, known in KINDS.items():
                if known.severity == severity and kind in self.groups:
                    yield severity, kind, self.groups[kind]
