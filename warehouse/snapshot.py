"""One snapshot, read: its tables, its rows by key, what it was built from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.column import Row
from warehouse.describe import TABLES
from warehouse.errors import TableNotFoundError, WarehouseError
from warehouse.schema import Column, columns_of, key_of
from warehouse.store import Store

SEEN_MAX = 20  # rows shown when a key fits several


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A committed state of all tables; never changes."""

    id: str
    folder: Path
    about: dict[str, Any]

    def table(self, name: str) -> pl.LazyFrame:
        """A table, unread; TableNotFoundError lists what there is."""
        if name not in self.about["tables"]:
            known = ", ".join(self.about["tables"])
            raise TableNotFoundError(f"no table {name!r} in snapshot {self.id}: there are {known}")
        parts = sorted((self.folder / name).resolve().glob("*.parquet"))
        if not parts:
            raise WarehouseError(f"cannot read the table: no part in {self.folder / name}")
        # Absolute and listed: a folder `file:x` is no URI, and one with brackets no pattern.
        return pl.scan_parquet(parts, glob=False)

    def rows_of(self, name: str, key: Sequence[str]) -> list[dict[str, Any]]:
        """The rows whose first key columns have these values, at most 20 of them.

        raises  TableNotFoundError where the key is malformed or fits no row
        """
        table, row = self.table(name), row_named(name)
        columns = {column.name: column for column in columns_of(row)}
        names = key_of(row)
        if not 0 < len(key) <= len(names):
            raise TableNotFoundError(
                f"the key of {name} is {' '.join(names)}: give 1 to {len(names)}"
            )
        for column, text in zip(names, key, strict=False):
            table = table.filter(_is(columns[column], text, name))
        found = table.head(SEEN_MAX).collect().to_dicts()
        if not found:
            raise TableNotFoundError(f"no row of {name} has the key {' '.join(key)}")
        return found

    def capture(self, capture_id: int) -> dict[str, Any]:
        """The row of `captures` that was read, not a second copy of its record."""
        captures = self.table("captures")
        wanted = (pl.col("capture_id") == capture_id) & (pl.col("outcome") != "duplicate")
        found = captures.filter(wanted).collect().to_dicts()
        if not found:
            raise WarehouseError(f"snapshot {self.id} has no capture {capture_id}")
        return found[0]

    def path_of(self, collection: str, file: str) -> Path | None:
        """Where a WARC file lay when the snapshot was built."""
        for known in self.about["inputs"]:
            if (known["collection"], known["file"]) == (collection, file):
                return Path(known["path"])
        return None


def _is(column: Column, text: str, table: str) -> pl.Expr:
    """A column has the value that a text names; `null` names none where none is allowed."""
    if text == "null" and column.nullable:
        return pl.col(column.name).is_null()
    try:
        value = column.kind(text)
    except ValueError as error:
        wrong = f"{column.name} of {table} is a number, not {text!r}"
        raise TableNotFoundError(wrong) from error
    return pl.col(column.name).eq(value)


def current_snapshot(folder: Path) -> Snapshot:
    """The current snapshot of a warehouse.

    raises  TableNotFoundError where nothing was built yet, DamagedError where it cannot be told
    """
    store = Store(folder)
    snapshot = store.current()
    if snapshot is None:
        raise TableNotFoundError(f"nothing is built in {str(folder)!r} yet: run warchouse parse")
    return Snapshot(snapshot, store.path_of(snapshot), store.about(snapshot))


def row_named(table: str) -> type[Row]:
    """The row class of a table."""
    for row in TABLES:
        if row.table == table:
            return row
    raise TableNotFoundError(f"no row class declares table {table!r}")
