"""Values, keys and places of a comparison as short texts, alike in a terminal and in a report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from warehouse.diff.model import ColumnDiff, Diff, Example, Place, TableDiff, plain

VALUE_CHARS_MAX = 60
WORDS = frozenset({"", "null", "None", "True", "False"})


def value_text(value: object) -> str:
    """A value in one line, long ones cut; a text that could be taken for something else is quoted.

    >>> value_text(None), value_text("null"), value_text(7.5), value_text("a  b"), value_text("")
    ('null', "'null'", '7.5', "'a  b'", "''")
    """
    if value is None:
        return "null"
    text = str(plain(value))
    if isinstance(value, str) and (text in WORDS or " ".join(text.split()) != text):
        text = repr(text)
    text = printable(text)
    return text if len(text) <= VALUE_CHARS_MAX else text[: VALUE_CHARS_MAX - 1] + "…"


def printable(text: str) -> str:
    """A text that moves no cursor: what does not print is escaped.

    >>> printable("Nuke" + chr(7)) == "Nuke" + chr(92) + "x07"
    True
    """
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def key_text(key: Sequence[object]) -> str:
    """A key as `warchouse trace` takes it.

    >>> key_text((2391140, 1, None, "zero two"))
    "2391140 1 null 'zero two'"
    """
    parts = ("null" if part is None else shlex.quote(str(plain(part))) for part in key)
    return printable(" ".join(parts))


def place_text(place: Place) -> str:
    """Which page a capture is of, and where it lies."""
    return f"{printable(place.url)} ({file_text(place)})"


def file_text(place: Place) -> str:
    """Where a capture lies."""
    return printable(f"{place.collection}/{place.file} at {place.offset}")


def place_of(diff: Diff, example: Example) -> Place | None:
    """The capture to look at first, on the side after if it has one.

    That is one the other side's row was not read from, or one of a page type whose parser is of
    another version; else the primary one.
    """
    upgraded = {name.rpartition(".")[2] for name, *_ in changed_parsers(diff)}
    sides = (
        (example.captures_after, example.captures_before, diff.places_after),
        (example.captures_before, example.captures_after, diff.places_before),
    )
    for ids, others, places in sides:
        found = [places[one] for one in ids if one in places]
        new = [place for place in found if place.capture_id not in others]
        read_anew = [place for place in found if place.page_type in upgraded]
        if found:
            return (*new, *read_anew, *found)[0]
    return None


def share_text(part: float) -> str:
    """A share from 0 to 1 in percent.

    >>> share_text(0.123456), share_text(1), share_text(0.00001)
    ('12.3 %', '100 %', '0 %')
    """
    return f"{100 * part:.1f}".removesuffix(".0") + " %"


def changed_parsers(diff: Diff) -> Iterator[tuple[str, int | None, int | None]]:
    """Each parser that is not of the same version on both sides, with both."""
    for name in sorted({*diff.parsers_before, *diff.parsers_after}):
        ours, theirs = diff.parsers_before.get(name), diff.parsers_after.get(name)
        if ours != theirs:
            yield name, ours, theirs


def parsers_text(diff: Diff) -> Iterator[str]:
    """The same in words."""
    for name, ours, theirs in changed_parsers(diff):
        yield f"{name} {ours or 'none'} → {theirs or 'none'}"


def column_note(column: ColumnDiff) -> str:
    """What is to say of a column beside numbers: that one side lacks it, or another type."""
    if column.only_in:
        return f"only {column.only_in}"
    if column.type_before != column.type_after:
        return f"{column.type_before} → {column.type_after}"
    return ""


def table_note(table: TableDiff) -> str:
    """What is to say of a table beside numbers."""
    return f"only {table.only_in}" if table.only_in else table.note
