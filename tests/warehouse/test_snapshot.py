"""Reading a snapshot: rows by key, and tables as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.errors import TableNotFoundError, WarehouseError
from warehouse.parts import TableWriter
from warehouse.rows.hltv import KillMatrixRow
from warehouse.snapshot import Snapshot, current_snapshot, row_named
from warehouse.sql.locked import LockedSql
from warehouse.store import Store
from warehouse.terminal import row_lines


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    store = Store(tmp_path)
    with store.building() as folder:
        writer = TableWriter(folder, KillMatrixRow)
        names = writer.schema.names
        columns: dict[str, list[object]] = {name: [1, 1] for name in names}
        columns |= {
            "matrix_type": ["all", "awp"],
            "player1_id": [7, None],
            "player1_name": ["a", "b"],
            "player2_name": ["c", "d"],
            "fetched_at": [0, 0],
            "source_url": ["u", "u"],
            "parser_version": ["p/1", "p/1"],
        }
        writer.add_columns(columns)
        writer.finish_part(0)
        writer.close()
        about = {"tables": {"hltv_kill_matrix": 2}, "inputs": []}
        store.commit(folder, writer.parts, about)
    return current_snapshot(tmp_path)


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (["1"], ["a", "b"]),
        (["1", "1", "awp"], ["b"]),
        (["1", "1", "all", "7"], ["a"]),
        (["1", "1", "awp", "null"], ["b"]),
    ],
)
def test_rows_are_found_by_the_first_columns_of_their_key(
    snapshot: Snapshot, key: list[str], names: list[str]
) -> None:
    found = snapshot.rows_of("hltv_kill_matrix", key)
    assert [row["player1_name"] for row in found] == names


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (["2"], "no row of hltv_kill_matrix has the key 2"),
        (["null"], "match_id of hltv_kill_matrix is a number, not 'null'"),
        ([], "give 1 to 7"),
    ],
)
def test_a_key_that_fits_nothing_says_why(snapshot: Snapshot, key: list[str], message: str) -> None:
    with pytest.raises(TableNotFoundError, match=message):
        snapshot.rows_of("hltv_kill_matrix", key)


def test_unknown_tables_are_named(snapshot: Snapshot) -> None:
    with pytest.raises(TableNotFoundError, match=r"no table 'x' .*: there are hltv_kill_matrix"):
        snapshot.table("x")
    with pytest.raises(TableNotFoundError, match="no row class declares table 'x'"):
        row_named("x")


def test_what_does_not_fit_a_line_is_named_below() -> None:
    names, right = ("id", "text", "more", "last"), (True, False, True, True)
    rows = [("1", "é" * 50, "1", "3"), ("20", None, "2", "4")]
    assert list(row_lines(names, rows, right, room=45, hint="--json shows all")) == [
        "id  text",
        " 1  " + "é" * 35 + "…",
        "20  -",
        "and 2 more columns (--json shows all): more, last",
    ]


def flipped(part: Path) -> None:
    """Turn one bit of the first column of a part."""
    part.chmod(0o644)
    data = bytearray(part.read_bytes())
    data[30] ^= 1
    part.write_bytes(data)


def test_a_part_with_one_other_bit_is_named_and_never_read(snapshot: Snapshot) -> None:
    """As other data, it mostly reads without an error."""
    (part,) = snapshot.parts("hltv_kill_matrix")
    flipped(part)
    for read in (
        lambda: snapshot.rows_of("hltv_kill_matrix", ["1"]),
        lambda: LockedSql(snapshot).read("SELECT count(*) FROM HLTV_KILL_MATRIX"),
    ):
        with pytest.raises(WarehouseError, match=r"part-00000\.parquet is not what was written"):
            read()


def test_sql_that_reads_another_table_is_not_held_up(snapshot: Snapshot) -> None:
    flipped(*snapshot.parts("hltv_kill_matrix"))
    with LockedSql(snapshot) as sql:
        assert sql.read("SELECT 1").fetchall() == [(1,)]
