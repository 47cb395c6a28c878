"""Where everybody is at any moment: the plane, the parachute, and straight ways on the ground."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass, field

Point = tuple[float, float]
PLANE_Z = 150_088.0
CROSSING_MS = 95_000
DRIVING_CM_S = 900.0


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane's straight line across the map; it starts outside, at negative x."""

    start: Point
    end: Point

    def at(self, ms: int) -> Point:
        """Where the plane is."""
        done = ms / CROSSING_MS
        (x0, y0), (x1, y1) = self.start, self.end
        return x0 + (x1 - x0) * done, y0 + (y1 - y0) * done


def draw_plane(rng: random.Random, square_cm: int) -> Plane:
    """A line from the western to the eastern edge, a little beyond both."""
    beyond = square_cm * 0.09
    return Plane(
        (-beyond, rng.uniform(0.15, 0.85) * square_cm),
        (square_cm + beyond, rng.uniform(0.15, 0.85) * square_cm),
    )


@dataclass(slots=True)
class Path:
    """Way points on the ground, by time; straight lines between, rest before and after."""

    times: list[int] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    def add(self, ms: int, point: Point) -> None:
        """Be at a point at a time, which is later than all before (or is moved to be)."""
        if self.times and ms <= self.times[-1]:
            ms = self.times[-1] + 1
        self.times.append(ms)
        self.points.append(point)

    def at(self, ms: int) -> Point:
        """Where the path is at a time."""
        after = bisect_right(self.times, ms)
        if after == 0:
            return self.points[0]
        if after == len(self.times):
            return self.points[-1]
        t0, t1 = self.times[after - 1], self.times[after]
        (x0, y0), (x1, y1) = self.points[after - 1], self.points[after]
        done = (ms - t0) / (t1 - t0)
        return x0 + (x1 - x0) * done, y0 + (y1 - y0) * done

    def is_driven(self, ms: int) -> bool:
        """Whether one is too fast there to be on foot."""
        after = bisect_right(self.times, ms)
        if after in {0, len(self.times)}:
            return False
        seconds = (self.times[after] - self.times[after - 1]) / 1000
        return math.dist(self.points[after - 1], self.points[after]) / seconds > DRIVING_CM_S

    def length(self, until_ms: int) -> tuple[float, float]:
        """How far one came by a time: metres on foot, metres driven."""
        walked = driven = 0.0
        for index in range(1, len(self.times)):
            if self.times[index - 1] >= until_ms:
                break
            end = self.at(min(self.times[index], until_ms))
            metres = math.dist(self.points[index - 1], end) / 100
            if self.is_driven(self.times[index - 1]):
                driven += metres
            else:
                walked += metres
        return walked, driven
