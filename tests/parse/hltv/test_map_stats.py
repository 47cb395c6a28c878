"""The map stats page, with the traps of spec/hltv.md section 5."""

from __future__ import annotations

import pytest

from parse.errors import ParseError
from parse.model import Extracted, Issue
from parse.sources.hltv.fragments import (
    MapFigures,
    MapScore,
    MapStatsPlayer,
    RoundWin,
)
from tests.parse.hltv.map_pages import (
    FIGURES,
    NEW_BOARD,
    NEW_LINE,
    OLD_BOARD,
    OLD_LINE,
    board_player,
    history,
    info_row,
    map_html,
    page_team,
    scoreboard,
)
from tests.parse.hltv.pages import issues, only, parse_html

EMPTY = ("emptyHistory.svg", "")
BOTH = scoreboard("A", NEW_BOARD, [(board_player(5, "x"), *NEW_LINE)]) + scoreboard(
    "B", NEW_BOARD, [(board_player(6, "y"), *NEW_LINE)]
)
ROUNDS = history(
    [("t_win.svg", "1-0"), EMPTY, ("ct_win.svg", "2-1"), EMPTY],
    [EMPTY, ("bomb_defused.svg", "1-1"), EMPTY, EMPTY],
)


def map_page(**parts: str) -> list[Extracted]:
    return parse_html(
        "map_stats", map_html(**{"tables": BOTH, "history": ROUNDS, **parts}), key="9"
    )


# head


def test_head_of_a_map_page() -> None:
    found = map_page()
    assert only(found, MapScore) == [
        MapScore(
            mapstatsid=9,
            match_id=1,
            map_name="Vertigo",
            left_id=11,
            left_name="A",
            right_id=22,
            right_name="B",
            left_rounds=16,
            right_rounds=5,
            left_ct_rounds=2,
            left_t_rounds=14,
            right_ct_rounds=1,
            right_t_rounds=4,
            left_ot_rounds=None,
            right_ot_rounds=None,
        )
    ]
    assert issues(found) == []


def test_overtime_of_the_breakdown_is_plain_text() -> None:
    text = (
        '<span class="won">19</span> : <span class="lost">17</span> '
        '( <span class="ct-color">8</span> : <span class="t-color">4</span> ) '
        '( <span class="t-color">4</span> : <span class="ct-color">8</span> ) ( 7 : 5 )'
    )
    found = map_page(
        breakdown=text,
        left=page_team("left", 11, "A", "19"),
        right=page_team("right", 22, "B", "17"),
    )
    score = only(found, MapScore)[0]
    assert (score.left_ct_rounds, score.left_t_rounds, score.left_ot_rounds) == (8, 4, 7)
    assert (score.right_t_rounds, score.right_ct_rounds, score.right_ot_rounds) == (4, 8, 5)
    assert issues(found) == []


def test_a_team_without_link_is_named_by_its_logos() -> None:
    score = only(map_page(right=page_team("right", None, "B", "5")), MapScore)[0]
    assert (score.right_id, score.right_name) == (None, "B")


def test_halves_that_do_not_make_the_total_are_noted() -> None:
    found = map_page(left=page_team("left", 11, "A", "15"))
    assert issues(found) == [Issue("differs", "hltv_maps.team1_rounds", "halves 16, total 15")]


def test_another_page_cannot_be_read() -> None:
    with pytest.raises(ParseError, match="0 map boxes"):
        parse_html("map_stats", "<p>Something went wrong</p>")


# scoreboard


def test_new_scoreboard_gives_every_column() -> None:
    player = only(map_page(), MapStatsPlayer)[0]
    assert player == MapStatsPlayer(
        side="both",
        mapstatsid=9,
        team_id=11,
        player_id=5,
        player_name="x",
        kills=14,
        deaths=15,
        assists=2,
        flash_assists=0,
        hs_kills=9,
        opening_kills=2,
        opening_deaths=5,
        multi_kills=4,
        clutch_wins=2,
        traded_deaths=2,
        adr=69.2,
        kast=66.7,
        rating=1.14,
        rating_version="3.0",
        round_swing=2.9,
        e_kills=13,
        e_deaths=16,
        e_hs_kills=8,
        e_opening_kills=3,
        e_opening_deaths=4,
        e_traded_deaths=3,
        e_adr=70.4,
        e_kast=104.9,
    )


