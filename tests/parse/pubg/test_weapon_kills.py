"""Last blows; what the facts say the existing collector gets wrong, one test each (3.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.parse.pubg.events import event, hurt, kill_v2, read, reference, rows, somebody
from warehouse.rows.pubg.combat import PubgWeaponKillRow
from warehouse.rows.pubg.landings_kills import PubgKillRow


def killed(second: float = 99, **fields: Any) -> dict[str, Any]:
    """Player 9 is finished by player 2 and credited to player 1."""
    known: dict[str, Any] = {
        "finisher": somebody(2, isInVehicle=True),
        "finishDamageInfo": hurt("WeapM249_C", 12_345, "HeadShot"),
        "killer": somebody(1),
        "killerDamageInfo": hurt("WeapSKS_C", 300),
    }
    return kill_v2(second, somebody(9, isInRedZone=True), **{**known, **fields})


def last_blow(death: dict[str, Any]) -> PubgWeaponKillRow:
    (row,) = rows(read(death), PubgWeaponKillRow)
    return row


def test_the_blow_is_the_finishers_and_says_weapon_and_metres() -> None:
    row = last_blow(killed(dBNOId=16777216))
    assert (row.finisher_name, row.finisher_in_vehicle, row.victim_in_red_zone) == (
        "player2",
        True,
        True,
    )
    assert (row.weapon, row.category, row.distance) == ("WeapM249_C", "Damage_Gun", 123.45)


def test_a_headshot_is_told_by_the_reason_not_the_category() -> None:
    assert last_blow(killed()).is_headshot is True
    assert last_blow(killed(finishDamageInfo=hurt("WeapSKS_C", 1, "ArmShot"))).is_headshot is False
    assert last_blow(killed(finishDamageInfo=hurt("WeapSKS_C", 1, ""))).is_headshot is None


@pytest.mark.parametrize(("dbno_id", "knocked"), [(16777216, True), (-1, False), (0, False)])
def test_was_knocked_is_told_by_the_id_of_the_knock(dbno_id: int, *, knocked: bool) -> None:
    assert last_blow(killed(dBNOId=dbno_id)).was_knocked is knocked


def test_kills_before_the_first_circle_count() -> None:
    assert last_blow({**killed(), "common": {"isGame": 0.10000000149011612}}).phase == 0.1


def test_no_distance_is_null_not_a_centimetre_before_zero() -> None:
    assert last_blow(killed(finishDamageInfo=hurt("None", -1, "None"))).distance is None


@pytest.mark.parametrize("finisher", [None, somebody(0, name="", accountId="")])
def test_a_death_without_finisher_is_not_in_it(finisher: dict[str, Any] | None) -> None:
    found = read(killed(finisher=finisher), killed(120))
    assert [row.kill_number for row in rows(found, PubgWeaponKillRow)] == [2]
    assert [row.kill_number for row in rows(found, PubgKillRow)] == [1, 2]


def test_who_has_an_account_and_no_name_has_a_last_blow() -> None:
    assert last_blow(killed(finisher=somebody(2, name=""))).finisher_name == ""


def test_bots_kill_and_are_killed() -> None:
    bot = somebody(3, accountId="ai.3", team=201)
    found = read(killed(finisher=bot), kill_v2(9, bot, finisher=somebody(4)))
    accounts = [row.finisher_account_id[:3] for row in rows(found, PubgWeaponKillRow)]
    assert accounts == ["ai.", "acc"]


def test_a_kill_event_of_old_counts() -> None:
    death = event(
        "LogPlayerKill",
        50,
        killer=somebody(2),
        victim=somebody(9),
        dBNOId=16777216,
        **hurt("WeapPan_C", 90, "HeadShot"),
    )
    row = last_blow(death)
    assert (row.finisher_name, row.weapon, row.distance) == ("player2", "WeapPan_C", 0.9)
    assert (row.is_headshot, row.was_knocked) == (True, True)


def test_a_kill_event_of_2018_says_neither_headshot_nor_knock() -> None:
    death = event("LogPlayerKill", 50, killer=somebody(2), victim=somebody(9), distance=90)
    row = last_blow(death)
    assert (row.is_headshot, row.was_knocked, row.weapon) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "late", "early"), [("league_match", 60, 0), ("real_2018_reshaped", 15, 6)]
)
def test_last_blows_are_those_of_the_reference(
    samples: Path, name: str, late: int, early: int
) -> None:
    """It leaves out those before the first circle; its distances are centimetres, -1 for none."""
    found, intended = reference(samples, name)
    ours = rows(found, PubgWeaponKillRow)
    assert sum(row.phase < 1 for row in ours) == early
    ours = [row for row in ours if row.phase >= 1]
    assert len(ours) == late
    for row, theirs in zip(ours, intended["weapon_kill_events"], strict=True):
        assert row.killed_at.isoformat()[:23] == theirs["event_timestamp"][:23]
        for part, their_part in (("finisher", "killer"), ("victim", "victim")):
            assert getattr(row, f"{part}_name") == theirs[f"{their_part}_name"]
            assert getattr(row, f"{part}_team_id") == theirs[f"{their_part}_team_id"]
            assert getattr(row, f"{part}_in_vehicle") == theirs[f"{their_part}_in_vehicle"]
            for axis in "xyz":
                assert getattr(row, f"{part}_{axis}_cm") == theirs[f"{their_part}_{axis}"]
        assert row.weapon == said(theirs["weapon_id"])
        assert row.category == said(theirs["damage_type"])
        assert row.reason == said(theirs["damage_reason"])
        far = theirs["distance"]
        assert row.distance == (None if far < 0 else far / 100)
        assert row.was_knocked == theirs["is_knock_down"]
        assert row.victim_in_blue_zone == theirs["is_blue_zone"]
        assert row.victim_in_red_zone == theirs["is_red_zone"]


def said(text: str) -> str | None:
    return None if text in {"", "None", "Damage_None"} else text
