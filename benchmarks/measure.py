"""What a whole process cost: wall time, CPU time, peak memory.

The command is started by a small process of its own (this module run as a script): Linux counts a
forked child's peak memory from what its parent held when it forked, so a large parent would hide
the figure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# glibc gives a freed tree's pages back and takes them anew for the next one, unless something
# happens to lie above them: a quarter of a floor's time, by chance. Nobody pays for it here.
STEADY_HEAP = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "500000000"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Cost of one process and the processes it waited for."""

    wall_s: float
    cpu_s: float
    rss_peak_bytes: int

    def __str__(self) -> str:
        """The three figures, for people."""
        peak_mib = self.rss_peak_bytes / 2**20
        return f"{self.wall_s:6.1f} s wall, {self.cpu_s:6.1f} s CPU, {peak_mib:5.0f} MiB"


def run(words: Sequence[str], *, log: Path, steady_heap: bool = False) -> Usage:
    """Run a command to its end and say what it cost; its output goes to `log`.

    steady_heap  keep freed memory: for figures of CPU time, not of memory

    raises  SystemExit naming the log if the command fails: a failed run has no figure
    """
    with log.open("wb") as out:
        launcher = [sys.executable, __file__, *words]
        done = subprocess.run(
            launcher,
            cwd=ROOT,
            check=False,
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
            env=os.environ | (STEADY_HEAP if steady_heap else {}),
        )
    if done.returncode != 0:
        sys.exit(f"failed ({done.returncode}), see {log}: {' '.join(words)}")
    return Usage(**json.loads(done.stdout))


def python(module: str, *words: str, log: Path, steady_heap: bool = False) -> Usage:
    """Run one of our modules as a process of its own."""
    return run([sys.executable, "-m", module, *words], log=log, steady_heap=steady_heap)


def _launch(words: Sequence[str]) -> None:
    """Run the command with its output on standard error; print its cost as JSON."""
    started = time.perf_counter()
    process = subprocess.Popen(words, stdout=sys.stderr)
    _, status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    # Linux counts ru_maxrss in KiB (getrusage(2)).
    usage = Usage(
        wall_s=wall_s, cpu_s=used.ru_utime + used.ru_stime, rss_peak_bytes=used.ru_maxrss * 1024
    )
    print(json.dumps(asdict(usage)))
    sys.exit(process.returncode)


if __name__ == "__main__":
    _launch(sys.argv[1:])
