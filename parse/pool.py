"""The processes that read and parse pages: spawned, which is the same on every system."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self


class WorkerPool(ProcessPoolExecutor):
    """Spawned processes that a Ctrl+C ends in order, and without a word from any of them.

    A terminal sends Ctrl+C to the workers too; they are deaf to it from their start on. Here it is
    kept until the next task is handed out or all are done, where the pool is in no odd state; the
    second one is not kept.
    """

    def __init__(self, workers: int) -> None:
        """Start nothing yet."""
        spawn = multiprocessing.get_context("spawn")
        super().__init__(workers, mp_context=spawn, initializer=_ignore_interrupts)
        self._handler: Callable[[int, FrameType | None], Any] | int | None = signal.SIG_DFL
        self._asked = False
        self._guards = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Self:
        """Keep Ctrl+C from here on."""
        if self._guards:
            self._handler = signal.signal(signal.SIGINT, self._keep)
        return self

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand out a task; KeyboardInterrupt if a Ctrl+C was kept."""
        if self._asked:
            raise KeyboardInterrupt
        with _deaf_children():
            return super().submit(*args, **kwargs)

    def __exit__(self, *error: object) -> None:
        """Wait for what is at work; then a Ctrl+C that was kept counts."""
        try:
            self.shutdown(wait=True)
        finally:
            if self._guards:
                # None: a handler that Python did not install and cannot give back.
                before = signal.SIG_DFL if self._handler is None else self._handler
                signal.signal(signal.SIGINT, before)
        if self._asked and error[0] is None:
            raise KeyboardInterrupt

    def _keep(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started meanwhile never hear Ctrl+C: a blocked signal stays blocked in them.

    Where signals cannot be blocked (Windows), they are deaf once `_ignore_interrupts` has run.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore_interrupts() -> None:
    """In a worker: leave Ctrl+C to the process that waits for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
