"""The commands `warchouse tables …` as people and programs meet them, over the tracked archive."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from rich.cells import cell_len

from tests.test_layout import loaded_by
from tests.warehouse.a_snapshot import commit
from warehouse.cli import COMMANDS
from warehouse.rows.hltv import EconomyRow
from warehouse.rules.listed import RULES_OF
from warehouse.schema import key_of
from warehouse.terminal import shown

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def warchouse(*words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        encoding="utf-8",
        input=stdin,
        timeout=60,
        env={**os.environ, **environment},
    )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two snapshots of the tracked archive, and one as of the middle of its crawl."""
    folder = tmp_path_factory.mktemp("tables") / "warehouse" / "data"
    for said in (["--pin", "hltv.match=1"], [], ["--as-of", "2026-11-22T00:45:41.3Z"]):
        done = warchouse("parse", "demo", "--warehouse", str(folder), "--accept", *said)
        assert done.returncode == 0, done.stderr
    return folder


def tables(warehouse: Path, *words: str, code: int = 0, stdin: str = "", columns: str = "") -> str:
    """What a command prints: in a pipe, or on a terminal of so many columns."""
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": columns}
    environment = terminal if columns else {}
    done = warchouse("tables", *words, "--warehouse", str(warehouse), stdin=stdin, **environment)
    assert done.returncode == code, done.stderr
    if code:
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("error: ")
        return done.stderr
    return done.stdout


def loaded(warehouse: Path, *words: str) -> Any:
    return json.loads(tables(warehouse, *words, "--json"))


