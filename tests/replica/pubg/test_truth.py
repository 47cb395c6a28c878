"""The truth agrees with itself and with the bytes, whatever the kind, the era and the seed."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Any

import pytest

from tests.replica.pubg.kinds import ERAS, KINDS
from tests.replica.pubg.match import Match, make_match
from tests.replica.pubg.truth import Kill
from tests.replica.pubg.weapons import BOOSTS, HEALS
from tests.replica.pubg.wire import f32

Event = dict[str, Any]


@pytest.fixture(
    scope="module",
    params=[(kind, era, seed) for kind in KINDS for era in ERAS for seed in (1, 2)],
    ids=lambda param: "-".join(map(str, param)),
)
def made(request: pytest.FixtureRequest) -> Match:
    kind, era, seed = request.param
    return make_match(seed, kind, era=era)


@lru_cache(maxsize=1)
def events(telemetry: bytes) -> list[Event]:
    found: list[Event] = json.loads(telemetry)
    return found


def told(match: Match, *types: str) -> list[Event]:
    return [one for one in events(match.telemetry) if one["_T"] in types]


def test_everybody_is_in_one_team_and_ranks_begin_with_one_winner(made: Match) -> None:
    truth = made.truth
    listed = [account for one in truth.rosters for account in one.accounts]
    assert sorted(listed) == sorted(one.account for one in truth.participants)
    assert len(set(listed)) == len(listed) == made.row.participant_count
    assert len({one.name for one in truth.participants}) == len(listed)
    ranks = Counter(one.rank for one in truth.rosters)
    assert ranks[1] == 1
    assert min(ranks) == 1
    assert all(1 <= one.rank <= made.row.team_count for one in truth.rosters)
    assert {one.account for one in truth.usage} == set(listed)
    assert all(one.is_bot == one.account.startswith("ai.") for one in truth.participants)


def counts(kill: Kill) -> bool:
    """Whether a death is somebody's kill in the match object."""
    by = kill.killer
    return (
        bool(by and by.account != kill.victim.account and not kill.is_team_kill)
        and not kill.victim.is_npc
    )


def test_figures_of_participants_are_sums_of_rows(made: Match) -> None:
    truth = made.truth
    kills = Counter(one.killer.account for one in truth.kills if one.killer and counts(one))
    heads = Counter(
        one.killer.account
        for one in truth.kills
        if one.killer and counts(one) and one.killing and one.killing.reason == "HeadShot"
    )
    dealt: dict[str, float] = defaultdict(float)
    for row in truth.damage:
        if row.attacker and row.source == "enemy" and row.victim.health > 0:
            dealt[row.attacker.account] += row.amount
    for one in truth.participants:
        assert one.kills == kills[one.account]
        assert one.headshot_kills == heads[one.account]
        assert math.isclose(one.damage_dealt, dealt[one.account], rel_tol=1e-6, abs_tol=1e-6)
    if made.row.era != "2018":
        knocks = Counter(
            one.attacker.account
            for one in truth.knocks
            if one.attacker and one.attacker.team_id != one.victim.team_id
        )
        assert all(one.dbnos == knocks[one.account] for one in truth.participants)


def test_all_but_the_survivors_and_leavers_die_once_or_come_back(made: Match) -> None:
    deaths = Counter(one.victim.account for one in made.truth.kills)
    for one in made.truth.participants:
        if one.death_type in {"alive", "logout"}:
            assert deaths[one.account] == 0
        else:
            assert deaths[one.account] >= 1
    numbers = [one.death for one in made.truth.kills if one.death > 1]
    assert bool(numbers) == (made.row.kind in {"squad", "tdm"})
    if made.row.kind != "tdm":
        winners = {one.team_id for one in made.truth.rosters if one.is_winner}
        alive = {one.team_id for one in made.truth.participants if one.death_type == "alive"}
        assert alive == winners


def test_kill_rows_are_the_kill_events(made: Match) -> None:
    found = told(made, "LogPlayerKillV2", "LogPlayerKill")
    assert len(found) == len(made.truth.kills)
    for event, row in zip(found, made.truth.kills, strict=True):
        assert event["_D"] == row.stamp
        assert event["common"]["isGame"] == row.game
        assert event["attackId"] == row.attack_id
        assert event["victim"]["accountId"] == row.victim.account
        assert event["victim"]["location"] == {
            "x": row.victim.x,
            "y": row.victim.y,
            "z": row.victim.z,
        }
        assert account(event["killer"]) == (row.killer.account if row.killer else "")
        if event["_T"] == "LogPlayerKillV2":
            assert account(event["finisher"]) == (row.finisher.account if row.finisher else "")
            assert account(event["dBNOMaker"]) == (row.knocker.account if row.knocker else "")
            assert event["dBNOId"] == (-1 if row.dbno_id is None else row.dbno_id)
            assert event["finishDamageInfo"]["damageCauserName"] == row.finish.causer
            assert event["finishDamageInfo"]["distance"] == row.finish.distance
            causer = row.killing.causer if row.killing else ""
            assert event["killerDamageInfo"]["damageCauserName"] == causer
            causer = row.knocking.causer if row.knocking else "None"
            assert event["dBNODamageInfo"]["damageCauserName"] == causer
        else:
            assert event["damageCauserName"] == row.finish.causer
            assert event["distance"] == row.finish.distance


