"""A clock that tests may set and advance, and the count of requests a key may make a minute."""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta


class Clock:
    """The server's time: it stands still unless `is_running`, then it goes on from where it was set."""

    def __init__(self, now: datetime, *, is_running: bool = False) -> None:
        """Begin at a UTC time."""
        self.is_running = is_running
        self.set(now)

    def set(self, now: datetime) -> None:
        """Set the time."""
        self._set_to = now
        self._set_at = time.monotonic()

    def advance(self, seconds: float) -> None:
        """Go on by some seconds."""
        self.set(self.now() + timedelta(seconds=seconds))

    def now(self) -> datetime:
        """What it shows."""
        gone = time.monotonic() - self._set_at if self.is_running else 0.0
        return self._set_to + timedelta(seconds=gone)


class RateLimit:
    """So many requests per key in a window that begins with the first of them (section 1.2)."""

    def __init__(self, limit: int = 10, window_s: float = 60.0) -> None:
        """Take requests a window and its length in seconds."""
        self.limit = limit
        self.window_s = window_s
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, key: str, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count a request; whether it is allowed, and the headers that say so (reset in epoch s)."""
        moment = now.timestamp()
        start, count = self._windows.get(key, (moment, 0))
        if moment >= start + self.window_s:
            start, count = moment, 0
        allowed = count < self.limit
        self._windows[key] = (start, count + allowed)
        return allowed, {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - count - allowed),
            "X-RateLimit-Reset": str(math.ceil(start + self.window_s)),
        }
