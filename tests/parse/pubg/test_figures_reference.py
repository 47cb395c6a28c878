"""Damage, circle, weapons and players' figures against the collector's, row by row.

Where they differ docs/pubg.md says why; the rules that make the difference are undone here one by
one, and nothing else may be left.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from parse.json_page import JsonPage
from parse.sources.pubg.telemetry import parse
from tests.parse.pubg.events import NAMED, rows
from warehouse.rows.pubg.figures import (
    PubgCirclePositionRow,
    PubgDamageRow,
    PubgMatchWeaponRow,
    PubgPlayerMatchStatsRow,
    PubgWeaponDistributionRow,
)

MATCHES = ("league_match", "real_2018_reshaped")
MOVED = {"ProjMolotov_DamageField_Direct_C", "Bluezonebomb_EffectActor_C"}
"""Causers that are `Throwable` here, and were `Other` and `Environment`."""
REGROUPED = {"Melee", "Throwable", "Other", "Environment"}
"""Categories between which causers, and kills of who bled out, were moved."""
ITEMS = ("heals_used", "boosts_used", "throwables_used", "smokes_thrown")
CIRCLE = {
    "avg_distance_from_center": "mean_distance_from_center",
    "max_distance_from_center": "max_distance_from_center",
    "avg_distance_from_edge": "mean_distance_from_edge",
    "min_distance_from_edge": "min_distance_from_edge",
}

Event = dict[str, Any]
Found = list[Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """A match of the reference: its events, and what the collector meant to make of them."""

    folder: Path

    @property
    def events(self) -> list[Event]:
        found = json.loads(gzip.decompress((self.folder / "telemetry.json.gz").read_bytes()))
        assert isinstance(found, list)
        return found

    def intended(self, table: str) -> list[dict[str, Any]]:
        path = self.folder / "origin_intended" / f"{table}.json"
        plain = path.exists()
        data = path.read_bytes() if plain else path.with_suffix(".json.gz").read_bytes()
        found = json.loads(data if plain else gzip.decompress(data))
        assert isinstance(found, list)
        return found


@pytest.fixture(params=MATCHES)
def match(samples: Path, request: pytest.FixtureRequest) -> Reference:
    return Reference(samples / "pubg" / "reference" / str(request.param))


def read(events: list[Event]) -> Found:
    body = json.dumps(events).encode()
    return list(parse(JsonPage(body, url="", page_type="telemetry", key="")))


def with_lobby(events: list[Event]) -> list[Event]:
    """The events as if the match had begun with the lobby."""
    for one in events:
        if one.get("common", {}).get("isGame") == 0:
            one["common"]["isGame"] = 0.1
    return events


def same(ours: object, theirs: object) -> bool:
    if isinstance(theirs, float | int) and isinstance(ours, float | int):
        return ours == pytest.approx(theirs, rel=1e-9, abs=1e-6)
    return ours == theirs


# Damage.


def test_damage_is_that_of_the_reference_and_that_before_the_first_circle(
    match: Reference,
) -> None:
    tracked = set(match.intended("tracked_players"))
    ours = [
        row
        for row in rows(read(match.events), PubgDamageRow)
        if {row.attacker_name, row.victim_name} & tracked
    ]
    theirs = match.intended("player_damage_events")
    in_circle = [row for row in ours if row.phase >= 1]
    assert len(in_circle) == len(theirs)
    assert {row.phase for row in ours if row.phase < 1} <= {0.1}
    for row, their in zip(in_circle, theirs, strict=True):
        assert (
            row.happened_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] == their["event_timestamp"][:23]
        )
        for side in ("attacker", "victim"):
            place = [getattr(row, f"{side}_{axis}_cm") for axis in "xyz"]
            name = their[f"{side}_name"] or None
            assert getattr(row, f"{side}_name") == name
            if name:
                told = [their[f"{side}_location_{axis}"] for axis in "xyz"]
                is_told = side == "victim" or told != [0, 0, 0]  # in 2018 who shoots has no place
                assert place == (told if is_told else [None] * 3)
                assert getattr(row, f"{side}_team_id") == their[f"{side}_team_id"]
                health = their[f"{side}_health"] if is_told else None
                assert getattr(row, f"{side}_health") == health
        none = {"None": None}
        words = ("damage_type_category", "damage_reason", "weapon_id")
        said = [none.get(their[word], their[word]) for word in words]
        assert [row.category, row.reason, row.weapon] == said
        assert row.damage == their["damage"]


# Circle.


def test_positions_with_those_of_the_lobby_are_those_of_the_reference(match: Reference) -> None:
    ours: dict[str, list[PubgCirclePositionRow]] = defaultdict(list)
    for row in rows(read(with_lobby(match.events)), PubgCirclePositionRow):
        ours[row.player_name].append(row)
    theirs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for their in match.intended("player_circle_positions"):
        theirs[their["player_name"]].append(their)
    names = {
        "elapsed_time": "elapsed_s",
        "player_x": "x",
        "player_y": "y",
        "safe_zone_radius": "circle_radius",
        "safe_zone_center_x": "circle_x",
        "safe_zone_center_y": "circle_y",
        "distance_from_center": "distance_from_center",
        "distance_from_edge": "distance_from_edge",
        "is_in_safe_zone": "is_in_circle",
    }
    for name, some in theirs.items():
        for row, their in zip(ours[name], some, strict=True):
            assert all(same(getattr(row, ours), their[name]) for name, ours in names.items())


# Figures of players.


def stats(found: Found) -> dict[str, PubgPlayerMatchStatsRow]:
    return {row.player_name: row for row in rows(found, PubgPlayerMatchStatsRow)}


def test_figures_with_those_of_the_lobby_are_those_of_the_reference(match: Reference) -> None:
    events = with_lobby(match.events)
    ours = stats(read(events))
    theirs = {their["player_name"]: their for their in match.intended("match_summaries_enhanced")}
    moved: Counter[str] = Counter()
    for one in events:
        if one["_T"] == "LogPlayerTakeDamage" and one["damageCauserName"] in MOVED:
            moved[one["attacker"]["name"]] += one["damage"]
    assert ours.keys() == theirs.keys()
    for name, their in theirs.items():
        row = ours[name]
        for item in (*ITEMS, "killsteals"):
            assert getattr(row, item) == their.get(item, 0)
        assert same(row.damage_received, their.get("damage_received", 0))
        assert same(row.throwable_damage, their.get("throwable_damage", 0) + moved[name])
        assert row.time_outside_zone_s == their.get("time_outside_zone_seconds", 0)
        for column, figure in CIRCLE.items():
            assert same(getattr(row, figure), their.get(column))


def test_the_lobby_changes_what_is_told_of_the_circle_and_nothing_else(match: Reference) -> None:
    without, with_it = stats(read(match.events)), stats(read(with_lobby(match.events)))
    for name, row in without.items():
        other = with_it[name]
        differ = {
            field for field in row.__struct_fields__ if getattr(row, field) != getattr(other, field)
        }
        assert differ <= {"circle_samples", *CIRCLE.values()}
    only_lobby = [with_it[name] for name in with_it.keys() - without.keys()]
    assert all(row.damage_received == row.throwables_used == 0 for row in only_lobby)
    assert len(only_lobby) == (0 if "league" in match.folder.name else 5)


# Weapons.

Share = tuple[float, int, int]


def total(shares: list[Share]) -> Share:
    return (
        sum(one[0] for one in shares),
        sum(one[1] for one in shares),
        sum(one[2] for one in shares),
    )


def test_shares_of_weapons_are_those_of_the_reference_without_bleeding(match: Reference) -> None:
    ours: dict[tuple[str, str], list[Share]] = defaultdict(list)
    for row in rows(read(match.events), PubgWeaponDistributionRow):
        kind = "regrouped" if row.weapon_category in REGROUPED else row.weapon_category
        ours[row.player_name, kind].append((row.damage, row.kills, row.knocks))
    theirs: dict[tuple[str, str], list[Share]] = defaultdict(list)
    for their in match.intended("player_match_weapon_distribution"):
        category = their["weapon_category"]
        kind = "regrouped" if category in REGROUPED else category
        share = (their["total_damage"], their["total_kills"], their["knock_downs"])
        theirs[their["player_name"], kind].append(share)
    for one in match.events:
        if one["_T"] == "LogPlayerTakeDamage" and one["damageTypeCategory"] == "Damage_DBNO":
            theirs[one["attacker"]["name"], "regrouped"].append((-one["damage"], 0, 0))
    for key in ours.keys() | theirs.keys():
        assert total(ours[key]) == pytest.approx(total(theirs[key]), abs=1e-6), key
    only_ours = {key for key in ours if key not in theirs}
    assert only_ours == set()


def test_kills_by_weapon_are_the_kills_the_api_says(samples: Path) -> None:
    match = Reference(samples / "pubg" / "reference" / "league_match")
    kills: Counter[str] = Counter()
    for row in rows(read(match.events), PubgMatchWeaponRow):
        kills[row.account_id] += row.kills
    said = {their["player_id"]: their["kills"] for their in match.intended("match_summaries")}
    assert +kills == +Counter(said)


# Scenarios.


def scenario(samples: Path, name: str) -> tuple[Found, dict[str, Any]]:
    found = json.loads((samples / "pubg" / "reference" / "edge" / f"{name}.json").read_bytes())
    return read([NAMED, *found["telemetry"]]), found["expected_origin"]


def test_items_are_those_of_the_scenario(samples: Path) -> None:
    found, expected = scenario(samples, "item_usage")
    ours = {
        name: {item: getattr(row, item) for item in ITEMS} for name, row in stats(found).items()
    }
    nameless = ours.pop("")  # has an account, which is what players are told by
    assert ours == expected["item_usage"]
    assert nameless == {**dict.fromkeys(ITEMS, 0), "heals_used": 1}


def test_without_states_of_the_circle_there_is_nothing_as_in_the_scenario(samples: Path) -> None:
    found, expected = scenario(samples, "circle_no_states")
    assert expected["circle"] == {"aggregate": {}, "detailed": []}
    assert rows(found, PubgCirclePositionRow) == []
    assert [row.circle_samples for row in stats(found).values()] == [0]


def test_damage_and_killsteals_of_the_scenario_differ_by_the_named_rules(samples: Path) -> None:
    found, expected = scenario(samples, "advanced")
    ours, theirs = stats(found), expected["advanced"]
    figures = ("damage_received", "throwable_damage", "killsteals")
    differ = {
        (name, figure): getattr(row, figure) - theirs.get(name, {}).get(figure, 0)
        for name, row in ours.items()
        for figure in figures
        if getattr(row, figure) != theirs.get(name, {}).get(figure, 0)
    }
    assert differ == {
        ("B1", "damage_received"): -10,  # struck in the lobby
        ("A1", "throwable_damage"): 20 + 23,  # the fire of a Molotov cocktail, the blue zone
        ("A1", "killsteals"): 1,  # the kill stands before its knock in the file
        ("C2", "killsteals"): 1,  # the death itself names the knocker; no event of the knock
    }
