"""The whole command with a browser: pages that a script completes, and a clean end after Ctrl+C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from fetch.browsing.leftovers import PREFIX, users_of
from fetch.browsing.process import find_chromium
from tests.replica.background import control, running
from warc.errors import UsageError
from warc.manifest import Manifest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from fetch.cli import app; app()", "hltv", "--browser"]


@pytest.fixture(autouse=True)
def _needs_chromium() -> None:
    missing = "" if find_spec("nodriver") else "nodriver is not installed"
    try:
        find_chromium()
    except UsageError as error:
        missing = str(error)
    if missing and os.environ.get("WARCHOUSE_REQUIRE_BROWSER") == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


@pytest.fixture
def environ() -> Iterator[dict[str, str]]:
    """An environment whose temporary folder is the test's own, and short enough for a profile."""
    with tempfile.TemporaryDirectory(prefix="wc", dir="/tmp") as name:
        yield {**os.environ, "TMPDIR": name}


def profiles(environ: dict[str, str]) -> list[Path]:
    return list(Path(environ["TMPDIR"]).glob(f"{PREFIX}*"))


def left_behind(environ: dict[str, str]) -> list[Path]:
    left = profiles(environ)
    assert [pid for profile in left for pid in users_of(profile)] == []
    return left


@contextmanager
def crawling(base: str, tmp_path: Path, environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A crawl that has asked for its first match, and has a browser."""
    process = subprocess.Popen(
        [*COMMAND, "--base-url", base, "--archives", str(tmp_path), "--tabs", "2"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while process.poll() is None and not _asked(base, "/matches/"):
            time.sleep(0.05)
        assert len(profiles(environ)) == 1
        yield process
    finally:
        process.kill()
        process.communicate()


def fetch(base: str, tmp_path: Path, environ: dict[str, str], *options: str) -> dict[str, Any]:
    command = [*COMMAND, "--base-url", base, "--archives", str(tmp_path), "--json", *options]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert "Traceback" not in done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == told["exit_code"], done.stderr
    return told


def test_a_browser_crawls_the_replica_and_an_interrupt_leaves_no_browser(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    with running(matches=2, small=True, scripted=True) as base:
        with crawling(base, tmp_path, environ) as process:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert "Interrupted" in out
        assert left_behind(environ) == []
        assert not list((tmp_path / "hltv").glob("*.open"))

        told = fetch(base, tmp_path, environ, "--tabs", "2")
        assert (told["whole"], told["exit_code"]) == (2, 0)
        assert left_behind(environ) == []
        assert _asked(base, "/__data__/economy/")
    manifest = Manifest(tmp_path / "hltv" / "manifest.sqlite", read_only=True)
    try:
        counts = {one.page_type: (one.known, one.done) for one in manifest.counts()}
    finally:
        manifest.close()
    assert all(known == done for known, done in counts.values())
    assert set(counts) >= {"match", "map_stats", "performance", "economy"}


def test_who_leaves_at_once_leaves_no_browser_either(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    with running(matches=2, small=True, scripted=True, latency_ms=500) as base:
        with crawling(base, tmp_path, environ) as process:
            process.send_signal(signal.SIGHUP)
            assert process.stderr is not None
            while "Stopping after" not in process.stderr.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) == 130
        assert left_behind(environ) == []


def _asked(base: str, target: str) -> list[str]:
    """What the replica was asked for under a path."""
    log = control(base, "log", method="GET")
    assert isinstance(log, list)
    return [str(asked) for asked, _ in log if str(asked).startswith(target)]
