"""What a row class declares, as columns and as an Arrow schema."""

from __future__ import annotations

import functools
import types
import typing
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from warehouse.column import Doc, Key, OneOf, Row, Unit

MICROSECONDS = pa.timestamp("us", tz="UTC")
ARROW_TYPES: dict[type, pa.DataType] = {
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    str: pa.string(),
    datetime: MICROSECONDS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table, as its row class declares it."""

    name: str
    kind: type
    nullable: bool
    is_key: bool = False
    unit: str = ""
    doc: str = ""
    one_of: tuple[str, ...] = ()

    @property
    def arrow(self) -> pa.Field:
        """The column as a field of an Arrow schema."""
        return pa.field(self.name, ARROW_TYPES[self.kind], nullable=self.nullable)


@functools.cache
def columns_of(row: type[Row]) -> tuple[Column, ...]:
    """The declared columns of a row class, in field order; provenance columns are not among them.

    raises  TypeError where a field's type is no column type: a mistake in the declaration
    """
    hints = typing.get_type_hints(row, include_extras=True)
    return tuple(_column(row, name, hints[name]) for name in row.__struct_fields__)


def provenance_of(row: type[Row]) -> tuple[Column, ...]:
    """The columns that say where a row comes from; none for a table without contributors."""
    if not row.contributors:
        return ()
    first = row.contributors[0]
    captures = (
        Column(
            name=f"{name}_capture_id",
            kind=int,
            nullable=True,
            doc=f"The capture of the {name} page that the row was read from, if one was.",
        )
        for name in row.contributors
    )
    return (
        Column(
            name="fetched_at",
            kind=datetime,
            nullable=False,
            doc=f"When the page the row mainly stands on ({first}) was archived.",
        ),
        Column(name="source_url", kind=str, nullable=False, doc="That page's URL."),
        Column(
            name="parser_version", kind=str, nullable=False, doc="Name and version of its parser."
        ),
        *captures,
    )


@functools.cache
def key_of(row: type[Row]) -> tuple[str, ...]:
    """The names of the key columns, in field order."""
    return tuple(column.name for column in columns_of(row) if column.is_key)


@functools.cache
def arrow_schema(row: type[Row]) -> pa.Schema:
    """The schema of a table's Parquet files: declared columns, then provenance."""
    return pa.schema([column.arrow for column in (*columns_of(row), *provenance_of(row))])


def _column(row: type[Row], name: str, hint: object) -> Column:
    notes: tuple[object, ...] = getattr(hint, "__metadata__", ())
    bare = typing.get_args(hint)[0] if notes else hint
    nullable = False
    if typing.get_origin(bare) in (typing.Union, types.UnionType):
        others = [kind for kind in typing.get_args(bare) if kind is not type(None)]
        nullable = len(others) < len(typing.get_args(bare))
        bare = others[0] if len(others) == 1 else None
    if not isinstance(bare, type) or bare not in ARROW_TYPES:
        raise TypeError(f"{row.__name__}.{name} is declared as {hint!r}, which is no column type")
    return Column(
        name=name,
        kind=bare,
        nullable=nullable,
        is_key=any(isinstance(note, Key) for note in notes),
        unit=next((note.name for note in notes if isinstance(note, Unit)), ""),
        doc=next((note.text for note in notes if isinstance(note, Doc)), ""),
        one_of=next((note.values for note in notes if isinstance(note, OneOf)), ()),
    )
