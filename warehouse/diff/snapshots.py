"""Two snapshots compared, table by table: what people read before and after they commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from warehouse.column import Row
from warehouse.diff.compare import Comparison, Counts, Wanted, is_provenance
from warehouse.diff.model import ColumnDiff, Diff, Place, Side, TableDiff
from warehouse.diff.pieces import (
    Footer,
    Pieces,
    footer_of,
    pieces_of,
    portions,
    reading,
    types_of,
)
from warehouse.diff.tallies import issue_tallies, outcome_tallies, quarantine_tallies
from warehouse.errors import TableNotFoundError
from warehouse.rows.listed import TABLES
from warehouse.schema import key_of
from warehouse.snapshot import Snapshot

PLACE = ("capture_id", "page_type", "url", "collection", "file", "offset")
EVERYTHING = Wanted()


def diff_snapshots(
    before: Snapshot,
    after: Snapshot,
    wanted: Wanted = EVERYTHING,
    *,
    tables: Collection[str] = (),
    rows: Sequence[type[Row]] = TABLES,
) -> Diff:
    """Compare two snapshots; either may be a build that is not committed.

    tables  compare these alone; without, all
    rows    the row classes that tell the tables' keys
    raises  TableNotFoundError where neither side has a table, WarehouseError where a part cannot
            be read
    """
    names = _names(before, after)
    for name in tables:
        if name not in names:
            raise TableNotFoundError(
                f"no table {name!r} in snapshots {before.id} and {after.id}:"
                f" there are {', '.join(names)}"
            )
    names = [name for name in names if not tables or name in tables]
    keys = {row.table: key_of(row) for row in rows}
    found = tuple(diff_table(before, after, name, keys.get(name, ()), wanted) for name in names)
    pieces = {name: pieces_of(before, after, name) for name in names}
    return Diff(
        before=before.id,
        after=after.id,
        parsers_before=_parsers(before),
        parsers_after=_parsers(after),
        tables=found,
        outcomes=outcome_tallies(pieces["captures"]) if "captures" in pieces else (),
        quarantine=quarantine_tallies(pieces["quarantine"]) if "quarantine" in pieces else (),
        issues=issue_tallies(pieces["issues"]) if "issues" in pieces else (),
        places_before=_places(before, {one for table in found for one in _named(table)[0]}),
        places_after=_places(after, {one for table in found for one in _named(table)[1]}),
    )


def diff_table(
    before: Snapshot, after: Snapshot, name: str, key: Sequence[str], wanted: Wanted
) -> TableDiff:
    """Compare one table; without a key that both sides have, its rows are counted only."""
    ours, theirs = (side.about["tables"].get(name) for side in (before, after))
    found = TableDiff(name=name, rows_before=ours or 0, rows_after=theirs or 0)
    if ours is None or theirs is None:
        only_in: Side = "after" if ours is None else "before"
        return replace(found, only_in=only_in, added=theirs or 0, removed=ours or 0)
    pieces = pieces_of(before, after, name)
    if not pieces.before and not pieces.after:
        return replace(found, key=tuple(key))
    sides = _Sides(name, (ours, theirs), (types_of(before, name), types_of(after, name)), pieces)
    if note := incomparable(key, *sides.types):
        return replace(found, note=note, columns=_columns(sides, {}, wanted))
    comparison = Comparison(name, key, *sides.types, wanted)
    for portion in portions(pieces, key[0]):
        comparison.take(portion)
    return replace(
        found,
        key=tuple(key),
        added=comparison.added.count,
        removed=comparison.removed.count,
        changed=comparison.changed,
        moved=comparison.moved,
        columns=_columns(sides, comparison.counts, wanted),
        rows_added=tuple(comparison.added.examples),
        rows_removed=tuple(comparison.removed.examples),
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """One table that both sides have: its rows, columns with types, and parts."""

    table: str
    rows: tuple[int, int]
    types: tuple[Mapping[str, str], Mapping[str, str]]
    pieces: Pieces


def _names(before: Snapshot, after: Snapshot) -> list[str]:
    """Every table of either side: in the order of the reference, then those it does not know."""
    there = {*before.about["tables"], *after.about["tables"]}
    declared = [row.table for row in TABLES if row.table in there]
    return [*declared, *sorted(there.difference(declared))]


def incomparable(key: Sequence[str], before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Why rows cannot be told by their key; empty where they can."""
    if not key:
        return "no row class declares it: rows are counted, not compared"
    for name in key:
        if before.get(name) != after.get(name):
            types = f"{before.get(name, 'missing')} before, {after.get(name, 'missing')} after"
            return f"its key changed ({name}: {types}): rows are counted, not compared"
    return ""


def _columns(
    sides: _Sides, counted: Mapping[str, Counts], wanted: Wanted
) -> tuple[ColumnDiff, ...]:
    """Every column that is not the same on both sides, in the order of the table."""
    (before, after), (rows_before, rows_after) = sides.types, sides.rows
    pieces = sides.pieces
    shared, ours, theirs = map(_Nulls, (pieces.shared, pieces.before, pieces.after))
    found = []
    for name in dict.fromkeys((*after, *before)):
        if is_provenance(sides.table, name) and not wanted.provenance:
            continue
        if wanted.columns is not None and name not in wanted.columns:
            continue
        counts = counted.get(name) or Counts()
        column = ColumnDiff(
            name=name,
            only_in="after" if name not in before else "before" if name not in after else "",
            type_before=before.get(name, ""),
            type_after=after.get(name, ""),
            changed=counts.changed,
            blanked=counts.blanked,
            filled=counts.filled,
            nulls_before=shared.of(name) + ours.of(name) if name in before else 0,
            nulls_after=shared.of(name) + theirs.of(name) if name in after else 0,
            examples=tuple(counts.examples),
        )
        shifted = column.nulls_before * rows_after != column.nulls_after * rows_before
        if shifted or not column.is_equal:
            found.append(column)
    return tuple(found)


class _Nulls:
    """The nulls in some parts, by column, as their footers state them."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._footers = [(path, footer_of(path)) for path in paths]

    def of(self, name: str) -> int:
        return sum(self._in(path, footer, name) for path, footer in self._footers)

    def _in(self, path: Path, footer: Footer, name: str) -> int:
        if name in footer.nulls:
            return footer.nulls[name]
        if name not in footer.types:
            return footer.rows
        with reading((path,)):
            return pl.read_parquet(path, columns=[name], glob=False).get_column(name).null_count()


def _parsers(snapshot: Snapshot) -> dict[str, int]:
    said = snapshot.about.get("parsers", {})
    return {str(name): int(version) for name, version in said.items()}


def _named(table: TableDiff) -> tuple[set[int], set[int]]:
    """The captures that a table's examples name, before and after."""
    before = {one for row in table.rows_removed for one in row.captures}
    after = {one for row in table.rows_added for one in row.captures}
    for column in table.columns:
        for example in column.examples:
            before.update(example.captures_before)
            after.update(example.captures_after)
    return before, after


def _places(snapshot: Snapshot, ids: set[int]) -> dict[int, Place]:
    """Where captures lie, from the table that is the index of the archives."""
    if not ids or "captures" not in snapshot.about["tables"]:
        return {}
    wanted = pl.col("capture_id").is_in(sorted(ids)) & (pl.col("outcome") != "duplicate")
    rows = snapshot.table("captures").filter(wanted).select(PLACE).collect()
    found = (Place(**row) for row in rows.iter_rows(named=True))
    return {place.capture_id: place for place in found}
