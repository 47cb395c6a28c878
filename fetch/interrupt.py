"""Ctrl+C and SIGTERM: the first asks the crawl to end, the second ends the process."""

from __future__ import annotations

import contextlib
import os
import select
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

    def __init__(self, abandon: Callable[[], None] = lambda: None) -> None:
        """Not interrupted.

        abandon  done before the process leaves at once: what its end alone would not undo
        """
        self._abandon = abandon
        self._leaves = False
        self._asked = False
        self._by_signal = False
        self._previous: dict[int, Handler] = {}

    def __call__(self) -> bool:
        """Whether the crawl shall stop after what is in flight."""
        return self._asked

    def stop(self) -> None:
        """Ask the crawl to stop, as a signal would."""
        self._asked = True

    def __enter__(self) -> Self:
        """Take over SIGINT, SIGTERM, and SIGHUP, with which a closed terminal ends its programs."""
        hangup = getattr(signal, "SIGHUP", signal.SIGTERM)  # Windows has none
        is_kept = signal.getsignal(hangup) is signal.SIG_IGN  # as nohup wants it
        for number in {signal.SIGINT, signal.SIGTERM, *(() if is_kept else (hangup,))}:
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back; once one has come they are kept, for the process is ending.

        Whoever presses Ctrl+C again while the interpreter winds up would else get a traceback.
        """
        if self._by_signal:
            return
        for number, handler in self._previous.items():
            # None: a handler that Python did not install and cannot give back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            # Like a kill: what is synced stays, and opening the collection again repairs the rest.
            _tell("Leaving at once; everything acknowledged is archived.")
            try:
                if not self._leaves:
                    self._leaves = True
                    self._abandon()
            finally:
                os._exit(EXIT_CODE)
        self._asked = self._by_signal = True
        _tell("Stopping after what is in flight; press Ctrl+C again to leave at once.")


def _tell(text: str) -> None:
    """Say something from inside a signal handler, unless the stream is full, in use or gone.

    A full pipe that nobody reads would hold the handler, and with it the second interrupt, for
    ever; a write that the handler has interrupted may make Python refuse another (RuntimeError).
    """
    if sys.stderr is None:
        return
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        # Windows can ask that of sockets alone.
        if os.name == "nt" or select.select([], [sys.stderr.fileno()], [], 0)[1]:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()
