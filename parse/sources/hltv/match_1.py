"""Version 1 of the match page: without the event's stage and the notes."""

from __future__ import annotations

from collections.abc import Iterator

from parse.model import Extracted
from parse.page import HtmlPage
from parse.sources.hltv import match

VERSION = 1

SECTIONS = match.SECTIONS


def parse(page: HtmlPage) -> Iterator[Extracted]:
    """The match, its teams, veto, maps and players, and the player tables.

    raises  ParseError if the page does not name two teams
    """
    yield from match.read_match(page, with_notes=False)
