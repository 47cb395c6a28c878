"""Which files an export writes, where, and which rows go into them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import TableNotFoundError, WarehouseError
from warehouse.shape import Shape, shape_of
from warehouse.snapshot import Snapshot
from warehouse.sql.selection import Selection, value_of

SUFFIXES = {
    "csv": (".csv",),
    "json": (".json",),
    "ndjson": (".ndjson", ".jsonl"),
    "parquet": (".parquet",),
    "sqlite": (".sqlite", ".sqlite3", ".db"),
}


class ExportError(WarehouseError):
    """The caller asks for an export that cannot be."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class TableExport:
    """One table and its rows that are wanted."""

    shape: Shape
    selection: Selection


@dataclass(frozen=True, slots=True)
class FileExport:
    """One file and the tables in it: one, but for SQLite."""

    path: Path
    tables: tuple[TableExport, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All files of an export; `left_out` names tables without the columns of the filter."""

    kind: str
    files: tuple[FileExport, ...]
    left_out: tuple[str, ...] = ()


def format_of(word: str, to: str) -> str:
    """The format that --format names, or else the file's suffix; raises ExportError."""
    known = ", ".join(SUFFIXES)
    if word:
        if word not in SUFFIXES:
            raise ExportError(f"no format {word!r} (--format): there are {known}")
        return word
    suffix = Path(to).suffix.lower()
    found = next((kind for kind, suffixes in SUFFIXES.items() if suffix in suffixes), None)
    if found is None:
        raise ExportError(f"{to!r} names no format by its suffix: give --format {known}")
    return found


def plan_export(
    snapshot: Snapshot,
    tables: Sequence[str],
    *,
    kind: str,
    to: str,
    where: str = "",
    key: Mapping[str, str] | None = None,
) -> Plan:
    """What is written.

    tables  all if empty; with a filter by `key` then those that have its columns
    to      a file, or a folder: where it is one, ends with a slash, or several files are written
    key     columns and the words for their values
    raises  TableNotFoundError, ExportError
    """
    if where and len(tables) != 1:
        raise ExportError("--where filters one table: name it")
    key = key or {}
    made: list[TableExport] = []
    left_out = []
    for name in list(dict.fromkeys(tables)) or sorted(snapshot.about["tables"]):
        shape = shape_of(snapshot, name)
        missing = [column for column in key if column not in shape.schema.names]
        if missing and tables:
            raise TableNotFoundError(f"no column {missing[0]!r} in {name} (--key)")
        if missing:
            left_out.append(name)
            continue
        columns = {column.name: column for column in shape.columns}
        equal = {column: value_of(columns[column], word, name) for column, word in key.items()}
        made.append(TableExport(shape, Selection(table=name, equal=equal, where=where)))
    if not made:
        raise TableNotFoundError(f"no table has the column {', '.join(key)} (--key)")
    return Plan(kind, _files(made, kind, to), tuple(left_out))


def key_of_words(words: Sequence[str]) -> dict[str, str]:
    """What `NAME=VALUE` words say; raises ExportError on others."""
    pairs = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise ExportError(f"{word!r} is not NAME=VALUE (--key)")
        pairs[name] = value
    return pairs


def _files(made: Sequence[TableExport], kind: str, to: str) -> tuple[FileExport, ...]:
    path = Path(to)
    is_folder = path.is_dir() or to.endswith(("/", os.sep))
    if kind == "sqlite":
        if is_folder:
            raise ExportError(f"SQLite is one file for all tables, and {to!r} is a folder (--to)")
        return (FileExport(path, tuple(made)),)
    if len(made) == 1 and not is_folder:
        return (FileExport(path, tuple(made)),)
    if path.is_file():
        raise ExportError(f"{len(made)} tables need a folder, and {to!r} is a file (--to)")
    suffix = SUFFIXES[kind][0]
    return tuple(FileExport(path / f"{one.shape.table}{suffix}", (one,)) for one in made)
