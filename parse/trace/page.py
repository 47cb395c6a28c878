"""An archived page as one HTML file, with marks: its own markup stays as it is archived.

Nothing is loaded when it is looked at: a Content-Security-Policy forbids it, scripts are turned
into text, and what a policy does not reach (refreshes, preconnections) loses its meaning by an
attribute put before its own, as the first of two equal attributes counts.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from parse.page import _utf8
from parse.trace.style import STYLE
from parse.trace.tags import Tag, inserted, start_tags, tags_of_elements

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'"
)
ANCHOR = "warchouse"
BOM = b"\xef\xbb\xbf"

_LEADING = re.compile(
    rb"(?:[ \t\n\r\f]+|<!--(?:(?!-->).)*-->|<[!?][^>]*>|<(?:html|head)(?=[ \t\n\r\f/>])[^>]*>)*",
    re.IGNORECASE | re.DOTALL,
)
_HEAD_TAGS = frozenset(
    {"html", "head", "meta", "link", "title", "script", "style", "base", "noscript", "template"}
)
_REFRESH = re.compile(rb"http-equiv[ \t\n\r\f]*=[ \t\n\r\f\"']*refresh", re.IGNORECASE)
_EARLY = re.compile(
    rb"\b(?:dns-prefetch|preconnect|prefetch|prerender|preload|modulepreload)\b", re.IGNORECASE
)
_LABELLED_BY_PARENT = frozenset(
    {"img", "input", "br", "hr", "iframe", "video", "audio", "canvas", "select", "textarea", "svg"}
)
"""Elements in which no text can be shown: their label stands behind them, in their parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An element by its number in document order, and what was read from it."""

    element: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the banner: a column with its value, a remark, and the element it leads to."""

    text: str
    remark: str = ""
    element: int | None = None
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What stands above the page: which value this is of, and where the page is archived.

    summary  what the lines are, on one line: they may be folded
    """

    title: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A page with its marks: the anchor of the first one, empty where nothing is marked."""

    content: bytes
    anchor: str


def marked_page(archived: bytes, marks: Sequence[Mark], banner: Banner) -> Written:
    """The page with these elements marked and a banner above it.

    Where the source cannot be matched with the tree, the tree is written in its place.
    """
    source = _utf8(archived)
    tags = tags_of_elements(source)
    if tags is None and marks:
        source = (LexborHTMLParser(source).html or "").encode()
        tags = tags_of_elements(source)
    parents, ids = _tree_of(source)
    pieces: dict[int, bytes] = {}
    anchors: dict[int, str] = {}
    for mark in marks if tags else ():
        tag, element = _written_near(tags or [], parents, mark.element)
        if tag is None:
            continue
        _mark(pieces, tags or [], parents, element, mark.labels)
        anchors[mark.element] = _anchor(pieces, tags or [], parents, ids, element)
    first = next((anchors[one.element] for one in marks if one.element in anchors), "")
    _disable(source, pieces)
    head, body = _places(source)
    _put(pieces, head, head_html(first).encode())
    _put(pieces, body, banner_html(banner, anchors).encode())
    return Written(content=BOM + inserted(source, pieces), anchor=first)


def _put(pieces: dict[int, bytes], position: int, piece: bytes) -> None:
    pieces[position] = pieces.get(position, b"") + piece


def _tree_of(source: bytes) -> tuple[list[int | None], list[str | None]]:
    """For each element the number of its parent, and its id if no other element has that."""
    root = LexborHTMLParser(source).root
    elements = [] if root is None else [one for one in root.traverse() if one.is_element_node]
    numbers = {one.mem_id: number for number, one in enumerate(elements)}
    parents = [numbers.get(one.parent.mem_id) if one.parent else None for one in elements]
    return parents, [one.attributes.get("id") for one in elements]


def _written_near(
    tags: Sequence[Tag | None], parents: Sequence[int | None], element: int
) -> tuple[Tag | None, int]:
    """The tag of an element, or of the nearest one around it that somebody wrote."""
    at: int | None = element
    while at is not None:
        if (tag := tags[at]) is not None:
            return tag, at
        at = parents[at]
    return None, element


