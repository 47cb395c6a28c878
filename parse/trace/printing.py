"""A trace printed: plain lines in a pipe, tables on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from parse.replay import page_of
from parse.trace.archive import Archive
from parse.trace.rows import RowTrace
from parse.trace.wording import (
    CAPTURE_FACTS,
    behind_text,
    capture_facts,
    cells_behind,
    cells_of,
    decisions_about,
    origin_text,
    title_of,
    value_text,
)
from warehouse.rows.archive import CaptureRow

LINE_CHARS_MAX = 160

COLOURS = {
    "won": "bold green",
    "good": "green",
    "older": "yellow",
    "failed": "red",
    "evidence": "red",
}
"""Of a capture's standing; the others are dim."""


def print_trace(archive: Archive, trace: RowTrace, columns: Sequence[str] | None) -> None:
    """Print a row's trace; of these columns only, if named."""
    console = Console()
    if console.is_terminal:
        _print_tables(console, archive, trace, columns)
    else:
        for line in _lines(archive, trace, columns):
            sys.stdout.write(line + "\n")


def page_head(archive: Archive, capture: CaptureRow, lines: int) -> Iterator[str]:
    """The first lines of an archived page, long ones cut; raises ArchiveError."""
    text = page_of(archive.record_of(capture)).body.decode("utf-8", "replace")
    yield f"--- the first {lines} lines of {capture.url}"
    for line in text.splitlines()[:lines]:
        yield line[:LINE_CHARS_MAX]


def _shown(trace: RowTrace, columns: Sequence[str] | None) -> Iterator[tuple[str, str, str]]:
    """Columns with their values and where they come from."""
    for name, value in trace.row.items():
        if columns is None or name in columns:
            lineage = trace.lineages.get(name)
            yield name, value_text(value), origin_text(lineage) if lineage else ""
    for name, lineage in trace.lineages.items():
        if name not in trace.row and (columns is None or name in columns):
            yield f"row.{name}", value_text(lineage.value), origin_text(lineage)


def _lines(archive: Archive, trace: RowTrace, columns: Sequence[str] | None) -> Iterator[str]:
    yield f"{trace.table}, snapshot {archive.snapshot.id}"
    for remark in trace.remarks:
        yield f"note: {remark}"
    shown = list(_shown(trace, columns))
    name_width = max((len(name) for name, _, _ in shown), default=0)
    value_width = min(max((len(value) for _, value, _ in shown), default=0), 40)
    for name, value, origin in shown:
        yield f"  {name:<{name_width}}  {value:<{value_width}}  {origin}".rstrip()
    for capture in trace.captures:
        yield f"read from the {capture.page_type} page, by {capture.parser}:"
        facts = capture_facts(archive, capture)
        width = max(map(len, CAPTURE_FACTS))
        for name in CAPTURE_FACTS:
            yield f"  {name:<{width}}  {facts[name]}"
    for behind in trace.behind:
        yield behind_text(behind)
        yield from _in_columns([cells_behind(capture) for capture in behind.first])
    for decision in decisions_about(trace, columns):
        yield f"competed for {title_of(decision)}:"
        yield from _in_columns([cells_of(one) for one in decision.competitors])


def _in_columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Cells below each other, the last as long as it is."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        begin = "  ".join(
            cell.ljust(width) for cell, width in zip(row[:-1], widths[:-1], strict=True)
        )
        yield f"  {begin}  {row[-1]}"


def _print_tables(
    console: Console, archive: Archive, trace: RowTrace, columns: Sequence[str] | None
) -> None:
    console.print(Text(f"{trace.table}, snapshot {archive.snapshot.id}", style="bold"))
    for remark in trace.remarks:
        console.print(Text(f"note: {remark}", style="yellow"))
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("column", style="cyan", no_wrap=True)
    table.add_column("value", overflow="fold", max_width=40)
    table.add_column("from", overflow="fold")
    for name, value, origin in _shown(trace, columns):
        style = "dim" if value == "null" else ""
        table.add_row(name, Text(value, style=style), Text(origin, style=style))
    console.print(table)
    for capture in trace.captures:
        console.print()
        read = f"read from the {capture.page_type} page, by {capture.parser}"
        console.print(Text(read, style="bold"))
        facts = Table(box=None, show_header=False, pad_edge=False)
        facts.add_column(style="cyan", no_wrap=True)
        facts.add_column(overflow="fold")
        known = capture_facts(archive, capture)
        for name in CAPTURE_FACTS:
            facts.add_row(name, Text(str(known[name])))
        console.print(facts)
    for behind in trace.behind:
        console.print()
        console.print(Text(behind_text(behind), style="bold"))
        if behind.first:
            stood = Table(box=None, header_style="bold", pad_edge=False)
            for name in ("fetched", "record", "page"):
                stood.add_column(name, overflow="fold")
            for cells in map(cells_behind, behind.first):
                stood.add_row(*map(Text, cells))
            console.print(stood)
    for decision in decisions_about(trace, columns):
        console.print()
        console.print(Text(f"competed for {title_of(decision)}", style="bold"))
        stood = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("stood", "fetched", "record", "why"):
            stood.add_column(name, overflow="fold")
        for standing, when, place, why in map(cells_of, decision.competitors):
            stood.add_row(
                Text(standing, style=COLOURS.get(standing, "dim")), when, place, Text(why)
            )
        console.print(stood)
