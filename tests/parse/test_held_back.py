"""A build that loses too much is held back: the snapshot there stands until someone accepts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from parse.registry import BUILT_IN
from parse.times import as_of_us
from tests.parse.bench import SITE, Bench, game, games, page, record
from warehouse.diff.losses import Limits, TableLoss, held_back
from warehouse.errors import HeldBackError

ROOT = Path(__file__).resolve().parents[2]
FAKE = "tests.parse.fake_source"


def test_a_build_that_loses_rows_is_held_back_and_named(bench: Bench) -> None:
    kept, gone = bench.put("a.warc.gz", games(30)), bench.put("b.warc.gz", games(30, first=100))
    before = bench.parse(accept=False)
    gone.unlink()
    with pytest.raises(HeldBackError) as held:
        bench.parse(accept=False)
    assert held.value.exit_code == 5
    assert "fake_games loses 30 of 60 rows (50 %, the limit is 5 %)" in str(held.value)
    assert "--accept" in str(held.value)
    assert kept.exists()
    assert bench.snapshot.name == before.snapshot
    assert list(bench.warehouse.glob("snapshots/.*")) == []
    assert bench.parse(accept=True).snapshot == "000002"
    assert len(bench.table("fake_games")) == 30


def test_a_build_that_blanks_a_column_is_held_back(bench: Bench) -> None:
    bench.put("a.warc.gz", games(40))
    bench.parse(accept=False)
    with pytest.raises(HeldBackError, match=r"fake_games\.score"):
        bench.parse(registry=f"{FAKE}:CHANGED", accept=False)
    assert None not in bench.column("fake_games", "score")


def test_what_was_parsed_for_a_build_that_is_held_back_is_kept(bench: Bench) -> None:
    bench.put("a.warc.gz", games(40))
    bench.parse(accept=False)
    with pytest.raises(HeldBackError):
        bench.parse(registry=f"{FAKE}:CHANGED", accept=False)
    assert bench.parse(registry=f"{FAKE}:CHANGED", accept=True).parsed == 0


def test_growth_and_small_losses_are_committed(bench: Bench) -> None:
    bench.put("a.warc.gz", games(100))
    bench.parse(accept=False)
    bench.put("b.warc.gz", games(50, first=200))
    emptied = page(game(1, title=""))  # breaks a rule: the row is refused
    bench.put("c.warc.gz", [record(f"{SITE}/game/1", emptied, second=3_000)])
    assert bench.parse(accept=False).snapshot == "000002"
    assert len(bench.table("fake_games")) == 149


def test_a_build_from_demo_alone_holds_nothing_back(bench: Bench) -> None:
    bench.put("a.warc.gz", games(40), collection="demo")
    bench.parse(accept=False)
    bench.put("b.warc.gz", games(2, first=900), collection="fake")
    assert bench.parse(accept=False).snapshot == "000002"
    assert len(bench.table("fake_games")) == 2


def test_an_as_of_build_replaces_nothing_and_is_not_compared(bench: Bench) -> None:
    bench.put("a.warc.gz", games(100))
    bench.parse(accept=False)
    some = bench.table("captures")[0]["fetched_at"]
    outcome = bench.parse(as_of_us=int(some.timestamp() * 1_000_000), accept=False)
    assert outcome.later > 0
    assert bench.snapshot.name == "000001"


def lines(bench: Bench, *words: str) -> CompletedProcess[str]:
    where = ["--archives", str(bench.archives), "--warehouse", str(bench.warehouse)]
    return subprocess.run(
        [sys.executable, "-m", "warchouse", "parse", *where, *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked archive under another name, parsed by the first versions."""
    base = tmp_path_factory.mktemp("early")
    bench = Bench(base)
    folder = bench.archives / "hltv"
    folder.mkdir(parents=True)
    for file in (ROOT / "archives" / "demo").glob("hltv-*.warc.gz"):
        shutil.copy(file, folder)
    done = lines(bench, "--pin", "hltv.map_stats=1", "--pin", "hltv.match=1", "--quiet")
    assert done.returncode == 0, done.stderr
    return base


@pytest.fixture
def demo(early: Path, tmp_path: Path) -> Bench:
    """The same, each test's own."""
    shutil.copytree(early, tmp_path, dirs_exist_ok=True)
    return Bench(tmp_path)


