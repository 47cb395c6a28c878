"""The rounds of one map: who killed whom, with which weapon, for how much money.

Everything a page prints of a map is counted from these events, so the pages agree by construction.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from tests.replica.draw import plan_match
from tests.replica.entities import Player
from tests.replica.plan import MapPlan, MatchPlan
from tests.replica.scenarios import Dimensions

WIN_TYPES = {
    "CT": (("elimination", "defuse", "time"), (60, 28, 12)),
    "T": (("elimination", "bomb_planted"), (60, 40)),
}
SIDES = ("CT", "T")


@dataclass(slots=True)
class Tally:
    """What one player did in some set of rounds."""

    rounds: int = 0
    kills: int = 0
    deaths: int = 0
    assists: int = 0
    flash: int = 0
    hs: int = 0
    opening_kills: int = 0
    opening_deaths: int = 0
    multi: int = 0
    clutches: int = 0
    traded: int = 0
    kast: int = 0
    damage: int = 0
    won: int = 0

    def add(self, other: Tally) -> None:
        """Add another tally to this one."""
        for name in Tally.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class RoundPlay:
    """One round: sides, win type, equipment values of team 1 and 2 (None in overtime)."""

    winner: int
    side: str
    win_type: str
    values: tuple[int, int] | None


@dataclass(slots=True)
class MapPlay:
    """One map as played; tallies by (team, player key, side)."""

    rounds: list[RoundPlay] = field(default_factory=list)
    players: tuple[list[Player], list[Player]] = field(default_factory=lambda: ([], []))
    tallies: dict[tuple[int, str, str], Tally] = field(default_factory=dict)
    kills: dict[str, Counter[tuple[str, str]]] = field(
        default_factory=lambda: {"all": Counter(), "first_kill": Counter(), "awp": Counter()}
    )

    def tally(self, team: int, player: Player, side: str) -> Tally | None:
        """A player's counts on a side (`CT`, `T`, `both`); None if he never played it."""
        if side != "both":
            return self.tallies.get((team, player.key, side))
        total = Tally()
        for one in SIDES:
            part = self.tallies.get((team, player.key, one))
            if part:
                total.add(part)
        return total if total.rounds else None


@dataclass(slots=True, kw_only=True)
class Fight:
    """One round being fought: the fives, who is still alive, and each player's counts."""

    play: MapPlay
    rng: random.Random
    fives: list[list[Player]]
    winner: int
    ct_team: int
    alive: dict[int, list[Player]] = field(default_factory=dict)
    counts: dict[tuple[int, str], Tally] = field(default_factory=dict)


@lru_cache(maxsize=96)
def play_map(season: Dimensions, index: int, number: int) -> MapPlay:
    """Play one map of a match, the same way every time."""
    match = plan_match(season, index)
    return _play(match, match.maps[number - 1])


def _play(match: MatchPlan, one: MapPlan) -> MapPlay:
    rng = random.Random(f"{match.seed}:{match.index}:play:{one.number}")
    play = MapPlay()
    changes = [match.substitution(team, one.number) for team in (1, 2)]
    fives = [list(match.roster(team, one.number)) for team in (1, 2)]
    for team in (0, 1):
        play.players[team].extend(fives[team])
    losses = [0, 0]
    useless = match.teams[0].players[3].key if "kast_zero" in match.flags else None
    for number, winner in enumerate(one.winners):
        if number == len(one.winners) // 3:
            _substitute(play, fives, changes)
        ct_team = one.ct_team(number)
        side = "CT" if ct_team == winner else "T"
        win_type = rng.choices(*WIN_TYPES[side])[0]
        if number in {0, one.half}:
            losses = [0, 0]
        values = None
        if number < one.regulation:
            values = _money(rng, number=number, one=one, losses=losses, ct_team=ct_team)
        play.rounds.append(RoundPlay(winner, side, win_type, values))
        losses[winner - 1] = 0
        losses[2 - winner] += 1
        fight = Fight(play=play, rng=rng, fives=fives, winner=winner, ct_team=ct_team)
        _fight(fight, win_type)
        _settle(fight, useless)
    return play


