"""The whole command against the replica's season, which other hands made, through to the tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.replica.background import control
from tests.replica.pubg.background import running
from tests.replica.pubg.season import TEAMS, PubgSeason
from tests.replica.pubg.server import KEY
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parents[3]
MATCHES = 40  # of which ten are older than the API holds, and six a tournament's


@pytest.fixture
def urls() -> Iterator[tuple[str, str]]:
    with running(
        matches=MATCHES, size=0.01, until_now=True, is_running=True, limit=4, window_s=1.0
    ) as served:
        yield served


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PUBG_API_KEY": KEY}
    return subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def told(base: str, name: str) -> list[dict[str, Any]]:
    answer = control(base, name, method="GET")
    assert isinstance(answer, list)
    return answer


def records(folder: Path) -> Iterator[Record]:
    for path in sorted((folder / "archives/pubg").glob("*.warc.gz")):
        for record in read_records(path):
            assert isinstance(record, Record)
            yield record


@pytest.mark.slow
def test_a_season_comes_whole_into_archive_and_tables(
    urls: tuple[str, str], tmp_path: Path
) -> None:
    base, cdn = urls
    season = PubgSeason(matches=MATCHES)
    names = [human.name for number in range(TEAMS) for human in season.team(number)]
    (tmp_path / "names.txt").write_text("\n".join(names))
    words = ("fetch", "pubg", "--base-url", base, "--players", "names.txt", "--tournament", "all")
    done = command(tmp_path, *words)
    assert done.returncode == 0, done.stderr

    known = {row["match_id"] for row in told(base, "matches")}
    assert len(known) == 30
    api, files = told(base, "log"), told(base, "cdn-log")
    asked = Counter(one["target"].rsplit("/", 1)[-1] for one in api if "/matches/" in one["target"])
    assert asked == Counter(known)
    assert len({one["target"] for one in files if "telemetry" in one["target"]}) == len(known)
    assert {one["status"] for one in api} == {200, 401}  # robots.txt wants a key, too
    assert [one["target"] for one in api if one["status"] == 401] == ["/robots.txt"]
    assert not any(KEY in json.dumps(one["headers"]) for one in files)
    assert {one.target_uri for one in records(tmp_path) if "telemetry" in one.target_uri} == {
        f"{cdn}{one['target']}" for one in files if "telemetry" in one["target"]
    }

    parsed = command(tmp_path, "parse")
    assert parsed.returncode in {0, 1}, parsed.stderr
    now = (tmp_path / "warehouse/data/CURRENT").read_text().strip()
    for table in ("pubg_matches", "pubg_landings"):
        files_of = tmp_path / "warehouse/data/snapshots" / now / table / "*.parquet"
        rows = duckdb.connect().execute(f"SELECT DISTINCT match_id FROM '{files_of}'").fetchall()
        ids = {match_id for (match_id,) in rows}
        assert ids == known if table == "pubg_matches" else ids <= known
        assert ids

    again = command(tmp_path, *words)
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("Nothing to do.")
