"""What a crawl tells while it runs: a bar on a terminal, plain lines in a pipe, or nothing."""

from __future__ import annotations

import sys
import time
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

# Seconds between two lines in a pipe: enough to see life, few enough for a log of a day.
_LINE_EVERY_S = 15.0


class Reporter(Protocol):
    """Who hears of progress."""

    def say(self, text: str) -> None:
        """Tell one thing that matters now."""

    def advance(self, done: int, left: int, page: str) -> None:
        """So many pages are done in this run and so many known ones are left; the last was this."""

    def close(self) -> None:
        """The crawl is over."""


class Silent:
    """Says nothing."""

    def say(self, text: str) -> None:
        """Ignore it."""

    def advance(self, done: int, left: int, page: str) -> None:
        """Ignore it."""

    def close(self) -> None:
        """Nothing to end."""


class Lines:
    """One line now and then, for pipes and logs."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Write to standard error unless told otherwise."""
        self._stream = stream or sys.stderr
        self._began = self._told = time.monotonic()

    def say(self, text: str) -> None:
        """Write a line."""
        print(text, file=self._stream, flush=True)

    def advance(self, done: int, left: int, page: str) -> None:
        """Write a line if the last one is a while ago."""
        now = time.monotonic()
        if now - self._told < _LINE_EVERY_S:
            return
        self._told = now
        rate = done / (now - self._began)
        self.say(f"{done} pages, {left} known left, {rate:.2f} pages/s, last {page}")

    def close(self) -> None:
        """Nothing to end."""


class _Rate(ProgressColumn):
    """Pages per second."""

    def render(self, task: Task) -> Text:
        """The rate, as rich measures it."""
        return Text(f"{task.speed:.2f} pages/s" if task.speed else "")


class Bar:
    """A bar with rate and time left, on standard error."""

    def __init__(self) -> None:
        """Show the bar."""
        self._console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None)
        self._progress.start()

    def say(self, text: str) -> None:
        """Write a line above the bar."""
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def advance(self, done: int, left: int, page: str) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=done + left, description=page)

    def close(self) -> None:
        """Take the bar away."""
        self._progress.stop()


def reporter(*, quiet: bool, json: bool) -> Reporter:
    """The reporter that fits the options and where standard error leads."""
    if quiet or json:
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()
