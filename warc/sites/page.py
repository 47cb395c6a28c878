"""What a site is, as far as both phases must know: its page types, and what makes content good."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlsplit

DOM_SCHEME = "urn:dom:"
"""What stands before a page's URL in the URL of the DOM that a browser made of it."""

Verdict = Literal[
    "content",  # what the page type promises
    "redirect",  # 3xx with a Location
    "block",  # the site refused us: access denied, banned, throttled
    "challenge",  # the site asks for proof of a human
    "error",  # an error status, or an error page with status 200
    "wrong_page",  # a full page that is not the one the URL names
    "truncated",  # too short to be the page, or cut in transit
    "unknown",  # a URL of the site that is of no page type (robots.txt, images)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRef:
    """Which page a URL names: `hltv`, `match`, `2391140`."""

    source: str
    page_type: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What judging needs of an HTTP response: `headers` has lower-case names, `body` is decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a response is content, and why not: one short sentence.

    partial  it is content, of which a script may still bring a part
    """

    verdict: Verdict
    reason: str = ""
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageType:
    """A kind of page.

    pattern   searched in path and query; group 1 is the key
    example   a target the pattern must find (it is tested)
    rendered  the DOM that a browser rendered (`urn:dom:`) is read too, for what the response
              itself does not have
    gone      statuses of answers that will not change: asking again is of no use
    """

    name: str
    pattern: re.Pattern[str]
    example: str
    rendered: bool = False
    gone: frozenset[int] = frozenset()
    key_of: Callable[[re.Match[str]], str] = lambda found: found.group(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A source's vocabulary: whose URLs are its own, which page each names, what is content.

    max_page_bytes  a decoded body above this is no page; fetching archives it unread
    has_cdn         the site has hosts of several kinds, and so may what stands for it: pages at
                    other ports of a stand-in are the site's, too
    """

    name: str
    hosts: frozenset[str]
    page_types: tuple[PageType, ...]
    judge: Callable[[PageRef, Response], Judgement]
    max_page_bytes: int = 64 * 2**20
    has_cdn: bool = False

    def page_type_of(self, target: str) -> PageRef | None:
        """Which page a target (path and query) names; None if no page type's pattern finds it."""
        for page_type in self.page_types:
            if found := page_type.pattern.search(target):
                key = page_type.key_of(found)
                return PageRef(source=self.name, page_type=page_type.name, key=key)
        return None

    def locate(self, url: str, *, stand_in: str | None = None) -> PageRef | None:
        """Which page a URL names, if the URL is this site's.

        stand_in  base URL that stands for the site's own hosts, as a file's warcinfo names it
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            return None  # no URL at all: `http://[`
        own = parts.hostname in self.hosts
        if not own and not (stand_in and self._is_at(stand_in, url, parts)):
            return None
        return self.page_type_of(parts.path + ("?" + parts.query if parts.query else ""))

    def _is_at(self, stand_in: str, url: str, parts: SplitResult) -> bool:
        """Whether a URL is one of what stands for the site."""
        if url.startswith(stand_in.rstrip("/") + "/"):
            return True
        known = urlsplit(stand_in)
        return self.has_cdn and (parts.scheme, parts.hostname) == (known.scheme, known.hostname)

    def locate_dom(self, url: str, *, stand_in: str | None = None) -> PageRef | None:
        """Which page a `urn:dom:` URL was rendered from.

        returns  None for any other URL, and for page types whose DOM is not read
        """
        if not url.startswith(DOM_SCHEME):
            return None
        page = self.locate(url.removeprefix(DOM_SCHEME), stand_in=stand_in)
        return page if page and self.is_rendered(page.page_type) else None

    def is_rendered(self, page_type: str) -> bool:
        """Whether the DOM of a page of that type is read beside its response."""
        return any(one.rendered for one in self.page_types if one.name == page_type)
