"""What is asked for again: failed pages, pages that had not settled, what a user or a parse names.

Theory of operation. A page is done while a good capture of it exists that is not older than the
time from which it is wanted; asking again moves that time. Four wishes do so: `--refetch`, pages
captured so soon after their event that they may have changed since, pages that failed in an
earlier run, and a list of pages that parsing could not use. That last list is bounded: a page of
it that came back unchanged, or was looked at often enough, is not asked for again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fetch.links import Link, as_named, resolve
from fetch.options import CrawlOptions
from fetch.retry import MOST_ATTEMPTS
from fetch.secrets import refuse_userinfo
from fetch.sources.source import FetchSource
from warc.collection import Collection
from warc.errors import UsageError
from warc.manifest import Manifest
from warc.manifest_rows import Capture, Crawl, NewPage
from warc.sites.page import Site
from warc.words import reason_of

# Looks at one page because a parse asked for them; what three did not mend, a fourth will not.
MOST_LOOKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The pages of a list that a run asks for again.

    urls       in the order of the list
    unchanged  left out: came back as they were, or were looked at often enough
    beyond     left to another run by the bound
    """

    urls: tuple[str, ...]
    unchanged: int = 0
    beyond: int = 0

    @property
    def left_out(self) -> int:
        """How many pages of the list are not asked for."""
        return self.unchanged + self.beyond

    def sentence(self) -> str:
        """What becomes of the list."""
        asked = len(self.urls)
        parts = [f"Fetching again {asked} of the {asked + self.left_out} pages of the list"]
        if self.unchanged:
            parts.append(f"{self.unchanged} left out, as another look showed nothing new")
        if self.beyond:
            parts.append(f"{self.beyond} left to another run (--max-refetch)")
        return "; ".join(parts) + "."


