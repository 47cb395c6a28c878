"""A comparison as a report for people: one HTML page with plots, from the overview to examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from warehouse.diff.compare import OF_ARCHIVE
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
COLOURS = (
    "Red where values became null, green where nulls became values in rows of both sides;"
    " grey where rows that were added or removed make the difference."
)
NUMBERS = ("before", "after", "added", "removed", "changed", "read elsewhere")
SHIFT_MIN = 0.002  # a share of nulls that moves less is not drawn


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
    """The figures of the page tables, then how the build went."""
    tables = [table for table in diff.tables if table.name not in OF_ARCHIVE]
    yield Fact("tables that differ", len(diff.differing), note=f"of {len(diff.tables)}")
    yield _fact("rows added", sum(table.added for table in tables), "good")
    yield _fact("rows removed", sum(table.removed for table in tables), "bad")
    yield _fact("rows changed", sum(table.changed for table in tables), "change")
    yield _fact("read elsewhere", sum(table.moved for table in tables), "muted", "the same values")
    named = {table.name: table for table in diff.tables}
    for name in ("quarantine", "issues"):
        if table := named.get(name):
            shift = table.rows_after - table.rows_before
            now = f"now {table.rows_after:,}"
            yield Fact(name, f"{shift:+,}" if shift else "±0", _trouble(shift), now)


def _fact(name: str, count: int, tone: Tone, note: str = "") -> Fact:
    return Fact(name, count, tone if count else "muted", note)


def _trouble(shift: int) -> Tone:
    return "bad" if shift > 0 else "good" if shift < 0 else "muted"


def _rows(diff: Diff) -> Iterator[Block]:
    tables = [table for table in diff.differing if table.name not in OF_ARCHIVE]
    if tables:
        yield _shares(tables)
    yield _noted(
        "table",
        NUMBERS,
        tuple(
            (
                table.name if table.is_equal else Mark(table.name, anchor=_anchor(table)),
                table.rows_before,
                table.rows_after,
                *map(_number, (table.added, table.removed, table.changed, table.moved)),
                table_note(table) or ("equal" if table.is_equal else ""),
            )
            for table in diff.tables
        ),
        "Rows by table",
    )


def _noted(
    name: str, numbers: Sequence[str], rows: tuple[tuple[Cell, ...], ...], caption: str
) -> Table:
    """A table of names, numbers and notes; without the notes where no row has one."""
    columns = (Column(name), *(Column(number, is_number=True) for number in numbers))
    if any(row[-1] for row in rows):
        return Table((*columns, Column("")), rows, caption)
    return Table(columns, tuple(row[:-1] for row in rows), caption)


def _shares(tables: Sequence[TableDiff]) -> Bars:
    return Bars(
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


def _signs(table: TableDiff) -> str:
    signs = (("+", table.added), ("−", table.removed), ("~", table.changed))  # noqa: RUF001 - minus
    return " ".join(f"{sign}{count:,}" for sign, count in signs if count) or table_note(table)


def _nulls(diff: Diff) -> Iterator[Block]:
    """The columns whose share of nulls moved most, those first whose values became null."""
    moved = [
        (table, column, after - before, Shift(name, _percent(before), _percent(after), tone))
        for table in diff.differing
        for column in table.columns
        if table.rows_before and table.rows_after and not column.only_in
        for before, after in (table.null_share(column),)
        for name, tone in ((f"{table.name}.{column.name}", _null_tone(column, after - before)),)
        if abs(after - before) >= SHIFT_MIN
    ]
    if not moved:
        return
    moved.sort(key=lambda one: (one[3].tone == "muted", -abs(one[2]), one[3].label))
    yield Heading("Nulls")
    yield Paragraph((COLOURS,))
    shifts = tuple(shift for *_, shift in moved[:TOP])
    yield Shifts(f"Share of nulls by column{_most(moved)}", shifts, unit="%", top=100)


def _null_tone(column: ColumnDiff, shift: float) -> Tone:
    if column.blanked > column.filled and shift > 0:
        return "bad"
    return "good" if column.filled > column.blanked and shift < 0 else "muted"


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
        yield _noted(
            "column",
            names,
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
    for what, count, rows, is_after in (
        ("rows removed", table.removed, table.rows_removed, False),
        ("rows added", table.added, table.rows_added, True),
    ):
        if rows:
            cut = f", the first {len(rows)}" if len(rows) < count else ""
            lone = tuple(_lone(diff, row, is_after=is_after) for row in rows)
            shown = Table((Column(key), Column("read from")), lone, f"{table.name}: {what}")
            yield Details(f"{count:,} {what}{cut}", (shown,))


def _column(table: TableDiff, column: ColumnDiff) -> tuple[Cell, ...]:
    before, after = table.null_share(column)
    tone = _null_tone(column, after - before)
    return (
        Mark(column.name, is_code=True),
        *map(_number, (column.changed, column.blanked, column.filled)),
        share_text(before) if column.only_in != "after" else None,
        Mark(share_text(after), "plain" if tone == "muted" else tone)
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
    return round(100 * share, 1)


def _anchor(table: TableDiff) -> str:
    return f"table {table.name}"
