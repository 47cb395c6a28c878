"""`warchouse fetch`: one subcommand per source."""

from __future__ import annotations

import json as json_format
from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fetch import cli_options
from fetch.disk_space import KEEP_FREE
from fetch.limits import MAX_FAILURES, Limits
from fetch.links import Link
from fetch.options import (
    MAX_REFETCH,
    CrawlOptions,
    checked_base_url,
    checked_refetch,
    chosen_pace,
    walk_plan,
)
from fetch.progress import reporter
from fetch.refetch import read_refetch_list
from fetch.report import Report
from fetch.run import Place, crawl_list, crawl_source
from fetch.secrets import refuse_userinfo
from fetch.settings import Settings, read_settings
from fetch.sizes import parse_bytes
from fetch.sources.hltv import SOURCE as HLTV
from fetch.walk import WalkPlan
from warc.errors import UsageError, WarchouseError
from warc.words import reason_of

DEFAULT_ARCHIVES = "archives"


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
    archives: cli_options.Archives = "",
    collection: cli_options.CollectionName = "hltv",
    base_url: cli_options.BaseUrl = HLTV.base_url,
    full: cli_options.Full = False,
    from_offset: cli_options.FromOffset = None,
    to_offset: cli_options.ToOffset = None,
    since: cli_options.Since = "",
    until: cli_options.Until = "",
    max_pages: cli_options.MaxPages = None,
    max_minutes: cli_options.MaxMinutes = None,
    max_bytes: cli_options.MaxBytes = "",
    max_failures: cli_options.MaxFailures = MAX_FAILURES,
    keep_free: cli_options.KeepFree = "",
    refetch: cli_options.Refetch = None,
    refetch_from: cli_options.RefetchFrom = None,
    max_refetch: cli_options.MaxRefetch = MAX_REFETCH,
    retry_failed: cli_options.RetryFailed = False,
    ignore_robots: cli_options.IgnoreRobots = False,
    browser: cli_options.UseBrowser = False,
    tabs: cli_options.Tabs = None,
    view: cli_options.View = False,
    connections: cli_options.Connections = 1,
    contact: cli_options.Contact = "",
    pace: cli_options.PaceText = "",
    settings: cli_options.SettingsFile = None,
    json: cli_options.Json = False,
    quiet: cli_options.Quiet = False,
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
        basic = _basic(base_url, pace, keep_free, chosen, ignore_robots=ignore_robots)
        options = replace(
            basic,
            plan=plan,
            limits=_limits(max_pages, max_minutes, max_bytes, max_failures),
            refetch=checked_refetch(refetch or (), HLTV.site),
            refetch_list=_refetch_list(refetch_from, basic.base_url),
            max_refetch=max_refetch,
            retry_failed=retry_failed,
        )
        place = _place(archives, collection, contact, chosen)
        place = _asked_by(place, browser=browser, tabs=tabs, view=view, connections=connections)
        return crawl_source(HLTV, options, place, reporter(quiet=quiet))

    _run(work, json=json, quiet=quiet)


@app.command("urls", hidden=True)
def fetch_urls(
    *,
    file: Annotated[Path, typer.Argument(help="One URL per line.")],
    archives: cli_options.Archives = "",
    collection: cli_options.CollectionName = "urls",
    base_url: cli_options.BaseUrl = HLTV.base_url,
    keep_free: cli_options.KeepFree = "",
    ignore_robots: cli_options.IgnoreRobots = False,
    browser: cli_options.UseBrowser = False,
    tabs: cli_options.Tabs = None,
    view: cli_options.View = False,
    connections: cli_options.Connections = 1,
    contact: cli_options.Contact = "",
    pace: cli_options.PaceText = "",
    settings: cli_options.SettingsFile = None,
    json: cli_options.Json = False,
    quiet: cli_options.Quiet = False,
) -> None:
    """Archive a fixed list of URLs without following links."""

    def work() -> Report:
        chosen = read_settings(settings)
        options = _basic(base_url, pace, keep_free, chosen, ignore_robots=ignore_robots)
        place = _place(archives, collection, contact, chosen)
        place = _asked_by(place, browser=browser, tabs=tabs, view=view, connections=connections)
        told = reporter(quiet=quiet)
        return crawl_list(_read_urls(file), HLTV, options, place, told)

    _run(work, json=json, quiet=quiet)


def _basic(
    base_url: str, pace: str, keep_free: str, settings: Settings, *, ignore_robots: bool
) -> CrawlOptions:
    """What every crawl may be asked."""
    base = checked_base_url(base_url)
    kept = keep_free or settings.keep_free
    return CrawlOptions(
        base_url=base,
        plan=WalkPlan(),
        pace=chosen_pace(pace, settings.pace, usual=HLTV.pace, base_url=base),
        keep_free=parse_bytes(kept, "--keep-free") if kept else KEEP_FREE,
        ignore_robots=ignore_robots,
        deadline_s=settings.deadline_s,
    )


def _limits(pages: int | None, minutes: float | None, size: str, failures: int) -> Limits:
    """Where the crawl stops."""
    most_bytes = parse_bytes(size, "--max-bytes") if size else None
    if most_bytes == 0:
        raise UsageError(f"--max-bytes {size!r} leaves nothing")
    if minutes is not None and not isfinite(minutes):
        raise UsageError(f"--max-minutes {minutes} is no number of minutes")
    return Limits(
        pages=pages,
        seconds=None if minutes is None else minutes * 60,
        size=most_bytes,
        failures=failures,
    )


def _refetch_list(file: Path | None, base_url: str) -> tuple[Link, ...]:
    """The pages that a parse lists as worth fetching again."""
    return read_refetch_list(file, site=HLTV.site, base_url=base_url) if file else ()


def _place(archives: str, collection: str, contact: str, settings: Settings) -> Place:
    """Where to archive: the option's folder, else `archives`."""
    folder = archives or DEFAULT_ARCHIVES
    if "://" in folder:
        refuse_userinfo(folder, "--archives")
        raise UsageError(f"--archives {folder!r} is not a folder of this machine")
    if not collection or Path(collection).name != collection or collection in {".", ".."}:
        raise UsageError(f"--collection {collection!r} is not the name of a folder")
    return Place(
        folder=Path(folder) / collection,
        contact=contact or settings.contact,
        secrets=settings.headers,
    )


def _asked_by(
    place: Place, *, browser: bool, tabs: int | None, view: bool, connections: int
) -> Place:
    """Who asks for pages: plain HTTP, or a browser with some tabs."""
    if not browser and (tabs is not None or view):
        raise UsageError(f"{'--view' if tabs is None else '--tabs'} needs --browser")
    if browser and connections != 1:
        raise UsageError("--connections is for plain HTTP; with --browser it is --tabs")
    return replace(place, browser=browser, view=view, connections=tabs or connections)


def _read_urls(file: Path) -> tuple[str, ...]:
    """The URLs of a file, one per line."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {reason_of(error)}") from error
    for number, line in enumerate(lines, start=1):
        refuse_userinfo(line, f"{file}, line {number}: the URL")
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
