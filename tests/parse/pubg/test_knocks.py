"""Knocks and finishing; what the facts say the existing collector gets wrong, one test each (3.8)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse.sources.pubg.telemetry.events import Location
from parse.sources.pubg.telemetry.sightings import REACH, Track
from tests.parse.pubg.events import (
    damage,
    event,
    hurt,
    kill_v2,
    knock,
    moment,
    read,
    reference,
    rows,
    somebody,
)
from tests.parse.pubg.replies import account
from warehouse.rows.pubg.combat import PubgFinishingRow, PubgKnockRow

A1, A2, A3 = (somebody(number, team=1) for number in (1, 2, 3))
B1, B2 = (somebody(number, team=2) for number in (11, 12))
C1 = somebody(21, team=3)
ID = 16_777_216


def at(who: dict[str, Any], metres: float) -> dict[str, Any]:
    """Somebody so many metres east of the map's corner."""
    return {**who, "location": {"x": metres * 100, "y": 0, "z": 0}}


def seen(second: float, who: dict[str, Any], metres: float) -> dict[str, Any]:
    return event("LogPlayerPosition", second, character=at(who, metres), elapsedTime=second)


def revive(second: float, victim: dict[str, Any], dbno_id: int) -> dict[str, Any]:
    return event("LogPlayerRevive", second, reviver=B2, victim=victim, dBNOId=dbno_id)


def knocks(*events: object) -> list[PubgKnockRow]:
    return rows(read(*events), PubgKnockRow)


def finishing(*events: object) -> dict[str, PubgFinishingRow]:
    return {row.player_name: row for row in rows(read(*events), PubgFinishingRow)}


@pytest.mark.parametrize(
    ("finisher", "is_self", "is_teammate"),
    [(A1, True, False), (A2, False, True), (C1, False, False), (B1, False, False)],
    ids=["self", "team mate", "another team", "the victim bleeding out"],
)
def test_who_finishes_a_knock(
    finisher: dict[str, Any], *, is_self: bool, is_teammate: bool
) -> None:
    death = kill_v2(12.5, B1, dBNOId=ID, finisher=finisher)
    (row,) = knocks(knock(10, A1, B1, ID), death)
    assert (row.outcome, row.time_to_finish_s, row.ended_at) == ("killed", 2.5, moment(12.5))
    assert (row.finisher_is_self, row.finisher_is_teammate) == (is_self, is_teammate)


def test_a_team_mate_that_knocked_is_not_helped_by_his_victim_bleeding_out() -> None:
    death = kill_v2(50, A2, dBNOId=ID, finisher=A2)
    (row,) = knocks(knock(10, A1, A2, ID), death)
    assert (row.outcome, row.finisher_is_self, row.finisher_is_teammate) == ("killed", False, False)


def test_a_knock_that_the_zone_finishes_has_no_finisher() -> None:
    (row,) = knocks(knock(10, A1, B1, ID), kill_v2(20, B1, dBNOId=ID))
    assert (row.outcome, row.finisher_account_id, row.time_to_finish_s) == ("killed", None, 10)


def test_a_revive_ends_a_knock_and_the_next_one_has_an_id_of_its_own() -> None:
    first, second = knocks(
        knock(10, A1, B1, ID),
        revive(20, B1, ID),
        knock(30, A2, B1, 2 * ID),
        kill_v2(31, B1, dBNOId=2 * ID, finisher=A2),
    )
    assert (first.outcome, second.outcome) == ("revived", "killed")


def test_a_knock_that_nothing_comes_of_is_unknown() -> None:
    (row,) = knocks(knock(10, A1, B1, ID))
    assert (row.outcome, row.ended_at) == ("unknown", None)


def test_a_death_before_its_knock_in_the_file_counts() -> None:
    (row,) = knocks(kill_v2(10.001, B1, dBNOId=ID, finisher=A1), knock(10, A1, B1, ID))
    assert (row.outcome, row.time_to_finish_s) == ("killed", 0.001)


def test_an_id_that_is_used_again_loses_no_knock() -> None:
    events = [knock(10, A1, B1, ID), revive(20, B1, ID), knock(30, A2, B2, ID)]
    first, second = knocks(*events, kill_v2(40, B2, dBNOId=ID, finisher=A2))
    assert (first.outcome, second.outcome, second.victim_name) == ("revived", "killed", "player12")


