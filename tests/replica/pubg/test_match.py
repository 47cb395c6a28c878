"""The generator: the same bytes again, the shapes of real files, the size of real files."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.replica.pubg.kinds import ERAS, KINDS
from tests.replica.pubg.made import Event, events, match, of
from tests.replica.pubg.match import LARGE, MEDIUM, make_match
from tests.replica.pubg.truth import flat


def test_the_same_arguments_give_the_same_bytes_and_rows() -> None:
    one, two, other = make_match(3), make_match(3), make_match(4)
    assert one.telemetry == two.telemetry
    assert one.truth == two.truth
    assert one.row == two.row
    assert one.telemetry != other.telemetry
    assert one.row.match_id != other.row.match_id


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("era", ERAS)
def test_files_are_one_line_of_json_that_begins_with_the_definition(kind: str, era: str) -> None:
    text = match(kind, era).telemetry.decode()
    assert text.startswith("[{")
    assert not re.search(r'[\n\t]|[:,]\s|\s[:,"\]}]', text)
    found = events(kind, era)
    assert Counter(one["_T"] for one in found) == match(kind, era).counts
    first = found[0]
    assert first["_T"] == "LogMatchDefinition"
    assert "common" not in first
    zone = r"\+00:00" if era == "2018" else "Z"
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{7}}{zone}", first["_D"])
    assert first["_D"][:19] > found[1]["_D"][:19]


def test_there_is_an_unknown_kind_and_an_unknown_era() -> None:
    with pytest.raises(KeyError):
        make_match(1, "chess")
    with pytest.raises(KeyError):
        make_match(1, era="1999")


def test_numbers_are_singles_and_whole_ones_are_ints() -> None:
    text = match().telemetry.decode()
    assert re.search(r'"health":100[,}]', text)
    assert '"isGame":0.10000000149011612' in text
    assert not re.search(r":-?\d+\.0[,}\]]", text)


def keys(value: Any) -> Any:
    """A value's keys in their order, all the way down; lists stand for their first character."""
    if isinstance(value, dict):
        return [(key, keys(one)) for key, one in value.items()]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [keys(value[0])]
    return None


def shapes(found: Iterable[Event]) -> dict[str, set[str]]:
    """The shapes of every event type, without the vehicles one may or may not sit in."""
    shapes: dict[str, set[str]] = {}
    for one in found:
        plain = {
            key: None
            if key in {"vehicle", "attacker", "dBNOMaker", "finisher", "killer"}
            else value
            for key, value in one.items()
        }
        shapes.setdefault(one["_T"], set()).add(repr(keys(plain)))
    return shapes


@pytest.mark.parametrize(
    ("era", "kind", "name"),
    [
        ("modern", "league", "reference/league_match/telemetry.json.gz"),
        ("2018", "squad", "telemetry/steam-2018-04-first-5459-events.json.gz"),
    ],
)
def test_events_have_the_keys_of_real_ones_in_their_order(
    era: str, kind: str, name: str, samples: Path
) -> None:
    real = shapes(json.loads(gzip.decompress((samples / "pubg" / name).read_bytes())))
    made = shapes(events(kind, era))
    assert set(real) <= set(made)
    for one in real:
        assert made[one] <= real[one], one


def test_characters_of_2018_have_six_keys_and_ids_stand_in_common() -> None:
    found = events("squad", "2018")
    kinds = {one["_T"] for one in found}
    assert kinds.isdisjoint(ERAS["2018"].unknown)
    assert "LogPlayerKill" in kinds
    for one in found[1:]:
        assert list(one)[-3:] == ["_V", "_D", "_T"]
        assert list(one["common"]) == ["matchId", "mapName", "isGame"]
    position = next(one for one in found if one["_T"] == "LogPlayerPosition")
    assert len(position["character"]) == 6


