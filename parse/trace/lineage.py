"""Which extracted fields a row's columns were made of, found out by changing them.

Theory of operation. A row was made by an assembler from rows that parsers extracted. One field of
one extracted row is changed, the root is assembled again, and the row is looked at: the columns
that differ were made of that field. A column that follows the field's value was copied from it,
any other was computed; where a source drops out of the row, or the row itself disappears, the
field is what joined them. Rows that the assembler does not name as sources may matter too (a round
knows its winner by side, the head of the page knows the team): they are found by leaving out all
rows of a class, then halves of them. What a second page prints of the same column shows when the
field that won is blanked, or in the issues that appear when it is changed.
Pure: nothing here reads a file.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from parse.model import Assembled, Made, Noted, Sourced
from parse.trace.origins import Also, Assembling, Edits, How, Lineage, Origin
from parse.trace.perturb import variants
from warehouse.column import Row
from warehouse.schema import Column, columns_of, key_of

RELEVANT_MAX = 8
"""Rows of one class, beside the row's own sources, whose fields are looked at one by one."""

PARTNERS_MAX = 200
"""Rows that are tried as the one an issue compares a row with."""

Change = Callable[[Sourced[Row]], Sourced[Row] | None]
"""What stands in a row's place."""

Note = tuple[int, str, str]
"""Capture, field and text of an issue that assembling noted."""


@dataclass(frozen=True, slots=True)
class _Effect:
    """What became of the row: None if it is gone; whether its sources are others; its issues."""

    row: Row | None
    is_rejoined: bool
    notes: Counter[Note]

    def changes(self, was: Row) -> dict[str, object]:
        """The columns that differ, with what they are now."""
        if self.row is None:
            return {}
        return {
            name: getattr(self.row, name)
            for name in was.__struct_fields__
            if getattr(self.row, name) != getattr(was, name)
        }


