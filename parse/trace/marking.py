"""Which text or attribute of a page an extracted field was read from, found out by changing it.

Theory of operation. The page is parsed once while all that its parser reads is noted. A field's
value is looked for in what was read, first in what was read just before its row came, then in all;
a place that prints it is changed, the page is parsed again, and if the field changes, that is the
place. Values that no page prints as they are (`over`, `CT`) are looked for in the same way in all
that was read before the row, up to a bound. What only follows the page's URL is said to do so.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from selectolax.lexbor import LexborNode

from parse.model import Parser
from parse.trace.perturb import MARK, changed, prints, spans, swapped
from parse.trace.watched import Asked, Place, Reading, Tree, read_watched, rows_of
from warehouse.column import Row

PRINTED_MAX = 200
"""Changes that are tried for one value where it stands printed."""

SEARCH_MAX = 600
SEARCH_LEAST = 60
SEARCH_READS = 2_000_000
"""Parses of one page to search for values that are not printed: so many, or so many texts and
attributes read in all, which takes about two seconds."""

LONG_CHARS = 3
"""A value of so many characters stands somewhere for no other reason than itself."""

VARIANTS_MAX = 60
"""Changes that are tried at one place whose loss changes a row."""

KIN_MAX = 6
"""Places of the same kind, the nearest first, whose texts are tried in place of another's."""

How = Literal["printed", "decided", "row", "within", "counted", "url", "nowhere"]

Wanted = tuple[int, str]
"""The number of a row among the page's rows, and a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a field was read.

    place   None if nothing on the page changes it
    text    what stands there
    at      where in that text the value was found, if it is printed
    how     printed  the value stands there
            decided  what stands there decides the value
            row      the row stands or falls with what stands there
            within   the row's other fields stand there, in one long attribute
            url      the page's URL says it
            nowhere  counted or derived by the parser
    """

    place: Place | None = None
    text: str = ""
    at: int = 0
    how: How = "nowhere"


