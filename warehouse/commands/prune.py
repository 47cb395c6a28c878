"""The command `warchouse tables prune`."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from warehouse.errors import TableNotFoundError
from warehouse.history import Entry
from warehouse.options import (
    DEFAULT_WAREHOUSE,
    JsonOption,
    QuietOption,
    WarehouseOption,
    one_line_errors,
)
from warehouse.prune import KEEP, Pruned, Wish, prune, span_text
from warehouse.store import Store
from warehouse.terminal import counted, say, size_text

app = typer.Typer(rich_markup_mode=None, add_completion=False)

SPAN = re.compile(r"([0-9]{1,6})(s|m|min|h|d)")
SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
EXIT_NEEDS_LOOK = 1


@app.command("prune")
def prune_snapshots(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Remove these, and no others.", show_default=False),
    ] = None,
    *,
    keep: Annotated[
        int, typer.Option(min=1, help="How many of the newest stay, where none is named.")
    ] = KEEP,
    min_age: Annotated[
        str,
        typer.Option(
            help="How long a snapshot must not have been current: 0, 90s, 30m, 12h, 7d.",
            metavar="TIME",
        ),
    ] = "1h",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Remove old snapshots; never the current one, and never one that is being read.

    Without ids the newest stay: --keep of those that could be current, and as many made with
    --as-of. Warchouse's own commands hold what they read. Other readers are known to nobody: for
    them a snapshot stays for --min-age after it stopped being current. Ends with 1 if a snapshot
    that was named had to stay.

    Examples:

      warchouse tables prune --dry-run

      warchouse tables prune --keep 1

      warchouse tables prune 000017 18 --min-age 0
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors():
        wish = Wish(ids=tuple(ids or ()), keep=keep, min_age=span_of(min_age))
        outcome = prune(Store(warehouse), wish, now=datetime.now(UTC), dry_run=dry_run)
        if as_json:
            typer.echo(json.dumps(_as_json(outcome, dry_run=dry_run), indent=1))
        elif not quiet:
            _print(outcome, dry_run=dry_run)
        if (ids and outcome.kept) or outcome.leftover:
            raise typer.Exit(EXIT_NEEDS_LOOK)


def span_of(word: str) -> timedelta:
    """The span of time that an option names; TableNotFoundError where it names none.

    >>> span_of("90s"), span_of("0")
    (datetime.timedelta(seconds=90), datetime.timedelta(0))
    """
    if word == "0":
        return timedelta()
    found = SPAN.fullmatch(word)
    if found is None:
        raise TableNotFoundError(f"{word!r} is no time, as 0, 90s, 30m, 12h or 7d (--min-age)")
    return timedelta(seconds=int(found[1]) * SECONDS[found[2]])


def _print(outcome: Pruned, *, dry_run: bool) -> None:
    would = "would remove" if dry_run else "removed"
    for entry in outcome.removed:
        say(f"{would} {_named(entry)}")
    for entry, reason in outcome.kept:
        say(f"kept {_named(entry)}: it {reason}", style="yellow")
    for folder in outcome.leftover:
        say(f"not deleted yet: {folder}; the next prune or parse tries again", style="yellow")
    count = len(outcome.removed)
    if not count:
        say("nothing to remove" if dry_run else "nothing was removed")
        return
    frees = "would free" if dry_run else "freed"
    say(f"{counted(count, 'snapshot', 'snapshots')}, {frees} {size_text(outcome.freed)}")


def _named(entry: Entry) -> str:
    age = span_text(max(timedelta(), datetime.now(UTC) - entry.committed))
    of = ", an --as-of build" if entry.as_of is not None else ""
    return f"{entry.id} (committed {age} ago{of})"


def _as_json(outcome: Pruned, *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "removed": [entry.id for entry in outcome.removed],
        "kept": {entry.id: reason for entry, reason in outcome.kept},
        "freed_bytes": outcome.freed,
        "leftover": outcome.leftover,
    }
