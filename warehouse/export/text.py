"""CSV, JSON and NDJSON: lines that DuckDB makes and that are written as they come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from warehouse.export.plan import TableExport
from warehouse.sql.locked import LockedSql
from warehouse.sql.printed import json_array, lines_of
from warehouse.sql.text import as_csv_lines, as_json_lines, csv_head, names_of

CSV_END = "\r\n"  # RFC 4180, 2.1


class _Counted:
    """Batches of lines that are counted while they pass."""

    def __init__(self, batches: Iterable[list[str]]) -> None:
        self.rows = 0
        self._batches = iter(batches)

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> list[str]:
        batch = next(self._batches)
        self.rows += len(batch)
        return batch


def write_csv(sql: LockedSql, tables: Sequence[TableExport], path: Path) -> dict[str, int]:
    """Names, then rows, as RFC 4180 says; UTF-8."""
    [one] = tables
    found = one.selection.of(sql)
    batches = _Counted(lines_of(sql, as_csv_lines(found)))
    with path.open("x", encoding="utf-8", newline="") as file:
        file.write(csv_head(names_of(found)) + CSV_END)
        for batch in batches:
            file.writelines(line + CSV_END for line in batch)
    return {one.shape.table: batches.rows}


def write_json(sql: LockedSql, tables: Sequence[TableExport], path: Path) -> dict[str, int]:
    """One array, an object a line."""
    [one] = tables
    batches = _Counted(lines_of(sql, as_json_lines(one.selection.of(sql))))
    with path.open("x", encoding="utf-8", newline="") as file:
        file.writelines(json_array(batches))
    return {one.shape.table: batches.rows}


def write_ndjson(sql: LockedSql, tables: Sequence[TableExport], path: Path) -> dict[str, int]:
    """An object a line."""
    [one] = tables
    batches = _Counted(lines_of(sql, as_json_lines(one.selection.of(sql))))
    with path.open("x", encoding="utf-8", newline="") as file:
        for batch in batches:
            file.writelines(line + "\n" for line in batch)
    return {one.shape.table: batches.rows}
