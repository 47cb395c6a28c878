"""Damaged pages: a parser gives rows and issues or a ParseError, and never anything else."""

from __future__ import annotations

from contextlib import suppress

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parse.errors import ParseError
from parse.model import Issue
from parse.values import FOUND_LENGTH
from tests.parse.hltv.map_pages import (
    NEW_BOARD,
    NEW_LINE,
    board_player,
    card,
    economy_chart,
    economy_line,
    economy_table,
    history,
    map_html,
    matrix,
    scoreboard,
)
from tests.parse.hltv.pages import (
    NEW_CELLS,
    half_spans,
    lineup,
    match_html,
    match_map,
    parse_html,
    player_cell,
    result_row,
    stats_link,
    stats_table,
    team_link,
)

_TABLE = stats_table(team_link(11, "A"), [(player_cell(5, "x"), NEW_CELLS)])
_HALVES = half_spans(("ct", 8), ("t", 4), ("t", 5), ("ct", 3), overtime=(4, 2))
PAGES = {
    "results": result_row(1, stars=2) + result_row(2),
    "match": match_html(
        vetoes=["1. A removed Nuke", "2. Dust2 was left over"],
        maps=match_map(link=stats_link(9), halves=_HALVES),
        stats=f'<div class="stats-content" id="9-content">{_TABLE}</div>',
        lineups=lineup(11, [(5, "x")], "World rank: #2"),
        demo='<a data-demo-link="/download/demo/5">x</a>',
    ),
    "map_stats": map_html(
        tables=scoreboard("A", NEW_BOARD, [(board_player(5, "x"), *NEW_LINE)]),
        history=history([("t_win.svg", "1-0")], [("emptyHistory.svg", "")]),
    ),
    "performance": matrix("ALL", [(1, "a")], [((2, "b"), ["1:0"])])
    + f'<div class="player-overview"><div class="col">{card(5, "x", {"KPR": "1.0"})}</div></div>',
    "economy": economy_chart(
        ["1"], economy_line("A", [("1", "tRoundWon.png")]), economy_line("B", [("2", "")])
    )
    + economy_table(("A", [(1, "")]), ("B", [(2, "")])),
}

cuts = st.tuples(
    st.floats(0, 1),
    st.integers(0, 120),
    st.sampled_from(["", "9" * 20, "-", "\u00b2", "null", "<tr></tr>", "<td>", '"', "</div>", "%"]),
)


@given(st.sampled_from(sorted(PAGES)), st.lists(cuts, min_size=1, max_size=6))
@settings(max_examples=300)
@example("map_stats", [(0.9, 0, "<table class='totalstats'><tr></tr></table>")])
def test_damaged_pages(page_type: str, damage: list[tuple[float, int, str]]) -> None:
    text = PAGES[page_type]
    for place, length, put in damage:
        start = int(place * len(text))
        text = text[:start] + put + text[start + length :]
    with suppress(ParseError):
        for one in parse_html(page_type, text):
            if isinstance(one, Issue):
                assert len(one.found) <= FOUND_LENGTH
            else:
                packed = msgspec.msgpack.encode(one)
                assert msgspec.msgpack.decode(packed, type=type(one)) == one
