"""A host's turn, with several who wait for it."""

from __future__ import annotations

import asyncio
import itertools
from random import Random

from fetch.pace import Pace
from fetch.throttle import Throttle
from tests.fakes import FakeClock


def test_those_who_wait_for_one_host_leave_one_by_one() -> None:
    clock = FakeClock()
    throttle = Throttle(Pace(3.0, 8.0), clock, Random(1), lambda: False)
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
