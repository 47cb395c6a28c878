"""Landings and deaths; what the facts say the existing collector gets wrong, one test each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parse.errors import ParseError
from parse.json_page import JsonPage
from parse.model import Issue, Layout
from parse.sources.pubg.telemetry import parse
from tests.parse.pubg.events import event, hurt, kill_v2, knock, read, reference, rows, somebody
from tests.parse.pubg.replies import account
from warehouse.rows.pubg.combat import PubgKnockRow
from warehouse.rows.pubg.figures import PubgMatchWeaponRow
from warehouse.rows.pubg.landings_kills import PubgKillRow, PubgLandingRow


def landing(number: int, second: int, **known: Any) -> dict[str, Any]:
    phase = known.pop("phase", 0.10000000149011612)
    who = somebody(number, **known)
    return event("LogParachuteLanding", second, phase=phase, character=who, distance=1.5)


def test_landings_before_the_first_circle_count() -> None:
    (row,) = rows(read(landing(1, 80)), PubgLandingRow)
    assert (row.account_id, row.phase, row.landings) == (account(1), 0.1, 1)
    assert (row.x_cm, row.y_cm, row.z_cm) == (100.0, 200.5, 3.0)


def test_the_first_landing_in_time_counts_whatever_the_order_of_the_file() -> None:
    back = landing(1, 400, phase=3.5)
    back["character"]["location"]["x"] = 9
    (row,) = rows(read(back, landing(1, 80)), PubgLandingRow)
    assert (row.x_cm, row.landings) == (100.0, 2)


@pytest.mark.parametrize("account_id", ["ai.17", "npc.3", ""])
def test_bots_creatures_and_nobody_land_without_a_row(account_id: str) -> None:
    assert rows(read(landing(1, 80, accountId=account_id)), PubgLandingRow) == []


def test_three_who_had_a_part_are_told_apart() -> None:
    found = read(
        kill_v2(
            99,
            somebody(9, isInBlueZone=True),
            dBNOId=33554432,
            dBNOMaker=somebody(1),
            dBNODamageInfo=hurt("WeapAK47_C", 2_500, "HeadShot"),
            finisher=somebody(2),
            finishDamageInfo=hurt("WeapM249_C", 12_345),
            killer=somebody(1),
        )
    )
    (row,) = rows(found, PubgKillRow)
    assert (row.knocker_name, row.finisher_name, row.killer_name) == (
        "player1",
        "player2",
        "player1",
    )
    assert (row.knock_causer, row.knock_reason, row.knock_distance) == (
        "WeapAK47_C",
        "HeadShot",
        25.0,
    )
    assert (row.knock_category, row.finish_causer) == ("Damage_Gun", "WeapM249_C")
    assert row.finish_distance == 123.45
    assert (row.dbno_id, row.victim_in_blue_zone, row.killer_team_id) == (33554432, True, 1)


def test_a_death_by_the_zone_has_nobody_and_no_distance() -> None:
    nobody = somebody(0, name="", accountId="", type="")
    (row,) = rows(read(kill_v2(99, somebody(9), attackId=-1, finisher=nobody)), PubgKillRow)
    assert (row.attack_id, row.dbno_id, row.finisher_account_id) == (None, None, None)
    assert (row.finish_distance, row.finish_category, row.finish_causer) == (None, None, None)


def test_deaths_of_bots_and_before_the_first_circle_are_kept() -> None:
    bot = somebody(9, accountId="ai.7", type="user_ai", team=201)
    (row,) = rows(read({**kill_v2(50, bot), "common": {"isGame": 0.1}}), PubgKillRow)
    assert (row.victim_account_id, row.victim_team_id, row.phase) == ("ai.7", 201, 0.1)


def test_who_dies_twice_has_two_rows() -> None:
    found = read(kill_v2(50, somebody(9)), kill_v2(300, somebody(9)))
    assert [row.kill_number for row in rows(found, PubgKillRow)] == [1, 2]


def test_a_death_of_old_names_the_killer_alone_and_the_knock_is_looked_up() -> None:
    knock = event(
        "LogPlayerMakeGroggy",
        40,
        attacker=somebody(1),
        victim=somebody(9),
        dBNOId=16777216,
        **hurt("WeapSKS_C", 500),
    )
    death = event(
        "LogPlayerKill",
        50,
        killer=somebody(2),
        victim=somebody(9),
        dBNOId=16777216,
        **hurt("WeapPan_C", 90),
    )
    found = read(knock, death)
    (row,) = rows(found, PubgKillRow)
    assert (row.knocker_name, row.knock_causer, row.knock_distance) == ("player1", "WeapSKS_C", 5.0)
    assert (row.finisher_name, row.killer_name, row.finish_causer) == (
        "player2",
        "player2",
        "WeapPan_C",
    )
    assert [one.name for one in found if isinstance(one, Layout)] == ["kill"]


def test_a_death_that_a_file_tells_both_ways_is_one() -> None:
    """Files of versions 20.3 to 21.0 have both kinds of events (spec 2.7)."""
    old = event("LogPlayerKill", 50, killer=somebody(2), victim=somebody(9), **hurt("x", 1))
    found = read(old, kill_v2(50, somebody(9), finisher=somebody(2), killer=somebody(2)))
    (row,) = rows(found, PubgKillRow)
    assert (row.kill_number, row.knocker_name, row.finisher_name) == (1, None, "player2")
    assert sum(row.kills for row in rows(found, PubgMatchWeaponRow)) == 1
    assert [one.name for one in found if isinstance(one, Layout)] == ["kill_v2"]


def test_what_a_file_of_old_does_not_say_of_players_is_null_not_false() -> None:
    """Flags of zones came in December 2018, those of vehicles later (spec 2.3, 2.7)."""
    (row,) = rows(read(kill_v2(50, somebody(9))), PubgKillRow)
    assert (row.victim_in_blue_zone, row.victim_in_vehicle) == (None, None)
    today = somebody(9, isInBlueZone=True, isInVehicle=False)
    (row,) = rows(read(kill_v2(50, today)), PubgKillRow)
    assert (row.victim_in_blue_zone, row.victim_in_vehicle) == (True, False)
    (hit,) = rows(read(knock(40, somebody(1), somebody(9), 8)), PubgKnockRow)
    assert (hit.knocker_in_red_zone, hit.knocker_in_vehicle, hit.is_through_wall) == (None,) * 3


def test_a_death_of_2018_says_neither_reason_nor_knock() -> None:
    death = event("LogPlayerKill", 50, killer=somebody(2), victim=somebody(2), damageCauserName="x")
    (row,) = rows(read(death), PubgKillRow)
    assert (row.dbno_id, row.finish_reason, row.is_suicide) == (None, None, True)


def test_an_event_of_an_unknown_type_is_no_matter() -> None:
    found = read({"_T": "LogTomorrow", "character": {"name": "a"}, "_D": "2026"}, landing(1, 80))
    assert len(rows(found, PubgLandingRow)) == 1
    assert not [one for one in found if isinstance(one, Issue)]


def test_a_file_whose_members_are_written_otherwise_is_not_read() -> None:
    """Console shards may send another key casing (spec 2.1): that is no match without landings."""
    odd = [landing(1, 80), landing(2, 81)]
    for one in odd:
        one["Character"] = one.pop("character")
    with pytest.raises(ParseError, match="LogParachuteLanding has no character"):
        read(*odd)


def test_an_event_with_a_field_of_another_kind_costs_itself_and_is_an_issue() -> None:
    odd = landing(2, 80)
    odd["character"]["teamId"] = "two"
    found = read(odd, landing(1, 80))
    assert [row.account_id for row in rows(found, PubgLandingRow)] == [account(1)]
    assert [one.kind for one in found if isinstance(one, Issue)] == ["unreadable"]


@pytest.mark.parametrize("body", [b"", b"{}", b"[1", b'[{"_T": "LogHeal"}]', b'["a"]'])
def test_what_is_no_telemetry_of_a_match_fails(body: bytes) -> None:
    with pytest.raises(ParseError):
        list(parse(JsonPage(body, url="", page_type="telemetry", key="")))


@pytest.mark.parametrize("name", ["league_match", "real_2018_reshaped"])
def test_deaths_are_those_of_thereference(samples: Path, name: str) -> None:
    """It leaves out deaths before the first circle; `knock_category` it fills from the causer."""
    found, intended = reference(samples, name)
    ours = [row for row in rows(found, PubgKillRow) if row.phase >= 1]
    assert len(ours) == len(intended["kill_positions"])
    for row, theirs in zip(ours, intended["kill_positions"], strict=True):
        assert row.victim_name == theirs["victim_name"]
        assert row.victim_x_cm == theirs["victim_x_location"]
        assert row.finisher_name == (theirs["finisher_name"] or None)
        assert row.finish_causer == _said(theirs["finisher_damage_causer_name"])
        assert row.finish_distance == _metres(theirs["finisher_damage_causer_distance"])
        if row.dbno_id is not None:
            assert row.knocker_name == (theirs["dbno_maker_name"] or None)
            assert row.knock_causer == _said(theirs["dbno_damage_causer_name"])
            assert row.knock_distance == _metres(theirs["dbno_damage_causer_distance"])


@pytest.mark.parametrize("name", ["league_match", "real_2018_reshaped"])
def test_landings_of_the_reference_are_among_ours(samples: Path, name: str) -> None:
    """It has those alone that were late; a player who came back has his first landing here."""
    found, intended = reference(samples, name)
    ours = {row.account_id: row for row in rows(found, PubgLandingRow)}
    for theirs in intended["landings"]:
        row = ours[theirs["player_id"]]
        assert row.landings > 1 or row.x_cm == theirs["x_coordinate"]
    assert len(ours) >= len(intended["landings"])


def _said(text: str | None) -> str | None:
    return None if text in {None, "", "None"} else text


def _metres(distance: float | None) -> float | None:
    return None if distance is None or distance < 0 else distance / 100