def test_old_scoreboard_hides_kast_and_opening_duels() -> None:
    tables = "".join(
        scoreboard(team, OLD_BOARD, [(board_player(5, "x"), *OLD_LINE)]) for team in ("A", "B")
    )
    found = map_page(tables=tables)
    player = only(found, MapStatsPlayer)[0]
    assert (player.kast, player.opening_kills, player.opening_deaths) == (90.5, 3, 1)
    assert (player.kills, player.hs_kills, player.flash_assists) == (25, 19, 0)
    assert (player.deaths, player.traded_deaths, player.multi_kills) == (10, None, None)
    assert (player.rating, player.rating_version, player.round_swing) == (1.95, "2.0", None)
    assert issues(found) == []


def test_st_kdratio_is_kast_only_if_its_header_says_so() -> None:
    head = [(name, "K/D" if name == "st-kdratio" else label) for name, label in OLD_BOARD]
    tables = scoreboard("A", head, [(board_player(5, "x"), *OLD_LINE)])
    player = only(map_page(tables=tables), MapStatsPlayer)[0]
    assert player.kast is None


def test_rating_2_pages_in_the_new_layout_have_blank_eco_cells() -> None:
    keep = [index for index, (name, _) in enumerate(NEW_BOARD) if name != "st-roundSwing"]
    head = [(NEW_BOARD[index][0], NEW_BOARD[index][1].replace("3.0", "2.0")) for index in keep]
    blank = {1: "null : null", 4: "null", 7: "null(null)", 10: "-", 12: "null", 14: "-"}
    cells = [blank.get(index, NEW_LINE[index]) for index in keep]
    tables = "".join(scoreboard(team, head, [(board_player(5, "x"), *cells)]) for team in "AB")
    found = map_page(tables=tables)
    player = only(found, MapStatsPlayer)[0]
    assert (player.rating_version, player.round_swing, player.kills) == ("2.0", None, 14)
    eco = (player.e_kills, player.e_deaths, player.e_opening_kills, player.e_adr, player.e_kast)
    assert eco == (None,) * 5
    assert issues(found) == []


def test_hidden_twins_may_stand_in_any_order() -> None:
    order = [1, 0, 2, 4, 3, 5, 7, 6, 8, 10, 9, 12, 11, 13, 14, 15, 16]
    tables = scoreboard(
        "A",
        [NEW_BOARD[index] for index in order],
        [(board_player(5, "x"), *(NEW_LINE[index] for index in order))],
    )
    player = only(map_page(tables=tables), MapStatsPlayer)[0]
    assert (player.kills, player.e_kills, player.kast, player.e_kast) == (14, 13, 66.7, 104.9)


def side_tables(*sides: str) -> str:
    rows = [(board_player(5, "x"), *NEW_LINE)]
    return "".join(
        scoreboard(team, NEW_BOARD, rows, side=f"{side} hidden") for team in "AB" for side in sides
    )


def test_side_tables_are_read_wherever_they_stand() -> None:
    found = map_page(tables=side_tables("tstats") + BOTH + side_tables("ctstats"))
    lines = only(found, MapStatsPlayer)
    assert [line.side for line in lines] == ["both", "both", "CT", "CT", "T", "T"]
    assert [line.team_id for line in lines] == [11, 22] * 3
    assert (lines[2].kills, lines[2].e_kills, lines[2].clutch_wins) == (14, 13, 2)
    assert issues(found) == []


def test_a_side_without_table_is_missing_and_says_so_in_its_own_table() -> None:
    found = map_page(tables=BOTH + side_tables("ctstats"))
    assert issues(found) == [
        Issue("missing", "hltv_player_side_stats.side", "0 scoreboards of T"),
    ]


def test_a_garbled_cell_of_a_side_is_an_issue_of_the_sides_table() -> None:
    tables = side_tables("tstats", "ctstats").replace(">1.14<", ">n/a<", 1)
    found = map_page(tables=BOTH + tables)
    assert issues(found) == [Issue("unreadable", "hltv_player_side_stats.rating", "n/a")]


def test_figures_of_both_teams_go_by_their_labels() -> None:
    rows = [
        ("3 : 2", "Clutches won"),
        ("1.05 : 0.97", "Team rating 3.0"),
        ("9 : 12", "First kills"),
    ]
    found = map_page(tables=BOTH, figures="".join(info_row(*row) for row in rows))
    assert only(found, MapFigures) == [
        MapFigures(
            mapstatsid=9,
            left_rating=1.05,
            right_rating=0.97,
            rating_version="3.0",
            left_first_kills=9,
            right_first_kills=12,
            left_clutches_won=3,
            right_clutches_won=2,
        )
    ]
    assert issues(found) == []


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("First kills", "Opening kills", ["unexpected", "missing"]),
        ("9 : 12", "nine", ["unreadable"]),
        ("1.48 : 0.66", "1.48", ["unreadable"]),
        ("First kills", "Clutches won", ["unexpected", "missing", "missing"]),
    ],
)
def test_figures_that_are_not_as_known_are_issues(old: str, new: str, kinds: list[str]) -> None:
    found = map_page(tables=BOTH, figures=FIGURES.replace(old, new))
    assert [issue.kind for issue in issues(found)] == kinds
    assert len(only(found, MapFigures)) == 1


