"""Other people's tools that are asked for their opinion: `make` sets them up beside ours."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("WARCHOUSE_JUDGES") or ROOT / ".venv" / "judges" / "bin")
REQUIRED = bool(os.environ.get("WARCHOUSE_REQUIRE_JUDGES"))


def judge(name: str) -> Path:
    """The path of a tool; the test is skipped, or fails where tools are required, without it."""
    path = FOLDER / name
    if not path.exists():
        reason = f"{name} is not in {FOLDER} (make test sets it up; WARCHOUSE_JUDGES names another)"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def asked(name: str, *words: object) -> subprocess.CompletedProcess[str]:
    """What a tool says."""
    command = [str(judge(name)), *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True)
