"""The rules of the match tables (spec/hltv.md section 10), each with a row that breaks it alone."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from warehouse.column import Row
from warehouse.rows.hltv import (
    EconomyRow,
    KillMatrixRow,
    MapRow,
    MatchRow,
    OverviewPlayerStatsRow,
    PlayerStatsRow,
    ResultRow,
    RoundRow,
    VetoRow,
)
from warehouse.rules import Breach, Rule, breaches
from warehouse.rules.hltv import RULES
from warehouse.schema import columns_of

GOOD: dict[type[Row], dict[str, Any]] = {
    MatchRow: {
        "match_id": 1,
        "date": "2026-01-02",
        "date_unix_ms": 5,
        "event_id": 1,
        "event_name": "e",
        "team1_id": 1,
        "team1_name": "a",
        "team2_id": 2,
        "team2_name": "b",
        "team1_score": 2,
        "team2_score": 1,
        "best_of": 3,
        "match_url": "/m",
        "status": "over",
        "forfeit": "none",
    },
    PlayerStatsRow: {
        "match_id": 1,
        "map_number": 1,
        "kills": 20,
        "deaths": 15,
        "kd_diff": 5,
        "hs_kills": 10,
        "opening_kills": 2,
        "opening_deaths": 3,
        "fk_diff": -1,
        "adr": 80.0,
        "kast": 70.0,
        "rating": 1.1,
        "e_kast": 116.2,
        "round_swing": -3.0,
    },
    MapRow: {"match_id": 1, "map_number": 1, "team1_rounds": 13, "team2_rounds": 8},
}


def broken(row: type[Row], **fields: Any) -> list[tuple[str, str]]:
    """The severity and text of every rule that a good row breaks with these fields changed."""
    values = {**GOOD.get(row, {}), **fields}
    schema = pa.schema([pa.field(column.name, column.arrow.type) for column in columns_of(row)])
    arrays = [pa.array([values.get(field.name)], field.type) for field in schema]
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    return [(found.rule.severity, found.rule.text) for found in breaches(batch, RULES[row])]


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row.table)
def test_a_good_row_breaks_nothing(row: type[Row]) -> None:
    assert broken(row) == []


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.table)
def test_a_row_that_says_nothing_breaks_nothing(row: type[Row]) -> None:
    schema = pa.schema([pa.field(column.name, column.arrow.type) for column in columns_of(row)])
    arrays = [pa.nulls(1, field.type) for field in schema]
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    asked_for = ["date is there"] if row is MatchRow else []
    assert [found.rule.text for found in breaches(batch, RULES[row])] == asked_for


@pytest.mark.parametrize(
    ("row", "fields", "rule"),
    [
        (MatchRow, {"match_id": 0}, "match_id >= 1"),
        (MatchRow, {"team2_id": 1}, "team ids differ"),
        (MatchRow, {"event_name": ""}, "event_name is not empty"),
        (MatchRow, {"best_of": 0}, "1 <= best_of <= 5"),
        (MatchRow, {"date": "2 January"}, "date is YYYY-MM-DD"),
        (MatchRow, {"date": None, "date_unix_ms": None}, "date is there"),
        (MatchRow, {"team1_score": 3}, "no score above the maps needed to win"),
        (MapRow, {"map_number": 6}, "1 <= map_number <= 5"),
        (MapRow, {"team1_rounds": -1}, "team1_rounds >= 0"),
        (
            MapRow,
            {"team1_ct_rounds": 9, "team1_t_rounds": 5},
            "team1_ct_rounds + team1_t_rounds <= team1_rounds",
        ),
        (PlayerStatsRow, {"kd_diff": 4}, "kd_diff = kills - deaths"),
        (PlayerStatsRow, {"fk_diff": 1}, "fk_diff = opening_kills - opening_deaths"),
        (
            PlayerStatsRow,
            {"e_kills": 9, "e_deaths": 4, "e_kd_diff": 4},
            "e_kd_diff = e_kills - e_deaths",
        ),
        (PlayerStatsRow, {"hs_kills": 21}, "hs_kills <= kills"),
        (PlayerStatsRow, {"kast": 100.1}, "0 <= kast <= 100"),
        (PlayerStatsRow, {"adr": -0.1}, "adr >= 0"),
        (PlayerStatsRow, {"e_kast": -1.0}, "e_kast >= 0"),
        (RoundRow, {"round_number": 0}, "round_number >= 1"),
        (EconomyRow, {"equipment_value": -1}, "equipment_value >= 0"),
        (EconomyRow, {"team_id": 0}, "team_id >= 1"),
        (KillMatrixRow, {"player1_kills": -1}, "player1_kills >= 0"),
        (VetoRow, {"step_number": 0}, "step_number >= 1"),
        (
            OverviewPlayerStatsRow,
            {"kills": 3, "deaths": 1, "kd_diff": 1},
            "kd_diff = kills - deaths",
        ),
        (ResultRow, {"stars": 6}, "0 <= stars <= 5"),
    ],
)
def test_each_error_is_found_alone(row: type[Row], fields: dict[str, Any], rule: str) -> None:
    assert broken(row, **fields) == [("error", rule)]


@pytest.mark.parametrize(
    ("row", "fields", "rule"),
    [
        (MatchRow, {"team1_score": 1}, "the winner has the maps needed to win"),
        (MapRow, {"team1_rounds": 28, "team2_rounds": 26}, "at most 50 rounds"),
        (PlayerStatsRow, {"rating": 3.28}, "0.1 <= rating <= 3"),
        (PlayerStatsRow, {"adr": 201.0}, "adr <= 200"),
        (PlayerStatsRow, {"e_kills": 1, "e_hs_kills": 2}, "e_hs_kills <= e_kills"),
        (OverviewPlayerStatsRow, {"rating": -0.1}, "rating >= 0"),
    ],
)
def test_what_is_odd_but_real_is_a_warning(
    row: type[Row], fields: dict[str, Any], rule: str
) -> None:
    assert broken(row, **fields) == [("warning", rule)]


@pytest.mark.parametrize(
    "fields",
    [
        {"best_of": 1, "team1_score": 13, "team2_score": 8},
        {"forfeit": "full", "team1_score": 1, "team2_score": 0},
        {"best_of": 5, "team1_score": 3, "team2_score": 1, "forfeit": "partial"},
        {"status": "live", "team1_score": 1, "team2_score": 0},
        {"best_of": None},
        {"best_of": 2, "team1_score": 2, "team2_score": 0},
        {"best_of": 2, "team1_score": 1, "team2_score": 1},
        {"event_id": None, "event_name": None},
    ],
)
def test_scores_of_other_kinds_of_matches_pass(fields: dict[str, Any]) -> None:
    assert broken(MatchRow, **fields) == []


def test_breaches_name_the_row_by_position() -> None:
    from polars import col  # noqa: PLC0415 - only this test makes a rule

    rule = Rule("x >= 0", col("x") >= 0)
    batch = pa.RecordBatch.from_pydict({"x": [1, -1, None, -2]})
    assert list(breaches(batch, (rule,))) == [Breach(1, rule), Breach(3, rule)]
