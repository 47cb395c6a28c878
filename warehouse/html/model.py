"""The blocks a report is made of: values without markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Union

Tone = Literal["plain", "good", "bad", "warn", "change", "muted"]
"""What a colour says: `change` is neither good nor bad. A word always says it, too."""


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report. Two headings or more of level 2 make a list of contents."""

    title: str
    subtitle: str = ""
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of text that looks different.

    anchor  of a heading on this page: the text becomes a link to it
    """

    text: str
    tone: Tone = "plain"
    is_code: bool = False
    anchor: str = ""


Inline = Union[str, Mark]  # noqa: UP007 - evaluated
Cell = Union[str, int, None, Mark]  # noqa: UP007 - evaluated
"""Of a table; None is an empty cell."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `anchor` is what links name it by (made from the text unless given)."""

    text: str
    level: Literal[2, 3] = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence that must not be overlooked."""

    text: str
    tone: Tone = "warn"


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with its name."""

    name: str
    value: str | int
    tone: Tone = "plain"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures side by side."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers are set to the right."""

    name: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; each row has one cell per column. It scrolls inside its own box where it is wide."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """Blocks that are folded away under a line."""

    summary: str
    blocks: tuple[Block, ...]
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that a plot shows, with a value (or None) per label of the plot.

    tone  gives its colour; `plain` series take colours in turn
    """

    name: str
    values: tuple[float | None, ...]
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Bars:
    """A horizontal bar per label, its series stacked: for names, which may be long.

    totals  what the full length stands for, per label; without, the longest bar is full
    notes   what stands at the end of each bar; without, its sum
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    totals: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """An upright bar per label, its series stacked: for amounts over time."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that happened at one label of a plot, by position from 0."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A line per series over the labels, with gaps where a value is None: for rates over time.

    top  the upper end of the scale; without, a round number above the highest value
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    flags: tuple[Flag, ...] = ()
    top: float | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """One value before and after."""

    label: str
    before: float
    after: float
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Shifts:
    """An arrow per row, from the value before to the one after."""

    title: str
    rows: tuple[Shift, ...]
    unit: str = ""
    top: float | None = None


Block = Union[  # noqa: UP007 - evaluated
    Heading, Paragraph, Note, Facts, Table, Details, Bars, Columns, Lines, Shifts
]
