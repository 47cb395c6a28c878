"""The sources that can be parsed, as a value: one entry per site, no registration."""

from __future__ import annotations

from parse.model import ParseSource
from parse.sources import hltv

SOURCES: tuple[ParseSource, ...] = (hltv.SOURCE,)
"""Every source, in the order their tables are listed."""
