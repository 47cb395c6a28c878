"""The report on a terminal, and as plain lines in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from warehouse.drift.callouts import CallOut, together
from warehouse.drift.months import Month, RowsOfPages
from warehouse.drift.report import Report
from warehouse.drift.sentences import duration, percent, place, sentence
from warehouse.drift.worst import Finding, Findings, Kind, latest, worst
from warehouse.terminal import counted, shown

MONTHS_SHOWN = 12
ALL_OF_IT = "--html FILE and --json have all"

TITLES: Mapping[Kind, str] = {
    "layout": "layouts (pages)",
    "issue": "issues (pages)",
    "refused": "refused (rows)",
    "null": "null rates",
}


def plain_lines(report: Report) -> Iterator[str]:
    """One fact per line: a line's first word is the page type."""
    for page, months in report.months.items():
        for month in months.values():
            yield from (f"{page} {month.name}: {fact}" for fact in _month_facts(month))
        for findings in worst(months):
            yield from (f"{page} {line}" for line in _finding_lines(findings))
    for layout in report.new_layouts:
        yield (
            f"{layout.page} {layout.first.fetched_at:%Y-%m}: no alarm: layout {layout.layout}"
            f" came up, {_pages(layout.pages)} since; first: {place(layout.first)}"
        )
    for one in report.callouts:
        yield f"{one.signal.page} {one.month}: {sentence(one)}, {duration(one)}; {_first(one)}"
    yield _verdict(report)


def show(report: Report, console: Console) -> None:
    """Tables, then what is new, then what was called out: the last lines are what matters."""
    for page, months in report.months.items():
        console.print(_month_table(page, months))
        console.print(_finding_table(months))
        console.print()
    if report.new_layouts:
        console.print(Text("layouts that came up, no alarm: the parsers know them", style="cyan"))
    for layout in report.new_layouts:
        since = f"{layout.first.fetched_at:%Y-%m-%d %H:%M}"
        line = f"  {layout.page} {shown(layout.layout)}, {_pages(layout.pages)} since {since}"
        console.print(Text(line), soft_wrap=True)
    for page, day, some in together(report.callouts):
        console.print(f"\n[bold red]{page} changed on {day}[/]; since then:")
        for one in some:
            console.print(Text(f"  • {sentence(one)}, {duration(one)}"), soft_wrap=True)
            console.print(Text(f"    {_first(one)}", style="dim"), soft_wrap=True)
    style = "bold red" if report.callouts else "green"
    console.print(Text("\n" + _verdict(report), style=style), soft_wrap=True)


def _first(one: CallOut) -> str:
    return f"first: {place(one.first)}"


def _pages(count: int) -> str:
    return counted(count, "page", "pages")


def _verdict(report: Report) -> str:
    count = len(report.callouts)
    if not count:
        return f"snapshot {report.snapshot}: nothing was called out"
    needs = counted(count, "change needs", "changes need")
    return f"snapshot {report.snapshot}: {needs} a look"


def _month_facts(month: Month) -> Iterator[str]:
    """What a month's captures were, and how many rows a page gave."""
    yield counted(month.pages, "capture", "captures")
    yield from (f"{count:,} {name}" for name, count in month.captures.items())
    yield from (f"{count:,} judged {name}" for name, count in month.verdicts.items())
    for layout, rows in month.rows.items():
        yield f"{rows.median:g} rows per page of layout {layout}{_expected(rows)}"
    yield f"issues on {_pages(month.pages_with_issues)}"
    yield f"{counted(sum(month.refused.values()), 'row', 'rows')} refused"


def _expected(rows: RowsOfPages) -> str:
    return "" if rows.expected is None else f", expected {rows.expected:g} ± {rows.spread:.1f}"


def _finding_lines(findings: Findings) -> Iterator[str]:
    for one in findings.shown:
        for month, count in one.counts.items():
            yield f"{month}: {_finding_fact(findings.kind, one, count)}"
    if findings.more:
        yield f"{TITLES[findings.kind]}: {findings.more:,} more; {ALL_OF_IT}"


def _finding_fact(kind: Kind, one: Finding, count: float) -> str:
    first, *rest = (shown(word, longest=None) for word in one.name)
    match kind:
        case "layout":
            return f"layout {first} on {_pages(int(count))}"
        case "issue":
            return f"issue '{first}' at {rest[0]} on {_pages(int(count))}"
        case "refused":
            return f"{counted(int(count), 'row', 'rows')} of {first} refused ('{rest[0]}')"
        case "null":
            return f"null rate of {first} {percent(count)}"


def _month_table(page: str, months: Mapping[str, Month]) -> Table:
    table = Table(title=page, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("month", no_wrap=True)
    for name in ("captures", "failed", "evidence", "rows/page", "expected", "issues", "refused"):
        table.add_column(name, justify="right", no_wrap=True)
    for month in list(months.values())[-MONTHS_SHOWN:]:
        layout = max(month.layouts, key=lambda name: month.layouts[name], default="")
        rows = month.rows.get(layout)
        expected = f"{rows.expected:g}" if rows and rows.expected is not None else "-"
        table.add_row(
            month.name,
            f"{month.pages:,}",
            _count(month.captures.get("failed", 0)),
            _count(month.captures.get("evidence", 0)),
            f"{rows.median:g}" if rows else "-",
            expected,
            percent(month.pages_with_issues / month.read) if month.read else "-",
            _count(sum(month.refused.values())),
        )
    return table


def _finding_table(months: Mapping[str, Month]) -> Table:
    """The worst findings of each kind under its name, a column for each of the latest months."""
    table = Table(box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    names = latest(months)
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for findings in worst(months):
        table.add_row(Text(TITLES[findings.kind], style="bold"))
        for one in findings.shown:
            cells = (_cell(findings.kind, one.counts.get(name)) for name in names)
            name = ": ".join(shown(word, longest=None) for word in one.name)
            table.add_row(Text(f"  {name}"), *cells)
        if findings.more:
            table.add_row(Text(f"  {findings.more:,} more; {ALL_OF_IT}", style="dim"))
    return table


def _cell(kind: Kind, count: float | None) -> str:
    if count is None:
        return ""
    return percent(count) if kind == "null" else f"{count:,}"


def _count(number: int) -> str:
    return f"[yellow]{number:,}[/]" if number else "0"
