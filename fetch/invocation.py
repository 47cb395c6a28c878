"""From the words of a command line to a crawl, and from its report to an exit code."""

from __future__ import annotations

import json as json_format
from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from pathlib import Path

import typer

from fetch.disk_space import KEEP_FREE
from fetch.limits import Limits
from fetch.links import Link
from fetch.options import CrawlOptions, checked_base_url, chosen_pace
from fetch.refetch import read_refetch_list
from fetch.report import Report
from fetch.run import Place
from fetch.secrets import refuse_userinfo
from fetch.seed import SeedGroup
from fetch.settings import Settings
from fetch.sizes import parse_bytes
from fetch.sources.source import FetchSource
from fetch.walk import WalkPlan
from warc.errors import UsageError, WarchouseError
from warc.roster.reading import ADMIN

DEFAULT_ARCHIVES = "archives"


def basic_options(
    source: FetchSource,
    base_url: str,
    pace: str,
    keep_free: str,
    settings: Settings,
    *,
    ignore_robots: bool,
) -> CrawlOptions:
    """What every crawl may be asked."""
    base = checked_base_url(base_url)
    kept = keep_free or settings.keep_free
    return CrawlOptions(
        base_url=base,
        plan=WalkPlan(),
        seeds=(SeedGroup(finder="start", targets=source.start),) if source.start else (),
        pace=chosen_pace(pace, settings.pace, usual=source.pace, base_url=base),
        keep_free=parse_bytes(kept, "--keep-free") if kept else KEEP_FREE,
        ignore_robots=ignore_robots,
        deadline_s=settings.deadline_s,
    )


def limits_of(pages: int | None, minutes: float | None, size: str, failures: int) -> Limits:
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


def refetch_list(source: FetchSource, file: Path | None, base_url: str) -> tuple[Link, ...]:
    """The pages that a parse lists as worth fetching again."""
    return read_refetch_list(file, site=source.site, base_url=base_url) if file else ()


def place_of(archives: str, collection: str, contact: str, settings: Settings) -> Place:
    """Where to archive: the option's folder, else `archives`."""
    folder = archives or DEFAULT_ARCHIVES
    if "://" in folder:
        refuse_userinfo(folder, "--archives")
        raise UsageError(f"--archives {folder!r} is not a folder of this machine")
    if not collection or Path(collection).name != collection or collection in {".", ".."}:
        raise UsageError(f"--collection {collection!r} is not the name of a folder")
    if collection == ADMIN:
        raise UsageError(f"--collection {ADMIN} is where the roster is kept: no pages are")
    return Place(
        folder=Path(folder) / collection,
        contact=contact or settings.contact,
        secrets=settings.headers,
    )


def asked_by(
    place: Place, *, browser: bool, tabs: int | None, view: bool, connections: int
) -> Place:
    """Who asks for pages: plain HTTP, or a browser with some tabs."""
    if not browser and (tabs is not None or view):
        raise UsageError(f"{'--view' if tabs is None else '--tabs'} needs --browser")
    if browser and connections != 1:
        raise UsageError("--connections is for plain HTTP; with --browser it is --tabs")
    return replace(place, browser=browser, view=view, connections=tabs or connections)


def run_to_report(work: Callable[[], Report], *, json: bool, quiet: bool) -> None:
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
