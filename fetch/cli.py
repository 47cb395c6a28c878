"""`warchouse fetch`: one subcommand per source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fetch import cli_options
from fetch.cli_pubg import HELP as PUBG_HELP
from fetch.cli_pubg import fetch_pubg
from fetch.cli_source import command_of, help_of
from fetch.invocation import asked_by, basic_options, place_of, run_to_report
from fetch.progress import reporter
from fetch.report import Report
from fetch.run import crawl_list
from fetch.secrets import refuse_userinfo
from fetch.settings import read_settings
from fetch.sources import SOURCES, source_named
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


OF_THEIR_OWN: Mapping[str, tuple[Callable[..., None], str]] = {"pubg": (fetch_pubg, PUBG_HELP)}
"""Commands, with their help, of sources that need words of their own; all others share one."""


@app.callback()
def _group() -> None:
    """Crawl a source into WARC archives (online); the same command continues where it stopped.

    Examples:

      warchouse fetch hltv --max-pages 50

      warchouse fetch hltv --since 2026-01-01 --until 2026-01-31
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own


for _source in SOURCES:
    _name = _source.site.name
    _command, _help = OF_THEIR_OWN.get(_name) or (command_of(_source), help_of(_source))
    app.command(_name, help=_help)(_command)


@app.command("urls", hidden=True)
def fetch_urls(
    *,
    file: Annotated[Path, typer.Argument(help="One URL per line.")],
    archives: cli_options.Archives = "",
    collection: cli_options.CollectionName = "urls",
    base_url: cli_options.BaseUrl = "",
    source: Annotated[str, typer.Option(help="Whose pages they are.")] = SOURCES[0].site.name,
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
        site = source_named(source)
        base = base_url or site.base_url
        options = basic_options(site, base, pace, keep_free, chosen, ignore_robots=ignore_robots)
        place = place_of(archives, collection, contact, chosen)
        place = asked_by(place, browser=browser, tabs=tabs, view=view, connections=connections)
        told = reporter(quiet=quiet)
        return crawl_list(_read_urls(file), site, options, place, told)

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
