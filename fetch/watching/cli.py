"""The command `warchouse watch`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from fetch.interrupt import Interrupt
from fetch.invocation import place_of
from fetch.progress import Lines
from fetch.settings import Settings
from fetch.watching.child import Child
from fetch.watching.commands import commands_for
from fetch.watching.grown import standing_of
from fetch.watching.watch import Pauses, Watch
from warc.sites import site_named

app = typer.Typer(rich_markup_mode=None, add_completion=False)

DEFAULT_SOURCE = "pubg"

WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SOURCE] [-- OPTIONS OF FETCH]",
        help=f"What to fetch, {DEFAULT_SOURCE} if not said; behind -- what else fetch is told.",
        show_default=False,
    ),
]
ArchivesOption = Annotated[
    str,
    typer.Option(
        "--archives",
        envvar="WARCHOUSE_ARCHIVES",
        help="Folder of the collections.",
        show_default=False,
    ),
]
WarehouseOption = Annotated[
    Path,
    typer.Option("--warehouse", envvar="WARCHOUSE_WAREHOUSE", help="Folder of the tables."),
]
PauseOption = Annotated[
    float, typer.Option("--pause", min=0, help="Least seconds between two parses.")
]
EveryOption = Annotated[
    float,
    typer.Option("--every", min=0.01, help="Minutes between two fetches that end by themselves."),
]
WorkersOption = Annotated[int, typer.Option(min=1, help="Processes that a parse reads with.")]
KeepOption = Annotated[
    int, typer.Option(min=1, help="Newest snapshots that stay; all of the last hour do.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print warnings and errors only.")]


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@app.command()
def watch(
    words: WordsArgument = None,
    *,
    archives: ArchivesOption = "",
    warehouse: WarehouseOption = Path("warehouse/data"),
    pause: PauseOption = 10.0,
    every: EveryOption = 30.0,
    workers: WorkersOption = 1,
    keep: KeepOption = 20,
    quiet: QuietOption = False,
) -> None:
    """Fetch and parse side by side: what is archived is in the tables soon after.

    Fetching pubg goes on until Ctrl+C (fetch pubg --watch); other sources are fetched again and
    again. Whenever the archives have grown, a parse builds the tables; of the snapshots that this
    makes the newest stay. Either is started again where it fails, later each time; a site that
    refuses ends the watch, with 3. The first Ctrl+C lets both finish what is in flight.

    Examples:

      warchouse watch

      warchouse watch pubg -- --match-type custom --every 5

      warchouse watch hltv --every 60 -- --contact me@example.org
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    source, options = _parts(words or [])
    site_named(source)
    folder = place_of(archives, source, "", Settings()).folder.parent
    lines = Lines()
    interrupt = Interrupt(lambda: watched.abandon())  # noqa: PLW0108 - it does not exist yet
    watched = Watch(
        commands=commands_for(
            source,
            options,
            archives=folder,
            warehouse=warehouse,
            workers=workers,
            keep=keep,
            quiet=quiet,
        ),
        pauses=Pauses(parse_s=pause, fetch_s=every * 60),
        start=Child,
        standing=lambda: standing_of(folder),
        clock=SystemClock(),
        stopped=interrupt,
        say=(lambda _line: None) if quiet else lines.say,
        warn=lines.say,
    )
    with interrupt:
        code = watched.run()
    if code:
        raise typer.Exit(code)


def _parts(words: list[str]) -> tuple[str, list[str]]:
    """The source, and what fetch is told."""
    if words and not words[0].startswith("-"):
        return words[0], words[1:]
    return DEFAULT_SOURCE, words
