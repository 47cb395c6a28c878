"""A reader without Warchouse goes on reading while builds are committed and snapshots pruned."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.parse.bench import Bench, games
from warehouse.prune import Wish, prune
from warehouse.store import Store

READER = """
import json, sys
from pathlib import Path
import polars as pl

data, stop = Path(sys.argv[1]), Path(sys.argv[2])
looks, seen = 0, {}
while True:
    last = stop.exists()
    current = (data / "CURRENT").read_text().strip()
    folder = data / "snapshots" / current
    said = json.loads((folder / "snapshot.json").read_text())["tables"]
    found = {name: pl.read_parquet(folder / name / "*.parquet") for name in said}
    counts = {name: table.height for name, table in found.items()}
    assert counts == said, (current, counts, said)
    ids = set(found["fake_games"]["game_id"])
    assert set(found["fake_notes"]["game_id"]) == ids, current
    assert set(found["fake_rounds"]["game_id"]) == ids, current
    assert seen.setdefault(current, counts) == counts, current
    looks += 1
    if looks == 1:
        print("reading", flush=True)
    if last:
        break
print(json.dumps({"looks": looks, "games": {one: counts["fake_games"] for one, counts in seen.items()}}))
"""


def test_a_reader_sees_whole_snapshots_only(bench: Bench, tmp_path: Path) -> None:
    bench.put("00.warc.gz", games(40))
    bench.parse()
    stop = tmp_path / "stop"
    with subprocess.Popen(
        [sys.executable, "-I", "-c", READER, str(bench.warehouse), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for number in range(1, 7):
            bench.put(f"{number:02d}.warc.gz", games(40, first=number * 40 + 1))
            bench.parse()
            prune(Store(bench.warehouse), Wish(keep=1), now=datetime.now(UTC))
        stop.write_text("")
        said, wrong = reader.communicate(timeout=60)
    assert (reader.returncode, wrong) == (0, "")
    seen = json.loads(said)
    assert seen["looks"] >= 2
    assert seen["games"]["000001"] == 40
    assert seen["games"]["000007"] == 280
    assert all(count == 40 * int(one) for one, count in seen["games"].items())
    assert len(Store(bench.warehouse).ids()) == 7, "all stopped being current just now"
