"""Signals that come late, when the archive is sealed and the process is about to end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LATE = """
import os, signal
from fetch.interrupt import Interrupt
with Interrupt() as interrupt:
    os.kill(os.getpid(), signal.SIGINT)
    assert interrupt()
os.kill(os.getpid(), signal.SIGINT)
raise SystemExit("the second signal was not heard")
"""


@pytest.mark.skipif(os.name == "nt", reason="a signal to oneself ends the process on Windows")
def test_a_second_interrupt_after_the_run_is_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LATE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert done.stderr.splitlines() == [
        "Stopping after what is in flight; press Ctrl+C again to leave at once.",
        "Leaving at once; everything acknowledged is archived.",
    ]
