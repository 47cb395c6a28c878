"""Faults on demand: which requests go wrong, how, and how often."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KINDS = (
    "block",
    "challenge",
    "challenge_localized",
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


@dataclass(slots=True)
class Faults:
    """The faults planted on a server, in the order they were added."""

    planted: list[Fault] = field(default_factory=list)

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
        if kind not in KINDS:
            message = f"fault kind {kind!r} is none of {', '.join(KINDS)}"
            raise ValueError(message)
        self.planted.append(
            Fault(
                pattern=re.compile(pattern),
                kind=kind,
                times=times,
                skip=skip,
                retry_after=retry_after,
                seconds=seconds,
            )
        )

    def clear(self) -> None:
        """Remove all faults."""
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
        return None
