"""Putting a collection in order when it is opened: torn tails set aside, files indexed.

Theory of operation. A file still named .open was left by a writer that did not end. What the
manifest had committed of it was synced, so damage can only lie behind; from there the file is
kept up to the end of its last whole exchange, the rest is moved to NAME.torn-OFFSET, and the
file is sealed. Where the manifest knows nothing of the file, as after its deletion, damage is no
proof of the end: then the last whole exchange anywhere counts. After that every file is compared
with the manifest by name and size; what is new is indexed, what is gone is forgotten. The
metadata records say for which page a capture was made, so a deleted manifest can be made again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from warc.disk import Disk
from warc.errors import ArchiveError, CollectionError, TruncatedRecord
from warc.exchange import CHUNK_BYTES
from warc.fields import Fields
from warc.head import bare, read_date
from warc.http import HttpMessage, decode_body, response_of
from warc.manifest import Manifest
from warc.manifest_rows import Capture, Crawl, NewPage
from warc.note import number, read_note
from warc.reader import read_records
from warc.record import BadStretch, Record
from warc.sites.page import PageRef, Response, Site
from warc.writer import OPEN_SUFFIX

WARC_SUFFIXES = (".warc.gz", ".warc", ".arc.gz", ".arc")

# Responses whose metadata may still come; in our files it follows at once.
_RECENT = 64


def warc_files(folder: Path) -> Iterator[Path]:
    """The WARC files of a folder that are not being written, in order of their names."""
    yield from sorted(
        path for path in folder.iterdir() if path.name.endswith(WARC_SUFFIXES) and path.is_file()
    )


def seal_left_files(folder: Path, manifest: Manifest, disk: Disk) -> tuple[str, ...]:
    """Repair and seal what a writer left open; one sentence for each tail that was set aside."""
    known = manifest.files()
    told: list[str] = []
    for path in sorted(folder.glob(f"*.warc.gz{OPEN_SUFFIX}")):
        name = path.name.removesuffix(OPEN_SUFFIX)
        try:
            told += _seal_left(path, name, known.get(name), disk)
        except OSError as error:
            problem = f"{path} cannot be repaired: {error.strerror} (see --archives)"
            raise CollectionError(problem) from error
    return tuple(told)


def _seal_left(path: Path, name: str, committed: int | None, disk: Disk) -> Iterator[str]:
    """Repair and seal one file."""
    keep, has_exchanges = _whole_part(path, committed)
    size = path.stat().st_size
    if keep < size:
        torn = path.with_name(f"{name}.torn-{keep}")
        _copy_tail(path, torn, keep, disk)
        handle = disk.reopen(path)
        try:
            disk.truncate(handle, keep)
            disk.sync(handle)
        finally:
            disk.close(handle)
        yield f"{name}: {size - keep} torn bytes set aside as {torn.name}"
    if has_exchanges:
        disk.rename(path, path.with_name(name))
    else:
        disk.remove(path)
    disk.sync_folder(path.parent)


def _whole_part(path: Path, committed: int | None) -> tuple[int, bool]:
    """Up to where a file holds whole exchanges, and whether it holds any."""
    if committed is not None and committed > path.stat().st_size:
        committed = None  # it was shortened: the manifest proves nothing
    end = position = committed or 0
    has_exchanges = bool(committed)
    for found in read_records(path, start=position):
        position += found.length
        if isinstance(found, BadStretch):
            if committed is not None:
                break
        elif found.type == "metadata":
            end, has_exchanges = position, True
        elif found.type == "warcinfo":
            end = position
    return end, has_exchanges


def _copy_tail(source: Path, target: Path, offset: int, disk: Disk) -> None:
    """Copy a file's tail into a file of its own, synced before anything is cut."""
    with contextlib.suppress(FileNotFoundError):
        disk.remove(target)  # left by a repair that did not end; the tail is still in the source
    handle = disk.create(target)
    try:
        with source.open("rb") as file:
            file.seek(offset)
            while chunk := file.read(CHUNK_BYTES):
                written = 0
                while written < len(chunk):
                    written += disk.write(handle, memoryview(chunk)[written:])
        disk.sync(handle)
    finally:
        disk.close(handle)
    disk.sync_folder(target.parent)


