"""From the model of a report to the text of one HTML file; the same model gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from warehouse.html import plots
from warehouse.html.escape import anchor_of, escape
from warehouse.html.model import (
    Bars,
    Block,
    Cell,
    Columns,
    Details,
    Fact,
    Facts,
    Heading,
    Inline,
    Lines,
    Mark,
    Note,
    Page,
    Paragraph,
    Shifts,
    Table,
)
from warehouse.html.style import STYLE

LONG_CHARS = 40  # a cell of more is long
CONTENTS_MIN = 2  # headings that make a list of contents worth its room

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<header><h1>{title}</h1>{subtitle}</header>
"""
TAIL = "</main>\n</body>\n</html>\n"


def render(page: Page) -> str:
    """The text of the file."""
    subtitle = f"<p>{escape(page.subtitle)}</p>" if page.subtitle else ""
    head = HEAD.format(title=escape(page.title), subtitle=subtitle, style=STYLE)
    return head + _contents(page.blocks) + _blocks(page.blocks) + TAIL


def _contents(blocks: Iterable[Block]) -> str:
    heads = [block for block in blocks if isinstance(block, Heading) and block.level == 2]
    if len(heads) < CONTENTS_MIN:
        return ""
    links = "".join(
        f'<li><a href="#{_anchor(head)}">{escape(head.text)}</a></li>' for head in heads
    )
    return f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n'


def _blocks(blocks: Iterable[Block]) -> str:
    return "".join(_block(block) + "\n" for block in blocks)


def _block(block: Block) -> str:
    match block:
        case Heading():
            tag = f"h{block.level}"
            return f'<{tag} id="{_anchor(block)}">{escape(block.text)}</{tag}>'
        case Paragraph():
            return f"<p>{''.join(map(_inline, block.parts))}</p>"
        case Note():
            return f'<p class="note t-{block.tone}">{escape(block.text)}</p>'
        case Facts():
            return f'<dl class="facts">{"".join(map(_fact, block.facts))}</dl>'
        case Table():
            return _table(block)
        case Details():
            opened = " open" if block.is_open else ""
            summary = f"<summary>{escape(block.summary)}</summary>"
            return f"<details{opened}>{summary}\n{_blocks(block.blocks)}</details>"
        case Bars():
            return plots.bars(block)
        case Columns():
            return plots.columns(block)
        case Lines():
            return plots.lines(block)
        case Shifts():
            return plots.shifts(block)
        case _:
            assert_never(block)


def _anchor(head: Heading) -> str:
    return anchor_of(head.anchor or head.text)


def _inline(part: Inline) -> str:
    if isinstance(part, str):
        return escape(part)
    text = escape(part.text)
    if part.is_code:
        text = f"<code>{text}</code>"
    if part.tone != "plain":
        text = f'<span class="t-{part.tone}">{text}</span>'
    return f'<a href="#{anchor_of(part.anchor)}">{text}</a>' if part.anchor else text


def _fact(fact: Fact) -> str:
    value = f"{fact.value:,}" if isinstance(fact.value, int) else fact.value
    note = f"<dd>{escape(fact.note)}</dd>" if fact.note else ""
    return (
        f'<div class="t-{fact.tone}"><dt>{escape(fact.name)}</dt>'
        f'<dd class="figure">{escape(value)}</dd>{note}</div>'
    )


def _table(table: Table) -> str:
    right = [' class="number"' if column.is_number else "" for column in table.columns]
    heads = "".join(
        f'<th scope="col"{kind}>{escape(column.name)}</th>'
        for column, kind in zip(table.columns, right, strict=True)
    )
    rows = "\n".join(
        "<tr>"
        + "".join(
            f"<td{kind or _width(cell)}>{_cell(cell)}</td>"
            for cell, kind in zip(row, right, strict=True)
        )
        + "</tr>"
        for row in table.rows
    )
    caption = f"<caption>{escape(table.caption)}</caption>" if table.caption else ""
    label = escape(table.caption or "table")
    return (  # a box that scrolls must be reachable by keyboard
        f'<div class="box" role="region" tabindex="0" aria-label="{label}"><table>{caption}'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _width(cell: Cell) -> str:
    """Long text may break anywhere, and keeps room enough to be read."""
    text = cell.text if isinstance(cell, Mark) else cell
    return ' class="long"' if isinstance(text, str) and len(text) > LONG_CHARS else ""


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return f"{cell:,}"
    return _inline(cell)
