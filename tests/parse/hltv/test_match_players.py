"""Lineups and statistics tables of the match page, with the traps of sections 4.4 and 4.5."""

from __future__ import annotations

import pytest

from parse.model import Extracted, Issue
from parse.sources.hltv.fragments import LineupHead, LineupPlayer, TablePlayer
from tests.parse.hltv.pages import (
    NEW_CELLS,
    NEW_HEAD,
    OLD_CELLS,
    OLD_HEAD,
    issues,
    lineup,
    match_html,
    match_map,
    only,
    parse_html,
    player_cell,
    stats_link,
    stats_table,
    team_link,
)
from warehouse.rows.hltv import OverviewPlayerStatsRow

TEAM_A, TEAM_B = team_link(11, "A"), team_link(22, "B")


def contents(*tables: str, name: str = "all-content") -> str:
    return f'<div class="stats-content" id="{name}">{"".join(tables)}</div>'


def tables_page(stats: str) -> list[Extracted]:
    maps = match_map(link=stats_link(8)) + match_map(link=stats_link(9))
    return parse_html("match", match_html(stats=stats, maps=maps))


def lineups_page(*lineups: str) -> list[Extracted]:
    return parse_html("match", match_html(lineups="".join(lineups)))


RANKED = '<a class="a-reset" href="/ranking/x"><span>World rank: </span>#2</a>'


def test_lineups_give_players_in_page_order_and_ranks() -> None:
    found = lineups_page(
        lineup(11, [(1, "one"), (2, "two")], RANKED), lineup(22, [(3, "three")], "Unranked")
    )
    assert only(found, LineupPlayer) == [
        LineupPlayer(
            match_id=1,
            team_num=team_num,
            position=position,
            player_id=player_id,
            player_name=name,
            full_name=f"Jo '{name}' Doe",
            country="Norway",
        )
        for team_num, position, player_id, name in (
            (1, 1, 1, "one"),
            (1, 2, 2, "two"),
            (2, 1, 3, "three"),
        )
    ]
    assert [(row.team_num, row.rank) for row in only(found, LineupHead)] == [(1, 2), (2, None)]
    assert issues(found) == []


def test_a_stand_in_without_link_has_a_name_and_no_id() -> None:
    players = only(lineups_page(lineup(11, [(None, "ghost")], RANKED)), LineupPlayer)
    assert [(player.player_id, player.player_name) for player in players] == [(None, "ghost")]


def test_before_a_match_ids_stand_in_attributes_and_twice() -> None:
    text = """<div class="lineup"><div class="box-headline"><a href="/team/11/a">A</a></div>
    <div class="players"><table class="table"><tr>
    <td class="player player-image"><div class="player-compare" data-player-id="7" data-team-ordinal="1">
      <img class="player-photo" alt="Tom 'apo' Henry"></div></td></tr><tr>
    <td class="player"><div class="player-compare flagAlign" data-player-id="7" data-team-ordinal="1">
      <img class="flag" alt="Australia"><div class="text-ellipsis">apo</div></div></td>
    </tr></table></div></div><div class="lineups-compare-container"></div>"""
    players = only(lineups_page(text), LineupPlayer)
    assert [(one.player_id, one.player_name, one.full_name) for one in players] == [
        (7, "apo", "Tom 'apo' Henry")
    ]


def test_a_completed_page_may_have_no_lineups() -> None:
    text = match_html().replace('<div id="lineups" class="lineups"></div>', "")
    found = parse_html("match", text)
    assert (only(found, LineupPlayer), issues(found)) == ([], [])


def test_a_new_table_gives_every_column() -> None:
    stats = contents(stats_table(TEAM_A, [(player_cell(5, "mezii"), NEW_CELLS)]), name="9-content")
    found = tables_page(stats)
    assert only(found, OverviewPlayerStatsRow) == [
        OverviewPlayerStatsRow(
            match_id=1,
            map_number=2,
            side="both",
            player_id=5,
            player_name="mezii",
            mapstatsid=9,
            team_id=11,
            kills=54,
            deaths=33,
            kd_diff=21,
            adr=73.0,
            kast=79.2,
            rating=1.41,
            rating_version="3.0",
            round_swing=5.26,
            e_kills=53,
            e_deaths=34,
            e_adr=71.5,
            e_kast=116.2,
        )
    ]
    assert only(found, TablePlayer)[0].full_name == "Jo 'mezii' Doe"
    assert issues(found) == []


def test_an_old_table_has_no_swing_and_no_eco_values() -> None:
    table = stats_table(TEAM_A, [(player_cell(5, "Snax"), OLD_CELLS)], head=OLD_HEAD)
    found = tables_page(contents(table))
    row = only(found, OverviewPlayerStatsRow)[0]
    assert (row.map_number, row.mapstatsid, row.kills, row.kd_diff) == (0, None, 49, -7)
    assert (row.rating_version, row.round_swing, row.e_kills, row.e_kast) == (
        "2.0",
        None,
        None,
        None,
    )
    assert issues(found) == []


