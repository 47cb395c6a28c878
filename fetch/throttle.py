"""Each host's turn: the pace applied, with clock and chance.

What a host does not limit has a turn and a pace of its own: the host's name and a mark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from urllib.parse import urlsplit

from fetch.clock import Clock
from fetch.pace import NO_PACE, HostState, Pace, after_answer, after_trouble

# What stands after a host's name where its unlimited pages are meant; no host is written so.
_FREE = " (unlimited)"


class Stopped(Exception):
    """The crawl shall end while it waits for a host's turn."""


class Throttle:
    """Keeps the state of every host, and waits for its turn.

    pace       for hosts that asked for nothing else
    free_pace  for what hosts do not limit
    stopped    answers True once the crawl shall end: nothing is waited for then
    """

    def __init__(
        self,
        pace: Pace,
        clock: Clock,
        chance: Random,
        stopped: Callable[[], bool],
        *,
        free_pace: Pace = NO_PACE,
    ) -> None:
        """Know no host yet."""
        self._pace = pace
        self._free_pace = free_pace
        self._clock = clock
        self._chance = chance
        self._stopped = stopped
        self._crawl_delays: dict[str, float] = {}
        self._hosts: dict[str, HostState] = {}
        self._reserved_s: dict[str, float] = {}
        self._is_shut = False

    @property
    def hosts(self) -> Mapping[str, HostState]:
        """The state of each host met so far."""
        return self._hosts

    def pace_of(self, host: str) -> Pace:
        """The pace of a host, its Crawl-delay included."""
        pace = self._free_pace if host.endswith(_FREE) else self._pace
        return pace.at_least(self._crawl_delays.get(host.removesuffix(_FREE), 0.0))

    def slow_down(self, host: str, crawl_delay_s: float) -> None:
        """Honour a Crawl-delay from now on."""
        self._crawl_delays[host] = crawl_delay_s

    def shut(self) -> None:
        """Let nobody through any more: a site refuses, and what waits must not ask it again."""
        self._is_shut = True

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long from now on."""
        state = self._hosts.get(host, HostState())
        ready_at_s = max(state.ready_at_s, self._clock.monotonic() + seconds)
        self._hosts[host] = replace(state, ready_at_s=ready_at_s)

    async def turn(self, host: str) -> None:
        """Wait until a host may be asked; who else waits for it comes a pause later.

        raises  Stopped when the crawl shall end before that
        """
        while not self._is_shut:
            state, now_s = self._hosts.get(host, HostState()), self._clock.monotonic()
            if state.ready_at_s <= now_s:
                self._reserved_s[host] = now_s + self.pace_of(host).min_s
                self._hosts[host] = replace(state, ready_at_s=self._reserved_s[host])
                return
            if self._stopped():
                raise Stopped
            await self._clock.sleep(state.ready_at_s - now_s, self._stopped)
        raise Stopped

    def answered(self, host: str, pause_s: float | None = None) -> None:
        """A host gave a good answer just now.

        pause_s  seconds after which its own count of requests allows the next; None: it keeps none
        """
        state, pace = self._hosts.get(host, HostState()), self.pace_of(host)
        if pause_s is not None:
            pace = Pace(pause_s, pause_s)
            if state.ready_at_s == self._reserved_s.get(host):
                state = replace(state, ready_at_s=0.0)  # reserved by a pace that no longer counts
        self._hosts[host] = after_answer(
            state,
            pace,
            now_s=self._clock.monotonic(),
            roll=self._chance.random(),
        )

    def troubled(self, host: str, retry_after_s: float | None) -> None:
        """A host asked for patience just now, or did not answer."""
        self._hosts[host] = after_trouble(
            self._hosts.get(host, HostState()),
            self.pace_of(host),
            now_s=self._clock.monotonic(),
            roll=self._chance.random(),
            retry_after_s=retry_after_s,
        )


def host_of(url: str, *, is_free: bool = False) -> str:
    """Whose pace a URL obeys: a host's name and port.

    is_free  the host does not limit pages of its type
    """
    return urlsplit(url).netloc + (_FREE if is_free else "")
