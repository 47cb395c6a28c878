"""Every page says once which layout it has, and every known layout stands in the made-up season."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from parse.model import Extracted, Layout
from parse.page import HtmlPage
from parse.sources.hltv import PARSERS
from parse.sources.hltv.layouts import LAYOUTS, UNKNOWN
from tests.parse.hltv.map_pages import (
    OLD_BOARD,
    OLD_LINE,
    board_player,
    card,
    map_html,
    matrix,
    scoreboard,
)
from tests.parse.hltv.pages import (
    NEW_CELLS,
    NEW_HEAD,
    match_html,
    parse_html,
    parser_of,
    player_cell,
    result_row,
    stats_table,
    team_link,
)
from tests.parse.hltv.samples import needs_samples, sample_page, sample_paths
from tests.replica.season import Season

PLANTED = {
    ("match", "swing_no_lineups"),
    ("match", "old_no_lineups"),
    ("match", UNKNOWN),
    ("map_stats", "old_unsided"),
    ("map_stats", "no_scoreboard"),
    ("map_stats", UNKNOWN),
    ("performance", "no_cards"),
    ("performance", UNKNOWN),
    ("economy", "chart_only"),
    ("economy", "empty"),
}
"""Layouts that no page of a small season has; the tests below plant them one by one."""


def layouts_of(found: Iterable[Extracted]) -> list[str]:
    return [one.name for one in found if isinstance(one, Layout)]


def layout_of(page_type: str, text: str) -> str:
    (name,) = layouts_of(parse_html(page_type, text, key="9"))
    return name


@cache
def season_layouts() -> dict[str, Counter[str]]:
    """How many pages of a season have which layout; fails where a page says none, or two."""
    season = Season(7, 80, small=True)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    targets = [*season.targets(), "/results?event=5800"]
    targets += [season.match_path(one) for one in (*season.upcoming_ids, *season.live_ids)]
    for target in targets:
        served = season.page(target)
        assert served is not None, target
        page = HtmlPage(
            served.body, url=target, page_type=served.page_type, key=str(served.key or 0)
        )
        (name,) = layouts_of(parser_of(served.page_type).parse(page))
        found[served.page_type][name] += 1
    return found


def test_the_season_has_every_layout_but_those_planted_below() -> None:
    seen = {(page_type, name) for page_type, names in season_layouts().items() for name in names}
    known = {(page_type, name) for page_type, names in LAYOUTS.items() for name in names}
    assert seen == known - PLANTED


def test_every_page_type_has_layouts_and_every_layout_a_description() -> None:
    assert set(LAYOUTS) == {parser.page_type for parser in PARSERS}
    assert all(text for names in LAYOUTS.values() for text in names.values())


def table(head: tuple[tuple[str, str], ...]) -> str:
    rows = [(player_cell(5, "x"), NEW_CELLS)]
    content = stats_table(team_link(11, "A"), rows, head=head)
    return f'<div class="stats-content" id="all-content">{content}</div>'


def test_tables_of_an_unknown_shape_are_an_unknown_layout() -> None:
    plain = tuple((classes.replace("eco-adjusted-data", ""), text) for classes, text in NEW_HEAD)
    assert layout_of("match", match_html(stats=table(plain))) == UNKNOWN
    assert layout_of("match", match_html(stats=table(NEW_HEAD))) == "eco_no_lineups"


def test_scoreboards_tell_the_layout_of_a_map_page() -> None:
    def page(head: tuple[tuple[str, str], ...], side: str = "totalstats") -> str:
        return map_html(tables=scoreboard("A", head, [(board_player(5, "x"), *OLD_LINE)], side))

    fewer = tuple(column for column in OLD_BOARD if column[0] != "st-fkdiff")
    assert layout_of("map_stats", page(OLD_BOARD)) == "old"
    assert layout_of("map_stats", page(OLD_BOARD, side="")) == "old_unsided"
    assert layout_of("map_stats", page(fewer)) == UNKNOWN
    assert layout_of("map_stats", map_html()) == "no_scoreboard"


def test_cards_tell_the_layout_of_a_performance_page() -> None:
    def page(**bars: str) -> str:
        cards = card(5, "x", {"KPR": "1.0", **bars})
        return f'<div class="player-overview"><div class="col">{cards}</div></div>'

    assert layout_of("performance", page(Impact="1.0")) == "impact"
    assert layout_of("performance", page(Swing="+1.00%")) == "swing"
    assert layout_of("performance", page()) == UNKNOWN
    assert layout_of("performance", matrix("ALL", [(1, "a")], [])) == "no_cards"


def test_an_economy_page_without_anything_is_empty() -> None:
    assert layout_of("economy", "<p>x</p>") == "empty"
    assert layout_of("economy", '<div class="padding">No data</div>') == "message"


def test_a_listing_without_paging_is_an_events() -> None:
    assert layout_of("results", result_row(1)) == "event_listing"


@needs_samples
@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("results", {"listing": 3, "event_listing": 1}),
        ("match", {"eco": 19, "old": 8, "upcoming_compare": 4}),
        ("mapstats", {"old": 1}),
        ("performance", {"impact": 1}),
    ],
)
def test_real_pages_have_known_layouts(folder: str, expected: dict[str, int]) -> None:
    def of(path: Path) -> str:
        page = sample_page(path)
        (name,) = layouts_of(parser_of(page.page_type).parse(page))
        return name

    assert Counter(map(of, sample_paths(folder))) == expected
