"""Careers of PUBG players, worked out of the tables of matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.column import Row
from warehouse.marts import Mart
from warehouse.marts.check import MartCheck
from warehouse.marts.listed import STATUS_OF
from warehouse.marts.pubg import MARTS
from warehouse.marts.write import write_mart
from warehouse.part import Part
from warehouse.parts import TableWriter
from warehouse.rows.pubg import MARTS as ROWS
from warehouse.rows.pubg.careers import (
    PubgPlayerCareerRow,
    PubgPlayerDamageStatsRow,
    PubgPlayerWeaponStatsRow,
)
from warehouse.rows.pubg.figures import PubgMatchWeaponRow, PubgPlayerMatchStatsRow
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow
from warehouse.rules import Rule
from warehouse.rules.pubg import RULES
from warehouse.schema import arrow_schema, columns_of

Values = dict[str, Any]
ANN, BOB, BOT = "account.0a", "account.fb", "ai.322"
MART_OF = {mart.row: mart for mart in MARTS}


def match(match_id: str, match_type: str | None) -> Values:
    return {"match_id": match_id, "match_type": match_type}


def played(match_id: str, account_id: str, **known: object) -> Values:
    figures = dict.fromkeys(("kills", "headshot_kills", "assists", "knocks", "revives"), 1)
    rest = {"match_id": match_id, "account_id": account_id, "team_rank": 2, "damage_dealt": 0.5}
    return {**figures, **rest, **known}


def told(match_id: str, account_id: str, **known: object) -> Values:
    mart = MART_OF[PubgPlayerCareerRow]
    figures = dict.fromkeys(mart.reads[PubgPlayerMatchStatsRow], 1)
    return {**figures, "match_id": match_id, "account_id": account_id, **known}


def used(match_id: str, account_id: str, weapon: str, reason: str, **known: object) -> Values:
    sums = ("hits", "damage", "own_damage", "kills", "knocks", "kill_distance")
    near = ("kills_0_50m", "kills_50_200m", "kills_200m")
    row = {"match_id": match_id, "account_id": account_id, "weapon": weapon, "reason": reason}
    return {**dict.fromkeys((*sums, *near), 0), "weapon_category": "AR", **row, **known}


def write(folder: Path, row: type[Row], blocks: Mapping[int, Sequence[Values]]) -> list[Part]:
    """Rows of a table by block; columns that nobody asks for are null."""
    writer = TableWriter(folder, row)
    schema = arrow_schema(row)
    for number, rows in blocks.items():
        columns = {field.name: [one.get(field.name) for one in rows] for field in schema}
        loose = pa.schema([field.with_nullable(True) for field in schema])
        table = pa.table(columns, schema=loose)
        writer.schema = loose
        writer.add_table(table)
        writer.finish_part(number)
    writer.close()
    return writer.parts


def work_out(folder: Path, row: type[Row], **tables: Any) -> list[Values]:
    classes: dict[str, type[Row]] = {
        "matches": PubgMatchRow,
        "participants": PubgParticipantRow,
        "stats": PubgPlayerMatchStatsRow,
        "weapons": PubgMatchWeaponRow,
    }
    parts = [
        part for name, kind in classes.items() for part in write(folder, kind, tables.get(name, {}))
    ]
    return read(folder, write_mart(MART_OF[row], folder, parts).parts)


def read(folder: Path, parts: Sequence[Part]) -> list[Values]:
    found: list[Values] = []
    for part in sorted(parts, key=lambda part: part.name):
        with (folder / part.table / part.name).open("rb") as file:
            found += pq.read_table(file).to_pylist()
    return found


def test_every_mart_is_declared() -> None:
    assert (*MART_OF, STATUS_OF["pubg"].row) == ROWS


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.row.table)
def test_marts_read_columns_that_exist(mart: Mart) -> None:
    for row, columns in mart.reads.items():
        assert set(columns) <= set(row.__struct_fields__)
        assert len(set(columns)) == len(columns)


@pytest.mark.parametrize(
    ("match_type", "kinds"),
    [
        ("competitive", {"all", "ranked"}),
        ("Competitive", {"all", "ranked"}),
        ("official", {"all", "normal"}),
        ("arcade", {"all", "normal"}),
        ("event", {"all", "normal"}),
        ("custom", {"all"}),
        ("airoyale", {"all"}),
        (None, {"all"}),
    ],
)
def test_a_match_is_of_a_kind_and_of_all(
    tmp_path: Path, match_type: str | None, kinds: set[str]
) -> None:
    found = work_out(
        tmp_path,
        PubgPlayerCareerRow,
        matches={3: [match("m", match_type)]},
        participants={3: [played("m", ANN)]},
    )
    assert {row["match_kind"] for row in found} == kinds
    assert {row["matches"] for row in found} == {1}


def test_a_career_is_over_all_matches_and_says_of_how_many_telemetry_tells(tmp_path: Path) -> None:
    found = work_out(
        tmp_path,
        PubgPlayerCareerRow,
        matches={0: [match("a", "official")], 9: [match("b", "custom"), match("c", "custom")]},
        participants={
            0: [played("a", ANN, team_rank=1, kills=None), played("a", BOB), played("a", BOT)],
            9: [played("b", ANN, kills=4), played("c", ANN)],
        },
        stats={
            0: [told("a", ANN, circle_samples=3, mean_distance_from_center=10.0), told("a", BOB)],
            9: [told("b", ANN, circle_samples=1, mean_distance_from_center=30.0, killsteals=5)],
        },
    )
    rows = {(row["account_id"], row["match_kind"]): row for row in found}
    assert rows.keys() == {(ANN, "all"), (ANN, "normal"), (BOB, "all"), (BOB, "normal")}
    ann = rows[ANN, "all"]
    assert (ann["matches"], ann["wins"], ann["kills"], ann["damage_dealt"]) == (3, 1, 5, 1.5)
    assert (ann["matches_with_telemetry"], ann["is_complete"], ann["killsteals"]) == (2, False, 6)
    assert (ann["circle_matches"], ann["circle_samples"]) == (2, 4)
    assert ann["mean_distance_from_center"] == 15
    assert rows[BOB, "all"]["is_complete"]
    assert list(rows) == sorted(rows)


def test_telemetry_counts_of_whom_the_api_has_in_the_match(tmp_path: Path) -> None:
    """An observer may be hurt, too; his figures are no match of a career."""
    (row,) = work_out(
        tmp_path,
        PubgPlayerCareerRow,
        matches={0: [match("a", "custom"), match("b", "custom")]},
        participants={0: [played("a", ANN)]},
        stats={0: [told("a", ANN), told("b", ANN, killsteals=9), told("a", BOB)]},
    )
    assert (row["account_id"], row["matches_with_telemetry"], row["killsteals"]) == (ANN, 1, 1)
    assert row["is_complete"]


@pytest.mark.parametrize(
    ("row", "fields", "rule"),
    [
        (PubgPlayerDamageStatsRow, {"matches": 3, "hits": 2}, "matches <= hits"),
        (PubgPlayerDamageStatsRow, {"damage": 1.0, "own_damage": 1.5}, "own_damage <= damage"),
        (PubgPlayerWeaponStatsRow, {"kills": 1, "headshot_kills": 2}, "headshot_kills <= kills"),
        (PubgPlayerWeaponStatsRow, {"kills": 1, "kills_200m": 2}, "kills by distance <= kills"),
        (
            PubgPlayerWeaponStatsRow,
            {"kill_distance": 1.0, "longest_kill": 2.0},
            "longest_kill <= kill_distance",
        ),
        (PubgPlayerCareerRow, {"matches": 0}, "matches >= 1"),
        (PubgPlayerCareerRow, {"wins": 2}, "wins <= matches"),
        (PubgPlayerCareerRow, {"headshot_kills": 2, "kills": 1}, "headshot_kills <= kills"),
        (
            PubgPlayerCareerRow,
            {"matches_with_telemetry": 2},
            "matches_with_telemetry <= matches",
        ),
        (PubgPlayerCareerRow, {"circle_matches": 1}, "circle_matches <= matches_with_telemetry"),
        (PubgPlayerCareerRow, {"damage_received": -0.5}, "damage_received >= 0"),
        (PubgPlayerCareerRow, {"smokes_thrown": 1}, "smokes_thrown <= throwables_used"),
        (PubgPlayerCareerRow, {"match_kind": "some"}, "match_kind is one of ranked, normal, all"),
        (PubgPlayerCareerRow, {"wins": None}, "wins is missing"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_with_it_alone(
    row: type[Row], fields: Values, rule: str
) -> None:
    zeros: dict[type, object] = {int: 0, float: 0.0, str: "x", bool: True}
    good = {column.name: zeros[column.kind] for column in columns_of(row)}
    good |= {"matches": 1, "match_kind": "all"} if "matches" in good else {"match_kind": "all"}
    good |= {"hits": 1} if "hits" in good else {}
    good |= {"weapon_category": "AR"} if "weapon_category" in good else {}
    schema = arrow_schema(row)
    loose = pa.schema([field.with_nullable(nullable=True) for field in schema])
    made = [{**good, "account_id": "a"}, {**good, "account_id": "b", **fields}]
    rows = pa.Table.from_pylist(
        [{name: one[name] for name in schema.names} for one in made], schema=loose
    )
    kept, (refused,) = MartCheck(row, RULES[row]).sort_out(rows)
    assert kept["account_id"].to_pylist() == ["a"]
    assert kept.schema == schema
    assert refused.reasons == (rule,)
    assert '"account_id":"b"' in refused.key
    assert refused.table == row.table


def test_a_rule_of_a_mart_refuses() -> None:
    with pytest.raises(TypeError, match="each of its rules must refuse a row"):
        MartCheck(PubgPlayerCareerRow, [Rule("odd", pl.col("wins") > 0, "warning")])


def test_who_has_no_telemetry_has_zeros_and_no_means(tmp_path: Path) -> None:
    (row,) = work_out(
        tmp_path,
        PubgPlayerCareerRow,
        matches={0: [match("a", "custom")]},
        participants={0: [played("a", ANN)]},
    )
    assert (row["matches_with_telemetry"], row["killsteals"], row["is_complete"]) == (0, 0, False)
    assert row["mean_distance_from_center"] is row["mean_distance_from_edge"] is None


def test_positions_of_no_circle_do_not_count(tmp_path: Path) -> None:
    none = {"circle_samples": 0, "mean_distance_from_center": None, "mean_distance_from_edge": None}
    found = work_out(
        tmp_path,
        PubgPlayerCareerRow,
        matches={0: [match("a", "custom"), match("b", "custom")]},
        participants={0: [played("a", ANN), played("b", ANN)]},
        stats={0: [told("a", ANN, **none), told("b", ANN, circle_samples=2)]},
    )
    (row,) = found
    assert (row["circle_matches"], row["mean_distance_from_edge"]) == (1, 1)


def test_damage_is_by_weapon_and_part_and_kills_by_weapon(tmp_path: Path) -> None:
    weapons = {
        2: [
            used(
                "a", ANN, "WeapAK47_C", "HeadShot", hits=2, damage=90.5, kills=1, longest_kill=70.0
            ),
            used("a", ANN, "WeapAK47_C", "TorsoShot", hits=1, damage=9.5, own_damage=9.5, knocks=1),
            used("a", ANN, "WeapAWM_C", "", knocks=0, kills=0, hits=0),
            used("a", BOT, "WeapAK47_C", "", hits=1, damage=1.0, kills=1),
        ],
        5: [
            used("b", ANN, "WeapAK47_C", "HeadShot", hits=1, damage=9.0, kills=2, longest_kill=3.0)
        ],
    }
    matches = {2: [match("a", "competitive")], 5: [match("b", "custom")]}
    damage = work_out(tmp_path, PubgPlayerDamageStatsRow, matches=matches, weapons=weapons)
    shown = [(row["reason"], row["match_kind"], row["matches"], row["damage"]) for row in damage]
    assert shown == [
        ("HeadShot", "all", 2, 99.5),
        ("HeadShot", "ranked", 1, 90.5),
        ("TorsoShot", "all", 1, 9.5),
        ("TorsoShot", "ranked", 1, 9.5),
    ]
    kills = write_mart(
        MART_OF[PubgPlayerWeaponStatsRow],
        tmp_path,
        [*write(tmp_path, PubgMatchRow, matches), *write(tmp_path, PubgMatchWeaponRow, weapons)],
    )
    figures = ("match_kind", "kills", "headshot_kills", "knocks", "longest_kill")
    assert [tuple(row[name] for name in figures) for row in read(tmp_path, kills.parts)] == [
        ("all", 3, 3, 1, 70.0),
        ("ranked", 1, 1, 1, 70.0),
    ]


PLAYS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 5), st.floats(0, 1e6), st.integers(0, 9)),
    unique_by=lambda one: one[:2],
)


@given(PLAYS)
def test_a_sum_over_blocks_is_the_sum_over_matches(
    tmp_path_factory: pytest.TempPathFactory, plays: list[tuple[int, int, float, int]]
) -> None:
    matches: dict[int, list[Values]] = {}
    weapons: dict[int, list[Values]] = {}
    for number in sorted({one[0] for one in plays}):
        matches.setdefault(number // 4, []).append(match(f"{number:02d}", "official"))
    for number, who, damage, kills in sorted(plays):
        row = used(f"{number:02d}", f"account.{who:x}", "WeapAK47_C", "")
        weapons.setdefault(number // 4, []).append(
            {**row, "hits": 1, "damage": damage, "kills": kills}
        )
    folder = tmp_path_factory.mktemp("marts")
    tables = {"matches": matches, "weapons": weapons}
    found = work_out(folder, PubgPlayerDamageStatsRow, **tables)
    for row in found:
        mine = [one for one in plays if f"account.{one[1]:x}" == row["account_id"]]
        assert row["matches"] == len(mine)
        assert row["damage"] == pytest.approx(sum(one[2] for one in mine))
    assert len(found) == 2 * len({one[1] for one in plays})
