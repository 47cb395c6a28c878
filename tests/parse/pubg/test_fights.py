"""Fights; what the facts say the existing collector gets wrong, one test each (3.9)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse.model import Issue
from tests.parse.pubg.events import (
    damage,
    event,
    hurt,
    kill_v2,
    knock,
    moment,
    read,
    rows,
    somebody,
)
from warehouse.rows.pubg.fights import PubgFightParticipantRow, PubgFightRow

A1, A2, A3 = (somebody(number, team=1) for number in (1, 2, 3))
B1, B2, B3 = (somebody(number, team=2) for number in (11, 12, 13))
C1, D1 = somebody(21, team=3), somebody(31, team=4)
GUARD = somebody(90, team=415, accountId="npc.2", name="Guard")
COMMANDER = somebody(91, team=414, accountId="npc.1", name="Commander")


def kill(second: float, by: dict[str, Any], victim: dict[str, Any]) -> dict[str, Any]:
    return kill_v2(second, victim, finisher=by, killer=by)


def far(who: dict[str, Any], metres: float) -> dict[str, Any]:
    return {**who, "location": {"x": metres * 100, "y": 0, "z": 0}}


def fights(*events: object) -> list[PubgFightRow]:
    return rows(read(*events), PubgFightRow)


def parts(*events: object) -> dict[str, PubgFightParticipantRow]:
    return {row.player_name: row for row in rows(read(*events), PubgFightParticipantRow)}


def test_a_fight_is_told_by_all_blows_among_its_teams() -> None:
    (fight,) = fights(
        damage(0, A1, B1, 60),
        damage(1, B1, A1, 0),
        knock(2, A1, B1, 1),
        damage(3, A2, A1, 20),
        kill(4, A2, B1),
        kill(5, B2, A3),
    )
    assert (fight.started_at, fight.ended_at, fight.duration_s) == (moment(0), moment(5), 5.0)
    assert (fight.knocks, fight.kills, fight.damage, fight.damage_events) == (1, 2, 60, 1)
    assert (fight.reason, fight.team_ids, fight.third_party_teams) == ("casualties", "[1, 2]", None)
    assert (fight.primary_team_1, fight.primary_team_2) == (1, 2)


def test_who_took_part_is_told_with_knocks_kills_and_damage() -> None:
    found = parts(damage(0, A1, B1, 60), knock(2, A1, B1, 1), kill(4, A2, B1), damage(5, B2, A1, 9))
    assert (found["player1"].damage_dealt, found["player1"].damage_taken) == (60, 9)
    assert (found["player1"].knocks, found["player2"].kills) == (1, 1)
    victim = found["player11"]
    assert (victim.knocked_at, victim.killed_at) == (moment(2), moment(4))
    assert (victim.was_knocked, victim.was_killed, found["player12"].was_killed) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(("second", "count"), [(45, 1), (45.001, 0)])
def test_a_gap_of_45_seconds_is_inside(second: float, count: int) -> None:
    assert len(fights(knock(0, A1, B1, 1), kill(second, A1, B1))) == count


@pytest.mark.parametrize(("second", "count"), [(240, 1), (240.001, 0)])
def test_a_span_of_240_seconds_is_inside(second: float, count: int) -> None:
    keep = [damage(at, A1, B2, 1) for at in (40, 80, 120, 160, 200)]
    assert len(fights(knock(0, A1, B1, 1), *keep, kill(second, A1, B1))) == count


@pytest.mark.parametrize(("metres", "teams"), [(300, "[1, 2, 3]"), (300.01, "[1, 2]")])
def test_a_third_team_joins_within_300_metres_of_the_first_blow(metres: float, teams: str) -> None:
    here = [far(one, 0) for one in (A1, A2, B1)]
    (fight, *_) = fights(
        knock(0, here[0], here[2], 1),
        damage(5, far(C1, metres), here[0], 40),
        kill(7, here[1], here[2]),
    )
    assert fight.team_ids == teams


def test_other_teams_fight_a_fight_of_their_own_meanwhile() -> None:
    ours = [damage(0, A1, B1), knock(2, A1, B1, 1), kill(4, A1, B1)]
    theirs = [damage(1, C1, D1), knock(3, C1, D1, 2), kill(5, C1, D1)]
    found = fights(*ours, *theirs)
    assert [(one.fight_number, one.team_ids) for one in found] == [(1, "[1, 2]"), (2, "[3, 4]")]


def test_fights_are_numbered_by_their_start_whatever_the_order_of_the_file() -> None:
    late = [knock(100, A1, C1, 1), kill(101, A1, C1)]
    early = [knock(0, A1, B1, 2), kill(1, A1, B1)]
    assert [one.team_ids for one in fights(*late, *early)] == ["[1, 2]", "[1, 3]"]


@pytest.mark.parametrize(
    ("struck_back", "mates", "reason"),
    [
        (24.9, 0, None),
        (25, 0, "resisted_kill"),
        (49, 1, None),
        (50, 1, "resisted_kill"),
        (74, 2, None),
        (75, 2, "resisted_kill"),
    ],
)
def test_a_single_kill_that_was_resisted_is_a_fight(
    struck_back: float, mates: int, reason: str | None
) -> None:
    """The existing collector's documentation promises it, its code never finds one."""
    others = [damage(0.5, mate, B1, 5) for mate in (A2, A3)[:mates]]
    found = fights(damage(0, B1, A1, struck_back), *others, kill(1, A1, B1))
    assert [fight.reason for fight in found] == ([] if reason is None else [reason])
    assert [(one.outcome, one.winning_team_id) for one in found] == (
        [] if reason is None else [("decisive_win", 1)]
    )


