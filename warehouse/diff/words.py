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
    """Where a capture lies."""
    return printable(f"{place.url} ({place.collection}/{place.file} at {place.offset})")


def place_of(diff: Diff, example: Example) -> Place | None:
    """The capture to look at first: one that the other side's row was not read from, if any.

    The side after goes first: that is what a build would make current.
    """
    ours, theirs = example.captures_before, example.captures_after
    after = diff.places_after
    before = diff.places_before
    candidates = [
        *(after.get(one) for one in theirs if one not in ours),
        *(after.get(one) for one in theirs),
        *(before.get(one) for one in ours),
    ]
    return next((place for place in candidates if place), None)


def share_text(part: float) -> str:
    """A share from 0 to 1 in percent.

    >>> share_text(0.123456), share_text(1), share_text(0.00001)
    ('12.3 %', '100 %', '0 %')
    """
    return f"{100 * part:.1f}".removesuffix(".0") + " %"


def parsers_text(diff: Diff) -> Iterator[str]:
    """Each parser that is not of the same version on both sides."""
    for name in sorted({*diff.parsers_before, *diff.parsers_after}):
        ours, theirs = diff.parsers_before.get(name), diff.parsers_after.get(name)
        if ours != theirs:
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
