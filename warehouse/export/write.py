"""Carrying out an export: every file aside, synced, and renamed when all are complete."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import WarehouseError
from warehouse.export.parquet import write_parquet
from warehouse.export.plan import Plan, TableExport
from warehouse.export.sqlite import write_sqlite
from warehouse.export.text import write_csv, write_json, write_ndjson
from warehouse.output import aside_of, refuse_output, writing
from warehouse.sql.locked import LockedSql
from warehouse.store import replace, sync

Writer = Callable[[LockedSql, Sequence[TableExport], Path], dict[str, int]]
"""Writes tables into a new file; gives their row counts."""

WRITERS: dict[str, Writer] = {
    "csv": write_csv,
    "json": write_json,
    "ndjson": write_ndjson,
    "parquet": write_parquet,
    "sqlite": write_sqlite,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One file that was written: rows by table."""

    path: Path
    size: int
    rows: dict[str, int]


def export(sql: LockedSql, plan: Plan, *, force: bool) -> list[Written]:
    """Write all files of a plan; none of them is there before all are complete.

    force   replace what is there
    raises  OutputError where a file may not be written, WarehouseError where the disk refuses
    """
    for file in plan.files:
        refuse_output(file.path, force=force)
    write = WRITERS[plan.kind]
    asides: list[Path] = []
    written = []
    try:
        for file in plan.files:
            aside = aside_of(file.path)
            asides.append(aside)
            with _writing(file.path):
                aside.unlink(missing_ok=True)
                rows = write(sql, file.tables, aside)
                sync(aside)
                written.append(Written(path=file.path, size=aside.stat().st_size, rows=rows))
        for file, aside in zip(plan.files, asides, strict=True):
            with _writing(file.path):
                replace(aside, file.path)
    finally:
        for aside in asides:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
    return written


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Name the file where the disk refuses, also by the words of SQLite."""
    try:
        with writing(path):
            yield
    except sqlite3.OperationalError as error:
        raise WarehouseError(f"cannot write {path}: {error}") from error
