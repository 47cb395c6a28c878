"""How long hosts asked to be left alone, remembered from run to run.

A time that a host names (Retry-After) is obeyed by the run it is told to and by all later ones. A
block or a challenge names none: then an hour passes before the host is asked for anything again,
so that a command in a loop does not knock at a closed door. The operator's own machine is spared
that hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from fetch.clock import Clock
from fetch.log import LOGGER
from fetch.options import is_loopback
from fetch.report import Refusal, moment, span
from fetch.retry import PATIENCE_S
from fetch.throttle import Throttle, host_of
from warc.collection import Collection

# Seconds for which a host that blocked us is left alone where it names no time itself.
WALL_COOLDOWN_S = 3600.0


class Cooldowns:
    """What hosts asked for, kept in the manifest."""

    def __init__(self, *, collection: Collection, throttle: Throttle, clock: Clock) -> None:
        """Recall what earlier runs were told: a short rest is waited for, a long one refuses."""
        self._manifest = collection.manifest
        self._clock = clock
        self._cooldowns = self._manifest.host_waits(clock.now())
        for host in self._cooldowns:
            if (left_s := self._left_s(host)) <= PATIENCE_S:
                throttle.rest(host, left_s)

    def sentences(self) -> tuple[str, ...]:
        """What a person must know before a run waits."""
        return tuple(
            f"{host} asked an earlier run for patience ({why}): "
            f"nothing is asked of it before {moment(until)}, in {span(self._left_s(host))}."
            for host, (until, why) in sorted(self._cooldowns.items())
        )

    def refusal(self, url: str) -> Refusal | None:
        """Why nothing of a URL's host may be asked for in this run; None if it may."""
        rest = self._cooldowns.get(host := host_of(url))
        if rest is None or self._left_s(host) <= PATIENCE_S:
            return None
        until, why = rest
        return Refusal(
            problem=f"{why} (said to an earlier run; nothing was asked for now)",
            url=url,
            until=moment(until),
        )

    def remember(self, url: str, *, seconds: float, why: str) -> datetime:
        """Leave a URL's host alone for so long; until when."""
        host, until = host_of(url), self._clock.now() + timedelta(seconds=seconds)
        self._manifest.put_host(host, not_before=until, why=why)
        LOGGER.info("%s is left alone until %s: %s", host, moment(until), why)
        return until

    def remember_refusal(self, refusal: Refusal) -> Refusal:
        """Leave alone the host that refuses; the refusal with the time it names."""
        seconds = refusal.retry_after_s
        if seconds is None and refusal.is_wall and not is_loopback(refusal.url):
            seconds = WALL_COOLDOWN_S
        if seconds is None or refusal.until:
            return refusal
        return refusal.with_until(
            moment(self.remember(refusal.url, seconds=seconds, why=refusal.problem))
        )

    def _left_s(self, host: str) -> float:
        """Seconds for which a host wants to be left alone."""
        until, _ = self._cooldowns[host]
        return max(0.0, (until - self._clock.now()).total_seconds())
