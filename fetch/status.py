"""`warchouse status`: how the collections stand, also while a fetch is running."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fetch.collection_status import CollectionStatus, status_of
from fetch.report import moment, span
from warc.errors import UsageError
from warc.manifest_rows import Crawl, PageCounts
from warc.roster.reading import ADMIN
from warc.words import plural

app = typer.Typer(rich_markup_mode=None, add_completion=False)

# Characters of the reason that a table shows; the plain lines and JSON have all of it.
_REASON_CHARS = 40

_ENDINGS = {
    "done": "nothing was left to do",
    "limit": "at the page limit",
    "minutes": "at the time limit",
    "bytes": "at the byte limit",
    "disk": "before the disk was full",
    "interrupted": "interrupted",
    "refused": "the site refused",
    "trouble": "too many failures in a row",
    "error": "an error, which its log names",
}


@app.command()
def status(
    collections: Annotated[
        list[str] | None, typer.Argument(help="Collections; all of them unless said.")
    ] = None,
    *,
    archives: Annotated[
        Path, typer.Option(envvar="WARCHOUSE_ARCHIVES", help="Folder of the collections.")
    ] = Path("archives"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors only.")] = False,
) -> None:
    """Show how many pages are done, pending, failed, skipped and blocked, and the time left.

    Reads the crawl manifests only, so it may be asked while a fetch is running.

    Examples:

      warchouse status

      warchouse status hltv --json
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    now = datetime.now(UTC)
    standings = [status_of(folder, now=now) for folder in _folders(archives, collections or ())]
    if as_json:
        typer.echo(json.dumps([one.as_json() for one in standings], indent=1))
    elif not quiet:
        console = Console(highlight=False, markup=False) if sys.stdout.isatty() else None
        for one in standings:
            _show(one, console)
    for one in standings:
        if one.is_damaged:
            typer.echo(f"error: {one.problem}", err=True)
    if any(one.is_damaged for one in standings):
        raise typer.Exit(4)


def _folders(archives: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """The folders of collections; UsageError where there is none, or not the one asked for."""
    if not archives.is_dir():
        raise UsageError(f"{archives}: no such folder of collections (see --archives)")
    for name in names:
        if Path(name).name != name or not (archives / name).is_dir():
            raise UsageError(f"{archives} has no collection {name!r}")
    chosen = {archives / name for name in names} or set(archives.iterdir()) - {archives / ADMIN}
    found = tuple(sorted(path for path in chosen if path.is_dir() and any(path.iterdir())))
    if not found:
        where = ", ".join(str(path) for path in sorted(chosen)) if names else str(archives)
        raise UsageError(f"{where}: nothing is archived there yet (see --archives)")
    return found


def _show(standing: CollectionStatus, console: Console | None) -> None:
    """Print one collection: a table on a terminal, plain lines elsewhere."""
    lines = tuple(_about(standing))
    if console is None:
        typer.echo(_where(standing))
        for one in standing.pages:
            typer.echo(f"{standing.name} {_plain(one)}")
        for line in lines:
            typer.echo(f"{standing.name} {line}")
        return
    console.print(_where(standing), soft_wrap=True)
    if standing.pages:
        console.print(_table(standing.pages))
    for line in lines:
        console.print(f"  {line}", soft_wrap=True)


def _where(standing: CollectionStatus) -> str:
    """The folder of a collection, and how many WARC files it has."""
    return f"{standing.folder}: {standing.files} file{'' if standing.files == 1 else 's'}"


def _plain(counts: PageCounts) -> str:
    """One page type on one line."""
    why = f" (last: {counts.last_failure})" if counts.last_failure else ""
    return (
        f"{counts.page_type}: {counts.done} done, {counts.queued} pending, "
        f"{counts.failed} failed{why}, {counts.skipped} skipped, {counts.blocked} blocked"
    )


def _table(pages: Sequence[PageCounts]) -> Table:
    """All page types of a collection."""
    table = Table(box=None, pad_edge=True)
    table.add_column("page type")
    for name in ("done", "pending", "failed", "skipped", "blocked"):
        table.add_column(name, justify="right")
    table.add_column("last reason")
    for one in pages:
        numbers = (one.done, one.queued, one.failed, one.skipped, one.blocked)
        reason = one.last_failure[:_REASON_CHARS]
        table.add_row(one.page_type, *(f"{number:,}" for number in numbers), reason)
    return table


def _about(standing: CollectionStatus) -> Iterator[str]:
    """What there is to say of a collection besides its pages."""
    if standing.problem:
        yield standing.problem
    for page_type, one in standing.families:
        yield (
            f"{plural(page_type)}: {one.whole} whole, {one.partial} partial, "
            f"{one.untouched} untouched"
        )
    if standing.crawl is not None:
        yield f"last crawl: {_told(standing.crawl)}"
    for host, until, why in standing.rests:
        yield f"{host} is left alone until {moment(until)}: {why}"
    if standing.left_s is not None and standing.pace_s is not None:
        pages = f"{standing.pending} known pages at {span(standing.pace_s)} each"
        yield f"time left: {span(standing.left_s)} ({pages})"


def _told(crawl: Crawl) -> str:
    """When a crawl ran, and how it ended."""
    began = f"began {crawl.started_at:%Y-%m-%d %H:%M} UTC"
    if crawl.ended_at is None:
        return f"{began}, has not ended: it is running, or was killed (the next fetch tidies up)"
    lasted = span((crawl.ended_at - crawl.started_at).total_seconds())
    return f"{began}, ended after {lasted}: {_ENDINGS.get(crawl.why, crawl.why or 'unknown')}"