def _substitute(
    play: MapPlay, fives: list[list[Player]], changes: list[tuple[Player, Player] | None]
) -> None:
    for team, change in enumerate(changes):
        if change:
            fives[team][fives[team].index(change[0])] = change[1]
            play.players[team].append(change[1])


def _money(
    rng: random.Random, *, number: int, one: MapPlan, losses: list[int], ct_team: int
) -> tuple[int, int]:
    """Equipment at round start, never on a buy-type boundary (spec/hltv.md section 7.3)."""
    pistol = number in {0, one.half}
    second = number - 1 in {0, one.half}
    values = []
    for team in (1, 2):
        lost = losses[team - 1]
        if pistol:
            low, high = 3500, 4900
        elif second and lost:
            low, high = 1500, 8000
        elif lost == 1 and rng.random() < 0.5:
            low, high = 4000, 14_000
        elif lost == 2 and rng.random() < 0.4:
            low, high = 2500, 19_000
        elif second:
            low, high = 13_000, 21_000
        elif ct_team == team:
            low, high = 24_000, 36_000
        else:
            low, high = 21_000, 33_000
        value = rng.randrange(low, high, 50)
        values.append(value + 50 if value in {5000, 10_000, 20_000} else value)
    return values[0], values[1]


def _fight(fight: Fight, win_type: str) -> None:
    """Let two fives fight one round and count everything."""
    rng, winner = fight.rng, fight.winner
    loser = 3 - winner
    fallen = 5 if win_type == "elimination" else rng.choices((5, 4, 3, 2), (15, 35, 35, 15))[0]
    lost = rng.choices((0, 1, 2, 3, 4), (8, 20, 30, 27, 15))[0]
    for team in (1, 2):
        fight.alive[team] = list(fight.fives[team - 1])
        for player in fight.fives[team - 1]:
            fight.counts[team, player.key] = Tally(rounds=1, won=int(team == winner))
    order = [loser] * fallen + [winner] * lost
    rng.shuffle(order)
    for place, team in enumerate(order):
        _death(fight, team, first=place == 0)


def _death(fight: Fight, team: int, *, first: bool) -> None:
    """Let one player of a team die, most often by an opponent's hand."""
    rng, counts, other = fight.rng, fight.counts, 3 - team
    victim = rng.choice(fight.alive[team])
    fight.alive[team].remove(victim)
    mine = counts[team, victim.key]
    mine.deaths += 1
    killers = fight.alive[other]
    if not killers or (not first and rng.random() < 0.015):
        return
    killer = rng.choices(killers, [player.skill for player in killers])[0]
    theirs = counts[other, killer.key]
    theirs.kills += 1
    theirs.hs += rng.random() < 0.5
    theirs.damage += rng.randint(60, 100)
    pair = (killer.key, victim.key)
    kills = fight.play.kills
    kills["all"][pair] += 1
    if rng.random() < 0.15:
        kills["awp"][pair] += 1
    if first:
        theirs.opening_kills += 1
        mine.opening_deaths += 1
        kills["first_kill"][pair] += 1
    if rng.random() < 0.36:
        helper = rng.choice([one for one in fight.fives[other - 1] if one is not killer])
        assist = counts[other, helper.key]
        assist.assists += 1
        assist.flash += rng.random() < 0.2
        assist.damage += rng.randint(0, 40)
    if rng.random() < 0.2:
        mine.traded += 1


def _settle(fight: Fight, useless: str | None) -> None:
    """Close the round: clutches, multi-kills, KAST, and the side totals."""
    rng = fight.rng
    survivors = fight.alive[fight.winner]
    if len(survivors) == 1 and rng.random() < 0.7:
        fight.counts[fight.winner, survivors[0].key].clutches += 1
    living = {player.key for team in (1, 2) for player in fight.alive[team]}
    for (team, key), one in fight.counts.items():
        one.damage += rng.randint(0, 35)
        one.multi += one.kills >= 2
        useful = one.kills or one.assists or one.traded or key in living
        side = "CT" if team == fight.ct_team else "T"
        one.kast += bool(useful) and not (key == useless and side == "CT")
        fight.play.tallies.setdefault((team, key, side), Tally()).add(one)
