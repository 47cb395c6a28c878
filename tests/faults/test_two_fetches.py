"""Two fetches on one collection: the second says who holds it, and changes nothing."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replica.background import running

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def base() -> Iterator[str]:
    with running(matches=40, page_size=10, small=True, latency_ms=100) as base_url:
        yield base_url


def test_the_second_fetch_names_the_first_and_exits_with_4(base: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "warchouse", "fetch", "hltv", "--base-url", base, "--quiet"]
    command += ["--pace", "0-0", "--archives", str(tmp_path)]
    lock = tmp_path / "hltv" / "collection.lock"
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as first:
        while first.poll() is None and not (lock.exists() and lock.stat().st_size):
            time.sleep(0.005)
        files = {path.name for path in (tmp_path / "hltv").glob("*.warc.gz*")}
        second = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert first.poll() is None, "the first was too quick"
        assert (second.returncode, second.stdout) == (4, "")
        said = rf"error: \S+hltv is in use by fetch, process {first.pid} on \S+ since [\dTZ:-]+\n"
        assert re.fullmatch(said, second.stderr)
        assert files <= {path.name for path in (tmp_path / "hltv").glob("*.warc.gz*")}
        first.send_signal(signal.SIGINT)
        assert first.wait(60) == 130
    assert not list((tmp_path / "hltv").glob("*.open"))
