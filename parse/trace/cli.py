"""The command `warchouse trace`: from a row to the archived pages it was read from."""

from __future__ import annotations

import json
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from parse.cli_options import ArchivesOption, WarehouseOption
from parse.offline import offline
from parse.registry import BUILT_IN, load_registry
from parse.trace.archive import Archive
from parse.trace.gathered import trace_gathered
from parse.trace.opening import OpenedPage, page_json, refuse_several, show, write_pages
from parse.trace.printing import page_head, print_trace
from parse.trace.refused import trace_of_archive
from parse.trace.rows import Roots, RowTrace, trace_row
from parse.trace.totals import LIMIT, trace_total
from parse.trace.wording import trace_json
from parse.uncollected import uncollected
from warc.errors import UsageError
from warehouse.column import Row
from warehouse.options import (
    NEGATIVE_KEYS,
    JsonOption,
    QuietOption,
    SnapshotOption,
    one_line_errors,
    refuse_options,
)
from warehouse.output import refuse_page
from warehouse.snapshot import open_snapshot, row_named

app = typer.Typer(rich_markup_mode=None, add_completion=False)


OpenOption = Annotated[
    bool | None,
    typer.Option(
        "--open/--no-open",
        help="Write the archived pages with the values marked; --open shows the first in the"
        " browser (not in a pipe).",
        show_default=False,
    ),
]


ColumnOption = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="NAME", help="Tell of this column only; repeatable."),
]
LimitOption = Annotated[
    int, typer.Option(min=0, help="Captures to name of each table that a total stands on.")
]


@app.command(context_settings=NEGATIVE_KEYS)
def trace(
    table: Annotated[str, typer.Argument(help="Name of the table.")],
    key: Annotated[list[str], typer.Argument(help="Values of its key columns, the first ones.")],
    *,
    column: ColumnOption = None,
    open_page: OpenOption = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the marked page there, further ones beside it."),
    ] = None,
    head: Annotated[int, typer.Option(min=0, help="Lines of each archived page to print.")] = 0,
    limit: LimitOption = LIMIT,
    archives: ArchivesOption = Path("archives"),
    warehouse: WarehouseOption = Path("warehouse/data"),
    snapshot: SnapshotOption = "",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show where a row and each of its columns come from.

    For every column: the page that supplied it, the field the parser read, and which other page
    prints it too. For every page: its record in the archive, and which captures competed for each
    section, which one won and why. A column that was computed names what it was computed from. A
    row that was worked out of many, as careers are, names the tables it stands on, how many rows
    of each, and the newest of their captures (--limit).

    With --open, --no-open or --output the archived page is written as one HTML file that loads
    nothing, with the element marked that each value was read from. Of a JSON document it has the
    objects that the row is made of, each value with its path and byte, and says how much is left
    out; --json names path and offset, too.

    Examples:

      warchouse trace hltv_matches 2391140 --head 12

      warchouse trace hltv_player_stats 2391140 1 18462 --column kd_diff --open

      warchouse trace hltv_maps 2391140 1 --output map.html --json --snapshot 41

      warchouse trace pubg_kill_positions 0b5f8ad2-7f3c-4c3e-9c57-0b4a7f4a9d10 17 --open

      warchouse trace pubg_player_career account.c0e530e9b7244b358def282782f893af ranked --limit 3
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors(), offline(), uncollected():
        refuse_options(key)
        if output is not None:
            refuse_page(output)
        opened = open_snapshot(warehouse, snapshot)
        rows = opened.rows_of(table, key)
        known_columns(table, rows[0], column)
        if wants_page := (open_page is not None or output is not None):
            refuse_several(table, rows)
        roots = Roots(Archive(opened, archives, load_registry(BUILT_IN)))
        traces = [trace_any(roots, row_named(table), row, limit=limit) for row in rows]
        for one in traces:
            for capture in one.captures:
                roots.archive.path_of(capture)  # a file that is gone is named also when quiet
        pages: list[OpenedPage] = []
        if wants_page and traces[0].behind:
            raise UsageError(f"{table} is worked out of many pages: trace a row of one to open it")
        if wants_page:
            pages = write_pages(roots.archive, traces[0], columns=column, output=output)
        if as_json and not quiet:
            typer.echo(as_text(roots.archive, traces, column, pages))
        elif not quiet:
            print_all(roots.archive, traces, column, head)
            for page in pages:
                typer.echo(f"wrote {page.path}")
        if open_page and pages and sys.stdout.isatty() and not show(pages[0], webbrowser.open):
            typer.echo(f"no browser could be started; the page is {pages[0].url}", err=True)


def print_all(
    archive: Archive, traces: Sequence[RowTrace], columns: Sequence[str] | None, head: int
) -> None:
    """Print every trace, and so many lines of its pages."""
    for one in traces:
        print_trace(archive, one, columns)
        for capture in one.captures if head else ():
            for line in page_head(archive, capture, head):
                typer.echo(line)


def as_text(
    archive: Archive,
    traces: Sequence[RowTrace],
    columns: Sequence[str] | None,
    pages: Sequence[OpenedPage],
) -> str:
    """Everything as JSON: a list of rows; pages are written for an only one."""
    shown = [trace_json(archive, one, columns) for one in traces]
    if pages:
        shown[0]["pages"] = [page_json(page) for page in pages]
    return json.dumps(shown, indent=1, ensure_ascii=False, default=str)


def trace_any(
    roots: Roots, kind: type[Row], row: dict[str, Any], *, limit: int = LIMIT
) -> RowTrace:
    """The trace of a row of any table; `limit` as in `trace_total`."""
    for source in roots.archive.registry.sources:
        if kind in source.parsing.tables:
            tracing = trace_gathered if kind.dimension else trace_row
            return tracing(roots, source, kind, row)
        for mart in source.all_marts(roots.archive.tracked):
            if kind is mart.row:
                return trace_total(roots.archive, mart, row, limit=limit)
    return trace_of_archive(roots, kind, row, limit=limit)


def known_columns(table: str, row: dict[str, Any], names: Sequence[str] | None) -> None:
    """Raise UsageError for a column that the table does not have; rows in quarantine have any."""
    if table == "quarantine":
        return
    for name in names or ():
        if name not in row:
            raise UsageError(f"no column {name!r} in {table}: there are {', '.join(row)}")
