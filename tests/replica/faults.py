"""Faults on demand: which requests go wrong, how, and how often; planted one by one, or by chance."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

KINDS = (
    "block",
    "challenge",
    "challenge_localized",
    "incapsula",
    "404",
    "429",
    "500",
    "503",
    "truncated",
    "empty",
    "soft_error",
    "stale",
    "unparsable",
    "slow",
    "reset",
    "robots_disallow",
)
CHAOS_KINDS = ("500", "503", "429", "truncated", "reset")
PAGES = ("/results", "/matches/", "/stats/")  # what chaos strikes: no robots.txt, no asset
EVERYTHING = re.compile("")
IN_A_ROW_MAX = 2  # chaos never strikes one target more often without an answer in between


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault: requests whose target matches `pattern` fail `times` times (None: always).

    `skip` matching requests pass unharmed first. `retry_after` is the header of a 429 or 503, in
    seconds or as an HTTP date. `seconds` is how long a `slow` body takes.
    """

    pattern: re.Pattern[str]
    kind: str
    times: int | None = 1
    skip: int = 0
    retry_after: str | None = None
    seconds: float = 1.0
    seen: int = 0


class Chaos:
    """Faults by chance: each request for a page fails with probability `share`.

    The n-th request suffers what (seed, n) draws, so the same requests in the same order meet the
    same faults. After `IN_A_ROW_MAX` faults of a target its next request is answered.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        share: float = 0.02,
        kinds: Sequence[str] = CHAOS_KINDS,
        retry_after: str | None = None,
    ) -> None:
        """Take the settings; raises ValueError for a share or kind that does not exist."""
        if not 0 <= share <= 1:
            message = f"share {share!r} is not between 0 and 1"
            raise ValueError(message)
        if not kinds:
            message = "chaos needs at least one kind of fault"
            raise ValueError(message)
        self.seed = seed
        self.share = share
        self.kinds = tuple(_known(kind) for kind in kinds)
        self.retry_after = retry_after
        self.requests = 0
        self.struck: Counter[str] = Counter()
        self._in_a_row: Counter[str] = Counter()

    def take(self, target: str) -> Fault | None:
        """Return the fault that this request suffers, and count it."""
        self.requests += 1
        rng = random.Random(f"{self.seed}:{self.requests}:chaos")
        strikes = rng.random() < self.share
        if not strikes or self._in_a_row[target] == IN_A_ROW_MAX:
            self._in_a_row.pop(target, None)
            return None
        kind = rng.choice(self.kinds)
        self._in_a_row[target] += 1
        self.struck[kind] += 1
        seen = self.struck[kind]
        return Fault(
            pattern=EVERYTHING,
            kind=kind,
            retry_after=self.retry_after,
            seen=seen,
        )

    def counts(self) -> dict[str, object]:
        """Requests that could have failed, and faults by kind."""
        return {"requests": self.requests, "struck": dict(sorted(self.struck.items()))}


@dataclass(slots=True)
class Faults:
    """The faults planted on a server, in the order they were added, and chaos where it is on.

    `pages` are the beginnings of the targets that chaos strikes.
    """

    planted: list[Fault] = field(default_factory=list)
    chaos: Chaos | None = None
    pages: tuple[str, ...] = PAGES

    def add(
        self,
        *,
        pattern: str,
        kind: str,
        times: int | None = 1,
        skip: int = 0,
        retry_after: str | None = None,
        seconds: float = 1.0,
    ) -> None:
        """Plant a fault; raises ValueError for a kind that does not exist."""
        self.planted.append(
            Fault(
                pattern=re.compile(pattern),
                kind=_known(kind),
                times=times,
                skip=skip,
                retry_after=retry_after,
                seconds=seconds,
            )
        )

    def clear(self) -> None:
        """Remove all planted faults; chaos goes on."""
        self.planted.clear()

    def take(self, target: str) -> Fault | None:
        """Return the fault that this request suffers, and count it."""
        for fault in self.planted:
            if fault.times == 0 or not fault.pattern.search(target):
                continue
            fault.seen += 1
            if fault.seen <= fault.skip:
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        if self.chaos and target.startswith(self.pages):
            return self.chaos.take(target)
        return None


def _known(kind: str) -> str:
    """The kind itself; raises ValueError for one that does not exist."""
    if kind not in KINDS:
        message = f"fault kind {kind!r} is none of {', '.join(KINDS)}"
        raise ValueError(message)
    return kind