def test_a_layout_between_has_swing_but_no_eco_values() -> None:
    head = (*OLD_HEAD[:4], ("roundSwing", "Swing"), ("rating", "Rating<span>3.0</span>"))
    cells = (*OLD_CELLS[:4], "-0.45%", "0.92")
    row = only(
        tables_page(contents(stats_table(TEAM_A, [(player_cell(5, "x"), cells)], head=head))),
        OverviewPlayerStatsRow,
    )[0]
    assert (row.round_swing, row.rating_version, row.e_kills) == (-0.45, "3.0", None)


def test_tables_are_told_by_class_and_team_link_not_by_order() -> None:
    rows = [(player_cell(5, "x"), NEW_CELLS)]
    stats = contents(
        stats_table(TEAM_B, rows, side="tstats hidden"),
        stats_table(TEAM_A, rows, side="ctstats hidden"),
        stats_table(TEAM_A, rows, body="<tbody>"),
    )
    found = only(tables_page(stats), OverviewPlayerStatsRow)
    assert [(row.side, row.team_id) for row in found] == [("T", 22), ("CT", 11), ("both", 11)]


def test_hidden_twins_may_stand_in_any_order() -> None:
    order = (1, 0, 2, 4, 3, 6, 5, 7)
    table = stats_table(
        TEAM_A,
        [(player_cell(5, "x"), [NEW_CELLS[index] for index in order])],
        head=[NEW_HEAD[index] for index in order],
    )
    row = only(tables_page(contents(table)), OverviewPlayerStatsRow)[0]
    assert (row.kills, row.e_kills, row.adr, row.e_adr, row.e_kast) == (54, 53, 73.0, 71.5, 116.2)


def test_a_substitute_makes_a_sixth_row_and_is_sighted_once() -> None:
    rows = [(player_cell(number, f"p{number}"), NEW_CELLS) for number in range(1, 7)]
    stats = contents(
        stats_table(TEAM_A, rows), stats_table(TEAM_A, rows[::-1], side="ctstats hidden")
    )
    found = tables_page(stats)
    assert len(only(found, OverviewPlayerStatsRow)) == 12
    assert [one.player_id for one in only(found, TablePlayer)] == [1, 2, 3, 4, 5, 6]


def test_namesakes_in_one_table_stay_two() -> None:
    rows = [(player_cell(1, "same"), NEW_CELLS), (player_cell(2, "same"), NEW_CELLS)]
    stats = contents(stats_table(TEAM_A, rows), stats_table(TEAM_A, rows, side="tstats"))
    found = only(tables_page(stats), OverviewPlayerStatsRow)
    assert [row.player_id for row in found] == [1, 2, 1, 2]


def test_a_player_without_link_has_no_id() -> None:
    rows = [(player_cell(None, "ghost"), NEW_CELLS)]
    found = tables_page(contents(stats_table(TEAM_A, rows)))
    assert [(one.player_id, one.player_name) for one in only(found, TablePlayer)] == [
        (None, "ghost")
    ]


@pytest.mark.parametrize("blank", ["-", "null", "", "null(null)"])
def test_blank_cells_are_null_without_an_issue(blank: str) -> None:
    cells = ("54-33", blank, blank, "73.0", blank, "79.2%", blank, "1.41")
    found = tables_page(contents(stats_table(TEAM_A, [(player_cell(5, "x"), cells)])))
    row = only(found, OverviewPlayerStatsRow)[0]
    assert (row.e_kills, row.round_swing, row.e_adr, row.e_kast) == (None, None, None, None)
    assert issues(found) == []


def test_a_garbled_cell_is_null_and_an_issue_never_zero() -> None:
    cells = ("54/33", *NEW_CELLS[1:])
    found = tables_page(contents(stats_table(TEAM_A, [(player_cell(5, "x"), cells)])))
    row = only(found, OverviewPlayerStatsRow)[0]
    assert (row.kills, row.deaths, row.kd_diff) == (None, None, None)
    assert issues(found) == [Issue("unreadable", "hltv_overview_player_stats.kills", "54/33")]


def test_unknown_columns_and_contents_are_issues_and_the_rest_is_read() -> None:
    head = (*NEW_HEAD, ("flair", "Flair"))
    table = stats_table(TEAM_A, [(player_cell(5, "x"), (*NEW_CELLS, "1"))], head=head)
    found = tables_page(contents(table) + contents(table, name="other"))
    assert [row.rating for row in only(found, OverviewPlayerStatsRow)] == [1.41]
    assert [(one.kind, one.found) for one in issues(found)] == [
        ("unexpected", "column Flair"),
        ("unexpected", "other"),
    ]


def test_a_missing_column_is_an_issue() -> None:
    table = stats_table(TEAM_A, [(player_cell(5, "x"), NEW_CELLS[:-1])], head=NEW_HEAD[:-1])
    kinds = {(one.kind, one.field) for one in issues(tables_page(contents(table)))}
    assert kinds == {
        ("missing", "hltv_overview_player_stats.rating"),
        ("missing", "hltv_overview_player_stats.rating_version"),
    }


def test_tables_of_a_map_that_is_not_listed_are_marked() -> None:
    table = stats_table(TEAM_A, [(player_cell(5, "x"), NEW_CELLS)])
    row = only(tables_page(contents(table, name="404-content")), OverviewPlayerStatsRow)[0]
    assert (row.mapstatsid, row.map_number) == (404, -1)
