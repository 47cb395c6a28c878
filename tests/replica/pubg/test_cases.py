"""Every case that section 10 says a faithful file must include is in the bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.replica.pubg.documents import match_document
from tests.replica.pubg.made import Event, events, match, of
from tests.replica.pubg.match import FLAGS, make_match

KILL = "LogPlayerKillV2"


def name(value: Any) -> str:
    return value["accountId"] if value else ""


def kills() -> list[Event]:
    return of("squad", KILL)


def damage() -> list[Event]:
    return of("squad", "LogPlayerTakeDamage")


def knocks() -> list[Event]:
    return of("squad", "LogPlayerMakeGroggy")


def finished_by_another() -> list[Event]:
    return [
        one
        for one in kills()
        if name(one["finisher"]) != name(one["killer"]) == name(one["dBNOMaker"]) != ""
        and one["finisher"]
    ]


def is_steal(one: Event) -> bool:
    killer, maker = one["killer"], one["dBNOMaker"]
    return bool(killer and maker and killer["teamId"] != maker["teamId"])


def knocked_again_after_revival() -> set[str]:
    revived = {name(one["victim"]): one["dBNOId"] for one in of("squad", "LogPlayerRevive")}
    ids: dict[str, list[int]] = {}
    for one in knocks():
        ids.setdefault(name(one["victim"]), []).append(one["dBNOId"])
    return {who for who in revived if len(set(ids[who])) > 1}


def twice_dead_after_redeploy() -> set[str]:
    dead = Counter(name(one["victim"]) for one in kills())
    landed = Counter(name(one["character"]) for one in of("squad", "LogParachuteLanding"))
    return {who for who in dead if dead[who] == landed[who] == 2}


def inversions() -> list[str]:
    stamps = [one["_D"] for one in events()[1:]]
    return [b for a, b in pairwise(stamps) if b < a]


def after_the_end() -> list[str]:
    types = [one["_T"] for one in events()]
    return [one for one in types[types.index("LogMatchEnd") :] if one.startswith("LogItem")]


def duplicates() -> set[int]:
    thrown = {one["attackId"] for one in of("squad", "LogPlayerUseThrowable")}
    return thrown & {one["attackId"] for one in of("squad", "LogPlayerAttack")}


def blanks() -> set[int]:
    blank = [one["item"] for one in of("squad", "LogHeal") if one["item"]["itemId"] == ""]
    return {one["stackCount"] for one in blank}


def npcs() -> set[str]:
    both = [name(one["victim"]) for one in kills()]
    return {one for one in both if one.startswith("npc.")}


CASES: dict[str, Callable[[], Any]] = {
    "null attacker": lambda: [one for one in damage() if one["attacker"] is None],
    "nobody attacker": lambda: [
        one for one in damage() if one["attacker"] and not name(one["attacker"])
    ],
    "nobody knocker": lambda: [one for one in knocks() if not name(one["attacker"])],
    "attackId -1": lambda: [one for one in damage() if one["attackId"] == -1],
    "self-attributed bleed-out": lambda: [
        one
        for one in damage()
        if one["damageTypeCategory"] == "Damage_DBNO"
        and name(one["attacker"]) == name(one["victim"])
    ],
    "zone death without killer and finisher": lambda: [
        one
        for one in kills()
        if one["killer"] is one["finisher"] is None
        and one["finishDamageInfo"]["damageTypeCategory"] == "Damage_BlueZone"
    ],
    "suicide": lambda: [
        one for one in kills() if one["isSuicide"] and name(one["killer"]) == name(one["victim"])
    ],
    "credit to the knocker": finished_by_another,
    "killsteal": lambda: [one for one in kills() if is_steal(one)],
    "revive then re-knock": knocked_again_after_revival,
    "double death after redeploy": twice_dead_after_redeploy,
    "bots kill": lambda: [one for one in kills() if name(one["killer"]).startswith("ai.")],
    "bots die": lambda: [one for one in kills() if name(one["victim"]).startswith("ai.")],
    "an NPC pair": lambda: len(npcs()) == 2,
    "1 ms inversion": inversions,
    "items after the end": after_the_end,
    "unknown event type": lambda: of("squad", "LogNewlyInvented"),
    "duplicate UseThrowable": duplicates,
    "blank items with random stacks": lambda: len(blanks()) > 10,
    "damage of nothing": lambda: [one for one in damage() if one["damage"] == 0],
    "unmapped causer": lambda: [
        one for one in damage() if "DamageField" in one["damageCauserName"]
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_the_case_is_in_the_file(case: str) -> None:
    assert CASES[case]()


def test_bots_neither_log_in_nor_attack() -> None:
    found = of("squad", "LogPlayerLogin", "LogPlayerAttack", "LogPlayerUseThrowable")
    accounts = {one.get("accountId") or name(one["attacker"]) for one in found}
    assert {one.split(".")[0] for one in accounts} == {"account"}
    created = {name(one["character"]) for one in of("squad", "LogPlayerCreate")}
    assert any(one.startswith("ai.") for one in created)


def test_most_landings_come_before_the_first_circle() -> None:
    early = [one["common"]["isGame"] < 1 for one in of("squad", "LogParachuteLanding")]
    assert sum(early) > len(early) / 2
    assert not all(early)


def test_other_kinds_have_what_they_can_have() -> None:
    assert of("solo", "LogPlayerMakeGroggy") == []
    assert {one["dBNOId"] for one in of("solo", KILL)} == {-1}
    assert min(one["victim"]["teamId"] for one in of("solo", KILL) if is_human(one)) >= 100_000
    assert {name(one["victim"])[:3] for one in of("league", KILL)} == {"acc"}
    dead = Counter(name(one["victim"]) for one in of("tdm", KILL))
    assert max(dead.values()) > 1
    assert (
        match("airoyale").counts["LogPlayerCreate"] > match("airoyale").counts["LogPlayerLogin"] * 2
    )


def is_human(one: Event) -> bool:
    return name(one["victim"]).startswith("account.")


def test_old_kills_are_old() -> None:
    found = match("league", "v1").counts
    assert found["LogPlayerKill"] > 50
    assert KILL not in found


def test_match_objects_have_their_cases_too() -> None:
    made = make_match(7, flags=FLAGS)
    included = match_document(made)["included"]
    rosters = [one["attributes"] for one in included if one["type"] == "roster"]
    assert {one["won"] for one in rosters} == {"false"}
    ranks = Counter(one["stats"]["rank"] for one in rosters)
    assert ranks[1] == 1
    assert max(ranks.values()) > 1
    leavers = [one for one in made.truth.participants if one.death_type == "logout"]
    assert [one.win_place != one.team_rank for one in leavers] == [True]
    others = [one for one in made.truth.participants if one.death_type != "logout"]
    assert all(one.win_place == one.team_rank for one in others)
