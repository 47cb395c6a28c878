"""The command `warchouse parse`: tables from archives, offline."""

from __future__ import annotations

import functools
import json
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Self

import typer

from parse.account import counted
from parse.console import Watcher
from parse.inputs import find_inputs
from parse.offline import offline, refuse_remote
from parse.run import Outcome, ParseOptions, parse_archives
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
    Nothing under the archives folder is changed. Ends with 1 if something needs a look.

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
        executor=functools.partial(worker_pool, workers) if workers > 1 else None,
    )
    with Watcher(sum(file.size for file in found.files), quiet=quiet) as watcher:
        return parse_archives(found, options, watcher)


def worker_pool(workers: int) -> Executor:
    """A pool of spawned processes: the one way that is the same on every system."""
    return WorkerPool(workers)


class WorkerPool(ProcessPoolExecutor):
    """Spawned processes that a Ctrl+C ends in order, and without a word from any of them.

    A terminal sends Ctrl+C to the workers too; they are deaf to it from their start on. Here it is
    kept until the next task is handed out or all are done, where the pool is in no odd state; the
    second one is not kept.
    """

    def __init__(self, workers: int) -> None:
        """Start nothing yet."""
        spawn = multiprocessing.get_context("spawn")
        super().__init__(workers, mp_context=spawn, initializer=_ignore_interrupts)
        self._handler: Callable[[int, FrameType | None], Any] | int | None = signal.SIG_DFL
        self._asked = False
        self._guards = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Self:
        """Keep Ctrl+C from here on."""
        if self._guards:
            self._handler = signal.signal(signal.SIGINT, self._keep)
        return self

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand out a task; KeyboardInterrupt if a Ctrl+C was kept."""
        if self._asked:
            raise KeyboardInterrupt
        with _deaf_children():
            return super().submit(*args, **kwargs)

    def __exit__(self, *error: object) -> None:
        """Wait for what is at work; then a Ctrl+C that was kept counts."""
        try:
            self.shutdown(wait=True)
        finally:
            if self._guards:
                # None: a handler that Python did not install and cannot give back.
                before = signal.SIG_DFL if self._handler is None else self._handler
                signal.signal(signal.SIGINT, before)
        if self._asked and error[0] is None:
            raise KeyboardInterrupt

    def _keep(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started meanwhile never hear Ctrl+C: a blocked signal stays blocked in them.

    Where signals cannot be blocked (Windows), they are deaf once `_ignore_interrupts` has run.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore_interrupts() -> None:
    """In a worker: leave Ctrl+C to the process that waits for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _print(outcome: Outcome, warehouse: Path) -> None:
    width = max(map(len, outcome.tables))
    for table, rows in outcome.tables.items():
        print(f"  {table:<{width}}  {rows:>12,} {'row' if rows == 1 else 'rows'}")
    print(outcome.account.captures)
    print(outcome.account.rows)
    for root, rows in outcome.account.rows.waiting.items():
        wait = counted(rows, "row waits", "rows wait")
        print(f"{wait} in quarantine for a {root} page that is not archived")
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
        "needs_look": outcome.needs_look,
        "seconds": round(outcome.seconds, 3),
    }
