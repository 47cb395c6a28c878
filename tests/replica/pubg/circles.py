"""The circles: white ones as announced, the blue one closing in on them (sections 2.2, 2.3, 10)."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass

from tests.replica.pubg.kinds import EIGHT_KM
from tests.replica.pubg.wire import Number, f32

AIRBORNE = f32(0.1)
FIRST_MS = (90_000, 120_000)
# how long a phase waits and how long it shrinks, in seconds of a match of full length
PACE = ((200, 120), (90, 90), (85, 75), (75, 65), (65, 55), (55, 50), (45, 40), (40, 35), (35, 30))
BLUE_CENTRE = 406_387.5
BLUE_RADIUS = 579_718.6875
TICKS = (0.4, 0.6, 0.8, 1.0, 3.0, 5.0, 7.0, 9.0, 11.0)


@dataclass(frozen=True, slots=True)
class Circle:
    """A centre and a radius in cm."""

    x: Number
    y: Number
    radius: Number

    def distance(self, x: float, y: float) -> float:
        """How far a point is from the centre, in cm of the plane."""
        return math.hypot(x - self.x, y - self.y)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: announced, then shrinking; times in ms since the start."""

    number: int
    announced_ms: int
    shrinks_ms: int
    ends_ms: int
    white: Circle


NOWHERE = Circle(0, 0, 0)


class Circles:
    """All phases of a match; without phases the blue circle lies still and wide."""

    def __init__(self, rng: random.Random, square_cm: int, length_ms: int, *, phases: int) -> None:
        """Draw nested circles for a map of this size and a match of about this length."""
        ratio = square_cm / EIGHT_KM
        self.first = Circle(
            f32(BLUE_CENTRE * ratio), f32(BLUE_CENTRE * ratio), f32(BLUE_RADIUS * ratio)
        )
        self.phases: list[Phase] = []
        start_ms = rng.randrange(*FIRST_MS)
        stretch = (length_ms + 40_000 - start_ms) / sum(map(sum, PACE[: max(1, phases)]))
        inner = Circle(self.first.x, self.first.y, square_cm * 0.42)
        radius = rng.uniform(192_000, 232_000) * ratio
        for number in range(1, phases + 1):
            wait, shrink = (round(seconds * stretch) for seconds in PACE[number - 1])
            white = _inside(rng, inner, radius)
            ends_ms = start_ms + wait + shrink
            self.phases.append(Phase(number, start_ms, start_ms + wait, ends_ms, white))
            start_ms, inner = ends_ms, white
            radius *= rng.uniform(0.5, 0.55)
        self._starts = [phase.announced_ms for phase in self.phases]

    def phase_at(self, ms: int) -> Phase | None:
        """The phase that was announced last."""
        found = bisect_right(self._starts, ms)
        return self.phases[found - 1] if found else None

    def white(self, ms: int) -> Circle:
        """The white circle; zeros before it is announced."""
        phase = self.phase_at(ms)
        return phase.white if phase else NOWHERE

    def blue(self, ms: int) -> Circle:
        """The circle outside of which it hurts."""
        phase = self.phase_at(ms)
        if phase is None:
            return self.first
        outer = self.phases[phase.number - 2].white if phase.number > 1 else self.first
        if ms <= phase.shrinks_ms:
            return outer
        if ms >= phase.ends_ms:
            return phase.white
        done = (ms - phase.shrinks_ms) / (phase.ends_ms - phase.shrinks_ms)
        inner = phase.white
        return Circle(
            f32(outer.x + (inner.x - outer.x) * done),
            f32(outer.y + (inner.y - outer.y) * done),
            f32(outer.radius + (inner.radius - outer.radius) * done),
        )

    def game(self, ms: int) -> Number:
        """`common.isGame`: 0 in the lobby, 0.1 in the air, p when announced, p.5 when shrinking."""
        if ms < 0:
            return 0
        phase = self.phase_at(ms)
        if phase is None:
            return AIRBORNE
        return phase.number if ms < phase.shrinks_ms else phase.number + 0.5

    def tick(self, ms: int) -> float:
        """What one tick of the blue zone costs."""
        phase = self.phase_at(ms)
        return TICKS[phase.number - 1] if phase else TICKS[0]


def _inside(rng: random.Random, outer: Circle, radius: float) -> Circle:
    """A circle of this radius wholly inside another."""
    reach = max(0.0, outer.radius - radius) * math.sqrt(rng.random())
    angle = rng.uniform(0, math.tau)
    return Circle(
        f32(outer.x + reach * math.cos(angle)), f32(outer.y + reach * math.sin(angle)), f32(radius)
    )
