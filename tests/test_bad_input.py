"""What a user may do wrong, to every command: one clear line, the right exit code, nothing lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from fetch.progress import Bar, reporter
from fetch.report import Counts, Report
from tests.replica.background import control, running
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "archives" / "demo"


def warchouse(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables of the tracked collection."""
    folder = tmp_path_factory.mktemp("demo") / "warehouse"
    done = warchouse("parse", str(DEMO), "--warehouse", str(folder), "--quiet")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with running(matches=3, small=True, traps=False) as url:
        yield url


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("nonsense", "No such command 'nonsense' (see warchouse --help)"),
        ("--nonsense", "No such option: --nonsense (see warchouse --help)"),
        ("fetch nonsense", "no source 'nonsense'; there is hltv"),
        ("fetch hltv --qqq", "No such option: --qqq (see warchouse fetch hltv --help)"),
        ("fetch hltv --max-pages 0", "Invalid value for '--max-pages'"),
        ("fetch hltv --archives s3://bucket/x", "'s3://bucket/x' is not a folder of this machine"),
        ("parse --workers x", "Invalid value for '--workers'"),
        ("parse --warehouse s3://bucket/x", "a parse reads local files only, not 's3://bucket/x'"),
        ("parse --archives s3://bucket/x", "a parse reads local files only, not 's3://bucket/x'"),
        ("trace", "Missing argument 'table' (see warchouse trace --help)"),
        ("tables show hltv_maps --limit 0", "Invalid value for '--limit'"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_exit_code_2(words: str, problem: str) -> None:
    done = warchouse(*words.split())
    assert done.returncode == 2
    assert problem in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert not (ROOT / "s3:").exists()


@pytest.mark.parametrize("words", [[], ["fetch"], ["tables"]])
def test_a_group_without_a_command_shows_its_help(words: list[str]) -> None:
    done = warchouse(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ")
    assert "Commands:" in done.stderr


def test_the_last_day_there_is_can_be_asked_for(base: str, tmp_path: Path) -> None:
    where = ["--base-url", base, "--archives", str(tmp_path), "--max-pages", "1"]
    done = warchouse("fetch", "hltv", *where, "--until", "9999-12-31")
    assert done.returncode == 0, done.stderr


def test_what_will_be_contacted_is_said_also_where_the_summary_is_json(
    base: str, tmp_path: Path
) -> None:
    where = ["--base-url", base, "--archives", str(tmp_path), "--max-pages", "1"]
    done = warchouse("fetch", "hltv", *where, "--json")
    assert done.stderr.startswith(f"Contacting {base} as 'Warchouse/")
    assert "Pace: 0-0 s between requests" in done.stderr


def test_failed_pages_are_named_in_one_line_even_when_quiet(base: str, tmp_path: Path) -> None:
    control(base, "faults", {"pattern": "economy", "kind": "404", "times": 1})
    where = ["--base-url", base, "--archives", str(tmp_path)]
    done = warchouse("fetch", "hltv", *where, "--quiet")
    assert done.returncode == 1
    assert re.fullmatch(r"needs a look: failed pages: 1; see .*\.log\n", done.stderr)
    assert done.stdout == ""


def test_the_readme_shows_what_a_refusal_prints(base: str, tmp_path: Path) -> None:
    control(base, "faults", {"pattern": "results", "kind": "challenge", "times": 1})
    done = warchouse("fetch", "hltv", "--base-url", base, "--archives", str(tmp_path), "--quiet")
    assert done.returncode == 3
    said = re.sub(r"hltv-\w+-\d+\.warc\.gz", "hltv-20261121T200512Z-00001.warc.gz", done.stderr)
    said = said.replace(base, "https://www.hltv.org").replace(str(tmp_path), "archives")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    # This machine is spared the hour that the README's host is left alone for.
    shown = " ".join(readme.split()).replace(", not before 2026-11-21 21:06 UTC;", ";")
    assert " ".join(said.split()) in shown


@pytest.mark.parametrize("words", ["tables show hltv_maps", "trace hltv_maps 1"])
def test_a_damaged_table_is_one_line_and_exit_code_4(
    words: str, tables: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "warehouse"
    for path in tables.rglob("*"):
        if path.is_file():
            (copy / path.relative_to(tables)).parent.mkdir(parents=True, exist_ok=True)
            (copy / path.relative_to(tables)).write_bytes(path.read_bytes())
    for part in copy.glob("snapshots/*/hltv_maps/*.parquet"):
        part.write_bytes(b"junk")
    done = warchouse(*words.split(), "--warehouse", str(copy))
    assert done.returncode == 4
    assert done.stderr.startswith("error: cannot read the table")
    assert done.stderr.count("\n") == 1


def limited(blocks: int, *words: str) -> subprocess.CompletedProcess[str]:
    """The command where the system refuses to let any file grow beyond so many blocks."""
    if os.name == "nt":
        pytest.skip("needs a shell that can limit the size of files")
    script = f'ulimit -f {blocks}; exec "$@"'
    return subprocess.run(
        ["sh", "-c", script, "sh", sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("blocks", [1, 50, 150, 300])
def test_a_parse_that_cannot_write_leaves_the_snapshot_before(
    blocks: int, tables: Path, tmp_path: Path
) -> None:
    shutil.copytree(tables, tmp_path, dirs_exist_ok=True)
    before = (tmp_path / "CURRENT").read_text()
    shutil.rmtree(tmp_path / "cache")
    where = (str(DEMO), "--warehouse", str(tmp_path))
    words = ("parse", *where, "--pin", "hltv.economy=2")  # another basis, or nothing were to do
    failed = limited(blocks, *words)
    assert failed.returncode == 4
    assert re.fullmatch(r"error: cannot write the warehouse [^\n]*\n", failed.stderr)
    assert (tmp_path / "CURRENT").read_text() == before
    assert warchouse(*words, "--quiet").returncode == 0
    assert len(list(tmp_path.glob("snapshots/*/hltv_maps/*"))) == 2
    assert parts(tmp_path) == parts(tables)


def parts(warehouse: Path) -> dict[str, bytes]:
    """Every Parquet file of the current snapshot."""
    snapshot = warehouse / "snapshots" / (warehouse / "CURRENT").read_text().strip()
    return {str(one.relative_to(snapshot)): one.read_bytes() for one in snapshot.rglob("*.parquet")}


@pytest.mark.parametrize("blocks", [1, 100, 150])
def test_a_fetch_that_cannot_write_keeps_what_it_wrote(
    blocks: int, base: str, tmp_path: Path
) -> None:
    words = ("fetch", "hltv", "--base-url", base, "--archives", str(tmp_path))
    asked = len(log_of(base))
    failed = limited(blocks, *words, "--quiet")
    assert failed.returncode == 4
    assert re.fullmatch(r"error: [^\n]* cannot be [^\n]*\n", failed.stderr)
    kept = {
        record.target_uri.removeprefix(base)
        for path in tmp_path.glob("hltv/*.warc.gz*")
        for record in read_records(path)
        if isinstance(record, Record) and record.type == "response"
    }
    done = warchouse(*words, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["whole"], told["partial"], told["untouched"]) == (3, 0, 0)
    times = Counter(str(target) for target, _ in log_of(base)[asked:])
    again = {target for target in kept if times[target] != 1}
    assert again <= {"/robots.txt", "/results?offset=0"}  # asked for by every run


def log_of(base: str) -> list[tuple[str, int]]:
    answer = control(base, "log", method="GET")
    assert isinstance(answer, list)
    return [(str(target), int(status)) for target, status in answer]


def test_a_name_that_the_terminal_cannot_show_is_escaped(tables: Path) -> None:
    words = ["tables", "show", "hltv_players", "--limit", "200", "--warehouse", str(tables)]
    done = warchouse(*words, PYTHONIOENCODING="ascii", COLUMNS="80")
    assert done.returncode == 0, done.stderr
    assert "\\x" in done.stdout


def test_a_full_disk_behind_standard_output_is_one_line(tables: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    with full.open("w") as nowhere:
        done = subprocess.run(
            [sys.executable, "-m", "warchouse", "tables", "list", "--warehouse", str(tables)],
            cwd=ROOT,
            check=False,
            stdout=nowhere,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (4, "error: no space left on device\n")


@pytest.mark.parametrize("words", [["tables", "list"], ["tables", "show", "hltv_maps"]])
def test_quiet_answers_with_the_exit_code_alone(words: list[str], tables: Path) -> None:
    done = warchouse(*words, "--quiet", "--warehouse", str(tables))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_a_parse_and_its_workers_without_a_traceback(
    workers: str, tmp_path: Path
) -> None:
    """The signal goes to the whole process group, as from a terminal."""
    if not hasattr(os, "killpg"):
        pytest.skip("needs process groups")
    collection = tmp_path / "archives" / "hltv"
    collection.mkdir(parents=True)
    [original] = DEMO.glob("hltv-*.warc.gz")
    for number in range(30):
        (collection / f"{number:02d}.warc.gz").write_bytes(original.read_bytes())
    where = ["--archives", str(collection.parent), "--warehouse", str(tmp_path / "warehouse")]
    command = [sys.executable, "-m", "warchouse", "parse", *where, "--workers", workers]
    with subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as parse:
        while parse.poll() is None and not list(tmp_path.glob("warehouse/snapshots/.building-*")):
            time.sleep(0.01)
        time.sleep(0.1)  # the workers are starting
        os.kill(-parse.pid, signal.SIGINT)
        _, said = parse.communicate(timeout=60)
    assert parse.returncode == 130
    assert said == "interrupted: the snapshot before stands\n"
    assert not list(tmp_path.glob("warehouse/snapshots/*"))


def test_the_bar_shows_rate_and_time_left_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    bar = reporter(quiet=False)
    assert isinstance(bar, Bar)
    long = "https://www.hltv.org/stats/matches/economy/mapstatsid/231966/" + "a-long-name" * 5
    for done in range(1, 4):
        bar.advance(done, 130, long)
    bar.close()
    shown = capsys.readouterr().err
    assert "pages/s" in shown
    assert " left" in shown
    assert "3/133" in shown


def test_a_report_without_failures_needs_no_look() -> None:
    assert Report(ending="done", counts=Counts(), wall_s=1.0).needs_look == ""
    trouble = Report(ending="trouble", counts=Counts(), wall_s=1.0, why="5 failures.", log="a.log")
    assert trouble.needs_look == "5 failures; see a.log"
