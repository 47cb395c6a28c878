"""The commands as a user meets them: what they print, and how they end."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.parse.bench import Bench, games, record
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parents[2]


def warchouse(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def parse(bench: Bench, *words: str) -> subprocess.CompletedProcess[str]:
    where = ["--archives", str(bench.archives), "--warehouse", str(bench.warehouse)]
    return warchouse("parse", *where, *words)


def fill(bench: Bench) -> Bench:
    """Make a collection of one evidence page of a real source: enough to commit a snapshot."""
    blocked = record("https://www.hltv.org/matches/1/a", b"<html>denied</html>", status=403)
    bench.put("a.warc.gz", [blocked], collection="hltv")
    return bench


@pytest.fixture
def robots(bench: Bench) -> Bench:
    return fill(bench)


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The same, parsed once for all tests that only look."""
    bench = fill(Bench(tmp_path_factory.mktemp("parsed")))
    assert parse(bench).returncode == 0
    return bench


@pytest.fixture
def again(robots: Bench, parsed: Bench) -> Bench:
    """The same, parsed and each test's own."""
    shutil.copytree(parsed.warehouse, robots.warehouse)
    return robots


def test_a_parse_prints_tables_both_sums_and_the_snapshot(robots: Bench) -> None:
    done = parse(robots)
    assert done.returncode == 0, done.stderr
    assert "hltv_matches" in done.stdout
    assert "1 capture = 0 parsed + 0 failed + 1 evidence" in done.stdout
    assert "0 rows extracted = 0 published + 0 merged" in done.stdout
    assert "snapshot 000001 in " in done.stdout


def test_json_is_the_same_summary(robots: Bench) -> None:
    done = parse(robots, "--json", "--quiet")
    said = json.loads(done.stdout)
    assert said["captures"]["evidence"] == 1
    assert said["tables"]["captures"] == 1
    assert said["waiting_for_root"] == 0
    assert said["snapshot"] == "000001"


def test_rows_that_wait_for_their_match_page_are_counted(bench: Bench) -> None:
    [demo] = (ROOT / "archives" / "demo").glob("hltv-*.warc.gz")
    economy = [
        demo.read_bytes()[capture.offset : capture.offset + capture.length]
        for capture in read_records(demo)
        if isinstance(capture, Record)
        and (capture.type == "warcinfo" or (capture.target_uri or "").find("/economy/") > 0)
    ]
    bench.put("a.warc.gz", economy, collection="hltv")
    done = parse(bench)
    assert done.returncode == 0, done.stderr
    said = re.search(
        r"^([\d,]+) rows wait in quarantine for a match page that is not archived$",
        done.stdout,
        re.MULTILINE,
    )
    assert said, done.stdout
    summary = json.loads(parse(bench, "--json").stdout)
    waiting = summary["waiting_for_root"]
    assert waiting == int(said[1].replace(",", "")) == summary["rows"]["quarantined"] > 1
    assert "waiting" not in summary["rows"]


def test_quiet_prints_nothing(robots: Bench) -> None:
    done = parse(robots, "--quiet")
    assert (done.stdout, done.stderr) == ("", "")


def test_damage_is_named_and_ends_with_1(robots: Bench) -> None:
    robots.put("b.warc.gz", [games(1)[0][:60]], collection="hltv")
    done = parse(robots)
    assert done.returncode == 1
    assert "b.warc.gz: 60 bad bytes at 0" in done.stderr
    assert "needs a look: 1 bad stretch in archives" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--workers", "0"], 2, "Invalid value for '--workers'"),
        (["nowhere"], 2, "error: neither a collection under"),
        (["s3://bucket/x"], 2, "error: a parse reads local files only"),
        (["--archives", "gone"], 2, "error: there is no archives folder 'gone'"),
        ([__file__], 4, "error: not a WARC file"),
    ],
)
def test_wrong_input_is_one_line_and_the_right_code(
    robots: Bench, words: list[str], code: int, message: str
) -> None:
    done = parse(robots, *words)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unwritable_warehouse_is_named(robots: Bench, tmp_path: Path) -> None:
    occupied = tmp_path / "occupied"
    occupied.write_text("a file stands where the folder should")
    done = parse(robots, "--warehouse", str(occupied))
    assert done.returncode == 4
    assert f"error: cannot write the warehouse {occupied}" in done.stderr


def test_a_full_disk_is_named_and_changes_nothing(again: Bench) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    cache = again.warehouse / "cache"
    shutil.rmtree(cache)
    again.put("b.warc.gz", games(1), collection="hltv")
    cache.symlink_to("/dev/full")
    done = parse(again)
    assert done.returncode == 4
    assert "error: cannot write the warehouse" in done.stderr
    assert again.snapshot.name == "000001"


