"""A JSON document as a list of units that can be left out: events of a file, objects of a reply.

Units are the elements of the outermost array, or of the arrays that an outermost object holds
directly. What is around them stays where it is, so that what is left is a document, too. Positions
are those of the whole document, whatever is left out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from parse.trace.documents.text import Node, read_json

AROUND = -1
"""Stands for what is no unit: the members of an outermost object that are no arrays."""

HEAD_BYTES = 1024
"""Blanks may stand before a document, but no more than so many."""

TOO_DEEP = '"…"'.encode()

Span = tuple[int, int]
Edits = Mapping[Span, bytes]
"""What stands in the place of some bytes of the document."""

_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class _Array:
    """An array of units: its path, where its content stands, and its units' numbers."""

    path: str
    content: Span
    units: range


def document_of(body: bytes) -> Document | None:
    """A body as a document; None where it is no JSON object or array."""
    if body[:HEAD_BYTES].lstrip()[:1] not in {b"{", b"["}:
        return None
    try:
        return Document(body)
    except ValueError:
        return None


class Document:
    """A document with its units."""

    def __init__(self, body: bytes) -> None:
        """Find the units; raises ValueError where the body is no JSON object or array."""
        self.body = body
        self.units: list[Span] = []
        self._arrays: list[_Array] = []
        self._outermost: Node | None = None
        if body.lstrip()[:1] == b"[":
            self._take_elements()
        else:
            self._take_members()

    def _take_elements(self) -> None:
        """The elements of the outermost array: a decoder finds their ends sooner than we do."""
        try:
            elements = _ELEMENTS.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(str(error)) from error
        at = self.body.index(b"[") + 1
        first = at
        for one in elements:
            element = bytes(one)
            start = self.body.index(element, at)
            at = start + len(element)
            self.units.append((start, at))
        self._arrays.append(_Array("", (first, self.body.rindex(b"]")), range(len(elements))))

    def _take_members(self) -> None:
        self._outermost = read_json(self.body)
        for member in self.members():
            if member.children is None or member.is_object:
                continue
            first = len(self.units)
            self.units += [(one.start, one.end) for one in member.children]
            content = member.start + 1, member.end - 1
            self._arrays.append(_Array(member.path, content, range(first, len(self.units))))

    def path_of(self, unit: int) -> str:
        """What a unit is called: `[29041]`, `included[12]`."""
        for array in self._arrays:
            if unit in array.units:
                return f"{array.path}[{unit - array.units.start}]"
        return ""

    def arrays(self) -> Iterator[tuple[str, range]]:
        """The paths of arrays of units, each with the numbers of its units."""
        return ((one.path, one.units) for one in self._arrays)

    def members(self) -> list[Node]:
        """The members of an outermost object; none where an array is outermost."""
        return self._outermost.children or [] if self._outermost else []

    def around(self) -> list[Node]:
        """The members of an outermost object that hold no units."""
        return [one for one in self.members() if one.children is None or one.is_object]

    def node(self, unit: int) -> Node:
        """A unit with all that is in it; one in which values lie too deep counts as a text."""
        start, end = self.units[unit]
        try:
            return read_json(self.body, start, self.path_of(unit))
        except ValueError:
            return Node(self.path_of(unit), start, end, TOO_DEEP, name_start=start)

    def leaves(self, unit: int) -> list[Node]:
        """The scalars in a unit, or those around all units."""
        nodes = self.around() if unit == AROUND else [self.node(unit)]
        return [leaf for node in nodes for leaf in node.leaves()]

    def size(self, units: Collection[int]) -> int:
        """Bytes that units take."""
        return sum(self.units[unit][1] - self.units[unit][0] for unit in units)

    def text(self, kept: Collection[int], edits: Edits) -> bytes:
        """The document with these units alone, and some bytes of it replaced."""
        pieces: list[bytes] = []
        at = 0
        ordered = sorted(kept)
        for array in self._arrays:
            pieces.append(self._edited((at, array.content[0]), edits))
            first = bisect_left(ordered, array.units.start)
            last = bisect_left(ordered, array.units.stop)
            units = (self._edited(self.units[unit], edits) for unit in ordered[first:last])
            pieces.append(b",".join(units))
            at = array.content[1]
        pieces.append(self._edited((at, len(self.body)), edits))
        return b"".join(pieces)

    def _edited(self, span: Span, edits: Edits) -> bytes:
        start, end = span
        if not edits:
            return self.body[start:end]
        pieces = []
        for (first, last), other in sorted(edits.items()):
            if start <= first and last <= end:
                pieces += [self.body[start:first], other]
                start = last
        return b"".join([*pieces, self.body[start:end]])

    def kinds(self) -> list[list[int]]:
        """The units by the names of their members, those that take most bytes first."""
        of: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        for array in self._arrays:
            for unit in array.units:
                of[array.path, *self._names(unit)].append(unit)
        return sorted(of.values(), key=lambda units: (-self.size(units), units))

    def _names(self, unit: int) -> Sequence[str]:
        start, end = self.units[unit]
        if self.body[start : start + 1] != b"{":
            return ()
        return tuple(_MEMBERS.decode(memoryview(self.body)[start:end]))
