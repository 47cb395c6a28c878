"""What real pages vary in: a value, or null with an issue, and the rest of the page all the same."""

from __future__ import annotations

import pytest

from parse.model import Issue
from parse.sources.hltv.fragments import (
    KillCell,
    LineupHead,
    LineupPlayer,
    MapScore,
    MapStatsPlayer,
    PerformancePlayer,
    RoundWin,
)
from tests.parse.hltv.map_pages import (
    OLD_BOARD,
    OLD_LINE,
    board_player,
    card,
    history,
    map_html,
    matrix,
    no_kills,
    scoreboard,
)
from tests.parse.hltv.pages import (
    NEW_CELLS,
    OLD_CELLS,
    OLD_HEAD,
    half_spans,
    issues,
    lineup,
    match_half,
    match_html,
    match_map,
    only,
    parse_html,
    player_cell,
    result_row,
    stats_link,
    stats_table,
    team_link,
)
from warehouse.rows.hltv import MapRow, MatchRow, OverviewPlayerStatsRow, ResultRow, VetoRow

DEFAULT = match_map("Default", scores=("1", "0"))
TBA = match_map("TBA", box="optional", scores=None)
UPCOMING = '<div class="countdown">11h : 6m : 15s</div>'
EMPTY = ("emptyHistory.svg", "")


# the head of a match page, and its boxes


def test_a_map_given_before_the_match_starts_is_no_full_forfeit() -> None:
    found = parse_html("match", match_html(maps=DEFAULT + TBA + TBA, countdown=UPCOMING))
    assert only(found, MatchRow)[0].forfeit == "partial"


def test_several_links_and_flags_of_one_team_are_one() -> None:
    half = match_half(1, 11, "A", '<div class="won">2</div>').replace(
        "</a>",
        '</a><a href="/team/11/a"><div class="teamName">A</div></a><img class="team1" alt="x">',
    )
    found = parse_html("match", match_html(half1=half))
    row = only(found, MatchRow)[0]
    assert (row.team1_id, row.team1_name, row.team1_score) == (11, "A", 2)


@pytest.mark.parametrize("line_break", ["\n", "<br>", "<br/>\r\n"])
def test_older_pages_write_the_veto_into_the_only_box(line_break: str) -> None:
    lines = (
        "Best of 3 (LAN)",
        "",
        "Veto process:",
        "1. A removed Nuke",
        "2. B picked Train",
        "3. Cache was left over",
    )
    found = parse_html("match", match_html(box=line_break.join(lines)))
    assert [(row.step_number, row.team_id, row.map_name) for row in only(found, VetoRow)] == [
        (1, 11, "Nuke"),
        (2, 22, "Train"),
        (3, None, "Cache"),
    ]
    assert issues(found) == []


def test_the_format_box_need_not_come_first() -> None:
    text = match_html(vetoes=["1. A removed Nuke"])
    start, middle = (
        text.index('<div class="standard-box veto-box">'),
        text.rindex("standard-box veto-box"),
    )
    middle = text.rindex("<div", 0, middle)
    end = text.index('<div class="flexbox-column">')
    swapped = text[:start] + text[middle:end] + text[start:middle] + text[end:]
    found = parse_html("match", swapped)
    assert (only(found, MatchRow)[0].best_of, len(only(found, VetoRow))) == (3, 1)


def test_veto_lines_without_an_element_each_are_read_too() -> None:
    text = match_html(vetoes=["x"]).replace(
        "<div>x</div>", "1. A removed Nuke<br>2. B picked Train"
    )
    assert [row.map_name for row in only(parse_html("match", text), VetoRow)] == ["Nuke", "Train"]


# its maps


def test_a_map_that_cannot_be_read_leaves_the_others() -> None:
    broken = match_map("Nuke", link=stats_link(1)).replace("mapname", "name")
    found = parse_html("match", match_html(maps=broken + match_map("Train", link=stats_link(2))))
    assert [(row.map_number, row.map_name) for row in only(found, MapRow)] == [(2, "Train")]
    assert [(issue.kind, issue.field) for issue in issues(found)] == [
        ("unreadable", "hltv_maps.map_number")
    ]