_UNREADABLE = 1 << 30


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a change of the page does.

    fields    the fields of the rows in question that differ, each row still there
    vanished  the rows in question that are not there any more
    cost      how many rows of the page are not as before; many if it cannot be read
    """

    fields: frozenset[Wanted] = frozenset()
    vanished: frozenset[int] = frozenset()
    cost: int = _UNREADABLE


_Price = tuple[int, bool, int]
"""What else a change does: rows that are not as before, whether it is of a class, by which elements
are found rather than read, and fields that are not as before. The least is believed."""


class Finder:
    """Finds the places of fields on one page."""

    def __init__(self, html: bytes, parser: Parser, asked: Asked) -> None:
        """Parse the page; raises whatever its parser raises."""
        self.tree = Tree(html)
        self._parser = parser
        self._asked = asked
        self.reading: Reading = read_watched(self.tree, parser, asked)
        self._texts = [
            self.tree.read(place) for place in dict.fromkeys(p for p, _ in self.reading.reads)
        ]
        self._effects: dict[tuple[Place, str], _Effect] = {}
        self._wanted: tuple[Wanted, ...] = ()
        self._anchors: dict[int, dict[Place, int]] = {}
        self._left = 0

    def number_of(self, row: Row) -> int | None:
        """The number of a row among those the page gives."""
        return next((at for at, one in enumerate(self.reading.rows) if one == row), None)

    def find(self, wanted: Sequence[Wanted]) -> dict[Wanted, Spot]:
        """The places of these fields; those that are null are nowhere."""
        self._wanted = tuple(dict.fromkeys(wanted))
        self._effects.clear()
        self._anchors.clear()
        rows = dict.fromkeys(row for row, _ in self._wanted)
        fields = [
            (row, name)
            for row in rows
            for name in self.reading.rows[row].__struct_fields__
            if getattr(self.reading.rows[row], name) is not None
        ]
        found: dict[Wanted, Spot] = {}
        for one in self._of_url(fields):
            found[one] = Spot(how="url", text=self._asked.url)
        # Rare values first: where they stand the others are near.
        for one in sorted(fields, key=self._rarity):
            if one not in found and (spot := self._printed(one)):
                found[one] = spot
        open_ = [one for one in self._wanted if one in fields and one not in found]
        found.update(self._search(open_))
        for one in open_:
            if found[one].how in {"row", "nowhere"} and (spot := self._within(one, found)):
                found[one] = spot
        return {one: found.get(one, Spot()) for one in self._wanted}

    def _rarity(self, wanted: Wanted) -> int:
        """How often a field's value is printed among what was read."""
        value = self._value(wanted)
        return sum(any(prints(value, text)) for text in self._texts)

    def _value(self, wanted: Wanted) -> object:
        return getattr(self.reading.rows[wanted[0]], wanted[1])

    # --- where a value stands printed ----------------------------------------------------------

    def _printed(self, wanted: Wanted) -> Spot | None:
        value = self._value(wanted)
        tried = 0
        fatal: Spot | None = None
        for place in self._places(self.reading.reads, wanted[0], only_before=False):
            text = self.tree.read(place)
            for span in prints(value, text):
                for other in changed(text, span):
                    effect = self._effect(place, other)
                    if wanted in effect.fields:
                        self._anchors.setdefault(wanted[0], {})[place] = span[0]
                        return Spot(place=place, text=text, at=span[0], how="printed")
                    if wanted[0] in effect.vanished and fatal is None:
                        fatal = Spot(place=place, text=text, at=span[0], how="printed")
                    tried += 1
                    if tried >= PRINTED_MAX:
                        return None
        # A page that prints a value twice, alike, may lose the row when the two differ.
        is_long = len(str(value)) >= LONG_CHARS
        return self._in_pieces(wanted, value) or (fatal if is_long else None)

    def _in_pieces(self, wanted: Wanted, value: object) -> Spot | None:
        """The element in which a value stands cut up by other elements: `A <i>b</i> C`."""
        for place in self._places(self.reading.whole, wanted[0], only_before=False):
            text = self.tree.read(place)
            if not any(prints(value, text)):
                continue
            for part in self.tree.texts_in(place.element):
                before = self.tree.read(part)
                if before.strip() and wanted in self._effect(part, before + MARK).fields:
                    return Spot(place=place, text=text, how="printed")
        return None

    def _places(
        self, reads: Sequence[tuple[Place, int]], row: int, *, only_before: bool
    ) -> Iterator[Place]:
        """What was read for a row, then the rest: what is nearest to places that are known.

        Where none is known, what was read before the row, the latest first, then what came after.
        """
        own = [place for place, number in reads if number == row]
        before = [place for place, number in reversed(reads) if number < row]
        after = [] if only_before else [place for place, number in reads if number > row]
        stands = {place.element for place in self._anchors.get(row, {})}
        rest = [*before, *after]
        if stands:
            rest.sort(key=lambda place: min(abs(place.element - at) for at in stands))
        yield from dict.fromkeys([*own, *rest])

    # --- what decides a value ------------------------------------------------------------------

    def _search(self, wanted: Sequence[Wanted]) -> dict[Wanted, Spot]:
        """Find what decides values that are not printed.

        What stands at a place is taken away: the fields that change then depend on it. Where the
        whole row disappears, the place is changed in many ways instead. Of the changes that a field
        follows the one that does least else is believed.
        """
        reads = max(1, len(self.reading.reads))
        self._left = max(SEARCH_LEAST, min(SEARCH_MAX, SEARCH_READS // reads))
        found: dict[Wanted, Spot] = {}
        for row in dict.fromkeys(row for row, _ in wanted):
            names = [one for one in wanted if one[0] == row]
            best: dict[Wanted, tuple[_Price, Spot]] = {}
            fatal = self._take_away(row, names, best)
            # Where a value is printed twice neither place alone takes it away: change them, too.
            for place in (*fatal, *self._anchors.get(row, {})):
                open_ = [one for one in names if one not in best]
                if not open_ or self._left <= 0:
                    break
                for other in itertools.islice(self._others(place, row), VARIANTS_MAX):
                    self._keep(place, self._effect(place, other), open_, best)
            found |= {one: spot for one, (_, spot) in best.items()}
            found = {**dict.fromkeys(names, self._falling(row, fatal)), **found}
        return found

    def _falling(self, row: int, fatal: Sequence[Place]) -> Spot:
        """Where the row stands or falls: on or around an element where other fields of it stand."""
        around = set()
        for place in self._anchors.get(row, {}):
            at: LexborNode | None = self.tree.elements[place.element]
            while at is not None and at.mem_id in self.tree.numbers:
                around.add(self.tree.numbers[at.mem_id])
                at = at.parent
        falling = [
            (effect.cost, at, place)
            for at, place in enumerate(fatal)
            if place.element in around and row in (effect := self._effect(place, MARK)).vanished
        ]
        if not falling:
            return Spot()
        place = min(falling, key=lambda one: one[:2])[-1]
        return Spot(place=place, text=self.tree.read(place), how="row")

    def _take_away(
        self, row: int, names: Sequence[Wanted], best: dict[Wanted, tuple[_Price, Spot]]
    ) -> list[Place]:
        """Take away what stands at each place; those without which the row or the page is lost."""
        fatal: list[tuple[int, Place]] = []
        for place in self._places(self.reading.reads, row, only_before=True):
            if self._left <= SEARCH_LEAST:
                break
            effect = self._effect(place, MARK)
            self._keep(place, effect, names, best)
            if row in effect.vanished or effect.cost == _UNREADABLE:
                fatal.append((effect.cost, place))
        return [place for _, place in sorted(fatal, key=lambda one: one[0])]

    def _keep(
        self,
        place: Place,
        effect: _Effect,
        names: Sequence[Wanted],
        best: dict[Wanted, tuple[_Price, Spot]],
    ) -> None:
        """Keep a place for the fields that follow its change, if it is the best so far."""
        price = (effect.cost, place.name == "class", len(effect.fields))
        for one in names:
            if one in effect.fields and (one not in best or price < best[one][0]):
                spot = Spot(place=place, text=self.tree.read(place), how="decided")
                best[one] = price, spot

    def _others(self, place: Place, row: int) -> Iterator[str]:
        """A text with parts of it as elsewhere on the page, then with each part changed."""
        text = self.tree.read(place)
        kin = self._kin(place, text)
        for other in kin:
            yield from swapped(text, other)
        yield from kin
        near = self._anchors.get(row, {}).get(place, 0)
        for span in spans(text, near=near):
            yield from changed(text, span)

    def _kin(self, place: Place, text: str) -> list[str]:
        """What stands in a few places of the same kind, the nearest first."""
        kind = self._kind(place)
        near: dict[str, int] = {}
        for one, _ in self.reading.reads:
            if self._kind(one) == kind:
                distance = abs(one.element - place.element)
                other = self.tree.read(one)
                near[other] = min(distance, near.get(other, distance))
        listed = sorted(near, key=lambda other: near[other])
        return [other for other in listed if other not in {text, ""}][:KIN_MAX]

    def _kind(self, place: Place) -> tuple[str, str, str]:
        """Attributes of one name on elements of one name are of a kind; texts by class, too."""
        element = self.tree.elements[place.element]
        classes = "" if place.name else element.attributes.get("class") or ""
        return element.tag or "", place.name, classes

    def _within(self, wanted: Wanted, found: dict[Wanted, Spot]) -> Spot | None:
        """The long attribute that the row's other fields stand in, if one does."""
        places = {
            spot.place: spot
            for (row, _), spot in found.items()
            if row == wanted[0] and spot.place and spot.place.name and "{" in spot.text
        }
        if self._value(wanted) is None or len(places) != 1:
            return None
        (spot,) = places.values()
        return replace(spot, how="within")

    # --- changing the page ---------------------------------------------------------------------

    def _of_url(self, wanted: Sequence[Wanted]) -> frozenset[Wanted]:
        """The fields that change with the page's URL and key alone."""
        asked = self._asked
        key = str(int(asked.key) + 1) if asked.key.isdigit() else asked.key + MARK
        others = (replace(asked, key=key), replace(asked, url=asked.url + MARK))
        effects = [self._changes(rows_of(self.tree, self._parser, one)) for one in others]
        return frozenset(one for one in wanted if any(one in some.fields for some in effects))

    def _effect(self, place: Place, text: str) -> _Effect:
        """What happens when a text is put at a place."""
        known = self._effects.get((place, text))
        if known is None:
            before = self.tree.read(place)
            self.tree.write(place, text)
            try:
                known = self._changes(rows_of(self.tree, self._parser, self._asked))
            finally:
                self.tree.write(place, before)
            self._effects[place, text] = known
            self._left -= 1
        return known

    def _changes(self, rows: tuple[Row, ...] | None) -> _Effect:
        """How rows differ from the page's own; a row is the same where its class has as many."""
        if rows is None:
            return _Effect()
        lost = Counter(self.reading.rows) - Counter(rows)
        before, after = _by_class(self.reading.rows), _by_class(rows)
        fields, vanished = set(), set()
        for number in dict.fromkeys(number for number, _ in self._wanted):
            row = self.reading.rows[number]
            was, now = before[type(row)], after.get(type(row), [])
            if row not in lost:
                continue
            if len(was) != len(now):
                vanished.add(number)
                continue
            other = now[next(at for at, one in enumerate(was) if one is row)]
            fields |= {
                (number, name)
                for name in row.__struct_fields__
                if getattr(other, name) != getattr(row, name)
            }
        return _Effect(frozenset(fields), frozenset(vanished), lost.total())


def _by_class(rows: Sequence[Row]) -> dict[type[Row], list[Row]]:
    listed: dict[type[Row], list[Row]] = {}
    for row in rows:
        listed.setdefault(type(row), []).append(row)
    return listed