def _mark(
    pieces: dict[int, bytes],
    tags: Sequence[Tag | None],
    parents: Sequence[int | None],
    element: int,
    labels: Sequence[str],
) -> None:
    """Give an element its outline and its label."""
    label = html.escape(" · ".join(labels)).encode()
    tag = tags[element]
    assert tag is not None, "an element that nobody wrote cannot be marked"
    if tag.name not in _LABELLED_BY_PARENT:
        _put(pieces, tag.name_end, b' data-warchouse="%s"' % label)
        return
    _put(pieces, tag.name_end, b' data-warchouse=""')
    parent = parents[element]
    around = None if parent is None else _written_near(tags, parents, parent)[0]
    piece = b' data-warchouse-in="%s"' % label
    if around is not None and b"data-warchouse-in" not in pieces.get(around.name_end, b""):
        _put(pieces, around.name_end, piece)


def _anchor(
    pieces: dict[int, bytes],
    tags: Sequence[Tag | None],
    parents: Sequence[int | None],
    ids: Sequence[str | None],
    element: int,
) -> str:
    """The id to jump to: the element's own or a new one, or that of the nearest element around it.

    An id that several elements have leads to another one.
    """
    at: int | None = element
    while at is not None:
        own, tag = ids[at], tags[at]
        if own and ids.count(own) == 1:
            return own
        if not own and tag is not None:
            anchor = f"{ANCHOR}-{at}"
            piece = f' id="{anchor}"'.encode()
            if piece not in pieces.get(tag.name_end, b""):
                _put(pieces, tag.name_end, piece)
            return anchor
        at = parents[at]
    return ""


def _disable(source: bytes, pieces: dict[int, bytes]) -> None:
    """Take their meaning from scripts, refreshes and early connections."""
    for tag in start_tags(source):
        text = source[tag.start : tag.end]
        if tag.name == "script":
            _put(pieces, tag.name_end, b' type="text/plain"')
        elif tag.name == "meta" and _REFRESH.search(text):
            _put(pieces, tag.name_end, b' http-equiv="x-warchouse-off"')
        elif tag.name == "link" and _EARLY.search(text):
            _put(pieces, tag.name_end, b' rel="x-warchouse-off"')


def _places(source: bytes) -> tuple[int, int]:
    """Where the head's and the body's content begin."""
    leading = _LEADING.match(source)
    head = leading.end() if leading else 0
    tags = [tag for tag in start_tags(source) if tag.start >= head]
    for tag in tags:
        if tag.name == "body":
            return head, tag.end
    return head, next((tag.start for tag in tags if tag.name not in _HEAD_TAGS), len(source))


def head_html(anchor: str) -> str:
    """What belongs into the head: nothing is loaded, the anchor is jumped to, marks are seen."""
    jump = f'<meta http-equiv="refresh" content="0;url=#{html.escape(anchor)}">' if anchor else ""
    return (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta http-equiv="x-dns-prefetch-control" content="off">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width">'
        f"{jump}<style>{STYLE}</style>"
    )


def banner_html(banner: Banner, anchors: Mapping[int, str]) -> str:
    """What stands above the page; lines lead to the anchors of their elements."""
    facts = " ".join(
        f"<b>{html.escape(name)}</b> <i>{html.escape(value)}</i>" for name, value in banner.facts
    )
    lines = "".join(_lines(banner.lines, anchors))
    is_open = " open" if len(banner.lines) <= 2 else ""
    return (
        f"<warchouse-trace><warchouse-title>{html.escape(banner.title)}</warchouse-title>"
        f"<warchouse-facts>{facts}</warchouse-facts>"
        f"<details{is_open}><summary>{html.escape(banner.summary)}</summary><ul>{lines}</ul></details>"
        "</warchouse-trace><warchouse-room></warchouse-room>"
    )


def _lines(lines: Sequence[Line], anchors: Mapping[int, str]) -> Iterator[str]:
    for line in lines:
        text = html.escape(line.text)
        link = line.link
        if line.element is not None and line.element in anchors:
            link = f"#{anchors[line.element]}"
        if link:
            text = f'<a href="{html.escape(link)}">{text}</a>'
        remark = f" <i>{html.escape(line.remark)}</i>" if line.remark else ""
        yield f"<li>{text}{remark}</li>"