class Tracer:
    """Finds the lineage of one row by assembling its root again and again."""

    def __init__(self, assembling: Assembling, target: Made) -> None:
        """Take a row that the assembling made."""
        self._assembling = assembling
        self._target = target
        self._row = target.row
        self._notes = _notes(assembling.first)
        self._refs = {one.capture.capture_id: one.capture for one in assembling.rows}
        self._joins: list[tuple[Sourced[Row], str]] = []
        self._kept: dict[tuple[int, str], Counter[Note]] = {}
        self._others: dict[type[Row], list[object]] = {}
        self.lineages = {
            name: Lineage(name, getattr(self._row, name)) for name in self._row.__struct_fields__
        }
        self.unprobed: Counter[str] = Counter()
        """By class, rows that matter but were not looked at field by field."""

    def trace(self) -> dict[str, Lineage]:
        """The lineage of every column."""
        relevant = [*self._target.sources, *self._beside()]
        for sourced in relevant:
            for column in columns_of(type(sourced.row)):
                self._probe(sourced, column)
        for sourced, name in self._joins:
            self._believe_join(sourced, name)
        for sourced in relevant:
            self._probe_presence(sourced)
        for lineage in self.lineages.values():
            lineage.origins[:] = sorted(_sums(lineage), key=lambda one: _ORDER.index(one.how))
            self._find_also(lineage, relevant)
        return self.lineages

    # --- one field -----------------------------------------------------------------------------

    def _probe(self, sourced: Sourced[Row], column: Column) -> None:
        """Change one field, and note which columns follow."""
        before = getattr(sourced.row, column.name)
        if not self._allows(sourced, before):
            return
        for value in variants(before, column.kind, others=self._values(sourced, column.name)):
            effect = self._effect({id(sourced): _with(sourced, column.name, value)})
            if effect is None:
                continue
            changes = effect.changes(self._row)
            self._kept[id(sourced), column.name] = effect.notes
            for name, new in changes.items():
                is_copy = _same(new, value) and _same(self.lineages[name].value, before)
                if is_copy or not effect.is_rejoined:
                    how: How = "copied" if is_copy else "computed"
                    origin = Origin(source=sourced, field=column.name, how=how)
                    self.lineages[name].origins.append(origin)
            if effect.row is None or effect.is_rejoined:
                self._joins.append((sourced, column.name))
            if changes or effect.row is None or effect.is_rejoined:
                return

    def _allows(self, sourced: Sourced[Row], before: object) -> bool:
        """Whether a change can tell: a field that is None only matters to columns that are."""
        if before is not None:
            return True
        is_own = any(sourced is own for own in self._target.sources)
        return is_own and any(lineage.value is None for lineage in self.lineages.values())

    def _values(self, sourced: Sourced[Row], name: str) -> list[object]:
        """What other rows of its class have in a field."""
        kind = type(sourced.row)
        return [getattr(one.row, name) for one in self._assembling.rows if type(one.row) is kind]

    def _believe_join(self, sourced: Sourced[Row], name: str) -> None:
        """Name a joining field as the origin of columns that have its value and no other origin."""
        value = getattr(sourced.row, name)
        for lineage in self.lineages.values():
            is_open = all(one.how == "joined" for one in lineage.origins)
            if is_open and value is not None and _same(lineage.value, value):
                lineage.origins.append(Origin(source=sourced, field=name, how="joined"))

    def _probe_presence(self, sourced: Sourced[Row]) -> None:
        """Leave a row out: columns without an origin that change say whether it is there."""
        open_columns = [one for one in self.lineages.values() if not one.origins]
        if not open_columns:
            return
        effect = self._effect({id(sourced): None})
        changes = effect.changes(self._row) if effect else {}
        for lineage in open_columns:
            if lineage.column in changes:
                lineage.origins.append(Origin(source=sourced, field="", how="present"))

    # --- other rows ----------------------------------------------------------------------------

    def _beside(self) -> Iterator[Sourced[Row]]:
        """The rows that matter to this one without being its sources."""
        own = {id(one) for one in self._target.sources}
        classes: dict[type[Row], list[Sourced[Row]]] = {}
        for one in self._assembling.rows:
            if id(one) not in own:
                classes.setdefault(type(one.row), []).append(one)
        found: dict[type[Row], dict[Sourced[Row], None]] = {kind: {} for kind in classes}
        for change in self._changes(classes):
            for kind, rows in self._concerned(classes, change):
                found[kind].update(dict.fromkeys(self._needed(rows, change)))
        for kind, some in found.items():
            yield from list(some)[:RELEVANT_MAX]
            if len(some) > RELEVANT_MAX:
                self.unprobed[kind.__name__] = len(some) - RELEVANT_MAX

    def _changes(self, classes: Iterable[type[Row]]) -> Iterator[Change]:
        """What is done to rows to see whether they matter: left out, and one column changed.

        Leaving out alone would miss what another page says, too.
        """
        yield lambda _: None
        for position in range(max((len(columns_of(kind)) for kind in classes), default=0)):
            yield functools.partial(_other, position)

    def _concerned(
        self, classes: Mapping[type[Row], list[Sourced[Row]]], change: Change
    ) -> Iterator[tuple[type[Row], list[Sourced[Row]]]]:
        """The classes whose rows may matter by a change: none if it may be done to all of them.

        Most changes of most classes do nothing, and a match of PUBG has 15,000 rows: a try of all
        classes at once spares one for each.
        """
        edits = {id(one): change(one) for rows in classes.values() for one in rows}
        effect = self._effect(edits)
        if effect is None or effect.row != self._row or effect.is_rejoined:
            yield from classes.items()

    def _needed(
        self,
        rows: Sequence[Sourced[Row]],
        change: Change,
    ) -> Iterator[Sourced[Row]]:
        """The rows whose change makes ours another one: all are changed, then halves in turn.

        A change that the assembler fails on says nothing.
        """
        effect = self._effect({id(one): change(one) for one in rows})
        if effect is None or (effect.row == self._row and not effect.is_rejoined):
            return
        if len(rows) == 1:
            yield rows[0]
            return
        middle = len(rows) // 2
        yield from self._needed(rows[:middle], change)
        yield from self._needed(rows[middle:], change)

    # --- what other pages print ----------------------------------------------------------------

    def _find_also(self, lineage: Lineage, relevant: Sequence[Sourced[Row]]) -> None:
        """Add the captures that print the column's value beside the one that supplied it."""
        first = next((one for one in lineage.origins if one.how == "copied"), None)
        if first is None or lineage.value is None or lineage.column in key_of(type(self._row)):
            return
        lineage.also.extend(self._behind(lineage, first, relevant))
        known = {one.capture.capture_id for one in lineage.also}
        for also in self._compared(lineage, first):
            if also.capture.capture_id not in known:
                known.add(also.capture.capture_id)
                lineage.also.append(also)

    def _behind(
        self, lineage: Lineage, first: Origin, relevant: Sequence[Sourced[Row]]
    ) -> Iterator[Also]:
        """The field that would supply the column if the one that does were blank."""
        blank = {id(first.source): _with(first.source, first.field, None)}
        effect = self._effect(blank)
        if effect is None or effect.row is None or effect.is_rejoined:
            return
        value = getattr(effect.row, lineage.column)
        if value is None:
            return
        for sourced in relevant:
            for column in columns_of(type(sourced.row)):
                if sourced is first.source or getattr(sourced.row, column.name) != value:
                    continue
                for other in variants(value, column.kind):
                    edits = {**blank, id(sourced): _with(sourced, column.name, other)}
                    again = self._effect(edits)
                    if again and again.row and getattr(again.row, lineage.column) == other:
                        yield Also(
                            capture=sourced.capture,
                            field=f"{type(sourced.row).__name__}.{column.name}",
                            found=str(value),
                            agrees=value == lineage.value,
                        )
                        break

    def _compared(self, lineage: Lineage, first: Origin) -> Iterator[Also]:
        """The captures about which an issue appears, or changes, when the field is changed."""
        after = self._kept.get((id(first.source), first.field), Counter())
        gone = {note[:2]: note[2] for note in self._notes - after}
        for capture_id, name, _ in after - self._notes:
            if name.rpartition(".")[2] != lineage.column:
                continue
            partner = self._partner(lineage, first, (capture_id, name))
            if partner is not None:
                value = getattr(partner.row, lineage.column)
                yield Also(
                    capture=partner.capture,
                    field=f"{type(partner.row).__name__}.{lineage.column}",
                    found=str(value),
                    agrees=value == lineage.value,
                )
            elif capture_id != first.source.capture.capture_id and capture_id in self._refs:
                differs = gone.get((capture_id, name))
                yield Also(
                    capture=self._refs[capture_id],
                    field=name,
                    found=differs or str(lineage.value),
                    agrees=differs is None,
                )

    def _partner(
        self, lineage: Lineage, first: Origin, note: tuple[int, str]
    ) -> Sourced[Row] | None:
        """The row whose field of the same name is compared: changed alike, the issue goes."""
        value = variants(first.value, type(first.value))[0]
        one_sided = {id(first.source): _with(first.source, first.field, value)}
        effect = self._effect(one_sided)
        if effect is None:
            return None
        before = _count(effect.notes, note)
        candidates = (
            one
            for one in self._assembling.rows
            if one.capture.capture_id != first.source.capture.capture_id
            and lineage.column in one.row.__struct_fields__
        )
        for one in itertools.islice(candidates, PARTNERS_MAX):
            alike = {**one_sided, id(one): _with(one, lineage.column, value)}
            both = self._effect(alike)
            if both is not None and _count(both.notes, note) < before:
                return one
        return None

    # --- assembling ----------------------------------------------------------------------------

    def _effect(self, edits: Edits) -> _Effect | None:
        """What becomes of the row; None if the assembler fails on the change."""
        assembled = self._assembling.run(edits)
        if assembled is None:
            return None
        found = self._counterpart(assembled, edits)
        if found is None:
            return _Effect(None, is_rejoined=True, notes=_notes(assembled))
        expected = [edits.get(id(one), one) for one in self._target.sources]
        kept = {id(one) for one in expected if one is not None}
        is_same = kept == {id(one) for one in found.sources}
        return _Effect(found.row, is_rejoined=not is_same, notes=_notes(assembled))

    def _counterpart(self, assembled: Sequence[Assembled], edits: Edits) -> Made | None:
        """The row that stands where ours stood: made of the same first source, or of its key."""
        kind = type(self._row)
        made = [one for one in assembled if isinstance(one, Made) and type(one.row) is kind]
        first = edits.get(id(self._target.sources[0]), self._target.sources[0])
        same = [one for one in made if one.sources and one.sources[0] is first]
        if len(same) == 1:
            return same[0]
        key = _key(self._row)
        return next((one for one in same or made if _key(one.row) == key), None)


