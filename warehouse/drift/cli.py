"""The command `warchouse report`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from warehouse.drift.page import report_page
from warehouse.drift.report import Report, make_report
from warehouse.drift.show import plain_lines, show
from warehouse.html.file import write_report
from warehouse.options import (
    CURRENT,
    DEFAULT_WAREHOUSE,
    JsonOption,
    SnapshotOption,
    WarehouseOption,
    one_line_errors,
)
from warehouse.output import refuse_page
from warehouse.snapshot import open_snapshot
from warehouse.terminal import is_terminal

app = typer.Typer(rich_markup_mode=None, add_completion=False)

EXIT_NEEDS_LOOK = 1


def a_day(text: str) -> date:
    """A day, or the first of a month: `2026-03-15`, `2026-03`."""
    try:
        return date.fromisoformat(text if len(text) > len("2026-03") else f"{text}-01")
    except ValueError:
        wrong = f"{text!r} is no day (2026-03-15) and no month (2026-03)"
        raise typer.BadParameter(wrong) from None


@app.command()
def report(
    *,
    warehouse: WarehouseOption = DEFAULT_WAREHOUSE,
    snapshot: SnapshotOption = CURRENT,
    since: Annotated[
        date | None,
        typer.Option(
            help="Show what began on this day or later: 2026-03-15, 2026-03.",
            parser=a_day,
            metavar="DAY",
        ),
    ] = None,
    page_type: Annotated[
        list[str] | None,
        typer.Option("--page-type", help="Show this page type alone; may be given again."),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write one HTML file with plots.", metavar="FILE")
    ] = None,
    as_json: JsonOption = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print errors only; the exit code says the rest.")
    ] = False,
) -> None:
    """Tell whether the site still says what it used to say: what changed, when, and where.

    Per page type and month: captures by outcome, layouts, rows per page against expectation, null
    rates, issues, refused rows. A jump is called out with the first capture that shows it, and the
    command ends with 1. The rules and their numbers are in docs/drift.md.

    Examples:

      warchouse report

      warchouse report --since 2026-03 --page-type map_stats

      warchouse report --html drift.html --quiet
    """  # noqa: D412 - a blank line keeps the example a paragraph of its own
    with one_line_errors():
        if html is not None:
            refuse_page(html)
        found = make_report(
            open_snapshot(warehouse, snapshot), since=since, page_types=page_type or ()
        )
        if html is not None:
            write_report(html, report_page(found))
        if as_json:
            print(json.dumps(found.as_json(), indent=1, ensure_ascii=False))
        elif not quiet:
            _print(found, html)
    if found.callouts:
        raise typer.Exit(EXIT_NEEDS_LOOK)


def _print(found: Report, html: Path | None) -> None:
    if is_terminal():
        show(found, Console(highlight=False))
    else:
        for line in plain_lines(found):
            print(line)
    if html is not None:
        print(f"{html} has the plots")
