"""Older versions stay beside the newest, and give what they gave: the newest less what it adds."""

from __future__ import annotations

import msgspec
import pytest

from parse.model import Extracted, Issue, Layout
from parse.page import HtmlPage
from parse.registered import REGISTRY
from parse.sources.hltv import PARSERS
from parse.sources.hltv.fragments import MapFigures, MapStatsPlayer
from parse.sources.hltv.map_stats import SECTIONS
from tests.replica.season import Season
from warehouse.rows.hltv import MatchRow

ADDED = ("hltv_player_side_stats.", "hltv_matches.stage", "hltv_matches.notes")
ADDED_FIGURES = tuple(
    f"hltv_maps.team{number}_{name}"
    for number in (1, 2)
    for name in ("rating", "first_kills", "clutches_won")
)


def version(name: str, number: int, page: HtmlPage) -> list[Extracted]:
    (parser,) = [one for one in PARSERS if (one.name, one.version) == (name, number)]
    return list(parser.parse(page))


def as_before(found: list[Extracted]) -> list[Extracted]:
    """What version 2 yields, less what it was made for."""
    kept: list[Extracted] = []
    for one in found:
        if isinstance(one, Issue) and one.field.startswith((*ADDED, *ADDED_FIGURES)):
            continue
        if isinstance(one, MapFigures) or (isinstance(one, MapStatsPlayer) and one.side != "both"):
            continue
        if isinstance(one, MatchRow):
            one = msgspec.structs.replace(one, stage=None, notes=None)
        kept.append(one)
    return kept


@pytest.fixture(scope="module")
def season() -> Season:
    return Season(7, 200, small=True)


@pytest.mark.parametrize("name", ["match", "map_stats"])
def test_version_1_gives_what_it_gave(name: str, season: Season) -> None:
    compared = more = 0
    for match_id in season.covering():
        for target in season.match_targets(match_id):
            served = season.page(target)
            assert served is not None
            if served.page_type != name:
                continue
            page = HtmlPage(served.body, url=target, page_type=name, key=str(served.key))
            old, new = version(f"hltv.{name}", 1, page), version(f"hltv.{name}", 2, page)
            assert old == as_before(new)
            compared += 1
            more += len(new) > len(old) or old != new
    assert compared > 20
    assert more > compared / 2


def test_the_newest_version_is_used_unless_told_otherwise() -> None:
    source = REGISTRY.source_named("hltv")
    for page_type in ("match", "map_stats"):
        parser = source.parser_of(page_type)
        assert parser is not None
        assert parser.version == 2
    assert REGISTRY.parser_named("hltv.map_stats/1") is not None
    assert "hltv_player_side_stats.side" in SECTIONS


def test_no_two_parsers_have_one_name_and_version() -> None:
    labels = [(parser.name, parser.version) for parser in PARSERS]
    assert len(set(labels)) == len(labels)


def test_every_version_says_the_same_layout(season: Season) -> None:
    match_id = season.match_ids[0]
    for target in season.match_targets(match_id):
        served = season.page(target)
        assert served is not None
        names = set()
        for parser in PARSERS:
            if parser.page_type == served.page_type:
                key = str(served.key)
                page = HtmlPage(served.body, url=target, page_type=served.page_type, key=key)
                names |= {one.name for one in parser.parse(page) if isinstance(one, Layout)}
        assert len(names) == 1
