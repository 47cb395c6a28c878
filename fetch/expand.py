"""From an archived page to the pages it leads to."""

from __future__ import annotations

from lxml import etree

from fetch.links import Link, find_links, parse_html
from fetch.log import LOGGER
from fetch.sources.source import FetchSource
from fetch.walk import Listing
from warc.collection import Collection
from warc.errors import ArchiveError
from warc.http import decode_body
from warc.manifest_rows import Capture, NewPage
from warc.sites.page import PageRef

# Captures looked at between two commits when links are followed from the archive.
_BATCH = 200


class Expander:
    """Puts the pages that archived pages lead to into the frontier."""

    def __init__(
        self, *, source: FetchSource, collection: Collection, base_url: str, crawl: int
    ) -> None:
        """`crawl` is noted as the crawl that discovered them."""
        self._source = source
        self._collection = collection
        self._base_url = base_url
        self._crawl = crawl

    def leads_on(self, page_type: str) -> bool:
        """Whether pages of that type have links worth following."""
        return page_type in self._source.links

    def expand(self, page_url: str, page: PageRef, body: bytes) -> int:
        """Follow the links of a page that is archived and synced; how many pages were new.

        page_url  where the frontier knows the page: the first of its redirects
        """
        parent = self._collection.manifest.page(page_url)
        found = self.links_of(page, body)
        new = [
            NewPage(
                url=link.url,
                page_type=link.page.page_type,
                key=link.page.key,
                # Right after the page itself, so that a match is whole before the next.
                priority=parent.priority + 1 if parent else 0,
                hops=parent.hops + 1 if parent else 0,
                found_on=page_url,
                discovered_by=page.page_type,
                discovered_in=self._crawl,
                event_at=parent.event_at if parent else None,
            )
            for link in found
        ]
        return self._collection.manifest.add_pages(new) if new else 0

    def links_of(self, page: PageRef, body: bytes) -> tuple[Link, ...]:
        """The pages that a page leads to; none where there is no tree to be had of it."""
        rules = self._source.links.get(page.page_type, ())
        try:
            tree = parse_html(body)
        except (etree.ParserError, ValueError) as error:
            LOGGER.warning("%s %s has no readable tree: %s", page.page_type, page.key, error)
            return ()
        return find_links(tree, rules, page=page, site=self._source.site, base_url=self._base_url)

    def read_listing(self, body: bytes) -> Listing:
        """What a listing page says; an empty listing where there is no tree to be had of it."""
        try:
            return self._source.read_listing(parse_html(body), self._base_url)
        except (etree.ParserError, ValueError) as error:
            LOGGER.warning("a listing page has no readable tree: %s", error)
            return Listing(entries=())

    def expand_archived(self) -> int:
        """Follow the links of captures that an earlier run archived and did not read; how many."""
        manifest, expanded = self._collection.manifest, 0
        while captures := manifest.unexpanded(_BATCH):
            expanded += sum(self._expand_capture(capture) for capture in captures)
            manifest.mark_expanded([capture.id for capture in captures])
            self._collection.commit()
        return expanded

    def _expand_capture(self, capture: Capture) -> bool:
        """Follow the links of one capture, if its page type has any."""
        if not self.leads_on(capture.page_type):
            return False
        page = PageRef(
            source=self._source.site.name, page_type=capture.page_type, key=capture.page_key
        )
        self.expand(capture.page_url, page, self._body(capture))
        return True

    def _body(self, capture: Capture) -> bytes:
        """The decoded body of a capture; b"" where it is not readable, which the log says."""
        try:
            return decode_body(self._collection.read_capture(capture))
        except ArchiveError as error:
            LOGGER.warning("%s cannot be read from the archive: %s", capture.url, error)
            return b""
