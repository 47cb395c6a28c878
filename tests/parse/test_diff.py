"""Two builds compared: what was edited between them is what is said, and how the command says it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from parse.inputs import find_inputs
from parse.registered import REGISTRY as REGISTERED
from parse.run import ParseOptions
from parse.sides import Versions, built_sides, snapshots_in, versions_in
from tests.parse.bench import REGISTRY, SITE, Bench, Watch, game, games, page, record
from tests.parse.edits import edited
from tests.parse.fake_source import REGISTRY as FAKE
from warc.errors import UsageError
from warehouse.diff.as_json import as_json
from warehouse.diff.lines import sections
from warehouse.diff.model import Diff, Tally
from warehouse.diff.report import report
from warehouse.diff.snapshots import diff_snapshots
from warehouse.errors import TableNotFoundError
from warehouse.html import render
from warehouse.rows import archive

ROOT = Path(__file__).resolve().parents[2]
ROWS = (*FAKE.tables, *archive.ROWS)
UPGRADED = "tests.parse.fake_source:UPGRADED"
NEWEST = f"hltv.match={REGISTERED.registered()['hltv.match'][-1]}"
GONE = "2394997"  # a match of the tracked archive


def warchouse(*words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    return done


def without_a_match(url: str, text: str) -> str | None:
    """The match page is gone; on map pages every damage number of two digits got a third."""
    if GONE in url:
        return None
    if re.search(r"/stats/matches/mapstatsid/", url):
        return re.sub(r'(<td class="st-adr[^"]*">)(\d\d\.)', r"\g<1>1\2", text)
    return text


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The tracked archive built as it is, and after pages were edited."""
    bench = Bench(tmp_path_factory.mktemp("twice"))
    for edit in (lambda _url, text: text, without_a_match):
        bench.put("a.warc.gz", [edited(edit)], collection="hltv")
        bench.parse(registry="parse.registered:REGISTRY")
    return bench


def run(bench: Bench, *words: str) -> subprocess.CompletedProcess[str]:
    where = ["--warehouse", str(bench.warehouse), "--archives", str(bench.archives)]
    return warchouse("diff", *where, *words)


def said(bench: Bench, *words: str) -> dict[str, Any]:
    done = run(bench, "--json", *words)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_the_edits_of_pages_are_what_differs(twice: Bench) -> None:
    tables = {table["table"]: table for table in said(twice)["tables"]}
    assert tables["hltv_results"]["equal"]
    matches = tables["hltv_matches"]
    assert (matches["removed"], matches["added"], matches["changed"]) == (1, 0, 0)
    assert matches["rows_removed"][0]["key"] == {"match_id": int(GONE)}
    [capture] = matches["rows_removed"][0]["captures"]
    assert capture["url"].startswith(f"http://127.0.0.1:33901/matches/{GONE}/")
    assert (capture["collection"], capture["file"]) == ("hltv", "a.warc.gz")
    stats = tables["hltv_player_stats"]
    columns = {column["column"]: column for column in stats["columns"] if column["examples"]}
    assert set(columns) <= {"adr", "e_adr"}
    adr = columns["adr"]
    assert stats["changed"] >= adr["changed"] > 100
    for example in adr["examples"]:
        assert example["after"] == pytest.approx(100 + example["before"])
        assert "/stats/matches/mapstatsid/" in example["captures_after"][0]["url"]


def test_lines_in_a_pipe_name_tables_columns_examples_and_places(twice: Bench) -> None:
    done = run(twice, "previous", "current", "--table", "hltv_player_stats", "--examples", "1")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "snapshot 000001 → 000002"
    assert re.match(r"hltv_player_stats +\d+ +\d+ +0 +\d+ +\d+ +0$", lines[5]), lines
    [example] = [line for line in lines if line.startswith("adr  ") and "http" in line]
    found = re.match(r"adr +(\d+ \d+ \d+ \S+) +([\d.]+) +([\d.]+) +hltv/a\S+ at \d+ +http", example)
    assert found, example
    traced = warchouse(
        "trace", "hltv_player_stats", *found[1].split(), "--warehouse", str(twice.warehouse),
        *("--archives", str(twice.archives)),
    )  # fmt: skip
    assert re.search(rf"\badr +{re.escape(found[3])}\b", traced.stdout)


