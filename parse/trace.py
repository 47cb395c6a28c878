"""The command `warchouse trace`: from a row to the archived pages it was read from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from parse.cli import ArchivesOption, WarehouseOption
from parse.inputs import OPEN_SUFFIX
from parse.replay import page_of
from warc.errors import CollectionError
from warc.reader import read_record
from warehouse.cli import JsonOption, QuietOption, one_line_errors
from warehouse.snapshot import Snapshot, current_snapshot

app = typer.Typer(rich_markup_mode=None, add_completion=False)

CAPTURE_SUFFIX = "_capture_id"
LINE_CHARS_MAX = 160


@app.command()
def trace(
    table: Annotated[str, typer.Argument(help="Name of the table.")],
    key: Annotated[list[str], typer.Argument(help="Values of its key columns, the first ones.")],
    *,
    head: Annotated[int, typer.Option(min=0, help="Lines of each archived page to print.")] = 0,
    archives: ArchivesOption = Path("archives"),
    warehouse: WarehouseOption = Path("warehouse/data"),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show a row, and for each page it was read from the archived record.

    Example:

      warchouse trace hltv_matches 2391140 --head 12
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors():
        snapshot = current_snapshot(warehouse)
        rows = snapshot.rows_of(table, key)
        traced = [
            (row, [_capture_of(snapshot, found, archives) for found in ids_in(row)]) for row in rows
        ]
        if quiet:
            return
        if as_json:
            shown = [{"row": row, "captures": captures} for row, captures in traced]
            typer.echo(json.dumps(shown, indent=1, ensure_ascii=False, default=str))
            return
        for row, captures in traced:
            for line in _lines(table, row, captures, snapshot.id):
                typer.echo(line)
            for capture in captures if head else ():
                for line in page_head(capture, head):
                    typer.echo(line)


def ids_in(row: dict[str, Any]) -> tuple[int, ...]:
    """The captures a row names, the primary one first."""
    names = [name for name in row if name.endswith(CAPTURE_SUFFIX)] or ["capture_id"]
    return tuple(dict.fromkeys(row[name] for name in names if row[name] is not None))


def page_head(capture: dict[str, Any], lines: int) -> Iterator[str]:
    """The first lines of an archived page, long ones cut; raises ArchiveError."""
    record = read_record(capture["path"], capture["offset"])
    text = page_of(record).body.decode("utf-8", "replace")
    yield f"--- the first {lines} lines of {capture['url']}"
    for line in text.splitlines()[:lines]:
        yield line[:LINE_CHARS_MAX]


def _capture_of(snapshot: Snapshot, capture_id: int, archives: Path) -> dict[str, Any]:
    """What the snapshot knows of a capture, and where its file lies now."""
    capture = snapshot.capture(capture_id)
    places = [archives / capture["collection"] / capture["file"]]
    if built := snapshot.path_of(capture["collection"], capture["file"]):
        places.append(built)
    for place in places:
        for path in (place, place.with_name(place.name + OPEN_SUFFIX)):
            if path.is_file():
                return {**capture, "path": str(path)}
    raise CollectionError(f"the file of capture {capture_id} is gone: {places[0]}")


def _lines(
    table: str, row: dict[str, Any], captures: list[dict[str, Any]], snapshot: str
) -> Iterator[str]:
    yield f"{table}, snapshot {snapshot}"
    width = max(map(len, row))
    for name, value in row.items():
        yield f"  {name:<{width}}  {'null' if value is None else value}"
    for capture in captures:
        yield f"read from the {capture['page_type']} page, by {capture['parser']}:"
        for name in (
            "path",
            "offset",
            "length",
            "record_id",
            "url",
            "fetched_at",
            "payload_digest",
        ):
            yield f"  {name:<{width}}  {capture[name]}"
