"""Exports: what goes out can be read back to the last digit, by other programs; whole or not at all."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.a_snapshot import snapshot_of
from warehouse.errors import TableNotFoundError, WarehouseError
from warehouse.export.plan import SUFFIXES, ExportError, format_of, key_of_words, plan_export
from warehouse.export.write import Written, export
from warehouse.parts import ROWS_PER_GROUP
from warehouse.rows.hltv import MatchRow, VetoRow
from warehouse.schema import arrow_schema
from warehouse.snapshot import Snapshot
from warehouse.sql.locked import LockedSql

SCHEMA = pa.schema(
    [
        pa.field("n", pa.int64(), nullable=False),
        pa.field("maybe", pa.int64()),
        pa.field("text", pa.string()),
        pa.field("rate", pa.float64()),
        pa.field("flag", pa.bool_()),
        pa.field("at", pa.timestamp("us", tz="UTC")),
        pa.field('odd, "name"', pa.string()),
    ]
)
INT64 = st.integers(-(1 << 63), (1 << 63) - 1)
TEXTS = st.text() | st.sampled_from(
    [
        "",
        " ",
        "-",
        "null",
        "NULL",
        '"',
        '""',
        ",",
        "\r\n",
        "\n",
        "\r",
        "a\0b",
        "\x1b[2J",
        "\u2028",
        "é",
        "🎯",
        "=1+1",
        "'",
    ]
)
TIMES = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive
ROWS = st.lists(
    st.tuples(
        INT64,
        st.none() | INT64 | st.sampled_from([-(1 << 63), (1 << 63) - 1, (1 << 53) + 1]),
        st.none() | TEXTS,
        st.none() | st.floats(),
        st.none() | st.booleans(),
        st.none() | TIMES,
        st.none() | TEXTS,
    ),
    max_size=12,
)

Row = tuple[Any, ...]


def table_of(rows: list[Row]) -> pa.Table:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in SCHEMA]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.table(arrays, schema=SCHEMA)


def iso(at: datetime | None) -> str | None:
    return None if at is None else f"{at.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def run(
    snapshot: Snapshot, *tables: str, to: str, force: bool = False, **said: Any
) -> list[Written]:
    with LockedSql(snapshot) as sql:
        plan = plan_export(
            snapshot, tables, kind=format_of(said.pop("kind", ""), to), to=to, **said
        )
        return export(sql, plan, force=force)


def rfc_4180(text: str) -> Iterator[list[str | None]]:
    """The records of a CSV text, read as the RFC's grammar says; an unquoted empty field is null."""
    field = re.compile(r'"((?:[^"]|"")*)"|([^",\r\n]*)')
    at, record = 0, list[str | None]()
    while at < len(text):
        found = field.match(text, at)
        assert found is not None
        quoted, plain = found.groups()
        record.append(quoted.replace('""', '"') if quoted is not None else plain or None)
        at = found.end()
        if text[at] == ",":
            at += 1
            if text[at : at + 2] == "\r\n":
                record.append(None)
        if text[at : at + 2] == "\r\n":
            yield record
            at, record = at + 2, []


def from_csv(path: Path) -> list[Row]:
    names, *records = rfc_4180(path.read_bytes().decode("utf-8"))
    assert names == SCHEMA.names
    kinds: list[Callable[[str], Any]] = [
        int,
        int,
        str,
        float,
        lambda word: word == "true",
        str,
        str,
    ]
    return [
        tuple(
            None if cell is None else kind(cell) for cell, kind in zip(record, kinds, strict=True)
        )
        for record in records
    ]


def as_is(rows: list[Row]) -> list[Row]:
    return [(*row[:5], iso(row[5]), row[6]) for row in rows]


def finite(rows: list[Row]) -> list[Row]:
    """Rows as JSON has them: what is no number is null."""
    return [
        (*row[:3], row[3] if row[3] is not None and math.isfinite(row[3]) else None, *row[4:])
        for row in as_is(rows)
    ]


def no_nan(rows: list[Row]) -> list[Row]:
    return [
        (*row[:3], None if row[3] is not None and math.isnan(row[3]) else row[3], *row[4:])
        for row in as_is(rows)
    ]


