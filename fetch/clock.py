"""Time as a crawl sees it, so that tests can bring their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

# Seconds. How long an interrupt may go unnoticed while a crawl waits for its turn.
_SLICE_S = 0.25


class Clock(Protocol):
    """Where a crawl reads the time and how it waits."""

    def now(self) -> datetime:
        """Wall time, aware, UTC: for dates that are written down."""

    def monotonic(self) -> float:
        """Seconds that never run backwards: for pace."""

    async def sleep(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait; return early once `stopped` answers True."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Wall time, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float, stopped: Callable[[], bool]) -> None:
        """Wait in short slices, so that an interrupt is noticed on every platform."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not stopped():  # noqa: ASYNC110 - no event: a signal handler sets a flag
            await asyncio.sleep(min(left, _SLICE_S))