def read_refetch_list(file: Path, *, site: Site, base_url: str) -> tuple[Link, ...]:
    """The pages of a list, each once: lines `URL` or `URL<TAB>anything`, `#` begins a comment.

    raises  UsageError naming file and line where a URL is no page of the site
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()  # editors on Windows begin with a mark
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--refetch-from {file}: cannot be read: {reason_of(error)}") from error
    found: dict[tuple[str, str], Link] = {}
    for number, line in enumerate(lines, start=1):
        url = line.partition("\t")[0].strip()
        if not url or url.startswith("#"):
            continue
        refuse_userinfo(url, f"--refetch-from {file}, line {number}: the URL")
        find = as_named if site.has_cdn else resolve
        link = find(url, site=site, base_url=base_url) if "://" in url else None
        if link is None:
            problem = f"{url[:80]!r} is no page of {site.name}"
            raise UsageError(f"--refetch-from {file}, line {number}: {problem}")
        found.setdefault((link.page.page_type, link.page.key), link)
    return tuple(found.values())


def select(listed: Sequence[Link], manifest: Manifest, *, most: int) -> Selection:
    """Which pages of a list are worth asking for again; at most so many."""
    crawls = manifest.crawls()[::-1]
    worth = [link for link in listed if not _has_settled(link, manifest, crawls)]
    return Selection(
        urls=tuple(link.url for link in worth[:most]),
        unchanged=len(listed) - len(worth),
        beyond=len(worth[most:]),
    )


def _has_settled(link: Link, manifest: Manifest, crawls: Sequence[Crawl]) -> bool:
    """Whether another look at a page would show nothing new."""
    listings = [
        (crawl.started_at, following.started_at if following else None)
        for crawl, following in zip(crawls, (*crawls[1:], None), strict=True)
        if link.url in _listed_by(crawl)
    ]
    if not listings:
        return False
    captures = _captures(link, manifest)
    looks = [
        any(start <= one.fetched_at and (end is None or one.fetched_at < end) for one in captures)
        for start, end in listings
    ]
    if sum(looks) >= MOST_LOOKS:
        return True
    if len(captures) < 2 or captures[0].fetched_at < listings[0][0]:
        return False
    newest, before = captures[:2]
    return newest.record_type == "revisit" or newest.payload_digest == before.payload_digest


def _listed_by(crawl: Crawl) -> frozenset[str]:
    """The pages that a crawl asked for again because a list named them."""
    try:
        urls = json.loads(crawl.options).get("refetch_urls", ())
    except (ValueError, AttributeError):
        return frozenset()
    return frozenset(url for url in urls if isinstance(url, str))


def _captures(link: Link, manifest: Manifest) -> list[Capture]:
    """The answers for a page under all its URLs, the newest first; redirects are none."""
    pages = manifest.named(link.page.page_type, link.page.key)
    urls = dict.fromkeys((link.url, *(page.url for page in pages)))
    captures = [one for url in urls for one in manifest.captures_of(url)]
    answers = [one for one in captures if one.verdict != "redirect"]
    return sorted(answers, key=lambda one: (one.fetched_at, one.id), reverse=True)


class Requeue:
    """Puts pages back into the queue of a run."""

    def __init__(
        self, *, source: FetchSource, options: CrawlOptions, collection: Collection
    ) -> None:
        """Look at nothing yet."""
        self._source = source
        self._options = options
        self._collection = collection
        self._manifest = collection.manifest

    def want(self, now: datetime) -> tuple[str, ...]:
        """Put everything that shall be asked for again into the queue; what a person should know.

        raises  UsageError for a page that `--refetch` names and nobody knows
        """
        since = self._wanted_since()
        if self._options.retry_failed:
            self._manifest.retry_failed()
        tried = self._manifest.retry_put_off(attempts_below=MOST_ATTEMPTS)
        fresh = sum(
            self._manifest.want_fresh(page_type, within=within, now=now)
            for page_type, within in self._source.fresh_within.items()
        )
        for what in self._options.refetch:
            self._refetch(what, since)
        for url in self._options.refetch_urls:
            self._refetch_page(url, since)
        self._collection.commit()
        told = (
            (tried, "Pages tried again, because they failed in an earlier run"),
            (fresh, f"Pages worth another look, because they were captured {self._how_soon()}"),
        )
        return tuple(f"{what}: {count}." for count, what in told if count)

    def _how_soon(self) -> str:
        """How soon after its event a page is captured too early."""
        longest = max(self._source.fresh_within.values(), default=timedelta())
        return f"less than {longest // timedelta(hours=1)} h after their event"

    def _refetch(self, what: str, since: datetime) -> None:
        """Ask again for everything, for a page type, or for a root page and all below it."""
        if what == "all":
            self._manifest.refetch(wanted_at=since)
        elif what in {one.name for one in self._source.site.page_types}:
            self._manifest.refetch(wanted_at=since, page_type=what)
        elif not self._refetch_family(what, since):
            raise UsageError(f"--refetch {what}: no such {self._source.root} is known here")

    def _refetch_family(self, key: str, since: datetime) -> bool:
        """Ask again for a root page and every page it led to; False where it is not known."""
        roots = self._manifest.named(self._source.root, key)
        self._manifest.refetch(wanted_at=since, page_type=self._source.root, key=key)
        waiting = [root.url for root in roots]
        while waiting:
            for child in self._manifest.children(waiting.pop()):
                if child.page_type in self._source.seeds:
                    continue  # asked for anew in any case, and no part of what it leads to
                self._manifest.refetch(wanted_at=since, page_type=child.page_type, key=child.key)
                waiting.append(child.url)
        return bool(roots)

    def _refetch_page(self, url: str, since: datetime) -> None:
        """Ask again for one page of a list; one that is not known yet is put into the queue."""
        page = self._source.site.locate(url, stand_in=self._options.base_url)
        assert page is not None, url
        if not self._manifest.named(page.page_type, page.key):
            new = NewPage(
                url=url, page_type=page.page_type, key=page.key, discovered_by="refetch list"
            )
            self._manifest.add_pages([new])
        self._manifest.refetch(wanted_at=since, page_type=page.page_type, key=page.key)

    def _wanted_since(self) -> datetime:
        """The time before which captures are old.

        A run with the same wish that did not come to its end is continued: what it has fetched
        again already is not asked for once more.
        """
        this, *earlier = self._manifest.crawls()
        since, wish = this.started_at, _wish(this)
        for crawl in earlier:
            if crawl.why == "done" or _wish(crawl) != wish:
                break
            since = crawl.started_at
        return since


def _wish(crawl: Crawl) -> tuple[object, object]:
    """What a crawl was asked to fetch again."""
    options = json.loads(crawl.options)
    return options.get("refetch"), options.get("refetch_list", "")
