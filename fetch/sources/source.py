"""What a crawl knows of a source: a value, not a class to inherit from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from lxml import html

from fetch.links import LinkRule
from fetch.pace import Pace
from fetch.walk import Listing
from warc.sites.page import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSource:
    """Seeds, pace, and which links of each page type lead on.

    base_url        the site's own address
    pace            for the site's own hosts, unless the user says otherwise
    root            page type of an entry; it and all it leads to are one group
    listing         page type of the listing
    listing_target  path and query of the listing page at an offset
    read_listing    what a listing page says, given its tree and the base URL
    links           rules per page type; a page type without rules leads nowhere
    fresh_within    per page type, how long after its event a page may still change: a capture that
                    was made before that is worth another look
    """

    site: Site
    base_url: str
    pace: Pace
    root: str
    listing: str
    listing_target: Callable[[int], str]
    read_listing: Callable[[html.HtmlElement, str], Listing]
    links: Mapping[str, tuple[LinkRule, ...]]
    fresh_within: Mapping[str, timedelta] = field(default_factory=dict)
