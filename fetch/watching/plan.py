"""What the end of a child means for those who watch; pure."""

from __future__ import annotations

from dataclasses import dataclass

# Seconds before a child that failed is started again: doubled each time, up to the longest.
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0

# Seconds that a child must have run for its failure to be the first one anew.
_HEALTHY_S = 600.0

# How a crawl ends that has done what it was asked for.
_COMPLETE = frozenset({"done", "limit", "minutes", "bytes"})

_DONE, _NEEDS_LOOK, _USAGE, _REFUSED, _HELD_BACK = 0, 1, 2, 3, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended.

    code    its exit code; negative: killed by a signal
    told    what it printed as JSON, {} if nothing
    ran_s   seconds
    """

    code: int
    told: dict[str, object]
    ran_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """It is started again after some seconds.

    failures  in a row, this one included; 0: it did not fail
    """

    after_s: float
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The watch is over.

    code      what it ends with
    at_once   whether what is archived need not be parsed first
    """

    code: int
    at_once: bool = False


def after_fetch(ended: Ended, *, failures: int, goes_on: bool, every_s: float) -> Again | Stop:
    """What follows on the end of a fetch.

    goes_on  whether it was to go on until a limit: then its end is that of the watch
    every_s  seconds until the next one, where it was not
    """
    if ended.code == _REFUSED:
        return Stop(code=_REFUSED)
    if ended.code == _USAGE:
        return Stop(code=_USAGE, at_once=True)
    if ended.code in {_DONE, _NEEDS_LOOK} and ended.told.get("ending") in _COMPLETE:
        return Stop(code=ended.code) if goes_on else Again(after_s=every_s)
    return _failed(ended, failures)


def after_parse(ended: Ended, *, failures: int, pause_s: float) -> Again:
    """What follows on the end of a parse, whatever it was: fetching goes on.

    One that was held back is not tried again before more is archived: it would be held back again.
    """
    if ended.code in {_DONE, _NEEDS_LOOK, _HELD_BACK}:
        return Again(after_s=pause_s)
    return _failed(ended, failures)


def _failed(ended: Ended, failures: int) -> Again:
    """Another attempt, later with each failure."""
    count = 1 if ended.ran_s >= _HEALTHY_S else failures + 1
    pause_s = FIRST_PAUSE_S * 2 ** min(count - 1, 10)
    return Again(after_s=min(pause_s, LONGEST_PAUSE_S), failures=count)
