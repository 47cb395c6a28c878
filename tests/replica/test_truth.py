"""The truth agrees with itself and with the declared tables."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.replica.season import Season
from tests.replica.truth import KEYS

ROWS = Path(__file__).resolve().parents[2] / "warehouse" / "rows" / "hltv.py"
Tables = dict[str, list[dict[str, Any]]]


@cache
def season() -> Season:
    return Season(7, 200, small=True)


@cache
def truth() -> Tables:
    return season().truth()


def declared() -> dict[str, list[str]]:
    """Column names of every table, read from the source text of the row classes."""
    tables: dict[str, list[str]] = {}
    for node in ast.parse(ROWS.read_text(encoding="utf-8")).body:
        if not isinstance(node, ast.ClassDef):
            continue
        name, columns = "", []
        for part in node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                if part.target.id == "table" and isinstance(part.value, ast.Constant):
                    name = str(part.value.value)
                elif "ClassVar" not in ast.unparse(part.annotation):
                    columns.append(part.target.id)
        if name:
            tables[name] = columns
    return tables


def closed_sets() -> dict[str, tuple[str, ...]]:
    found = {}
    for node in ast.parse(ROWS.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id.isupper() and target.id != "ROWS":
                found[target.id] = tuple(ast.literal_eval(node.value))
    return found


def test_every_declared_table_is_there_with_every_column() -> None:
    assert set(declared()) == set(KEYS)
    for table, columns in declared().items():
        rows = truth()[table]
        assert rows, table
        for row in rows:
            assert sorted(row) == sorted(columns), table


@pytest.mark.parametrize(
    ("table", "column", "name"),
    [
        ("hltv_matches", "status", "MATCH_STATUSES"),
        ("hltv_matches", "forfeit", "FORFEITS"),
        ("hltv_maps", "status", "MAP_STATUSES"),
        ("hltv_vetoes", "action", "VETO_ACTIONS"),
        ("hltv_round_history", "winner_side", "SIDES"),
        ("hltv_round_history", "win_type", "WIN_TYPES"),
        ("hltv_economy", "buy_type", "BUY_TYPES"),
        ("hltv_economy", "team_resolved_by", "TEAM_RESOLUTIONS"),
        ("hltv_kill_matrix", "matrix_type", "MATRIX_TYPES"),
        ("hltv_overview_player_stats", "side", "OVERVIEW_SIDES"),
        ("hltv_player_side_stats", "side", "SIDES"),
    ],
)
def test_closed_columns_hold_only_declared_values(table: str, column: str, name: str) -> None:
    values = {row[column] for row in truth()[table]} - {None}
    assert values <= set(closed_sets()[name])
    if name not in {"MATCH_STATUSES", "MAP_STATUSES"}:
        assert values == set(closed_sets()[name])


@pytest.mark.parametrize("table", sorted(KEYS))
def test_keys_are_unique_and_sorted(table: str) -> None:
    keys = [tuple(row[column] for column in KEYS[table]) for row in truth()[table]]
    assert len(set(keys)) == len(keys)
    ordered = sorted(keys, key=lambda key: [(part is None, part or 0) for part in key])
    assert keys == ordered


def test_truth_of_all_is_the_sum_of_the_matches() -> None:
    small = Season(7, 24, small=True)
    whole = small.truth()
    for table in set(KEYS) - {"hltv_teams", "hltv_players", "hltv_events"}:
        parts = [row for one in small.match_ids for row in small.truth_for(one)[table]]
        assert parts == whole[table]


def test_map_rounds_are_halves_and_overtime() -> None:
    for row in truth()["hltv_maps"]:
        if row["status"] != "played":
            assert row["mapstatsid"] is None
            continue
        for team in ("team1", "team2"):
            parts = (row[f"{team}_ct_rounds"], row[f"{team}_t_rounds"])
            assert sum(parts) + (row[f"{team}_ot_rounds"] or 0) == row[f"{team}_rounds"]


def by_map(table: str) -> dict[tuple[int, int], list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in truth()[table]:
        found[row["match_id"], row["map_number"]].append(row)
    return found


def test_round_history_counts_the_score() -> None:
    rounds = by_map("hltv_round_history")
    maps = by_map("hltv_maps")
    ids = {row["match_id"]: row for row in truth()["hltv_matches"]}
    for key, rows in rounds.items():
        one, match = maps[key][0], ids[key[0]]
        for team in ("team1", "team2"):
            won = sum(row["winner_team_id"] == match[f"{team}_id"] for row in rows)
            assert won == one[f"{team}_rounds"]
        assert [row["round_number"] for row in rows] == list(range(1, len(rows) + 1))


def test_player_numbers_hold_together() -> None:
    maps = by_map("hltv_maps")
    for row in truth()["hltv_player_stats"]:
        one = maps[row["match_id"], row["map_number"]][0]
        rounds = one["team1_rounds"] + one["team2_rounds"]
        assert row["kd_diff"] == row["kills"] - row["deaths"]
        assert row["fk_diff"] == row["opening_kills"] - row["opening_deaths"]
        assert row["hs_kills"] <= row["kills"]
        assert row["flash_assists"] <= row["assists"]
        assert abs(row["kpr"] - row["kills"] / rounds) < 0.0051
        assert abs(row["dpr"] - row["deaths"] / rounds) < 0.0051
        assert 0 <= row["kast"] <= 100
        assert row["deaths"] <= rounds
        assert (row["round_swing"] is not None) == (row["rating_version"] == "3.0")
        assert (row["e_adr"] is not None) <= (row["rating_version"] == "3.0")


def test_sides_add_up_to_the_whole() -> None:
    sides: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in truth()["hltv_player_side_stats"]:
        key = (row["match_id"], row["map_number"], row["player_id"], row["player_name"])
        sides[key].append(row)
    for row in truth()["hltv_player_stats"]:
        key = (row["match_id"], row["map_number"], row["player_id"], row["player_name"])
        for column in ("kills", "deaths", "assists", "opening_kills", "hs_kills"):
            assert sum(side[column] for side in sides[key]) == row[column]


def test_formats_have_stages_and_notes_of_every_kind() -> None:
    rows = truth()["hltv_matches"]
    stages = [row["stage"] for row in rows]
    assert 0 < stages.count(None) < len(rows) / 5
    assert any("last map; " in (row["notes"] or "") for row in rows)
    assert 0.1 < sum(row["notes"] is not None for row in rows) / len(rows) < 0.5
    for mark in ("&", "<", '"', "é"):
        assert any(mark in (row["notes"] or "") for row in rows), mark


def test_kill_matrix_sums_to_kills_and_first_kills_to_rounds() -> None:
    kills = {
        (row["match_id"], row["map_number"], row["player_id"], row["player_name"]): row
        for row in truth()["hltv_player_stats"]
    }
    sums: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in truth()["hltv_kill_matrix"]:
        for number in ("1", "2"):
            columns = (f"player{number}_id", f"player{number}_name")
            key = tuple(row[one] for one in ("match_id", "map_number", *columns))
            sums[key][row["matrix_type"]] += row[f"player{number}_kills"]
    assert set(kills) <= set(sums)
    for player, row in kills.items():
        assert sums[player]["all"] == row["kills"]
        assert sums[player]["first_kill"] == row["opening_kills"]
        assert sums[player]["awp"] <= row["kills"]
    rounds = by_map("hltv_maps")
    firsts: dict[tuple[Any, ...], int] = defaultdict(int)
    for key, one in sums.items():
        firsts[key[:2]] += one["first_kill"]
    for where, count in firsts.items():
        played = rounds[where[0], where[1]][0]
        assert count <= played["team1_rounds"] + played["team2_rounds"]


def test_match_page_tables_equal_the_map_pages_but_for_planted_ratings() -> None:
    stats = {
        (row["match_id"], row["map_number"], row["player_id"], row["player_name"]): row
        for row in truth()["hltv_player_stats"]
    }
    drifted = set()
    for row in truth()["hltv_overview_player_stats"]:
        if row["side"] != "both" or row["map_number"] == 0:
            continue
        key = (row["match_id"], row["map_number"], row["player_id"], row["player_name"])
        if key not in stats:
            assert "one_table" in season().traps(row["match_id"])
            continue
        other = stats[key]
        for column in ("kills", "deaths", "adr", "kast", "round_swing", "e_kills", "e_kast"):
            assert row[column] == other[column]
        if row["rating"] != other["rating"]:
            drifted.add(key[:2])
            assert "rating_drift" in season().traps(row["match_id"])
    assert 0 < len(drifted) < len(by_map("hltv_maps")) / 20


def test_economy_has_two_rows_a_regulation_round_and_no_boundary_value() -> None:
    for key, rows in by_map("hltv_economy").items():
        one = by_map_cache()[key]
        regulation = one["team1_ct_rounds"] + one["team1_t_rounds"]
        regulation += one["team2_ct_rounds"] + one["team2_t_rounds"]
        assert len(rows) == 2 * regulation
        for first, second in zip(rows[::2], rows[1::2], strict=True):
            assert {first["side"], second["side"]} == {"CT", "T"}
            assert {first["won"], second["won"]} == {True, False}
        assert not {row["equipment_value"] for row in rows} & {5000, 10_000, 20_000}


@cache
def by_map_cache() -> dict[tuple[int, int], dict[str, Any]]:
    return {key: rows[0] for key, rows in by_map("hltv_maps").items()}


def test_economy_winners_are_the_rounds_winners() -> None:
    rounds = {
        (row["match_id"], row["map_number"], row["round_number"]): row
        for row in truth()["hltv_round_history"]
    }
    seen = 0
    for row in truth()["hltv_economy"]:
        other = rounds.get((row["match_id"], row["map_number"], row["round_number"]))
        if other is not None and row["won"]:
            seen += 1
            assert other["winner_team_id"] == row["team_id"]
            assert other["winner_side"] == row["side"]
    assert seen > 1000


def test_the_renamed_team_goes_by_its_newest_name() -> None:
    names = defaultdict(set)
    for row in truth()["hltv_matches"]:
        for team in ("team1", "team2"):
            names[row[f"{team}_id"]].add(row[f"{team}_name"])
    renamed = [team for team, known in names.items() if len(known) > 1]
    assert len(renamed) == 1
    found = {row["team_id"]: row["team_name"] for row in truth()["hltv_teams"]}
    assert found[renamed[0]] == "Emberline"


def test_lineups_come_first_and_positions_count_on() -> None:
    groups = defaultdict(list)
    for row in truth()["hltv_match_players"]:
        groups[row["match_id"], row["team_num"]].append(row)
    substitutes = 0
    for rows in groups.values():
        assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
        listed = [row["in_lineup"] for row in rows]
        assert listed == sorted(listed, reverse=True)
        substitutes += any(not row["in_lineup"] for row in rows) and any(listed)
        assert all(row["in_lineup"] or row["in_stats"] for row in rows)
    assert substitutes > 0


def test_numbers_follow_the_distributions_of_real_seasons() -> None:
    rows = [row for row in truth()["hltv_player_stats"] if row["rating_version"] == "3.0"]

    def mean(column: str) -> float:
        return sum(float(row[column]) for row in rows) / len(rows)

    assert 13 < mean("kills") < 16
    assert 65 < mean("adr") < 80
    assert 65 < mean("kast") < 77
    assert 0.9 < mean("rating") < 1.2
    assert 2.9 < mean("multi_kills") < 4
    forfeits = [row for row in truth()["hltv_results"] if row["is_forfeit"]]
    assert 0.01 < len(forfeits) / 200 < 0.08