def account(value: Any) -> str:
    return value["accountId"] if value else ""


def test_damage_rows_are_the_damage_events(made: Match) -> None:
    found = told(made, "LogPlayerTakeDamage")
    assert len(found) == len(made.truth.damage)
    received: dict[str, float] = defaultdict(float)
    for event, row in zip(found, made.truth.damage, strict=True):
        assert event["_D"] == row.stamp
        assert event["damage"] == row.amount
        assert event["damageCauserName"] == row.blow.causer
        assert account(event["attacker"]) == (row.attacker.account if row.attacker else "")
        assert event["victim"]["health"] == row.victim.health
        assert event["victim"]["accountId"] == row.victim.account
        received[row.victim.account] += row.amount
    for one in made.truth.usage:
        assert math.isclose(one.damage_received, received[one.account], abs_tol=1e-6)
        ticks = [row for row in made.truth.damage if row.victim.account == one.account]
        assert one.zone_ticks == sum(row.source == "zone" for row in ticks)


def test_nobody_is_hurt_by_more_than_he_has_nor_after_his_death(made: Match) -> None:
    last: dict[str, int] = {}
    for kill in made.truth.kills:
        last[kill.victim.account] = kill.at_ms
    for row in made.truth.damage:
        assert 0 <= row.victim.health <= 100
        if row.victim.health > 0:
            assert row.amount <= f32(row.victim.health + 1e-4)
        assert row.at_ms <= last.get(row.victim.account, math.inf)


def test_knocks_end_as_the_rows_of_kills_and_revivals_say(made: Match) -> None:
    truth = made.truth
    found = told(made, "LogPlayerMakeGroggy")
    assert [one["dBNOId"] for one in found] == [one.dbno_id for one in truth.knocks]
    assert len({one.dbno_id for one in truth.knocks}) == len(truth.knocks)
    killed = {one.dbno_id: one for one in truth.kills if one.dbno_id is not None}
    revived = {one["dBNOId"]: one for one in told(made, "LogPlayerRevive")}
    for row in truth.knocks:
        kill = killed.get(row.dbno_id)
        if row.outcome == "killed":
            assert kill
            assert row.seconds == (kill.at_ms - row.at_ms) / 1000
            if made.row.era == "modern":
                assert row.ended_by == (kill.finisher.account if kill.finisher else None)
        elif row.outcome == "revived":
            assert revived[row.dbno_id]["reviver"]["accountId"] == row.ended_by
        else:
            assert kill is None
            assert row.dbno_id not in revived


def test_items_and_throws_are_counted(made: Match) -> None:
    used: Counter[tuple[str, str]] = Counter()
    for one in told(made, "LogItemUse"):
        used[one["character"]["accountId"], one["item"]["itemId"]] += 1
    thrown: Counter[str] = Counter()
    smokes: Counter[str] = Counter()
    for one in told(made, "LogPlayerAttack"):
        item = one["weapon"]
        if item["subCategory"] == "Throwable" and "Apple" not in item["itemId"]:
            is_counted = "Snowball" not in item["itemId"]
            thrown[one["attacker"]["accountId"]] += is_counted
            smokes[one["attacker"]["accountId"]] += "SmokeBomb" in item["itemId"]
    for row in made.truth.usage:
        assert row.heals == sum(used[row.account, one] for one in HEALS)
        assert row.boosts == sum(used[row.account, one] for one in BOOSTS)
        assert row.throwables == thrown[row.account]
        assert row.smokes == smokes[row.account]
        steals = [one for one in made.truth.kills if one.killer and one.is_steal]
        assert row.killsteals == sum(
            one.killer.account == row.account for one in steals if one.killer
        )


def test_positions_are_measured_by_the_next_state(made: Match) -> None:
    truth = made.truth
    found = told(made, "LogPlayerPosition")
    assert len(found) == len(truth.positions)
    assert len(told(made, "LogGameStatePeriodic")) == len(truth.circles)
    for event, row in zip(found, truth.positions, strict=True):
        assert event["character"]["location"] == {"x": row.x, "y": row.y, "z": row.z}
        assert event["elapsedTime"] == row.elapsed_s
        later = [one for one in truth.circles if one.elapsed_s >= row.elapsed_s]
        state = later[0] if later else truth.circles[-1]
        assert row.state_elapsed_s == state.elapsed_s
        expected = math.hypot(row.x - state.blue_x, row.y - state.blue_y) / 100
        assert row.blue_m is not None
        assert math.isclose(row.blue_m, expected)
        assert row.blue_edge_m == state.blue_radius / 100 - row.blue_m
        assert (row.white_m is None) == (state.white_radius == 0)


def test_landings_are_told_in_order_of_each_account(made: Match) -> None:
    found = told(made, "LogParachuteLanding")
    assert len(found) == len(made.truth.landings)
    numbers: Counter[str] = Counter()
    for row in made.truth.landings:
        numbers[row.who.account] += 1
        assert row.number == numbers[row.who.account]
