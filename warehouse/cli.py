"""The commands `warchouse tables list` and `warchouse tables show`."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from warehouse.errors import TableNotFoundError, WarehouseError
from warehouse.snapshot import current_snapshot

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

WarehouseOption = Annotated[
    Path,
    typer.Option(
        "--warehouse",
        envvar="WARCHOUSE_WAREHOUSE",
        help="Folder of the tables.",
        readable=False,  # the reader says so itself, with the right exit code
        metavar="DIR",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", help="Print errors only; the exit code says if it is there.")
]

CELL_CHARS_MAX = 36
PIPE_CHARS = 160
GAP = "  "


@app.callback()
def tables() -> None:
    """Look at the tables of the current snapshot.

    Examples:

      warchouse tables list

      warchouse tables show hltv_matches --limit 5
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own


@app.command("list")
def list_tables(
    warehouse: WarehouseOption = Path("warehouse/data"),
    *,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Name every table and count its rows.

    Example:

      warchouse tables list
    """  # noqa: D412 - as above
    with one_line_errors():
        snapshot = current_snapshot(warehouse)
        counts: dict[str, int] = snapshot.about["tables"]
        if quiet:
            return
        if as_json:
            print(json.dumps(counts, indent=1))
            return
        width = max(map(len, counts))
        for table, rows in counts.items():
            print(f"{table:<{width}}  {rows:>12,}")


@app.command("show")
def show_table(
    table: Annotated[str, typer.Argument(help="Name of the table.")],
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many rows.")] = 10,
    warehouse: WarehouseOption = Path("warehouse/data"),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Print the first rows of a table, in the order of its key.

    Example:

      warchouse tables show hltv_player_stats --limit 20
    """  # noqa: D412 - as above
    with one_line_errors():
        rows = current_snapshot(warehouse).table(table).head(limit).collect()
        if quiet:
            return
        if as_json:
            print(json.dumps(rows.to_dicts(), indent=1, ensure_ascii=False, default=str))
            return
        for line in aligned(rows, width=shutil.get_terminal_size((PIPE_CHARS, 0)).columns):
            print(line)


def aligned(rows: pl.DataFrame, *, width: int) -> Iterator[str]:
    """Rows as text in columns, long cells cut; columns that do not fit are named at the end."""
    columns = {
        name: [name, *(_cell(value) for value in rows.get_column(name))] for name in rows.columns
    }
    shown: list[list[str]] = []
    used = 0
    for cells in columns.values():
        wide = max(map(len, cells))
        if used + wide > width:
            break
        shown.append([cell.ljust(wide) for cell in cells])
        used += wide + len(GAP)
    for line in zip(*shown, strict=True):
        yield GAP.join(line).rstrip()
    if rest := rows.columns[len(shown) :]:
        yield f"and {len(rest)} more columns (--json shows all): {', '.join(rest)}"


def _cell(value: object) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= CELL_CHARS_MAX else text[: CELL_CHARS_MAX - 1] + "…"


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End the command with one line and the right exit code where the warehouse is wrong."""
    try:
        yield
    except WarehouseError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(error.exit_code) from error
    except pl.exceptions.PolarsError as error:
        damaged = TableNotFoundError(f"cannot read the table: {str(error).splitlines()[0]}")
        print(f"error: {damaged}", file=sys.stderr)
        raise typer.Exit(WarehouseError.exit_code) from error
