"""Each host's turn: the pace applied, with clock and chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from urllib.parse import urlsplit

from fetch.clock import Clock
from fetch.pace import HostState, Pace, after_answer, after_trouble


class Stopped(Exception):
    """The crawl shall end while it waits for a host's turn."""


class Throttle:
    """Keeps the state of every host, and waits for its turn.

    pace     for hosts that asked for nothing else
    stopped  answers True once the crawl shall end: nothing is waited for then
    """

    def __init__(
        self, pace: Pace, clock: Clock, chance: Random, stopped: Callable[[], bool]
    ) -> None:
        """Know no host yet."""
        self._pace = pace
        self._clock = clock
        self._chance = chance
        self._stopped = stopped
        self._paces: dict[str, Pace] = {}
        self._hosts: dict[str, HostState] = {}
        self._is_shut = False

    @property
    def hosts(self) -> Mapping[str, HostState]:
        """The state of each host met so far."""
        return self._hosts

    def pace_of(self, host: str) -> Pace:
        """The pace of a host, its Crawl-delay included."""
        return self._paces.get(host, self._pace)

    def slow_down(self, host: str, crawl_delay_s: float) -> None:
        """Honour a Crawl-delay from now on."""
        self._paces[host] = self._pace.at_least(crawl_delay_s)

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
                self._hosts[host] = replace(state, ready_at_s=now_s + self.pace_of(host).min_s)
                return
            if self._stopped():
                raise Stopped
            await self._clock.sleep(state.ready_at_s - now_s, self._stopped)
        raise Stopped

    def answered(self, host: str) -> None:
        """A host gave a good answer just now."""
        self._hosts[host] = after_answer(
            self._hosts.get(host, HostState()),
            self.pace_of(host),
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


def host_of(url: str) -> str:
    """The host whose pace a URL obeys: name and port."""
    return urlsplit(url).netloc
