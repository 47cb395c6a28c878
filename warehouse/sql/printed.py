"""The rows of a relation on standard output: a table, upright, JSON or CSV; a few at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from warehouse.sql.locked import LockedSql, Relation
from warehouse.sql.text import (
    as_csv_lines,
    as_json_lines,
    as_text,
    csv_head,
    is_number,
    names_of,
    types_of,
)
from warehouse.terminal import Cells, folded, is_terminal, record_lines, row_lines, say, width

HINT = "--columns chooses, --json shows all"


def text_rows(sql: LockedSql, relation: Relation) -> Iterator[Cells]:
    """Every row as texts, null as None."""
    for batch in sql.batches(as_text(relation)):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def lines_of(sql: LockedSql, lines: Relation) -> Iterator[list[str]]:
    """The texts of a relation of one column, some thousand at a time."""
    for batch in sql.batches(lines):
        yield batch.column(0).to_pylist()


def json_array(batches: Iterable[list[str]]) -> Iterator[str]:
    r"""Pieces of a JSON array whose every line is one object.

    >>> "".join(json_array([["{}"], ["{}", "{}"]])), "".join(json_array([]))
    ('[\n{},\n{},\n{}\n]\n', '[]\n')
    """
    any_yet = False
    for batch in batches:
        if batch:
            yield (",\n" if any_yet else "[\n") + ",\n".join(batch)
            any_yet = True
    yield "\n]\n" if any_yet else "[]\n"


def print_rows(sql: LockedSql, relation: Relation, *, whole: bool, hint: str = HINT) -> None:
    """Print rows under their names.

    whole  whether a pipe gets every column and every value uncut
    """
    right = [is_number(kind) for kind in types_of(relation)]
    on_terminal = is_terminal()
    room = None if whole and not on_terminal else width()
    names = names_of(relation)
    lines = row_lines(names, text_rows(sql, relation), right, room=room, hint=hint)
    say(next(lines), style="bold")
    for line in lines:
        pieces = folded(line, width()) if on_terminal and len(line) > width() else (line,)
        sys.stdout.writelines(piece + "\n" for piece in pieces)


def print_record(sql: LockedSql, relation: Relation) -> None:
    """Print rows upright: a line for each column, an empty one between two rows."""
    for number, row in enumerate(text_rows(sql, relation)):
        if number:
            sys.stdout.write("\n")
        for line in record_lines(names_of(relation), row):
            sys.stdout.write(line + "\n")


def print_json(sql: LockedSql, relation: Relation) -> None:
    """Print rows as a JSON array, a line each."""
    sys.stdout.writelines(json_array(lines_of(sql, as_json_lines(relation))))


def print_csv(sql: LockedSql, relation: Relation) -> None:
    """Print rows as CSV, names first; the line ends are the platform's."""
    sys.stdout.write(csv_head(names_of(relation)) + "\n")
    for batch in lines_of(sql, as_csv_lines(relation)):
        sys.stdout.write("\n".join(batch) + "\n")
