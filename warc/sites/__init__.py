"""The sites Warchouse knows: what both phases must agree on about each of them."""

from __future__ import annotations

from warc.errors import UsageError
from warc.sites.hltv import HLTV
from warc.sites.page import Site
from warc.sites.pubg import PUBG

SITES: tuple[Site, ...] = (HLTV, PUBG)
"""Every site, one entry per source."""


def site_named(name: str) -> Site:
    """The site of a source name; UsageError lists the known ones."""
    for site in SITES:
        if site.name == name:
            return site
    known = ", ".join(site.name for site in SITES)
    raise UsageError(f"unknown source {name!r}: known are {known}")
