"""What a comparison of two snapshots says, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Side = Literal["", "before", "after"]
"""Where something is that the other side lacks; empty for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a capture lies: enough to open it."""

    capture_id: int
    page_type: str | None
    url: str
    collection: str
    file: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One value that changed; the captures are those its row was read from, the primary first."""

    key: tuple[object, ...]
    before: object
    after: object
    captures_before: tuple[int, ...] = ()
    captures_after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowExample:
    """One row that was added or removed."""

    key: tuple[object, ...]
    row: Mapping[str, object]
    captures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDiff:
    """One column: of the rows that both sides hold, how its values changed.

    changed  values that became other values
    blanked  values that became null
    filled   nulls that became values
    nulls_before, nulls_after  of all rows of a side; 0 where it lacks the column
    """

    name: str
    only_in: Side = ""
    type_before: str = ""
    type_after: str = ""
    changed: int = 0
    blanked: int = 0
    filled: int = 0
    nulls_before: int = 0
    nulls_after: int = 0
    examples: tuple[Example, ...] = ()

    @property
    def total(self) -> int:
        """Values that differ."""
        return self.changed + self.blanked + self.filled

    @property
    def is_equal(self) -> bool:
        """Whether the column is the same on both sides, values and type."""
        return not self.total and not self.only_in and self.type_before == self.type_after


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDiff:
    """One table: rows by key, and every column that differs or whose share of nulls does.

    moved  rows with the same values that were read from other captures or by other parsers
    note   why rows were not compared, where they were not: there are only counts then
    """

    name: str
    key: tuple[str, ...] = ()
    only_in: Side = ""
    rows_before: int = 0
    rows_after: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    moved: int = 0
    columns: tuple[ColumnDiff, ...] = ()
    rows_added: tuple[RowExample, ...] = ()
    rows_removed: tuple[RowExample, ...] = ()
    note: str = ""

    @property
    def is_equal(self) -> bool:
        """Whether both sides hold the same rows; where they were read from does not count."""
        differ = self.added or self.removed or self.changed or self.only_in or self.note
        return not differ and all(column.is_equal for column in self.columns)

    def null_share(self, column: ColumnDiff) -> tuple[float, float]:
        """The share of nulls in a column before and after, from 0 to 1."""
        return (
            column.nulls_before / self.rows_before if self.rows_before else 0.0,
            column.nulls_after / self.rows_after if self.rows_after else 0.0,
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows say the same thing, before and after: `("hltv_maps", "map_number >= 1")`."""

    what: tuple[str, ...]
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Two snapshots compared.

    outcomes    captures by page type and outcome
    quarantine  refused rows by table and rule
    issues      issues by page type, kind and field; all three only where the numbers differ
    places_before, places_after  the captures that examples name, by id
    """

    before: str
    after: str
    parsers_before: Mapping[str, int] = field(default_factory=dict)
    parsers_after: Mapping[str, int] = field(default_factory=dict)
    tables: tuple[TableDiff, ...] = ()
    outcomes: tuple[Tally, ...] = ()
    quarantine: tuple[Tally, ...] = ()
    issues: tuple[Tally, ...] = ()
    places_before: Mapping[int, Place] = field(default_factory=dict)
    places_after: Mapping[int, Place] = field(default_factory=dict)

    @property
    def is_equal(self) -> bool:
        """Whether all tables hold the same rows."""
        return all(table.is_equal for table in self.tables)

    @property
    def differing(self) -> tuple[TableDiff, ...]:
        """The tables that do not."""
        return tuple(table for table in self.tables if not table.is_equal)


def plain(value: object) -> object:
    """A value as JSON can hold it: times in ISO 8601, numbers that are none as text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and (value != value or value in {float("inf"), float("-inf")}):  # noqa: PLR0124 - NaN
        return str(value)
    return value