def test_a_knock_by_nobody_has_no_row_and_its_death_is_no_instant_kill() -> None:
    nobody = somebody(0, name="", accountId="", type="")
    events = [knock(10, nobody, B1, ID), kill_v2(12, B1, dBNOId=ID, finisher=A1)]
    found = read(*events, knock(20, A1, B2, 2 * ID))
    assert [row.knock_number for row in rows(found, PubgKnockRow)] == [2]
    assert [row.instant_kills for row in rows(found, PubgFinishingRow)] == [0]


def test_a_knock_says_weapons_and_what_was_on_them() -> None:
    (row,) = knocks(
        knock(
            10,
            {**A1, "zone": ["pochinki", "school"]},
            B1,
            ID,
            damageCauserAdditionalInfo=["Scope", "Grip"],
            victimWeapon="WeapAUG_C_7",
            isThroughPenetrableWall=True,
            isAttackerInVehicle=True,
        )
    )
    assert json.loads(row.weapon_parts or "") == ["Scope", "Grip"]
    assert (row.victim_weapon, row.victim_weapon_parts) == ("WeapAUG_C_7", None)
    assert (row.is_through_wall, row.knocker_in_vehicle) == (True, True)
    assert (row.knocker_zone, row.distance) == ("pochinki,school", 50.0)


def test_a_knock_that_says_no_distance_has_none_and_is_in_no_bucket() -> None:
    found = finishing(knock(10, A1, B1, ID, distance=-1))["player1"]
    assert (found.knocks, found.knocks_0_10m, found.mean_distance) == (1, 0, None)


def test_team_mates_are_where_they_were_seen_nearest_in_time() -> None:
    (row,) = knocks(
        seen(2, A2, 999),
        seen(8, A2, 30),
        seen(9, A3, 160),
        knock(10, at(A1, 0), B1, ID),
        seen(13, A2, 60),
    )
    assert json.loads(row.knocker_mates or "") == {account(2): 30.0, account(3): 160.0}
    assert (row.knocker_mates_50m, row.knocker_mates_100m, row.knocker_mates_200m) == (1, 1, 2)
    assert (row.knocker_mates_nearest, row.knocker_mates_mean) == (30, 95)
    assert row.knocker_mates_variance == 65**2
    assert (row.victim_mates_seen, row.victim_mates_nearest, row.victim_mates) == (0, None, None)


@pytest.mark.parametrize(("second", "mates"), [(5, 1), (4.999, 0), (15, 1), (15.001, 0)])
def test_five_seconds_are_near_and_no_more(second: float, mates: int) -> None:
    (row,) = knocks(seen(second, A2, 30), knock(10, A1, B1, ID))
    assert row.knocker_mates_seen == mates


def test_team_mates_who_struck_or_were_struck_were_seen() -> None:
    (row,) = knocks(damage(9, A2, B2), knock(10, A1, B1, ID), kill_v2(11, C1, finisher=A3))
    assert (row.knocker_mates_seen, row.victim_mates_seen) == (2, 1)


def test_who_shoots_at_no_told_place_was_not_seen_there() -> None:
    mate = somebody(2, team=1, location={"x": 0, "y": 0, "z": 0})
    (row,) = rows(
        read(damage(9, mate, somebody(9)), knock(10, somebody(1), somebody(9), 5)), PubgKnockRow
    )
    assert row.knocker_mates_seen == 0


def test_dead_team_mates_are_not_near() -> None:
    """The existing collector counts who died within the five seconds as near and alive."""
    (row,) = knocks(kill_v2(8, A2, finisher=B1), knock(10, A1, B1, ID))
    assert row.knocker_mates_seen == 0
    (row,) = knocks(seen(9, A2, 30), knock(10, A1, B1, ID), kill_v2(11, A2, finisher=B2))
    assert row.knocker_mates_seen == 1


def test_who_came_back_is_near_again() -> None:
    (row,) = knocks(kill_v2(8, A2), seen(100, A2, 30), knock(101, A1, B1, ID))
    assert row.knocker_mates_seen == 1


def test_players_are_told_by_account_not_by_name() -> None:
    (row,) = knocks(seen(9, {**A2, "name": "player1"}, 30), knock(10, A1, B1, ID))
    assert row.knocker_mates_seen == 1


