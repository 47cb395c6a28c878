"""What people see of tables: columns and colours on a terminal, plain lines in a pipe.

Cells hold what sites wrote. What would move a cursor, ring a bell or turn text around is shown as
an escape, so that no archived page can speak to the terminal.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

CELL_CHARS_MAX = 36
PIPE_CHARS = 160
GAP = "  "
NULL = "-"
LAST_CHARS = 28  # room for the last column before another one gives way
PAGE_ROWS = 1000  # rows whose widths are looked at before the first is printed

Cells = Sequence[str | None]


def shown(text: str | None, *, longest: int | None = CELL_CHARS_MAX) -> str:
    r"""A value as one line that can do no harm; long ones are cut, null is `-`.

    >>> shown("a\x1b[2Jb\n"), shown(None), shown("x" * 9, longest=5)
    ('a\\x1b[2Jb\\n', '-', 'xxxx…')
    """
    if text is None:
        return NULL
    if not text.isprintable():
        text = "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
        )
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"


def counted(count: int, one: str, many: str) -> str:
    """A number and what it counts.

    >>> counted(1, "row", "rows"), counted(1200, "row", "rows")
    ('1 row', '1,200 rows')
    """
    return f"{count:,} {one if count == 1 else many}"


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


def is_terminal() -> bool:
    """Whether a person reads the output."""
    return Console().is_terminal


def width() -> int:
    """How many characters fit a line: the terminal's, or enough for a pipe."""
    console = Console()
    return console.width if console.is_terminal or "COLUMNS" in os.environ else PIPE_CHARS


def show_list(
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    right: Sequence[bool],
    *,
    head: bool = True,
    spare: Sequence[str] = (),
) -> None:
    """Print a short table that is whole: the last column is folded on a terminal.

    head   whether a pipe gets the line of names, too
    spare  columns that a narrow terminal does without, the first of them first
    """
    console = Console()
    if not console.is_terminal:
        for line in aligned((names, *rows) if head else rows, right):
            say(line)
        return
    kept = _wide_enough(names, rows, console.width, spare)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for place in kept:
        name, is_last = names[place], place == len(names) - 1
        table.add_column(
            name,
            justify="right" if right[place] else "left",
            no_wrap=not is_last,
            overflow="fold" if is_last else "ellipsis",
        )
    for row in rows:
        table.add_row(*(Text(row[place]) for place in kept))
    console.print(table, highlight=False)


def folded(line: str, room: int) -> Iterator[str]:
    """A line in lines that fit, broken between words; those after the first are set in.

    >>> list(folded("one two three", 8))
    ['one two', '  three']
    """
    yield from textwrap.wrap(
        line, room, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> Iterator[str]:
    """Rows as lines of columns.

    right  for each column, whether it stands to the right
    """
    if not rows:
        return
    widths = [max(map(cell_len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        yield _line(row, widths, right)


def row_lines(
    names: Sequence[str],
    rows: Iterable[Cells],
    right: Sequence[bool],
    *,
    room: int | None,
    hint: str = "",
) -> Iterator[str]:
    """Any number of rows as lines under their names, the widths fixed by the first thousand.

    room  characters in a line; columns that do not fit are named at the end. None: as wide as it is
    hint  what to do about columns left out
    """
    longest = None if room is None else CELL_CHARS_MAX
    widths: list[int] = []
    fits = 0
    for page in _pages(rows):
        cells = [[shown(value, longest=longest) for value in row] for row in page]
        if not widths:
            listed = [[shown(name, longest=longest) for name in names], *cells]
            widths = [max(map(cell_len, column)) for column in zip(*listed, strict=True)]
            fits = _fitting(widths, room)
            yield _line(listed[0][:fits], widths, right)
        for row in cells:
            yield _line(row[:fits], widths, right)
    if rest := names[fits:]:
        more = counted(len(rest), "more column", "more columns")
        yield f"and {more} ({hint}): {', '.join(shown(name) for name in rest)}"


def record_lines(names: Sequence[str], row: Cells) -> Iterator[str]:
    """One row as lines of name and value, nothing cut."""
    wide = max(map(cell_len, names))
    for name, value in zip(names, row, strict=True):
        yield f"{name}{' ' * (wide - cell_len(name))}{GAP}{shown(value, longest=None)}".rstrip()


@contextmanager
def until_closed() -> Iterator[None]:
    """End the program with 1 and no word where its reader has seen enough, as `| head` has."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError as error:
        with Path(os.devnull).open("w") as nowhere:  # or the interpreter tries again when it ends
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise SystemExit(1) from error


def say(line: str, *, style: str = "") -> None:
    """Print one line, in a style on a terminal."""
    console = Console()
    if console.is_terminal and style:
        console.print(Text(line, style=style), soft_wrap=True, highlight=False)
    else:
        sys.stdout.write(line + "\n")


def _wide_enough(
    names: Sequence[str], rows: Sequence[Sequence[str]], room: int, spare: Sequence[str]
) -> list[int]:
    """Which columns to show so that the last one has room to be read."""
    kept = list(range(len(names)))
    widths = [max(map(cell_len, cells)) for cells in zip(names, *rows, strict=True)]
    widths[-1] = min(widths[-1], LAST_CHARS)
    for name in spare:
        if sum(widths[place] + len(GAP) for place in kept) - len(GAP) <= room:
            break
        kept.remove(names.index(name))
    return kept


def _pages(rows: Iterable[Cells]) -> Iterator[list[Cells]]:
    """Rows by the thousand; the first page is there even if there is no row."""
    page: list[Cells] = []
    first = True
    for row in rows:
        page.append(row)
        if len(page) == PAGE_ROWS:
            yield page
            page, first = [], False
    if page or first:
        yield page


def _fitting(widths: Sequence[int], room: int | None) -> int:
    """How many columns fit, from the left; the first always does."""
    if room is None:
        return len(widths)
    used = 0
    for place, wide in enumerate(widths):
        used += wide + (len(GAP) if place else 0)
        if used > room and place:
            return place
    return len(widths)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    made = []
    for cell, wide, is_right in zip(cells, widths, right, strict=False):
        space = " " * max(0, wide - cell_len(cell))
        made.append(space + cell if is_right else cell + space)
    return GAP.join(made).rstrip()
