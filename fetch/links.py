"""Where a page leads: the links that a source's named selectors find, and no others.

Real match pages link to 33 to 127 other matches, so a link counts only where the selector for its
page type finds it (spec/hltv.md sections 3 to 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from warc.sites.page import PageRef, Site


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


@dataclass(frozen=True, slots=True)
class Link:
    """A page that another one leads to."""

    url: str
    page: PageRef


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
