"""The report on a terminal, and as plain lines in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from warehouse.drift.callouts import CallOut, together
from warehouse.drift.months import Month
from warehouse.drift.report import Report
from warehouse.drift.sentences import duration, percent, place, sentence

MONTHS_SHOWN = 12
NAMED_MAX = 4  # layouts, issues or columns that one cell names
MOVED = 0.05  # a null rate is named where it rose by so much
MOVED_MAX = 6  # columns named


def plain_lines(report: Report) -> Iterator[str]:
    """One fact per line: a line's first word is the page type."""
    for page, months in report.months.items():
        for month in months.values():
            yield f"{page} {month.name}: {_month_words(month)}"
    for layout in report.new_layouts:
        yield (
            f"{layout.page} {layout.first.fetched_at:%Y-%m}: new layout {layout.layout},"
            f" {layout.pages:,} pages; first: {place(layout.first)}"
        )
    for one in report.callouts:
        yield f"{one.signal.page} {one.month}: {sentence(one)}, {duration(one)}; {_first(one)}"
    yield _verdict(report)


def show(report: Report, console: Console) -> None:
    """Tables, then what is new, then what was called out: the last lines are what matters."""
    for page, months in report.months.items():
        console.print(_table(page, months))
        moved = list(_moved(months))
        if moved:
            console.print(f"  null rates that rose: {escape('; '.join(moved))}", style="dim")
        console.print()
    for layout in report.new_layouts:
        console.print(
            f"[cyan]new layout[/] {layout.page} [bold]{escape(layout.layout)}[/],"
            f" {layout.pages:,} pages since {layout.first.fetched_at:%Y-%m-%d %H:%M}"
        )
    for page, day, some in together(report.callouts):
        console.print(f"\n[bold red]{page} changed on {day}[/]; since then:")
        for one in some:
            console.print(Text(f"  • {sentence(one)}, {duration(one)}"), soft_wrap=True)
            console.print(Text(f"    {_first(one)}", style="dim"), soft_wrap=True)
    style = "bold red" if report.callouts else "green"
    console.print(Text("\n" + _verdict(report), style=style), soft_wrap=True)


def _first(one: CallOut) -> str:
    return f"first: {place(one.first)}"


def _verdict(report: Report) -> str:
    count = len(report.callouts)
    if not count:
        return f"snapshot {report.snapshot}: nothing was called out"
    things = "1 change needs" if count == 1 else f"{count} changes need"
    return f"snapshot {report.snapshot}: {things} a look"


def _month_words(month: Month) -> str:
    parts = [f"{month.pages:,} captures"]
    parts += [f"{count:,} {name}" for name, count in month.captures.items()]
    parts += [f"verdict {name} {count:,}" for name, count in month.verdicts.items()]
    parts += [f"layout {name} {count:,}" for name, count in month.layouts.items()]
    for layout, rows in month.rows.items():
        expected = (
            "" if rows.expected is None else f" (expected {rows.expected:g} ± {rows.spread:.1f})"
        )
        parts.append(f"rows per page of {layout} {rows.median:g}{expected}")
    parts.append(f"issues on {month.pages_with_issues:,}")
    parts.append(f"refused rows {sum(month.refused.values()):,}")
    return ", ".join(parts)


def _table(page: str, months: Mapping[str, Month]) -> Table:
    table = Table(title=page, title_justify="left", title_style="bold", box=None, pad_edge=True)
    table.add_column("month")
    for name in ("captures", "failed", "evidence", "rows/page", "expected", "issues", "refused"):
        table.add_column(name, justify="right")
    table.add_column("layouts")
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
            escape(_few(month.layouts)),
        )
    return table


def _count(number: int) -> str:
    return f"[yellow]{number:,}[/]" if number else "0"


def _few(counts: Mapping[str, int]) -> str:
    """The most frequent names with their counts, on one line."""
    ordered = sorted(counts, key=lambda name: (-counts[name], name))
    said = [f"{name} {counts[name]:,}" for name in ordered[:NAMED_MAX]]
    rest = len(ordered) - len(said)
    return ", ".join(said) + (f", {rest} more" if rest > 0 else "")


def _moved(months: Mapping[str, Month]) -> Iterator[str]:
    """Null rates of the last month that are above those of the months before, the most first."""
    *earlier, last = months.values()
    found: list[tuple[float, str]] = []
    for name, (nulls, rows) in last.nulls.items():
        before = [one.nulls[name] for one in earlier if name in one.nulls]
        total = sum(count for _, count in before)
        if not total or not rows:
            continue
        old, new = sum(count for count, _ in before) / total, nulls / rows
        if new - old >= MOVED:
            found.append((old - new, f"{name} {percent(old)} → {percent(new)}"))
    yield from (text for _, text in sorted(found)[:MOVED_MAX])
    if len(found) > MOVED_MAX:
        yield f"{len(found) - MOVED_MAX} more (--json has all)"
