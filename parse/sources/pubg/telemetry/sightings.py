"""Where the members of teams were at a moment.

Theory of operation. Everybody is seen every ten seconds by position, and with every blow dealt or
taken. Each account keeps its times in order with the places beside them, so what is nearest to a
moment is found by bisection; the file is gone through once. Of two sightings as near in time, the
one that stands first in the file counts. Who died within the reach before the moment is left out:
the existing collector counts the dead as near and alive (spec/pubg.md 3.8).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from parse.json_page import moment
from parse.sources.pubg.telemetry.events import Character, Location, Telemetry
from parse.sources.pubg.telemetry.kills import CM, Death

REACH = timedelta(seconds=5)  # of both sides of the moment, inclusive (spec/pubg.md 3.8)

_SEEN = ("LogPlayerPosition", "LogPlayerTakeDamage", "LogPlayerMakeGroggy")


class Track:
    """The places of one account: `times` ascending, `places` beside them, `deaths` ascending."""

    __slots__ = ("deaths", "places", "times")

    def __init__(self) -> None:
        """Begin without a sighting."""
        self.times: list[datetime] = []
        self.places: list[Location] = []
        self.deaths: list[datetime] = []

    def add(self, at: datetime, place: Location) -> None:
        """Add a sighting; files are a millisecond out of order now and then."""
        if not self.times or at >= self.times[-1]:
            self.times.append(at)
            self.places.append(place)
        else:
            slot = bisect_right(self.times, at)
            self.times.insert(slot, at)
            self.places.insert(slot, place)

    def at(self, moment: datetime) -> Location | None:
        """The place nearest in time within reach; None if there is none, or for the dead."""
        times = self.times
        later = bisect_left(times, moment)
        found: int | None = None
        within = REACH
        if later > 0 and moment - times[later - 1] <= within:
            within = moment - times[later - 1]
            found = bisect_left(times, times[later - 1])
        if later < len(times) and times[later] - moment <= within:
            nearer = times[later] - moment < within
            found = later if nearer or found is None else found
        if found is None or self._is_dead(moment):
            return None
        return self.places[found]

    def _is_dead(self, moment: datetime) -> bool:
        died = bisect_right(self.deaths, moment)
        return died > 0 and moment - self.deaths[died - 1] <= REACH


class Sightings:
    """The tracks of a match by team and account."""

    __slots__ = ("_teams",)

    def __init__(self, file: Telemetry, deaths: Iterable[Death]) -> None:
        """Go through a file; `deaths` are those of the same file."""
        self._teams: defaultdict[int, defaultdict[str, Track]] = defaultdict(
            lambda: defaultdict(Track)
        )
        for _, event in file.of(*_SEEN):
            if (at := moment(event.time)) is not None:
                for who in (event.character, event.attacker, event.victim):
                    if who is not None and who.account_id:
                        self._see(who, at)
        for death in sorted(deaths, key=lambda one: one.died_at):
            for who in (death.event.attacker, death.finisher, death.victim):
                if who is not None and who.account_id:
                    self._see(who, death.died_at)
            victim = death.victim
            self._teams[victim.team_id][victim.account_id].deaths.append(death.died_at)

    def _see(self, who: Character, at: datetime) -> None:
        if who.location.is_known:
            self._teams[who.team_id][who.account_id].add(at, who.location)

    def mates(self, who: Character, moment: datetime) -> dict[str, float]:
        """Distances in metres of living team mates seen near a moment, by account, ascending."""
        here = who.location
        found: dict[str, float] = {}
        for account_id, track in self._teams.get(who.team_id, {}).items():
            if account_id != who.account_id and (place := track.at(moment)) is not None:
                found[account_id] = metres_between(here, place)
        return dict(sorted(found.items(), key=lambda one: (one[1], one[0])))


def metres_between(one: Location, other: Location) -> float:
    """How far two places are apart, height included."""
    return math.dist((one.x, one.y, one.z), (other.x, other.y, other.z)) / CM
