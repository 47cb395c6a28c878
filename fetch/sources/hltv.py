"""HLTV as a crawl sees it: a listing of results, and what each page type leads to.

Facts: spec/hltv.md 3 (listing), 4.3 and 4.7 (maps), 5.1 (tabs). Only what planning needs is read.
"""

from __future__ import annotations

from datetime import timedelta

from lxml import etree, html

from fetch.links import LinkRule, by_rules, elements, having, parse_html, resolve
from fetch.log import LOGGER
from fetch.pace import Pace
from fetch.sources.source import FetchSource, ListingPages
from fetch.walk import Entry, Listing
from warc.sites.hltv import HLTV

BASE_URL = "https://www.hltv.org"

# Rows of a full page of results (spec/hltv.md section 1).
_FULL_PAGE = 100

# Digits of a time in milliseconds that are read: those of today have thirteen.
_TIME_DIGITS = 15

# How long after a match its pages may still change: statistics come in late, scores, line-ups and
# names are corrected. Nothing here is printed on a page; two days are our own choice.
_SETTLES = timedelta(hours=48)

# Rows of the main list alone carry the time; the rows of the big-results box above it do not.
_ROWS = etree.XPath(
    f"//div{having('result-con')}[@data-zonedgrouping-entry-unix][.//a{having('a-reset')}/@href]"
)
_ROW_LINK = etree.XPath(f".//a{having('a-reset')}[@href]")
_NEXT = etree.XPath(f"//a{having('pagination-next')}")

# A defaulted map was not played, whatever else its box says (spec/hltv.md 4.7).
_MAP_LINKS = etree.XPath(
    f"//div{having('mapholder')}"
    f"[not(.//*{having('mapname')}[normalize-space()='Default'])]//a{having('results-stats')}[@href]"
)
_TABS = etree.XPath(f"//div{having('stats-top-menu')}//a[@href]")


def listing_target(offset: int) -> str:
    """Path and query of the listing page that begins after `offset` results."""
    return f"/results?offset={offset}"


def read_listing(body: bytes, base_url: str) -> Listing:
    """The entries of a results page, and where the list goes on."""
    try:
        tree = parse_html(body)
    except (etree.ParserError, ValueError) as error:
        LOGGER.warning("a listing page has no readable tree: %s", error)
        return Listing(entries=())
    entries = (_entry(row, base_url) for row in elements(_ROWS(tree)))
    by_key = {entry.key: entry for entry in entries if entry}
    following, is_last = None, False
    for anchor in elements(_NEXT(tree)):
        href = anchor.get("href")
        link = resolve(href, site=HLTV, base_url=base_url) if href else None
        if link is not None and link.page.page_type == "results":
            following = int(link.page.key.partition("?")[0])
        elif "inactive" in (anchor.get("class") or "").split():
            is_last = True
    return Listing(entries=tuple(by_key.values()), next_offset=following, is_last=is_last)


def _entry(row: html.HtmlElement, base_url: str) -> Entry | None:
    """The match a row leads to; None where the row does not say when it ended, or which it is."""
    time = (row.get("data-zonedgrouping-entry-unix") or "").strip()
    anchor = next(elements(_ROW_LINK(row)), None)
    href = anchor.get("href") if anchor is not None else None
    link = resolve(href, site=HLTV, base_url=base_url) if href else None
    is_time = time.isdecimal() and len(time) <= _TIME_DIGITS
    if link is None or link.page.page_type != "match" or not is_time:
        return None
    return Entry(url=link.url, key=link.page.key, completed_ms=int(time))


SOURCE = FetchSource(
    site=HLTV,
    base_url=BASE_URL,
    about="Results, matches and maps of hltv.org, newest first",
    # Seconds. Slower than the 4 to 9 s that a person needs to look at a page is not needed,
    # faster is not polite (spec/hltv.md section 8).
    pace=Pace(3.0, 8.0),
    root="match",
    listing=ListingPages(
        page_type="results", target=listing_target, read=read_listing, rows=_FULL_PAGE
    ),
    links={
        "match": by_rules(
            LinkRule(name="maps", selector=_MAP_LINKS, leads_to=frozenset({"map_stats"})),
            site=HLTV,
        ),
        "map_stats": by_rules(
            LinkRule(
                name="tabs",
                selector=_TABS,
                leads_to=frozenset({"performance", "economy"}),
                same_key=True,
            ),
            site=HLTV,
        ),
    },
    fresh_within=dict.fromkeys(("match", "map_stats", "performance", "economy"), _SETTLES),
)
