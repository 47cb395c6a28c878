"""The disk fills up while tables and marts are written: the snapshot before stands, nothing half."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.test_full_disk import APART, may_mount
from tests.faults.test_parse_kills import parts
from warehouse.rows.pubg import MARTS, OF_TELEMETRY

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "archives" / "demo"
SCRIPT = """
set -e
mount -t tmpfs -o size="$1" tmpfs "$2/snapshots"
cp -a "$3/." "$2/snapshots/"
code=0
"$4" -m warchouse parse "$5" --warehouse "$2" --accept --quiet || code=$?
rm -rf "$3"
cp -a "$2/snapshots/." "$3/"
exit "$code"
"""
"""Tables on a small disk of their own; what is on it afterwards is kept."""

SHARES = (0.5, 1.0, 1.1)
"""Of the room that the snapshots take in the end: in the tables of matches, and in the marts."""


def parse(warehouse: Path, *words: str) -> None:
    command = [sys.executable, "-m", "warchouse", "parse", *words, "--warehouse", str(warehouse)]
    subprocess.run([*command, "--accept", "--quiet"], cwd=ROOT, check=True)


def size_of(folder: Path) -> int:
    """Bytes that files take on a disk of pages of 4 KiB; what is linked counts once."""
    files = {path.stat().st_ino: path.stat().st_size for path in folder.rglob("*.*")}
    return sum(-(-size // 4096) * 4096 for size in files.values())


@pytest.mark.slow
def test_a_disk_that_fills_up_among_tables_and_marts_leaves_the_snapshot_before(
    tmp_path: Path,
) -> None:
    early, whole = tmp_path / "early", tmp_path / "whole"
    if not may_mount(tmp_path):
        pytest.skip("no namespaces to mount a small file system in")
    parse(early, *map(str, DEMO.glob("hltv-*")))
    shutil.copytree(early, whole)
    parse(whole, str(DEMO))
    room, named = size_of(whole / "snapshots"), set()
    for number, share in enumerate(SHARES):
        warehouse, kept = tmp_path / f"{number}", tmp_path / f"{number}-kept"
        shutil.copytree(early, warehouse)
        (warehouse / "snapshots").rename(kept)
        (warehouse / "snapshots").mkdir()
        words = [f"{round(share * room)}", str(warehouse), str(kept), sys.executable, str(DEMO)]
        done = subprocess.run(
            [*APART, "sh", "-c", SCRIPT, "sh", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 4, done.stderr
        found = re.fullmatch(
            rf"error: cannot write the warehouse {warehouse}: no space left on device"
            r" \(snapshots/\.building-[^)]*?/(pubg_\w+)(/part-\d+\.parquet)?\)\n",
            done.stderr,
        )
        assert found, done.stderr
        named.add(found[1])
        (warehouse / "snapshots").rmdir()
        kept.rename(warehouse / "snapshots")
        assert [path.name for path in (warehouse / "snapshots").iterdir()] == ["000001"]
        assert parts(warehouse) == parts(early)
        parse(warehouse, str(DEMO))
        assert parts(warehouse) == parts(whole)
    assert named & {row.table for row in OF_TELEMETRY}
    assert named & {row.table for row in MARTS}
