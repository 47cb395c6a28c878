"""What a build loses of what there was, and whether that is too much to commit unseen.

A crawl adds rows, and rows of another time may lack values; neither is a loss. A loss is a row
whose key is gone, and a value that became null in a row that is still there. Both are counted by
key, so rows that arrive elsewhere never cover up for those that left; renamed keys count as lost.

What may at most be lost stands in the metadata: rows per part, and nulls per column in the footers
of parts that are not the same on both sides. Only where that would be too much are rows of those
parts read: their keys, and the columns in question. Table `captures` goes by its number of rows:
its ids are hashes, so that every crawl changes all its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from warehouse.column import Row
from warehouse.diff.compare import OF_ARCHIVE, Comparison, Wanted, is_provenance
from warehouse.diff.model import Diff, TableDiff
from warehouse.diff.pieces import Piece, Portion, footer_of, pieces_of, portions
from warehouse.diff.snapshots import incomparable
from warehouse.rows.listed import TABLES
from warehouse.schema import key_of
from warehouse.snapshot import Snapshot

WELCOME = frozenset({"issues", "quarantine"})
"""Tables whose rows are troubles: fewer of them are no loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a build may lose before it is held back.

    max_lost_share  of a table's rows, from 0 to 1
    max_null_rise   of a column's values, net of what other rows gain, from 0 to 1
    min_lost        fewer rows or values are never held back, but for a table that lost all it had
    """

    max_lost_share: float = 0.05
    max_null_rise: float = 0.05
    min_lost: int = 10

    def forbid(self, lost: int, of: int, share: float) -> bool:
        """Whether so many are too many."""
        return lost >= self.min_lost and lost > share * of


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLoss:
    """What one table loses.

    rows     it had before
    lost     rows that are gone
    is_gone  True where nothing is left, or the table itself is not there
    nulls    by column: how many more nulls the rows have that are still there
    values   by column: how many values it had, for the columns that may lose some
    emptied  by column that holds no value any more, or is not there: those it held
    """

    table: str
    rows: int
    lost: int = 0
    is_gone: bool = False
    nulls: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, int] = field(default_factory=dict)
    emptied: Mapping[str, int] = field(default_factory=dict)


def held_back(losses: Iterable[TableLoss], limits: Limits) -> tuple[str, ...]:
    """Why a build that loses this is not to be committed unseen; empty where it may be."""
    return tuple(reason for loss in losses for reason in _reasons(loss, limits))


def losses_of(diff: Diff) -> tuple[TableLoss, ...]:
    """What a whole comparison says was lost, exactly."""
    return tuple(
        _loss(table) for table in diff.tables if table.rows_before and table.name not in WELCOME
    )


def losses(
    before: Snapshot, after: Snapshot, limits: Limits, *, rows: Sequence[type[Row]] = TABLES
) -> tuple[TableLoss, ...]:
    """What a build loses, as far as the limits ask: the cheap way to what `held_back` needs.

    Numbers within a limit are upper bounds; those above one are exact.
    raises  WarehouseError where a part cannot be read
    """
    keys = {row.table: key_of(row) for row in rows}
    return tuple(
        _Bound(before, after, name, keys.get(name, ()), limits).loss()
        for name, count in before.about["tables"].items()
        if count and name not in WELCOME
    )


class _Bound:
    """One table's losses, bounded by metadata, counted where the bound is above a limit."""

    def __init__(
        self, before: Snapshot, after: Snapshot, table: str, key: Sequence[str], limits: Limits
    ) -> None:
        self._table, self._key, self._limits = table, key, limits
        self._rows: int = before.about["tables"][table]
        self._rows_after: int = after.about["tables"].get(table, 0)
        self._pieces = pieces_of(before, after, table)

    def loss(self) -> TableLoss:
        found = TableLoss(table=self._table, rows=self._rows)
        if not self._rows_after:
            return replace(found, lost=self._rows, is_gone=True)
        if not self._pieces.before:
            return found
        net = max(0, self._rows - self._rows_after)
        if self._table in OF_ARCHIVE:
            return replace(found, lost=net)
        ours, theirs = (_Sum(paths) for paths in (self._pieces.before, self._pieces.after))
        found = replace(found, emptied=dict(self._emptied(ours, theirs)))
        if not theirs.types:
            return replace(found, lost=ours.rows)
        if incomparable(self._key, ours.types, theirs.types):
            return replace(found, lost=net)
        return self._by_key(found, ours.types, theirs.types)

    def _by_key(
        self, found: TableLoss, before: Mapping[str, str], after: Mapping[str, str]
    ) -> TableLoss:
        """Bound rows and nulls portion by portion, and count what is bound too high."""
        all_portions = portions(self._pieces, self._key[0])
        lone = sum(_rows(portion.before) for portion in all_portions if not portion.after)
        both = [portion for portion in all_portions if portion.before and portion.after]

        def counted(columns: Sequence[str]) -> tuple[Comparison, list[int]]:
            """The comparison of these columns, and the rows gone by portion."""
            wanted = Wanted(examples=0, columns=frozenset(columns))
            comparison = Comparison(self._table, self._key, before, after, wanted)
            gone: list[int] = []
            for portion in both:
                comparison.take(portion)
                gone.append(comparison.removed.count - sum(gone))
            return comparison, gone

        limits = self._limits
        gone = [_rows(portion.before) for portion in both]
        if limits.forbid(lone + sum(gone), self._rows, limits.max_lost_share):
            _, gone = counted(())
        lost = lone + sum(gone)
        names = [name for name in after if name in before and self._is_value(name)]
        nulls = {name: max(0, sum(map(_rise(name), both, gone))) for name in names}
        values = {name: self._values(name) for name in names if nulls[name] >= limits.min_lost}
        suspects = [n for n in values if limits.forbid(nulls[n], values[n], limits.max_null_rise)]
        if suspects:
            comparison, gone = counted(suspects)
            lost = lone + sum(gone)
            for name in suspects:
                counts = comparison.counts[name]
                nulls[name] = max(0, counts.blanked - counts.filled)
        return replace(found, lost=lost, nulls=nulls, values=values)

    def _values(self, name: str) -> int:
        """How many values a column had, in parts that changed and in parts that did not."""
        return self._before.values(name)

    @cached_property
    def _before(self) -> _Sum:
        """All parts that the table had; read once, and only where it is asked for."""
        return _Sum((*self._pieces.before, *self._pieces.shared))

    def _emptied(self, ours: _Sum, theirs: _Sum) -> Iterator[tuple[str, int]]:
        for name in ours.types:
            values = ours.values(name)
            if not values or not self._is_value(name):
                continue
            left = name in theirs.types and theirs.values(name)
            if not left and not any(map(_holds(name), self._pieces.shared)):
                yield name, values

    def _is_value(self, name: str) -> bool:
        return name not in self._key and not is_provenance(self._table, name)


