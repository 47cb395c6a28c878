"""Where in a JSON document an extracted field stands, found out by changing the document.

Theory of operation. First the units that the row does not stand on are left out
(`thinning`). Then values in what remains are changed, one at a time, the small document is
parsed again, and the fields that differ follow them. A field that becomes what was written in the
value's place is read there; where several units print it alike they are changed together. A field
that is made of several units, as a sum is, is shown at some of them: at the value that it follows,
or at the unit where that only counts as one. What decides a field without being it comes last: of
several values the one that changes least else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from parse.model import Parser
from parse.trace.documents.edits import others, says, written
from parse.trace.documents.text import Node
from parse.trace.documents.thinning import Part, thin
from parse.trace.documents.trials import Effect, Trials
from parse.trace.documents.units import AROUND, Document, Span
from parse.trace.marking import How
from parse.trace.watched import Asked
from warehouse.column import Row

VITAL_MAX = 8
"""Units without which the row is gone, or a field another one, in which all values are tried."""

COUNTED_MAX = 24
"""Units in all that are shown for fields which are made of many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSpot:
    """Where a field stands in a document.

    path   of the value, or of a unit that counts as a whole; empty if it stands nowhere
    span   its bytes in the document
    unit   the unit it is in, AROUND if in none
    text   what stands there; empty for a unit
    count  how many units the field is made of, this one among them; 0 where it is of this alone
    """

    how: How
    path: str = ""
    span: Span = (0, 0)
    unit: int = AROUND
    text: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """What was found of a row.

    spots    by field; several where it is made of several units
    kept     units the row stands on
    untried  how many of them were not looked at one by one
    """

    spots: dict[str, tuple[JsonSpot, ...]]
    kept: tuple[int, ...]
    untried: int


@dataclass(frozen=True, slots=True)
class _Tried:
    """A value with what was written in its place, and what that did."""

    leaf: Node
    other: bytes
    effect: Effect

    def is_copied(self, name: str, value: object) -> bool:
        """Whether a field is this value: it was before, and is what is written now."""
        follows = name in self.effect.fields and says(self.other, self.effect.value(name))
        return follows and says(self.leaf.source, value)


