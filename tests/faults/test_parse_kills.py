"""A parse that is killed at any instant: readers never see half a build, and the next one is right."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "archives" / "demo"
KILLS = 8
SEED = 20_261_128
PAUSE_S = 0.01  # between two reads, or the parses would get nothing of a small machine
PIN = ("--pin", "hltv.economy=2")  # on and off in turn, or there would be nothing to do


def command(warehouse: Path, *words: str) -> list[str]:
    where = [str(DEMO), "--warehouse", str(warehouse), "--quiet"]
    return [sys.executable, "-m", "warchouse", "parse", *where, *words]


def parts(warehouse: Path) -> dict[str, bytes]:
    """Every Parquet file of the current snapshot."""
    snapshot = warehouse / "snapshots" / (warehouse / "CURRENT").read_text().strip()
    return {str(one.relative_to(snapshot)): one.read_bytes() for one in snapshot.rglob("*.parquet")}


def other_basis(warehouse: Path) -> tuple[str, ...]:
    """What to parse by, so that there is something to build: the pin where none holds now."""
    snapshot = (warehouse / "CURRENT").read_text().strip()
    about = json.loads((warehouse / "snapshots" / snapshot / "snapshot.json").read_bytes())
    return () if about["pins"] else PIN


class Reader(threading.Thread):
    """Reads the current snapshot over and over, as any Parquet reader would."""

    def __init__(self, warehouse: Path) -> None:
        super().__init__()
        self.warehouse = warehouse
        self.seen: set[str] = set()
        self.wrong: list[str] = []
        self.is_done = threading.Event()

    def run(self) -> None:
        while not self.is_done.is_set():
            snapshot = (self.warehouse / "CURRENT").read_text().strip()
            folder = self.warehouse / "snapshots" / snapshot
            try:
                maps = pl.read_parquet(folder / "hltv_maps" / "*.parquet")
                rounds = pl.read_parquet(folder / "hltv_round_history" / "*.parquet")
                matches = pl.read_parquet(folder / "pubg_matches" / "*.parquet")
                deaths = pl.read_parquet(folder / "pubg_kill_positions" / "*.parquet")
                for many, one in ((rounds, maps), (deaths, matches)):
                    if not set(many["match_id"]) <= set(one["match_id"]):
                        self.wrong.append(f"{snapshot} is a mixture")
            except (OSError, pl.exceptions.PolarsError) as error:
                self.wrong.append(f"{snapshot}: {error}")
            self.seen.add(snapshot)
            self.is_done.wait(PAUSE_S)


@pytest.mark.slow
def test_killed_parses_leave_whole_snapshots_and_the_next_one_is_right(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    warehouse, fresh = tmp_path / "killed", tmp_path / "fresh"
    subprocess.run(command(fresh), cwd=ROOT, check=True)
    for basis in ((), PIN, ()):  # the last as those that are killed: what it needs was read before
        started = time.monotonic()
        subprocess.run(command(warehouse, *basis), cwd=ROOT, check=True)
        took_s = time.monotonic() - started
    reader = Reader(warehouse)
    reader.start()
    try:
        killed = 0
        for _ in range(KILLS * 4):
            words = command(warehouse, *other_basis(warehouse))
            with subprocess.Popen(words, cwd=ROOT) as process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(chance.uniform(0.2, 1.0) * took_s)
                process.kill()
            killed += process.returncode < 0
            if killed >= KILLS:
                break
        assert killed >= KILLS, "too quick to be killed"
        for basis in (PIN, ()):  # the last has something to build, whatever was current
            subprocess.run(command(warehouse, *basis), cwd=ROOT, check=True)
    finally:
        reader.is_done.set()
        reader.join()
    assert reader.wrong == []
    assert parts(warehouse) == parts(fresh)
    assert list(warehouse.glob("snapshots/.*")) == []
