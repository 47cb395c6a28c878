"""One table on two sides compared, portion by portion: rows by key, values by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from warehouse.diff.model import Example, RowExample
from warehouse.diff.pieces import Piece, Portion, reading

BEFORE, AFTER = "before ", "after "  # put before the names of columns, which hold no blank
COPY = "copy "
CAPTURE_SUFFIX = "_capture_id"
PROVENANCE = frozenset({"fetched_at", "source_url", "parser_version"})
OF_ARCHIVE: dict[str, frozenset[str]] = {
    "captures": frozenset(),
    "issues": frozenset({"parser", "source_url"}),
    "quarantine": frozenset({"source_url"}),
}
"""Which columns of the tables about the archive are provenance: those names mean others there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a comparison looks at.

    provenance  compare the columns that say where a row comes from like any other
    examples    at most so many per column, and of added and removed rows
    columns     compare these alone; None for all
    """

    provenance: bool = False
    examples: int = 3
    columns: frozenset[str] | None = None


@dataclass(slots=True)
class Counts:
    """The differences of one column so far."""

    changed: int = 0
    blanked: int = 0
    filled: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(slots=True)
class Lone:
    """The rows that one side alone has, so far."""

    count: int = 0
    examples: list[RowExample] = field(default_factory=list)


class Comparison:
    """The differences of one table that both sides have, under a key that both have.

    counts  by column, for those that both sides have
    """

    def __init__(
        self,
        table: str,
        key: Sequence[str],
        before: Mapping[str, str],
        after: Mapping[str, str],
        wanted: Wanted,
    ) -> None:
        """Sort the columns of both sides, given with their types, into values and provenance."""
        self._key = list(key)
        self._wanted = wanted
        common = [name for name in after if name in before and name not in self._key]
        if wanted.columns is not None:
            common = [name for name in common if name in wanted.columns]
        where = [] if wanted.provenance else [n for n in common if is_provenance(table, n)]
        self._values = [name for name in common if name not in where]
        self._where = where
        self._text = {
            n for n in common if before[n] != after[n] and not _both_numbers(before, after, n)
        }
        self._captures = {BEFORE: _captures_in(before), AFTER: _captures_in(after)}
        self.counts = {name: Counts() for name in self._values}
        self.added, self.removed = Lone(), Lone()
        self.changed = self.moved = 0

    def take(self, portion: Portion) -> None:
        """Count the differences of one portion."""
        before, after = self._read(portion.before, BEFORE), self._read(portion.after, AFTER)
        if before is None or after is None:
            self._take_lone(self.removed, before, BEFORE)
            self._take_lone(self.added, after, AFTER)
            return
        on = self._key
        if before.n_unique(on) < before.height or after.n_unique(on) < after.height:
            number = pl.int_range(pl.len()).over(on).alias(COPY)
            before, after = before.with_columns(number), after.with_columns(number)
            on = [*on, COPY]
        joined = before.join(after, on=on, how="full", nulls_equal=True, coalesce=True)
        is_before, is_after = pl.col(BEFORE).is_not_null(), pl.col(AFTER).is_not_null()
        self._take_lone(self.removed, joined.filter(~is_after), BEFORE)
        self._take_lone(self.added, joined.filter(~is_before), AFTER)
        if self._values or self._where:
            self._take_both(joined.filter(is_before & is_after))

    def _read(self, pieces: Sequence[Piece], side: str) -> pl.DataFrame | None:
        """A side's rows, columns beside the key named with the side; None where it has no part."""
        if not pieces:
            return None
        paths = [piece.path for piece in pieces]
        columns = None if self._wanted.examples else [*self._key, *self._values, *self._where]
        with reading(paths):
            frame = pl.concat(pl.read_parquet(path, columns=columns, glob=False) for path in paths)
        others = (name for name in frame.columns if name not in self._key)
        return frame.select(
            *self._key,
            *(pl.col(name).alias(side + name) for name in others),
            pl.lit(value=True).alias(side),
        )

    def _take_lone(self, lone: Lone, rows: pl.DataFrame | None, side: str) -> None:
        if rows is None:
            return
        lone.count += rows.height
        for row in self._first(rows, len(lone.examples)):
            said = {name: row[name] for name in self._key}
            for name, value in row.items():
                if name.startswith(side) and name != side:
                    said[name.removeprefix(side)] = value
            captures = self._ids(row, side)
            lone.examples.append(RowExample(key=self._key_of(row), row=said, captures=captures))

    def _take_both(self, rows: pl.DataFrame) -> None:
        """Compare the rows that both sides have."""
        masks = rows.select(
            self._differs(name).alias(name) for name in (*self._values, *self._where)
        )
        values, where = masks.select(self._values), masks.select(self._where)
        of_values = values.select(pl.any_horizontal(pl.all())).to_series() if self._values else None
        if self._where:
            moved = where.select(pl.any_horizontal(pl.all())).to_series()
            self.moved += int((moved if of_values is None else moved & ~of_values).sum())
        if of_values is None:
            return
        self.changed += int(of_values.sum())
        for name in self._values:
            if values.get_column(name).any():
                self._take_column(name, rows.filter(values.get_column(name)))

    def _take_column(self, name: str, rows: pl.DataFrame) -> None:
        """Count one column's differences, given the rows that have one."""
        counts = self.counts[name]
        blanked = rows.get_column(AFTER + name).null_count()
        filled = rows.get_column(BEFORE + name).null_count()
        counts.blanked += blanked
        counts.filled += filled
        counts.changed += rows.height - blanked - filled
        for row in self._first(rows, len(counts.examples)):
            example = Example(
                key=self._key_of(row),
                before=row[BEFORE + name],
                after=row[AFTER + name],
                captures_before=self._ids(row, BEFORE),
                captures_after=self._ids(row, AFTER),
            )
            counts.examples.append(example)

    def _differs(self, name: str) -> pl.Expr:
        """Null equals null and NaN equals NaN; values of two types are compared as text."""
        ours, theirs = pl.col(BEFORE + name), pl.col(AFTER + name)
        if name in self._text:
            ours, theirs = ours.cast(pl.String), theirs.cast(pl.String)
        return ours.ne_missing(theirs)

    def _first(self, rows: pl.DataFrame, have: int) -> list[dict[str, Any]]:
        """The first rows by key that there is still room for among the examples."""
        room = self._wanted.examples - have
        if room <= 0 or rows.is_empty():
            return []
        return rows.sort(self._key, nulls_last=True, maintain_order=True).head(room).to_dicts()

    def _key_of(self, row: Mapping[str, Any]) -> tuple[object, ...]:
        return tuple(row[name] for name in self._key)

    def _ids(self, row: Mapping[str, Any], side: str) -> tuple[int, ...]:
        """The captures that a side's row was read from."""
        names = self._captures[side]
        found = (row[name] if name in self._key else row[side + name] for name in names)
        return tuple(dict.fromkeys(one for one in found if one is not None))


def is_provenance(table: str, column: str) -> bool:
    """Whether a column says where a row comes from, not what it holds."""
    if table in OF_ARCHIVE:
        return column in OF_ARCHIVE[table]
    return column in PROVENANCE or column.endswith(CAPTURE_SUFFIX)


def _captures_in(types: Mapping[str, str]) -> tuple[str, ...]:
    """The columns that name captures, the primary one first."""
    named = tuple(name for name in types if name.endswith(CAPTURE_SUFFIX))
    return named or (("capture_id",) if "capture_id" in types else ())


def _both_numbers(before: Mapping[str, str], after: Mapping[str, str], name: str) -> bool:
    numbers = ("int", "uint", "float", "double")
    return before[name].startswith(numbers) and after[name].startswith(numbers)
