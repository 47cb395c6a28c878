"""A command of ours as a process of its own.

Theory of operation. On POSIX a child is in a session of its own, so that Ctrl+C reaches only who
watches, who then tells each child what it means for it; on Linux the system tells them, too, where
that process is killed (`fetch/launcher.py`). On Windows a child shares the console, which tells it.
What it prints and says goes to files, not pipes: it may outlive who reads them, for as long as it
takes to end in order. And no thread may read them, for Linux tells children of each thread's end.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from fetch.watching.plan import Ended

_LAUNCHER = Path(__file__).parents[1] / "launcher.py"
_IS_POSIX = os.name == "posix"
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


class Child:
    """A running command; `ended` says how it ended."""

    def __init__(self, words: Sequence[str], say: Callable[[str], None]) -> None:
        """Start `warchouse` with some words; OSError where the system does not.

        say  hears each line that it says
        """
        self._say = say
        self._began_s = time.monotonic()
        self._folder = tempfile.TemporaryDirectory(prefix="warchouse-watch-")
        self._printed = Path(self._folder.name, "printed")
        said = Path(self._folder.name, "said")
        with self._printed.open("wb") as printed, said.open("wb") as heard:
            self._process = subprocess.Popen(
                [*_launched(), sys.executable, "-m", "warchouse", *words],
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=heard,
                start_new_session=_IS_POSIX,
            )
        self._heard = said.open("rb")
        self._begun_line = b""

    def ended(self) -> Ended | None:
        """How it ended, once; None while it runs. Passes on what it has said since."""
        code = self._process.poll()
        self._listen()
        if code is None:
            return None
        ended = Ended(code=code, told=self._told(), ran_s=time.monotonic() - self._began_s)
        self._tidy()
        return ended

    def interrupt(self) -> None:
        """Ask it to end in order, as Ctrl+C does; asked again, it leaves at once."""
        if _IS_POSIX:  # elsewhere the console has told it
            self._send(signal.SIGINT)

    def kill(self, within_s: float) -> None:
        """End it: what it does not do by itself in time is done to it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(within_s)
        if _IS_POSIX:
            self._send(_KILL)  # its own children, too
        self._process.kill()
        self._process.wait()
        self._tidy()

    def _send(self, number: int) -> None:
        """Send a signal to it and its children."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(-self._process.pid, number)

    def _listen(self) -> None:
        """Pass on the lines that it has said since."""
        *lines, self._begun_line = (self._begun_line + self._heard.read()).split(b"\n")
        for line in lines:
            if text := line.decode("utf-8", "replace").rstrip():
                self._say(text)

    def _told(self) -> dict[str, object]:
        """What it printed, where that is a JSON object."""
        try:
            told = json.loads(self._printed.read_bytes())
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}

    def _tidy(self) -> None:
        """Remove its files."""
        self._heard.close()
        with contextlib.suppress(OSError):  # a child of its own may still hold one, on Windows
            self._folder.cleanup()


def _launched() -> tuple[str, ...]:
    """What stands before a command so that it ends when this process does."""
    if sys.platform != "linux":
        return ()
    told = (str(os.getpid()), str(int(signal.SIGTERM)))
    return (sys.executable, "-I", "-S", str(_LAUNCHER), *told)
