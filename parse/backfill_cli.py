"""The command `warchouse backfill`: the detail of players who are new on the roster."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from parse.backfill import pages_due, read_again
from parse.cli import Wanted, built, look, options_of, run_offline, unchanged
from parse.cli_options import (
    AcceptOption,
    ArchivesOption,
    InputsArgument,
    JsonOption,
    QuietOption,
    WarehouseOption,
    WorkersOption,
)
from parse.console import Watcher
from parse.inputs import Inputs, find_inputs
from warc.words import counted

app = typer.Typer(rich_markup_mode=None, add_completion=False)

MinutesOption = Annotated[
    float | None,
    typer.Option(
        min=0,
        metavar="N",
        help="Stop reading after so many minutes; the same command goes on.",
        show_default=False,
    ),
]


@app.command()
def backfill(
    inputs: InputsArgument = None,
    *,
    archives: ArchivesOption = Path("archives"),
    warehouse: WarehouseOption = Path("warehouse/data"),
    workers: WorkersOption = 1,
    max_minutes: MinutesOption = None,
    accept: AcceptOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Read archived matches again for players who are new on the roster, and build the tables.

    Only the telemetry of matches that they are in is read, by its place in the archives. `warchouse
    parse` does the same, after what is new; this command can be told to stop in between. What it
    has read until then is kept, and the tables follow once all is read. Which matches are done,
    have no telemetry or failed, table pubg_backfill_status says.

    Examples:

      warchouse roster add chocoTaco --since 2026-06-01

      warchouse backfill --max-minutes 5

      warchouse tables show pubg_backfill_status
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    wanted = Wanted(
        warehouse=warehouse, workers=workers, accept=accept, quiet=quiet, as_json=as_json
    )
    run_offline(
        lambda: _backfill(find_inputs(inputs or [], archives=archives), wanted, max_minutes)
    )


def _backfill(found: Inputs, wanted: Wanted, max_minutes: float | None) -> str:
    """Read again what is due, for so long; build when all of it is. Why it needs a look."""
    if (needs_look := unchanged(found, wanted)) is not None:
        return look(found, needs_look)
    if max_minutes is not None and (due := pages_due(found, options_of(wanted))):
        until = time.monotonic() + max_minutes * 60
        with Watcher(quiet=wanted.quiet) as watcher:
            filled = read_again(found, options_of(wanted), watcher, until)
        if filled.left:
            _say_left(due, filled.left, wanted)
            return ""
    return look(found, built(found, wanted))


def _say_left(due: int, left: int, wanted: Wanted) -> None:
    """Say how far it came."""
    if wanted.as_json:
        print(f'{{"due": {due}, "left": {left}}}')
    elif not wanted.quiet:
        print(
            f"{due - left} of {counted(due, 'page', 'pages')} read again; the same command goes on"
        )