_ORDER: tuple[How, ...] = ("copied", "computed", "joined", "present")


def _sums(lineage: Lineage) -> Iterator[Origin]:
    """The origins; a copy that is one only because nothing was added to it is computed."""
    for one in lineage.origins:
        others = [other for other in lineage.origins if other is not one]
        is_sum = any(other.how == "computed" and _same(other.value, 0) for other in others)
        if one.how == "copied" and one.field != lineage.column and is_sum:
            yield replace(one, how="computed")
        else:
            yield one


def _with(sourced: Sourced[Row], name: str, value: object) -> Sourced[Row]:
    return Sourced(msgspec.structs.replace(sourced.row, **{name: value}), sourced.capture)


def _other(position: int, sourced: Sourced[Row]) -> Sourced[Row]:
    """A row with another value in the column of that position, if it has so many."""
    columns = columns_of(type(sourced.row))
    if position >= len(columns):
        return sourced
    column = columns[position]
    found = variants(getattr(sourced.row, column.name), column.kind)
    return _with(sourced, column.name, found[-1]) if found else sourced


def _same(one: object, other: object) -> bool:
    """Whether two values are one: True is not 1."""
    return type(one) is type(other) and one == other


def _count(notes: Counter[Note], of: tuple[int, str]) -> int:
    return sum(number for note, number in notes.items() if note[:2] == of)


def _key(row: Row) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in key_of(type(row)))


def _notes(assembled: Sequence[Assembled]) -> Counter[Note]:
    return Counter(
        (one.capture.capture_id, one.issue.field, one.issue.found)
        for one in assembled
        if isinstance(one, Noted)
    )
