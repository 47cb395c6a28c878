"""The command `warchouse parse`: tables from archives, offline."""

from __future__ import annotations

import functools
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from parse.console import Watcher
from parse.inputs import find_inputs
from parse.offline import offline, refuse_remote
from parse.pool import WorkerPool
from parse.run import Outcome, ParseOptions, parse_archives
from warc.words import counted
from warehouse.errors import WarehouseError

app = typer.Typer(rich_markup_mode=None, add_completion=False)

EXIT_NEEDS_LOOK = 1
EXIT_INTERRUPTED = 130
WORKERS_MAX = 256


def local_folder(text: str | Path) -> Path:
    """The folder that an option names; UsageError for a remote one, while its `//` still shows."""
    return Path(refuse_remote(str(text)))


ArchivesOption = Annotated[
    Path,
    typer.Option(
        "--archives",
        envvar="WARCHOUSE_ARCHIVES",
        help="Folder of collections.",
        parser=local_folder,
        metavar="DIR",
    ),
]
WarehouseOption = Annotated[
    Path,
    typer.Option(
        "--warehouse",
        envvar="WARCHOUSE_WAREHOUSE",
        help="Folder of the tables.",
        parser=local_folder,
        metavar="DIR",
    ),
]


@app.command()
def parse(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[COLLECTION or FILE]...",
            help="Collections or WARC files; all collections but demo if none is named.",
            show_default=False,
        ),
    ] = None,
    *,
    archives: ArchivesOption = Path("archives"),
    warehouse: WarehouseOption = Path("warehouse/data"),
    workers: Annotated[
        int, typer.Option(min=1, max=WORKERS_MAX, help="Processes that read and parse pages.")
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print warnings and errors only.")] = False,
) -> None:
    """Build the tables from archived pages, without the network.

    Reads WARC files, runs the parsers over every good page, and commits one snapshot of all tables.
    Nothing under the archives folder is changed. Ends with 1 if something needs a look. Pages worth
    fetching again, because they cannot be parsed or lack a section, are listed in the snapshot.

    Examples:

      warchouse parse

      warchouse parse hltv --workers 4

      warchouse parse saved/pages.warc.gz --warehouse /tmp/tables --json
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    try:
        with offline():
            outcome = _run(inputs or [], archives, warehouse, workers=workers, quiet=quiet)
    except WarehouseError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt as error:
        print("interrupted: the snapshot before stands", file=sys.stderr)
        raise typer.Exit(EXIT_INTERRUPTED) from error
    if as_json:
        print(json.dumps(_summary(outcome), indent=1))
    elif not quiet:
        _print(outcome, warehouse)
    if outcome.needs_look:
        print(f"needs a look: {outcome.needs_look}", file=sys.stderr)
        raise typer.Exit(EXIT_NEEDS_LOOK)


def _run(
    words: list[str], archives: Path, warehouse: Path, *, workers: int, quiet: bool
) -> Outcome:
    found = find_inputs(words, archives=archives)
    if found.note and not quiet:
        print(found.note, file=sys.stderr)
    options = ParseOptions(
        warehouse=warehouse,
        workers=workers,
        executor=functools.partial(WorkerPool, workers) if workers > 1 else None,
    )
    with Watcher(sum(file.size for file in found.files), quiet=quiet) as watcher:
        return parse_archives(found, options, watcher)


def _print(outcome: Outcome, warehouse: Path) -> None:
    width = max(map(len, outcome.tables))
    for table, rows in outcome.tables.items():
        print(f"  {table:<{width}}  {rows:>12,} {'row' if rows == 1 else 'rows'}")
    print(outcome.account.captures)
    print(outcome.account.rows)
    for root, rows in outcome.account.rows.waiting.items():
        wait = counted(rows, "row waits", "rows wait")
        print(f"{wait} in quarantine for a {root} page that is not archived")
    if outcome.refetch.count:
        pages = counted(outcome.refetch.count, "page is", "pages are")
        print(f"{pages} worth fetching again: {outcome.refetch_file}")
        for source in outcome.refetch.sources:
            print(f"  warchouse fetch {source} --refetch-from {outcome.refetch_file}")
    print(f"snapshot {outcome.snapshot} in {warehouse}, {outcome.seconds:.1f} s")


def _summary(outcome: Outcome) -> dict[str, object]:
    rows = asdict(outcome.account.rows)
    del rows["lost"]
    waiting = rows.pop("waiting")
    return {
        "snapshot": outcome.snapshot,
        "tables": outcome.tables,
        "captures": asdict(outcome.account.captures),
        "rows": rows,
        "waiting_for_root": sum(waiting.values()),
        "bad_stretches": outcome.bad_stretches,
        "unresolved_revisits": outcome.unresolved_revisits,
        "refetch": {"count": outcome.refetch.count, "file": str(outcome.refetch_file)},
        "needs_look": outcome.needs_look,
        "seconds": round(outcome.seconds, 3),
    }