def test_a_page_without_figures_leaves_those_of_an_older_one() -> None:
    found = map_page(tables=BOTH, figures="")
    assert only(found, MapFigures) == []
    assert {issue.kind for issue in issues(found)} == {"missing"}


def test_one_scoreboard_alone_is_a_partial_page() -> None:
    found = map_page(tables=scoreboard("B", NEW_BOARD, [(board_player(6, "y"), *NEW_LINE)]))
    assert [player.team_id for player in only(found, MapStatsPlayer)] == [22]
    assert issues(found) == [Issue("missing", "hltv_player_stats.team_id", "1 scoreboards")]


def test_scoreboards_in_another_order_go_by_name() -> None:
    tables = scoreboard("B", NEW_BOARD, [(board_player(6, "y"), *NEW_LINE)]) + scoreboard(
        "A", NEW_BOARD, [(board_player(5, "x"), *NEW_LINE)]
    )
    assert [one.team_id for one in only(map_page(tables=tables), MapStatsPlayer)] == [22, 11]


@pytest.mark.parametrize("cell", [board_player(None, "ghost"), board_player(0, "ghost")])
def test_a_player_of_no_number_has_no_id(cell: str) -> None:
    tables = scoreboard("A", NEW_BOARD, [(cell, *NEW_LINE)])
    player = only(map_page(tables=tables), MapStatsPlayer)[0]
    assert (player.player_id, player.player_name) == (None, "ghost")


def test_a_garbled_cell_is_null_and_an_issue_never_zero() -> None:
    tables = scoreboard("A", NEW_BOARD, [(board_player(5, "x"), *NEW_LINE[:-1], "n/a")]) + BOTH
    found = map_page(tables=tables)
    assert only(found, MapStatsPlayer)[0].rating is None
    assert Issue("unreadable", "hltv_player_stats.rating", "n/a") in issues(found)


# round history


def test_rounds_skip_padding_and_take_sides_from_icons() -> None:
    assert only(map_page(), RoundWin) == [
        RoundWin(
            mapstatsid=9,
            round_number=number,
            winner=winner,
            winner_side=side,
            win_type=win_type,
            score=score,
        )
        for number, winner, side, win_type, score in (
            (1, 1, "T", "elimination", "1-0"),
            (2, 2, "CT", "defuse", "1-1"),
            (3, 1, "CT", "elimination", "2-1"),
        )
    ]


@pytest.mark.parametrize(
    ("icon", "side", "win_type"),
    [
        ("ct_win.svg", "CT", "elimination"),
        ("t_win.svg", "T", "elimination"),
        ("bomb_exploded.svg", "T", "bomb_planted"),
        ("bomb_defused.svg", "CT", "defuse"),
        ("stopwatch.svg", "CT", "time"),
    ],
)
def test_every_icon_says_side_and_kind(icon: str, side: str, win_type: str) -> None:
    win = only(map_page(history=history([(icon, "1-0")], [EMPTY])), RoundWin)[0]
    assert (win.winner_side, win.win_type) == (side, win_type)


def test_overtime_in_a_box_of_its_own_counts_on() -> None:
    text = ROUNDS + history(
        [("t_win.svg", "3-1"), EMPTY, EMPTY], [EMPTY] * 3, classes="round-history-overtime"
    )
    assert [win.round_number for win in only(map_page(history=text), RoundWin)] == [1, 2, 3, 4]


def test_rows_are_told_apart_by_their_logos() -> None:
    text = history([("t_win.svg", "0-1")], [EMPTY], titles=("B", "A"))
    assert only(map_page(history=text), RoundWin)[0].winner == 2


def test_an_unknown_icon_is_an_issue_and_its_round_is_counted() -> None:
    text = history([("shrug.svg", "1-0"), ("t_win.svg", "2-0")], [EMPTY, EMPTY])
    found = map_page(history=text)
    assert [win.round_number for win in only(found, RoundWin)] == [2]
    assert issues(found)[0].kind == "unexpected"


def test_a_map_without_history_is_an_issue() -> None:
    found = map_page(history="")
    assert issues(found) == [Issue("missing", "hltv_round_history.round_number")]
