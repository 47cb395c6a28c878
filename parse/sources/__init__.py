"""The sources that can be parsed, as a value: one entry per site, no registration."""

from __future__ import annotations

from parse.model import ParseSource
from parse.sources import hltv, pubg

SOURCES: tuple[ParseSource, ...] = (hltv.SOURCE, pubg.SOURCE)
"""Every source, in the order their tables are listed."""