def test_a_report_is_one_file_that_loads_nothing(twice: Bench, tmp_path: Path) -> None:
    file = tmp_path / "diff.html"
    done = run(twice, "--html", str(file), "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    text = file.read_text("utf-8")
    tree = lxml_html.document_fromstring(text)
    assert not list(tree.iter("script", "link", "img", "iframe"))
    assert not re.search(r"""(src|href)=["'](?!#)""", text)
    heads = [head.text for head in tree.iter("h2", "h3")]
    for expected in ("Rows", "Nulls", "Values", "Table by table", "hltv_player_stats"):
        assert expected in heads
    anchors = {str(node.get("href")) for node in tree.iter("a")}
    assert anchors <= {f"#{node.get('id')}" for node in tree.iter() if node.get("id")}
    assert list(tree.iter("figure"))


def test_equal_sides_end_with_0(twice: Bench) -> None:
    done = run(twice, "2", "000002")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"snapshot 000002 → 000002\nno difference in \d\d tables\n", done.stdout)
    assert run(twice, "--table", "hltv_results", "--quiet").returncode == 0
    assert run(twice, "--quiet").returncode == 1


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["9"], 2, "no snapshot '9' in '.*': there are 000001, 000002"),
        (["../x"], 2, r"no snapshot '\.\./x' in"),
        (["--table", "nothing"], 2, "no table 'nothing' in snapshots 000001 and 000002"),
        (["hltv.match=99"], 2, r"hltv\.match has no version 99: there are \d"),
        (["hltv.nothing=1", NEWEST], 2, "no parser is called 'hltv.nothing'"),
        ([NEWEST, "000001"], 2, "compare two snapshots, or two versions of a parser"),
        ([NEWEST, NEWEST], 2, f"both sides are {NEWEST}"),
        (["hltv.map_stats=1", NEWEST], 2, rf"hltv.map_stats=1 and {NEWEST} are two parsers"),
        (["hltv.match="], 2, "a pin is NAME=VERSION"),
        (["--examples", "-1"], 2, "Invalid value for '--examples'"),
        (["--html", "/dev/null/x.html"], 4, "cannot write /dev/null/x.html: not a dir"),
    ],
)
def test_wrong_input_is_one_line(twice: Bench, words: list[str], code: int, message: str) -> None:
    done = run(twice, *words)
    assert done.returncode == code
    assert re.match(rf"error: {message}", done.stderr)
    assert done.stderr.count("\n") == 1


def test_the_first_snapshot_and_a_pruned_parent_have_none_before_them(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.put("a.warc.gz", games(2))
    bench.parse()
    with pytest.raises(TableNotFoundError, match="snapshot 000001 is the first"):
        snapshots_in((), bench.warehouse)
    bench.put("b.warc.gz", games(2, first=3))
    bench.parse()
    (bench.warehouse / "snapshots" / "000001").rename(tmp_path / "away")
    with pytest.raises(TableNotFoundError, match="snapshot 000001, before 000002, is not there"):
        snapshots_in((), bench.warehouse)


@pytest.fixture
def made_worse(tmp_path: Path) -> Diff:
    """Six games; then one is refused by two rules, one page has an issue, one is blocked."""
    bench = Bench(tmp_path)
    bench.put("a.warc.gz", games(6))
    bench.parse()
    good = games(6)
    good[0] = record(f"{SITE}/game/1", page(game(1, score=-1, mode="odd")), second=1)
    good[2] = record(
        f"{SITE}/game/2", page(game(2, score=2), ("issue", ["missing", "x"])), second=2
    )
    good[4] = record(f"{SITE}/game/3", b"<html>no", status=403, second=3)
    bench.put("a.warc.gz", good)
    bench.parse()
    return diff_snapshots(*snapshots_in((), bench.warehouse), rows=ROWS)


def test_outcomes_refusals_and_issues_are_tallied(made_worse: Diff) -> None:
    assert made_worse.outcomes == (
        Tally(("game", "evidence"), 0, 1),
        Tally(("game", "parsed"), 6, 5),
    )
    assert Tally(("fake_games", "score >= 0"), 0, 1) in made_worse.quarantine
    assert Tally(("fake_games", "mode is one of solo, team"), 0, 1) in made_worse.quarantine
    lists_no = Tally(("Round", "no game page lists round …"), 0, 3)
    assert lists_no in made_worse.quarantine
    assert Tally(("game", "missing", "x"), 0, 1) in made_worse.issues
    [removed] = [table for table in made_worse.tables if table.name == "fake_games"]
    assert [row.key for row in removed.rows_removed] == [(1,), (3,)]


def test_every_form_says_the_same(made_worse: Diff) -> None:
    told = json.loads(json.dumps(as_json(made_worse)))
    assert {"table": "fake_games", "rule": "score >= 0", "before": 0, "after": 1} in told[
        "quarantine"
    ]
    titles = [section.title for section in sections(made_worse)]
    assert titles[-3:] == ["captures", "quarantine", "issues"]
    page_text = render(report(made_worse, reasons=("fake_games loses <much>",)))
    assert "Held back: fake_games loses &lt;much&gt;" in page_text
    assert "no game page lists round …" in page_text


def test_versions_are_built_aside_and_nothing_is_committed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.put("a.warc.gz", games(4))
    bench.parse()
    versions = versions_in(("fake.game=2",), registry=UPGRADED)
    assert versions == Versions(
        ("fake.game=2", (("fake.game", 2),)), ("fake.game=3", (("fake.game", 3),))
    )
    options = ParseOptions(warehouse=bench.warehouse, registry=UPGRADED)
    inputs = find_inputs((), archives=bench.archives)
    with built_sides(versions, inputs, options, Watch()) as both:
        found = diff_snapshots(*both, rows=ROWS)
    assert (found.before, found.after) == ("fake.game=2", "fake.game=3")
    assert found.parsers_before["fake.game"] == 2
    games_table = next(table for table in found.tables if table.name == "fake_games")
    assert [(column.name, column.changed) for column in games_table.columns] == [("title", 4)]
    assert games_table.columns[0].examples[0].after == "game 1!"
    assert [path.name for path in (bench.warehouse / "snapshots").iterdir()] == ["000001"]


def test_versions_are_told_from_snapshots() -> None:
    assert versions_in(()) is None
    assert versions_in(("current", "41")) is None
    with pytest.raises(UsageError, match=r"fake\.game has no version 3: there are 2"):
        versions_in(("fake.game=2", "fake.game=3"), registry=REGISTRY)
