"""Reading a page's outline with lxml, for the replica's own tests."""

from __future__ import annotations

from typing import Any

from lxml import html

Element = Any


def document(body: bytes) -> Element:
    """Parse a page as a browser would."""
    return html.document_fromstring(body.decode())


def having(*classes: str) -> str:
    """An XPath condition: the element has all these classes."""
    tests = (f"contains(concat(' ', normalize-space(@class), ' '), ' {one} ')" for one in classes)
    return f"[{' and '.join(tests)}]"


def every(node: Element, *classes: str, tag: str = "*") -> list[Element]:
    """All descendants with these classes, in document order."""
    found = node.xpath(f".//{tag}{having(*classes)}")
    return list(found)


def only(node: Element, *classes: str, tag: str = "*") -> Element:
    """The one descendant with these classes; fails if there is not exactly one."""
    found = every(node, *classes, tag=tag)
    assert len(found) == 1, f"{len(found)} elements of class {classes}"
    return found[0]


def said(node: Element) -> str:
    """The visible text, blanks collapsed."""
    return " ".join(str(node.text_content()).split())


def number_in(href: str | None, before: str) -> int | None:
    """The number after a path part of a link; None without a link."""
    if not href or before not in href:
        return None
    return int(href.split(before, 1)[1].split("/")[0])
