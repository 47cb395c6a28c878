"""The sources a crawl can be asked for."""

from __future__ import annotations

from fetch.sources import hltv, pubg
from fetch.sources.source import FetchSource
from warc.sites import site_named

SOURCES: tuple[FetchSource, ...] = (hltv.SOURCE, pubg.SOURCE)
"""Every source, in the order their commands are listed."""


def source_named(name: str) -> FetchSource:
    """The source of a name; UsageError lists the known ones."""
    site = site_named(name)
    return next(source for source in SOURCES if source.site is site)
