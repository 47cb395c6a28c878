"""The command `warchouse trace`: from a row to the archived pages it was read from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from parse.cli import ArchivesOption, WarehouseOption
from parse.offline import offline
from parse.registry import BUILT_IN, load_registry
from parse.trace.archive import Archive
from parse.trace.gathered import trace_gathered
from parse.trace.printing import page_head, print_trace
from parse.trace.refused import trace_of_archive
from parse.trace.rows import Roots, RowTrace, trace_row
from parse.trace.wording import trace_json
from warc.errors import UsageError
from warehouse.cli import JsonOption, QuietOption, one_line_errors
from warehouse.column import Row
from warehouse.snapshot import current_snapshot, row_named

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def trace(
    table: Annotated[str, typer.Argument(help="Name of the table.")],
    key: Annotated[list[str], typer.Argument(help="Values of its key columns, the first ones.")],
    *,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="NAME", help="Tell of this column only; repeatable."),
    ] = None,
    head: Annotated[int, typer.Option(min=0, help="Lines of each archived page to print.")] = 0,
    archives: ArchivesOption = Path("archives"),
    warehouse: WarehouseOption = Path("warehouse/data"),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show where a row and each of its columns come from.

    For every column: the page that supplied it, the field the parser read, and which other page
    prints it too. For every page: its record in the archive, and which captures competed for each
    section, which one won and why. A column that was computed names what it was computed from.

    Examples:

      warchouse trace hltv_matches 2391140 --head 12

      warchouse trace hltv_player_stats 2391140 1 18462 --column kd_diff
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors(), offline():
        snapshot = current_snapshot(warehouse)
        rows = snapshot.rows_of(table, key)
        known_columns(table, rows[0], column)
        roots = Roots(Archive(snapshot, archives, load_registry(BUILT_IN)))
        traces = [trace_any(roots, row_named(table), row) for row in rows]
        for one in traces:
            for capture in one.captures:
                roots.archive.path_of(capture)  # a file that is gone is named also when quiet
        if quiet:
            return
        if as_json:
            shown = [trace_json(roots.archive, one, snapshot.id) for one in traces]
            typer.echo(json.dumps(shown, indent=1, ensure_ascii=False, default=str))
            return
        for one in traces:
            print_trace(roots.archive, one, column)
            for capture in one.captures if head else ():
                for line in page_head(roots.archive, capture, head):
                    typer.echo(line)


def trace_any(roots: Roots, kind: type[Row], row: dict[str, Any]) -> RowTrace:
    """The trace of a row of any table."""
    for source in roots.archive.registry.sources:
        if kind in source.parsing.tables:
            tracing = trace_gathered if kind.dimension else trace_row
            return tracing(roots, source, kind, row)
    return trace_of_archive(roots, kind, row)


def known_columns(table: str, row: dict[str, Any], names: Sequence[str] | None) -> None:
    """Raise UsageError for a column that the table does not have; rows in quarantine have any."""
    if table == "quarantine":
        return
    for name in names or ():
        if name not in row:
            raise UsageError(f"no column {name!r} in {table}: there are {', '.join(row)}")
