"""One place for a child: when it may run, and how often in a row it has failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from fetch.watching.plan import Again, Ended


class Running(Protocol):
    """A child that was started."""

    def ended(self) -> Ended | None:
        """How it ended, None while it runs."""

    def interrupt(self) -> None:
        """Ask it to end in order."""

    def kill(self, within_s: float) -> None:
        """End it, by force where it does not by itself in time."""


Start = Callable[[Sequence[str], Callable[[str], None]], Running]
"""Starts a command, and passes on what it says."""


class Lane:
    """Runs one child at a time."""

    def __init__(self, name: str, start: Start, say: Callable[[str], None]) -> None:
        """Run nothing yet."""
        self.name = name
        self.due_s = 0.0
        self.failures = 0
        self._start = start
        self._say = say
        self._child: Running | None = None
        self._said: set[str] = set()
        self._said_before: set[str] = set()

    @property
    def is_busy(self) -> bool:
        """Whether a child runs."""
        return self._child is not None

    def run(self, words: Sequence[str]) -> None:
        """Start a command."""
        assert self._child is None
        self._said_before, self._said = self._said, set()
        self._child = self._start(words, self._pass_on)

    def ended(self) -> Ended | None:
        """How the child has ended, once; None where none runs or one still does."""
        ended = self._child.ended() if self._child else None
        if ended is not None:
            self._child = None
        return ended

    def go_on(self, again: Again, now_s: float) -> None:
        """Run again, but not before it is time."""
        self.due_s = now_s + again.after_s
        self.failures = again.failures

    def interrupt(self) -> None:
        """Ask the child to end in order, if one runs."""
        if self._child:
            self._child.interrupt()

    def kill(self, within_s: float) -> None:
        """End the child, if one runs."""
        if self._child:
            self._child.kill(within_s)

    def _pass_on(self, line: str) -> None:
        """Pass on what the child says, unless the one before it said so, too."""
        self._said.add(line)
        if line not in self._said_before:
            self._say(f"{self.name}: {line}")
