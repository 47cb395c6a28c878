"""A match while it is made: the clock, the running scripts, the events and rows written so far.

A script is a generator: it does something at the current moment and yields the next moment (ms since
the start) at which it wants to go on. Scripts of one moment run in the order in which they were started.
Events are encoded as they are told, so the file is in the order of time.
"""

from __future__ import annotations

import heapq
import math
import random
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from tests.replica.pubg import shapes
from tests.replica.pubg.actors import OUT, Actor, Team
from tests.replica.pubg.fights import Plan
from tests.replica.pubg.kinds import Era, Kind
from tests.replica.pubg.shape_2018 import event_2018
from tests.replica.pubg.truth import Truth, Who
from tests.replica.pubg.wire import Stamps, f32

Script = Iterator[int]
AFTERMATH_MS = 60_000
TOWN_CM = 40_000
TOWNS = ("pochinki", "school", "yasnayapolyana", "rozhok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is fixed before a match begins; `full_id` is the long id of LogMatchDefinition."""

    match_id: str
    full_id: str
    kind: Kind
    era: Era
    map_name: str
    start: datetime
    length_ms: int


class Simulation:
    """The state of a match in the making."""

    def __init__(
        self,
        setting: Setting,
        rng: random.Random,
        plan: Plan,
        teams: list[Team],
    ) -> None:
        """Begin in the lobby, long before the start."""
        self.setting = setting
        self.kind = setting.kind
        self.era = setting.era
        self.rng = rng
        self.circles = plan.circles
        self.teams = teams
        self.plan = plan
        self.actors = [one for team in teams for one in team.members]
        self.now = -100_000
        self.over_ms: int | None = None
        self.truth = Truth()
        self.cases: set[str] = set()
        self.staged: set[int] = set()
        self.fates: deque[str] = deque()
        self.counts: Counter[str] = Counter()
        self.parts: list[bytes] = []
        self._stamps = Stamps(setting.start)
        self._encode = msgspec.json.Encoder().encode
        self._heap: list[tuple[int, int, Script]] = []
        self._scripts = 0
        self._attacks = 0
        self._knocks = 0

    # -- time

    def begin(self, script: Script) -> None:
        """Run a script up to its first wait."""
        self._scripts += 1
        self._go_on(self._scripts, script)

    def _go_on(self, number: int, script: Script) -> None:
        ms = next(script, None)
        if ms is not None:
            heapq.heappush(self._heap, (max(ms, self.now), number, script))

    def run(self) -> None:
        """Run all scripts to their ends."""
        while self._heap:
            self.now, number, script = heapq.heappop(self._heap)
            self._go_on(number, script)

    @property
    def is_over(self) -> bool:
        """Whether one team alone is left."""
        return self.over_ms is not None

    # -- words

    def stamp(self, late_ms: int = 0) -> str:
        """The stamp of this moment, or of one some ms later."""
        return self._stamps.at(self.now + late_ms)

    def tell(self, kind: str, body: dict[str, Any], *, late_ms: int = 0) -> bool:
        """Write an event, stamped `late_ms` too late; False if the era does not know it."""
        if kind in self.era.unknown:
            return False
        game = self.circles.game(self.now)
        event = {"_T": kind, **body, "common": {"isGame": game}, "_D": self.stamp(late_ms)}
        if self.era.is_2018:
            place = (self.setting.full_id, self.setting.map_name)
            event = event_2018(event, *place, is_lobby=self.now < -60_000)
        self.counts[kind] += 1
        self.parts.append(self._encode(event))
        return True

    def define(self, *, ticks: int) -> None:
        """Put LogMatchDefinition before everything, although it is later than most of the lobby."""
        self.counts["LogMatchDefinition"] += 1
        old = self.era.is_2018
        stamp = self._stamps.exact(3, ticks, zone="+00:00" if old else "Z")
        body = {"MatchId": self.setting.full_id, "PingQuality": "high" if old else ""}
        if old:
            event = body | {"_V": 2, "_D": stamp, "_T": "LogMatchDefinition"}
        else:
            event = {"_T": "LogMatchDefinition", **body, "_D": stamp}
        self.parts.insert(0, self._encode(event))

    def attack_id(self, actor: Actor) -> int:
        """A new attack id: the attacker's team in the upper bits, a count in the lower."""
        self._attacks += 1
        return (max(0, actor.team.number) + 1 << 24) + self._attacks

    def knock_id(self) -> int:
        """A new dBNOId, a multiple of 2^24."""
        self._knocks += 1
        return (self._knocks + 1) << 24

    # -- characters

    def who(self, actor: Actor) -> Who:
        """A character as he is now, in the numbers of the wire."""
        x, y, z = actor.where(self.now)
        person = actor.person
        blue = self.circles.blue(self.now)
        return Who(
            person.account,
            person.name,
            actor.team.team_id,
            f32(actor.health) if actor.state != OUT else 0,
            f32(x),
            f32(y),
            f32(z),
            actor.is_riding(self.now),
            self.now >= 0 and blue.distance(x, y) > blue.radius,
        )

    def character(self, actor: Actor, who: Who | None = None) -> shapes.Shape:
        """The character object of an actor."""
        who = who or self.who(actor)
        return shapes.character(
            who,
            ranking=actor.ranking,
            own_ranking=actor.own_ranking,
            zone=_town(who),
            is_down=actor.knock is not None,
        )

    def vehicle(self, who: Who) -> shapes.Shape | None:
        """The vehicle a character sits in; None on foot."""
        if not who.is_in_vehicle:
            return None
        return shapes.vehicle(
            "Dacia_A_03_v2_C", 0, shapes.place(who.x, who.y, who.z), velocity=1100
        )

    def teams_alive(self) -> list[Team]:
        """The teams with anybody up."""
        return [team for team in self.teams if any(one.state == "up" for one in team.members)]

    def up(self) -> list[Actor]:
        """Everybody who is up."""
        return [one for one in self.actors if one.state == "up"]

    def others_near(self, team: Team, besides: Team) -> list[Actor]:
        """Who of the other human teams is up, the nearest first."""
        if not team.members:
            return []
        x, y, _ = team.members[0].where(self.now)
        free = [one for one in self.up() if one.team not in {team, besides}]
        return sorted(free, key=lambda one: math.dist((x, y), one.where(self.now)[:2]))


def _town(who: Who) -> list[str]:
    """The named place that a character stands in, if any."""
    number = int(who.x // TOWN_CM) * 31 + int(who.y // TOWN_CM) * 17
    return [TOWNS[number // 9 % len(TOWNS)]] if number % 9 == 0 else []
