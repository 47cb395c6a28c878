"""A table is read by its header; a column that contradicts itself is null and an issue."""

from __future__ import annotations

import pytest

from parse.model import Extracted, Issue
from parse.sources.hltv.columns import field_of
from parse.sources.hltv.fragments import MapStatsPlayer
from tests.parse.hltv.map_pages import NEW_BOARD, NEW_LINE, board_player, map_html, scoreboard
from tests.parse.hltv.pages import (
    NEW_CELLS,
    NEW_HEAD,
    issues,
    match_html,
    only,
    parse_html,
    player_cell,
    stats_table,
    team_link,
)
from warehouse.rows.hltv import OverviewPlayerStatsRow

Head = tuple[tuple[str, str], ...]
KILLS, ASSISTS, DEATHS, ADR = 6, 8, 9, 11
"""Positions of columns among those of NEW_BOARD."""


def cell(classes: str, text: str) -> str:
    return f'<td class="{classes}">{text}</td>'


LINE = tuple(cell(classes, text) for (classes, _), text in zip(NEW_BOARD, NEW_LINE, strict=True))
"""A row whose cells have the classes of their header, as real pages have them."""


def swapped(parts: tuple[object, ...], left: int, right: int) -> tuple[object, ...]:
    found = list(parts)
    found[left], found[right] = found[right], found[left]
    return tuple(found)


def board(head: object = NEW_BOARD, line: object = LINE) -> list[Extracted]:
    rows = [(board_player(5, "x"), *line)]  # type: ignore[misc]
    other = scoreboard("B", NEW_BOARD, [(board_player(6, "y"), *LINE)])
    return parse_html("map_stats", map_html(tables=scoreboard("A", head, rows) + other), key="9")  # type: ignore[arg-type]


def first(found: list[Extracted]) -> MapStatsPlayer:
    return only(found, MapStatsPlayer)[0]


def of_players(found: list[Extracted]) -> list[tuple[str, str, str]]:
    return [
        (one.kind, one.field.partition(".")[2], one.found)
        for one in issues(found)
        if one.field.startswith("hltv_player_stats")
    ]


def test_a_column_that_moved_with_its_cells_is_read_where_it_stands() -> None:
    usual, moved = first(board()), board(swapped(NEW_BOARD, KILLS, ADR), swapped(LINE, KILLS, ADR))
    assert first(moved) == usual
    assert of_players(moved) == []


def test_the_players_column_may_stand_last() -> None:
    row = (*LINE, board_player(5, "x"))
    names = "".join(f'<th class="{classes}">{text}</th>' for classes, text in NEW_BOARD)
    table = f"""<table class="totalstats"><tr>{names}<th class="st-teamname">A</th></tr>
    <tr>{"".join(row)}</tr></table>"""
    other = scoreboard("B", NEW_BOARD, [(board_player(6, "y"), *LINE)])
    found = parse_html("map_stats", map_html(tables=table + other), key="9")
    assert (first(found).player_id, first(found).team_id, first(found).kills) == (5, 11, 14)


def test_classes_that_were_swapped_in_the_header_are_not_believed() -> None:
    heads = [list(column) for column in NEW_BOARD]
    heads[KILLS][0], heads[DEATHS][0] = heads[DEATHS][0], heads[KILLS][0]
    found = board(tuple(map(tuple, heads)), NEW_LINE)
    line = first(found)
    assert (line.kills, line.deaths, line.e_kills) == (None, None, 13)
    assert ("unexpected", "deaths", "column K(hs), class deaths") in of_players(found)
    assert ("missing", "kills", "") in of_players(found)


def test_cells_that_moved_without_their_header_are_not_believed() -> None:
    found = board(NEW_BOARD, swapped(LINE, ASSISTS, DEATHS))
    assert (first(found).assists, first(found).deaths, first(found).kills) == (None, None, 14)
    assert of_players(found) == [
        ("unexpected", "assists", "deaths under assists"),
        ("unexpected", "deaths", "assists under deaths"),
    ]


