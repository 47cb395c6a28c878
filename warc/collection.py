"""A collection: a folder of WARC files with its manifest, written by one fetch at a time.

Theory of operation. `add` appends an exchange to the open file and its row to the manifest's open
transaction; neither counts yet. `commit` syncs the file, then commits the transaction: from then
on the exchange is acknowledged. It happens by itself after 32 exchanges or 1 s. A crash before
the sync leaves a tail that the next opening keeps as far as it is whole; a crash between sync and
commit leaves exchanges that the next opening indexes. After an error the collection is of no more
use, and nothing that was not acknowledged is claimed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from warc.addition import Addition, repeated, verdict_of_dom
from warc.capture_reader import Validators, read_capture, read_validators
from warc.disk import Disk, RealDisk
from warc.errors import CollectionError
from warc.exchange import CrawlInfo, Exchange, Note, Resource
from warc.format import warc_date
from warc.http import HttpMessage
from warc.lock import FolderLock
from warc.manifest import MANIFEST_NAME, Manifest
from warc.manifest_rows import Capture, Crawl
from warc.note import crawl_note, described, missing, to_json
from warc.reconcile import index_files, make_folder, refuse_mixture, seal_left_files
from warc.sites.page import PageRef, Site, Verdict
from warc.writer import WarcWriter, next_name, payload_digest

LOCK_NAME = "collection.lock"

# 1 GB: the size the standard recommends for a file (spec/warc.md 1.3).
MAX_FILE_BYTES = 1 << 30

# What a power cut may cost: at most this many exchanges, or what came in this time.
COMMIT_EXCHANGES = 32
COMMIT_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Collection:
    """An opened collection; use as a context manager, or call `close`."""

    manifest: Manifest
    told: tuple[str, ...]
    """What opening found and did: torn tails, files that were indexed with trouble."""

    def __init__(
        self,
        folder: Path,
        *,
        site: Site,
        info: CrawlInfo,
        max_file_bytes: int,
        disk: Disk,
        clock: Callable[[], datetime],
    ) -> None:
        """Take the lock; `open` does the rest."""
        self.folder = folder
        self.site = site
        self.info = info
        self.told = ()
        self._max_file_bytes = max_file_bytes
        self._disk = disk
        self._clock = clock
        self._lock = FolderLock(folder / LOCK_NAME)
        self._writer: WarcWriter | None = None
        self._pending = 0
        self._pending_since_s = 0.0
        self._committed_id = 0
        self._crawl: Crawl | None = None
        self._crawl_wrote = False
        self._broken = False

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        site: Site,
        info: CrawlInfo,
        max_file_bytes: int = MAX_FILE_BYTES,
        disk: Disk | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Self:
        """Open or create a collection and put it in order.

        Torn tails are set aside, left files sealed, unknown files indexed, rows that point at
        nothing dropped; a manifest that was deleted is made again from the WARC files.

        raises  CollectionError where it is in use, unwritable, damaged, or of another base URL
        """
        disk = disk or RealDisk()
        try:
            make_folder(folder, disk)
        except OSError as error:
            problem = f"{folder} cannot be created: {error.strerror} (see --archives)"
            raise CollectionError(problem) from error
        opened = cls(
            folder,
            site=site,
            info=info,
            max_file_bytes=max_file_bytes,
            disk=disk,
            clock=clock,
        )
        opened._lock.take("fetch")
        try:
            opened._put_in_order()
        except BaseException:
            opened._let_go()
            raise
        return opened

    def __enter__(self) -> Self:
        """The collection itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close, naming the error that ended the crawl where there is one."""
        self.close("done" if kind is None else kind.__name__)

    # -- writing -----------------------------------------------------------------------------

    def add(
        self,
        exchange: Exchange,
        note: Note,
        *,
        page: PageRef | None,
        verdict: Verdict,
        page_url: str | None = None,
        resources: Sequence[Resource] = (),
        dom_verdict: Verdict | None = None,
        revalidates: Capture | None = None,
    ) -> int:
        """Archive an exchange; it is acknowledged by the next `commit`, which may be at once.

        note         further fields of the metadata record; what the manifest knows is added
        page         which page the URL names, None for robots.txt and the like
        page_url     the page it was fetched for, where redirects led from there to this URL
        resources    what was made of the page: written before the exchange, in the same write
        dom_verdict  what the site makes of the DOM among them; it counts as a capture of the page
                     where the page type's DOM is read
        revalidates  the capture that a 304 says still holds: the exchange becomes a revisit, and
                     is worth what that capture is
        returns      the capture's id, for `manifest.mark_expanded`
        """
        try:
            writer = self._open_writer()
            digest = payload_digest(exchange)
            original, unmodified = repeated(
                self.manifest, exchange, digest, revalidates, up_to_id=self._committed_id
            )
            added = Addition(
                exchange=exchange,
                page=page,
                page_url=page_url or exchange.url,
                verdict=original.verdict if original and unmodified else verdict,
                digest=digest,
                original=original,
                unmodified=unmodified,
                resources=resources,
                dom_verdict=verdict_of_dom(self.site, page, resources, dom_verdict),
            )
            capture_id = self._add(writer, added, note)
        except CollectionError:
            self._give_up()
            raise
        self._count_pending()
        return capture_id

    def failed(
        self, url: str, reason: str, next_try_at: datetime | None, *, ended: bool = False
    ) -> None:
        """Count a failed attempt; giving up (None; for this crawl: `ended`) leaves a record."""
        at = self._clock()
        self.manifest.failed(url, reason, next_try_at, at=at)
        if ended or next_try_at is None:
            later = (("next-try", warc_date(next_try_at)),) if next_try_at else ()
            self._leave_note(url, "failed", reason, later, at=at)

    def skipped(self, url: str, reason: str) -> None:
        """Take a URL out of the queue; a metadata record says why."""
        self.manifest.skipped(url, reason)
        self._leave_note(url, "skipped", reason, at=self._clock())

    def start_crawl(self, options: Mapping[str, object]) -> int:
        """Begin a crawl; its id, for `NewPage.discovered_in`."""
        at = self._clock()
        written = to_json(options)
        crawl_id = self.manifest.start_crawl(written, started_at=at)
        self._crawl_wrote = False
        self._crawl = Crawl(
            id=crawl_id,
            options=written,
            started_at=at,
            ended_at=None,
            counts="{}",
            why="",
            walk_complete=False,
        )
        return crawl_id

    def finish_crawl(
        self, why: str, *, counts: Mapping[str, object], walk_complete: bool = False
    ) -> None:
        """End the crawl; one that wrote anything leaves a metadata record."""
        if self._crawl is None:
            return
        at = self._clock()
        ended = replace(
            self._crawl,
            ended_at=at,
            why=why,
            counts=to_json(counts),
            walk_complete=walk_complete,
        )
        self._crawl = None
        self.manifest.put_crawl(ended)
        if self._crawl_wrote:
            # A manifest that is made again from the WARC files may trust a walk only if all that
            # it found stands in them.
            noted = replace(ended, walk_complete=walk_complete and not self.manifest.has_unseen())
            note = Note(fields=crawl_note(noted, started_at=warc_date(ended.started_at)))
            self._append_note(f"urn:warchouse:crawl:{ended.id}", note, at)
        self.commit()

    def commit(self) -> None:
        """Sync the file, then commit the manifest: all that was added is now acknowledged.

        raises  CollectionError; nothing that was not acknowledged before is then claimed
        """
        self._check_usable()
        try:
            if self._writer is not None:
                self._writer.sync()
                name, size = self._writer.name, self._writer.size
                self.manifest.set_file(name, size=size, base_url=self.info.base_url)
            self.manifest.commit()
        except CollectionError:
            self._give_up()
            raise
        self._pending = 0
        self._committed_id = self.manifest.last_capture_id()
        if self._writer is not None and self._writer.size >= self._max_file_bytes:
            self._seal()

    def commit_if_due(self) -> None:
        """Commit where something has waited for 1 s; nothing happens after an error."""
        waited_s = time.monotonic() - self._pending_since_s
        if self._pending and not self._broken and waited_s >= COMMIT_SECONDS:
            self.commit()

    def close(self, reason: str = "") -> None:
        """End the crawl if one is running, seal the file, and let go of the collection."""
        try:
            if not self._broken:
                self.finish_crawl(reason, counts={})
                self.commit()
                self._seal()
        finally:
            self._let_go()

    # -- reading -----------------------------------------------------------------------------

    def read_capture(self, capture: Capture) -> HttpMessage:
        """The response of a capture, body still encoded; a revisit has its original's body.

        A resource record is read as if a server had sent it.
        raises  ArchiveError where the record is damaged, UnresolvedRevisit
        """
        return read_capture(self.folder, self.manifest, capture)

    def validators(self, url: str) -> Validators | None:
        """What to send with a request for a URL so that an unchanged page is answered with 304.

        returns  None where no good capture is synced, or its server offers nothing to compare by
        """
        return read_validators(self.folder, self.manifest, url, up_to_id=self._committed_id)

    # -- the inside --------------------------------------------------------------------------

    def _put_in_order(self) -> None:
        """Repair, index, compare with the base URL; ends in a commit."""
        self.manifest = Manifest(self.folder / MANIFEST_NAME, disk=self._disk)
        told = seal_left_files(self.folder, self.manifest, self._disk)
        self.told = told + index_files(self.folder, self.manifest, self.site)
        for sentence in self.told:
            _log.warning("%s", sentence)
        refuse_mixture(self.folder, self.manifest, self.info.base_url)
        self.manifest.refresh()
        self.manifest.commit()
        self._committed_id = self.manifest.last_capture_id()

    def _add(self, writer: WarcWriter, added: Addition, note: Note) -> int:
        """Append an exchange and its rows; the id of the response's."""
        noted = self._complete(note, added.page_url)
        noted += missing(noted, added.note_fields())
        written = writer.append(
            added.exchange,
            Note(fields=noted),
            resources=added.resources,
            revisit_of=added.revisit_of(),
            digest=added.digest,
        )
        self._crawl_wrote = True
        ids = [self.manifest.add_capture(capture) for capture in added.captures(written)]
        return ids[0]

    def _leave_note(
        self,
        url: str,
        outcome: str,
        reason: str,
        more: tuple[tuple[str, str], ...] = (),
        *,
        at: datetime,
    ) -> None:
        """Append a lone metadata record about a URL."""
        noted = (("outcome", outcome), ("reason", reason), *more, *self._complete(Note(), url))
        if (page := self.manifest.page(url)) and page.attempts:
            noted += (("attempts", str(page.attempts)),)
        self._append_note(url, Note(fields=noted), at)

    def _append_note(self, url: str, note: Note, at: datetime) -> None:
        """Append a lone metadata record."""
        try:
            self._open_writer().note(url, note, at=at)
        except CollectionError:
            self._give_up()
            raise
        self._crawl_wrote = True
        self._count_pending()

    def _complete(self, note: Note, page_url: str) -> tuple[tuple[str, str], ...]:
        """A note with what the manifest knows of its page, and the crawl."""
        known: tuple[tuple[str, str], ...] = ()
        if (page := self.manifest.page(page_url)) is not None:
            known = described(page)
        if self._crawl is not None:
            known += (("crawl", str(self._crawl.id)),)
        return note.fields + missing(note.fields, known)

    def _count_pending(self) -> None:
        """Commit when enough has come together."""
        if not self._pending:
            self._pending_since_s = time.monotonic()
        self._pending += 1
        waited_s = time.monotonic() - self._pending_since_s
        if self._pending >= COMMIT_EXCHANGES or waited_s >= COMMIT_SECONDS:
            self.commit()

    def _open_writer(self) -> WarcWriter:
        """The file being written; a new one where there is none."""
        self._check_usable()
        if self._writer is None:
            at = self._clock()
            name = next_name(self.folder, self.info.source, at)
            self._writer = WarcWriter(self.folder, name, self.info, at=at, disk=self._disk)
        return self._writer

    def _seal(self) -> None:
        """Give the file its final name, if there is one."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        try:
            writer.seal()
        except CollectionError:
            self._give_up()
            raise

    def _check_usable(self) -> None:
        """Refuse work after an error."""
        if self._broken:
            raise CollectionError(f"{self.folder} is closed after an error")

    def _give_up(self) -> None:
        """After an error: what is not committed is dropped, and nothing more is accepted."""
        self._broken = True
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def _let_go(self) -> None:
        """Close the manifest and the lock, whatever happened."""
        self._give_up()
        if hasattr(self, "manifest"):
            self.manifest.close()
        self._lock.release()