def test_a_page_without_maps_says_so() -> None:
    found = parse_html("match", match_html(maps=""))
    assert issues(found) == [Issue("missing", "hltv_maps.map_number")]


def test_a_map_that_stands_twice_is_read_once() -> None:
    twice = match_map("Nuke", link=stats_link(1)) * 2
    found = parse_html("match", match_html(maps=twice + match_map("Train", link=stats_link(2))))
    assert [(row.map_number, row.mapstatsid) for row in only(found, MapRow)] == [(1, 1), (3, 2)]
    assert issues(found) == [Issue("unexpected", "hltv_maps.mapstatsid", "1 twice")]


def test_a_map_with_statistics_lacks_neither_score_nor_tables_in_silence() -> None:
    text = match_html(maps=match_map(scores=("13", "-"), link=stats_link(1)))
    found = parse_html("match", text.replace('id="1-content"', 'id="all-content"'))
    assert (only(found, MapRow)[0].team1_rounds, only(found, MapRow)[0].team2_rounds) == (13, None)
    assert issues(found) == [
        Issue("missing", "hltv_maps.team2_rounds"),
        Issue("missing", "hltv_overview_player_stats.mapstatsid", "1"),
    ]


def test_overtime_numbers_with_a_side_are_overtime_all_the_same() -> None:
    halves = half_spans(("ct", 6), ("t", 6), ("t", 6), ("ct", 6), overtime=(4, 2))
    halves = halves.replace("<span>4</span>", '<span class="ct">4</span>')
    text = match_map(scores=("16", "14"), halves=halves, link=stats_link(1))
    found = parse_html("match", match_html(maps=text))
    row = only(found, MapRow)[0]
    assert (row.team1_ct_rounds, row.team1_ot_rounds, row.team2_ot_rounds) == (6, 4, 2)
    assert issues(found) == []


def test_a_half_without_side_is_no_overtime() -> None:
    halves = half_spans(("ct", 6), ("t", 6), ("", 7), ("", 1))
    text = match_map(scores=("13", "7"), halves=halves, link=stats_link(1))
    found = parse_html("match", match_html(maps=text))
    row = only(found, MapRow)[0]
    assert (row.team1_ct_rounds, row.team1_ot_rounds) == (None, None)
    assert [issue.kind for issue in issues(found)] == ["unexpected", "missing"]


@pytest.mark.parametrize("side", ["results-left", "results-right"])
def test_a_result_that_stands_alone_is_not_taken_for_the_other(side: str) -> None:
    text = match_map(scores=("13", "7"), link=stats_link(1)).replace(side, "results-x")
    found = parse_html("match", match_html(maps=text))
    row = only(found, MapRow)[0]
    assert (row.team1_rounds, row.team2_rounds, row.status) == (None, None, "played")
    assert Issue("unexpected", "hltv_maps.team1_rounds", "one result alone") in issues(found)


def test_a_drawn_map_is_played() -> None:
    text = match_map(scores=("15", "15"), marks=("tie", "tie"), link=stats_link(1))
    half = [match_half(n, n * 11, "AB"[n - 1], '<div class="tie">1</div>') for n in (1, 2)]
    found = parse_html(
        "match", match_html(maps=text, half1=half[0], half2=half[1], box="Best of 2")
    )
    row, drawn = only(found, MatchRow)[0], only(found, MapRow)[0]
    assert (row.team1_score, row.team2_score, row.best_of, row.is_lan) == (1, 1, 2, None)
    assert (drawn.status, drawn.team1_rounds, issues(found)) == ("played", 15, [])


# its lineups and tables


def test_a_lineup_alone_goes_to_the_team_it_links_to() -> None:
    found = parse_html("match", match_html(lineups=lineup(22, [(7, "x")], "World rank: #9")))
    assert [(row.team_num, row.rank) for row in only(found, LineupHead)] == [(2, 9)]
    assert [row.team_num for row in only(found, LineupPlayer)] == [2]