def test_a_trace_leads_to_the_archived_record(parsed: Bench) -> None:
    capture = parsed.column("captures", "capture_id")[0]
    where = ["--archives", str(parsed.archives), "--warehouse", str(parsed.warehouse)]
    # A capture id may be negative; `--` ends the options.
    done = warchouse("trace", *where, "--head", "3", "captures", "--", str(capture))
    assert done.returncode == 0, done.stderr
    assert "https://www.hltv.org/matches/1/a" in done.stdout
    assert "a.warc.gz" in done.stdout
    assert "<html>denied</html>" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing", "1"], "no table 'nothing' in snapshot 000001"),
        (["hltv_matches", "x"], "match_id of hltv_matches is a number, not 'x'"),
        (["hltv_matches", "1"], "no row of hltv_matches has the key 1"),
        (["hltv_matches", "1", "2"], "the key of hltv_matches is match_id: give 1 to 1"),
    ],
)
def test_a_trace_that_fits_nothing_says_so(parsed: Bench, words: list[str], message: str) -> None:
    done = warchouse("trace", *words, "--warehouse", str(parsed.warehouse))
    assert done.returncode == 2
    assert f"error: {message}" in done.stderr


@pytest.mark.parametrize("file", ["CURRENT", "snapshots/000001/snapshot.json"])
def test_a_damaged_warehouse_is_one_line_that_says_what_to_do(robots: Bench, file: str) -> None:
    assert parse(robots).returncode == 0
    damaged = robots.warehouse / file
    damaged.write_bytes(b"\xe9\n")
    before = {path: path.stat().st_mtime_ns for path in robots.warehouse.rglob("*")}
    for words in (["tables", "list"], ["trace", "captures", "1"], ["parse"]):
        where = ["--archives", str(robots.archives)] if words[0] == "parse" else []
        done = warchouse(*words, *where, "--warehouse", str(robots.warehouse))
        assert done.returncode == 4, words
        assert done.stderr.startswith(f"error: {damaged} ")
        assert done.stderr.endswith(
            f": delete the folder {robots.warehouse}, and warchouse parse rebuilds it\n"
        )
        assert done.stderr.count("\n") == 1
        after = {path: path.stat().st_mtime_ns for path in robots.warehouse.rglob("*")}
        assert after == before, words
    shutil.rmtree(robots.warehouse)
    assert parse(robots).returncode == 0


def test_tables_are_listed_and_shown(parsed: Bench) -> None:
    where = ["--warehouse", str(parsed.warehouse)]
    listed = json.loads(warchouse("tables", "list", "--json", *where).stdout)
    assert listed["captures"]["rows"] == 1
    shown = json.loads(warchouse("tables", "show", "captures", "--json", *where).stdout)
    assert shown[0]["url"] == "https://www.hltv.org/matches/1/a"
    assert "captures" in warchouse("tables", "list", *where).stdout
    some = ["--columns", "file,outcome,url"]
    text = warchouse("tables", "show", "captures", *some, *where).stdout
    assert "a.warc.gz" in text


def test_before_the_first_parse_tables_say_what_to_do(tmp_path: Path) -> None:
    done = warchouse("tables", "list", "--warehouse", str(tmp_path))
    assert done.returncode == 2
    assert "run warchouse parse" in done.stderr


def test_a_killed_parse_leaves_the_snapshot_before(again: Bench) -> None:
    """However far it came: the same command again does the whole job."""
    pages = [
        record(f"https://www.hltv.org/matches/{number}/a", b"<html>denied</html>", status=403)
        for number in range(3000)
    ]
    again.put("b.warc.gz", pages, collection="hltv")
    where = ["--archives", str(again.archives), "--warehouse", str(again.warehouse)]
    command = [sys.executable, "-m", "warchouse", "parse", *where]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as killed:
        while killed.poll() is None and not list(again.warehouse.glob("snapshots/.building-*")):
            time.sleep(0.005)
        killed.kill()
    assert again.snapshot.name == "000001"
    assert parse(again).returncode == 0
    assert again.snapshot.name == "000002"
    assert len(again.table("captures")) == 3001
    assert list(again.warehouse.glob("snapshots/.building-*")) == []
    assert list((again.warehouse / "cache").glob("stage-*")) == []


def test_a_link_to_no_file_and_a_folder_named_like_one_are_told(robots: Bench) -> None:
    folder = robots.archives / "hltv"
    (folder / "c.warc.gz").mkdir()
    (folder / "d.warc.gz").symlink_to(folder / "gone.warc.gz")
    look = f"needs a look: 1 link to no file: {folder / 'd.warc.gz'}\n"
    for word in ("snapshot 000001 in", "nothing has changed since snapshot 000001"):
        done = parse(robots)
        assert (done.returncode, word in done.stdout) == (1, True)
        assert done.stderr == f"passed over: {folder / 'c.warc.gz'} is a folder\n{look}"
    done = parse(robots, "hltv", "--quiet")
    assert (done.returncode, done.stderr) == (1, look)
    assert look.endswith(json.loads(parse(robots, "--json").stdout)["needs_look"] + "\n")
    (folder / "d.warc.gz").unlink()
    assert parse(robots, "--quiet").returncode == 0
