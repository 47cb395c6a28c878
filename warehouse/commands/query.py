"""The command `warchouse tables query`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

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
from warehouse.snapshot import open_snapshot
from warehouse.sql.errors import SqlError
from warehouse.sql.locked import MEMORY, LockedSql
from warehouse.sql.printed import print_csv, print_json, print_rows

app = typer.Typer(rich_markup_mode=None, add_completion=False)

STDIN = "-"
HINT = "--json and --csv have all"


@app.command("query")
def query(
    sql: Annotated[
        str | None,
        typer.Argument(metavar="SQL", help="One SELECT; - reads it from standard input."),
    ] = None,
    *,
    file: Annotated[Path | None, typer.Option(help="Read the SQL from a file.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    memory: Annotated[
        str, typer.Option(help="Memory for the query; more is put on the disk.", metavar="SIZE")
    ] = MEMORY,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    snapshot: SnapshotOption = CURRENT,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run one SQL SELECT over the tables of a snapshot, in DuckDB's dialect.

    DuckDB is locked to the snapshot: it reads no other file, writes none, loads no extension and
    reaches no network. DESCRIBE, SUMMARIZE and SHOW TABLES are selects, too. Times are UTC.

    Examples:

      warchouse tables query "SELECT map_name, avg(adr) FROM hltv_maps JOIN hltv_player_stats USING (match_id, map_number) GROUP BY map_name"

      warchouse tables query --file top.sql --csv > top.csv

      echo "SUMMARIZE hltv_economy" | warchouse tables query - --json
    """  # noqa: D412, E501 - a blank line keeps the example a paragraph; a command is one line
    with one_line_errors():
        text = _sql_of(sql, file)
        if as_csv and as_json:
            raise SqlError("--csv and --json exclude each other")
        with LockedSql(open_snapshot(warehouse, snapshot), memory=memory) as locked:
            found = locked.read(text)
            if quiet:
                for _ in locked.batches(found):
                    pass
            elif as_json:
                print_json(locked, found)
            elif as_csv:
                print_csv(locked, found)
            else:
                print_rows(locked, found, whole=False, hint=HINT)


def _sql_of(sql: str | None, file: Path | None) -> str:
    """The SQL as given, from a file or from standard input."""
    if (sql is None) == (file is None):
        raise SqlError("give the SQL, - or --file FILE")
    try:
        if file is not None:
            return file.read_text(encoding="utf-8")
        return sys.stdin.buffer.read().decode("utf-8") if sql == STDIN else str(sql)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SqlError(f"cannot read {file}: {reason}") from error
    except UnicodeDecodeError as error:
        raise SqlError(f"{file or 'standard input'} is not UTF-8 at byte {error.start}") from error
