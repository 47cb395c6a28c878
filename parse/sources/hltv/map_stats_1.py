"""Version 1 of the map stats page: without the scoreboards per side and the teams' figures."""

from __future__ import annotations

from collections.abc import Iterator

from parse.model import Extracted
from parse.page import HtmlPage
from parse.sources.hltv.map_stats import SECTIONS_1, map_page, read_map

VERSION = 1

SECTIONS = SECTIONS_1


def parse(page: HtmlPage) -> Iterator[Extracted]:
    """The score, one row per player and played round.

    raises  ParseError if the page does not name the two teams
    """
    yield from read_map(map_page(page))