def test_a_summary_adds_up_the_knocks_of_a_player() -> None:
    found = finishing(
        knock(10, A1, B1, ID, distance=999, damageReason="HeadShot"),
        kill_v2(14, B1, dBNOId=ID, finisher=A1),
        knock(20, A1, B2, 2 * ID, distance=1_000),
        kill_v2(30, B2, dBNOId=2 * ID, finisher=A2),
        knock(40, A1, C1, 3 * ID, distance=20_000),
        revive(50, C1, 3 * ID),
        kill_v2(60, C1, finisher=A2),
    )
    one, mate = found["player1"], found["player2"]
    assert (one.knocks, one.finished_self, one.finished_by_teammates, one.revived) == (3, 1, 1, 1)
    assert (one.mean_time_to_finish_self_s, one.mean_time_to_finish_teammate_s) == (4, 10)
    assert (one.knocks_0_10m, one.knocks_10_50m, one.knocks_200m) == (1, 1, 1)
    assert (one.finishing_rate, one.headshot_knocks) == (100 / 3, 1)
    assert (mate.knocks, mate.instant_kills, mate.finishing_rate) == (0, 1, None)


def test_a_finish_in_the_same_instant_and_a_mate_at_the_same_place_count_as_nought() -> None:
    """The existing collector takes 0 for unknown."""
    death = kill_v2(10, B1, dBNOId=ID, finisher=A1)
    row = finishing(seen(10, A2, 7), knock(10, at(A1, 7), B1, ID), death)["player1"]
    assert (row.mean_time_to_finish_self_s, row.mean_nearest_mate, row.knocks_mate_50m) == (0, 0, 1)


def test_killing_oneself_is_no_instant_kill() -> None:
    assert finishing(kill_v2(10, A1, finisher=A1, isSuicide=True)) == {}


def test_creatures_have_no_summary_and_bots_have() -> None:
    creature = somebody(5, accountId="npc.1", name="Guard", team=415)
    bot = somebody(6, accountId="ai.9", name="Guard", team=201)
    found = read(knock(10, creature, B1, ID), knock(20, bot, B2, 2 * ID))
    assert [row.account_id for row in rows(found, PubgFinishingRow)] == ["ai.9"]
    assert len(rows(found, PubgKnockRow)) == 2


def test_deaths_of_old_end_knocks() -> None:
    death = event(
        "LogPlayerKill", 12, killer=A2, victim=B1, dBNOId=ID, **hurt("WeapPan_C", 90, "HeadShot")
    )
    (row,) = knocks(knock(10, A1, B1, ID), death)
    assert (row.outcome, row.finisher_name, row.finisher_is_teammate) == ("killed", "player2", True)


@given(st.lists(st.integers(0, 200), max_size=30), st.integers(0, 200))
def test_the_nearest_sighting_is_the_one_a_look_at_all_finds(
    tenths: list[int], wanted: int
) -> None:
    track = Track()
    for number, tenth in enumerate(tenths):
        track.add(moment(tenth / 10), Location(x=float(number)))
    target = moment(wanted / 10)
    near = [
        (abs(moment(tenth / 10) - target), tenth, number)
        for number, tenth in enumerate(tenths)
        if abs(moment(tenth / 10) - target) <= REACH
    ]
    found = track.at(target)
    assert (None if found is None else found.x) == (min(near)[2] if near else None)


