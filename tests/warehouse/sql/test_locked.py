"""SQL over a snapshot: it reads these tables, and nothing gets it to do anything else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tests.warehouse.a_snapshot import snapshot_of
from warehouse.errors import WarehouseError
from warehouse.snapshot import Snapshot
from warehouse.sql.errors import SqlError
from warehouse.sql.locked import LockedSql
from warehouse.sql.tree import TABLE_FUNCTIONS

ROOT = Path(__file__).resolve().parents[3]
SECRET = "the secret of another file"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    rows = pa.table({"n": [1, 2, 3], "text": ["a", None, "c"]})
    return snapshot_of(tmp_path_factory.mktemp("warehouse"), t=rows, empty=rows.slice(0, 0))


@pytest.fixture
def sql(snapshot: Snapshot) -> Iterator[LockedSql]:
    with LockedSql(snapshot) as locked:
        yield locked


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    path = tmp_path / "outside.csv"
    path.write_text(f"{SECRET}\n1\n")
    return path


def rows_of(sql: LockedSql, text: str) -> list[dict[str, object]]:
    return [row for batch in sql.batches(sql.read(text)) for row in batch.to_pylist()]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT sum(n) AS s FROM t", [{"s": 6}]),
        ("FROM t WHERE text IS NULL", [{"n": 2, "text": None}]),
        ("WITH x AS (FROM t) SELECT max(n) AS m FROM x", [{"m": 3}]),
        ("SELECT count(*) AS c FROM empty;", [{"c": 0}]),
        ("SELECT range AS r FROM range(2)", [{"r": 0}, {"r": 1}]),
        ("SELECT unnest([1, 2]) AS u", [{"u": 1}, {"u": 2}]),
        ("SHOW TABLES", [{"name": "empty"}, {"name": "t"}]),
        (
            "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 3) FROM r",
            [{"i": 1}, {"i": 2}, {"i": 3}],
        ),
        (
            "FROM (PIVOT t ON n IN (1, 2) USING count(*)) WHERE text = 'a'",
            [{"text": "a", "1": 1, "2": 0}],
        ),
        ("SELECT column_name FROM (DESCRIBE t)", [{"column_name": "n"}, {"column_name": "text"}]),
        ("SELECT 1 AS a -- a comment", [{"a": 1}]),
    ],
)
def test_what_reads_is_run(sql: LockedSql, text: str, rows: list[dict[str, object]]) -> None:
    assert rows_of(sql, text) == rows


ESCAPES = (
    "SELECT * FROM read_text('{outside}')",
    "SELECT * FROM read_blob('{outside}')",
    "SELECT * FROM read_csv('{outside}')",
    "SELECT * FROM read_csv_auto('{outside}')",
    "SELECT * FROM read_json('{outside}')",
    "SELECT * FROM read_parquet('{outside}')",
    "SELECT * FROM parquet_metadata('{outside}')",
    "SELECT * FROM sniff_csv('{outside}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM '{outside}'",
    'SELECT * FROM "{outside}"',
    "FROM '/etc/passwd'",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT (SELECT content FROM read_text('{outside}'))",
    "SELECT * FROM t WHERE EXISTS (FROM read_text('{outside}'))",
    "SELECT * FROM query('FROM read_text(''{outside}'')')",
    "SELECT * FROM query_table('{outside}')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''{outside}'')'))",
    "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
    "SELECT * FROM read_text('https://127.0.0.1:9/x')",
    "FROM 's3://bucket/x.parquet'",
    "COPY t TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{part}' (FORMAT parquet, USE_TMP_FILE false)",
    "WITH x AS (COPY (SELECT 1) TO '{part}' (FORMAT parquet, USE_TMP_FILE false)) FROM x",
    "WITH x AS (COPY (SELECT 1) TO '{folder}/out.csv') FROM x",
    "SELECT * FROM (WITH x AS (COPY (SELECT 1) TO '{part}' (USE_TMP_FILE false)) FROM x)",
    "SELECT 1 WHERE EXISTS (WITH x AS (COPY (SELECT 1) TO '{part}' (USE_TMP_FILE false)) FROM x)",
    "WITH x AS (INSERT INTO t VALUES (4, 'd') RETURNING *) FROM x",
    "WITH x AS (DELETE FROM t RETURNING *) FROM x",
    "WITH x AS (UPDATE t SET n = 1 RETURNING *) FROM x",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{part}' (FORMAT parquet, USE_TMP_FILE false)",
    "EXPORT DATABASE '{folder}/out'",
    "IMPORT DATABASE '{folder}'",
    "ATTACH '{folder}/out.db'",
    "ATTACH ':memory:' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{outside}'",
    "SET memory_limit = '100GB'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "PRAGMA enable_profiling",
    "PRAGMA database_list",
    "CALL enable_logging(storage = 'file', storage_path = '{folder}/out')",
    "SELECT * FROM enable_logging(storage = 'file', storage_path = '{folder}/out')",
    "CREATE TABLE x AS SELECT 1",
    "CREATE VIEW x AS SELECT 1",
    "CREATE MACRO m() AS TABLE FROM read_text('{outside}')",
    "CREATE SECRET s (TYPE s3)",
    "DROP VIEW t",
    "USE memory",
    "BEGIN",
    "CHECKPOINT",
    "PREPARE p AS SELECT 1",
    "SET VARIABLE x = 1",
    "SELECT getenv('HOME')",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY t TO '{folder}/out.csv'",
    "SELECT * FROM rows",
    "SELECT * FROM read_duckdb('{outside}')",
    "SELECT * FROM arrow_scan(1, 2, 3)",
    "",
    " ; ",
    "SELECT 1 \0",
    "SELECT" + "(" * 20_000 + "1" + ")" * 20_000,
)


@pytest.mark.parametrize("text", ESCAPES, ids=lambda text: text[:60])
def test_every_other_door_is_shut(
    sql: LockedSql, snapshot: Snapshot, outside: Path, text: str
) -> None:
    rows = pa.table({"n": [1]})  # a Python variable is no table either
    assert rows.num_rows == 1
    [part] = snapshot.parts("t")
    before = part.read_bytes()
    asked = text.format(outside=outside, folder=outside.parent, part=part)
    with pytest.raises(SqlError) as caught:
        rows_of(sql, asked)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert part.read_bytes() == before
    assert list(outside.parent.iterdir()) == [outside]
    assert rows_of(sql, "SELECT count(*) AS c FROM t") == [{"c": 3}]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_text('{outside}')",
        "SELECT * FROM read_csv('{outside}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_parquet('http://127.0.0.1:9/x.parquet')",
        "COPY t TO '{folder}/out.csv'",
        "ATTACH '{folder}/out.db'",
        "EXPORT DATABASE '{folder}/out'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "PRAGMA enable_profiling",
        "CALL enable_logging(storage = 'file', storage_path = '{folder}/out')",
        "SELECT getenv('HOME')",
    ],
)
def test_the_settings_alone_shut_them_too(sql: LockedSql, outside: Path, text: str) -> None:
    """The second lock: what would hold if the tree were misread."""
    with pytest.raises(duckdb.Error):
        sql._connection.execute(text.format(outside=outside, folder=outside.parent)).fetchall()
    assert list(outside.parent.iterdir()) == [outside]


def test_no_known_table_function_takes_a_path(sql: LockedSql) -> None:
    found = sql._connection.execute(
        "SELECT DISTINCT function_name, unnest(parameters) FROM duckdb_functions()"
        " WHERE function_type IN ('table', 'table_macro')"
    ).fetchall()
    parameters = {name: {one for known, one in found if known == name} for name in TABLE_FUNCTIONS}
    within_json = {"json_each", "json_tree"}  # their path leads into a JSON text
    for name in TABLE_FUNCTIONS - within_json:
        assert not parameters[name] & {"path", "paths", "file", "filename", "files"}, name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELEC 1", 'syntax error at or near "SELEC" (line 1)'),
        ("SELECT 1\nFROM t\nWHERE", 'at or near "WHERE" (line 3)'),
        ("FROM tt", 'Table with name tt does not exist! Did you mean "t"?'),
        ("SELECT m FROM t", 'Referenced column "m" not found'),
        ("SELECT 'a'::INT", "Could not convert string 'a' to INT32"),
        ("SELECT 9223372036854775807::BIGINT + n FROM t", "Overflow in addition"),
        ("SELECT regexp_matches(text, '(') FROM t", "missing )"),
    ],
)
def test_wrong_sql_is_explained_in_one_line(sql: LockedSql, text: str, message: str) -> None:
    with pytest.raises(SqlError) as caught:
        rows_of(sql, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_memory_has_a_limit_and_what_is_larger_goes_to_the_disk(tmp_path: Path) -> None:
    # Texts that compress well on the disk and not at all while they are sorted.
    numbers = pa.array(range(1_000_000))
    rows = pa.table(
        {"n": numbers, "text": [f"{n * 7919 % 1_000_000:0200d}" for n in range(1_000_000)]}
    )
    snapshot = snapshot_of(tmp_path, t=rows)
    with LockedSql(snapshot, memory="150MB") as sql:
        spill = sql._spill
        first = next(sql.batches(sql.read("SELECT text FROM t ORDER BY text"))).column(0)[0]
        assert first.as_py() == "0" * 200
        with pytest.raises(SqlError, match=r"needs more memory than 150MB \(--memory\)"):
            rows_of(sql, "SELECT length(string_agg(text, '')) FROM t")
    assert not spill.exists()


@pytest.mark.parametrize("memory", ["much", "-1", "1 potato", "", "10"])
def test_a_size_of_memory_that_is_none_is_refused(snapshot: Snapshot, memory: str) -> None:
    with pytest.raises(SqlError, match="is no size of memory"):
        LockedSql(snapshot, memory=memory)


def test_a_reader_that_stops_early_leaves_no_thread(sql: LockedSql) -> None:
    batches = sql.batches(sql.read("SELECT * FROM range(100000000000)"))
    assert next(batches).num_rows
    batches.close()  # type: ignore[attr-defined]  # a generator
    assert rows_of(sql, "SELECT 1 AS a") == [{"a": 1}]


@pytest.mark.parametrize("name", ["data[1]", "it's", "file:x", "*?", 'a"b', "s3:/bucket"])
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such names")
    with LockedSql(snapshot_of(tmp_path / name, **{'od"d': pa.table({"n": [1]})})) as sql:
        assert rows_of(sql, 'FROM "od""d"') == [{"n": 1}]


def test_a_damaged_part_is_named_and_is_not_the_sqls_fault(tmp_path: Path) -> None:
    rows = pa.table({"n": list(range(100_000))})
    snapshot = snapshot_of(tmp_path, t=rows)
    [part] = snapshot.parts("t")
    whole = part.read_bytes()
    part.chmod(0o644)
    part.write_bytes(whole[:4] + bytes(2000) + whole[2004:])
    with (
        LockedSql(snapshot) as sql,
        pytest.raises(WarehouseError, match="delete that file") as caught,
    ):
        rows_of(sql, "SELECT sum(n) FROM t")
    assert caught.value.exit_code == 4
    part.write_bytes(b"junk")
    with pytest.raises(WarehouseError, match=r"cannot read the table: t: .*part-00000"):
        LockedSql(snapshot)


def test_ctrl_c_ends_a_query_at_once(snapshot: Snapshot, tmp_path: Path) -> None:
    """A query that would run for hours, interrupted once it has begun."""
    if os.name == "nt":
        pytest.skip("needs signals")
    endless = "SELECT count(*) FROM range(10000000000) a, range(10000) b"
    where = ["--warehouse", str(snapshot.folder.parents[1])]
    command = [sys.executable, "-m", "warchouse", "tables", "query", endless, *where]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as query:
        while query.poll() is None and not list(tmp_path.iterdir()):
            time.sleep(0.01)
        time.sleep(0.3)  # the query is running
        query.send_signal(signal.SIGINT)
        _, said = query.communicate(timeout=60)
    assert (query.returncode, said) == (130, "error: interrupted\n")
    assert list(tmp_path.iterdir()) == []
