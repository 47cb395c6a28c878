"""Which rows and columns of a table are wanted, and the SELECT that says so."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.types as kinds

from warehouse.errors import TableNotFoundError
from warehouse.shape import FileColumn, Shape
from warehouse.sql.locked import LockedSql, Relation, quoted

INT64 = range(-(1 << 63), 1 << 63)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Rows of one table.

    equal    values that columns must have; None asks for null
    where    an SQL condition, empty for none
    columns  which columns, empty for all
    limit    how many rows at most, None for all
    """

    table: str
    equal: dict[str, object] = field(default_factory=dict)
    where: str = ""
    columns: tuple[str, ...] = ()
    limit: int | None = None

    def of(self, sql: LockedSql) -> Relation:
        """The rows, not read yet; raises SqlError where the condition is wrong."""
        listed = ", ".join(map(quoted, self.columns)) or "*"
        text = f"SELECT {listed} FROM {quoted(self.table)}"  # noqa: S608 - names, quoted
        values: list[object] = []
        conditions = []
        for name, value in self.equal.items():
            if value is None:
                conditions.append(f"{quoted(name)} IS NULL")
            else:
                values.append(value)
                conditions.append(f"{quoted(name)} = ${len(values)}")
        if self.where:
            # Alone first: a condition that closes a bracket of ours must not pass as one.
            sql.read(f"SELECT 1 FROM {quoted(self.table)} WHERE {self.where}\n")  # noqa: S608
            conditions.append(f"({self.where}\n)")  # a comment at its end ends with the line
        if conditions:
            text += " WHERE " + " AND ".join(conditions)
        if self.limit is not None:
            text += f" LIMIT {self.limit}"
        return sql.read(text, values)

    def first(self, sql: LockedSql, count: int) -> list[tuple[object, ...]]:
        """The first rows, at most so many: enough to know whether there is any."""
        batches = sql.batches(self.of(sql).limit(count), rows=count)
        return [row for batch in batches for row in zip(*map(list, batch.columns), strict=True)]


def key_values(shape: Shape, words: Sequence[str]) -> dict[str, object]:
    """What the words of a key ask of the first key columns.

    raises  TableNotFoundError where there are too many, or one is none of its column's values
    """
    if not words:
        return {}
    if not shape.key:
        raise TableNotFoundError(f"no row class declares a key of {shape.table}: use --where")
    if len(words) > len(shape.key):
        names = " ".join(column.name for column in shape.key)
        raise TableNotFoundError(f"the key of {shape.table} is {names}: give 1 to {len(shape.key)}")
    pairs = zip(shape.key, words, strict=False)
    return {column.name: value_of(column, word, shape.table) for column, word in pairs}


def value_of(column: FileColumn, word: str, table: str) -> object:
    """The value of a column that a word names; `null` names none where none is allowed.

    raises  TableNotFoundError where it cannot be one of the column's
    """
    if word == "null" and column.nullable:
        return None
    try:
        return _read(column.type, word)
    except ValueError as error:
        wrong = f"{column.name} of {table} is {_kind(column.type)}, not {word!r}"
        raise TableNotFoundError(wrong) from error


def columns_named(shape: Shape, words: str) -> tuple[str, ...]:
    """The columns that a list with commas names; TableNotFoundError where one is not there."""
    names = tuple(word.strip() for word in words.split(",") if word.strip())
    for name in names:
        if name not in shape.schema.names:
            near = difflib.get_close_matches(name, shape.schema.names, n=3)
            known = f"did you mean {' or '.join(near)}?" if near else "see tables describe"
            raise TableNotFoundError(f"no column {name!r} in {shape.table}: {known}")
    return names


def _read(kind: pa.DataType, word: str) -> object:
    if kinds.is_integer(kind):
        number = int(word)
        if number not in INT64:
            raise ValueError(word)
        return number
    if kinds.is_floating(kind):
        return float(word)
    if kinds.is_boolean(kind):
        if word not in {"true", "false"}:
            raise ValueError(word)
        return word == "true"
    if kinds.is_timestamp(kind):
        at = datetime.fromisoformat(word)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return word


def _kind(kind: pa.DataType) -> str:
    if kinds.is_integer(kind) or kinds.is_floating(kind):
        return "a number"
    return "true or false" if kinds.is_boolean(kind) else "a time, as 2026-11-01T12:00:00Z"
