"""A table as its files have it, with what today's row class says about it where it knows it.

A snapshot may be older than the code: the schema of its Parquet files is the truth, the row class
only adds words (units, meaning, key) to columns that both have.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.column import Row
from warehouse.errors import WarehouseError
from warehouse.schema import Column, columns_of, key_of, provenance_of
from warehouse.snapshot import Snapshot, declared


@dataclass(frozen=True, slots=True, kw_only=True)
class FileColumn:
    """One column of a table's files.

    declared  the same column of today's row class; None where it has none of that name
    """

    name: str
    type: pa.DataType
    nullable: bool
    declared: Column | None

    @property
    def is_key(self) -> bool:
        """Whether it is part of the table's key, as declared today."""
        return self.declared is not None and self.declared.is_key

    @property
    def note(self) -> str:
        """How the file differs from the declaration; empty where it does not."""
        if self.declared is None:
            return "not declared today"
        field = self.declared.arrow
        said = [f"declared as {field.type}"] if field.type != self.type else []
        if field.nullable != self.nullable:
            said.append("declared as " + ("nullable" if field.nullable else "never null"))
        return "; ".join(said)


@dataclass(frozen=True, slots=True)
class Shape:
    """One table's columns, in the order of its files, and its row class if it has one."""

    table: str
    schema: pa.Schema
    columns: tuple[FileColumn, ...]
    row: type[Row] | None

    @property
    def key(self) -> tuple[FileColumn, ...]:
        """The key columns that the files have, in key order."""
        if self.row is None:
            return ()
        named = {column.name: column for column in self.columns}
        return tuple(named[name] for name in key_of(self.row) if name in named)

    @property
    def missing(self) -> tuple[Column, ...]:
        """Columns that the row class declares and the files lack."""
        if self.row is None:
            return ()
        here = set(self.schema.names)
        return tuple(column for column in _declared_columns(self.row) if column.name not in here)


def shape_of(snapshot: Snapshot, table: str) -> Shape:
    """The shape of a table of a snapshot.

    raises  TableNotFoundError where there is none, WarehouseError where its file is unreadable
    """
    part = snapshot.parts(table)[0]
    try:
        with part.open("rb") as file:  # Arrow reads some names, `file:x` for one, as URIs
            schema = pq.read_schema(file)
    except (OSError, pa.ArrowException) as error:
        first = str(error).splitlines()[0]
        raise WarehouseError(f"cannot read the table: {part}: {first}") from error
    row = declared(table)
    known = {column.name: column for column in _declared_columns(row)} if row else {}
    columns = tuple(
        FileColumn(
            name=field.name,
            type=field.type,
            nullable=field.nullable,
            declared=known.get(field.name),
        )
        for field in schema
    )
    return Shape(table, schema, columns, row)


def _declared_columns(row: type[Row]) -> tuple[Column, ...]:
    return (*columns_of(row), *provenance_of(row))
