"""The economy page, with the traps of spec/hltv.md section 7."""

from __future__ import annotations

import pytest

from parse.errors import ParseError
from parse.model import Extracted, Issue, Layout
from parse.sources.hltv.economy import SECTIONS
from parse.sources.hltv.fragments import (
    EconomyPoint,
)
from tests.parse.hltv.map_pages import card, chart, economy_chart, economy_line, economy_table
from tests.parse.hltv.pages import issues, only, parse_html

CT, T = "ctRoundWon.png", "tRoundWon.png"


def economy_page(text: str) -> list[Extracted]:
    return parse_html("economy", text, key="9")


@pytest.mark.parametrize("tag", ["div", "worker-ignore"])
def test_points_of_the_chart(tag: str) -> None:
    found = economy_page(
        economy_chart(
            ["1", "2"],
            economy_line("A", [("4200", CT), ("22300", "")]),
            economy_line("B", [("4999", ""), ("19999", T)]),
            tag=tag,
        )
    )
    assert only(found, EconomyPoint) == [
        EconomyPoint(
            mapstatsid=9,
            line=line,
            series_name="AB"[line - 1],
            title_name=None,
            round_number=number,
            equipment_value=value,
            buy_type=buy,
            side=side,
            won=won,
        )
        for number, line, value, buy, side, won in (
            (1, 1, 4200, "full_eco", "CT", True),
            (1, 2, 4999, "full_eco", "T", False),
            (2, 1, 22300, "full_buy", "CT", False),
            (2, 2, 19999, "semi_buy", "T", True),
        )
    ]
    assert issues(found) == []


def test_round_numbers_are_labels_not_positions() -> None:
    found = economy_page(
        economy_chart(["13"], economy_line("A", [("1", CT)]), economy_line("B", [("2", "")]))
    )
    assert {point.round_number for point in only(found, EconomyPoint)} == {13}


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_value_is_null(value: str | None) -> None:
    found = economy_page(
        economy_chart(["1"], economy_line("A", [(value, CT)]), economy_line("B", [("2", "")]))
    )
    point = only(found, EconomyPoint)[0]
    assert (point.equipment_value, point.buy_type, point.won) == (None, None, True)
    assert issues(found) == []


@pytest.mark.parametrize(
    ("value", "icon", "band"),
    [
        (5000, "ctPistolWin.svg", "full_eco"),
        (5000, "ctForcePistolWin.svg", "semi_eco"),
        (20000, "tForcebuyLoss.svg", "semi_buy"),
        (10000, "strange.svg", "semi_buy"),
        (9999, "ctForcebuyWin.svg", "semi_eco"),
    ],
)
def test_at_an_exact_boundary_the_icon_decides(value: int, icon: str, band: str) -> None:
    text = economy_chart(
        ["1"], economy_line("A", [(str(value), CT)]), economy_line("B", [("2", "")])
    ) + economy_table(("A", [(value, icon)]), ("B", [(2, "tPistolLoss.svg")]))
    assert only(economy_page(text), EconomyPoint)[0].buy_type == band


def test_titles_of_the_tables_follow_the_values_not_the_order() -> None:
    text = economy_chart(
        ["1", "2"],
        economy_line("Old A", [("1", CT), ("3", "")]),
        economy_line("Old B", [("2", ""), ("4", T)]),
    )
    halves = [
        economy_table(("B", [(2, "")]), ("A", [(1, "")])),
        economy_table(("B", [(4, "")]), ("A", [(3, "")])),
    ]
    found = economy_page(text + "".join(halves))
    names = {(point.line, point.title_name) for point in only(found, EconomyPoint)}
    assert names == {(1, "A"), (2, "B")}
    assert issues(found) == []


def test_tables_that_contradict_the_chart_are_noted() -> None:
    text = economy_chart(["1"], economy_line("A", [("1", CT)]), economy_line("B", [("2", "")]))
    found = economy_page(text + economy_table(("A", [(7, "")]), ("B", [(8, "")])))
    assert issues(found) == [Issue("differs", "hltv_economy.equipment_value", "tables and chart")]


def test_a_value_that_only_the_chart_lacks_is_no_contradiction() -> None:
    text = economy_chart(["1"], economy_line("A", [(None, CT)]), economy_line("B", [("2", "")]))
    found = economy_page(text + economy_table(("A", [(0, "")]), ("B", [(2, "")])))
    assert (only(found, EconomyPoint)[0].equipment_value, issues(found)) == (None, [])


def test_a_round_without_winner_has_no_sides() -> None:
    found = economy_page(
        economy_chart(["1"], economy_line("A", [("1", "")]), economy_line("B", [("2", "")]))
    )
    assert [(one.side, one.won) for one in only(found, EconomyPoint)] == [(None, None)] * 2
    assert issues(found) == [Issue("unexpected", "hltv_economy.won", "0 winners")]


def test_a_map_without_economy_has_a_message_and_no_points() -> None:
    found = economy_page('<div class="padding">No economy data</div>')
    assert found == [Layout("message"), Issue("missing", "hltv_economy.equipment_value")]


def test_a_page_with_neither_chart_nor_message_lacks_its_chart() -> None:
    found = economy_page('<script src="/chart.js"></script>')
    assert found == [Layout("empty"), Issue("missing", "hltv_economy.chart")]
    assert "hltv_economy.chart" in SECTIONS


def test_a_stale_page_of_another_type_cannot_be_read() -> None:
    with pytest.raises(ParseError, match="no chart of type msline"):
        economy_page(card(5, "x", {"KPR": "0.88"}))


@pytest.mark.parametrize("config", ["{", {"type": "msline", "dataSource": {"dataset": 7}}])
def test_a_broken_chart_cannot_be_read(config: object) -> None:
    text = chart(config) if isinstance(config, dict) else '<p data-fusionchart-config="{">'
    with pytest.raises(ParseError, match="chart is not readable"):
        economy_page(text)
