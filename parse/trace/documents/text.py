"""The text of a JSON document by byte positions: its values, where they stand, and their paths.

A decoder gives values and forgets where they stood; here nothing is decoded but what is asked for,
so that a value can be shown, or changed, as it is archived.

>>> [(leaf.path, leaf.text) for leaf in read_json(b'{"a": [1, {"b c": "x"}]}').leaves()]
[('a[0]', '1'), ('a[1]["b c"]', 'x')]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    rb"[ \t\r\n]*(?:([{}\[\],:])|(\"(?:[^\"\\]|\\.)*\")|([^ \t\r\n{}\[\],:\"]+))", re.DOTALL
)
DEPTH_MAX = 100
"""Values in one another: replies have 8 at most."""

_PLAIN = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(slots=True)
class Node:
    """A value of a document.

    path        from the document: `included[12].attributes`; empty for the document itself
    start, end  its bytes in the document
    source      the document's own bytes of a scalar; empty for objects and arrays
    children    of an object or an array; None for a scalar
    name_start  where the name of a member stands; of any other value, where the value does
    """

    path: str
    start: int
    end: int = 0
    source: bytes = b""
    is_object: bool = False
    children: list[Node] | None = None
    name: str | None = None
    name_start: int = field(default=-1)

    @property
    def text(self) -> str:
        """What a scalar says: of a string its characters, of anything else how it is written."""
        if self.source.startswith(b'"'):
            return str(json.loads(self.source))
        return self.source.decode()

    @property
    def is_text(self) -> bool:
        """Whether this is a string."""
        return self.source.startswith(b'"')

    def leaves(self) -> Iterator[Node]:
        """The scalars in it, itself if it is one, in the order written."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.children is None:
                yield node
            else:
                waiting.extend(reversed(node.children))


def read_json(body: bytes, start: int = 0, path: str = "") -> Node:
    """The value that begins at a position, with all that is in it.

    path    what the value itself is called
    raises  ValueError where the text is no JSON, or values lie too deep in one another
    """
    open_: list[Node] = []
    name: tuple[str, int] | None = None
    at = start
    while token := _TOKEN.match(body, at):
        sign, text, word = token.groups()
        at = token.end()
        here = token.start(token.lastindex or 0)
        if sign in {b"}", b"]"}:
            if not open_:
                break
            closed = open_.pop()
            closed.end = at
            if not open_:
                return closed
        elif sign == b":" or (sign == b"," and open_):
            continue
        elif text is not None and open_ and open_[-1].is_object and name is None:
            name = str(json.loads(text)), here
        else:
            node = Node(_path(open_[-1], name) if open_ else path, here, name_start=here)
            if name:
                node.name, node.name_start = name
            if open_ and (children := open_[-1].children) is not None:
                children.append(node)
            name = None
            if sign:
                node.is_object = sign == b"{"
                node.children = []
                open_.append(node)
                if len(open_) > DEPTH_MAX:
                    break
                continue
            node.end, node.source = at, text or word
            if not open_:
                return node
    raise ValueError(f"no JSON that can be shown at byte {at}")


def _path(parent: Node, name: tuple[str, int] | None) -> str:
    if name is None:
        return f"{parent.path}[{len(parent.children or ())}]"
    return member_path(parent.path, name[0])


def member_path(parent: str, name: str) -> str:
    """The path of a member of an object.

    >>> member_path("", "data"), member_path("a[0]", "id"), member_path("a", "b c")
    ('data', 'a[0].id', 'a["b c"]')
    """
    if _PLAIN.fullmatch(name):
        return f"{parent}.{name}" if parent else name
    return f"{parent}[{json.dumps(name, ensure_ascii=False)}]"
