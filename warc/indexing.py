"""One pass over a WARC file that a manifest does not know: its captures, pages and crawls.

The metadata records say for which page a capture was made, so a deleted manifest can be made
again. A resource record is a capture where it is a page (one that was saved by hand), or the DOM
of a page whose type is read from there; other resources are no rows.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from warc.capture_reader import message_of
from warc.errors import ArchiveError, TruncatedRecord
from warc.fields import Fields
from warc.head import bare, read_date
from warc.http import HttpMessage, decode_body
from warc.manifest import Manifest
from warc.manifest_rows import Capture, Crawl, NewPage
from warc.note import number, read_note, time
from warc.reader import read_records
from warc.record import BadStretch, Record
from warc.sites.page import DOM_SCHEME, PageRef, Response, Site

# Responses whose metadata may still come; in our files it follows at once.
_RECENT = 64


@dataclass(slots=True)
class Indexing:
    """One pass over a file that the manifest does not know, or not to its end."""

    manifest: Manifest
    site: Site
    path: Path
    base_url: str = ""
    waiting: dict[str, tuple[int, Capture, PageRef | None]] = field(default_factory=dict)
    """Responses whose metadata has not come yet, by record id."""
    doms: dict[str, list[Capture]] = field(default_factory=dict)
    """What was rendered of those responses, by the response's record id; not rows yet."""
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
            elif found.type in {"response", "revisit", "resource"}:
                self._add_found(found)
            elif found.type == "warcinfo":
                self.base_url = read_note(found).first("base-url") or self.base_url
            elif found.type == "metadata":
                self._add_metadata(found)
        while self.waiting:
            self._settle_oldest()
        while self.doms:
            self._add_doms(next(iter(self.doms)), None)
        self.manifest.set_file(self.path.name, size=indexed, base_url=self.base_url)
        return told

    def _known_base_url(self) -> str:
        """What the warcinfo at the start of the file says."""
        first = next(read_records(self.path), None)
        if isinstance(first, Record) and first.type == "warcinfo":
            return read_note(first).first("base-url") or ""
        return ""

    def _add_found(self, record: Record) -> None:
        """Add the capture that a response, revisit or resource is, if it is one."""
        is_dom = record.type == "resource" and record.target_uri.startswith(DOM_SCHEME)
        locate = self.site.locate_dom if is_dom else self.site.locate
        page = locate(record.target_uri, stand_in=self.base_url or None)
        if record.type == "resource" and page is None and not is_dom:
            return
        try:
            message = message_of(record)
        except ArchiveError:
            return  # a revisit without head, or no HTTP: parsing names it, fetching needs it not
        capture = self._capture(record, message, page)
        if is_dom:
            response_id = bare(record.fields.first("WARC-Concurrent-To") or "")
            self.doms.setdefault(response_id, []).append(capture)
            while len(self.doms) > _RECENT:
                self._add_doms(next(iter(self.doms)), None)
            return
        capture_id = self.manifest.add_capture(capture)
        self.waiting[record.record_id] = (capture_id, capture, page)
        while len(self.waiting) > _RECENT:
            self._settle_oldest()

    def _capture(self, record: Record, message: HttpMessage, page: PageRef | None) -> Capture:
        """The row of a record, as far as the record itself and the site can say."""
        return Capture(
            url=record.target_uri,
            page_url=record.target_uri.removeprefix(DOM_SCHEME),
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

    def _add_doms(self, response_id: str, described: tuple[str, PageRef, Fields] | None) -> None:
        """Add what was rendered of a response, once the response is described or nothing will be.

        described  URL and name of the page that the response was fetched for, and its note
        """
        for dom in self.doms.pop(response_id, ()):
            if described is None:
                page_url, noted = dom.page_url, Fields()
                page = self.site.locate_dom(dom.url, stand_in=self.base_url or None)
            else:
                page_url, page, noted = described
            if page is None or not self.site.is_rendered(page.page_type):
                continue
            is_own = (dom.page_type, dom.page_key) == (page.page_type, page.key)
            verdict = dom.verdict if is_own else noted.first("dom-verdict") or "unknown"
            self.manifest.add_capture(
                replace(
                    dom,
                    page_url=page_url,
                    page_type=page.page_type,
                    page_key=page.key,
                    verdict=verdict,
                )
            )
            if described is None and verdict == "content":
                self._add_page(page_url, page, Fields())

    def _settle_oldest(self) -> None:
        """Stop waiting for the metadata of a response; a good page becomes known without it."""
        record_id = next(iter(self.waiting))
        _, capture, page = self.waiting.pop(record_id)
        if page is not None and capture.verdict == "content":
            self._add_page(capture.url, page, Fields())
        self._add_doms(record_id, None)

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
            self._describe(concurrent, noted)
        elif noted.first("outcome") == "crawl":
            self._add_crawl(noted, record.date)
        else:
            self._add_lone(record.target_uri, noted, record.date)

    def _describe(self, record_id: str, noted: Fields) -> None:
        """Learn for which page a capture was made, and what was rendered of it.

        Where that is not the page its own URL names, only the crawler could judge it.
        """
        capture_id, capture, page = self.waiting.pop(record_id)
        page_url = noted.first("page-url") or capture.url
        wanted = self.site.locate(page_url, stand_in=self.base_url or None)
        if page is None or page_url != capture.url:
            self.manifest.describe_capture(
                capture_id,
                page_url=page_url,
                page_type=noted.first("page-type") or capture.page_type,
                page_key=noted.first("page-key") or capture.page_key,
                verdict=noted.first("verdict") or capture.verdict,
            )
        if wanted is None:
            self._add_doms(record_id, None)
            return
        self._add_page(page_url, wanted, noted)
        self._add_doms(record_id, (page_url, wanted, noted))

    def _add_lone(self, url: str, noted: Fields, at: datetime) -> None:
        """Learn of a URL that failed or was skipped."""
        page = self.site.locate(url, stand_in=self.base_url or None)
        outcome, reason = noted.first("outcome"), noted.first("reason") or "not said"
        if page is None or outcome not in {"failed", "skipped"}:
            return
        self._add_page(url, page, noted)
        if outcome == "failed":
            next_try_at = time(noted, "next-try")  # absent: given up for good
            attempts = number(noted, "attempts")
            self.manifest.failed(url, reason, next_try_at, attempts=attempts, at=at)
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
                    event_at=time(noted, "event-at"),
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