def test_a_lineup_of_no_team_is_an_issue() -> None:
    found = parse_html("match", match_html(lineups=lineup(99, [(7, "x")], "Unranked")))
    assert only(found, LineupPlayer) == []
    assert issues(found) == [Issue("unexpected", "hltv_matches.team1_id", "1 lineups of no team")]


def test_two_lineups_without_links_stand_in_the_order_of_the_teams() -> None:
    both = lineup(0, [(7, "x")], "World rank: #9") + lineup(0, [(8, "y")], "Unranked")
    found = parse_html("match", match_html(lineups=both))
    assert [(row.team_num, row.player_id) for row in only(found, LineupPlayer)] == [(1, 7), (2, 8)]


def test_a_section_that_stands_twice_is_read_once() -> None:
    table = stats_table(team_link(11, "A"), [(player_cell(5, "x"), NEW_CELLS)])
    content = f'<div class="stats-content" id="all-content">{table}</div>'
    found = parse_html("match", match_html(stats=content * 2))
    assert len(only(found, OverviewPlayerStatsRow)) == 1
    assert issues(found) == [
        Issue("unexpected", "hltv_overview_player_stats.mapstatsid", "all-content")
    ]


def test_a_table_that_cannot_be_read_leaves_the_others() -> None:
    bad = player_cell(5, "x").replace("</td>", '<a href="/player/6/y">y</a></td>')
    tables = stats_table(team_link(11, "A"), [(bad, NEW_CELLS)])
    tables += stats_table(team_link(22, "B"), [(player_cell(7, "z"), NEW_CELLS)])
    content = f'<div class="stats-content" id="all-content">{tables}</div>'
    found = parse_html("match", match_html(stats=content))
    assert [row.player_id for row in only(found, OverviewPlayerStatsRow)] == [7]
    assert [(issue.kind, issue.field) for issue in issues(found)] == [
        ("unreadable", "hltv_overview_player_stats.side")
    ]


def test_swing_without_eco_columns_and_an_unknown_column() -> None:
    head = (*OLD_HEAD[:4], ("roundSwing", "Swing"), ("xkills", "xK"), OLD_HEAD[4])
    cells = (*OLD_CELLS[:4], "-0.50%", "7", "-")
    table = stats_table(team_link(11, "A"), [(player_cell(5, "x"), cells)], head=head)
    found = parse_html(
        "match", match_html(stats=f'<div class="stats-content" id="all-content">{table}</div>')
    )
    row = only(found, OverviewPlayerStatsRow)[0]
    assert (row.kills, row.kast, row.round_swing, row.rating) == (49, 67.6, -0.5, None)
    assert issues(found) == [
        Issue("unexpected", "hltv_overview_player_stats.player_name", "column xK")
    ]


def test_a_number_with_a_thousands_separator_is_an_issue_not_another_number() -> None:
    table = stats_table(
        team_link(11, "A"), [(player_cell(5, "x"), ("1,049-56", *OLD_CELLS[1:]))], head=OLD_HEAD
    )
    found = parse_html(
        "match", match_html(stats=f'<div class="stats-content" id="all-content">{table}</div>')
    )
    row = only(found, OverviewPlayerStatsRow)[0]
    assert (row.kills, row.deaths, row.adr) == (None, None, 68.0)
    assert issues(found) == [Issue("unreadable", "hltv_overview_player_stats.kills", "1,049-56")]


# results


def results(text: str) -> list[ResultRow]:
    return only(parse_html("results", text), ResultRow)


def test_a_result_without_format_is_kept() -> None:
    found = parse_html("results", result_row(map_text=""))
    row = only(found, ResultRow)[0]
    assert (row.map_text, row.is_forfeit, row.team2_score) == (None, None, 2)
    assert issues(found) == [Issue("missing", "hltv_results.map_text")]


def test_an_event_that_only_some_rows_lack_is_missing() -> None:
    found = parse_html("results", result_row(1) + result_row(2, event=""))
    assert [row.event_name for row in only(found, ResultRow)] == ["Cup", None]
    assert issues(found) == [Issue("missing", "hltv_results.event_name", "/matches/2/a-vs-b")]


