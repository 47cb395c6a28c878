"""The command `warchouse tables list`."""

from __future__ import annotations

import json
from dataclasses import dataclass

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
from warehouse.shown import left_out, said_of
from warehouse.snapshot import Snapshot, open_snapshot, sentence
from warehouse.terminal import show_list, size_text

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@dataclass(slots=True)
class Listed:
    """What the list says of a table."""

    rows: int = 0
    size: int = 0
    parts: int = 0
    about: str = ""


@app.command("list")
def list_tables(
    *,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    snapshot: SnapshotOption = CURRENT,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Name every table, count its rows, and say what it holds and takes on the disk.

    In a pipe the columns are table, rows, size, parts and what it holds, without a head line.
    Tables of a source that has no row in any are there, and not listed; --json has all.

    Examples:

      warchouse tables list

      warchouse tables list --snapshot 41 --json
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors():
        opened = open_snapshot(warehouse, snapshot)
        if quiet:
            return
        listed = tables_of(opened)
        if as_json:
            said = {
                name: {"rows": one.rows, "bytes": one.size, "parts": one.parts, "about": one.about}
                for name, one in listed.items()
            }
            typer.echo(json.dumps(said, indent=1, ensure_ascii=False))
            return
        empty = left_out(opened.about["tables"])
        hidden = {name for names in empty.values() for name in names}
        rows = [
            (name, f"{one.rows:>12,}", size_text(one.size), str(one.parts), one.about)
            for name, one in listed.items()
            if name not in hidden
        ]
        right = (False, True, True, True, False)
        show_list(("table", "rows", "size", "parts", "what it holds"), rows, right, head=False)
        if empty:
            typer.echo(said_of(empty), err=True)


def tables_of(snapshot: Snapshot) -> dict[str, Listed]:
    """Every table of a snapshot, by its name, as snapshot.json tells."""
    listed = {
        name: Listed(rows=rows, about=sentence(name))
        for name, rows in sorted(snapshot.about["tables"].items())
    }
    for part in snapshot.about["parts"]:
        one = listed.setdefault(part["table"], Listed())
        one.size += part["size"]
        one.parts += 1
    return listed
