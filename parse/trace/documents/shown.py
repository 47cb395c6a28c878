"""A JSON document as an HTML page: what is marked, and around it as much as helps to read it.

Everything is shown as it is archived, but for blanks: a line for each value, behind its byte.
Objects and arrays that hold no mark are folded to what they are, and units that do not matter are
left out by the run, with how many they are.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from parse.trace.documents.text import Node
from parse.trace.documents.units import Document
from parse.trace.page import ANCHOR, BOM, Banner, Mark, Written, banner_html, head_html
from warc.words import counted

INLINE_CHARS = 80
"""An object or array without a mark is shown on one line if it has no more characters."""

UNMARKED_UNITS = 12
"""Units that are shown where nothing is marked."""

JSON_STYLE = """
body{margin:0;color:#222;background:#fff}
main{display:block;padding:8px 4px;font:13px/1.7 ui-monospace,monospace;overflow-wrap:anywhere}
main p{margin:0 8px 8px;font:13px/1.45 system-ui,sans-serif;color:#555;max-width:80ch}
main div{position:relative;padding-left:calc(72px + min(var(--d)*2ch,var(--d)*1.5vw));
text-indent:-12px}
main b{position:absolute;left:0;width:54px;text-align:right;text-indent:0;color:#888;
font-weight:400;font-size:11px;user-select:none}
main i{font-style:normal;color:#888}
main s{text-decoration:none;color:#4a6785}
main mark{background:#fde7f3;color:inherit}
main small{color:#9b1c66;font-size:11px}
main mark::after{line-height:1.2!important;max-width:100%!important}
warchouse-trace{position:sticky!important}
warchouse-room{display:none!important}
"""
"""A line is a block that indents what is wrapped: marked lines keep no other `display`."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a document.

    labels   of what is marked, by position
    inside   positions of objects and arrays that are not folded
    units    numbers of the units that are shown
    """

    document: Document
    labels: Mapping[int, str]
    units: Collection[int]
    inside: set[int] = field(default_factory=set)


def marked_json(
    document: Document, marks: Sequence[Mark], units: Collection[int], banner: Banner, note: str
) -> Written:
    """The page: a banner, a note, and the document with what is marked; marks name positions.

    units  numbers of those to be shown; the first few where none is named
    """
    labels = {one.element: " · ".join(one.labels) for one in marks}
    shown = _Shown(document, labels, set(units) or set(range(len(document.units))[:UNMARKED_UNITS]))
    lines = "".join(_lines(shown))
    anchors = {at: f"{ANCHOR}-{at}" for at in labels}
    first = anchors[marks[0].element] if marks else ""
    content = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{head_html(first)}'
        f"<title>{html.escape(banner.title)}</title><style>{JSON_STYLE}</style></head><body>"
        f"{banner_html(banner, anchors)}<main><p>{html.escape(note)}</p>{lines}</main>"
        "</body></html>"
    )
    return Written(content=BOM + content.encode(), anchor=first)


def _lines(shown: _Shown) -> Iterator[str]:
    """The document, line by line."""
    arrays = dict(shown.document.arrays())
    if "" in arrays:
        yield _line(None, 0, "[")
        yield from _units(shown, arrays[""], 1)
        yield _line(None, 0, "]")
        return
    yield _line(None, 0, "{")
    for member in shown.document.members():
        if member.path in arrays:
            yield _line(member.name_start, 1, f"{_name(member)}[")
            yield from _units(shown, arrays[member.path], 2)
            yield _line(None, 1, "]")
        else:
            _unfold(shown, member)
            yield from _value(shown, member, 1)
    yield _line(None, 0, "}")


def _units(shown: _Shown, units: range, depth: int) -> Iterator[str]:
    """The units of one array: those that are shown, and how many are not."""
    at = units.start
    for unit in sorted(one for one in shown.units if one in units):
        yield from _gap(shown.document, range(at, unit), depth)
        node = shown.document.node(unit)
        _unfold(shown, node)
        shown.inside.add(node.start)
        yield _line(None, depth, f"<i>{html.escape(node.path)}</i>")
        yield from _value(shown, node, depth)
        at = unit + 1
    yield from _gap(shown.document, range(at, units.stop), depth)


def _gap(document: Document, left_out: range, depth: int) -> Iterator[str]:
    if left_out:
        text = f"… {counted(len(left_out), 'object', 'objects')}, {document.size(left_out):,} bytes"
        yield _line(None, depth, f"<i>{text}</i>")


def _unfold(shown: _Shown, node: Node) -> bool:
    """Note what must be shown of a value so that all marks in it are; whether there is one."""
    holds = [_unfold(shown, child) for child in node.children or ()]
    if any(holds):
        shown.inside.add(node.start)
    return any(holds) or node.start in shown.labels


def _value(shown: _Shown, node: Node, depth: int) -> Iterator[str]:
    """A value with what is in it, as far as it is shown."""
    opening, closing = "{}" if node.is_object else "[]"
    if node.children is None:
        text = _source(node)
    elif node.start in shown.inside:
        text = opening
    else:
        text = _folded(node)
    yield _line(node.name_start, depth, _name(node) + _marked(shown, node, text))
    if node.start in shown.inside:
        for child in node.children or ():
            yield from _value(shown, child, depth + 1)
        yield _line(None, depth, closing)


def _source(node: Node) -> str:
    return html.escape(node.source.decode("utf-8", "replace"), quote=False)


def _folded(node: Node) -> str:
    """An object or array on one line: all of it if it is short, else how much is in it."""
    opening, closing = "{}" if node.is_object else "[]"
    children = node.children or ()
    if sum(len(leaf.source) for leaf in node.leaves()) <= INLINE_CHARS:
        inner = ", ".join(_inline(child) for child in children)
        if len(inner) <= INLINE_CHARS * 2:
            return f"{opening}{inner}{closing}"
    names = ("member", "members") if node.is_object else ("element", "elements")
    return f"{opening}<i>… {counted(len(children), *names)}</i>{closing}"


def _inline(node: Node) -> str:
    return _name(node) + (_source(node) if node.children is None else _folded(node))


def _name(node: Node) -> str:
    if node.name is None:
        return ""
    return f'<s>"{html.escape(node.name, quote=False)}"</s>: '


def _marked(shown: _Shown, node: Node, text: str) -> str:
    """A value, in a mark with its label, path and byte if it has one."""
    label = shown.labels.get(node.start)
    if label is None:
        return text
    where = html.escape(f"{node.path} · byte {node.start:,}")
    return (
        f'<mark id="{ANCHOR}-{node.start}" data-warchouse="{html.escape(label)}">{text}</mark>'
        f" <small>{where}</small>"
    )


def _line(at: int | None, depth: int, text: str) -> str:
    """A line: the byte it begins at, if it is one of the document's, and how deep it lies."""
    byte = "" if at is None else f"<b>{at}</b>"
    return f'<div style="--d:{depth}">{byte}{text}</div>'
