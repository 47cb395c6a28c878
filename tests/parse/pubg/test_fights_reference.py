"""Fights compared with those of the existing collector, row by row (3.9)."""

from __future__ import annotations

import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from parse.model import Extracted
from tests.parse.pubg.events import read, reference, rows
from warehouse.rows.pubg.fights import PubgFightParticipantRow, PubgFightRow

FIGHT = {
    "duration_s": "duration_seconds",
    "winning_team_id": "winning_team_id",
    "losing_team_id": "loser_team_id",
    "primary_team_1": "primary_team_1",
    "primary_team_2": "primary_team_2",
    "knocks": "total_knocks",
    "kills": "total_kills",
    "damage": "total_damage",
    "damage_events": "total_damage_events",
    "center_x_cm": "fight_center_x",
    "center_y_cm": "fight_center_y",
    "spread": "fight_spread_radius",
}
PARTICIPANT = {
    "player_name": "player_name",
    "team_id": "team_id",
    "knocks": "knocks_dealt",
    "kills": "kills_dealt",
    "damage_dealt": "damage_dealt",
    "damage_taken": "damage_taken",
    "center_x_cm": "position_center_x",
    "center_y_cm": "position_center_y",
    "was_knocked": "was_knocked",
    "was_killed": "was_killed",
}
REASONS = {
    "Multiple casualties": "casualties",
    "Sustained reciprocal damage": "reciprocal_damage",
    "Single knock with reciprocal damage": "reciprocal_knock",
}


def compare(found: list[Extracted], theirs: list[dict[str, Any]]) -> set[str]:
    """What differs between our fights and theirs, each `number column` or `number missing|added`.

    theirs  fights, each with its `participants`
    """
    ours = {(row.started_at, row.team_ids): row for row in rows(found, PubgFightRow)}
    differ: set[str] = set()
    for fight in theirs:
        start = datetime.fromisoformat(fight["fight_start_time"])
        row = ours.pop((start, str(fight["team_ids"])), None)
        if row is None:
            differ.add(f"{start:%H:%M:%S} missing")
            continue
        number = row.fight_number
        differ |= {f"{number} {one}" for one in _differing(row, fight, FIGHT)}
        third = fight["third_party_teams"]
        same = {
            "outcome": row.outcome == fight["outcome"].lower(),
            "reason": row.reason == REASONS[fight["fight_reason"].partition(" (")[0]],
            "third": row.third_party_teams == (str(third) if third else None),
        }
        differ |= {f"{number} {name}" for name, holds in same.items() if not holds}
        members = {
            one.account_id: one
            for one in rows(found, PubgFightParticipantRow)
            if one.fight_number == number
        }
        assert list(members) == [one["player_account_id"] for one in fight["participants"]]
        outcomes = json.loads(fight["team_outcomes"])
        for one in fight["participants"]:
            member = members[one["player_account_id"]]
            differ |= {f"{number} {name}" for name in _differing(member, one, PARTICIPANT)}
            if member.team_outcome != outcomes[str(member.team_id)].lower():
                differ.add(f"{number} team_outcome")
            for name in ("knocked_at", "killed_at"):
                at = datetime.fromisoformat(one[name]) if one[name] else None
                assert getattr(member, name) == at
    return differ | {f"{row.fight_number} added {row.reason}" for row in ours.values()}


def _differing(row: object, theirs: dict[str, Any], names: dict[str, str]) -> set[str]:
    return {ours for ours, name in names.items() if not _same(getattr(row, ours), theirs[name])}


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-6)
    return ours == theirs


@pytest.mark.parametrize(
    ("name", "differs"),
    [
        ("league_match", {"5 damage_events", "7 damage_events", "8 damage_events"}),
        ("real_2018_reshaped", {f"{number} added resisted_kill" for number in (3, 7, 8, 9)}),
    ],
)
def test_fights_are_those_of_the_reference(samples: Path, name: str, differs: set[str]) -> None:
    """It has no single kills, and counts only the damage events that its clustering took."""
    found, intended = reference(samples, name)
    theirs = [
        {
            **fight,
            "participants": [
                one
                for one in intended["fight_participants"]
                if one["fight_seq"] == fight["fight_seq"]
            ],
        }
        for fight in intended["team_fights"]
    ]
    assert compare(found, theirs) == differs


EDGE = {
    "fight_instant_kill_resist_25": {"1 added resisted_kill"},
    "fight_npc_vs_player": {"18:00:00 missing"},
    "fight_third_party_300m_in": {"1 losing_team_id", "1 team_outcome"},
}


def test_fights_of_the_edge_scenarios_are_those_of_the_reference(samples: Path) -> None:
    paths = sorted((samples / "pubg" / "reference" / "edge").glob("fight_*.json"))
    assert len(paths) == 13
    for path in paths:
        scenario = json.loads(path.read_bytes())
        found = read(*scenario["telemetry"])
        differ = compare(found, scenario["expected_origin"]["fights"])
        assert differ == EDGE.get(path.stem, set()), path.stem
