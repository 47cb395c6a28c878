"""The start tags in a page's source, so that a mark can be put into the bytes as they are archived.

A tree does not say where in the source an element was written, and may hold elements that nobody
wrote (`tbody`) or in another order. So every start tag is given a number as an attribute in a copy,
the copy is parsed, and each element of the tree tells by its number which tag it was made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

NUMBER = "data-warchouse-n"

_SPACE = rb"[ \t\n\r\f/]"
_MARKUP = re.compile(rb"<(?:!--|[!?/]|([A-Za-z][^ \t\n\r\f/>]*))")
_ATTRIBUTE = re.compile(
    rb"%s*(?:[^ \t\n\r\f/>][^ \t\n\r\f/>=]*"
    rb"(?:[ \t\n\r\f]*=[ \t\n\r\f]*(?:\"[^\"]*\"|'[^']*'|[^ \t\n\r\f>\"'][^ \t\n\r\f>]*)?)?)"
    % _SPACE
)
_END = re.compile(rb"%s*>" % _SPACE)
_COMMENT_END = re.compile(rb"--!?>")
_RAW = frozenset(
    {b"script", b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"}
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag in a source: its name in lower case, where it starts, and where the name ends."""

    name: str
    start: int
    name_end: int
    end: int


def start_tags(html: bytes) -> Iterator[Tag]:
    """Every start tag, in the order written; what stands in comments and scripts is none."""
    position = 0
    while found := _MARKUP.search(html, position):
        name = found[1]
        if name is None:
            position = _after_other(html, found)
            continue
        end = _tag_end(html, found.end())
        if end is None:
            return
        yield Tag(name.lower().decode("ascii", "replace"), found.start(), found.end(), end)
        position = _after_raw(html, name.lower(), end)


def _after_other(html: bytes, found: re.Match[bytes]) -> int:
    """Where a comment, an end tag or a declaration ends."""
    if found[0] == b"<!--":
        if html.startswith((b">", b"->"), found.end()):
            return html.index(b">", found.end()) + 1
        closed = _COMMENT_END.search(html, found.end())
        return closed.end() if closed else len(html)
    if found[0] == b"</" and html[found.end() : found.end() + 1].isalpha():
        return _tag_end(html, found.end()) or len(html)
    at = html.find(b">", found.end())
    return len(html) if at < 0 else at + 1


def _tag_end(html: bytes, position: int) -> int | None:
    """Behind the `>` that ends a tag; quoted values may hold others. None if there is none."""
    while not (end := _END.match(html, position)):
        found = _ATTRIBUTE.match(html, position)
        if not found or found.end() == position:
            return None
        position = found.end()
    return end.end()


def _after_raw(html: bytes, name: bytes, end: int) -> int:
    """Where what is no markup ends: behind a tag whose content is text up to its end tag."""
    if name == b"plaintext":
        return len(html)
    if name not in _RAW:
        return end
    closing = re.compile(rb"</%s(?=[ \t\n\r\f/>])" % name, re.IGNORECASE).search(html, end)
    return closing.start() if closing else len(html)


def inserted(html: bytes, pieces: Mapping[int, bytes]) -> bytes:
    """The source with pieces put in at their positions; nothing else is changed."""
    parts, last = [], 0
    for position in sorted(pieces):
        parts += [html[last:position], pieces[position]]
        last = position
    return b"".join([*parts, html[last:]])


def tags_of_elements(html: bytes) -> list[Tag | None] | None:
    """For each element of the page's tree, in document order, the tag it was made of.

    An element that nobody wrote has none. None if tree and tags cannot be matched for certain.
    """
    tags = list(start_tags(html))
    numbers = {tag.name_end: f' {NUMBER}="{at}"'.encode() for at, tag in enumerate(tags)}
    plain = _elements(LexborHTMLParser(html))
    numbered = _elements(LexborHTMLParser(inserted(html, numbers)))
    if [one.tag for one in plain] != [one.tag for one in numbered]:
        return None
    found: list[Tag | None] = []
    for before, one in zip(plain, numbered, strict=True):
        attributes = dict(one.attributes)
        number = attributes.pop(NUMBER, None)
        tag = tags[int(number)] if number else None
        if attributes != before.attributes or (tag and tag.name != one.tag):
            return None
        found.append(tag)
    return found


def _elements(tree: LexborHTMLParser) -> list[LexborNode]:
    return [] if tree.root is None else [one for one in tree.root.traverse() if one.is_element_node]