@settings(max_examples=40)
@given(rows=ROWS)
def test_every_value_comes_back_from_every_format(rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        snapshot = snapshot_of(folder / "warehouse", t=table_of(rows))
        for suffix in ("csv", "json", "ndjson", "parquet", "sqlite"):
            run(snapshot, "t", to=str(folder / f"t.{suffix}"))
        assert repr(from_csv(folder / "t.csv")) == repr(as_is(rows))
        objects = json.loads((folder / "t.json").read_text("utf-8"))
        assert [list(one) for one in objects] == [SCHEMA.names] * len(rows)
        assert [tuple(one.values()) for one in objects] == finite(rows)
        lines = (folder / "t.ndjson").read_text("utf-8").split("\n")
        assert [json.loads(line) for line in lines[:-1]] == objects
        written = pq.read_table(folder / "t.parquet")
        assert written.schema == SCHEMA
        assert repr(written.to_pylist()) == repr(table_of(rows).to_pylist())
        with closing(sqlite3.connect(folder / "t.sqlite")) as file:
            assert file.execute("SELECT * FROM t").fetchall() == no_nan(rows)


def test_pythons_own_csv_reader_agrees(tmp_path: Path) -> None:
    hostile = 'a "quoted",\r\nfolded text'
    rows: list[Row] = [(1, None, hostile, 0.5, True, None, ""), (2, 3, "", None, None, None, None)]
    run(snapshot_of(tmp_path / "w", t=table_of(rows)), "t", to=str(tmp_path / "t.csv"))
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        read = list(csv.reader(file))
    assert read[1:] == [["1", "", hostile, "0.5", "true", "", ""], ["2", "3", "", "", "", "", ""]]


def matches(count: int = 3) -> dict[str, pa.Table]:
    """Two tables that row classes declare; some vetoes' teams are unknown."""
    made = {}
    for row, ids in ((MatchRow, range(1, count + 1)), (VetoRow, range(1, count + 1))):
        schema = arrow_schema(row)
        columns = {}
        for field in schema:
            if field.name in {"match_id", "step_number"}:
                columns[field.name] = pa.array(list(ids), field.type)
            elif field.type == pa.string():
                columns[field.name] = pa.array(["x"] * count, field.type)
            elif field.nullable:
                columns[field.name] = pa.array([None] * count, field.type)
            else:
                columns[field.name] = pa.array([0] * count, pa.int64()).cast(field.type)
        made[row.table] = pa.table(columns, schema=schema)
    return made


def test_sqlite_has_types_and_keys(tmp_path: Path) -> None:
    run(snapshot_of(tmp_path / "w", **matches()), to=str(tmp_path / "all.db"))
    with closing(sqlite3.connect(tmp_path / "all.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        columns = {row[1]: row[2:] for row in file.execute("PRAGMA table_info(hltv_vetoes)")}
        assert columns["match_id"] == ("INTEGER", 1, None, 1)
        assert columns["step_number"] == ("INTEGER", 1, None, 2)
        assert columns["team_id"] == ("INTEGER", 0, None, 0)
        assert columns["fetched_at"] == ("TEXT", 1, None, 0)
        lan = [row for row in file.execute("PRAGMA table_info(hltv_matches)") if row[1] == "is_lan"]
        assert lan[0][2] == "BOOLEAN"


@pytest.mark.parametrize("steps", [[1, None, 3], [2, 2, 2]])
def test_a_key_with_nulls_or_twins_gets_an_index_only(
    tmp_path: Path, steps: list[int | None]
) -> None:
    """Twins: a snapshot that was built when the key was another."""
    [_, vetoes] = matches().values()
    loose = pa.schema([field.with_nullable(True) for field in vetoes.schema])
    place = loose.get_field_index("step_number")
    vetoes = vetoes.set_column(place, "step_number", pa.array(steps, pa.int64()))
    vetoes = vetoes.set_column(0, "match_id", pa.array([1, 1, 1], pa.int64())).cast(loose)
    run(snapshot_of(tmp_path / "w", hltv_vetoes=vetoes), to=str(tmp_path / "all.db"))
    with closing(sqlite3.connect(tmp_path / "all.db")) as file:
        assert file.execute("SELECT count(*) FROM hltv_vetoes").fetchone() == (3,)
        [[made]] = file.execute("SELECT sql FROM sqlite_master WHERE type = 'index'").fetchall()
    assert made == 'CREATE INDEX "hltv_vetoes_key" ON "hltv_vetoes" ("match_id", "step_number")'


@pytest.mark.parametrize("kind", SUFFIXES)
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, kind: str) -> None:
    """More rows than a row group, in parts of other sizes than batches."""
    count = ROWS_PER_GROUP + 70_000
    rows = pa.table({"n": list(range(count)), "text": [f"text {n % 977}" for n in range(count)]})
    snapshot = snapshot_of(tmp_path / "w", t=rows)
    files = [tmp_path / f"{number}{SUFFIXES[kind][0]}" for number in (1, 2)]
    for path in files:
        [written] = run(snapshot, "t", to=str(path))
        assert written.rows == {"t": count}
        assert written.size == path.stat().st_size
    assert files[0].read_bytes() == files[1].read_bytes()
    if kind == "parquet":
        groups = pq.ParquetFile(files[0]).metadata
        assert [groups.row_group(at).num_rows for at in range(2)] == [ROWS_PER_GROUP, 70_000]


def test_rows_are_chosen_by_condition_and_by_key(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path / "w", **matches(), other=pa.table({"n": [1]}))
    with LockedSql(snapshot) as sql:
        plan = plan_export(snapshot, (), kind="json", to=str(tmp_path / "m"), key={"match_id": "2"})
        assert plan.left_out == ("other",)
        written = export(sql, plan, force=False)
    assert [one.rows for one in written] == [{"hltv_matches": 1}, {"hltv_vetoes": 1}]
    [one] = run(snapshot, "other", to=str(tmp_path / "o.csv"), where="n > 1 -- none")
    assert one.rows == {"other": 0}
    assert (tmp_path / "o.csv").read_bytes() == b"n\r\n"


@pytest.mark.parametrize(
    ("tables", "to", "said", "message"),
    [
        ((), "x.sqlite/", {"kind": "sqlite"}, "SQLite is one file for all tables"),
        ((), "there.csv", {}, "2 tables need a folder, and '.*there.csv' is a file"),
        ((), "x.txt", {}, "names no format by its suffix: give --format csv, json"),
        ((), "x", {"kind": "xml"}, "no format 'xml'"),
        ((), "x.json", {"where": "1 = 1"}, "--where filters one table: name it"),
        (("hltv_maps",), "x.json", {}, "no table 'hltv_maps'"),
        (("hltv_vetoes",), "x.json", {"key": {"nope": "1"}}, "no column 'nope' in hltv_vetoes"),
        ((), "x.json", {"key": {"nope": "1"}}, "no table has the column nope"),
        (
            ("hltv_vetoes",),
            "x.json",
            {"key": {"match_id": "a"}},
            "match_id of hltv_vetoes is a num",
        ),
        (("hltv_vetoes",), "x.json", {"where": "nope = 1"}, 'column "nope" not found'),
        (("hltv_vetoes",), "there.csv", {}, "there.csv is there already: --force replaces it"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    tmp_path: Path, tables: tuple[str, ...], to: str, said: dict[str, Any], message: str
) -> None:
    snapshot = snapshot_of(tmp_path / "w", **matches())
    target = tmp_path / "target"
    target.mkdir()
    (target / "there.csv").write_text("mine")
    with pytest.raises(WarehouseError, match=message) as caught:
        run(snapshot, *tables, to=str(target / to.rstrip("/")) + "/" * to.endswith("/"), **said)
    assert caught.value.exit_code == 2
    assert [path.name for path in target.iterdir()] == ["there.csv"]
    assert (target / "there.csv").read_text() == "mine"


def test_what_is_there_is_replaced_with_force(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("mine")
    run(snapshot_of(tmp_path / "w", t=pa.table({"n": [1]})), to=str(tmp_path / "t.csv"), force=True)
    assert (tmp_path / "t.csv").read_bytes() == b"n\r\n1\r\n"


@pytest.mark.parametrize("kind", SUFFIXES)
def test_a_damaged_table_leaves_no_file(tmp_path: Path, kind: str) -> None:
    """Also not of the tables that could be read."""
    many = pa.table({"n": list(range(100_000))})
    snapshot = snapshot_of(tmp_path / "w", a=pa.table({"n": [1]}), b=many)
    [part] = snapshot.parts("b")
    whole = part.read_bytes()
    part.chmod(0o644)
    part.write_bytes(whole[:4] + bytes(2000) + whole[2004:])
    target = tmp_path / "target"
    to = str(target / "all.sqlite") if kind == "sqlite" else f"{target}/"
    with pytest.raises(WarehouseError, match="cannot read the table") as caught:
        run(snapshot, kind=kind, to=to)
    assert caught.value.exit_code == 4
    assert not target.exists() or list(target.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path / "w", t=pa.table({"n": [1]}))
    (tmp_path / "file").write_text("")
    with pytest.raises(
        WarehouseError, match=r"cannot write .*file.t\.csv: (not a dir|file exists)"
    ):
        run(snapshot, to=str(tmp_path / "file" / "t.csv"))
    if os.name != "nt" and Path("/dev/full").exists():
        with pytest.raises(WarehouseError, match="cannot write /dev/"):
            run(snapshot, to="/dev/full/x.csv")


def test_a_key_is_name_and_value() -> None:
    assert key_of_words(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    with pytest.raises(ExportError, match="'a' is not NAME=VALUE"):
        key_of_words(["a"])
    assert issubclass(TableNotFoundError, WarehouseError)
