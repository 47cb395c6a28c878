"""What a parse shows: a bar on a terminal, plain lines in a pipe, only warnings when quiet."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress

LINE_EVERY_S = 5.0


class Watcher:
    """Shows a parse on standard error; standard output is for what it found."""

    def __init__(self, *, quiet: bool) -> None:
        """Show a bar if standard error is a terminal."""
        self._total = 0
        self._done = 0
        self._quiet = quiet
        self._started = self._last = time.monotonic()
        self._bar = _bar() if sys.stderr.isatty() and not quiet else None
        self._task = self._bar.add_task("reading", total=None) if self._bar else None

    def __enter__(self) -> Self:
        """Show the bar."""
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()

    def expect(self, size: int) -> None:
        """So many bytes of archive will be read."""
        self._total = size
        if self._bar and self._task is not None:
            self._bar.update(self._task, total=size)

    def advance(self, size: int) -> None:
        """So many bytes of archive more are read."""
        self._done += size
        if self._bar and self._task is not None:
            self._bar.advance(self._task, size)
        elif not self._quiet and time.monotonic() - self._last >= LINE_EVERY_S:
            self._last = time.monotonic()
            rate = self._done / (self._last - self._started)
            left_s = (self._total - self._done) / rate
            sys.stderr.write(
                f"read {self._done / 1e6:,.0f} of {self._total / 1e6:,.0f} MB,"
                f" {rate / 1e6:.1f} MB/s, {left_s:.0f} s left\n"
            )

    def stage(self, text: str) -> None:
        """What is done from here on."""
        if self._bar and self._task is not None:
            self._bar.update(self._task, description=text)

    def warn(self, text: str) -> None:
        """Something needs a look: said even when quiet."""
        if self._bar:
            self._bar.console.print(f"warning: {text}", markup=False, highlight=False)
        else:
            sys.stderr.write(f"warning: {text}\n")


def _bar() -> Progress:
    """A bar over bytes; imported here, for it costs more than a parse that has nothing to do."""
    from warc.archives.terminal import bytes_progress  # noqa: PLC0415 - see above

    return bytes_progress()
