"""A page as parsers see it: an HTML5 tree read with verbs that state how often a thing may occur.

There is no 'first match wins': `one` wants exactly one element, `maybe` none or one, `many` a
stated range; anything else is a ParseError that names the selector and the count. The tree is
Lexbor's, so it is what a browser builds: a table always has a `tbody`, whether or not it was sent.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NoReturn

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parse.errors import ParseError

_SPACES = re.compile(r"[ \t\n\r\f]+")

_CHARSET = re.compile(
    rb"<meta\b[^>]*\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_CHARSET_BYTES = 4_096  # HTML asks for it within the first 1,024; savers put comments before it


def collapse(text: str) -> str:
    """Text as a browser shows it: runs of HTML white space are one space, none at the ends.

    A no-break space is not white space for HTML; it is removed at the ends only.
    """
    if text.isascii():
        return " ".join(text.split())
    return _SPACES.sub(" ", text).strip()


def _refuse(css: str, count: int, wanted: str) -> NoReturn:
    raise ParseError(f"{count} elements match {css!r}, not {wanted}", field="page")


class Element:
    """One element of a page; cheap to make, so walking children beats selecting."""

    __slots__ = ("_node",)

    def __init__(self, node: LexborNode) -> None:
        """Wrap a node of the tree."""
        self._node = node

    def one(self, css: str) -> Element:
        """The only descendant that matches; ParseError unless there is exactly one."""
        found = self._matches(css)
        return Element(found[0]) if len(found) == 1 else _refuse(css, len(found), "1")

    def maybe(self, css: str) -> Element | None:
        """The only descendant that matches, or None; ParseError if there are several."""
        found = self._matches(css)
        if len(found) > 1:
            _refuse(css, len(found), "0 to 1")
        return Element(found[0]) if found else None

    def many(
        self, css: str, *, at_least: int = 0, at_most: int | None = None
    ) -> tuple[Element, ...]:
        """All descendants that match, in document order; ParseError outside the stated range."""
        found = self._matches(css)
        count = len(found)
        if count < at_least or (at_most is not None and count > at_most):
            wanted = f"{at_least}" if at_least == at_most else f"{at_least} to {at_most or 'many'}"
            _refuse(css, count, wanted)
        return tuple(map(Element, found))

    def _matches(self, css: str) -> list[LexborNode]:
        """The matching nodes inside this one, each once, in document order."""
        found = self._node.css(css)
        if "," in css:  # Lexbor gives an element once for each selector of a list it matches
            found = list({node.mem_id: node for node in found}.values())
        if found and found[0].mem_id == self._node.mem_id:
            del found[0]  # and counts the element itself, which can only be the first
        return found

    def grouped(self, *class_names: str) -> dict[str, list[Element]]:
        """The descendants of each class, in document order, found in one walk of the tree."""
        groups: dict[str, list[Element]] = {name: [] for name in class_names}
        for element in self.many(", ".join(f".{name}" for name in class_names)):
            for name in element.classes:
                if name in groups:
                    groups[name].append(element)
        return groups

    def has(self, css: str) -> bool:
        """Whether any descendant matches."""
        return bool(self._matches(css))

    @property
    def tag(self) -> str:
        """Name of the element, lower case."""
        return self._node.tag or ""

    @property
    def parent(self) -> Element | None:
        """The element around this one; None at the top."""
        found = self._node.parent
        return None if found is None else Element(found)

    def attr(self, name: str) -> str | None:
        """Value of an attribute: '' if it is there without a value, None if it is not there."""
        attributes = self._node.attributes
        return (attributes[name] or "") if name in attributes else None

    @property
    def attributes(self) -> dict[str, str | None]:
        """All attributes at once, for where several are read; a value that is not given is None."""
        return self._node.attributes

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order written."""
        return tuple((self._node.attributes.get("class") or "").split())

    def text(self) -> str:
        """All text inside, white space collapsed."""
        return collapse(self._node.text())

    def lines(self) -> tuple[str, ...]:
        """The text as it breaks into lines, by line feeds and `br`; no blank ones."""
        lines = (collapse(line) for line in _raw_text(self._node).splitlines())
        return tuple(line for line in lines if line)

    def own_texts(self) -> tuple[str, ...]:
        """The texts that stand directly in this element, between its children; no blank ones."""
        nodes = self._node.iter(include_text=True)
        texts = (collapse(node.text()) for node in nodes if node.tag == "-text")
        return tuple(text for text in texts if text)

    def children(self) -> tuple[Element, ...]:
        """The child elements, in order."""
        return tuple(Element(node) for node in self._node.iter() if node.is_element_node)

    def first_child(self) -> Element | None:
        """The first child element; None if there is none."""
        return next((Element(node) for node in self._node.iter() if node.is_element_node), None)

    def child_texts(self) -> list[str]:
        """The raw text of every child element: a table row's cells, in order."""
        return [node.text() for node in self._node.iter() if node.is_element_node]

    def rows(self) -> Iterator[Element]:
        """The rows of a table, whichever sections they stand in; not those of inner tables."""
        for child in self._node.iter():
            if child.tag == "tr":
                yield Element(child)
            elif child.tag in {"tbody", "thead", "tfoot"}:
                yield from (Element(row) for row in child.iter() if row.tag == "tr")


