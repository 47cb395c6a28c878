"""Ctrl+C and SIGTERM: the first asks the crawl to end, the second ends the process."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

EXIT_CODE = 130

Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


class Interrupt:
    """A flag that a signal sets; calling it answers whether the crawl shall stop.

    Installs its handlers while used as a context manager, in the main thread.
    """

    def __init__(self) -> None:
        """Not interrupted."""
        self._asked = False
        self._previous: dict[int, Handler] = {}

    def __call__(self) -> bool:
        """Whether the crawl shall stop after what is in flight."""
        return self._asked

    def stop(self) -> None:
        """Ask the crawl to stop, as a signal would."""
        self._asked = True

    def __enter__(self) -> Self:
        """Take over SIGINT and SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back."""
        for number, handler in self._previous.items():
            # None: a handler that Python did not install and cannot give back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            # Like a kill: what is synced stays, and opening the collection again repairs the rest.
            sys.stderr.write("Leaving at once; everything acknowledged is archived.\n")
            sys.stderr.flush()
            os._exit(EXIT_CODE)
        self._asked = True
        sys.stderr.write("Stopping after what is in flight; press Ctrl+C again to leave at once.\n")
        sys.stderr.flush()
