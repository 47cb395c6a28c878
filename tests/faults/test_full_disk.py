"""The disk is really full: a small file system of its own, in a namespace where that is allowed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.nothing_lost import check_nothing_lost, whole_exchanges
from tests.faults.tally import TALLY, Tally
from tests.replica.background import running
from tests.soak.kills import ENVIRONMENT, Server, Serving, Victim, target_of
from tests.soak.pubg import pubg

ROOT = Path(__file__).resolve().parents[2]
APART = ("unshare", "--user", "--map-root-user", "--mount")
SCRIPT = """
set -e
mount -t tmpfs -o size="$1" tmpfs "$2"
shift
folder="$1" kept="$2"; shift 2
code=0
"$@" --archives "$folder" || code=$?
cp -a "$folder/." "$kept/"
exit "$code"
"""


def may_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    words = [*APART, "mount", "-t", "tmpfs", "tmpfs", str(folder)]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


@contextmanager
def hltv(_seed: int) -> Iterator[Server]:
    with running(matches=4, page_size=3, small=True) as base_url:
        yield Server(base_url)


@pytest.mark.parametrize(
    ("serving", "size"),
    [(hltv, "40k"), (hltv, "140k"), (hltv, "260k"), (pubg, "140k"), (pubg, "400k")],
)
def test_a_crawl_on_a_full_disk_says_so_and_loses_nothing(
    serving: Serving, size: str, tmp_path: Path
) -> None:
    with serving(7) as server:
        fill(server, size, tmp_path)


def fill(server: Server, size: str, tmp_path: Path) -> None:
    """Crawl onto a disk of a size, then again with room."""
    small, kept = tmp_path / "small", tmp_path / "kept"
    small.mkdir()
    kept.mkdir()
    if not may_mount(small):
        pytest.skip("no namespaces to mount a small file system in")
    command = [sys.executable, "-m", "warchouse", "fetch", server.source, "--quiet", *server.words]
    command += ["--base-url", server.base_url, "--keep-free", "0"]
    done = subprocess.run(
        [*APART, "sh", "-c", SCRIPT, "sh", size, str(small), str(kept), *command],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 4, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "No space left" in done.stderr or "disk is full" in done.stderr
    before = Counter(server.asked())
    must_have = whole_exchanges(kept / server.source)
    victim = Victim.of(kept, server)
    victim.to_its_end()
    asked = Counter(server.asked()) - before
    tally = Tally(faults=1, runs=2)
    check_nothing_lost(kept / server.source, must_have=must_have, sent=server, tally=tally)
    again = {target_of(one.url) for one in must_have.values()}
    again &= {one for one in asked if not one.startswith(server.every_run)}
    assert not again
    TALLY.add(tally)