def test_a_winner_that_is_not_marked_is_missing() -> None:
    found = parse_html("results", result_row(1, won=0))
    assert only(found, ResultRow)[0].winner is None
    assert issues(found) == [Issue("missing", "hltv_results.winner", "/matches/1/a-vs-b")]


def test_faded_stars_do_not_count() -> None:
    text = result_row(stars=3).replace("fa fa-star star", "fa fa-star star faded", 1)
    assert results(text)[0].stars == 2


# map pages


def boards(side: str = "totalstats") -> str:
    return "".join(
        scoreboard(name, OLD_BOARD, [(board_player(number, "x"), *OLD_LINE)], side=side)
        for number, name in enumerate("AB", 1)
    )


def test_scoreboards_from_before_side_tables_have_no_class() -> None:
    found = parse_html("map_stats", map_html(tables=boards("")), key="9")
    rows = only(found, MapStatsPlayer)
    assert [(row.team_id, row.player_id, row.kills) for row in rows] == [(11, 1, 25), (22, 2, 25)]


def test_a_page_with_side_tables_only_has_no_scoreboard() -> None:
    found = parse_html("map_stats", map_html(tables=boards("ctstats hidden")), key="9")
    assert [(row.side, row.team_id) for row in only(found, MapStatsPlayer)] == [
        ("CT", 11),
        ("CT", 22),
    ]
    assert Issue("missing", "hltv_player_stats.team_id", "0 scoreboards") in issues(found)
    assert Issue("missing", "hltv_player_side_stats.side", "0 scoreboards of T") in issues(found)


def test_a_scoreboard_that_breaks_off_leaves_score_and_rounds() -> None:
    bad = board_player(1, "x").replace("</td>", '<a href="/stats/players/2/y">y</a></td>')
    tables = scoreboard("A", OLD_BOARD, [(bad, *OLD_LINE)])
    text = map_html(tables=tables, history=history([("t_win.svg?v=2", "1-0")], [EMPTY]))
    found = parse_html("map_stats", text, key="9")
    assert (only(found, MapScore)[0].left_rounds, len(only(found, RoundWin))) == (16, 1)
    assert [issue.field for issue in issues(found) if issue.kind == "unreadable"] == [
        "hltv_player_stats.player_name"
    ]


def test_a_breakdown_without_brackets_is_an_issue() -> None:
    found = parse_html("map_stats", map_html(breakdown="16 : 5", tables=boards()), key="9")
    assert Issue("unreadable", "hltv_maps.team1_ct_rounds", "16 : 5") in issues(found)


def test_a_card_that_cannot_be_read_leaves_the_others() -> None:
    bars = {"KPR": "1.00", "DPR": "0.64", "Rating 2.0": "1.31"}
    cards = card(1, "x", bars).replace("headline", "title") + card(2, "y", bars)
    overview = f'<div class="player-overview"><div class="col">{cards}</div></div>'
    cells = matrix("ALL", [(1, "x")], [((2, "y"), ["2:3"])]) + no_kills("FIRST_KILL", "AWP")
    found = parse_html("performance", cells + overview, key="9")
    assert [row.player_id for row in only(found, PerformancePlayer)] == [2]
    assert len(only(found, KillCell)) == 1
    assert [issue.kind for issue in issues(found)] == ["unreadable"]


def test_a_matrix_without_its_top_row_is_not_read_by_another() -> None:
    cells = matrix("ALL", [(1, "x")], [((2, "y"), ["2:3"]), ((3, "z"), ["1:0"])])
    found = parse_html("performance", cells.replace("killmatrix-topbar", ""), key="9")
    assert only(found, KillCell) == []
    assert Issue("unexpected", "hltv_kill_matrix.matrix_type", "ALL-content") in issues(found)


def test_a_player_without_name_is_an_issue() -> None:
    cells = matrix("ALL", [(1, "")], [((2, ""), ["2:3"])]) + no_kills("FIRST_KILL", "AWP")
    found = parse_html("performance", cells, key="9")
    assert [issue.field for issue in issues(found)][:2] == [
        "hltv_kill_matrix.player2_name",
        "hltv_kill_matrix.player1_name",
    ]