def visible(text: str) -> list[str]:
    """The lines without their colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_and_a_line_in_the_readme(name: str) -> None:
    done = warchouse("tables", name, "--help")
    assert done.returncode == 0, done.stderr
    assert "Example" in done.stdout
    assert f"warchouse tables {name}" in done.stdout
    assert "--json" in done.stdout
    assert "--quiet" in done.stdout
    assert f"warchouse tables {name}" in README


def test_listing_loads_no_data_library() -> None:
    heavy = {"duckdb", "polars", "pyarrow", "numpy", "pandas"}
    for module in ("listing", "snapshots", "prune"):
        assert loaded_by(f"import warehouse.commands.{module}").isdisjoint(heavy), module
    assert loaded_by("import warehouse.cli").isdisjoint({*heavy, "warehouse.commands.query"})
    assert "polars" not in loaded_by("import warehouse.commands.query, warehouse.commands.show")


def test_a_list_in_a_pipe_begins_with_name_and_rows(warehouse: Path) -> None:
    lines = tables(warehouse, "list").splitlines()
    assert re.fullmatch(
        r"captures +132 +\d+\.\d kB +1  One archived visit of one URL, .*\.", lines[0]
    )
    counts = {line.split()[0]: int(line.split()[1].replace(",", "")) for line in lines}
    every = {name: one["rows"] for name, one in loaded(warehouse, "list").items()}
    assert counts.items() <= every.items()


def test_tables_of_a_source_without_any_row_are_not_listed(tmp_path: Path) -> None:
    (file,) = (ROOT / "archives" / "demo").glob("hltv-*.warc.gz")
    warehouse = tmp_path / "data"
    assert warchouse("parse", str(file), "--warehouse", str(warehouse)).returncode == 0
    shown = {line.split()[0] for line in tables(warehouse, "list").splitlines()}
    missing = loaded(warehouse, "list").keys() - shown
    assert missing == {name for name in missing if name.startswith("pubg_")} != set()
    assert not any(name.startswith("pubg_") for name in shown)
    done = warchouse("tables", "list", "--warehouse", str(warehouse))
    assert done.stderr == f"not shown: {len(missing)} tables of pubg, all empty\n"
    assert tables(warehouse, "query", f"SELECT count(*) FROM {min(missing)}")


def test_an_older_snapshot_and_one_as_of_a_day_can_be_read(warehouse: Path) -> None:
    stage = ("show", "hltv_matches", "--columns", "stage", "--limit", "1")
    old, new = (loaded(warehouse, *stage, "--snapshot", one) for one in ("1", "000002"))
    assert old == [{"stage": None}] != new
    assert loaded(warehouse, *stage) == new
    captures = loaded(warehouse, "list", "--snapshot", "3")["captures"]["rows"]
    assert 0 < captures < loaded(warehouse, "list")["captures"]["rows"]
    assert loaded(warehouse, "query", "SELECT count(*) AS c FROM captures", "--snapshot", "3") == [
        {"c": captures}
    ]
    said = tables(warehouse, "list", "--snapshot", "7", code=2)
    assert said.endswith(": there are 000001, 000002, 000003\n")


def test_rows_are_shown_by_key_condition_and_column(warehouse: Path) -> None:
    [first, *_] = loaded(warehouse, "show", "hltv_maps")
    match = str(first["match_id"])
    maps = loaded(warehouse, "show", "hltv_maps", match)
    assert {one["match_id"] for one in maps} == {first["match_id"]}
    assert loaded(warehouse, "show", "hltv_maps", match, "1") == [first]
    some = loaded(
        warehouse, "show", "hltv_maps", match, "--where", "map_number > 1 -- not the first"
    )
    assert some == maps[1:]
    assert len(loaded(warehouse, "show", "hltv_round_history", "--all")) == 738
    assert loaded(
        warehouse, "show", "hltv_maps", "--columns", "map_name,match_id", "--limit", "1"
    ) == [{"map_name": first["map_name"], "match_id": first["match_id"]}]
    assert loaded(warehouse, "show", "hltv_maps", "--where", "false") == []
    unregistered = loaded(
        warehouse, "show", "hltv_player_stats", "--where", "player_id IS NULL", "--limit", "1"
    )[0]
    key = [str(unregistered[name]) for name in ("match_id", "map_number")]
    assert loaded(warehouse, "show", "hltv_player_stats", *key, "null")[0] == unregistered


def test_one_row_is_printed_upright(warehouse: Path) -> None:
    lines = tables(warehouse, "show", "hltv_teams", "--limit", "1").splitlines()
    assert [line.split()[0] for line in lines] == [
        "team_id",
        "team_name",
        "country",
        "fetched_at",
        "source_url",
        "parser_version",
        "match_capture_id",
    ]
    assert re.search(r"fetched_at +2026-11-22T00:45:42\.\d{6}Z$", "\n".join(lines), re.MULTILINE)


@pytest.mark.parametrize("columns", ["80", "160"])
@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["show", "hltv_player_stats"],
        ["show", "captures", "--limit", "3"],
        ["describe", "hltv_player_stats"],
        ["describe", "captures", "--stats"],
        ["query", "FROM hltv_maps"],
        ["quarantine"],
        ["snapshots"],
        ["prune", "--dry-run"],
    ],
    ids=" ".join,
)
def test_every_line_fits_the_terminal(warehouse: Path, words: list[str], columns: str) -> None:
    said = tables(warehouse, *words, columns=columns)
    table = [line for line in visible(said) if not line.startswith("and ")]
    assert max(map(cell_len, table)) <= int(columns)


def test_in_a_pipe_named_columns_are_whole(warehouse: Path) -> None:
    said = tables(
        warehouse,
        "show",
        "captures",
        "--columns",
        "url,surt,record_id,file,payload_digest,capture_id",
    )
    head, first, *_ = said.splitlines()
    assert head.split() == ["url", "surt", "record_id", "file", "payload_digest", "capture_id"]
    assert "…" not in first


def test_what_a_site_wrote_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    hostile = "\x1b]0;owned\x07\x1b[2J\u202egnp.exe\nnext\ttab"
    commit(tmp_path, {"t": [pa.table({"n": [1, 2], "text": [hostile, "b"]})]})
    for words in (
        ["show", "t"],
        ["show", "t", "--limit", "1"],
        ["query", "SELECT text AS n FROM t"],
    ):
        for columns in ("", "120"):
            said = "\n".join(visible(tables(tmp_path, *words, columns=columns)))
            assert "\\x1b]0;owned\\x07" in said
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", said)
    assert shown(hostile, longest=None).isprintable()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "hltv_maps", "1"], "no row of hltv_maps has the key 1"),
        (["show", "hltv_maps", "x"], "match_id of hltv_maps is a number, not 'x'"),
        (["show", "hltv_maps", "1", "2", "3"], "the key of hltv_maps is match_id map_number: give"),
        (
            ["show", "hltv_maps", "--columns", "map_nam"],
            "no column 'map_nam' in hltv_maps: did you",
        ),
        (["show", "hltv_maps", "--where", "nope = 1"], 'Referenced column "nope" not found'),
        (["show", "hltv_maps", "--where", "1 = 1) OR (1 = 1"], "syntax error at or near"),
        (["show", "hltv_map"], "no table 'hltv_map' in snapshot 000002: there are captures"),
        (["describe", "nope"], "no table 'nope' in snapshot 000002"),
        (["quarantine", "nope"], "no table 'nope' in snapshot 000002"),
        (["query"], "give the SQL, - or --file FILE"),
        (["query", "SELECT 1", "--file", "x.sql"], "give the SQL, - or --file FILE"),
        (["query", "--file", "gone.sql"], "cannot read gone.sql: no such file or directory"),
        (["query", "SELECT 1", "--csv", "--json"], "--csv and --json exclude each other"),
        (["query", "DROP TABLE hltv_maps"], "only one SELECT is run here"),
        (["query", "FROM hltv_maps", "--memory", "lots"], "'lots' is no size of memory"),
        (["export"], "Missing option '--to'"),
        (["prune", "9"], "no snapshot '9'"),
        (["prune", "2"], "snapshot 000002 is the current one: it is never pruned"),
        (["prune", "--min-age", "soon"], "'soon' is no time, as 0, 90s, 30m, 12h or 7d"),
        (["prune", "--keep", "0"], "Invalid value for '--keep'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line_and_exit_code_2(
    warehouse: Path, words: list[str], message: str
) -> None:
    assert message in tables(warehouse, *words, code=2)


def test_a_query_comes_from_a_file_or_standard_input(warehouse: Path, tmp_path: Path) -> None:
    text = "SELECT map_name, count(*) AS maps\nFROM hltv_maps GROUP BY ALL ORDER BY ALL LIMIT 2;\n"
    (tmp_path / "q.sql").write_text(text)
    rows = loaded(warehouse, "query", "--file", str(tmp_path / "q.sql"))
    assert json.loads(tables(warehouse, "query", "-", "--json", stdin=text)) == rows
    csv = tables(warehouse, "query", text, "--csv")
    assert csv.splitlines() == ["map_name,maps", *(f"{r['map_name']},{r['maps']}" for r in rows)]


def test_sums_lists_and_names_met_twice_have_a_json_form(warehouse: Path) -> None:
    text = "SELECT 1 AS a, 2 AS a, sum(9223372036854775807::HUGEINT) AS s, [1, NULL] AS l, 'nan'::DOUBLE AS x"
    [row] = loaded(warehouse, "query", text)
    assert row == {"a": 1, "a_1": 2, "s": 9223372036854775807, "l": [1, None], "x": None}


def test_what_is_described_is_what_the_files_have(warehouse: Path) -> None:
    said = loaded(warehouse, "describe", "hltv_economy", "--stats")
    columns = {one["name"]: one for one in said["columns"]}
    rows = loaded(warehouse, "show", "hltv_economy", "--all")
    assert said["key"] == list(key_of(EconomyRow))
    assert said["rules"]
    for name, one in columns.items():
        values = [row[name] for row in rows if row[name] is not None]
        assert one["nulls"] == len(rows) - len(values), name
        assert one["distinct"] == len(set(values)), name
        ends = [str(min(values)), str(max(values))]
        texts = [end.lower() for end in ends] if one["type"] == "bool" else ends
        assert [one["smallest"], one["largest"]] == texts, name


def test_the_rules_of_every_source_are_told(tmp_path: Path) -> None:
    for source, ruled in RULES_OF.items():
        row, rules = next(iter(ruled.items()))
        commit(tmp_path / source, {row.table: [pa.table({"x": [1]})]})
        said = loaded(tmp_path / source, "describe", row.table)
        assert said["rules"] + said["worth_a_look"], source
        assert len(said["rules"] + said["worth_a_look"]) == len(rules)


def test_a_snapshot_of_another_schema_is_read_as_it_is(tmp_path: Path) -> None:
    """An older one: columns of today lack, one has another type, one is no longer declared."""
    vetoes = pa.table(
        {
            "match_id": pa.array([1, 2], pa.int32()),
            "step_number": pa.array([1, None], pa.int64()),
            "gone": ["a", "b"],
        }
    )
    commit(tmp_path, {"hltv_vetoes": [vetoes], "unheard_of": [pa.table({"x": [1.5]})]})
    said = loaded(tmp_path, "describe", "hltv_vetoes", "--stats")
    notes = {one["name"]: one["note"] for one in said["columns"]}
    assert notes["match_id"] == "declared as int64; declared as never null"
    assert notes["gone"] == "not declared today"
    assert "team_name" in said["declared_but_missing"]
    assert "team_name: declared today, not in this snapshot" in tables(
        tmp_path, "describe", "hltv_vetoes"
    )
    assert loaded(tmp_path, "show", "hltv_vetoes", "2", "null") == [
        {"match_id": 2, "step_number": None, "gone": "b"}
    ]
    assert loaded(tmp_path, "show", "unheard_of", "--where", "x > 1") == [{"x": 1.5}]
    assert "use --where" in tables(tmp_path, "show", "unheard_of", "1", code=2)
    assert "double" in tables(tmp_path, "describe", "unheard_of")
    tables(tmp_path, "export", "--to", str(tmp_path / "all.sqlite"))
    with contextlib.closing(sqlite3.connect(tmp_path / "all.sqlite")) as file:
        assert file.execute("SELECT * FROM hltv_vetoes").fetchall() == [(1, 1, "a"), (2, None, "b")]


def test_an_export_says_what_it_wrote(warehouse: Path, tmp_path: Path) -> None:
    to = str(tmp_path / "season.sqlite")
    said = loaded(warehouse, "export", "--to", to)
    counts = {name: one["rows"] for name, one in loaded(warehouse, "list").items()}
    assert said["files"] == [{"file": to, "bytes": Path(to).stat().st_size, "tables": counts}]
    assert f"{to} is there already: --force" in tables(warehouse, "export", "--to", to, code=2)
    said_again = tables(warehouse, "export", "hltv_maps", "--to", to, "--force")
    assert said_again.splitlines()[1].split() == [to, "hltv_maps", "42", *said_again.split()[-9:-7]]
    assert said_again.endswith("from snapshot 000002\n")


def test_snapshots_are_listed_with_what_sets_them_apart(warehouse: Path) -> None:
    first, second, third = loaded(warehouse, "snapshots")
    assert [first["current"], second["current"], third["current"]] == [False, True, False]
    assert first["pins"] == {"hltv.match": 1}
    assert (second["parent"], third["parent"]) == ("000001", "000002")
    assert third["as_of"].startswith("2026-11-22T00:45:42.299999")
    assert all(one["bytes"] == one["own_bytes"] + one["shared_bytes"] for one in (first, second))
    assert first["shared_bytes"] > 0
    lines = tables(warehouse, "snapshots").splitlines()
    assert lines[1].endswith("pinned hltv.match=1")
    assert lines[2].endswith("current")
    assert lines[3].endswith("as of 2026-11-22 00:45:41.3")


def test_pruning_says_what_goes_what_stays_and_why(warehouse: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(warehouse, copy)
    named = tables_code(copy, "prune", "1", "3", code=1)
    assert re.search(
        r"^kept 000001 \(committed .* ago\): it was current until .* ago$", named, re.MULTILINE
    )
    assert re.search(
        r"^kept 000003 .* an --as-of build\): it was made .* ago$", named, re.MULTILINE
    )
    assert "nothing was removed" in named
    dry = tables(copy, "prune", "1", "--min-age", "0", "--dry-run")
    assert dry.startswith("would remove 000001")
    said = loaded(copy, "prune", "1", "--min-age", "0")
    assert said["removed"] == ["000001"]
    assert said["freed_bytes"] > 0
    done = warchouse("parse", "demo", "--warehouse", str(copy), "--pin", "hltv.match=1", "--accept")
    assert done.returncode == 0, done.stderr
    assert (copy / "CURRENT").read_text() == "000004\n"
    assert contents(copy, "000004") == contents(warehouse, "000001")


def tables_code(warehouse: Path, *words: str, code: int) -> str:
    done = warchouse("tables", *words, "--warehouse", str(warehouse))
    assert done.returncode == code
    return done.stdout


def contents(warehouse: Path, snapshot: str) -> dict[str, bytes]:
    folder = warehouse / "snapshots" / snapshot
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.parquet")}


@pytest.mark.parametrize(
    "words",
    [
        ["show", "hltv_maps"],
        ["query", "FROM hltv_maps"],
        ["describe", "hltv_maps"],
        ["quarantine"],
        ["snapshots"],
        ["prune", "--dry-run"],
    ],
)
def test_quiet_answers_with_the_exit_code_alone(warehouse: Path, words: list[str]) -> None:
    assert tables(warehouse, *words, "--quiet") == ""
    said = warchouse("tables", *words, "--quiet", "--warehouse", str(warehouse / "nowhere"))
    assert said.returncode in {2, 4} or words[0] == "prune"
    assert said.stdout == ""


@pytest.mark.parametrize("library", ["polars", "pandas", "duckdb"])
def test_the_readmes_line_reads_the_current_snapshot(
    library: str, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run as it stands, where `warehouse/data` is; nothing of ours is imported by it."""
    [block] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    ours = [line for line in block.splitlines() if library in line or line.startswith("now = ")]
    assert len(ours) == 3
    monkeypatch.chdir(warehouse.parents[1])
    code = "\n".join([*ours, "import sys", "print(len(matches), 'warehouse' in sys.modules)"])
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], check=False, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("16 False\n", "")


