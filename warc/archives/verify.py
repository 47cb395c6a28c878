"""Verifying archives: one pass over every file, and what only shows across files.

Theory of operation. Each file is read once by the accounting reader, which compares checksums,
lengths and digests under both chunked readings and names what is bad; its records then go past
rules on the head (`header_rules`), on how they lie in the file (`framing`) and on the HTTP message
in them (`http_rules`), and into a ledger of ids and references on disk. Where a whole collection is
read, its manifest is compared with the records side by side. Memory is bounded by the largest
record, not by the archive; at most five findings of a kind are kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from warc.archives.agreement import Agreement, FileAgreement
from warc.archives.findings import Findings
from warc.archives.framing import Framer, framing_findings
from warc.archives.header_rules import TYPES, head_findings
from warc.archives.http_rules import message_findings
from warc.archives.ledger import Ledger
from warc.archives.targets import Target, final_name
from warc.errors import ArchiveError, CorruptMember, DigestMismatch, TruncatedRecord
from warc.note import read_note
from warc.reader import read_records
from warc.record import BadStretch, Record
from warc.scan import NOT_WARC
from warc.verify import check_digests
from warc.window import open_binary
from warc.writer import OPEN_SUFFIX

# What a lone metadata record says became of a URL.
_WITHOUT_CAPTURE = frozenset({"failed", "skipped"})

Progress = Callable[[int], None]
"""Told how many bytes more were read."""


@dataclass(slots=True)
class Verified:
    """What a verification found.

    urls  known URLs of each collection by where they have ended, for those with a manifest
    """

    findings: Findings = field(default_factory=Findings)
    files: int = 0
    records: int = 0
    bytes: int = 0
    by_type: dict[str, int] = field(default_factory=dict)
    urls: dict[str, dict[str, int]] = field(default_factory=dict)


def verify(targets: Sequence[Target], progress: Progress = lambda _: None) -> Verified:
    """Verify all files of the targets together: a revisit's original may lie in any of them."""
    made = _Verification(progress)
    try:
        for target in targets:
            made.of_target(target)
        made.told.findings.extend(made.ledger.at_the_end())
    finally:
        made.ledger.close()
    return made.told


class _Verification:
    """One run over any number of folders."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.ledger = Ledger()
        self.told = Verified()

    def of_target(self, target: Target) -> None:
        """Verify one folder's files, and its manifest if it has one and all files are read."""
        agreement = self._agreement(target)
        try:
            for path in target.files:
                self._of_file(path, agreement.of_file(path) if agreement else None)
            if agreement is not None:
                self.told.findings.extend(agreement.of_files())
                self.told.findings.extend(agreement.of_urls(self.ledger))
                self.told.urls[target.name] = agreement.url_counts()
        except sqlite3.Error as error:
            self._add("manifest-unusable", str(error), str(target.manifest))
        finally:
            if agreement is not None:
                agreement.close()

    def _agreement(self, target: Target) -> Agreement | None:
        """The comparison with a folder's manifest, where that can be made."""
        if target.manifest is None or not target.is_whole:
            return None
        try:
            return Agreement(target, target.manifest)
        except sqlite3.Error as error:
            self._add("manifest-unusable", str(error), str(target.manifest))
            return None

    def _of_file(self, path: Path, agreement: FileAgreement | None) -> None:
        """Verify one file."""
        name = str(path)
        self.told.files += 1
        self.ledger.begin_file(name)
        if path.name.endswith(OPEN_SUFFIX):
            self._add("left-open", "the file is still open", name)
        try:
            with open_binary(name) as file, closing(Framer(file, path)) as framer:
                size = framer.window.size
                self.told.bytes += size
                if not size:
                    self._add("empty-file", "the file has no bytes", name)
                self._records(path, framer, agreement)
        except (ArchiveError, OSError) as error:
            problem = error.problem if isinstance(error, ArchiveError) else str(error)
            self._add("unreadable", problem, name)
        if agreement is not None:
            self.told.findings.extend(agreement.end())

    def _records(self, path: Path, framer: Framer, agreement: FileAgreement | None) -> None:
        """Verify the records of one file."""
        is_first = True
        for found in read_records(path, verify=False):
            if isinstance(found, BadStretch):
                self._bad(path, found, framer.window.size)
            else:
                if is_first:
                    self._first(path, found)
                if self._record(found, framer) and agreement is not None:
                    self.told.findings.extend(agreement.add(found))
            is_first = False
            self.progress(found.length)

    def _record(self, record: Record, framer: Framer) -> bool:
        """Verify one record; whether readers take it for a good one."""
        self.told.records += 1
        kind = record.type if record.type in TYPES else "other"
        self.told.by_type[kind] = self.told.by_type.get(kind, 0) + 1
        findings = self.told.findings
        if not framer.is_arc:
            framing = framer.framing(record)
            findings.extend(framing_findings(record, framing))
            findings.extend(head_findings(record, framing.head))
        findings.extend(message_findings(record, is_arc=framer.is_arc))
        if not self._is_as_written(record):
            return False
        findings.extend(self.ledger.add(record))
        if record.type == "metadata" and read_note(record).first("outcome") in _WITHOUT_CAPTURE:
            self.ledger.add_note(record.target_uri)
        return True

    def _is_as_written(self, record: Record) -> bool:
        """Compare all digests; whether the block is good, as its own digest says if it has one."""
        try:
            check_digests(record, thorough=True)
        except DigestMismatch as error:
            self.told.findings.add(
                "digest-differs", error.problem, file=record.file, offset=record.offset
            )
        else:
            return True
        try:
            check_digests(record, thorough=False)
        except DigestMismatch:
            return False
        return True

    def _first(self, path: Path, record: Record) -> None:
        """Look at what a file begins with."""
        if record.type != "warcinfo":
            self._add("no-warcinfo", f"it begins with a {record.type[:40]} record", str(path))
            return
        named = record.fields.first("WARC-Filename")
        if named and named not in {path.name, final_name(path)}:
            self._add("renamed", f"its warcinfo says {named[:60]}", str(path))

    def _bad(self, path: Path, bad: BadStretch, size: int) -> None:
        """Name a stretch that is no good record."""
        is_tail = bad.offset + bad.length >= size
        is_torn = is_tail and path.name.endswith(OPEN_SUFFIX)
        kind = "torn-tail" if is_torn else _kind_of(bad.error)
        offset = None if kind == "not-warc" else bad.offset
        self.told.findings.add(
            kind, f"{bad.error.problem}; {bad.length} bytes", file=str(path), offset=offset
        )

    def _add(self, kind: str, detail: str, file: str) -> None:
        self.told.findings.add(kind, detail, file=file)


def _kind_of(error: ArchiveError) -> str:
    """The kind of finding that a reader's error is."""
    if isinstance(error, TruncatedRecord):
        return "truncated"
    if isinstance(error, CorruptMember):
        return "zstd-damaged" if "zstd" in error.problem else "gzip-damaged"
    if isinstance(error, DigestMismatch):
        return "digest-differs"
    problem = error.problem
    if problem == NOT_WARC:
        return "not-warc"
    if problem == "gzip member is empty":
        return "gzip-empty"
    if "begins here" in problem or "holds no record" in problem:
        return "garbage"
    return "no-trailer" if "is followed by" in problem else "bad-head"
