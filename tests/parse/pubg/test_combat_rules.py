"""The rules of the combat tables: real rows keep them, and each is broken by one row alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.parse.pubg.events import reference, rows
from warehouse.column import Row
from warehouse.rows.pubg.combat import PubgFinishingRow, PubgKnockRow, PubgWeaponKillRow
from warehouse.rows.pubg.fights import PubgFightParticipantRow, PubgFightRow
from warehouse.rules import breaches
from warehouse.rules.pubg import RULES
from warehouse.schema import columns_of

TABLES: tuple[type[Row], ...] = (
    PubgWeaponKillRow,
    PubgKnockRow,
    PubgFinishingRow,
    PubgFightRow,
    PubgFightParticipantRow,
)


def broken(row: type[Row], found: list[dict[str, Any]]) -> list[str]:
    schema = pa.schema([pa.field(column.name, column.arrow.type) for column in columns_of(row)])
    arrays = [pa.array([one.get(field.name) for one in found], field.type) for field in schema]
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    return [one.rule.text for one in breaches(batch, RULES[row])]


@pytest.mark.parametrize("name", ["league_match", "real_2018_reshaped"])
def test_rows_of_the_reference_keep_the_rules(samples: Path, name: str) -> None:
    found, _ = reference(samples, name)
    for row in TABLES:
        values = [
            {field: getattr(one, field) for field in one.__struct_fields__}
            for one in rows(found, row)
        ]
        assert broken(row, values) == [], row.table


@pytest.mark.parametrize(
    ("row", "fields", "rule"),
    [
        (PubgWeaponKillRow, {"distance": -0.01}, "distance >= 0"),
        (PubgKnockRow, {"distance": -0.01}, "distance >= 0"),
        (PubgKnockRow, {"time_to_finish_s": -1.0}, "time_to_finish_s >= 0"),
        (
            PubgKnockRow,
            {"victim_mates_seen": 1, "victim_mates_200m": 2},
            "victim_mates_200m <= victim_mates_seen",
        ),
        (PubgFinishingRow, {"finishing_rate": 101.0}, "0 <= finishing_rate <= 100"),
        (PubgFinishingRow, {"knocks": 1, "revived": 2}, "revived <= knocks"),
        (PubgFightRow, {"duration_s": 240.001}, "0 <= duration_s <= 240"),
        (PubgFightRow, {"team_count": 1}, "team_count >= 2"),
        (
            PubgFightRow,
            {"winning_team_id": 1, "losing_team_id": 1},
            "winning_team_id != losing_team_id",
        ),
        (PubgFightParticipantRow, {"damage_taken": -1.0}, "damage_taken >= 0"),
    ],
)
def test_a_row_breaks_a_rule(row: type[Row], fields: dict[str, Any], rule: str) -> None:
    assert broken(row, [fields]) == [rule]
