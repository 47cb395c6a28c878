"""Fights: the engagements that count as one, told by all blows among their teams.

Theory of operation. What an engagement came to is added up from every blow between its start and
its end among its teams: damage between them, knocks and last blows also within one of them. It is a
fight if two or more fell; if one was killed at once and his team had struck back; if nobody fell
and all teams dealt their share of enough damage; or if one was knocked down and all teams had dealt
enough. Teams all of whose members seen were killed are out.

Source: spec/pubg.md 3.9. There a single kill is never a fight, although the collector's own
documentation promises it, and the winner may be the loser: docs/pubg.md says what is done here.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from parse.sources.pubg.telemetry.engagements import Blow, Engagement, engagements_of
from parse.sources.pubg.telemetry.events import Character, Location

Reason = Literal["casualties", "resisted_kill", "reciprocal_damage", "reciprocal_knock"]
Ended = Literal["decisive_win", "marginal_win", "third_party", "draw"]

# Damage in points of health (spec/pubg.md 3.9, step 4).
RESISTANCE = ((3.0, 75.0), (2.0, 50.0), (1.0, 25.0))  # by how many times fewer the smaller team is
RECIPROCAL_TOTAL = 150.0
RECIPROCAL_SHARE = 0.2
KNOCK_EACH = 75.0


@dataclass(slots=True)
class Part:
    """One player's part in an engagement."""

    who: Character
    knocks: int = 0
    kills: int = 0
    dealt: float = 0.0
    taken: float = 0.0
    places: list[Location] = field(default_factory=list)
    knocked_at: datetime | None = None
    killed_at: datetime | None = None


@dataclass(slots=True)
class Side:
    """One team's part in an engagement."""

    team_id: int
    knocks: int = 0
    kills: int = 0
    dealt: float = 0.0
    deaths: int = 0
    parts: list[Part] = field(default_factory=list)

    @property
    def score(self) -> float:
        """By what the primary teams are told."""
        return 3 * self.kills + 2 * self.knocks + self.dealt / 100

    @property
    def is_out(self) -> bool:
        """Whether all of its members who were seen were killed."""
        return all(part.killed_at is not None for part in self.parts)


@dataclass(slots=True)
class Tally:
    """What an engagement came to: sides by team ascending, parts by account as first seen."""

    engagement: Engagement
    sides: dict[int, Side]
    parts: dict[str, Part] = field(default_factory=dict)
    damage_events: int = 0
    last_victim_team: int = 0

    @property
    def knocks(self) -> int:
        """Knocks in all."""
        return sum(side.knocks for side in self.sides.values())

    @property
    def kills(self) -> int:
        """Last blows in all."""
        return sum(side.kills for side in self.sides.values())

    @property
    def damage(self) -> float:
        """Damage in all."""
        return sum(side.dealt for side in self.sides.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a fight ended; nobody wins or loses a draw."""

    ended: Ended
    winner: int | None = None
    loser: int | None = None


def fights_of(blows: Sequence[Blow]) -> Iterator[tuple[Tally, Reason]]:
    """The engagements that are fights, by their start, with why; `blows` are in order of time."""
    times = [blow.at for blow in blows]
    for engagement in engagements_of(blows):
        start = bisect_left(times, engagement.started_at)
        end = bisect_right(times, engagement.ended_at)
        tally = tally_of(engagement, blows[start:end])
        if (reason := reason_of(tally)) is not None:
            yield tally, reason


def tally_of(engagement: Engagement, blows: Iterable[Blow]) -> Tally:
    """Add up the blows among an engagement's teams; `blows` are those of its time."""
    tally = Tally(engagement, {team: Side(team) for team in sorted(engagement.teams)})
    for blow in blows:
        sides = tally.sides
        side = sides.get(blow.attacker.team_id)
        other = sides.get(blow.victim.team_id)
        if side is None or other is None:
            continue
        attacker, victim = _part(tally, side, blow.attacker), _part(tally, other, blow.victim)
        if blow.kind == "damage":
            side.dealt += blow.damage
            attacker.dealt += blow.damage
            victim.taken += blow.damage
            tally.damage_events += blow.damage > 0
        elif blow.kind == "knock":
            side.knocks += 1
            attacker.knocks += 1
            victim.knocked_at = blow.at
        else:
            side.kills += 1
            attacker.kills += 1
            other.deaths += 1
            victim.killed_at = blow.at
            tally.last_victim_team = other.team_id
    return tally


def _part(tally: Tally, side: Side, who: Character) -> Part:
    """A player's part, with one more place."""
    part = tally.parts.get(who.account_id)
    if part is None:
        part = tally.parts[who.account_id] = Part(who)
        side.parts.append(part)
    part.places.append(who.location)
    return part


def reason_of(tally: Tally) -> Reason | None:
    """Why an engagement is a fight; None if it is none."""
    dealt = [side.dealt for side in tally.sides.values()]
    if tally.knocks + tally.kills >= 2:
        return "casualties"
    if tally.kills == 1:
        struck_back = tally.sides[tally.last_victim_team].dealt >= resistance_of(tally)
        return "resisted_kill" if struck_back else None
    if tally.knocks == 1:
        return "reciprocal_knock" if min(dealt) >= KNOCK_EACH else None
    enough = tally.damage >= RECIPROCAL_TOTAL and min(dealt) >= RECIPROCAL_SHARE * tally.damage
    return "reciprocal_damage" if enough else None


def resistance_of(tally: Tally) -> float:
    """Damage that the team of somebody killed at once must have dealt: more, if it is fewer."""
    sizes = [len(side.parts) for side in tally.sides.values()]
    ratio = max(sizes) / min(sizes)
    return next(damage for least, damage in RESISTANCE if ratio >= least)


def outcome_of(tally: Tally) -> Outcome:
    """How a fight ended: the winner is told first, the loser is another."""
    sides = list(tally.sides.values())
    standing = [side for side in sides if not side.is_out]
    if len(standing) == len(sides):
        return _by_deaths(sides)
    if not standing:
        return Outcome(ended="draw")
    winner = max(standing, key=lambda side: (side.kills, side.knocks, side.dealt))
    loser = max((side for side in sides if side is not winner), key=lambda side: side.deaths)
    ended: Ended = "decisive_win" if len(sides) == 2 else "third_party"
    return Outcome(ended=ended, winner=winner.team_id, loser=loser.team_id)


def _by_deaths(sides: Sequence[Side]) -> Outcome:
    """Of teams that all stand, the one of fewest deaths wins, if that is far enough."""
    winner = min(sides, key=lambda side: side.deaths)
    loser = max(sides, key=lambda side: side.deaths)
    ahead = loser.deaths - winner.deaths
    if ahead < 1 or (ahead == 1 and loser.deaths < 2):
        return Outcome(ended="draw")
    ended: Ended = "decisive_win" if ahead >= 2 else "marginal_win"
    if len(sides) > 2:
        ended = "third_party"
    return Outcome(ended=ended, winner=winner.team_id, loser=loser.team_id)
