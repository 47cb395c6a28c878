"""What people see: tables and colours on a terminal, plain lines in a pipe, a bar on long work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table
from rich.text import Text

COLOURS = {"defect": "bold red", "warning": "yellow", "info": "cyan"}

_GAP = "  "


def say(line: str, *, colour: str = "") -> None:
    """Print one line, coloured on a terminal."""
    console = Console()
    if console.is_terminal and colour:
        console.print(Text(line, style=colour), soft_wrap=True, highlight=False)
    else:
        sys.stdout.write(line + "\n")


def show_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, texts: Sequence[str] = ()
) -> None:
    """Print rows under their columns; what looks like a number stands to the right.

    texts  columns that stand to the left whatever they look like
    """
    console = Console()
    is_number = [
        name not in texts and all(row[at][:1].isdigit() or row[at] in {"", "-"} for row in rows)
        for at, name in enumerate(columns)
    ]
    if not console.is_terminal:
        for line in aligned((columns, *rows), is_number):
            sys.stdout.write(line + "\n")
        return
    shown = _fitting((columns, *rows), console.width)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, right in zip(columns[:shown], is_number, strict=False):
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row[:shown]))
    console.print(table)
    if rest := columns[shown:]:
        console.print(Text(f"more columns in a pipe or as --json: {', '.join(rest)}", style="dim"))


def _fitting(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many columns fit into a width, from the left; the first always counts."""
    used = shown = 0
    for cells in zip(*rows, strict=True):
        used += max(map(len, cells)) + len(_GAP)
        if used > width and shown:
            break
        shown += 1
    return shown


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> Iterator[str]:
    """Rows as lines of columns.

    right  for each column, whether it stands to the right
    """
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(row, widths, right, strict=True)
        )
        yield _GAP.join(cells).rstrip()


def size_text(size: float) -> str:
    """Bytes for people.

    >>> size_text(999), size_text(1234567), size_text(5e9)
    ('999 B', '1.2 MB', '5.0 GB')
    """
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


@contextmanager
def bytes_bar(what: str, total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar over bytes with rate and time left on standard error, where that is a terminal.

    yields  the function to tell how many bytes more are done
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    bar = bytes_progress()
    task = bar.add_task(what, total=total)
    with bar:
        yield lambda count: bar.advance(task, count)


def bytes_progress() -> Progress:
    """A bar over bytes on standard error, with rate and time left; it goes when it is done."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
