"""What a row class itself declares, checked column by column: nulls and closed sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.schema import Column


def undeclared(batch: pa.RecordBatch, columns: Sequence[Column]) -> Iterator[tuple[int, str]]:
    """The rows, by position, that hold what their columns may not, and why not.

    columns  those of the batch, in its order
    """
    for number, column in enumerate(columns):
        values = batch.column(number)
        if values.null_count and not column.nullable:
            for at in _positions(pc.is_null(values)):
                yield at, f"{column.name} is missing"
        if column.one_of:
            allowed = pa.array(column.one_of, pa.string()).cast(values.type)
            inside = pc.is_in(values, value_set=allowed)
            for at in _positions(pc.and_(pc.invert(inside), pc.is_valid(values))):
                yield at, f"{column.name} is one of {', '.join(column.one_of)}"


def _positions(mask: Any) -> list[int]:
    found: list[int] = pc.indices_nonzero(mask).to_pylist()
    return found
