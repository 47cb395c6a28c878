"""Refused rows: counted by table and rule, and shown with the captures they were read from."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.parse.bench import SITE, Bench, game, page, record

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Ten games; three have scores below zero, one of them an unknown mode, too; a stray round."""
    bench = Bench(tmp_path_factory.mktemp("refused"))
    records = []
    for number in range(1, 11):
        bad: dict[int, dict[str, object]] = {
            1: {"score": -1},
            2: {"score": -2},
            3: {"score": -3, "mode": "nope"},
        }
        said = game(number, **bad.get(number, {}))
        records.append(record(f"{SITE}/game/{number}", page(said), second=number))
    points = ("round", {"round_id": 70, "points": 1})
    records.append(record(f"{SITE}/round/70", page(points), second=70))
    bench.put("a.warc.gz", records)
    bench.parse()
    return bench


def quarantine(bench: Bench, *words: str) -> str:
    where = ["--warehouse", str(bench.warehouse)]
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", "tables", "quarantine", *words, *where],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(bench: Bench, *words: str) -> Any:
    return json.loads(quarantine(bench, *words, "--json"))


def test_rows_are_counted_by_table_and_rule(refused: Bench) -> None:
    groups = {(one["table"], one["rule"]): one for one in loaded(refused)}
    assert len(groups) == 3
    score = next(one for (table, rule), one in groups.items() if rule.startswith("score"))
    assert (score["table"], score["rows"], score["captures"]) == ("fake_games", 3, 3)
    assert score["share"] == pytest.approx(3 / 10)
    mode = groups["fake_games", "mode is one of solo, team"]
    assert (mode["rows"], mode["share"]) == (1, pytest.approx(1 / 10))
    stray = groups["Round", "no game page lists round …"]
    assert (stray["rows"], stray["share"]) == (1, None)


def test_groups_are_plain_lines_in_a_pipe(refused: Bench) -> None:
    head, *lines = quarantine(refused).splitlines()
    assert head.split() == ["table", "rows", "share", "captures", "rule", "it", "breaks"]
    assert any(line.split()[:4] == ["fake_games", "3", "30.0%", "3"] for line in lines)


def test_a_row_is_shown_with_its_reasons_and_its_capture(refused: Bench) -> None:
    rows = loaded(refused, "fake_games", "--rule", "MODE")
    [row] = rows
    assert row["key"] == {"game_id": 3}
    assert len(row["reasons"]) == 2
    assert row["row"]["score"] == -3
    captures = {one["capture_id"]: one for one in refused.table("captures")}
    found = captures[row["capture"]["capture_id"]]
    assert row["capture"]["url"] == found["url"] == f"{SITE}/game/3"
    for name in ("collection", "file", "offset"):
        assert row["capture"][name] == found[name]
    assert row["capture"]["fetched_at"] == "2026-11-01T00:00:03.000000Z"
    text = quarantine(refused, "fake_games", "--rule", "mode")
    assert "  breaks   mode is one of solo, team\n" in text
    assert f"  record   fake/a.warc.gz, offset {found['offset']}\n" in text


def test_rows_have_a_limit_and_none_is_said(refused: Bench) -> None:
    assert len(loaded(refused, "fake_games", "--limit", "2")) == 2
    assert len(loaded(refused, "fake_games")) == 3
    assert loaded(refused, "fake_notes") == []
    assert quarantine(refused, "fake_notes") == "no row of fake_notes was refused\n"
    assert (
        quarantine(refused, "fake_games", "--rule", "x")
        == "no row of fake_games was refused for 'x'\n"
    )
