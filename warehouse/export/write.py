"""Carrying out an export: every file aside, synced, and renamed when all are complete."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import WarehouseError
from warehouse.export.parquet import write_parquet
from warehouse.export.plan import ExportError, Plan, TableExport
from warehouse.export.sqlite import write_sqlite
from warehouse.export.text import write_csv, write_json, write_ndjson
from warehouse.sql.locked import LockedSql
from warehouse.store import replace, sync

ARCHIVE = re.compile(r"\.w?arc(\.gz|\.zst)?(\.open)?$", re.IGNORECASE)
"""How archives are called: pages that were fetched once are not written over by any export."""

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
    raises  ExportError where a file is there already, WarehouseError where the disk refuses
    """
    for file in plan.files:
        if ARCHIVE.search(file.path.name):
            raise ExportError(f"{file.path} is called like an archive: it is not written over")
    there = [file.path for file in plan.files if os.path.lexists(file.path)]
    if there and not force:
        more = f" (and {len(there) - 1} more)" if len(there) > 1 else ""
        raise ExportError(f"{there[0]}{more} is there already: --force replaces it")
    write = WRITERS[plan.kind]
    asides: list[Path] = []
    written = []
    try:
        for file in plan.files:
            aside = file.path.with_name(f".{file.path.name}.{os.getpid()}.partial")
            asides.append(aside)
            with _disk(file.path):
                file.path.parent.mkdir(parents=True, exist_ok=True)
                aside.unlink(missing_ok=True)
                rows = write(sql, file.tables, aside)
                sync(aside)
                written.append(Written(path=file.path, size=aside.stat().st_size, rows=rows))
        for file, aside in zip(plan.files, asides, strict=True):
            with _disk(file.path):
                replace(aside, file.path)
    finally:
        for aside in asides:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
    return written


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Name the file where the disk refuses."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        reason = (error.strerror or str(error)).lower()
        raise WarehouseError(f"cannot write {path}: {reason}") from error
    except sqlite3.OperationalError as error:
        raise WarehouseError(f"cannot write {path}: {error}") from error
