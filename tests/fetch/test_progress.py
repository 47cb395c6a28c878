"""A crawl goes on where nobody reads what it tells, and signals count all the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fetch.progress import Lines, Silent, reporter

ROOT = Path(__file__).resolve().parents[2]
STUCK = """
import os, signal, sys, threading, time
from fetch.interrupt import Interrupt

def press():
    for _ in range(2):
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)

with Interrupt():
    threading.Thread(target=press, daemon=True).start()
    while True:
        print("x" * 4096, file=sys.stderr, flush=True)
"""

BAR = """
import os
from fetch.progress import Bar
bar = Bar()
os.write(1, b"ready\\n")
os.read(0, 1)
bar.say("nobody sees this")
bar.advance(1, 2, "http://a.example/page")
bar.close()
bar.say("nor this")
print("survived")
"""


def test_a_pipe_that_is_closed_ends_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a descriptor has no path
        lines = Lines(stream)
        lines.say("nobody reads this")
        lines.say("nor this")


def test_the_bar_outlives_its_terminal() -> None:
    pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", BAR], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=end,
    ) as shown:  # fmt: skip
        os.close(end)
        assert shown.stdout is not None
        assert shown.stdout.readline() == "ready\n"
        os.close(terminal)
        said, _ = shown.communicate("go on\n", timeout=30)
    assert said == "survived\n"
    assert shown.returncode == 0


def test_a_process_without_standard_error_reports_to_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert isinstance(reporter(quiet=False), Silent)


@pytest.mark.skipif(os.name == "nt", reason="a signal to oneself ends the process on Windows")
def test_the_second_interrupt_leaves_although_a_full_pipe_holds_the_first() -> None:
    with subprocess.Popen([sys.executable, "-c", STUCK], cwd=ROOT, stderr=subprocess.PIPE) as stuck:
        try:
            assert stuck.wait(30) == 130
        finally:
            stuck.kill()
