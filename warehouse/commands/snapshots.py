"""The command `warchouse tables snapshots`."""

from __future__ import annotations

import json
from typing import Any

import typer

from warehouse.history import Entry, as_of_text, freed, history
from warehouse.options import (
    DEFAULT_WAREHOUSE,
    JsonOption,
    QuietOption,
    WarehouseOption,
    one_line_errors,
)
from warehouse.snapshot import nothing_built
from warehouse.store import Store
from warehouse.terminal import is_terminal, say, show_list, shown, size_text

app = typer.Typer(rich_markup_mode=None, add_completion=False)

NAMES = ("snapshot", "committed", "parent", "rows", "size", "own", "shared", "what it is")
SPARE = ("shared", "parent")
RIGHT = (False, False, False, True, True, True, True, False)


@app.command("snapshots")
def list_snapshots(
    *,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the snapshots: when each was committed (UTC), what it holds, what it takes on the disk.

    `own` is what the disk gets back if this one goes alone; the rest it shares with others, by hard
    links. What a build was told with --as-of or --pin is named.

    Example:

      warchouse tables snapshots
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors():
        entries = history(Store(warehouse))
        if not entries:
            raise nothing_built(warehouse)
        if quiet:
            return
        if as_json:
            typer.echo(json.dumps([_as_json(entry) for entry in entries], indent=1))
            return
        show_list(NAMES, [_row(entry) for entry in entries], RIGHT, spare=SPARE)
        if is_terminal():
            say(f"{size_text(freed(entries))} in all", style="dim")


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        entry.id,
        entry.committed.strftime("%Y-%m-%d %H:%M:%S"),
        entry.parent or "-",
        f"{entry.rows:,}",
        size_text(entry.size),
        size_text(entry.own),
        size_text(entry.size - entry.own),
        what_it_is(entry),
    )


def what_it_is(entry: Entry) -> str:
    """What sets a snapshot apart, in words; empty for an old one like any other."""
    said = ["current"] if entry.is_current else []
    if entry.as_of is not None:
        said.append(f"as of {as_of_text(entry.as_of)}")
    if entry.pins:
        pinned = ", ".join(f"{parser}={version}" for parser, version in sorted(entry.pins.items()))
        said.append(f"pinned {pinned}")
    if entry.problem:
        said.append(entry.problem)
    return shown("; ".join(said) or "", longest=None)


def _as_json(entry: Entry) -> dict[str, Any]:
    return {
        "snapshot": entry.id,
        "current": entry.is_current,
        "committed": entry.committed.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "parent": entry.parent,
        "rows": entry.rows,
        "bytes": entry.size,
        "own_bytes": entry.own,
        "shared_bytes": entry.size - entry.own,
        "as_of": entry.as_of,
        "pins": entry.pins,
        "problem": entry.problem or None,
    }
