"""A comparison as titled sections of rows: what a terminal or a pipe shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from warehouse.diff.model import ColumnDiff, Diff, Place, RowExample, TableDiff, Tally
from warehouse.diff.words import (
    column_note,
    file_text,
    key_text,
    parsers_text,
    place_of,
    printable,
    share_text,
    table_note,
    value_text,
)
from warehouse.terminal import counted

SHIFT_MIN = 0.02  # a share of nulls that moves less, by rows that come and go, is not listed

Cells = tuple[str, ...]

EXAMPLE = ("column", "key", "before", "after", "read from", "URL")


@dataclass(frozen=True, slots=True)
class Section:
    """A title and rows under columns; without columns each row is a line of text."""

    title: str
    columns: Cells
    rows: tuple[Cells, ...]


def sections(diff: Diff) -> Iterator[Section]:
    """What differs, from the overview to the examples; what is equal is only counted."""
    yield Section(f"snapshot {diff.before} → {diff.after}", (), tuple(_head(diff)))
    if diff.differing:
        yield _overview(diff)
    for table in diff.differing:
        if shown := [column for column in table.columns if _is_shown(table, column)]:
            yield _columns(table, shown)
        examples = tuple(_examples(diff, table))
        if examples:
            yield Section(
                f"{table.name}: examples",
                EXAMPLE,
                examples,
            )
    yield from _tallies("captures", ("page type", "outcome"), diff.outcomes)
    yield from _tallies("quarantine", ("table", "rule"), diff.quarantine)
    yield from _tallies("issues", ("page type", "kind", "field"), diff.issues)


def _head(diff: Diff) -> Iterator[Cells]:
    for text in parsers_text(diff):
        yield (f"parser {text}",)
    tables = counted(len(diff.tables), "table", "tables")
    if diff.is_equal:
        yield (f"no difference in {tables}",)
    else:
        differ = "differs" if len(diff.differing) == 1 else "differ"
        yield (f"{len(diff.differing)} of {tables} {differ}",)
    if moved := sum(table.moved for table in diff.tables):
        rows = counted(moved, "row", "rows")
        yield (f"{rows} with the same values from other captures or parsers",)


def _overview(diff: Diff) -> Section:
    names = ("table", "before", "after", "added", "removed", "changed", "read elsewhere", "")
    rows = tuple(
        (
            table.name,
            *map(
                _number,
                (
                    table.rows_before,
                    table.rows_after,
                    table.added,
                    table.removed,
                    table.changed,
                    table.moved,
                ),
            ),
            table_note(table),
        )
        for table in diff.differing
    )
    return Section("rows", *_without_empty_last(names, rows))


def _is_shown(table: TableDiff, column: ColumnDiff) -> bool:
    """Whether a column is worth a line: its values differ, or its share of nulls much."""
    before, after = table.null_share(column)
    return not column.is_equal or abs(after - before) >= SHIFT_MIN


def _columns(table: TableDiff, columns: Iterable[ColumnDiff]) -> Section:
    names = ("column", "changed", "blanked", "filled", "nulls before", "nulls after", "")
    rows = tuple(_column(table, column) for column in columns)
    return Section(table.name, *_without_empty_last(names, rows))


def _column(table: TableDiff, column: ColumnDiff) -> Cells:
    before, after = map(share_text, table.null_share(column))
    return (
        column.name,
        *map(_number, (column.changed, column.blanked, column.filled)),
        "-" if column.only_in == "after" else before,
        "-" if column.only_in == "before" else after,
        column_note(column),
    )


def _examples(diff: Diff, table: TableDiff) -> Iterator[Cells]:
    for row in table.rows_removed:
        yield _lone("row removed", row, diff, is_after=False)
    for row in table.rows_added:
        yield _lone("row added", row, diff, is_after=True)
    for column in table.columns:
        for example in column.examples:
            place = place_of(diff, example)
            yield (
                column.name,
                key_text(example.key),
                value_text(example.before),
                value_text(example.after),
                *_place(place),
            )


def _lone(what: str, row: RowExample, diff: Diff, *, is_after: bool) -> Cells:
    places = diff.places_after if is_after else diff.places_before
    place = next((places[one] for one in row.captures if one in places), None)
    return (what, key_text(row.key), "", "", *_place(place))


def _place(place: Place | None) -> Cells:
    return (file_text(place), printable(place.url)) if place else ("", "")


def _tallies(title: str, names: Cells, tallies: Iterable[Tally]) -> Iterator[Section]:
    rows = tuple(
        (
            *tally.what,
            _number(tally.before),
            _number(tally.after),
            f"{tally.after - tally.before:+,}",
        )
        for tally in tallies
    )
    if rows:
        yield Section(title, (*names, "before", "after", "shift"), rows)


def _without_empty_last(names: Cells, rows: tuple[Cells, ...]) -> tuple[Cells, tuple[Cells, ...]]:
    """Drop the column of notes where no row has one."""
    if any(row[-1] for row in rows):
        return names, rows
    return names[:-1], tuple(row[:-1] for row in rows)


def _number(value: int) -> str:
    return f"{value:,}"
