"""The command `warchouse tables quarantine`."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict
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
from warehouse.refused import Group, groups_of, refused_rows
from warehouse.snapshot import open_snapshot
from warehouse.sql.locked import LockedSql
from warehouse.sql.printed import json_array
from warehouse.terminal import is_terminal, say, show_list, shown

app = typer.Typer(rich_markup_mode=None, add_completion=False)

ROW_CHARS_MAX = 600
NAMES = ("table", "rows", "share", "captures", "rule it breaks")
RIGHT = (False, True, True, True, False)


@app.command("quarantine")
def quarantine(
    table: Annotated[
        str | None, typer.Argument(help="Show the refused rows of this table.", show_default=False)
    ] = None,
    *,
    rule: Annotated[
        str, typer.Option(help="Only rows that break a rule with this text in it.", metavar="TEXT")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many rows.")] = 10,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    snapshot: SnapshotOption = CURRENT,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Count the rows that were refused by table and rule, or show those of one table.

    The share is of all rows meant for the table. A row that breaks several rules counts under each.
    A shown row has its reasons, its values, and the capture it was read from, if from one.

    Examples:

      warchouse tables quarantine

      warchouse tables quarantine hltv_economy --rule "refers to no row" --limit 3
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors(), LockedSql(open_snapshot(warehouse, snapshot)) as sql:
        if table is None:
            groups = [one for one in groups_of(sql) if rule.lower() in one.rule.lower()]
            if as_json and not quiet:
                typer.echo(json.dumps([asdict(one) for one in groups], indent=1))
            elif not quiet:
                _print_groups(groups)
            return
        rows = itertools.islice(refused_rows(sql, table, rule=rule), limit)
        if quiet:
            next(rows, None)
        elif as_json:
            lines = [json.dumps(row, ensure_ascii=False) for row in rows]
            typer.echo("".join(json_array([lines])), nl=False)
        else:
            _print_rows(rows, table, rule)


def _print_groups(groups: list[Group]) -> None:
    if not groups:
        say("no row was refused")
        return
    rows = [
        (
            shown(one.table),
            f"{one.rows:,}",
            "" if one.share is None else f"{one.share:.1%}",
            f"{one.captures:,}",
            shown(one.rule, longest=None),
        )
        for one in groups
    ]
    show_list(NAMES, rows, RIGHT)


def _print_rows(rows: Iterator[dict[str, Any]], table: str, rule: str) -> None:
    number = 0
    for number, row in enumerate(rows, start=1):
        if number > 1:
            say("")
        for line, style in _lines(row):
            say(line, style=style)
    if not number:
        breaking = f" for {rule!r}" if rule else ""
        say(f"no row of {table} was refused{breaking}")


def _lines(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of one row, and their styles."""
    key = row["key"]
    named = [f"{name} {value}" for name, value in key.items()] if isinstance(key, dict) else [key]
    yield shown(f"{row['table']}  {', '.join(map(str, named))}", longest=None), "bold"
    for reason in row["reasons"]:
        yield f"  breaks   {shown(reason, longest=None)}", "red"
    yield from _capture_lines(row["capture"])
    values = json.dumps(row["row"], ensure_ascii=False)
    longest = ROW_CHARS_MAX if is_terminal() else None
    yield f"  row      {shown(values, longest=longest)}", "dim"


def _capture_lines(capture: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a row was read from."""
    if capture["capture_id"] is None:
        yield "  page     none: worked out of other tables (warchouse trace quarantine null)", ""
        return
    yield f"  page     {shown(capture['url'], longest=None)}", ""
    if capture["file"] is not None:
        place = f"{capture['collection']}/{capture['file']}, offset {capture['offset']}"
        yield f"  record   {shown(place, longest=None)}", ""
    yield f"  capture  {capture['capture_id']}, fetched {capture['fetched_at']}", ""