def test_a_dry_run_says_what_an_upgrade_changes_and_commits_nothing(demo: Bench) -> None:
    page = demo.warehouse / "changes.html"
    done = lines(demo, "--dry-run", "--html", str(page))
    assert done.returncode == 0, done.stderr
    assert "parser hltv.map_stats 1 → 2" in done.stdout
    assert re.search(r"hltv_player_side_stats +0 +621 +621 +0 +0", done.stdout)
    assert done.stdout.endswith("nothing was committed\n")
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert demo.snapshot.name == "000001"
    assert [path.name for path in demo.snapshot.parent.iterdir()] == ["000001"]
    told = json.loads(lines(demo, "--dry-run", "--json").stdout)
    assert told["parsed_now"] == 0  # the first trial's work was kept
    assert told["held_back"] == []
    (added,) = [one for one in told["diff"]["tables"] if one["table"] == "hltv_player_side_stats"]
    assert added["added"] == 621


def test_a_dry_run_of_what_loses_too_much_ends_as_the_parse_would(demo: Bench) -> None:
    assert lines(demo, "--quiet").returncode == 0
    back = ("--pin", "hltv.map_stats=1")
    tried, held = lines(demo, *back, "--dry-run", "--quiet"), lines(demo, *back, "--quiet")
    assert (tried.returncode, held.returncode) == (5, 5)
    for done in (tried, held):
        assert "hltv_player_side_stats loses all its rows (621)" in done.stderr
        assert "Traceback" not in done.stderr
    assert demo.snapshot.name == "000002"
    held = lines(demo, *back, "--json")
    told = json.loads(held.stdout)
    assert (held.returncode, told["snapshot"], told["parsed_now"]) == (5, "000002", 0)
    assert "hltv_player_side_stats loses all its rows (621)" in told["held_back"]
    assert lines(demo, *back, "--accept", "--quiet").returncode == 0
    assert demo.snapshot.name == "000003"


def test_a_page_of_changes_goes_with_a_dry_run_alone(bench: Bench) -> None:
    done = lines(bench, "--html", "x.html")
    assert (done.returncode, done.stderr) == (2, "error: --html goes with --dry-run\n")


@pytest.mark.parametrize("words", [("parse", "--dry-run", "--html"), ("report", "--html")])
def test_a_report_never_takes_the_place_of_an_archive(demo: Bench, words: tuple[str, ...]) -> None:
    (archive,) = (demo.archives / "hltv").iterdir()
    before = archive.read_bytes()
    where = ["--archives", str(demo.archives)] if words[0] == "parse" else []
    tables = ["--warehouse", str(demo.warehouse)]
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", *words, str(archive), *where, *tables],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "is called like an archive" in done.stderr
    assert archive.read_bytes() == before


def test_sparse_columns_are_held_to_their_values_not_to_their_rows() -> None:
    loss = TableLoss(table="t", rows=1_000, nulls={"c": 49}, values={"c": 50})
    assert held_back((loss,), Limits()) == ("t.c loses 49 of 50 values (98 %, the limit is 5 %)",)
    assert held_back((loss,), Limits(max_null_rise=1)) == ()
    assert held_back((TableLoss(table="t", rows=3, is_gone=True),), Limits()) != ()
    everything = Limits(max_lost_share=1, max_null_rise=1)
    assert held_back((TableLoss(table="t", rows=3, is_gone=True),), everything) == ()


def test_rows_of_other_snapshots_are_traced_and_ids_may_be_negative(demo: Bench) -> None:
    outcome = demo.parse(registry=BUILT_IN, as_of_us=as_of_us("2027-01-01"))
    assert demo.snapshot.name != outcome.snapshot
    number = min(demo.column("captures", "capture_id"))
    assert number < 0
    where = ["--archives", str(demo.archives), "--warehouse", str(demo.warehouse), "--json"]
    for words in (("hltv_matches", "2394952"), ("captures", str(number))):
        done = subprocess.run(
            [sys.executable, "-m", "warchouse", "trace", *words, "--snapshot", "2", *where],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)[0]["snapshot"] == outcome.snapshot