def index_files(folder: Path, manifest: Manifest, site: Site) -> tuple[str, ...]:
    """Make the manifest agree with the files; one sentence for each change a person may want."""
    known = manifest.files()
    told = []
    present = {path.name: path for path in warc_files(folder)}
    for name in known.keys() - present.keys():
        manifest.forget_file(name)
        told.append(f"{name}: the file is gone, its captures are forgotten")
    for name, path in present.items():
        size = path.stat().st_size
        indexed = known.get(name, 0)
        if indexed == size and name in known:
            continue
        if indexed > size:
            manifest.forget_file(name)
            told.append(f"{name}: the file is shorter than it was, it is read again")
            indexed = 0
        told += _Indexing(manifest, site, path).run(start=indexed)
    return tuple(told)


@dataclass(slots=True)
class _Indexing:
    """One pass over a file that the manifest does not know, or not to its end."""

    manifest: Manifest
    site: Site
    path: Path
    base_url: str = ""
    waiting: dict[str, tuple[int, Capture, PageRef | None]] = field(default_factory=dict)
    """Responses whose metadata has not come yet, by record id."""
    met: set[int] = field(default_factory=set)
    """Crawls that the manifest is known to have."""

    def run(self, *, start: int) -> list[str]:
        """Index from a record boundary on; what was bad."""
        told = []
        if start:
            self.base_url = self._known_base_url()
        indexed = start
        for found in read_records(self.path, start=start):
            indexed += found.length
            if isinstance(found, BadStretch):
                told.append(str(found.error))
                if isinstance(found.error, TruncatedRecord):
                    indexed -= found.length  # looked at again: it may still be being copied
            elif found.type in {"response", "revisit"}:
                self._add_response(found)
            elif found.type == "warcinfo":
                self.base_url = read_note(found).first("base-url") or self.base_url
            elif found.type == "metadata":
                self._add_metadata(found)
        while self.waiting:
            self._settle_oldest()
        self.manifest.set_file(self.path.name, size=indexed, base_url=self.base_url)
        return told

    def _known_base_url(self) -> str:
        """What the warcinfo at the start of the file says."""
        first = next(read_records(self.path), None)
        if isinstance(first, Record) and first.type == "warcinfo":
            return read_note(first).first("base-url") or ""
        return ""

    def _add_response(self, record: Record) -> None:
        """Add the capture a response or revisit is."""
        try:
            message = response_of(record)
        except ArchiveError:
            return  # a revisit without head, or no HTTP: parsing names it, fetching needs it not
        page = self.site.locate(record.target_uri, stand_in=self.base_url or None)
        capture = Capture(
            url=record.target_uri,
            page_url=record.target_uri,
            page_type=page.page_type if page else "",
            page_key=page.key if page else "",
            file=self.path.name,
            offset=record.offset,
            length=record.length,
            inner=record.inner,
            record_type=record.type,
            record_id=record.record_id,
            refers_to=bare(record.fields.first("WARC-Refers-To") or ""),
            fetched_at=record.date,
            status=message.status,
            verdict=self._verdict(record, message, page),
            payload_digest=record.fields.first("WARC-Payload-Digest") or "",
            truncated=record.fields.first("WARC-Truncated") or "",
        )
        capture_id = self.manifest.add_capture(capture)
        self.waiting[record.record_id] = (capture_id, capture, page)
        while len(self.waiting) > _RECENT:
            self._settle_oldest()

    def _settle_oldest(self) -> None:
        """Stop waiting for the metadata of a response; a good page becomes known without it."""
        _, capture, page = self.waiting.pop(next(iter(self.waiting)))
        if page is not None and capture.verdict == "content":
            self._add_page(capture.url, page, Fields())

    def _verdict(self, record: Record, message: HttpMessage, page: PageRef | None) -> str:
        """What the site makes of a response; a revisit is what its original was."""
        if record.type == "revisit":
            return self._original_verdict(record)
        if 300 <= message.status < 400 and "Location" in message.fields:
            return "redirect"
        if page is None:
            return "unknown"
        try:
            body = decode_body(message, limit=self.site.max_page_bytes)
            is_whole = "WARC-Truncated" not in record.fields
        except ArchiveError:
            body, is_whole = b"", False
        headers = {name.lower(): value for name, value in message.fields}
        response = Response(status=message.status, headers=headers, body=body)
        verdict = self.site.judge(page, response).verdict
        if is_whole or (body and verdict != "content") or verdict in {"block", "challenge"}:
            return verdict
        return "truncated"

    def _original_verdict(self, record: Record) -> str:
        """The verdict on the response a revisit repeats; 'unknown' where it is nowhere."""
        original = self.manifest.capture_of_record(
            bare(record.fields.first("WARC-Refers-To") or "")
        )
        if original is None:
            digest = record.fields.first("WARC-Payload-Digest") or ""
            original = self.manifest.original(record.target_uri, digest, up_to_id=1 << 62)
        return original.verdict if original else "unknown"

    def _add_metadata(self, record: Record) -> None:
        """Learn what a note says: of a capture, or of a URL that has none, or of a crawl."""
        noted = read_note(record)
        of_crawl = number(noted, "crawl")
        if of_crawl and noted.first("outcome") != "crawl":
            self._meet_crawl(of_crawl, record.date)
        concurrent = bare(record.fields.first("WARC-Concurrent-To") or "")
        if concurrent in self.waiting:
            self._describe(*self.waiting.pop(concurrent), noted)
        elif noted.first("outcome") == "crawl":
            self._add_crawl(noted, record.date)
        else:
            self._add_lone(record.target_uri, noted)

    def _describe(
        self, capture_id: int, capture: Capture, page: PageRef | None, noted: Fields
    ) -> None:
        """Learn for which page a capture was made.

        Where that is not the page its own URL names, only the crawler could judge it.
        """
        page_url = noted.first("page-url") or capture.url
        if page is None or page_url != capture.url:
            self.manifest.describe_capture(
                capture_id,
                page_url=page_url,
                page_type=noted.first("page-type") or capture.page_type,
                page_key=noted.first("page-key") or capture.page_key,
                verdict=noted.first("verdict") or capture.verdict,
            )
        wanted = self.site.locate(page_url, stand_in=self.base_url or None)
        if wanted is not None:
            self._add_page(page_url, wanted, noted)

    def _add_lone(self, url: str, noted: Fields) -> None:
        """Learn of a URL that failed or was skipped."""
        page = self.site.locate(url, stand_in=self.base_url or None)
        outcome, reason = noted.first("outcome"), noted.first("reason") or "not said"
        if page is None or outcome not in {"failed", "skipped"}:
            return
        self._add_page(url, page, noted)
        if outcome == "failed":
            next_try_at = None
            with contextlib.suppress(ValueError):  # absent: given up for good
                next_try_at = read_date(noted.first("next-try") or "")
            self.manifest.failed(url, reason, next_try_at, attempts=number(noted, "attempts"))
        else:
            self.manifest.skipped(url, reason)

    def _add_page(self, url: str, page: PageRef, noted: Fields) -> None:
        """Put a page into the frontier as its note describes it."""
        self.manifest.add_pages(
            (
                NewPage(
                    url=url,
                    page_type=page.page_type,
                    key=page.key,
                    priority=number(noted, "priority"),
                    hops=number(noted, "hops"),
                    found_on=noted.first("via") or "",
                    discovered_by=noted.first("discovered-by") or "",
                    discovered_in=number(noted, "discovered-in"),
                ),
            )
        )

    def _meet_crawl(self, crawl_id: int, at: datetime) -> None:
        """Know of a crawl whose end may not be in the files."""
        if crawl_id in self.met:
            return
        self.met.add(crawl_id)
        if not any(crawl.id == crawl_id for crawl in self.manifest.crawls()):
            self.manifest.put_crawl(_interrupted(crawl_id, at))

    def _add_crawl(self, noted: Fields, at: datetime) -> None:
        """Learn how a crawl ended."""
        with contextlib.suppress(ValueError):
            self.manifest.put_crawl(
                Crawl(
                    id=number(noted, "crawl"),
                    options=noted.first("options") or "{}",
                    started_at=read_date(noted.first("started-at") or ""),
                    ended_at=at,
                    counts=noted.first("counts") or "{}",
                    why=noted.first("reason") or "",
                    walk_complete=noted.first("walk-complete") == "yes",
                )
            )


def _interrupted(crawl_id: int, at: datetime) -> Crawl:
    """A crawl of which only its exchanges are known."""
    return Crawl(
        id=crawl_id,
        options="{}",
        started_at=at,
        ended_at=at,
        counts="{}",
        why="interrupted",
        walk_complete=False,
    )
