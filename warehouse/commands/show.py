"""The command `warchouse tables show`."""

from __future__ import annotations

from typing import Annotated

import typer

from warehouse.errors import TableNotFoundError
from warehouse.options import (
    CURRENT,
    DEFAULT_WAREHOUSE,
    NEGATIVE_KEYS,
    JsonOption,
    QuietOption,
    SnapshotOption,
    WarehouseOption,
    WhereOption,
    one_line_errors,
    refuse_options,
)
from warehouse.shape import shape_of
from warehouse.snapshot import open_snapshot
from warehouse.sql.locked import LockedSql
from warehouse.sql.printed import print_json, print_record, print_rows
from warehouse.sql.selection import Selection, columns_named, key_values

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("show", context_settings=NEGATIVE_KEYS)
def show_table(
    table: Annotated[str, typer.Argument(help="Name of the table.")],
    key: Annotated[
        list[str] | None,
        typer.Argument(help="Values of its key columns, the first ones.", show_default=False),
    ] = None,
    *,
    where: WhereOption = "",
    columns: Annotated[
        str, typer.Option(help="Only these columns, with commas between them.", metavar="A,B")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many rows.")] = 10,
    show_all: Annotated[bool, typer.Option("--all", help="Every row, not only the first.")] = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    snapshot: SnapshotOption = CURRENT,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print rows of a table, in the order of its key; a single row is printed whole, upright.

    Columns that do not fit the line are named below it; with --columns none is left out of a pipe.

    Examples:

      warchouse tables show hltv_player_stats --limit 20

      warchouse tables show hltv_player_stats 2391140 1 --columns player_name,kills,deaths,adr

      warchouse tables show hltv_maps --where "team1_rounds > 16" --all --json
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors():
        refuse_options(key or [])
        opened = open_snapshot(warehouse, snapshot)
        shape = shape_of(opened, table)
        selection = Selection(
            table=table,
            equal=key_values(shape, key or []),
            where=where,
            columns=columns_named(shape, columns),
            limit=None if show_all else limit,
        )
        with LockedSql(opened) as sql:
            found = selection.of(sql)
            some = selection.first(sql, 2)
            if key and not where and not some:
                raise TableNotFoundError(f"no row of {table} has the key {' '.join(key)}")
            if quiet:
                return
            if as_json:
                print_json(sql, found)
            elif len(some) == 1:
                print_record(sql, found)
            else:
                print_rows(sql, found, whole=bool(columns))
