"""One self-contained HTML file out of plain values: reports that open anywhere, years from now.

A page is built from a small pure model and rendered to text; it loads nothing, runs no script, and
whatever a web page or a file name put into it stays text. `warehouse.html.file.write_report` writes
it to disk. An example with every kind of block:

>>> page = Page(
...     "Drift of hltv",
...     subtitle="snapshot 000042, 1,204 captures",
...     blocks=(
...         Facts((Fact("pages", 1204), Fact("issues", 31, "warn", "9 more than in October"))),
...         Note("hltv.match: issues rose in 2026-11", "bad"),
...         Heading("Match pages"),
...         Paragraph(("The field ", Mark("div.score", is_code=True), " is missing.")),
...         Lines("Null rates", ("2026-10", "2026-11"), (Series("kast", (1.5, 40)),), unit="%"),
...         Columns("Layouts", ("2026-10", "2026-11"), (Series("2019", (9, 2)),), unit="pages"),
...         Bars("Rows", ("hltv_maps",), (Series("added", (12,), "good"),), unit="rows"),
...         Shifts("Nulls", (Shift("hltv_maps.picked_by", 1.0, 40.0),), unit="%"),
...         Details("By file", (Table((Column("file"), Column("rows", is_number=True)), ()),)),
...     ),
... )
>>> render(page).startswith("<!doctype html>")
True
"""

from warehouse.html.model import (
    Bars,
    Block,
    Cell,
    Column,
    Columns,
    Details,
    Fact,
    Facts,
    Flag,
    Heading,
    Lines,
    Mark,
    Note,
    Page,
    Paragraph,
    Series,
    Shift,
    Shifts,
    Table,
    Tone,
)
from warehouse.html.page import render

__all__ = [
    "Bars",
    "Block",
    "Cell",
    "Column",
    "Columns",
    "Details",
    "Fact",
    "Facts",
    "Flag",
    "Heading",
    "Lines",
    "Mark",
    "Note",
    "Page",
    "Paragraph",
    "Series",
    "Shift",
    "Shifts",
    "Table",
    "Tone",
    "render",
]
