"""`warchouse fetch`: one subcommand per source."""

from __future__ import annotations

import json as json_format
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fetch.options import (
    CrawlOptions,
    checked_base_url,
    checked_refetch,
    chosen_pace,
    walk_plan,
)
from fetch.progress import reporter
from fetch.report import Report
from fetch.run import Place, crawl_list, crawl_source
from fetch.settings import Settings, read_settings
from fetch.sources.hltv import SOURCE as HLTV
from fetch.walk import WalkPlan
from warc.errors import UsageError, WarchouseError


class SourceGroup(TyperGroup):
    """The sources as commands; one that does not exist is answered with those that do."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Give the command of a source; UsageError where there is none."""
        command = super().get_command(ctx, cmd_name)
        if command is None:
            known = ", ".join(name for name, one in self.commands.items() if not one.hidden)
            raise UsageError(f"no source {cmd_name!r}; there is {known}")
        return command


app = typer.Typer(
    cls=SourceGroup,
    name="fetch",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

DEFAULT_ARCHIVES = "archives"

Archives = Annotated[
    str,
    typer.Option(
        envvar="WARCHOUSE_ARCHIVES", help="Folder of the collections.", show_default=False
    ),
]
CollectionName = Annotated[str, typer.Option("--collection", help="Collection to write to.")]
BaseUrl = Annotated[
    str, typer.Option(help="Ask this address instead of the site's own; it stands for the site.")
]
Contact = Annotated[str, typer.Option(help="Who answers for the crawl; sent to the site.")]
PaceText = Annotated[
    str, typer.Option("--pace", help="Seconds between requests, MIN-MAX, for instance 3-8.")
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="Settings file; default warchouse.toml.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]


@app.callback()
def _group() -> None:
    """Crawl a source into WARC archives (online); the same command continues where it stopped.

    Examples:

      warchouse fetch hltv --max-pages 50

      warchouse fetch hltv --since 2026-01-01 --until 2026-01-31
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own


@app.command("hltv")
def fetch_hltv(
    *,
    archives: Archives = "",
    collection: CollectionName = "hltv",
    base_url: BaseUrl = HLTV.base_url,
    full: Annotated[bool, typer.Option("--full", help="Walk the whole list of results.")] = False,
    from_offset: Annotated[
        int | None, typer.Option(help="First listing offset; no early stop.")
    ] = None,
    to_offset: Annotated[
        int | None, typer.Option(help="Stop before this listing offset; no early stop.")
    ] = None,
    since: Annotated[str, typer.Option(help="Only matches completed on or after DATE (UTC).")] = "",
    until: Annotated[str, typer.Option(help="Only matches completed on or before DATE.")] = "",
    max_pages: Annotated[
        int | None,
        typer.Option(min=1, help="Stop after asking for so many pages, the listing's included."),
    ] = None,
    refetch: Annotated[
        list[str] | None,
        typer.Option(help="Fetch again: all, a page type, or a match id. Repeatable."),
    ] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try pages again that were given up.")
    ] = False,
    contact: Contact = "",
    pace: PaceText = "",
    settings: SettingsFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Results, matches and maps of hltv.org, newest first; the same command continues.

    Examples:

      warchouse fetch hltv --contact me@example.org --max-pages 20

      warchouse fetch hltv --since 2026-01-01 --until 2026-01-31

      warchouse fetch hltv --refetch 2391140
    """  # noqa: D412 - as above

    def work() -> Report:
        chosen = read_settings(settings)
        plan = walk_plan(
            from_offset=from_offset, to_offset=to_offset, since=since, until=until, full=full
        )
        options = CrawlOptions(
            base_url=checked_base_url(base_url),
            plan=plan,
            pace=chosen_pace(
                pace, chosen.pace, usual=HLTV.pace, base_url=checked_base_url(base_url)
            ),
            max_pages=max_pages,
            refetch=checked_refetch(refetch or (), HLTV.site),
            retry_failed=retry_failed,
            deadline_s=chosen.deadline_s,
        )
        place = _place(archives, collection, contact, chosen)
        return crawl_source(HLTV, options, place, reporter(quiet=quiet))

    _run(work, json=json, quiet=quiet)


@app.command("urls", hidden=True)
def fetch_urls(
    *,
    file: Annotated[Path, typer.Argument(help="One URL per line.")],
    archives: Archives = "",
    collection: CollectionName = "urls",
    base_url: BaseUrl = HLTV.base_url,
    contact: Contact = "",
    pace: PaceText = "",
    connections: Annotated[int, typer.Option(min=1, max=16, help="At a time.")] = 1,
    settings: SettingsFile = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Archive a fixed list of URLs without following links."""

    def work() -> Report:
        chosen = read_settings(settings)
        base = checked_base_url(base_url)
        options = CrawlOptions(
            base_url=base,
            plan=WalkPlan(),
            pace=chosen_pace(pace, chosen.pace, usual=HLTV.pace, base_url=base),
            deadline_s=chosen.deadline_s,
        )
        place = _place(archives, collection, contact, chosen, connections=connections)
        told = reporter(quiet=quiet)
        return crawl_list(_read_urls(file), HLTV, options, place, told)

    _run(work, json=json, quiet=quiet)


def _place(
    archives: str, collection: str, contact: str, settings: Settings, *, connections: int = 1
) -> Place:
    """Where to archive: the option's folder, else `archives`."""
    folder = archives or DEFAULT_ARCHIVES
    if "://" in folder:
        raise UsageError(f"--archives {folder!r} is not a folder of this machine")
    if not collection or Path(collection).name != collection or collection in {".", ".."}:
        raise UsageError(f"--collection {collection!r} is not the name of a folder")
    return Place(
        folder=Path(folder) / collection,
        contact=contact or settings.contact,
        connections=connections,
    )


def _read_urls(file: Path) -> tuple[str, ...]:
    """The URLs of a file, one per line."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error
    return tuple(line.strip() for line in lines if line.strip())


def _run(work: Callable[[], Report], *, json: bool, quiet: bool) -> None:
    """Do the work, print its report, and leave with its exit code."""
    try:
        report = work()
    except WarchouseError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(error.exit_code) from None
    if report.refusal is not None:
        for line in report.refusal.lines():
            typer.echo(line, err=True)
    if json:
        typer.echo(json_format.dumps(report.as_json()))
    elif not quiet:
        for line in report.lines():
            typer.echo(line)
    if report.needs_look:
        typer.echo(f"needs a look: {report.needs_look}", err=True)
    if report.exit_code:
        raise typer.Exit(report.exit_code)