@pytest.mark.parametrize(
    ("words", "way"),
    [
        ("tables list", "--snapshot ID reads one"),
        ("tables show hltv_maps", "--snapshot ID reads one"),
        ("tables describe hltv_maps", "--snapshot ID reads one"),
        ("tables query SELECT", "--snapshot ID reads one"),
        ("tables export --to x.csv", "--snapshot ID reads one"),
        ("tables quarantine", "--snapshot ID reads one"),
        ("report", "--snapshot ID reads one"),
        ("trace hltv_maps 1", "--snapshot ID reads one"),
        ("diff", "warchouse diff A B compares two"),
        ("diff 1", "warchouse diff A B compares two"),
    ],
)
def test_where_none_is_current_the_snapshots_that_can_be_read_are_named(
    words: str, way: str, tmp_path: Path
) -> None:
    for day in ("2024", "2025"):
        commit(tmp_path, {"t": [pa.table({"n": [1]})]}, current=False, as_of=day)
    done = warchouse(*words.split(), "--warehouse", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr == (
        f"error: no snapshot in '{tmp_path}' is the current one: there are 000001, 000002;"
        f" {way}, and warchouse parse without --as-of builds it\n"
    )
    assert warchouse("tables", "list", "--snapshot", "2", "--warehouse", str(tmp_path)).stdout
