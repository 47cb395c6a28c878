"""SQLite: one file for all tables, with column types, and primary keys where the key has no null.

Whole numbers are INTEGER, others REAL, truth values BOOLEAN (0 and 1), everything else TEXT; times
are ISO 8601 in UTC. A key with nulls in it (an unregistered player has no id) gets an index only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.types as kinds

from warehouse.export.plan import TableExport
from warehouse.sql.locked import LockedSql, Relation, quoted
from warehouse.sql.text import text_of, types_of

AS_THEY_ARE = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "BOOLEAN")
# Nothing is lost if this fails: the file is nobody's before it is complete.
QUICK = ("PRAGMA synchronous = OFF", "PRAGMA page_size = 4096", "PRAGMA journal_mode = MEMORY")


def write_sqlite(sql: LockedSql, tables: Sequence[TableExport], path: Path) -> dict[str, int]:
    """All tables, each in one transaction."""
    rows = {}
    # Absolute: SQLite takes a relative `file:x` for a URI.
    with closing(sqlite3.connect(path.absolute(), isolation_level=None)) as file:
        for pragma in QUICK:
            file.execute(pragma)
        for one in tables:
            rows[one.shape.table] = _write_table(sql, one, file)
    return rows


def _write_table(sql: LockedSql, one: TableExport, file: sqlite3.Connection) -> int:
    if _has_whole_key(sql, one):
        try:
            return _fill(sql, one, file, with_key=True)
        except sqlite3.IntegrityError:  # an older snapshot: today's key was none then
            file.execute("ROLLBACK")
    rows = _fill(sql, one, file, with_key=False)
    if one.shape.key:
        name, index = quoted(one.shape.table), quoted(f"{one.shape.table}_key")
        file.execute(f"CREATE INDEX {index} ON {name} ({_key_columns(one)})")
    return rows


def _fill(sql: LockedSql, one: TableExport, file: sqlite3.Connection, *, with_key: bool) -> int:
    name = quoted(one.shape.table)
    lines = [_declared(field) for field in one.shape.schema]
    if with_key:
        lines.append(f"PRIMARY KEY ({_key_columns(one)})")
    marks = ", ".join("?" * len(one.shape.schema))
    file.execute("BEGIN")
    listed = ",\n  ".join(lines)
    file.execute(f"CREATE TABLE {name} (\n  {listed}\n)")
    insert = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608 - a name, quoted
    rows = file.executemany(insert, _values(sql, one.selection.of(sql))).rowcount
    file.execute("COMMIT")
    return max(rows, 0)


def _values(sql: LockedSql, relation: Relation) -> Iterator[tuple[object, ...]]:
    cells = (
        f"#{place}" if kind in AS_THEY_ARE else text_of(f"#{place}", kind)
        for place, kind in enumerate(types_of(relation), start=1)
    )
    for batch in sql.batches(relation.project(", ".join(cells))):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _has_whole_key(sql: LockedSql, one: TableExport) -> bool:
    """Whether there is a key, and no wanted row has a null in it."""
    if not one.shape.key:
        return False
    no_null = " AND ".join(f"{quoted(column.name)} IS NOT NULL" for column in one.shape.key)
    return not any(
        batch.num_rows for batch in sql.batches(one.selection.of(sql).filter(f"NOT ({no_null})"))
    )


def _key_columns(one: TableExport) -> str:
    return ", ".join(quoted(column.name) for column in one.shape.key)


def _declared(field: pa.Field) -> str:
    """A column as CREATE TABLE has it. NaN is null in SQLite, so a REAL may always be null."""
    kind = _type(field.type)
    return f"{quoted(field.name)} {kind}" + (" NOT NULL" * (not field.nullable and kind != "REAL"))


def _type(kind: pa.DataType) -> str:
    if kinds.is_boolean(kind):
        return "BOOLEAN"
    if kinds.is_integer(kind) and kind != pa.uint64():
        return "INTEGER"
    return "REAL" if kinds.is_floating(kind) else "TEXT"
