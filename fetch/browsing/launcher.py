"""Runs as a process of its own: turns into Chromium, which dies when the crawl does.

Started as `python -I -S launcher.py PARENT COMMAND ...`; it imports nothing of this project, for
speed. The signal that Linux sends at a parent's death survives exec, so what it becomes is killed
even where the crawl was killed without a chance to say so (spec/browser-capture.md section 3).
"""

from __future__ import annotations

import ctypes
import os
import sys

# PR_SET_PDEATHSIG of <sys/prctl.h>, and SIGKILL, whose number is the same on every Linux.
_SET_DEATH_SIGNAL = 1
_KILL = 9


def main(parent: int, command: list[str]) -> None:
    """Become the command, unless the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, _KILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