PARTS = {"knocker": "attacker", "victim": "victim"}
MATES = {
    "mates_nearest": "nearest_teammate_distance",
    "mates_mean": "avg_teammate_distance",
    "mates_variance": "team_spread_variance",
    "mates_seen": "total_teammates_alive",
    "mates_50m": "teammates_within_50m",
    "mates_100m": "teammates_within_100m",
    "mates_200m": "teammates_within_200m",
}
KNOCK = {
    "attack_id": "attack_id",
    "dbno_id": "dbno_id",
    "knocker_health": "attacker_health",
    "knocker_in_vehicle": "is_attacker_in_vehicle",
    "knocker_in_blue_zone": "is_blue_zone",
    "knocker_in_red_zone": "is_red_zone",
    "knocker_zone": "zone_name",
    "victim_weapon": "victim_weapon",
    "weapon": "knock_weapon",
    "category": "damage_type_category",
    "reason": "damage_reason",
    "is_through_wall": "is_through_penetrable_wall",
    "distance": "knock_distance",
    "outcome": "outcome",
    "finisher_name": "finisher_name",
    "finisher_is_self": "finisher_is_self",
    "finisher_is_teammate": "finisher_is_teammate",
    "time_to_finish_s": "time_to_finish",
    **{f"knocker_{ours}": theirs for ours, theirs in MATES.items()},
    **{f"victim_{ours}": f"victim_{theirs}" for ours, theirs in MATES.items()},
    **{
        f"{ours}_{what}": f"{theirs}_{what}"
        for ours, theirs in PARTS.items()
        for what in ("name", "team_id", "account_id")
    },
    **{
        f"{ours}_{axis}_cm": f"{theirs}_location_{axis}"
        for ours, theirs in PARTS.items()
        for axis in "xyz"
    },
}
FINISHING = {
    "player_name": "player_name",
    "team_id": "team_id",
    "knocks": "total_knocks",
    "finished_self": "knocks_converted_self",
    "finished_by_teammates": "knocks_finished_by_teammates",
    "revived": "knocks_revived_by_enemy",
    "instant_kills": "instant_kills",
    "finishing_rate": "finishing_rate",
    "mean_time_to_finish_self_s": "avg_time_to_finish_self",
    "mean_time_to_finish_teammate_s": "avg_time_to_finish_teammate",
    "mean_distance": "avg_knock_distance",
    "min_distance": "min_knock_distance",
    "max_distance": "max_knock_distance",
    "knocks_0_10m": "knocks_cqc_0_10m",
    "knocks_10_50m": "knocks_close_10_50m",
    "knocks_50_100m": "knocks_medium_50_100m",
    "knocks_100_200m": "knocks_long_100_200m",
    "knocks_200m": "knocks_very_long_200m_plus",
    "mean_nearest_mate": "avg_nearest_teammate_distance",
    "mean_mates_distance": "avg_team_spread",
    "knocks_mate_50m": "knocks_with_teammate_within_50m",
    "knocks_mate_100m": "knocks_with_teammate_within_100m",
    "knocks_isolated": "knocks_isolated_200m_plus",
    "headshot_knocks": "headshot_knock_count",
    "wall_knocks": "wallbang_knock_count",
    "vehicle_knocks": "vehicle_knock_count",
}
# Knocks of the league match beside which a team mate of that side had just died.
BESIDE_THE_DEAD = {(13, "knocker"), (46, "knocker"), (47, "victim"), (48, "knocker")}


def differing(row: object, theirs: dict[str, Any], names: dict[str, str]) -> set[str]:
    return {ours for ours, name in names.items() if not _same(getattr(row, ours), theirs[name])}


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float | int):
        return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    return ours == theirs


def test_knocks_are_those_of_the_reference(samples: Path) -> None:
    """It counts dead team mates; all else is equal, row by row."""
    found, intended = reference(samples, "league_match")
    ours = rows(found, PubgKnockRow)
    by_id = {theirs["dbno_id"]: theirs for theirs in intended["player_knock_events"]}
    assert len(ours) == len(by_id) == 75
    differ = set()
    for row in ours:
        theirs = by_id[row.dbno_id]
        for name in differing(row, theirs, KNOCK):
            assert "_mates_" in name, (row.knock_number, name)
            differ.add((row.knock_number, name.partition("_")[0]))
        assert row.knocked_at.isoformat()[:23] == theirs["event_timestamp"][:23]
        for parts, name in (
            (row.weapon_parts, "knock_weapon_attachments"),
            (row.victim_weapon_parts, "victim_weapon_attachments"),
        ):
            assert json.loads(parts or "[]") == json.loads(theirs[name])
    assert differ == BESIDE_THE_DEAD


@pytest.mark.parametrize("name", ["league_match", "real_2018_reshaped"])
def test_finishing_is_that_of_the_reference(samples: Path, name: str) -> None:
    """It counts dead team mates, which three players of the league match had."""
    found, intended = reference(samples, name)
    ours = {row.account_id: row for row in rows(found, PubgFinishingRow)}
    theirs = {one["player_account_id"]: one for one in intended["player_finishing_summary"]}
    assert ours.keys() == theirs.keys()
    differ = {row.player_name: differing(row, theirs[key], FINISHING) for key, row in ours.items()}
    mates = {"mean_nearest_mate", "mean_mates_distance"}
    expected = {
        "T04_Player2": {*mates, "knocks_mate_50m", "knocks_mate_100m"},
        "T11_Player4": mates,
        "T11_Player2": mates,
    }
    assert {who: names for who, names in differ.items() if names} == (
        expected if name == "league_match" else {}
    )
