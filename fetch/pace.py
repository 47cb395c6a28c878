"""When a host may be asked again.

Theory of operation. A host has one state: the moment from which it may be asked, and how many
strikes it has against us (answers that say 'slower', or none at all). Every answer moves the
moment into the future: by the ordinary pace, drawn between its two bounds; doubled for every
strike, up to a ceiling; and never before the time that the host itself named in Retry-After,
however far off. A good answer takes one strike away, so a host that stumbled is approached
gently. Nothing here reads a clock or draws a random number: callers bring both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from warc.errors import UsageError

# Seconds. Longest pause that back-off alone asks for; Retry-After may ask for more.
CEILING_S = 300.0

# Seconds. First pause after a failure where the ordinary pace is faster than that.
BACK_OFF_S = 2.0

# Strikes beyond which doubling is pointless: 2 s doubled eight times exceeds the ceiling.
_MOST_STRIKES = 8


@dataclass(frozen=True, slots=True)
class Pace:
    """Bounds, in seconds, of the pause between the end of one exchange and the next request."""

    min_s: float
    max_s: float

    def __post_init__(self) -> None:
        """Refuse bounds that are not a range."""
        if not 0 <= self.min_s <= self.max_s < float("inf"):
            raise UsageError(f"pace {self.min_s:g}-{self.max_s:g} is not a range of seconds")

    def __str__(self) -> str:
        """As written on the command line, with its unit."""
        return f"{self.min_s:g}-{self.max_s:g} s"

    def at_least(self, seconds: float) -> Pace:
        """The pace that also honours a Crawl-delay; jitter keeps its width."""
        if seconds <= self.min_s:
            return self
        return Pace(seconds, max(self.max_s, seconds + (self.max_s - self.min_s)))


NO_PACE = Pace(0.0, 0.0)
"""No pause at all: of what a host does not limit, and of the operator's own machine."""


@dataclass(frozen=True, slots=True)
class HostState:
    """What is remembered of a host.

    ready_at_s  monotonic seconds from which it may be asked
    strikes     how many bad answers are not yet outweighed by good ones
    """

    ready_at_s: float = 0.0
    strikes: int = 0


def parse_pace(text: str) -> Pace:
    """Read a pace in seconds.

    >>> parse_pace("3-8"), parse_pace("5")
    (Pace(min_s=3.0, max_s=8.0), Pace(min_s=5.0, max_s=5.0))
    """
    low, dash, high = text.strip().partition("-")
    try:
        return Pace(float(low), float(high if dash else low))
    except ValueError:
        raise UsageError(f"pace {text!r} is not MIN-MAX in seconds, for instance 3-8") from None


def after_answer(state: HostState, pace: Pace, *, now_s: float, roll: float) -> HostState:
    """The state after a good answer.

    now_s  monotonic seconds at which the exchange ended
    roll   in [0, 1): the place of the pause between the pace's bounds
    """
    strikes = max(0, state.strikes - 1)
    pause = _pause(pace, strikes, roll)
    return HostState(max(state.ready_at_s, now_s + pause), strikes)


def after_trouble(
    state: HostState, pace: Pace, *, now_s: float, roll: float, retry_after_s: float | None = None
) -> HostState:
    """The state after an answer that asks for patience, or after none at all.

    retry_after_s  seconds the host asked for; obeyed even beyond the ceiling
    """
    strikes = min(state.strikes + 1, _MOST_STRIKES)
    pause = max(_pause(pace, strikes, roll), retry_after_s or 0.0)
    return replace(state, ready_at_s=max(state.ready_at_s, now_s + pause), strikes=strikes)


def _pause(pace: Pace, strikes: int, roll: float) -> float:
    """Seconds to wait, with jitter; grows with strikes up to the ceiling, never below the pace."""
    ordinary = pace.min_s + (pace.max_s - pace.min_s) * roll
    if not strikes:
        return ordinary
    # Half to full: two crawls that failed together do not come back together.
    grown = max(ordinary, BACK_OFF_S) * float(2 ** (strikes - 1)) * (1 + roll)
    return max(ordinary, min(grown, CEILING_S))
