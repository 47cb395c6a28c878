"""A page that notes what its parser reads of it, and one whose tree can be changed a little.

`parse.page.Element` asks its node for text, attributes and children; here the node is one that
writes down what was asked for and hands on the answer. Nothing in `parse.page` knows of it, so
normal parsing is neither slower nor any different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from selectolax.lexbor import LexborHTMLParser, LexborNode

from parse.model import Extracted, Parser
from parse.page import Element, HtmlPage, _utf8
from warehouse.column import Row

TEXT = "-text"


@dataclass(frozen=True, slots=True)
class Place:
    """What a parser may read: a text in an element, or one of the element's attributes.

    element  the number of the element in document order
    child    the position of the text among the element's child nodes; -1 for an attribute, or for
             all that stands in the element
    name     the attribute's name; empty for a text
    """

    element: int
    child: int = -1
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one run of a parser gave.

    rows   the rows, in the order yielded
    reads  the texts and attributes that were read, in order, each with the number of rows yielded
           before
    whole  the elements whose whole text was read, likewise
    """

    rows: tuple[Row, ...]
    reads: tuple[tuple[Place, int], ...]
    whole: tuple[tuple[Place, int], ...]


class Tree:
    """The tree of a page: its elements by number, its texts and attributes to be changed.

    Elements stay where they are; a text that is changed is another node at the same position.
    """

    def __init__(self, html: bytes) -> None:
        """Build the tree as `HtmlPage` does."""
        self.html = _utf8(html)
        self.parser = LexborHTMLParser(self.html)
        root = self.parser.root
        self.elements: list[LexborNode] = []
        if root is not None:
            self.elements = [one for one in root.traverse() if one.is_element_node]
        self.numbers = {one.mem_id: number for number, one in enumerate(self.elements)}

    def read(self, place: Place) -> str:
        """What stands at a place."""
        element = self.elements[place.element]
        if place.name:
            return element.attributes.get(place.name) or ""
        if place.child < 0:
            return element.text()
        return _child(element, place.child).text()

    def write(self, place: Place, text: str) -> None:
        """Put a text at a place; it must not be empty."""
        element = self.elements[place.element]
        if place.name:
            element.attrs[place.name] = text
        else:
            _child(element, place.child).replace_with(text)

    def texts_in(self, number: int) -> Iterator[Place]:
        """The places of all texts inside an element, in document order."""
        yield from self._texts(self.elements[number])

    def _texts(self, element: LexborNode) -> Iterator[Place]:
        for position, node in enumerate(element.iter(include_text=True)):
            if node.tag == TEXT:
                yield Place(self.numbers[element.mem_id], child=position)
            elif node.is_element_node:
                yield from self._texts(node)


def _child(element: LexborNode, position: int) -> LexborNode:
    for number, node in enumerate(element.iter(include_text=True)):
        if number == position:
            return node
    raise IndexError(position)


class PlantedPage(HtmlPage):
    """A page over a tree that is there already."""

    __slots__ = ()

    def __init__(self, tree: Any, html: bytes, *, url: str, page_type: str, key: str) -> None:
        """Take a tree, or what behaves like one."""
        self._html = html
        self._tree = tree
        self.root = Element(tree.root)
        self.url = url
        self.page_type = page_type
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What names a page for its parser."""

    url: str
    page_type: str
    key: str


def rows_of(tree: Tree, parser: Parser, asked: Asked) -> tuple[Row, ...] | None:
    """The rows that a parser gives of a tree as it stands; None if it fails."""
    page = PlantedPage(
        tree.parser, tree.html, url=asked.url, page_type=asked.page_type, key=asked.key
    )
    try:
        return tuple(one for one in parser.parse(page) if isinstance(one, Row))
    except Exception:  # noqa: BLE001 - a changed page may be unreadable in any way
        return None


def read_watched(tree: Tree, parser: Parser, asked: Asked) -> Reading:
    """Parse a page and note what is read; raises whatever the parser raises."""
    log = _Log(tree)
    watched = _WatchedTree(tree.parser, log)
    page = PlantedPage(watched, tree.html, url=asked.url, page_type=asked.page_type, key=asked.key)
    for one in parser.parse(page):
        log.take(one)
    return Reading(rows=tuple(log.rows), reads=tuple(log.reads), whole=tuple(log.whole))


class _Log:
    """What was read so far."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.rows: list[Row] = []
        self.reads: list[tuple[Place, int]] = []
        self.whole: list[tuple[Place, int]] = []

    def take(self, found: Extracted) -> None:
        if isinstance(found, Row):
            self.rows.append(found)

    def attribute(self, node: LexborNode, name: str) -> None:
        self.reads.append((Place(self.tree.numbers[node.mem_id], name=name), len(self.rows)))

    def text(self, node: LexborNode) -> None:
        """Note that a node's text was read: that of all texts inside it."""
        if node.tag == TEXT:
            self._own_text(node)
        elif node.mem_id in self.tree.numbers:
            number = self.tree.numbers[node.mem_id]
            self.whole.append((Place(number), len(self.rows)))
            places = self.tree.texts_in(number)
            self.reads.extend((place, len(self.rows)) for place in places)

    def _own_text(self, node: LexborNode) -> None:
        parent = node.parent
        if parent is None or parent.mem_id not in self.tree.numbers:
            return
        for position, child in enumerate(parent.iter(include_text=True)):
            if child.mem_id == node.mem_id:
                place = Place(self.tree.numbers[parent.mem_id], child=position)
                self.reads.append((place, len(self.rows)))


class _Attributes(dict[str, str | None]):
    """The attributes of an element; notes those that are looked at."""

    def __init__(self, attributes: dict[str, str | None], note: Callable[[str], None]) -> None:
        super().__init__(attributes)
        self._note = note

    def __getitem__(self, name: str) -> str | None:
        self._note(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        if name in self:
            self._note(name)
        return super().get(name, default)


class _WatchedNode:
    """A node of the tree that notes what is asked of it; what it does not know, it hands on."""

    __slots__ = ("_log", "_node")

    def __init__(self, node: LexborNode, log: _Log) -> None:
        self._node = node
        self._log = log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._node, name)

    def css(self, css: str) -> list[Self]:
        return [self._wrapped(node) for node in self._node.css(css)]

    def css_first(self, css: str) -> Self | None:
        found = self._node.css_first(css)
        return None if found is None else self._wrapped(found)

    @property
    def parent(self) -> Self | None:
        found = self._node.parent
        return None if found is None else self._wrapped(found)

    @property
    def attributes(self) -> dict[str, str | None]:
        return _Attributes(
            self._node.attributes, lambda name: self._log.attribute(self._node, name)
        )

    def text(self, *args: Any, **options: Any) -> str:
        self._log.text(self._node)
        return self._node.text(*args, **options)

    def iter(self, *, include_text: bool = False) -> Iterator[Self]:
        return map(self._wrapped, self._node.iter(include_text=include_text))

    def _wrapped(self, node: LexborNode) -> Self:
        return type(self)(node, self._log)


class _WatchedTree:
    """The tree as `HtmlPage` asks for it: its root, and the first element of a selector."""

    __slots__ = ("_log", "_tree", "root")

    def __init__(self, tree: LexborHTMLParser, log: _Log) -> None:
        self._tree = tree
        self._log = log
        assert tree.root is not None, "a page that was read has a root"
        self.root = _WatchedNode(tree.root, log)

    def css_first(self, css: str) -> _WatchedNode | None:
        found = self._tree.css_first(css)
        return None if found is None else _WatchedNode(found, self._log)
