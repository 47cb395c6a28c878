"""What `warchouse report` shows to people: on a terminal, and in a pipe."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.drift.tables import built, pages
from warehouse.drift.months import Month
from warehouse.drift.worst import LATEST, NAMED_MAX, worst
from warehouse.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Two months, the second with issues, refused rows, nulls and a layout that came up."""
    issues = [("unexpected", f"hltv_player_stats.{name}") for name in "abcdefg"]
    listed = [
        *pages("2026-01-03", 40, hours=9),
        *pages("2026-02-03", 1, layout="newer", nulls=1, issues=issues, refused=["0 <= kast"]),
        *pages("2026-02-04", 2, issues=issues[-1:]),
    ]
    return built(tmp_path_factory.mktemp("odd"), listed)


def said(snapshot: Snapshot, *, columns: int = 0) -> list[str]:
    """The lines of a report: in a pipe, or on a terminal of so many columns."""
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": str(columns)}
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", "report", "--warehouse", snapshot.folder.parents[1]],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **(terminal if columns else {})},
    )
    assert done.returncode == 0, done.stderr
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout).splitlines()


@pytest.mark.parametrize("columns", [80, 120])
def test_a_terminal_shows_heads_issues_and_null_rates_whole(odd: Snapshot, columns: int) -> None:
    lines = said(odd, columns=columns)
    assert max(map(len, lines)) <= columns
    assert "…" not in "".join(lines)
    told = [" ".join(line.split()) for line in lines]
    assert "month captures failed evidence rows/page expected issues refused" in told
    assert "2026-02 3 0 0 10 10 100 % 1" in told
    at = told.index("issues (pages)")
    assert told[at + 1 : at + 3] == [
        "unexpected: hltv_player_stats.g 3",
        "unexpected: hltv_player_stats.a 1",
    ]
    assert told[at + 1 + NAMED_MAX] == "2 more; --html FILE and --json have all"
    assert told[told.index("refused (rows)") + 1] == "hltv_player_stats: 0 <= kast 1"
    nulls = told[told.index("null rates") + 1 :]
    assert "hltv_player_stats.adr 0 % 3.3 %" in nulls
    assert "hltv.map_stats newer, 1 page since 2026-02-03 06:00" in nulls
    assert "layouts that came up, no alarm: the parsers know them" in nulls
    assert told[-1] == "snapshot 000001: nothing was called out"


def test_in_a_pipe_every_line_is_one_fact_of_a_page_type(odd: Snapshot) -> None:
    *facts, last = said(odd)
    assert last == "snapshot 000001: nothing was called out"
    for fact in (
        "hltv.map_stats 2026-01: 40 captures",
        "hltv.map_stats 2026-02: 3 parsed",
        "hltv.map_stats 2026-02: layout newer on 1 page",
        "hltv.map_stats 2026-02: 10 rows per page of layout new_eco, expected 10 ± 0.0",
        "hltv.map_stats 2026-02: 1 row refused",
        "hltv.map_stats 2026-02: issue 'unexpected' at hltv_player_stats.g on 3 pages",
        "hltv.map_stats issues (pages): 2 more; --html FILE and --json have all",
        "hltv.map_stats 2026-02: 1 row of hltv_player_stats refused ('0 <= kast')",
        "hltv.map_stats 2026-02: null rate of hltv_player_stats.adr 3.3 %",
    ):
        assert fact in facts
    assert {fact.split()[0] for fact in facts} == {"hltv.map_stats"}
    assert not [
        fact
        for fact in facts
        if ", " in fact.partition(": ")[2] and "first:" not in fact and "expected" not in fact
    ]
    [layout] = [fact for fact in facts if "came up" in fact]
    assert "2026-02: no alarm: layout newer came up, 1 page since; first: capture 1040" in layout


def months(**rates: list[int]) -> Mapping[str, Month]:
    """Months in which columns were null in so many of a hundred rows."""
    made: dict[str, Month] = {}
    for column, nulls in rates.items():
        for number, count in enumerate(nulls, 1):
            name = f"2026-{number:02d}"
            made.setdefault(name, Month(name=name)).nulls[column] = (count, 100)
    return made


def test_null_rates_that_rose_come_before_those_that_are_high() -> None:
    found = months(high=[90, 90, 90], rose=[0, 0, 60], never=[0, 0, 0], fell=[50, 50, 0])
    (nulls,) = worst(found)
    assert [one.name for one in nulls.shown] == [("rose",), ("high",), ("fell",)]
    assert nulls.shown[0].counts == {"2026-01": 0, "2026-02": 0, "2026-03": 0.6}


def test_what_only_older_months_had_is_not_told_of() -> None:
    found = months(old=[9] + LATEST * [0], new=LATEST * [0] + [9])
    (nulls,) = worst(found)
    assert [(one.name, len(one.counts)) for one in nulls.shown] == [(("new",), LATEST)]
    assert nulls.more == 0
