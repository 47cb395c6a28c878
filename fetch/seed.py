"""Where a crawl without a listing begins: pages that the user names; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedGroup:
    """Pages that each run asks for anew.

    finder   who finds what they lead to, in a word
    targets  path and query of each; each asks for one thing
    joined   gives the target that asks for several things at once; None: each is asked for alone
    at_once  most things that one page may ask for
    """

    finder: str
    targets: tuple[str, ...]
    joined: Callable[[Sequence[str]], str] | None = None
    at_once: int = 1

    def pages(self, is_gone: Callable[[str], bool]) -> tuple[str, ...]:
        """The targets to ask for, without what is gone; so many things to one as may be."""
        left = [target for target in self.targets if not is_gone(target)]
        if self.joined is None:
            return tuple(left)
        starts = range(0, len(left), self.at_once)
        return tuple(self.joined(left[start : start + self.at_once]) for start in starts)
