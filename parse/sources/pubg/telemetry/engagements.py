"""Blows between contenders, and which of them belong together. Source: spec/pubg.md 3.9.

Theory of operation. A blow is damage, a knock or a death's last stroke, by one contender (person or
bot) on another; what creatures and nobody do, and what is done to creatures, is none. From the
earliest blow that no engagement has, one is grown forward: a blow between two of its teams belongs
to it, one that brings in a new team only where it falls near its centre, and one of other teams
waits for an engagement of its own. It ends before the first waiting blow that is too late after its
last one, or after its start. Blows are taken from the front of one queue and those that wait put
back there, so the cost is that of the blows within its span, not of the match.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from parse.json_page import moment
from parse.sources.pubg.telemetry.events import Character, Location, Telemetry
from parse.sources.pubg.telemetry.kills import Death
from parse.sources.pubg.telemetry.knocks import Knock
from parse.sources.pubg.telemetry.sightings import metres_between

GAP = timedelta(seconds=45)  # from blow to blow, inclusive
SPAN = timedelta(seconds=240)  # from the first blow to the last, inclusive
NEAR = 300  # metres from the centre at most for a team that joins


class Blow(msgspec.Struct, frozen=True, gc=False):
    """One blow; `damage` in points of health, 0 for one at somebody who lies knocked down."""

    at: datetime
    kind: Literal["damage", "knock", "kill"]
    attacker: Character
    victim: Character
    damage: float = 0.0

    @property
    def is_combat(self) -> bool:
        """Whether it makes an engagement: it hurt, and not oneself or a team mate."""
        hurt = self.damage > 0 or self.kind != "damage"
        return hurt and self.attacker.team_id != self.victim.team_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """Blows that belong together: the teams, and the first and last blow's time."""

    started_at: datetime
    ended_at: datetime
    teams: frozenset[int]


def blows_of(file: Telemetry, knocks: Iterable[Knock], deaths: Iterable[Death]) -> list[Blow]:
    """All blows by time; knocks and kills within a team are among them, its damage is not.

    What is struck in the lobby is none: the match has not begun.
    """
    found: list[Blow] = []
    for _, event in file.of("LogPlayerTakeDamage"):
        attacker, victim = event.attacker, event.victim
        if attacker is None or victim is None or attacker.team_id == victim.team_id:
            continue
        if not event.is_in_match:
            continue
        if attacker.is_contender and victim.is_contender:
            if (at := moment(event.time)) is None:
                file.unreadable("pubg_fights.started_at", event.time)
                continue
            found.append(Blow(at, "damage", attacker, victim, event.damage))
    for knock in knocks:
        attacker, victim = knock.knocker, knock.victim
        if attacker is not None and attacker.is_contender and victim.is_contender:
            found.append(Blow(knock.knocked_at, "knock", attacker, victim))
    for death in deaths:
        attacker, victim = death.finisher, death.victim
        if attacker is not None and attacker.is_contender and victim.is_contender:
            found.append(Blow(death.died_at, "kill", attacker, victim))
    found.sort(key=lambda blow: blow.at)
    return found


def engagements_of(blows: Sequence[Blow]) -> Iterator[Engagement]:
    """Which blows between teams belong together, by their start; `blows` are in order of time."""
    waiting = deque(blow for blow in blows if blow.is_combat)
    while waiting:
        first = waiting.popleft()
        ended_at = first.at
        teams = {first.attacker.team_id, first.victim.team_id}
        centre = _middle(first.attacker.location, first.victim.location)
        others: list[Blow] = []
        while waiting and waiting[0].at - first.at <= SPAN and waiting[0].at - ended_at <= GAP:
            blow = waiting.popleft()
            if _belongs(blow, teams, centre):
                teams |= {blow.attacker.team_id, blow.victim.team_id}
                ended_at = blow.at
            else:
                others.append(blow)
        waiting.extendleft(reversed(others))
        yield Engagement(started_at=first.at, ended_at=ended_at, teams=frozenset(teams))


def _belongs(blow: Blow, teams: set[int], centre: Location) -> bool:
    known = (blow.attacker.team_id in teams) + (blow.victim.team_id in teams)
    if known == 1:
        places = (blow.attacker.location, blow.victim.location)
        return max(metres_between(place, centre) for place in places) <= NEAR
    return known == 2


def _middle(one: Location, other: Location) -> Location:
    return Location((one.x + other.x) / 2, (one.y + other.y) / 2, (one.z + other.z) / 2)
