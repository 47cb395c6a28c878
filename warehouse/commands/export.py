"""The command `warchouse tables export`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from warehouse.export.plan import SUFFIXES, Plan, format_of, key_of_words, plan_export
from warehouse.export.write import Written, export
from warehouse.options import (
    CURRENT,
    DEFAULT_WAREHOUSE,
    JsonOption,
    QuietOption,
    SnapshotOption,
    WarehouseOption,
    WhereOption,
    one_line_errors,
)
from warehouse.snapshot import open_snapshot
from warehouse.sql.locked import LockedSql
from warehouse.terminal import counted, say, show_list, size_text

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("export")
def export_tables(
    tables: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TABLE]...", help="Tables; all if none is named."),
    ] = None,
    *,
    to: Annotated[
        str, typer.Option(help="File to write, or folder for several.", metavar="FILE|DIR")
    ],
    kind: Annotated[
        str,
        typer.Option(
            "--format",
            help=f"{', '.join(SUFFIXES)}; what the file's suffix says if not given.",
            metavar="FORMAT",
        ),
    ] = "",
    where: WhereOption = "",
    key: Annotated[
        list[str] | None,
        typer.Option(help="Only rows with this value in this column.", metavar="NAME=VALUE"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    snapshot: SnapshotOption = CURRENT,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write tables of a snapshot as CSV, JSON, NDJSON, Parquet or SQLite.

    Times are ISO 8601 in UTC, whole numbers keep every digit. In CSV null is an empty field and an
    empty text is "". SQLite gets one file for all tables, with primary keys. Nothing is left half
    written, and the same snapshot gives the same bytes.

    Examples:

      warchouse tables export --to season.sqlite

      warchouse tables export hltv_matches hltv_maps --format csv --to tables/

      warchouse tables export --key match_id=2391140 --format json --to match/

      warchouse tables export hltv_maps --where "map_name = 'Nuke'" --to nuke.parquet
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors():
        chosen = format_of(kind, to)
        opened = open_snapshot(warehouse, snapshot)
        equal = key_of_words(key or ())
        plan = plan_export(opened, tables or (), kind=chosen, to=to, where=where, key=equal)
        with LockedSql(opened) as sql:
            written = export(sql, plan, force=force)
        if as_json:
            typer.echo(json.dumps(_as_json(plan, written, opened.id), indent=1))
        elif not quiet:
            _print(plan, written, opened.id)


def _print(plan: Plan, written: list[Written], snapshot: str) -> None:
    rows = [
        (str(one.path), table, f"{count:,}", size_text(one.size) if first else "")
        for one in written
        for first, (table, count) in zip(
            (True, *[False] * len(one.rows)), one.rows.items(), strict=False
        )
    ]
    show_list(("file", "table", "rows", "size"), rows, (False, False, True, True))
    if plan.left_out:
        say(f"left out, without a column of --key: {', '.join(plan.left_out)}", style="yellow")
    files = counted(len(written), "file", "files")
    size = size_text(sum(one.size for one in written))
    say(f"{files}, {size}, from snapshot {snapshot}")


def _as_json(plan: Plan, written: list[Written], snapshot: str) -> dict[str, object]:
    return {
        "snapshot": snapshot,
        "format": plan.kind,
        "files": [
            {"file": str(one.path), "bytes": one.size, "tables": one.rows} for one in written
        ],
        "left_out": list(plan.left_out),
    }
