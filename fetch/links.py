"""Where a page leads, and one way to say it: the links that named selectors find, and no others.

Real match pages link to 33 to 127 other matches, so a link counts only where the selector for its
page type finds it (spec/hltv.md sections 3 to 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from fetch.log import LOGGER
from warc.sites.page import PageRef, Site


@dataclass(frozen=True, slots=True)
class Link:
    """A page that another one leads to.

    finder    who of those that the page speaks of leads there; "": the page as a whole
    rank      place among the links of its page, 0 to 510, where they are a list of their own; the
              pages below one come before those below the next
    left_out  why the crawl does not want it, beginning with NOT_WANTED; "": it does
    """

    url: str
    page: PageRef
    finder: str = ""
    rank: int = 0
    left_out: str = ""


LinksOf = Callable[[PageRef, bytes, str], Sequence[Link]]
"""What a page leads to, given the page, its decoded body and the base URL; an unreadable body
leads nowhere, which the log says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRule:
    """One kind of link that leads on.

    name      for the log
    selector  XPath of the anchors
    leads_to  page types wanted; other links the selector finds are left alone
    same_key  only links to pages with the key of the page they stand on
    """

    name: str
    selector: etree.XPath
    leads_to: frozenset[str]
    same_key: bool = False


def having(*classes: str) -> str:
    """XPath condition: the element has all the classes.

    >>> having("won")
    "[contains(concat(' ', normalize-space(@class), ' '), ' won ')]"
    """
    space = "concat(' ', normalize-space(@class), ' ')"
    return "".join(f"[contains({space}, ' {name} ')]" for name in classes)


def parse_html(body: bytes) -> html.HtmlElement:
    """The tree of a page, however broken; pages are UTF-8."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    return cast("html.HtmlElement", html.document_fromstring(body, parser=parser))


def elements(found: object) -> Iterator[html.HtmlElement]:
    """The elements among the results of an XPath."""
    if isinstance(found, list):
        yield from (item for item in found if isinstance(item, html.HtmlElement))


def resolve(href: str, *, site: Site, base_url: str) -> Link | None:
    """The page a link names, as a URL of the site or of its stand-in; None for all other links.

    Saved pages have absolute links to the site's own host: they are followed at the base URL.
    """
    try:
        parts = urlsplit(urljoin(base_url, href.strip()))
    except ValueError:
        return None
    if parts.hostname not in site.hosts and parts.netloc != urlsplit(base_url).netloc:
        return None
    target = parts.path + ("?" + parts.query if parts.query else "")
    page = site.page_type_of(target)
    return Link(base_url + target, page) if page else None


def as_named(url: str, *, site: Site, base_url: str) -> Link | None:
    """The page that a URL names, asked for at just that URL; None if it is no page of the site.

    What stands for a site does so for all its hosts: at a stand-in, URLs of the site's own hosts
    are followed at the base URL.
    """
    page = site.locate(url, stand_in=base_url)
    if page is None:
        return None
    is_stand_in = urlsplit(base_url).hostname not in site.hosts
    if is_stand_in and urlsplit(url).hostname in site.hosts:
        return resolve(url, site=site, base_url=base_url)
    return Link(url, page)


def by_rules(*rules: LinkRule, site: Site) -> LinksOf:
    """The links that rules find in a page of HTML."""

    def links_of(page: PageRef, body: bytes, base_url: str) -> tuple[Link, ...]:
        try:
            tree = parse_html(body)
        except (etree.ParserError, ValueError) as error:
            LOGGER.warning("%s %s has no readable tree: %s", page.page_type, page.key, error)
            return ()
        return find_links(tree, rules, page=page, site=site, base_url=base_url)

    return links_of


def find_links(
    tree: html.HtmlElement, rules: Sequence[LinkRule], *, page: PageRef, site: Site, base_url: str
) -> tuple[Link, ...]:
    """The links of a page that lead on, each page once, in the order of rules and document."""
    resolver: Callable[[str], Link | None] = lambda href: resolve(  # noqa: E731
        href, site=site, base_url=base_url
    )
    found: dict[PageRef, Link] = {}
    for rule in rules:
        for link in _followed(elements(rule.selector(tree)), resolver):
            if link.page.page_type not in rule.leads_to:
                continue
            if rule.same_key and link.page.key != page.key:
                continue
            found.setdefault(link.page, link)
    return tuple(found.values())


def _followed(
    anchors: Iterable[html.HtmlElement], resolver: Callable[[str], Link | None]
) -> Iterator[Link]:
    """The pages that anchors name."""
    for anchor in anchors:
        href = anchor.get("href")
        if href and (link := resolver(href)):
            yield link
