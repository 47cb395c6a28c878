"""Which page is next: a decision over one window of the queue, without clock, disk or network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from fetch.pace import HostState
from fetch.retry import PATIENCE_S


class Queued(Protocol):
    """A page that could be asked for now."""

    @property
    def host(self) -> str:
        """Whose pace it obeys."""


Q = TypeVar("Q", bound=Queued)


@dataclass(frozen=True, slots=True)
class Fetch(Generic[Q]):
    """Ask for this page now."""

    page: Q


@dataclass(frozen=True, slots=True)
class Wait:
    """Ask for nothing for so many seconds; always more than 0."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left that this crawl should wait for.

    later_s  seconds until a page comes due that is left to another run, None if there is none
    """

    later_s: float | None = None


def step(
    window: Sequence[Q],
    hosts: Mapping[str, HostState],
    *,
    now_s: float,
    next_due_s: float | None = None,
) -> Fetch[Q] | Wait | Done:
    """Choose the next action; the first page in the window whose host is ready goes first.

    window      pages that are due, best first
    hosts       state of each host met so far
    now_s       monotonic seconds, never wall time: a clock step must not cause a burst
    next_due_s  seconds until a page outside the window comes due, None if none will
    """
    ready_at = [hosts.get(page.host, HostState()).ready_at_s for page in window]
    for page, moment in zip(window, ready_at, strict=True):
        if moment <= now_s:
            return Fetch(page)
    if window:
        return Wait(min(ready_at) - now_s)
    if next_due_s is None:
        return Done()
    if next_due_s > PATIENCE_S:
        return Done(next_due_s)
    return Wait(max(next_due_s, 0.001))
