"""From an archived page to the pages it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fetch.clock import Clock
from fetch.links import Link
from fetch.log import LOGGER
from fetch.sources.source import FetchSource
from fetch.visit import Task
from warc.collection import Collection
from warc.errors import ArchiveError
from warc.http import decode_body
from warc.manifest_rows import Capture, NewPage, QueuedPage
from warc.sites.page import PageRef

# Priorities that the pages below one link may take before those of the next.
PLACES_BELOW = 8

# Captures looked at between two commits when links are followed from the archive.
_BATCH = 200


class Expander:
    """Puts the pages that archived pages lead to into the frontier."""

    def __init__(
        self,
        *,
        source: FetchSource,
        collection: Collection,
        base_url: str,
        crawl: int,
        clock: Clock,
    ) -> None:
        """`crawl` is noted as the crawl that discovered them."""
        self._source = source
        self._collection = collection
        self._base_url = base_url
        self._crawl = crawl
        self._clock = clock

    def leads_on(self, page_type: str) -> bool:
        """Whether pages of that type have links worth following."""
        return page_type in self._source.links

    def expand(self, page_url: str, page: PageRef, body: bytes) -> int:
        """Follow the links of a page that is archived and synced; how many pages were new.

        page_url  where the frontier knows the page: the first of its redirects
        """
        manifest = self._collection.manifest
        parent = manifest.page(page_url)
        found = [self._where_known(link) for link in self.links_of(page, body)]
        below = [self._below(page_url, page, parent, link) for link in found]
        self._ask_anew(page_url, [one for one in below if one.page_type in self._source.seeds])
        others = [one for one in below if one.page_type not in self._source.seeds]
        new = manifest.add_pages(others) if others else 0
        for link in found:
            if link.left_out and manifest.is_waiting(link.url):
                self._collection.skipped(link.url, link.left_out)
        return new

    def _ask_anew(self, page_url: str, seeds: Sequence[NewPage]) -> None:
        """Ask for pages that each run asks for anew, once for each time that their page was wanted.

        So pages of a list that lead to each other are asked for once a run.
        """
        manifest = self._collection.manifest
        since = manifest.wanted_at(page_url)
        wanted = [seed for seed in seeds if manifest.wanted_at(seed.url) < since]
        if wanted:
            manifest.ask_anew(wanted, wanted_at=since)

    def give_up_absent(self, page_url: str, page: PageRef, body: bytes) -> tuple[str, ...]:
        """Remember what a page shows to be nowhere, so that it is not asked for again; its URLs."""
        shown_by = self._source.absent.get(page.page_type)
        shown = [self._named(target) for target in shown_by(page_url, body)] if shown_by else []
        self._collection.manifest.add_pages(shown)
        for absent in shown:
            self._collection.failed(absent.url, f"not in the reply to {page_url}", None)
        return tuple(absent.url for absent in shown)

    def take_apart(self, task: Task) -> bool:
        """Ask for the parts of a page that is not there, if it has any."""
        take_apart = self._source.parts.get(task.page.page_type) if task.page else None
        targets = take_apart(task.url) if take_apart else ()
        known = self._collection.manifest.page(task.url)
        if not targets or known is None:
            return False
        self._collection.manifest.ask_anew(
            [
                replace(
                    self._named(target),
                    priority=known.priority,
                    hops=known.hops,
                    found_on=known.found_on,
                    discovered_by=known.discovered_by,
                )
                for target in targets
            ],
            wanted_at=self._clock.now(),
        )
        return True

    def _where_known(self, link: Link) -> Link:
        """A link at the URL where its page was found first, unless that gave nothing."""
        if link.page.page_type not in self._source.one_of_key:
            return link
        manifest = self._collection.manifest
        known = [one.url for one in manifest.named(link.page.page_type, link.page.key)]
        if link.url in known:
            return link
        url = next((one for one in known if not manifest.is_given_up(one)), link.url)
        return replace(link, url=url)

    def _below(
        self, page_url: str, page: PageRef, parent: QueuedPage | None, link: Link
    ) -> NewPage:
        """A page that another one leads to, as the frontier takes it."""
        finder = parent.discovered_by if parent and parent.discovered_by else page.page_type
        return NewPage(
            url=link.url,
            page_type=link.page.page_type,
            key=link.page.key,
            # Right after the page itself, so that a match is whole before the next.
            priority=(parent.priority + 1 if parent else 0) + link.rank * PLACES_BELOW,
            hops=parent.hops + 1 if parent else 0,
            found_on=page_url,
            discovered_by=f"{finder}:{link.finder}" if link.finder else page.page_type,
            discovered_in=self._crawl,
            event_at=parent.event_at if parent else None,
        )

    def _named(self, target: str) -> NewPage:
        """A page by its target."""
        page = self._source.site.page_type_of(target)
        assert page is not None, target
        return NewPage(
            url=self._base_url + target,
            page_type=page.page_type,
            key=page.key,
            discovered_in=self._crawl,
        )

    def links_of(self, page: PageRef, body: bytes) -> Sequence[Link]:
        """The pages that a page leads to."""
        links_of = self._source.links.get(page.page_type)
        return links_of(page, body, self._base_url) if links_of else ()

    def links_of_capture(self, capture: Capture) -> Sequence[Link]:
        """The pages that a page leads to, read from the archive."""
        return self.links_of(self._page(capture), self._body(capture))

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
        self.expand(capture.page_url, self._page(capture), self._body(capture))
        return True

    def _page(self, capture: Capture) -> PageRef:
        """The page that a capture is of."""
        name = self._source.site.name
        return PageRef(source=name, page_type=capture.page_type, key=capture.page_key)

    def _body(self, capture: Capture) -> bytes:
        """The decoded body of a capture; b"" where it is not readable, which the log says."""
        try:
            return decode_body(self._collection.read_capture(capture))
        except ArchiveError as error:
            LOGGER.warning("%s cannot be read from the archive: %s", capture.url, error)
            return b""
