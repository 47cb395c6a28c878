"""Runs as a process of its own: turns into a command that does not outlive who started it.

Started as `python -I -S launcher.py PARENT SIGNAL COMMAND ...`; it imports nothing of this project,
for speed. The signal that Linux sends at a parent's death survives exec, so what it becomes gets it
even where the parent was killed without a chance to say so (spec/browser-capture.md section 3).
"""

from __future__ import annotations

import ctypes
import os
import sys

# PR_SET_PDEATHSIG of <sys/prctl.h>.
_SET_DEATH_SIGNAL = 1


def main(parent: int, signal: int, command: list[str]) -> None:
    """Become the command, unless the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
