"""The command `warchouse trace` as a user meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.parse.trace.season import ARCHIVES, ROOT, rows, warehouse

MATCH, MAP, PLAYER = 2394982, 1, 16420  # of the tracked archive
KEY = [str(MATCH), str(MAP), str(PLAYER)]


def row_of(table: str, **key: object) -> dict[str, Any]:
    """The row that a key names."""
    (found,) = [row for row in rows(table) if all(row[name] == key[name] for name in key)]
    return found


def player() -> dict[str, Any]:
    """The row that most tests trace."""
    return row_of("hltv_player_stats", match_id=MATCH, map_number=MAP, player_id=PLAYER)


def trace(*words: str, archives: Path = ARCHIVES) -> subprocess.CompletedProcess[str]:
    where = ["--archives", str(archives), "--warehouse", str(warehouse())]
    return subprocess.run(
        [sys.executable, "-m", "warchouse", "trace", *where, *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def test_every_column_says_where_it_comes_from() -> None:
    done = trace("hltv_player_stats", *KEY)
    assert done.returncode == 0, done.stderr
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith("  ")}
    assert "map_stats page, MapStatsPlayer.kills; the match page prints it too" in lines["kills"]
    assert "computed from map_stats page, MapStatsPlayer.kills" in lines["kd_diff"]
    assert "performance page, PerformancePlayer.kpr" in lines["kpr"]
    assert "match page, MapRow.map_number" in lines["map_number"]
    assert "competed for MapStatsPlayer of map" in done.stdout
    assert "the only good capture that has this section" in done.stdout


def test_one_column_alone() -> None:
    done = trace("hltv_player_stats", *KEY, "--column", "kpr")
    told = [line.split()[0] for line in done.stdout.splitlines()[1:] if line.startswith("  ")]
    assert told[0] == "kpr"
    assert "kd_diff" not in told
    assert done.stdout.count("competed for") == 1


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What JSON says of a row whose pages are written, and the first page."""
    output = tmp_path_factory.mktemp("pages") / "page.html"
    done = trace("hltv_player_stats", *KEY, "--output", str(output), "--json")
    (said,) = json.loads(done.stdout)
    return said, output


def test_json_has_everything_and_a_column_narrows_it(written: tuple[dict[str, Any], Path]) -> None:
    said, _ = written
    row = player()
    assert said["row"]["kills"] == row["kills"]
    assert [one["page_type"] for one in said["captures"]] == ["map_stats", "performance"]
    assert all(Path(one["path"]).is_file() for one in said["captures"])
    columns = {one["column"]: one for one in said["columns"]}
    (kpr,) = columns["kpr"]["origins"]
    assert kpr == {
        "how": "copied",
        "page_type": "performance",
        "capture_id": row["performance_capture_id"],
        "parser": "hltv.performance/2",
        "extracted": "PerformancePlayer",
        "field": "kpr",
        "value": row["kpr"],
    }
    assert {one["standing"] for all_ in said["decisions"] for one in all_["captures"]} == {"won"}
    (narrow,) = json.loads(trace("hltv_player_stats", *KEY, "--json", "--column", "kpr").stdout)
    assert [one["column"] for one in narrow["columns"]] == ["kpr"]
    assert len(narrow["decisions"]) == 1


def test_a_page_is_written_and_not_opened_in_a_pipe(tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    done = trace(
        *("hltv_matches", KEY[0], "--column", "team1_id"), "--open", "--output", str(output)
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"wrote {output}"
    row = row_of("hltv_matches", match_id=MATCH)
    assert f'data-warchouse="team1_id={row["team1_id"]}"'.encode() in output.read_bytes()
    assert list(tmp_path.iterdir()) == [output]


def test_all_columns_give_a_page_for_each_page_type(written: tuple[dict[str, Any], Path]) -> None:
    said, output = written
    names = [Path(one["path"]).name for one in said["pages"]]
    assert names == ["page.html", "page-performance.html", "page-match.html"]
    marks = {one["column"]: one for page in said["pages"] for one in page["marks"]}
    assert marks["kpr"]["attribute"] == "data-fusionchart-config"
    assert marks["kills"]["how"] == "printed"
    assert b'href="page-performance.html"' in output.read_bytes()


def test_a_value_that_is_not_printed_is_said_to_be_so(tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    done = trace("hltv_matches", str(MATCH), "--output", str(output))
    assert done.returncode == 0, done.stderr
    page = output.read_text(encoding="utf-8")
    assert "not printed: counted or derived by the parser" in page
    assert "read from the page&#x27;s URL" in page


def test_the_page_of_a_capture_is_written_without_marks(tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    done = trace("captures", "--output", str(output), "--", str(player()["map_stats_capture_id"]))
    assert done.returncode == 0, done.stderr
    assert "good" in done.stdout
    assert b"<warchouse-trace>" in output.read_bytes()
    assert b' data-warchouse="' not in output.read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["hltv_player_stats", *KEY, "--column", "kils"], 2, "no column 'kils' in hltv_player_stats"),
        (["hltv_player_stats", KEY[0], "--no-open"], 2, "rows, and a page is opened for one: give"),
        (
            ["hltv_matches", KEY[0], "--column", "team1_id", "--output", "/dev/null/x.html"],
            4,
            "not a directory",
        ),
    ],
)  # fmt: skip
def test_wrong_input_is_one_line_and_the_right_code(
    words: list[str], code: int, message: str
) -> None:
    done = trace(*words)
    assert done.returncode == code
    assert message in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_quiet_writes_and_says_nothing(tmp_path: Path) -> None:
    output = tmp_path / "page.html"
    done = trace(
        "hltv_matches", KEY[0], "--quiet", "--column", "team1_name", "--output", str(output)
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert output.is_file()
