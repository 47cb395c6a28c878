"""The command `warchouse tables describe`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from warehouse.options import (
    CURRENT,
    DEFAULT_WAREHOUSE,
    JsonOption,
    QuietOption,
    SnapshotOption,
    WarehouseOption,
    one_line_errors,
)
from warehouse.profile import Profile, profile_of
from warehouse.rules import Rule
from warehouse.rules.listed import RULES
from warehouse.schema import MICROSECONDS
from warehouse.shape import FileColumn, Shape, shape_of
from warehouse.snapshot import Snapshot, open_snapshot, sentence
from warehouse.sql.locked import LockedSql
from warehouse.terminal import counted, folded, is_terminal, say, show_list, shown, width

app = typer.Typer(rich_markup_mode=None, add_completion=False)

VALUE_CHARS_MIN, VALUE_CHARS_MAX = 10, 24
OTHER_CHARS = 26  # nulls, number of values, gaps


@app.command("describe")
def describe_table(
    table: Annotated[str, typer.Argument(help="Name of the table.")],
    *,
    stats: Annotated[
        bool, typer.Option("--stats", help="Read the table: nulls, range, different values.")
    ] = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    snapshot: SnapshotOption = CURRENT,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what a table holds: its columns with type, unit and meaning, its key, its rules.

    Columns and types are those of the snapshot's files; where the code has changed since, the line
    says so. With --stats a column shows its share of nulls, its smallest and largest value and the
    number of different ones (`~` where that is an estimate).

    Examples:

      warchouse tables describe hltv_player_stats

      warchouse tables describe hltv_maps --stats
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors():
        opened = open_snapshot(warehouse, snapshot)
        shape = shape_of(opened, table)
        profiles: dict[str, Profile] = {}
        if stats:
            with LockedSql(opened) as sql:
                profiles = profile_of(sql, shape)
        if quiet:
            return
        if as_json:
            said = _as_json(opened, shape, profiles)
            typer.echo(json.dumps(said, indent=1, ensure_ascii=False))
            return
        _print(opened, shape, profiles)


def _print(snapshot: Snapshot, shape: Shape, profiles: dict[str, Profile]) -> None:
    rows = snapshot.about["tables"][shape.table]
    say(f"{shape.table}, snapshot {snapshot.id}: {counted(rows, 'row', 'rows')}")
    if about := sentence(shape.table):
        _say_folded(about)
    if shape.key:
        _say_folded(f"key: {', '.join(column.name for column in shape.key)}")
    if shape.row is not None and shape.row.references:
        _say_folded(f"refers to: {', '.join(other.table for other in shape.row.references)}")
    say("")
    if profiles:
        _print_profiles(shape, profiles)
    else:
        _print_columns(shape)
    for column in shape.missing:
        say(f"{column.name}: declared today, not in this snapshot", style="yellow")
    for title, severity in (("rules", "error"), ("worth a look", "warning")):
        if texts := _rules(shape, severity):
            say("")
            _say_folded(f"{title}: {'; '.join(texts)}")


def _print_columns(shape: Shape) -> None:
    names = ("column", "type", "key", "null", "unit", "meaning")
    right = (False,) * len(names)
    rows = [
        (
            shown(column.name, longest=None),
            _type(column),
            "key" if column.is_key else "",
            "null" if column.nullable else "",
            column.declared.unit if column.declared else "",
            _meaning(column),
        )
        for column in shape.columns
    ]
    show_list(names, rows, right, spare=("key", "type"))


def _print_profiles(shape: Shape, profiles: dict[str, Profile]) -> None:
    names = ("column", "type", "nulls", "different", "smallest", "largest")
    right = (False, False, True, True, False, False)
    longest = _room_for_values(shape)
    rows = []
    for column in shape.columns:
        one = profiles[column.name]
        rows.append(
            (
                shown(column.name, longest=None),
                _type(column),
                f"{one.null_share:.1%}" if one.nulls else "",
                f"{'' if one.is_exact else '~'}{one.distinct:,}",
                shown(one.smallest, longest=longest),
                shown(one.largest, longest=longest),
            )
        )
    show_list(names, rows, right)


def _room_for_values(shape: Shape) -> int:
    """How much of a value is shown, so that two of them fit the line."""
    taken = max(len(column.name) for column in shape.columns)
    taken += max(len(_type(column)) for column in shape.columns) + OTHER_CHARS
    return max(VALUE_CHARS_MIN, min(VALUE_CHARS_MAX, (width() - taken) // 2))


def _meaning(column: FileColumn) -> str:
    said = [column.declared.doc] if column.declared and column.declared.doc else []
    if column.declared and column.declared.one_of:
        said.append(f"(one of {', '.join(column.declared.one_of)})")
    if column.note:
        said.append(f"[{column.note}]")
    return " ".join(said)


def _rules(shape: Shape, severity: str) -> list[str]:
    rules: Sequence[Rule] = RULES.get(shape.row, ()) if shape.row is not None else ()
    return [rule.text for rule in rules if rule.severity == severity]


def _type(column: FileColumn) -> str:
    """A column's type, short: every time is in UTC and counts microseconds."""
    return "timestamp" if column.type == MICROSECONDS else str(column.type)


def _say_folded(line: str) -> None:
    """Print a line, broken between words on a terminal."""
    for piece in folded(line, width()) if is_terminal() else (line,):
        say(piece)


def _as_json(snapshot: Snapshot, shape: Shape, profiles: dict[str, Profile]) -> dict[str, Any]:
    return {
        "table": shape.table,
        "snapshot": snapshot.id,
        "rows": snapshot.about["tables"][shape.table],
        "about": sentence(shape.table),
        "key": [column.name for column in shape.key],
        "refers_to": [other.table for other in shape.row.references] if shape.row else [],
        "columns": [_column_json(column, profiles.get(column.name)) for column in shape.columns],
        "declared_but_missing": [column.name for column in shape.missing],
        "rules": _rules(shape, "error"),
        "worth_a_look": _rules(shape, "warning"),
    }


def _column_json(column: FileColumn, profile: Profile | None) -> dict[str, Any]:
    declared = column.declared
    said: dict[str, Any] = {
        "name": column.name,
        "type": str(column.type),
        "nullable": column.nullable,
        "key": column.is_key,
        "unit": declared.unit if declared else "",
        "about": declared.doc if declared else "",
        "one_of": list(declared.one_of) if declared else [],
        "note": column.note,
    }
    if profile is not None:
        said |= {
            "nulls": profile.nulls,
            "null_share": round(profile.null_share, 6),
            "smallest": profile.smallest,
            "largest": profile.largest,
            "distinct": profile.distinct,
            "distinct_is_exact": profile.is_exact,
        }
    return said
