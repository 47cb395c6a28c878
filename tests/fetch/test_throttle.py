"""A host's turn, with several who wait for it."""

from __future__ import annotations

import asyncio
import itertools
from random import Random

import pytest

from fetch.pace import Pace
from fetch.throttle import Throttle, host_of
from tests.fakes import FakeClock

PACE = Pace(3.0, 8.0)


def test_those_who_wait_for_one_host_leave_one_by_one() -> None:
    clock = FakeClock()
    throttle = Throttle(PACE, clock, Random(1), lambda: False)
    left: list[float] = []

    async def worker() -> None:
        for _ in range(2):
            await throttle.turn("a.example")
            left.append(clock.monotonic())

    async def run() -> None:
        await asyncio.gather(*(worker() for _ in range(4)))

    asyncio.run(run())
    assert len(left) == 8
    assert all(later - earlier >= 3 for earlier, later in itertools.pairwise(left))


def test_what_a_host_does_not_limit_has_a_turn_of_its_own() -> None:
    clock = FakeClock()
    throttle = Throttle(PACE, clock, Random(1), lambda: False, free_pace=Pace(0.5, 0.5))
    limited, free = (host_of("https://a.test/1", is_free=is_free) for is_free in (False, True))
    asyncio.run(throttle.turn(limited))
    asyncio.run(throttle.turn(free))
    assert clock.elapsed_s == 0
    throttle.answered(free)
    assert throttle.hosts[free].ready_at_s == 0.5
    assert throttle.hosts[limited].ready_at_s == PACE.min_s
    throttle.slow_down(limited, 20.0)
    assert throttle.pace_of(free).min_s == throttle.pace_of(limited).min_s == 20.0


def test_the_pause_that_a_host_allows_replaces_the_one_that_was_reserved() -> None:
    clock = FakeClock()
    throttle = Throttle(PACE, clock, Random(1), lambda: False)
    asyncio.run(throttle.turn("a.test"))
    throttle.answered("a.test", 0.2)
    assert throttle.hosts["a.test"].ready_at_s == pytest.approx(0.2)
    asyncio.run(throttle.turn("a.test"))
    throttle.rest("a.test", 60.0)
    throttle.answered("a.test", 0.2)
    assert throttle.hosts["a.test"].ready_at_s == pytest.approx(60.2)
