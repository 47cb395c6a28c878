"""The command that every source gets which needs no words of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace

from fetch import cli_options
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
from fetch.run import crawl_source
from fetch.settings import read_settings
from fetch.sources.source import FetchSource

_OF_THE_WALK = frozenset({"full", "from_offset", "to_offset", "since", "until"})
"""Options that mean something where there is a listing to walk along."""


def command_of(source: FetchSource) -> Callable[..., None]:
    """What `warchouse fetch NAME` does for a source with a listing or a start."""

    def fetch(
        *,
        archives: cli_options.Archives = "",
        collection: cli_options.CollectionName = source.site.name,
        base_url: cli_options.BaseUrl = source.base_url,
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
        def work() -> Report:
            chosen = read_settings(settings)
            plan = walk_plan(
                from_offset=from_offset, to_offset=to_offset, since=since, until=until, full=full
            )
            basic = basic_options(
                source, base_url, pace, keep_free, chosen, ignore_robots=ignore_robots
            )
            options = replace(
                basic,
                plan=plan,
                limits=limits_of(max_pages, max_minutes, max_bytes, max_failures),
                refetch=checked_refetch(refetch or (), source.site, source.root),
                refetch_list=refetch_list(source, refetch_from, basic.base_url),
                max_refetch=max_refetch,
                retry_failed=retry_failed,
            )
            place = place_of(archives, collection, contact, chosen)
            place = asked_by(place, browser=browser, tabs=tabs, view=view, connections=connections)
            return crawl_source(source, options, place, reporter(quiet=quiet))

        run_to_report(work, json=json, quiet=quiet)

    if source.listing is None:
        _without(fetch, _OF_THE_WALK)
    return fetch


def help_of(source: FetchSource) -> str:
    """What the command's help says, with examples."""
    name = source.site.name
    root = next(one for one in source.site.page_types if one.name == source.root)
    example = source.site.page_type_of(root.example)
    examples = ["--contact me@example.org --max-pages 20"]
    if source.listing is not None:
        examples.append("--since 2026-01-01 --until 2026-01-31")
    if example is not None:
        examples.append(f"--refetch {example.key}")
    lines = (f"  warchouse fetch {name} {words}" for words in examples)
    about = source.about or f"Pages of {source.base_url}"
    return "\n\n".join((f"{about}; the same command continues.", "Examples:", *lines))


def _without(command: Callable[..., None], names: frozenset[str]) -> None:
    """Leave options out of a command, which then has their defaults."""
    whole = inspect.signature(command, eval_str=True)
    kept = [one for name, one in whole.parameters.items() if name not in names]
    command.__signature__ = whole.replace(parameters=kept)  # type: ignore[attr-defined]
