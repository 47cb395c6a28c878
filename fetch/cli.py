"""`warchouse fetch`: one subcommand per source."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fetch import cli_options
from fetch.cli_pubg import HELP as PUBG_HELP
from fetch.cli_pubg import fetch_pubg
from fetch.invocation import (
    asked_by,
    basic_options,
    limits_of,
    place_of,
    refetch_list,
    run_to_report,
)
from fetch.limits import MAX_FAILURES
from fetch.options import MAX_REFETCH, checked_refetch, walk_plan
from fetch.progress import reporter
from fetch.report import Report
from fetch.run import crawl_list, crawl_source
from fetch.secrets import refuse_userinfo
from fetch.settings import read_settings
from fetch.sources.hltv import SOURCE as HLTV
from warc.errors import UsageError
from warc.words import reason_of


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
        basic = basic_options(HLTV, base_url, pace, keep_free, chosen, ignore_robots=ignore_robots)
        options = replace(
            basic,
            plan=plan,
            limits=limits_of(max_pages, max_minutes, max_bytes, max_failures),
            refetch=checked_refetch(refetch or (), HLTV.site),
            refetch_list=refetch_list(HLTV, refetch_from, basic.base_url),
            max_refetch=max_refetch,
            retry_failed=retry_failed,
        )
        place = place_of(archives, collection, contact, chosen)
        place = asked_by(place, browser=browser, tabs=tabs, view=view, connections=connections)
        return crawl_source(HLTV, options, place, reporter(quiet=quiet))

    run_to_report(work, json=json, quiet=quiet)


app.command("pubg", help=PUBG_HELP)(fetch_pubg)


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
        options = basic_options(
            HLTV, base_url, pace, keep_free, chosen, ignore_robots=ignore_robots
        )
        place = place_of(archives, collection, contact, chosen)
        place = asked_by(place, browser=browser, tabs=tabs, view=view, connections=connections)
        told = reporter(quiet=quiet)
        return crawl_list(_read_urls(file), HLTV, options, place, told)

    run_to_report(work, json=json, quiet=quiet)


def _read_urls(file: Path) -> tuple[str, ...]:
    """The URLs of a file, one per line."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {reason_of(error)}") from error
    for number, line in enumerate(lines, start=1):
        refuse_userinfo(line, f"{file}, line {number}: the URL")
    return tuple(line.strip() for line in lines if line.strip())