def test_a_single_kill_by_surprise_is_none() -> None:
    assert fights(damage(0, A1, B1, 100), kill(1, A1, B1)) == []


@pytest.mark.parametrize(
    ("one", "other", "count"), [(120, 30, 1), (121, 29, 0), (119, 30, 0), (160, 40, 1)]
)
def test_damage_alone_is_a_fight_if_it_is_enough_and_shared(
    one: float, other: float, count: int
) -> None:
    assert len(fights(damage(0, A1, B1, one), damage(1, B1, A1, other))) == count


@pytest.mark.parametrize(("other", "count"), [(75, 1), (74.9, 0)])
def test_a_single_knock_is_a_fight_if_all_dealt_75(other: float, count: int) -> None:
    blows = [damage(0, A1, B1, 75), damage(1, B1, A1, other), knock(2, A1, B1, 1)]
    assert len(fights(*blows)) == count


def test_the_winner_is_never_the_loser() -> None:
    """In the collector a team of most deaths that still stands is both, and nobody has won."""
    events = [
        knock(0, A1, B1, 1),
        damage(5, C1, A1, 40),
        kill(6, C1, A1),
        kill(7, A2, B1),
    ]
    (fight,) = fights(*events)
    assert (fight.outcome, fight.winning_team_id, fight.losing_team_id) == ("third_party", 1, 2)
    assert (fight.primary_team_1, fight.third_party_teams) == (1, "[2]")
    outcomes = {row.team_id: row.team_outcome for row in parts(*events).values()}
    assert outcomes == {1: "won", 2: "lost", 3: "draw"}


@pytest.mark.parametrize(
    ("deaths_a", "deaths_b", "outcome", "winner"),
    [
        (0, 1, "draw", None),
        (1, 2, "marginal_win", 1),
        (2, 1, "marginal_win", 2),
        (0, 2, "decisive_win", 1),
        (2, 2, "draw", None),
    ],
)
def test_where_all_teams_stand_deaths_tell(
    deaths_a: int, deaths_b: int, outcome: str, winner: int | None
) -> None:
    standing = [damage(0, A3, B3, 1), knock(0.5, B3, A3, 1), knock(1, A3, B3, 2)]
    of_a = [kill(2 + at, B3, who) for at, who in enumerate((A1, A2)[:deaths_a])]
    of_b = [kill(5 + at, A3, who) for at, who in enumerate((B1, B2)[:deaths_b])]
    (fight,) = fights(*standing, *of_a, *of_b)
    assert (fight.outcome, fight.winning_team_id) == (outcome, winner)


def test_where_no_team_stands_nobody_wins() -> None:
    (fight,) = fights(knock(0, A1, B1, 1), knock(1, B1, A1, 2), kill(2, A1, B1), kill(3, B1, A1))
    assert (fight.outcome, fight.winning_team_id, fight.losing_team_id) == ("draw", None, None)


def test_creatures_alone_make_no_fight_and_stop_nothing() -> None:
    """In the collector such an engagement aborts the whole match."""
    creatures = [damage(0, GUARD, COMMANDER, 90), kill(1, GUARD, COMMANDER)]
    again = [kill(2, COMMANDER, GUARD)]
    found = read(*creatures, *again, knock(100, A1, B1, 1), kill(101, A1, B1))
    assert [row.team_ids for row in rows(found, PubgFightRow)] == ["[1, 2]"]
    assert [one for one in found if isinstance(one, Issue)] == []


