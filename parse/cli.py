"""The command `warchouse parse`: tables from archives, offline.

What loads parsers and Parquet is imported when there is something to build: saying that nothing
has changed takes hardly longer than starting the program.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from parse.basis import Pins, basis_of, pins_of, snapshot_of
from parse.cli_options import (
    AcceptOption,
    ArchivesOption,
    AsOfOption,
    BackfillOption,
    DryRunOption,
    HtmlOption,
    InputsArgument,
    JsonOption,
    LostOption,
    NullsOption,
    PinOption,
    QuietOption,
    WarehouseOption,
    WorkersOption,
)
from parse.inputs import Inputs, find_inputs
from parse.offline import offline
from parse.times import EVER_US, as_of_us
from warc.errors import UsageError
from warc.words import counted
from warehouse.errors import HeldBackError, WarehouseError
from warehouse.output import refuse_page
from warehouse.store import Store

if TYPE_CHECKING:
    from parse.built import Outcome
    from parse.run import ParseOptions

app = typer.Typer(rich_markup_mode=None, add_completion=False)

BUILT_IN = "parse.registered:REGISTRY"
EXIT_NEEDS_LOOK = 1
EXIT_INTERRUPTED = 130


@app.command()
def parse(
    inputs: InputsArgument = None,
    *,
    archives: ArchivesOption = Path("archives"),
    warehouse: WarehouseOption = Path("warehouse/data"),
    workers: WorkersOption = 1,
    pin: PinOption = None,
    as_of: AsOfOption = None,
    backfill: BackfillOption = True,
    dry_run: DryRunOption = False,
    html: HtmlOption = None,
    accept: AcceptOption = False,
    max_lost: LostOption = 5,
    max_nulls: NullsOption = 5,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Build the tables from archived pages, without the network.

    Reads what is new in WARC files, runs the parsers over every good page they have not read, and
    commits one snapshot of all tables. Nothing under the archives folder is changed. Ends with 1 if
    something needs a look. Pages worth fetching again, because they cannot be parsed or lack a
    section, are listed in the snapshot. A build that loses more than the limits of what the current
    snapshot has is held back: it ends with 5, and --accept commits it all the same.

    Examples:

      warchouse parse

      warchouse parse hltv --workers 4

      warchouse parse --dry-run --html changes.html

      warchouse parse --pin hltv.map_stats=1 --accept

      warchouse parse --as-of 2026-03-01

      warchouse parse saved/pages.warc.gz --warehouse /tmp/tables --json
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    wanted = Wanted(
        warehouse=warehouse,
        pins=pins_of(pin or ()),
        as_of_us=EVER_US if as_of is None else as_of_us(as_of),
        workers=workers,
        dry_run=dry_run,
        html=html,
        accept=accept,
        shares=(max_lost / 100, max_nulls / 100),
        quiet=quiet,
        as_json=as_json,
    )

    def work() -> str:
        _refuse_html(html, dry_run=dry_run)
        found = find_inputs(inputs or [], archives=archives)
        if found.note and not quiet:
            print(found.note, file=sys.stderr)
        if not backfill:
            from parse.backfill import as_before  # noqa: PLC0415 - see the top

            found = as_before(found, warehouse)
        needs_look = unchanged(found, wanted)
        if needs_look is None:
            needs_look = (_tried if dry_run else _built_in_turn)(found, wanted)
        return look(found, needs_look)

    run_offline(work)


def run_offline(work: Callable[[], str]) -> None:
    """Do a command's work, which tells why it needs a look; that and errors are its exit code."""
    try:
        with offline():
            needs_look = work()
    except WarehouseError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(error.exit_code) from error
    except KeyboardInterrupt as error:
        print("interrupted: the snapshot before stands", file=sys.stderr)
        raise typer.Exit(EXIT_INTERRUPTED) from error
    if needs_look:
        print(f"needs a look: {needs_look}", file=sys.stderr)
        raise typer.Exit(EXIT_NEEDS_LOOK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line asks for."""

    warehouse: Path
    workers: int
    accept: bool
    quiet: bool
    as_json: bool
    pins: Pins = ()
    as_of_us: int = EVER_US
    dry_run: bool = False
    html: Path | None = None
    shares: tuple[float, float] = (0.05, 0.05)
    """Of a table's rows, and of a column's values, that may be lost."""


def _refuse_html(html: Path | None, *, dry_run: bool) -> None:
    """Raise UsageError or OutputError where no report can be written."""
    if html is not None:
        if not dry_run:
            raise UsageError("--html goes with --dry-run")
        refuse_page(html)


def unchanged(found: Inputs, wanted: Wanted) -> str | None:
    """Say that the snapshot there is stands on the same; why it needs a look. None if it does not.

    What cannot be told (a warehouse that is none, or damaged) is left to the build to say.
    """
    store = Store(wanted.warehouse)
    basis = basis_of(
        found.files,
        cache=store.cache,
        registry=BUILT_IN,
        pins=wanted.pins,
        as_of_us=wanted.as_of_us,
        tracked=found.tracked,
    )
    known = None if wanted.dry_run else snapshot_of(basis, store)
    if known is None:
        return None
    snapshot, about = known
    if wanted.as_json:
        print(json.dumps(_told(found, store, snapshot, about["summary"], unchanged=True), indent=1))
    elif not wanted.quiet:
        is_current = wanted.as_of_us == EVER_US
        text = f"nothing has changed since snapshot {snapshot}"
        print(text if is_current else f"snapshot {snapshot} is that already")
        print(f"{about['captures']}\n{about['rows']}")
    return str(about["summary"]["needs_look"])


def look(found: Inputs, needs_look: str) -> str:
    """Why the tables, or the files that they were built from, need a look."""
    return ", ".join(filter(None, (needs_look, found.needs_look)))


def _told(
    found: Inputs, store: Store, snapshot: str, summary: dict[str, Any], *, unchanged: bool
) -> dict[str, Any]:
    """What `--json` prints: the summary, with the list of pages to fetch again as a path."""
    listed = store.path_of(snapshot) / summary["refetch"]["file"]
    refetch = {**summary["refetch"], "file": str(listed)}
    said = {"snapshot": snapshot, "unchanged": unchanged, **summary, "refetch": refetch}
    return {**said, "needs_look": look(found, summary["needs_look"])}


def options_of(wanted: Wanted) -> ParseOptions:
    """What a build is told."""
    from parse.pool import WorkerPool  # noqa: PLC0415 - see the top
    from parse.run import ParseOptions  # noqa: PLC0415
    from warehouse.diff.losses import Limits  # noqa: PLC0415

    workers = wanted.workers
    return ParseOptions(
        warehouse=wanted.warehouse,
        workers=workers,
        executor=functools.partial(WorkerPool, workers) if workers > 1 else None,
        pins=wanted.pins,
        as_of_us=wanted.as_of_us,
        accept=wanted.accept,
        limits=Limits(max_lost_share=wanted.shares[0], max_null_rise=wanted.shares[1]),
    )


def _built_in_turn(found: Inputs, wanted: Wanted) -> str:
    """Build; new pages first where others are to be read again. Why it needs a look."""
    from parse.backfill import first_of_two  # noqa: PLC0415 - see the top

    if wanted.as_of_us == EVER_US and (first := first_of_two(found, options_of(wanted))):
        built(first, replace(wanted, quiet=wanted.quiet or wanted.as_json, as_json=False))
        if not wanted.quiet and not wanted.as_json:
            print("and now the detail of players who are new on the roster")
    return built(found, wanted)


def built(found: Inputs, wanted: Wanted) -> str:
    """Build, commit, and print what came of it; why it needs a look."""
    from parse.console import Watcher  # noqa: PLC0415 - see the top
    from parse.run import parse_archives  # noqa: PLC0415

    options = options_of(wanted)
    store = Store(wanted.warehouse)
    try:
        with Watcher(quiet=wanted.quiet) as watcher:
            outcome = parse_archives(found, options, watcher)
    except HeldBackError as error:
        if wanted.as_json:
            told = {"snapshot": store.current(), **error.told}
            print(json.dumps(told, indent=1, ensure_ascii=False))
        raise
    if wanted.as_json:
        told = _told(found, store, outcome.snapshot, outcome.told(), unchanged=False)
        print(json.dumps({**told, "seconds": round(outcome.seconds, 3)}, indent=1))
    elif not wanted.quiet:
        _print(outcome, options)
    return outcome.needs_look


def _tried(found: Inputs, wanted: Wanted) -> str:
    """Build, show what would change, commit nothing; why it needs a look.

    raises  HeldBackError where a build without --accept would be held back
    """
    from parse.console import Watcher  # noqa: PLC0415 - see the top
    from parse.dry_run import show_trial, try_out  # noqa: PLC0415

    options = options_of(wanted)
    with Watcher(quiet=wanted.quiet) as watcher:
        trial = try_out(found, options, watcher, html=wanted.html)
    if wanted.as_json:
        told = trial.as_json()
        told["needs_look"] = look(found, told["needs_look"])
        print(json.dumps(told, indent=1, ensure_ascii=False))
    elif not wanted.quiet:
        show_trial(trial, html=wanted.html)
    trial.check()
    return trial.outcome.needs_look


def print_detail(outcome: Outcome) -> None:
    """Say of how many matches the detail of tracked players is there."""
    if outcome.again:
        print(f"{counted(outcome.again, 'page', 'pages')} read again for the roster's players")
    if outcome.detail:
        said = ", ".join(f"{count:,} {state}" for state, count in outcome.detail.items())
        print(f"detail of tracked players, by match: {said}")
    elif outcome.undetailed:
        tables = " and ".join(outcome.undetailed)
        print(f"nobody is tracked, so {tables} are empty (warchouse roster add NAME)")


def _print(outcome: Outcome, options: ParseOptions) -> None:
    from warehouse.shown import left_out, said_of  # noqa: PLC0415 - see the top

    empty = left_out(outcome.tables)
    hidden = {name for names in empty.values() for name in names}
    shown = {name: rows for name, rows in outcome.tables.items() if name not in hidden}
    width = max(map(len, shown))
    for table, rows in shown.items():
        print(f"  {table:<{width}}  {rows:>12,} {'row' if rows == 1 else 'rows'}")
    if empty:
        print(said_of(empty))
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
    print_detail(outcome)
    if outcome.changed:
        labels = ", ".join(outcome.changed)
        print(f"code changed under the same version, pages parsed anew: {labels}")
    if outcome.later:
        print(f"{counted(outcome.later, 'capture', 'captures')} fetched later left out")
    kept = outcome.account.captures.parsed + outcome.account.captures.failed - outcome.parsed
    if kept > 0:
        print(f"{counted(outcome.parsed, 'page', 'pages')} parsed now, {kept:,} kept from before")
    beside = "" if options.as_of_us == EVER_US else f" (read it with --snapshot {outcome.snapshot})"
    seconds = f"{outcome.seconds:.1f} s"
    print(f"snapshot {outcome.snapshot} in {options.warehouse}{beside}, {seconds}")
