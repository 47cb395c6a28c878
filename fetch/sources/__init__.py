"""The sources a crawl can be asked for."""

from __future__ import annotations

from fetch.sources import hltv, pubg
from fetch.sources.source import FetchSource

SOURCES: tuple[FetchSource, ...] = (hltv.SOURCE, pubg.SOURCE)