def _raw_text(node: LexborNode) -> str:
    """The text of a node with a line feed for each `br`."""
    if node.tag == "-text":
        return node.text()
    if node.tag == "br":
        return "\n"
    return "".join(_raw_text(child) for child in node.iter(include_text=True))


def _utf8(html: bytes) -> bytes:
    """A page's source as UTF-8, without byte order mark.

    The site sends UTF-8 and says so. Where a page says something else, it is taken for that if it
    is no UTF-8: programs that save pages may write them anew.
    """
    html = html.removeprefix(codecs.BOM_UTF8)
    if b'charset="utf-8"' in html[:_CHARSET_BYTES].lower():
        return html  # not decoded to make sure: that takes a tenth of the time a parse takes
    found = _CHARSET.search(html, 0, _CHARSET_BYTES)
    if found is None:
        return html
    try:
        html.decode()
    except UnicodeDecodeError:
        try:
            return html.decode(found[1].decode()).encode()
        except (LookupError, UnicodeError):
            return html
    return html


class HtmlPage:
    """One archived page, as its parser gets it.

    url        as asked for
    page_type  name of the page type, for instance `match`
    key        the page type's key for this page, for instance the match id
    """

    __slots__ = ("_html", "_tree", "key", "page_type", "root", "url")

    def __init__(self, html: bytes | str, *, url: str, page_type: str, key: str) -> None:
        """Build the tree; bytes are UTF-8, or else what the page itself says.

        Bytes that are no text become replacement characters.
        """
        self._html = html.encode("utf-8", "replace") if isinstance(html, str) else _utf8(html)
        self._tree = LexborHTMLParser(self._html)
        if self._tree.root is None:
            raise ParseError("page is empty")
        self.root = Element(self._tree.root)
        self.url = url
        self.page_type = page_type
        self.key = key

    def frame(self, css: str) -> Element:
        """Where to look: the first element that matches, or the whole page if none does.

        For the container of a page's content only. The search ends there, so whether there is
        another is not looked for: that walk costs more than all else that is read from a small
        page, and what is selected inside states its multiplicity anyway.
        """
        found = self._tree.css_first(css)
        return self.root if found is None else Element(found)

    def contains(self, text: bytes) -> bool:
        """Whether these bytes occur in the page's source."""
        return text in self._html

    def one(self, css: str) -> Element:
        """The only element that matches; ParseError unless there is exactly one."""
        return self.root.one(css)

    def maybe(self, css: str) -> Element | None:
        """The only element that matches, or None; ParseError if there are several."""
        return self.root.maybe(css)

    def many(
        self, css: str, *, at_least: int = 0, at_most: int | None = None
    ) -> tuple[Element, ...]:
        """All elements that match, in document order; ParseError outside the stated range."""
        return self.root.many(css, at_least=at_least, at_most=at_most)
