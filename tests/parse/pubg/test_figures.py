"""Damage, weapons and players' figures; what the facts warn of, one test each (spec/pubg.md 3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse.json_page import JsonPage
from parse.model import Extracted, Issue
from parse.sources.pubg.fragments import TelemetryRead
from parse.sources.pubg.telemetry.events import Telemetry
from parse.sources.pubg.telemetry.figures import figures
from tests.parse.pubg.events import NAMED, event, hurt, kill_v2, read, rows, somebody
from tests.parse.pubg.replies import MATCH_ID, account
from warehouse.column import Row
from warehouse.rows.pubg.figures import (
    PubgCirclePositionRow,
    PubgDamageRow,
    PubgMatchWeaponRow,
    PubgPlayerMatchStatsRow,
    PubgWeaponDistributionRow,
)

NOBODY = {"name": "", "accountId": "", "teamId": 0, "type": ""}
BOT = somebody(9, team=201, accountId="ai.322", name="Botty", type="user_ai")
NPC = somebody(8, team=414, accountId="npc.7", name="Guard")


def blow(attacker: object, victim: object, damage: float, **known: Any) -> dict[str, Any]:
    """Damage by a rifle, unless it is told otherwise."""
    phase = known.pop("phase", 1)
    fields: dict[str, Any] = {
        "attackId": 7,
        "attacker": attacker,
        "victim": victim,
        "damage": damage,
    }
    how = hurt("WeapHK416_C", -1)
    return event("LogPlayerTakeDamage", 5, phase=phase, **{**fields, **how, **known})


def bleeding(victim: dict[str, Any], damage: float, category: str, **known: Any) -> dict[str, Any]:
    of_body: dict[str, Any] = {
        "damageCauserName": "PlayerMale_A_C",
        "damageReason": "None",
        "attackId": -1,
    }
    attacker = known.pop("attacker", victim)
    return blow(attacker, victim, damage, **of_body, damageTypeCategory=category, **known)


def zone(victim: dict[str, Any], damage: float) -> dict[str, Any]:
    causer = "BattleRoyaleModeController_Def_C"
    return blow(None, victim, damage, damageCauserName=causer, damageTypeCategory="Damage_BlueZone")


def knock(attacker: object, victim: object, dbno_id: int, causer: str = "WeapHK416_C") -> Any:
    fields: dict[str, Any] = {"attacker": attacker, "victim": victim, "dBNOId": dbno_id}
    return event("LogPlayerMakeGroggy", 6, **fields, **hurt(causer, 1500))


def kill(killer: object, victim: dict[str, Any], causer: str = "WeapAK47_C", **known: Any) -> Any:
    fields = {"killer": killer, "finisher": killer, "killerDamageInfo": hurt(causer, 2000)}
    return kill_v2(9, victim, **{**fields, **known})


def used(who: object, item: str) -> dict[str, Any]:
    return event("LogItemUse", 3, character=who, item={"itemId": item, "subCategory": "Heal"})


def thrown(who: object, item: str, kind: str = "Throwable", **known: Any) -> dict[str, Any]:
    weapon = {"itemId": item, "subCategory": kind}
    return event("LogPlayerAttack", 3, attacker=who, weapon=weapon, attackId=3, **known)


def stats(*events: object) -> dict[str, PubgPlayerMatchStatsRow]:
    return {row.player_name: row for row in rows(read(*events), PubgPlayerMatchStatsRow)}


def shares(*events: object) -> dict[tuple[str, str], tuple[float, int, int]]:
    return {
        (row.player_name, row.weapon_category): (row.damage, row.kills, row.knocks)
        for row in rows(read(*events), PubgWeaponDistributionRow)
    }


A, B, C, MATE = somebody(1), somebody(2), somebody(3), somebody(4, team=1)


# Damage, blow by blow.


def test_a_blow_names_both_sides_and_the_weapon() -> None:
    (row,) = rows(read(blow(A, B, 37.5)), PubgDamageRow)
    assert (row.attacker_account_id, row.victim_account_id) == (account(1), account(2))
    assert (row.weapon, row.category, row.reason) == ("WeapHK416_C", "Damage_Gun", "TorsoShot")
    assert (row.damage, row.attack_id, row.attacker_x_cm) == (37.5, 7, 100)


@pytest.mark.parametrize("nobody", [None, NOBODY])
def test_what_nobody_does_has_no_attacker(nobody: object) -> None:
    (row,) = rows(read(blow(nobody, B, 5, attackId=-1)), PubgDamageRow)
    assert (row.attacker_account_id, row.attacker_team_id, row.attacker_x_cm) == (None, None, None)
    assert row.attack_id is None


@pytest.mark.parametrize("phase", [0.10000000149011612, 1, 1.5])
def test_blows_of_every_phase_count_and_those_of_the_lobby_do_not(phase: float) -> None:
    found = rows(read(blow(A, B, 1, phase=0), blow(A, B, 2, phase=phase)), PubgDamageRow)
    assert [(row.damage_number, row.damage) for row in found] == [(2, 2)]


def test_a_blow_without_effect_and_blows_among_mates_are_kept() -> None:
    found = rows(read(blow(A, B, 0), blow(A, MATE, 3), blow(A, A, 4)), PubgDamageRow)
    assert [row.damage for row in found] == [0, 3, 4]


def test_who_shoots_in_a_file_of_2018_has_no_place_rather_than_the_corner_of_the_map() -> None:
    nowhere = somebody(1, location={"x": 0, "y": 0, "z": 0}, health=0)
    (row,) = rows(read(blow(nowhere, somebody(2), 10)), PubgDamageRow)
    assert row.attacker_name == "player1"
    place = (row.attacker_x_cm, row.attacker_y_cm, row.attacker_z_cm, row.attacker_health)
    assert place == (None,) * 4


def test_a_blow_at_no_time_is_an_issue() -> None:
    found = read({**blow(A, B, 1), "_D": "soon"})
    assert rows(found, PubgDamageRow) == []
    assert "pubg_damage_events.happened_at" in {getattr(one, "field", "") for one in found}


def kept(tracked: set[str] | None, *events: object) -> list[Row]:
    """What a match gives with some players tracked since ever."""
    since = None if tracked is None else tuple((one, 0) for one in sorted(tracked))
    body = json.dumps([NAMED, *events]).encode()
    file = Telemetry(JsonPage(body, url="", page_type="telemetry", key=""))
    return [one for one in figures(file, (), since) if isinstance(one, Row)]


def test_detail_may_be_kept_of_some_players_figures_are_of_all() -> None:
    events = (blow(A, B, 1), blow(B, C, 2), blow(None, A, 3), blow(C, B, 4), *walk(A), *walk(C))
    detail = (PubgDamageRow, PubgCirclePositionRow)
    everything, some = kept(None, *events), kept({account(1)}, *events)
    of_all = [row for row in everything if not isinstance(row, detail)]
    assert [row for row in some if not isinstance(row, detail)] == of_all
    mine = [row for row in everything if isinstance(row, detail) and account(1) in repr(row)]
    assert [row for row in some if isinstance(row, detail)] == mine
    assert kept(set(), *events) == of_all


# Weapons.


@pytest.mark.parametrize("category", ["Damage_DBNO", "Damage_Groggy"])
def test_bleeding_out_is_no_melee_damage_of_the_dying(category: str) -> None:
    assert shares(bleeding(B, 12, category), bleeding(B, 12, category, attacker=NOBODY)) == {}


def test_fists_are_melee() -> None:
    fist = blow(A, B, 9, damageCauserName="PlayerMale_A_C", damageTypeCategory="Damage_Punch")
    assert shares(fist) == {("player1", "Melee"): (9, 0, 0)}


def test_a_kill_is_the_credited_killers_with_the_weapon_that_earned_it() -> None:
    blown: dict[str, Any] = {
        "finisher": C,
        "finishDamageInfo": hurt("ProjGrenade_C", -1),
        "dBNOId": 77,
    }
    assert shares(kill(A, B, **blown)) == {("player1", "AR"): (0, 1, 0)}


@pytest.mark.parametrize("causer", ["PlayerMale_A_C", "None"])
def test_who_bleeds_out_was_killed_by_the_weapon_of_the_knock(causer: str) -> None:
    bled: dict[str, Any] = {**hurt(causer, -1), "damageTypeCategory": "Damage_DBNO"}
    known: dict[str, Any] = {"dBNOMaker": A, "dBNODamageInfo": hurt("WeapAWM_C", 100), "dBNOId": 77}
    assert shares(kill(A, B, killerDamageInfo=bled, **known)) == {("player1", "SR"): (0, 1, 0)}
    assert shares(kill(A, B, killerDamageInfo=bled)) == {("player1", "Other"): (0, 1, 0)}


def test_kills_of_old_events_count_too() -> None:
    old = event("LogPlayerKill", 9, killer=A, victim=B, attackId=3, **hurt("WeapAWM_C", 30000))
    assert shares(old) == {("player1", "SR"): (0, 1, 0)}


def test_suicides_and_team_kills_are_no_kills_and_own_damage_is_told_apart() -> None:
    found = read(kill(A, A), kill(A, MATE), blow(A, MATE, 3), blow(A, A, 4), blow(A, B, 5))
    (row,) = rows(found, PubgWeaponDistributionRow)
    assert (row.kills, row.damage, row.own_damage, row.hits) == (0, 12, 7, 3)


def test_bots_have_weapons_and_creatures_have_none() -> None:
    assert shares(blow(BOT, A, 3), blow(NPC, A, 4), knock(NPC, A, 5)) == {
        ("Botty", "AR"): (3, 0, 0)
    }


def test_kills_are_sorted_by_distance_in_metres_and_by_the_part_that_was_hit() -> None:
    far = [hurt("WeapAWM_C", cm, "HeadShot") for cm in (4999, 5000, 19999, 20000, -1)]
    found = read(*(kill(A, B, killerDamageInfo=one) for one in far), knock(A, B, 3, "WeapAWM_C"))
    by_reason = {row.reason: row for row in rows(found, PubgMatchWeaponRow)}
    head = by_reason["HeadShot"]
    assert (head.kills, head.kills_0_50m, head.kills_50_200m, head.kills_200m) == (5, 1, 2, 1)
    assert head.kill_distance == pytest.approx(499.98)
    assert head.longest_kill == 200
    assert (by_reason["TorsoShot"].knocks, by_reason["TorsoShot"].longest_kill) == (1, None)


def test_no_weapon_and_no_reason_are_one_however_the_file_says_it() -> None:
    said = [{"damageCauserName": one, "damageReason": one} for one in ("None", "")]
    (row,) = rows(read(*(blow(A, B, 2, **one) for one in said)), PubgMatchWeaponRow)
    assert (row.weapon, row.reason, row.weapon_category, row.damage) == ("", "", "Other", 4)


# What players used.


def test_heals_and_boosts_are_those_six_items_and_no_others() -> None:
    items = ("Heal_Bandage", "Heal_FirstAid", "Heal_MedKit", "Heal_BattleReadyKit", "Ammo_556mm")
    boosts = ("Boost_EnergyDrink", "Boost_PainKiller", "Boost_AdrenalineSyringe")
    found = stats(*(used(A, f"Item_{one}_C") for one in items + boosts), used(A, ""))["player1"]
    assert (found.heals_used, found.boosts_used, found.throwables_used) == (3, 3, 0)


def test_throws_are_attacks_with_throwables_each_counted_once() -> None:
    smoke = thrown(A, "Item_Weapon_SmokeBomb_C")
    found = stats(
        smoke,
        {**smoke, "_T": "LogPlayerUseThrowable"},
        thrown(A, "Item_Weapon_Grenade_C"),
        thrown(A, "Item_Weapon_Snowball_C"),
        thrown(A, "Item_Weapon_Apple_C"),
        thrown(A, "Item_Weapon_M79_C", "Handgun"),
        thrown(A, "", ""),
    )["player1"]
    assert (found.throwables_used, found.smokes_thrown) == (2, 1)


def test_what_is_used_in_the_lobby_does_not_count() -> None:
    lobby = {"common": {"isGame": 0}}
    smoke = thrown(A, "Item_Weapon_SmokeBomb_C")
    assert stats({**used(A, "Item_Heal_MedKit_C"), **lobby}, {**smoke, **lobby}) == {}


# What befell them.


def test_damage_received_is_told_by_where_it_came_from() -> None:
    found = stats(
        blow(A, B, 1),
        blow(A, MATE, 2),
        blow(MATE, MATE, 4),
        zone(B, 8),
        bleeding(B, 16, "Damage_DBNO"),
        blow(None, B, 32, damageTypeCategory="Damage_Instant_Fall"),
        blow(NPC, B, 64),
        blow(A, B, 1000, phase=0),
    )
    b, mate = found["player2"], found["player4"]
    assert b.damage_received == 1 + 8 + 16 + 32 + 64
    assert (b.received_from_opponents, b.received_from_zone, b.received_bleeding) == (65, 8, 16)
    assert (b.received_otherwise, b.received_by_others) == (32, 97)
    assert (mate.received_from_team, mate.received_from_self, mate.received_by_others) == (2, 4, 2)


ORIGINS = st.sampled_from(["opponent", "mate", "self", "zone", "bleeding", "fall"])


@given(st.lists(st.tuples(ORIGINS, st.integers(0, 100)), min_size=1))
def test_the_parts_of_damage_received_are_all_of_it(blows: list[tuple[str, int]]) -> None:
    make = {
        "opponent": lambda damage: blow(B, A, damage),
        "mate": lambda damage: blow(MATE, A, damage),
        "self": lambda damage: blow(A, A, damage),
        "zone": lambda damage: zone(A, damage),
        "bleeding": lambda damage: bleeding(A, damage, "Damage_DBNO"),
        "fall": lambda damage: blow(None, A, damage),
    }
    found = read(*(make[origin](damage) for origin, damage in blows))
    (row,) = (row for row in rows(found, PubgPlayerMatchStatsRow) if row.player_name == "player1")
    received = sum(damage for _, damage in blows)
    assert row.damage_received == received == sum(one.damage for one in rows(found, PubgDamageRow))
    parts = (row.received_from_opponents, row.received_from_team, row.received_from_self)
    others = (row.received_from_zone, row.received_bleeding, row.received_otherwise)
    assert sum(parts) + sum(others) == received
    outside = row.received_from_zone + row.received_from_self + row.received_bleeding
    assert row.received_by_others == received - outside


def test_throwable_damage_counts_fire_fields_and_blue_zone_grenades() -> None:
    causers = {
        "ProjGrenade_C": 1,
        "ProjMolotov_DamageField_Direct_C": 2,
        "Bluezonebomb_EffectActor_C": 4,
        "PanzerFaust100M_Projectile_C": 8,
        "WeapHK416_C": 16,
    }
    found = stats(*(blow(A, B, damage, damageCauserName=one) for one, damage in causers.items()))
    assert found["player1"].throwable_damage == 15


@pytest.mark.parametrize(("ticks", "seconds"), [(0, 0), (1, 1), (50, 52), (150, 154)])
def test_time_outside_the_zone_is_1_03_s_a_tick_rounded_half_to_even(
    ticks: int, seconds: int
) -> None:
    found = stats(blow(A, B, 1), *[zone(B, 0.5)] * ticks)["player2"]
    assert (found.zone_ticks, found.time_outside_zone_s) == (ticks, seconds)


# Kills that others had knocked down.


def steals(*events: object) -> int:
    found = stats(*events)
    return found["player3"].killsteals if "player3" in found else 0


def test_a_killsteal_is_a_credited_kill_of_whom_another_team_had_knocked_down() -> None:
    assert steals(knock(A, B, 7), kill(C, B, dBNOId=7, dBNOMaker=A)) == 1
    assert steals(knock(A, B, 7), kill(A, B, dBNOId=7, dBNOMaker=A, finisher=C)) == 0
    mate = somebody(5, team=3)
    assert steals(knock(mate, B, 7), kill(C, B, dBNOId=7, dBNOMaker=mate)) == 0


def test_a_kill_before_its_knock_in_the_file_is_a_killsteal() -> None:
    assert steals(kill(C, B, dBNOId=7), knock(A, B, 7)) == 1


def test_a_killsteal_needs_a_knock_with_an_id() -> None:
    for none in (-1, 0):
        assert steals(knock(A, B, none), kill(C, B, dBNOId=none)) == 0


def test_who_finishes_a_team_mate_or_himself_steals_nothing() -> None:
    mate = somebody(5, team=3)
    assert steals(knock(A, mate, 7), kill(C, mate, dBNOId=7, dBNOMaker=A)) == 0
    assert steals(knock(A, C, 7), kill(C, C, dBNOId=7, dBNOMaker=A)) == 0


def test_a_knock_by_the_zone_is_nobodys_to_be_robbed_of() -> None:
    assert steals(knock(NOBODY, B, 7), kill(C, B, dBNOId=7)) == 0


def test_a_killsteal_of_old_events_finds_its_knock() -> None:
    old = event("LogPlayerKill", 9, killer=C, victim=B, dBNOId=7, **hurt("WeapAWM_C", 1))
    assert steals(knock(A, B, 7), old) == 1


# Who there is.


def test_bots_have_figures_and_creatures_have_none() -> None:
    found = stats(used(BOT, "Item_Heal_MedKit_C"), blow(NPC, A, 3), blow(A, NPC, 3))
    assert {name: row.is_bot for name, row in found.items()} == {"Botty": True, "player1": False}


# Positions and the circle.


def state(elapsed: float, x: float = 0, y: float = 0, radius: float = 10_000) -> dict[str, Any]:
    place = {"x": x, "y": y, "z": 0}
    found = {"elapsedTime": elapsed, "safetyZonePosition": place, "safetyZoneRadius": radius}
    white = {"poisonGasWarningPosition": {"x": 9e9, "y": 9e9}, "poisonGasWarningRadius": 1}
    return event("LogGameStatePeriodic", 1, gameState={**found, **white})


def seen(who: dict[str, Any], elapsed: float, x: float, y: float = 0, **known: Any) -> Any:
    place = {**who, "location": {"x": x, "y": y, "z": 150_000}}
    return event("LogPlayerPosition", 2, character=place, elapsedTime=elapsed, **known)


def walk(who: dict[str, Any]) -> tuple[object, ...]:
    return state(10), seen(who, 5, 100), seen(who, 15, 12_000)


def positions(*events: object) -> list[PubgCirclePositionRow]:
    return rows(read(*events), PubgCirclePositionRow)


def test_a_position_is_seen_from_the_blue_circle_in_metres_and_in_the_plane() -> None:
    (row,) = positions(state(10, 300, 400, 2_000), seen(A, 3, 0))
    assert (row.circle_x, row.circle_y, row.circle_radius) == (3, 4, 20)
    assert (row.distance_from_center, row.distance_from_edge, row.is_in_circle) == (5, 15, True)
    assert (row.x, row.y, row.elapsed_s) == (0, 0, 3)


def test_outside_the_distance_from_the_edge_is_negative_and_the_edge_is_inside() -> None:
    out, edge = positions(state(10), seen(A, 1, 10_100), seen(A, 2, 10_000))
    assert (out.distance_from_edge, out.is_in_circle) == (-1, False)
    assert (edge.distance_from_edge, edge.is_in_circle) == (0, True)


@pytest.mark.parametrize(("elapsed", "radius"), [(3, 1), (10, 1), (10.5, 2), (20, 2), (99, 3)])
def test_the_state_is_the_first_no_older_than_the_position_or_the_last(
    elapsed: float, radius: int
) -> None:
    states = (state(20, radius=200), state(10, radius=100), state(31, radius=300))
    (row,) = positions(*states, seen(A, elapsed, 0))
    assert row.circle_radius == radius


def test_without_states_there_are_positions_of_no_circle() -> None:
    found = read(seen(A, 5, 0))
    assert rows(found, PubgCirclePositionRow) == []
    (row,) = rows(found, PubgPlayerMatchStatsRow)
    assert (row.circle_samples, row.mean_distance_from_center, row.min_distance_from_edge) == (
        *(0, None),
        None,
    )


def test_a_state_without_circle_is_an_issue_and_no_circle() -> None:
    torn = event("LogGameStatePeriodic", 1, gameState={"elapsedTime": 10})
    found = read(torn, state(20, radius=200), seen(A, 5, 0))
    assert [row.circle_radius for row in rows(found, PubgCirclePositionRow)] == [2]
    assert [one.kind for one in found if isinstance(one, Issue)] == ["unreadable"]


def test_samples_of_the_lobby_are_none_and_the_others_are_numbered() -> None:
    lobby = seen(A, 0, 5, phase=0)
    found = positions(lobby, state(10), seen(A, 0, 7), seen(B, 1, 1), seen(A, 0, 8))
    assert [(row.player_name, row.sample_number) for row in found] == [
        *(("player1", 1), ("player2", 1), ("player1", 2)),
    ]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(-(10**6), 10**6)), min_size=1))
def test_circle_figures_are_those_of_the_samples(samples: list[tuple[int, int]]) -> None:
    found = read(state(10), state(30, 5_000), *(seen(A, at, x) for at, x in samples))
    (row,) = rows(found, PubgPlayerMatchStatsRow)
    there = rows(found, PubgCirclePositionRow)
    centers = [one.distance_from_center for one in there]
    edges = [one.distance_from_edge for one in there]
    assert row.circle_samples == len(samples) == len(there)
    assert row.max_distance_from_center == max(centers)
    assert row.min_distance_from_edge == min(edges)
    assert row.mean_distance_from_center == pytest.approx(sum(centers) / len(centers))
    assert row.mean_distance_from_edge == pytest.approx(sum(edges) / len(edges))


def test_figures_of_a_file_without_events_are_none() -> None:
    found: list[Extracted] = read()
    assert [one for one in found if isinstance(one, Row)] == [TelemetryRead(match_id=MATCH_ID)]
