"""A comparison as a report for people: one HTML page with plots, from the overview to examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from warehouse.diff.model import ColumnDiff, Diff, RowExample, TableDiff, Tally
from warehouse.diff.words import (
    column_note,
    key_text,
    parsers_text,
    place_of,
    place_text,
    share_text,
    table_note,
    value_text,
)
from warehouse.html import (
    Bars,
    Block,
    Cell,
    Column,
    Details,
    Fact,
    Facts,
    Heading,
    Mark,
    Note,
    Page,
    Paragraph,
    Series,
    Shift,
    Shifts,
    Table,
    Tone,
)

TOP = 20  # columns in a plot
SHIFT_MIN = 0.0005  # a share of nulls that moves less is not drawn


def report(diff: Diff, *, reasons: Sequence[str] = ()) -> Page:
    """The page; `reasons` are those for which a build would be held back."""
    return Page(
        f"What changes from {diff.before} to {diff.after}",
        subtitle=", ".join(f"parser {text}" for text in parsers_text(diff)) or "the same parsers",
        blocks=tuple(_blocks(diff, reasons)),
    )


def _blocks(diff: Diff, reasons: Sequence[str]) -> Iterator[Block]:
    yield Facts(tuple(_facts(diff)))
    for reason in reasons:
        yield Note(f"Held back: {reason}", "bad")
    if diff.is_equal:
        yield Paragraph((f"No difference: all {len(diff.tables)} tables hold the same rows.",))
    else:
        yield Heading("Rows")
        yield from _rows(diff)
    yield from _nulls(diff)
    yield from _values(diff)
    yield from _builds(diff)
    if diff.differing:
        yield Heading("Table by table")
    for table in diff.differing:
        yield from _table(diff, table)


def _facts(diff: Diff) -> Iterator[Fact]:
    tables = diff.tables
    added, removed, changed, moved = (
        sum(counts)
        for counts in zip(*((t.added, t.removed, t.changed, t.moved) for t in tables), strict=True)
    )
    yield Fact("tables that differ", len(diff.differing), note=f"of {len(tables)}")
    yield Fact("rows added", added, "good" if added else "muted")
    yield Fact("rows removed", removed, "bad" if removed else "muted")
    yield Fact("rows changed", changed, "change" if changed else "muted")
    yield Fact("only provenance", moved, "muted", "same values, other captures or parsers")
    for name, tallies in (("quarantined", diff.quarantine), ("issues", diff.issues)):
        shift = sum(tally.after - tally.before for tally in tallies)
        yield Fact(name, f"{shift:+,}" if shift else "±0", _trouble(shift), "more or fewer")


def _trouble(shift: int) -> Tone:
    return "bad" if shift > 0 else "good" if shift < 0 else "muted"


def _rows(diff: Diff) -> Iterator[Block]:
    tables = diff.differing
    yield Bars(
        "Share of each table's rows",
        tuple(table.name for table in tables),
        (
            Series("added", tuple(table.added for table in tables), "good"),
            Series("removed", tuple(table.removed for table in tables), "bad"),
            Series("changed", tuple(table.changed for table in tables), "change"),
        ),
        unit="rows",
        totals=tuple(table.rows_before + table.added for table in tables),
        notes=tuple(_signs(table) for table in tables),
    )
    names = ("before", "after", "added", "removed", "changed", "only provenance")
    yield Table(
        (Column("table"), *(Column(name, is_number=True) for name in names), Column("")),
        tuple(
            (
                Mark(table.name, anchor=_anchor(table)) if not table.is_equal else table.name,
                table.rows_before,
                table.rows_after,
                *map(_number, (table.added, table.removed, table.changed, table.moved)),
                table_note(table) or ("equal" if table.is_equal else ""),
            )
            for table in diff.tables
        ),
        "Rows by table",
    )


def _signs(table: TableDiff) -> str:
    signs = (("+", table.added), ("−", table.removed), ("~", table.changed))  # noqa: RUF001 - minus
    return " ".join(f"{sign}{count:,}" for sign, count in signs if count) or table_note(table)


def _nulls(diff: Diff) -> Iterator[Block]:
    """The columns whose share of nulls moved most."""
    moved = [
        (after - before, f"{table.name}.{column.name}", before, after)
        for table in diff.differing
        for column in table.columns
        if not column.only_in
        for before, after in (table.null_share(column),)
        if table.rows_before and table.rows_after and abs(after - before) >= SHIFT_MIN
    ]
    moved.sort(key=lambda one: (-abs(one[0]), one[1]))
    if not moved:
        return
    yield Heading("Nulls")
    yield Shifts(
        f"Share of nulls by column{_most(moved)}",
        tuple(
            Shift(name, _percent(before), _percent(after), "bad" if shift > 0 else "good")
            for shift, name, before, after in moved[:TOP]
        ),
        unit="%",
        top=100,
    )


def _values(diff: Diff) -> Iterator[Block]:
    """The columns with most values that differ."""
    columns = [
        (f"{table.name}.{column.name}", column)
        for table in diff.differing
        for column in table.columns
        if column.total
    ]
    columns.sort(key=lambda one: (-one[1].total, one[0]))
    if not columns:
        return
    yield Heading("Values")
    shown = [column for _, column in columns[:TOP]]
    yield Bars(
        f"Values that differ in rows of both sides{_most(columns)}",
        tuple(map(itemgetter(0), columns[:TOP])),
        (
            Series("another value", tuple(column.changed for column in shown), "change"),
            Series("became null", tuple(column.blanked for column in shown), "bad"),
            Series("was null", tuple(column.filled for column in shown), "good"),
        ),
        unit="values",
    )


def _most(found: Sequence[object]) -> str:
    return f", the first {TOP} of {len(found)}" if len(found) > TOP else ""


def _builds(diff: Diff) -> Iterator[Block]:
    """What became of captures, what was refused, what pages got wrong."""
    found: list[Block] = [
        *_tallies("Captures by outcome", ("page type", "outcome"), diff.outcomes),
        *_tallies("Quarantine by rule", ("table", "rule"), diff.quarantine, is_trouble=True),
        *_tallies("Issues", ("page type", "kind", "field"), diff.issues, is_trouble=True),
    ]
    if found:
        yield Heading("Captures, quarantine and issues")
        yield from found


def _tallies(
    title: str, names: Sequence[str], tallies: Iterable[Tally], *, is_trouble: bool = False
) -> Iterator[Block]:
    rows: list[tuple[Cell, ...]] = []
    for tally in tallies:
        shift = tally.after - tally.before
        tone = _trouble(shift) if is_trouble else "plain"
        rows.append((*tally.what, tally.before, tally.after, Mark(f"{shift:+,}", tone)))
    if rows:
        numbers = (Column(name, is_number=True) for name in ("before", "after", "shift"))
        yield Table((*map(Column, names), *numbers), tuple(rows), title)


def _table(diff: Diff, table: TableDiff) -> Iterator[Block]:
    yield Heading(table.name, 3, _anchor(table))
    if note := table_note(table):
        yield Paragraph((note,))
    if table.columns:
        names = ("changed", "became null", "was null", "nulls before", "nulls after")
        yield Table(
            (Column("column"), *(Column(name, is_number=True) for name in names), Column("")),
            tuple(_column(table, column) for column in table.columns),
            f"Columns of {table.name}",
        )
    examples = tuple(
        (
            Mark(column.name, is_code=True),
            Mark(key_text(example.key), is_code=True),
            _value(example.before),
            _value(example.after),
            place_text(place) if (place := place_of(diff, example)) else "",
        )
        for column in table.columns
        for example in column.examples
    )
    key = f"key: {' '.join(table.key)}"
    if examples:
        heads = ("column", key, "before", "after", "read from")
        shown = Table(tuple(map(Column, heads)), examples, f"Examples of {table.name}")
        yield Details("Examples of changed values", (shown,), is_open=True)
    for what, rows, is_after in (
        ("Rows removed", table.rows_removed, False),
        ("Rows added", table.rows_added, True),
    ):
        if rows:
            lone = tuple(_lone(diff, row, is_after=is_after) for row in rows)
            shown = Table((Column(key), Column("read from")), lone, f"{what}: the first")
            yield Details(what, (shown,))


def _column(table: TableDiff, column: ColumnDiff) -> tuple[Cell, ...]:
    before, after = table.null_share(column)
    tone: Tone = "bad" if after > before else "good" if after < before else "plain"
    return (
        Mark(column.name, is_code=True),
        *map(_number, (column.changed, column.blanked, column.filled)),
        share_text(before) if column.only_in != "after" else None,
        Mark(share_text(after), tone if not column.only_in else "plain")
        if column.only_in != "before"
        else None,
        column_note(column),
    )


def _lone(diff: Diff, row: RowExample, *, is_after: bool) -> tuple[Cell, ...]:
    places = diff.places_after if is_after else diff.places_before
    place = next((places[one] for one in row.captures if one in places), None)
    return Mark(key_text(row.key), is_code=True), place_text(place) if place else ""


def _value(value: object) -> Cell:
    return Mark(value_text(value), "muted" if value is None else "plain", is_code=True)


def _number(value: int) -> Cell:
    return value or Mark("0", "muted")


def _percent(share: float) -> float:
    return round(100 * share, 2)


def _anchor(table: TableDiff) -> str:
    return f"table {table.name}"