def test_a_player_against_creatures_is_no_fight() -> None:
    """In the collector it is one of a single team."""
    assert fights(damage(0, A1, GUARD, 90), kill(1, A1, GUARD), kill(3, A1, COMMANDER)) == []


def test_a_person_with_the_name_of_a_creature_takes_part() -> None:
    named = {**B1, "name": "Guard"}
    found = parts(knock(0, A1, named, 1), kill(1, A1, named), damage(1, {**A2, "name": "ai_x"}, B2))
    assert set(found) == {"player1", "Guard", "ai_x", "player12"}


def test_nobody_is_no_team() -> None:
    nobody = somebody(0, name="", accountId="", team=0)
    nobody["teamId"] = 0
    assert fights(knock(0, nobody, B1, 1), kill(1, nobody, B1)) == []


def test_a_team_with_the_number_0_is_one() -> None:
    zed = {**A1, "teamId": 0}
    (fight,) = fights(damage(0, zed, B1), kill(1, zed, B1), kill(2, zed, B2))
    assert (fight.team_ids, fight.winning_team_id) == ("[0, 2]", 0)


def test_blows_in_the_lobby_are_no_fight() -> None:
    """The collector has no phase filter here: fists before take-off make a fight (spec 3)."""
    brawl = [damage(0, A1, B1, 90), damage(1, B1, A1, 90)]
    assert len(fights(*brawl)) == 1
    assert fights(*({**one, "common": {"isGame": 0}} for one in brawl)) == []


def test_kills_of_old_events_count() -> None:
    death = event("LogPlayerKill", 4, killer=A1, victim=B1, **hurt("WeapPan_C", 90))
    (fight,) = fights(knock(2, A1, B1, 1), death)
    assert (fight.kills, fight.winning_team_id) == (1, 1)


def test_the_centre_is_the_mean_place_and_the_spread_reaches_the_farthest() -> None:
    blows = [knock(0, far(A1, 10), far(B1, 20), 1), kill(1, far(A1, 10), far(B1, 60))]
    (fight,) = fights(*blows)
    assert (fight.center_x_cm, fight.center_y_cm, fight.spread) == (2_500, 0, 35)
    assert parts(*blows)["player11"].center_x_cm == 4_000


def test_a_blow_at_no_time_is_an_issue() -> None:
    found = read({**damage(0, A1, B1), "_D": "noon"}, knock(0, A1, B1, 1), kill(1, A1, B1))
    (fight,) = rows(found, PubgFightRow)
    assert fight.damage_events == 0
    assert Issue("unreadable", "pubg_fights.started_at", "noon") in found


PLAYERS = [somebody(number, team=1 + number % 4) for number in range(12)]
MAKE = {
    "damage": lambda at, one, other: damage(at, one, other, 40),
    "knock": lambda at, one, other: knock(at, one, other, 0),
    "kill": kill,
}
BLOWS = st.lists(
    st.tuples(
        st.sampled_from(sorted(MAKE)),
        st.integers(0, 500),
        st.integers(0, len(PLAYERS) - 1),
        st.integers(0, len(PLAYERS) - 1),
        st.sampled_from([0, 200, 5_000]),
    ),
    max_size=60,
)


@given(BLOWS)
def test_fights_hold_together(drawn: list[tuple[str, int, int, int, int]]) -> None:
    """At least two teams, in order, within their limits, no team both winner and loser."""
    found = read(
        *(
            MAKE[kind](second, far(PLAYERS[one], metres), far(PLAYERS[other], metres))
            for kind, second, one, other, metres in drawn
        )
    )
    all_fights = rows(found, PubgFightRow)
    everybody = rows(found, PubgFightParticipantRow)
    starts = [fight.started_at for fight in all_fights]
    assert starts == sorted(starts)
    for fight in all_fights:
        teams = json.loads(fight.team_ids)
        members = [row for row in everybody if row.fight_number == fight.fight_number]
        assert len(teams) == fight.team_count >= 2
        assert {row.team_id for row in members} == set(teams)
        assert fight.duration_s <= 240
        assert (fight.winning_team_id is None) == (fight.outcome == "draw")
        assert fight.winning_team_id is None or fight.winning_team_id != fight.losing_team_id
        assert sum(row.kills for row in members) == fight.kills
        assert sum(row.knocks for row in members) == fight.knocks
        assert sum(row.damage_taken for row in members) == pytest.approx(fight.damage)