class _Sum:
    """The footers of some parts of a table, added up."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._footers = [footer_of(path) for path in paths]
        self.types = self._footers[0].types if self._footers else {}
        self.rows = sum(footer.rows for footer in self._footers)

    def values(self, name: str) -> int:
        """Of a column, that are not null as far as footers say."""
        return sum(footer.rows - footer.nulls.get(name, 0) for footer in self._footers)


def _rows(pieces: Iterable[Piece]) -> int:
    return sum(piece.footer.rows for piece in pieces)


def _rise(name: str) -> Callable[[Portion, int], int]:
    """How much nulls of a column may at most have risen in rows that both sides have.

    No more than there are nulls now, than there were values before, and than nulls rose at all but
    for those that rows now gone took along. What a footer does not count is taken for the worst.
    """

    def rise(portion: Portion, gone: int) -> int:
        nulls = sum(piece.footer.nulls.get(name, piece.footer.rows) for piece in portion.after)
        known = sum(piece.footer.nulls.get(name, 0) for piece in portion.before)
        return min(nulls, _rows(portion.before) - known, nulls - known + gone)

    return rise


def _holds(name: str) -> Callable[[Path], bool]:
    """Whether a part holds a value in a column."""

    def holds(path: Path) -> bool:
        footer = footer_of(path)
        return name in footer.types and footer.nulls.get(name, 0) < footer.rows

    return holds


def _reasons(loss: TableLoss, limits: Limits) -> Iterator[str]:
    if loss.is_gone and limits.max_lost_share < 1:
        yield f"{loss.table} loses all its rows ({loss.rows:,})"
        return
    if limits.forbid(loss.lost, loss.rows, limits.max_lost_share):
        share = _of(loss.lost / loss.rows, limits.max_lost_share)
        yield f"{loss.table} loses {loss.lost:,} of {loss.rows:,} rows {share}"
    for name, nulls in loss.nulls.items():
        values = loss.values.get(name, 0)
        if name not in loss.emptied and limits.forbid(nulls, values, limits.max_null_rise):
            share = _of(nulls / values, limits.max_null_rise) if values else ""
            yield f"{loss.table}.{name} loses {nulls:,} of {values:,} values {share}".rstrip()
    for name, values in loss.emptied.items():
        if values >= limits.min_lost and limits.max_null_rise < 1:
            yield f"{loss.table}.{name} loses all its values ({values:,})"


def _of(share: float, limit: float) -> str:
    return f"({100 * share:.3g} %, the limit is {100 * limit:.3g} %)"


def _loss(table: TableDiff) -> TableLoss:
    lost = table.removed if not table.note else max(0, table.rows_before - table.rows_after)
    nulls: dict[str, int] = {}
    emptied: dict[str, int] = {}
    for column in table.columns if table.name not in OF_ARCHIVE else ():
        values = table.rows_before - column.nulls_before
        if column.only_in == "before" or column.nulls_after == table.rows_after:
            emptied[column.name] = values
        if not column.only_in:
            nulls[column.name] = max(0, column.blanked - column.filled)
    return TableLoss(
        table=table.name,
        rows=table.rows_before,
        lost=lost,
        is_gone=not table.rows_after,
        nulls=nulls,
        values={one.name: table.rows_before - one.nulls_before for one in table.columns},
        emptied={name: values for name, values in emptied.items() if values},
    )
