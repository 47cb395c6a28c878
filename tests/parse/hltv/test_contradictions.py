"""Pages that contradict themselves or each other: nothing is believed without a note."""

from __future__ import annotations

import pytest

from parse.errors import ParseError
from parse.model import CaptureRef, Issue, Noted, Sourced
from parse.sources.hltv.assemble_checks import (
    economy_checks,
    matrix_checks,
    order_checks,
    running_score_checks,
)
from parse.sources.hltv.fragments import EconomyPoint, KillCell, RoundWin
from tests.parse.hltv.pages import issues, match_html, only, parse_html, result_row
from warehouse.rows.hltv import MapRow, ResultRow, VetoRow

CAPTURE = CaptureRef(
    capture_id=1, page_type="match", fetched_at_us=0, url="u", parser="hltv.match/2"
)
PAGED = '<div class="results"><div class="pagination-component"></div>{}</div>'
HOLDER = (
    '<div class="mapholder"><div class="played"><div class="mapname">Nuke</div></div>'
    '<div class="results-left"><div class="results-teamname">{}</div></div>'
    '<span class="results-right"><div class="results-teamname">{}</div></span></div>'
)


def fields(notes: list[Noted]) -> list[str]:
    return [note.issue.field for note in notes]


def win(number: int, winner: int, score: str, side: str = "CT") -> Sourced[RoundWin]:
    row = RoundWin(
        mapstatsid=9,
        round_number=number,
        winner=winner,
        winner_side=side,
        win_type="elimination",
        score=score,
    )
    return Sourced(row, CAPTURE)


def cell(kind: str, own: int, other: int) -> Sourced[KillCell]:
    row = KillCell(
        mapstatsid=9,
        matrix_type=kind,
        player1_id=1,
        player1_name="a",
        player2_id=2,
        player2_name="b",
        player1_kills=own,
        player2_kills=other,
    )
    return Sourced(row, CAPTURE)


def test_a_listing_of_all_matches_names_their_events() -> None:
    found = parse_html("results", PAGED.format(result_row(event="")))
    assert issues(found) == [Issue("missing", "hltv_results.event_name")]
    assert issues(parse_html("results", result_row(event=""))) == []


@pytest.mark.parametrize(("text", "forfeit"), [("def", True), ("nuke", False), ("bo5", False)])
def test_formats_that_are_known(text: str, forfeit: bool) -> None:
    found = parse_html("results", result_row(map_text=text))
    assert only(found, ResultRow)[0].is_forfeit is forfeit
    assert issues(found) == []


def test_a_format_of_no_known_kind_may_be_a_forfeit_by_another_name() -> None:
    found = parse_html("results", result_row(map_text="Won by default"))
    assert only(found, ResultRow)[0].is_forfeit is None
    assert issues(found) == [Issue("unexpected", "hltv_results.map_text", "Won by default")]


def test_icons_outside_the_box_of_stars_are_an_issue() -> None:
    found = parse_html("results", result_row(stars=3).replace('class="stars"', 'class="icons"'))
    assert [issue.field for issue in issues(found)] == ["hltv_results.stars"]


def test_a_match_page_whose_maps_name_the_teams_the_other_way_round_fails() -> None:
    assert issues(parse_html("match", match_html(maps=HOLDER.format("A", "B")))) == []
    with pytest.raises(ParseError, match="the other way round"):
        parse_html("match", match_html(maps=HOLDER.format("B", "A")))


def test_a_place_of_no_known_kind_is_an_issue() -> None:
    found = parse_html("match", match_html(box="Best of 3 (Studio)\n\n* Final"))
    assert Issue("unexpected", "hltv_matches.is_lan", "(Studio)") in issues(found)


@pytest.mark.parametrize(
    ("listed", "said"), [(["Nuke", "Train"], []), (["Train", "Nuke"], ["hltv_maps.map_number"])]
)
def test_maps_are_played_in_the_order_of_the_veto(listed: list[str], said: list[str]) -> None:
    page = match_html(
        vetoes=["1. A picked Nuke", "2. B picked Train"],
        maps="".join(
            f'<div class="mapholder"><div class="optional"><div class="mapname">{name}</div></div></div>'
            for name in listed
        ),
    )
    found = parse_html("match", page)
    maps = [Sourced(row, CAPTURE) for row in only(found, MapRow)]
    vetoes = [Sourced(row, CAPTURE) for row in only(found, VetoRow)]
    assert fields(list(order_checks(maps, vetoes))) == said


@pytest.mark.parametrize(
    ("scores", "notes"), [(("1-0", "1-1"), 0), (("1-1", "1-0"), 1), (("1-0", ""), 1)]
)
def test_running_scores_run(scores: tuple[str, str], notes: int) -> None:
    wins = [win(1, 1, scores[0]), win(2, 2, scores[1])]
    assert len(list(running_score_checks(wins))) == notes


def test_a_matrix_has_no_more_than_all_kills() -> None:
    cells = [cell("all", 2, 3), cell("awp", 1, 3)]
    assert list(matrix_checks(cells, [])) == []
    cells = [cell("all", 2, 3), cell("awp", 3, 1)]
    assert fields(list(matrix_checks(cells, []))) == ["hltv_kill_matrix.player1_kills"]


@pytest.mark.parametrize(
    ("winner", "side", "said"),
    [
        (1, "CT", []),
        (2, "T", ["hltv_economy.won"]),
        (1, "T", ["hltv_economy.side"]),
    ],
)
def test_the_chart_has_the_winners_of_the_round_history(
    winner: int, side: str, said: list[str]
) -> None:
    point = EconomyPoint(
        mapstatsid=9,
        line=1,
        series_name="A",
        title_name=None,
        round_number=1,
        equipment_value=4000,
        buy_type="full_eco",
        side="CT",
        won=True,
    )
    wins = [win(1, winner, "1-0", side)]
    assert fields(list(economy_checks([Sourced(point, CAPTURE)], wins, {1: 1}))) == said
