"""Which teams meet when and where, and the ways that lead them there."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from tests.replica.pubg.circles import Circle, Circles
from tests.replica.pubg.paths import Path, Plane, Point

FULL_MS = 1_560_000
FIRST_MS = 115_000
BUSY_MS = 75_000
STAY_MS = 50_000  # how long a team is held by a fight of a full match
LAGGING = 0.6  # how often a team lets the circle go and comes when the next one shrinks
STAYING = 0.6  # how often a team stays where it is until it is late
PACE_CM_MS = 1.1
HOT_DROP = 0.35
PUNCTUAL = (0.4, 1.5)  # when teams reach the next white circle, in shares of its shrinking


@dataclass(frozen=True, slots=True)
class Fight:
    """One meeting: `hunters` attack `prey` (numbers of teams); `is_last`: nobody of prey remains."""

    at_ms: int
    hunters: int
    prey: int
    place: Point
    is_last: bool


@dataclass(slots=True)
class Plan:
    """All fights of a match by time, and what each team has in its calendar."""

    circles: Circles
    square_cm: int
    winner: int = 0
    fights: list[Fight] = field(default_factory=list)
    until: dict[int, int] = field(default_factory=dict)

    @property
    def early_ms(self) -> int:
        """Until then fights are where both teams came down."""
        return self.circles.phases[0].shrinks_ms if self.circles.phases else 0

    def of(self, team: int) -> list[Fight]:
        """The fights of a team, by time."""
        mine = [one for one in self.fights if team in {one.hunters, one.prey}]
        return sorted(mine, key=lambda one: one.at_ms)

    def busy(self, team: int, ms: int) -> Fight | None:
        """A fight of the team at about that time."""
        near = [one for one in self.of(team) if abs(one.at_ms - ms) < BUSY_MS]
        return near[-1] if near else None


def draw_fights(
    rng: random.Random, circles: Circles, square_cm: int, teams: list[bool], length_ms: int
) -> Plan:
    """Draw the fights of a match; `teams` says of each whether humans play in it."""
    plan = Plan(circles, square_cm)
    humans = [number for number, is_human in enumerate(teams) if is_human]
    plan.winner = rng.choice(humans)
    losers = [number for number in range(len(teams)) if number != plan.winner]
    rng.shuffle(losers)
    span = length_ms - 20_000 - FIRST_MS
    for place, team in enumerate(losers):
        share = ((place + 1) / len(losers)) ** 1.15
        plan.until[team] = FIRST_MS + round(span * share) + rng.randrange(-3000, 3000)
    plan.until[plan.winner] = length_ms * 2
    losers.sort(key=plan.until.__getitem__)
    for place, team in enumerate(losers):
        later = [*losers[place + 1 :], plan.winner]
        _meet(rng, plan, team, later, teams)
    for _ in range(len(teams) // 2):
        ms = rng.randrange(FIRST_MS, max(FIRST_MS + 1, length_ms - 60_000))
        free = [n for n in humans if plan.until[n] > ms + BUSY_MS and not plan.busy(n, ms)]
        if len(free) > 1:
            hunters, prey = rng.sample(free, 2)
            spot = _spot(rng, plan, ms)
            plan.fights.append(Fight(ms, hunters, prey, spot, is_last=False))
    plan.fights.sort(key=lambda one: one.at_ms)
    return plan


def _meet(rng: random.Random, plan: Plan, prey: int, later: list[int], teams: list[bool]) -> None:
    """Have a team meet its end: mostly by humans, at the place where either is held up anyway."""
    ms = plan.until[prey]
    own = plan.busy(prey, ms)
    free = [one for one in later if not plan.busy(one, ms)] if own else later
    candidates = [one for one in free or later if teams[one]] or free or later
    if rng.random() < 0.12:
        candidates = free or later
    hunters = rng.choice(candidates)
    other = own or plan.busy(hunters, ms)
    place = other.place if other else _spot(rng, plan, ms)
    plan.fights.append(Fight(ms, hunters, prey, place, is_last=True))


def _spot(rng: random.Random, plan: Plan, ms: int) -> Point:
    """A place to meet: anywhere early, then within the white circle."""
    if ms < plan.early_ms:
        return landing_spot(rng, plan.square_cm)
    return _within(rng, plan.circles.white(ms))


def _within(rng: random.Random, circle: Circle) -> Point:
    reach = circle.radius * 0.85 * math.sqrt(rng.random())
    angle = rng.uniform(0, math.tau)
    return circle.x + reach * math.cos(angle), circle.y + reach * math.sin(angle)


def landing_spot(rng: random.Random, square_cm: int) -> Point:
    """Somewhere on the map, not at its edge."""
    return rng.uniform(0.1, 0.9) * square_cm, rng.uniform(0.1, 0.9) * square_cm


@dataclass(frozen=True, slots=True)
class Trip:
    """A team's match: when it jumps and lands (ms), and its way on the ground."""

    plane: Plane
    jump_ms: int
    land_ms: int
    path: Path


def trip_of(rng: random.Random, plan: Plan, plane: Plane, team: int, length_ms: int) -> Trip:
    """A team's way from fight to fight; it often stays until it is late, and then is outside."""
    path = Path()
    calendar = plan.of(team)
    land_ms = rng.randrange(62_000, 108_000)
    if calendar and calendar[0].at_ms < plan.early_ms:
        spot = _beside(rng, calendar[0].place)
        if rng.random() > HOT_DROP:
            land_ms = min(land_ms, calendar[0].at_ms - 9000)
    else:
        spot = landing_spot(rng, plan.square_cm)
    path.add(land_ms, spot)
    stay_ms = round(STAY_MS * min(1.0, length_ms / FULL_MS))
    stops = [(one.at_ms - 6000, one.at_ms + stay_ms, _beside(rng, one.place)) for one in calendar]
    for arrive_ms, leave_ms, point in sorted(stops + _rotations(rng, plan, stops)):
        distance = math.dist(path.points[-1], point)
        if rng.random() < STAYING:
            path.add(max(path.times[-1], arrive_ms - round(distance / PACE_CM_MS)), path.points[-1])
        path.add(arrive_ms, point)
        path.add(leave_ms, point)
    last = plan.circles.white(length_ms)
    path.add(max(path.times[-1] + 30_000, length_ms), (last.x, last.y) if last.radius else spot)
    jump_ms = max(18_000, min(land_ms - 25_000, _nearest(plane, spot)))
    return Trip(plane, jump_ms, land_ms, path)


def _rotations(
    rng: random.Random, plan: Plan, stops: list[tuple[int, int, Point]]
) -> list[tuple[int, int, Point]]:
    """When a team moves into the white circles, where it is not busy then; sometimes too late."""
    found = []
    for phase in plan.circles.phases:
        ms = phase.shrinks_ms + round((phase.ends_ms - phase.shrinks_ms) * rng.uniform(*PUNCTUAL))
        is_late = rng.random() < LAGGING
        if not is_late and all(not arrive - 15_000 < ms < leave for arrive, leave, _ in stops):
            found.append((ms, ms + 1000, _within(rng, phase.white)))
    return found


def _nearest(plane: Plane, spot: Point) -> int:
    """When the plane comes closest to a spot."""
    return min(range(18_000, 76_000, 1000), key=lambda ms: math.dist(plane.at(ms), spot))


def _beside(rng: random.Random, place: Point) -> Point:
    """Some 5 to 90 m from a place."""
    reach = rng.choice((700, 2500, 6000, 9000)) * rng.uniform(0.7, 1.0)
    angle = rng.uniform(0, math.tau)
    return place[0] + reach * math.cos(angle), place[1] + reach * math.sin(angle)
