"""Where a crawl without a listing begins: pages that the user names; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from warc.hours import Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedGroup:
    """Pages that each run asks for anew.

    finder   who finds what they lead to, in a word
    targets  path and query of each; each asks for one thing
    joined   gives the target that asks for several things at once; None: each is asked for alone
    at_once  most things that one page may ask for
    every_s  seconds between two looks, of a crawl that watches
    hours    in which it looks; None: always
    """

    finder: str
    targets: tuple[str, ...]
    joined: Callable[[Sequence[str]], str] | None = None
    at_once: int = 1
    every_s: float = 600.0
    hours: Hours | None = None

    def pages(self, is_gone: Callable[[str], bool]) -> tuple[str, ...]:
        """The targets to ask for, without what is gone; so many things to one as may be."""
        left = [target for target in self.targets if not is_gone(target)]
        if self.joined is None:
            return tuple(left)
        starts = range(0, len(left), self.at_once)
        return tuple(self.joined(left[start : start + self.at_once]) for start in starts)

    def is_open(self, at: datetime) -> bool:
        """Whether a time is in the hours."""
        return self.hours is None or self.hours.next_open(at) == at

    def next_look(self, last: datetime, *, now: datetime) -> datetime:
        """When a crawl that watches looks again, after it has looked; `now` at the earliest."""
        due = max(last + timedelta(seconds=self.every_s), now)
        return self.hours.next_open(due) if self.hours else due
