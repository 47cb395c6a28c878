"""What a table's columns really hold: nulls, smallest, largest, how many different values.

One pass over the files by DuckDB, whose memory does not grow with the table. Different values are
counted exactly in a small table; in a larger one a sketch (HyperLogLog) says about how many.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow.types as kinds

from warehouse.shape import FileColumn, Shape
from warehouse.sql.locked import LockedSql, quoted
from warehouse.sql.text import as_text

EXACT_ROWS_MAX = 200_000  # tens of megabytes for all columns of the widest table


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one column holds; smallest and largest as text, None where every value is null."""

    rows: int
    nulls: int
    smallest: str | None
    largest: str | None
    distinct: int
    is_exact: bool

    @property
    def null_share(self) -> float:
        """Nulls among all rows, 0 to 1; 0 where there is no row."""
        return self.nulls / self.rows if self.rows else 0.0


def profile_of(sql: LockedSql, shape: Shape) -> dict[str, Profile]:
    """The profile of each column, by its name."""
    rows = int(sql.snapshot.about["tables"][shape.table])
    is_exact = rows <= EXACT_ROWS_MAX
    cells = ["count(*)", *(cell for one in shape.columns for cell in _cells(one, exact=is_exact))]
    found = sql.read(f"SELECT {', '.join(cells)} FROM {quoted(shape.table)}")  # noqa: S608 - quoted
    [batch] = [batch for batch in sql.batches(as_text(found)) if batch.num_rows]
    [row] = batch.to_pylist()
    counted, *values = row.values()
    per_column = [values[at : at + 4] for at in range(0, len(values), 4)]
    return {
        column.name: Profile(
            rows=int(counted),
            nulls=int(counted) - int(there),
            smallest=smallest,
            largest=largest,
            distinct=int(distinct),
            is_exact=is_exact,
        )
        for column, (there, smallest, largest, distinct) in zip(
            shape.columns, per_column, strict=True
        )
    }


def _cells(column: FileColumn, *, exact: bool) -> tuple[str, str, str, str]:
    name = quoted(column.name)
    least, most = f"min({name})", f"max({name})"
    if kinds.is_boolean(column.type):
        least, most = f"min({name}::TINYINT)::BOOLEAN", f"max({name}::TINYINT)::BOOLEAN"
    different = f"count(DISTINCT {name})" if exact else f"approx_count_distinct({name})"
    return f"count({name})", least, most, different
