"""The performance page, with the traps of spec/hltv.md section 6."""

from __future__ import annotations

import pytest

from parse.errors import ParseError
from parse.model import Extracted, Issue
from parse.sources.hltv.fragments import (
    KillCell,
    PerformancePlayer,
)
from tests.parse.hltv.map_pages import card, matrix, no_kills
from tests.parse.hltv.pages import issues, only, parse_html

BARS_3 = {
    "KPR": "0.88",
    "DPR": "0.54",
    "KAST": "66.7%",
    "MK rating": "1.43",
    "Swing": "+12.23%",
    "ADR": "102.6",
    "Rating 3.0": "1.85",
}
BARS_2 = {
    "KPR": "1.00",
    "DPR": "0.64",
    "KAST": "76.0%",
    "Impact": "1.21",
    "ADR": "98.2",
    "Rating 2.0": "1.31",
}


def performance_page(*cards: str, matrices: str = "") -> list[Extracted]:
    text = f"""{matrices}<div class="player-overview columns"><div class="col">
    <div class="players-team-header"><span class="label-and-text">LDLC</span></div>{"".join(cards)}
    </div></div><div class="highlighted-player">elsewhere</div>"""
    return parse_html("performance", text, key="9")


MATRIX = matrix("ALL", [(1, "one"), (2, "two")], [((3, "three"), ["2:3", "0:1"])])
MATRIX += no_kills("FIRST_KILL", "AWP")


@pytest.mark.parametrize("tag", ["div", "worker-ignore"])
def test_cards_of_rating_3(tag: str) -> None:
    found = performance_page(card(5, "x", BARS_3, tag), matrices=MATRIX)
    assert only(found, PerformancePlayer) == [
        PerformancePlayer(
            mapstatsid=9,
            team_name="LDLC",
            player_id=5,
            player_name="x",
            kpr=0.88,
            dpr=0.54,
            kast=66.7,
            impact=None,
            mk_rating=1.43,
            round_swing=12.23,
            adr=102.6,
            rating=1.85,
            rating_version="3.0",
        )
    ]
    assert issues(found) == []


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_cards_of_rating_2(version: str) -> None:
    bars = {label.replace("2.0", version): text for label, text in BARS_2.items()}
    one = only(performance_page(card(5, "x", bars), matrices=MATRIX), PerformancePlayer)[0]
    assert (one.impact, one.mk_rating, one.round_swing) == (1.21, None, None)
    assert (one.rating, one.rating_version) == (1.31, version)


def test_a_dash_on_a_card_is_no_value() -> None:
    found = performance_page(card(5, "x", {**BARS_3, "ADR": "-"}), matrices=MATRIX)
    assert (only(found, PerformancePlayer)[0].adr, issues(found)) == (None, [])


def test_an_unknown_bar_is_kept_as_an_issue() -> None:
    found = performance_page(card(5, "x", {**BARS_3, "Aura": "9"}), matrices=MATRIX)
    assert issues(found) == [Issue("unexpected", "hltv_player_stats.kpr", "bar Aura")]


def test_matrix_rows_are_players_1() -> None:
    found = performance_page(matrices=MATRIX)
    assert only(found, KillCell) == [
        KillCell(
            mapstatsid=9,
            matrix_type="all",
            player1_id=3,
            player1_name="three",
            player2_id=other,
            player2_name=name,
            player1_kills=own,
            player2_kills=back,
        )
        for other, name, own, back in ((1, "one", 2, 3), (2, "two", 0, 1))
    ]


def test_matrices_of_all_kinds_and_other_sizes() -> None:
    columns = [(number, f"c{number}") for number in range(6)]
    rows = [((number, f"r{number}"), ["1:0"] * 6) for number in range(10, 15)]
    texts = "".join(matrix(name, columns, rows) for name in ("ALL", "FIRST_KILL", "AWP"))
    found = only(performance_page(matrices=texts), KillCell)
    assert [
        len([cell for cell in found if cell.matrix_type == kind])
        for kind in ("all", "first_kill", "awp")
    ] == [30] * 3


def test_a_page_without_matrix_still_has_cards() -> None:
    found = performance_page(card(5, "x", BARS_3))
    assert len(only(found, PerformancePlayer)) == 1
    assert issues(found) == [Issue("missing", "hltv_kill_matrix.player1_kills")]


def test_another_page_cannot_be_read() -> None:
    with pytest.raises(ParseError, match="neither kill matrix nor player cards"):
        parse_html("performance", "<p>Something went wrong</p>")
