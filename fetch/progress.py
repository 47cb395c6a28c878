"""What a crawl tells while it runs: a bar on a terminal, plain lines in a pipe, or nothing."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol, TextIO
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
)

# Seconds between two lines in a pipe: enough to see life, few enough for a log of a day.
_LINE_EVERY_S = 15.0

# Seconds: what a rate is divided by at least.
_SHORTEST_S = 0.001

# Characters: bar, counts, rate, time left and page fit into a terminal 80 wide.
_BAR_CHARS = 20
_PAGE_CHARS = 18


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
        """Write a line; where nobody reads any more, the crawl goes on all the same."""
        try:
            print(text, file=self._stream, flush=True)
        except BrokenPipeError:
            _lead_nowhere(self._stream)

    def advance(self, done: int, left: int, page: str) -> None:
        """Write a line if the last one is a while ago."""
        now = time.monotonic()
        if now - self._told < _LINE_EVERY_S:
            return
        self._told = now
        rate = done / max(now - self._began, _SHORTEST_S)
        self.say(f"{done} pages, {left} known left, {rate:.2f} pages/s, last {page}")

    def close(self) -> None:
        """Nothing to end."""


class Bar:
    """A bar with rate and time left, on standard error; it outlives its terminal."""

    def __init__(self) -> None:
        """Show the bar."""
        self._began = time.monotonic()
        self._console = Console(stderr=True)
        self._progress = Progress(
            SpinnerColumn(),
            BarColumn(_BAR_CHARS),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TextColumn("{task.fields[left]}"),
            TextColumn("{task.description}"),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task("", total=None, rate="", left="")
        self._progress.start()

    def say(self, text: str) -> None:
        """Write a line above the bar."""
        with _surviving(sys.stderr):
            self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def advance(self, done: int, left: int, page: str) -> None:
        """Move the bar."""
        # Measured here: rich forgets its rate whenever the total changes, and ours grows all along.
        rate = done / max(time.monotonic() - self._began, _SHORTEST_S)
        self._progress.update(
            self._task,
            completed=done,
            total=done + left,
            description=_short(page),
            rate=f"{rate:.2f} pages/s",
            left=f"{timedelta(seconds=round(left / rate))} left" if rate else "",
        )

    def close(self) -> None:
        """Take the bar away."""
        with _surviving(sys.stderr):
            self._progress.stop()


@contextlib.contextmanager
def _surviving(stream: TextIO) -> Iterator[None]:
    """What is shown on a terminal; once that is gone, nothing more is, and nobody minds."""
    try:
        yield
    except OSError:
        _lead_nowhere(stream)


def _lead_nowhere(stream: TextIO) -> None:
    """Drop from now on what is written to a stream that nobody reads."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def _short(url: str) -> str:
    """The beginning of a URL's path: as much as leaves room for the bar.

    >>> _short("https://www.hltv.org/stats/matches/economy/mapstatsid/231966/a-vs-b")
    '/stats/matches/ec…'
    """
    path = urlsplit(url).path
    return path if len(path) <= _PAGE_CHARS else path[: _PAGE_CHARS - 1] + "…"


def reporter(*, quiet: bool) -> Reporter:
    """The reporter that fits the option and where standard error leads.

    Under `--json` people are still told what is asked, on standard error: only the summary is JSON.
    """
    if quiet or sys.stderr is None:  # None: started without one, as by a service manager
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()