def test_a_new_text_is_an_issue_and_the_class_is_believed() -> None:
    heads = list(NEW_BOARD)
    heads[ADR] = (heads[ADR][0], "Damage")
    found = board(tuple(heads))
    assert first(found).adr == 69.2
    assert of_players(found) == [("unexpected", "adr", "column Damage, class adr")]


def test_an_eco_twin_that_lost_its_class_is_not_taken_for_the_plain_number() -> None:
    heads = [(classes.replace("eco-adjusted-data", "x"), text) for classes, text in NEW_BOARD]
    found = board(tuple(heads), NEW_LINE)
    assert (first(found).kills, first(found).e_kills, first(found).kast) == (14, None, 66.7)
    assert ("unexpected", "kills", "column eK(hs), class kills") in of_players(found)


def test_a_column_that_stands_twice_is_read_once_and_said() -> None:
    found = board((*NEW_BOARD, ("st-mks", "MKs")), (*LINE, cell("st-mks", "9")))
    assert first(found).multi_kills == 4
    assert of_players(found) == [("unexpected", "multi_kills", "a second column MKs")]


def test_a_table_that_names_no_player_column_is_left_out() -> None:
    tables = scoreboard("A", NEW_BOARD, [(board_player(5, "x"), *LINE)])
    found = parse_html(
        "map_stats", map_html(tables=tables.replace("st-teamname", "st-team")), key="9"
    )
    assert [one for one in only(found, MapStatsPlayer) if one.side == "both"] == []
    assert ("missing", "player_name", "") in of_players(found)


def overview(head: Head, cells: tuple[str, ...]) -> list[Extracted]:
    table = stats_table(team_link(11, "A"), [(player_cell(5, "x"), cells)], head=head)
    text = re_classed(table, head, cells)
    return parse_html(
        "match", match_html(stats=f'<div class="stats-content" id="all-content">{text}</div>')
    )


def re_classed(table: str, head: Head, cells: tuple[str, ...]) -> str:
    """Give the cells below their classes, in the order of the usual header."""
    for (classes, _), text in zip(NEW_HEAD[: len(cells)], NEW_CELLS, strict=False):
        if head is not NEW_HEAD:
            break
        table = table.replace(f"<td>{text}</td>", f'<td class="{classes}">{text}</td>')
    return table


def test_match_tables_are_checked_alike() -> None:
    line = only(overview(NEW_HEAD, NEW_CELLS), OverviewPlayerStatsRow)[0]
    assert (line.adr, line.kast, line.rating) == (73.0, 79.2, 1.41)
    moved = (*NEW_CELLS[:3], NEW_CELLS[7], *NEW_CELLS[4:7], NEW_CELLS[3])
    found = overview(NEW_HEAD, moved)
    line = only(found, OverviewPlayerStatsRow)[0]
    assert (line.adr, line.rating, line.kast) == (None, None, 79.2)
    assert issues(found) == [
        Issue("unexpected", "hltv_overview_player_stats.adr", "rating under adr"),
        Issue("unexpected", "hltv_overview_player_stats.rating", "adr under rating"),
    ]


def test_swapped_classes_in_a_match_tables_header_are_not_believed() -> None:
    heads = list(NEW_HEAD)
    heads[3], heads[7] = (heads[7][0], heads[3][1]), (heads[3][0], heads[7][1])
    line = only(overview(tuple(heads), NEW_CELLS), OverviewPlayerStatsRow)[0]
    assert (line.adr, line.rating, line.kills) == (None, None, 54)


@pytest.mark.parametrize(
    ("name", "field"),
    [("kd", "kills"), ("e_kd", "e_kills"), ("e_opkd", "e_opening_kills"), ("adr", "adr")],
)
def test_issues_name_the_tables_column(name: str, field: str) -> None:
    assert field_of(name) == field
