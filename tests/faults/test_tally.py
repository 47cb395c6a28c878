"""What the harnesses count is told once, whoever ran the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNTING = """
import pytest
from tests.faults.tally import TALLY, Tally

@pytest.mark.parametrize("kills", [1, 2, 3, 4])
def test_counting(kills):
    TALLY.add(Tally(kills=kills, runs=1))
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_counts_of_all_workers_are_told_as_one_sum(tmp_path: Path, workers: str) -> None:
    (tmp_path / "test_counting.py").write_text(COUNTING, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "tests.conftest"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "."], cwd=tmp_path, env=environment, check=False, capture_output=True, text=True
    )
    assert "nothing lost: 10 kills survived, 4 runs\n" in done.stdout, done.stdout + done.stderr