def find_in_json(
    document: Document, parser: Parser, asked: Asked, row: Row, fields: Sequence[str]
) -> Stood:
    """Find the places of a row's fields; those that are null are nowhere.

    row  as the parser gives it of this document
    """
    said = {name for name in row.__struct_fields__ if getattr(row, name) is not None}
    wanted = said.intersection(fields)
    parts = thin(Trials(document, parser, asked, row, said), wanted)
    spots: dict[str, tuple[JsonSpot, ...]] = {}
    each = max(1, COUNTED_MAX // max(1, len(wanted)))
    for part in parts:
        spots |= _Finder(part).find(wanted, each)
    return Stood(
        spots=spots,
        kept=tuple(sorted(set().union(*(part.kept for part in parts)))),
        untried=len({unit for part in parts for unit in part.kept if unit not in part.effects}),
    )


class _Finder:
    """Finds the places of some fields of a row in what they stand on."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._trials: Trials = part.trials
        self._row = part.trials.row
        self._tried: dict[int, list[_Tried]] = {}

    def find(self, wanted: Collection[str], each: int) -> dict[str, tuple[JsonSpot, ...]]:
        """The places by field, of those that are wanted.

        each  places of a field that is made of many units
        """
        of_url = self._trials.of_url(self._part.kept)
        found: dict[str, tuple[JsonSpot, ...]] = {}
        for name in sorted(self._trials.fields.intersection(wanted)):
            if name in of_url:
                found[name] = (JsonSpot(how="url"),)
            else:
                found[name] = tuple(self._places(name, each)) or (JsonSpot(how="nowhere"),)
        return found

    def _places(self, name: str, each: int) -> Sequence[JsonSpot]:
        """The places of a field, found in one way or the next."""
        effects = self._part.effects
        vital = sorted(unit for unit, effect in effects.items() if effect.is_gone)
        made_of = [unit for unit, effect in effects.items() if name in effect.fields]
        named = self._part.named
        made_of.sort(key=lambda unit: (unit not in named, len(effects[unit].fields), unit))
        units = [AROUND, *vital[:VITAL_MAX], *made_of[:VITAL_MAX]]
        if copied := self._copied(name, units):
            return [copied]
        if alike := self._alike(name, each):
            return alike
        if made_of:
            return [self._counted(name, unit, len(made_of)) for unit in made_of[:each]]
        decided = self._decided(name, units)
        return [decided] if decided else []

    def _copied(self, name: str, units: Sequence[int]) -> JsonSpot | None:
        """The value that a field is a copy of."""
        value = getattr(self._row, name)
        prices = [
            (len(one.effect.fields), one.leaf.start, unit, one.leaf)
            for unit in units
            for one in self._leaves(unit)
            if one.is_copied(name, value)
        ]
        if not prices:
            return None
        _, _, unit, leaf = min(prices, key=lambda one: one[:2])
        return _spot("printed", leaf, unit)

    def _alike(self, name: str, each: int) -> list[JsonSpot]:
        """Some of the values a field is a copy of, where only all of one name together change it.

        A player's events all name him: with one of them under another name he is still there.
        """
        value = getattr(self._row, name)
        if not value or isinstance(value, bool) or self._trials.is_spent:
            return []
        saying: dict[str | None, list[tuple[int, Node]]] = {}
        for unit in sorted(self._part.kept):
            if self._may_say(unit, value):
                for leaf in self._trials.document.leaves(unit):
                    if says(leaf.source, value):
                        saying.setdefault(leaf.name, []).append((unit, leaf))
        for leaves in saying.values():
            for texts in zip(*(others(leaf) for _, leaf in leaves), strict=False):
                if self._is_copied_from(name, [leaf for _, leaf in leaves], texts):
                    count = len({unit for unit, _ in leaves})
                    return [_spot("printed", leaf, unit, count) for unit, leaf in leaves[:each]]
        return []

    def _is_copied_from(self, name: str, leaves: Sequence[Node], texts: Sequence[bytes]) -> bool:
        """Whether a field is what is written in the place of all these values."""
        edits = dict(zip(((leaf.start, leaf.end) for leaf in leaves), texts, strict=True))
        effect = self._trials.effect(self._part.kept, edits)
        return name in effect.fields and says(texts[0], effect.value(name))

    def _may_say(self, unit: int, value: object) -> bool:
        """Whether a unit's bytes may hold a value: most do not, and need not be read."""
        body, span = self._trials.document.body, self._trials.document.units[unit]
        return any(body.find(text, *span) >= 0 for text in written(value))

    def _counted(self, name: str, unit: int, count: int) -> JsonSpot:
        """One of the units that a field is made of: the value in it that the field follows.

        A value whose change does what leaving out the unit does only says that the unit counts.
        """
        without = self._part.effects[unit].value(name)
        follow = [
            (len(one.effect.fields), one.leaf.start, one.leaf)
            for one in self._leaves(unit)
            if name in one.effect.fields and one.effect.value(name) != without
        ]
        if follow:
            node = min(follow, key=lambda one: one[:2])[-1]
        else:
            node = self._trials.document.node(unit)
        return _spot("counted" if count > 1 else "decided", node, unit, count)

    def _decided(self, name: str, units: Sequence[int]) -> JsonSpot | None:
        """The value whose change changes a field, and least else."""
        follow = [
            (len(one.effect.fields), one.leaf.start, unit, one.leaf)
            for unit in units
            for one in self._leaves(unit)
            if name in one.effect.fields
        ]
        if not follow:
            return None
        _, _, unit, leaf = min(follow, key=lambda one: one[:2])
        return _spot("decided", leaf, unit)

    # --- values changed ------------------------------------------------------------------------

    def _leaves(self, unit: int) -> list[_Tried]:
        """The values in a unit that change the row, each with what it does."""
        if unit not in self._tried:
            document = self._trials.document
            nodes = document.around() if unit == AROUND else [document.node(unit)]
            self._tried[unit] = [one for node in nodes for one in self._try(node)]
        return self._tried[unit]

    def _try(self, node: Node) -> Iterator[_Tried]:
        """Change all that is in a value at once, then what is in it, if that does anything."""
        leaves = list(node.leaves())
        if not leaves or self._trials.is_spent:
            return
        if node.children is None:
            for other in others(node):
                effect = self._trials.effect(self._part.kept, {(node.start, node.end): other})
                if effect:
                    yield _Tried(node, other, effect)
            return
        edits = {(leaf.start, leaf.end): other for leaf in leaves for other in others(leaf)}
        if len(leaves) == 1 or self._trials.effect(self._part.kept, edits):
            for child in node.children:
                yield from self._try(child)


def _spot(how: How, leaf: Node, unit: int, count: int = 0) -> JsonSpot:
    text = leaf.text if leaf.children is None else ""
    span = leaf.start, leaf.end
    several = count if count > 1 else 0
    return JsonSpot(how=how, path=leaf.path, span=span, unit=unit, text=text, count=several)