@pytest.mark.parametrize(
    ("kind", "size", "megabytes"), [("league", MEDIUM, (6.5, 9)), ("squad", LARGE, (26, 33))]
)
def test_large_files_are_made_quickly(
    kind: str, size: float, megabytes: tuple[float, float]
) -> None:
    start = time.process_time()
    made = make_match(11, kind, size=size)
    assert time.process_time() - start < 10
    assert megabytes[0] < len(made.telemetry) / 1e6 < megabytes[1]


def test_event_counts_of_a_full_match_are_roughly_those_of_real_ones() -> None:
    """Section 10, means of 65 real matches; a match of one kind lies within a factor of them."""
    counts = match(size=1.0).counts
    real = {
        "LogPlayerPosition": 6675,
        "LogHeal": 6025,
        "LogPlayerAttack": 4501,
        "LogItemPickup": 3470,
        "LogItemEquip": 1535,
        "LogItemUnequip": 1228,
        "LogItemUse": 1029,
        "LogItemAttach": 924,
        "LogObjectInteraction": 905,
        "LogItemDetach": 890,
        "LogItemDrop": 842,
        "LogVaultStart": 417,
        "LogItemPickupFromLootBox": 416,
        "LogWeaponFireCount": 377,
        "LogVehicleDamage": 281,
        "LogVehicleRide": 232,
        "LogSpecialZoneInCharacters": 217,
        "LogGameStatePeriodic": 150,
        "LogPlayerUseThrowable": 109,
        "LogPlayerCreate": 100,
        "LogPlayerKillV2": 95,
        "LogPlayerMakeGroggy": 75,
        "LogPlayerRevive": 24,
        "LogPhaseChange": 15,
    }
    for kind, mean in real.items():
        assert 0.5 < counts[kind] / mean < 1.6, kind
    assert 1000 < counts["LogPlayerTakeDamage"] < 9000
    assert 24_000 < sum(counts.values()) < 42_000


def test_positions_come_every_ten_seconds_at_ones_own_phase() -> None:
    times: dict[str, list[int]] = {}
    for row in match().truth.positions:
        times.setdefault(row.account, []).append(row.at_ms)
    starts = {one[0] % 10_000 for one in times.values()}
    assert len(starts) > 10
    alive = max(times.values(), key=len)
    assert {abs(b - a - 10_000) <= 60 for a, b in pairwise(alive)} == {True}


def test_phases_are_told_twice_and_the_game_goes_from_one_to_the_next() -> None:
    told = [(one["phase"], one["common"]["isGame"]) for one in of("squad", "LogPhaseChange")]
    assert told[:4] == [(1, 0.10000000149011612), (1, 1), (2, 1.5), (2, 2)]
    games = [one["common"]["isGame"] for one in events()[1:]]
    assert sorted(games) == games or len(set(games)) > 5
    assert 0.5 not in games


def test_circles_are_nested_and_the_states_lag() -> None:
    truth = match(size=1.0).truth
    phases = truth.phases
    assert len(phases) >= 7
    for outer, inner in pairwise(phases):
        apart = ((outer.x - inner.x) ** 2 + (outer.y - inner.y) ** 2) ** 0.5
        assert apart + inner.radius <= outer.radius * 1.000001
    elapsed = [one.elapsed_s for one in truth.circles]
    assert elapsed[:6] == [10, 19, 29, 39, 49, 59]
    assert elapsed == sorted(elapsed)
    radii = [one.blue_radius for one in truth.circles]
    assert radii == sorted(radii, reverse=True)


def test_rows_of_all_tables_can_be_spread_out() -> None:
    tables = match().truth.tables()
    assert set(tables) == {
        "matches",
        "rosters",
        "participants",
        "landings",
        "kills",
        "knocks",
        "damage",
        "usage",
        "phases",
        "circles",
        "positions",
    }
    for rows in tables.values():
        assert rows
        assert len({tuple(row) for row in rows}) == 1
    kill = flat(match().truth.kills[0])
    assert {"victim_account", "killer_account", "finish_causer", "knocking_distance"} <= set(kill)
