"""Which units of a document a row stands on: all others are left out, and it stays what it is.

Theory of operation. Units that name nothing the row names are left out first, then units by kind;
what is left falls into parts, by the kinds that fields are made of (a player's heals are made of
other events than his positions), and in each part the units are left out one by one. Each time
many are tried at once, and halves of those without which the row is another one. What is left out
makes the document smaller, so the next trial is cheaper: of 26 MB of telemetry some kB remain. A
guess only says what to try first; that a unit may go is always tried. Numbers that count rows
(`kill_number`) may change meanwhile: they depend on all that comes before.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from parse.trace.documents.edits import written
from parse.trace.documents.trials import Effect, Trials

NAME_CHARS = 5
"""A text of so many characters names something."""

RARE = 4
"""A name stands in one unit of so many at most."""

SINGLY_BYTES_MAX = 100_000_000
"""Where trying all units one by one takes no more bytes, it is done: halves may all matter."""

AGAIN_BYTES_MAX = 20_000_000
"""Bytes for which units that remain are tried again."""


@dataclass(slots=True)
class Part:
    """What some fields of a row stand on.

    trials   about these fields
    kept     numbers of units
    named    the units of the document that name what the row names, and few others do
    effects  of leaving out each of them; those that were not tried one by one are not in it
    """

    trials: Trials
    kept: set[int]
    named: frozenset[int]
    effects: dict[int, Effect] = field(default_factory=dict)

    def leave_out(self, chunks: Sequence[Sequence[int]]) -> None:
        """Leave out chunks of units together, else halves of them; what has most bytes goes first.

        A trial costs what it leaves: one that leaves out much costs little, even in vain.
        """
        waiting: list[tuple[int, int, Sequence[Sequence[int]]]] = []
        self._wait(waiting, chunks)
        while waiting and not self.trials.is_spent:
            some = heapq.heappop(waiting)[-1]
            units = self._still(some)
            effect = self.trials.effect(self.kept - units)
            if self.trials.stands(effect):
                self.kept -= units
            elif len(some) > 1:
                middle = (len(some) + 1) // 2
                self._wait(waiting, some[:middle])
                self._wait(waiting, some[middle:])
            elif len(units) == 1:
                self.effects[min(units)] = effect

    def _wait(
        self,
        waiting: list[tuple[int, int, Sequence[Sequence[int]]]],
        some: Sequence[Sequence[int]],
    ) -> None:
        if units := self._still(some):
            size = self.trials.document.size(units)
            heapq.heappush(waiting, (-size, min(units), some))

    def settle(self) -> None:
        """Take the row as it is of these units alone, and try each of them again if they are few.

        While more was there, another row could take the place of one that is gone.
        """
        self.trials = self.trials.about(self.trials.fields, self.kept)
        if self.trials.document.size(self.kept) * len(self.kept) <= AGAIN_BYTES_MAX:
            effects = {unit: self.trials.effect(self.kept - {unit}) for unit in sorted(self.kept)}
            self.effects = effects

    def _still(self, chunks: Sequence[Sequence[int]]) -> set[int]:
        return {unit for chunk in chunks for unit in chunk} & self.kept


def thin(trials: Trials, wanted: Collection[str]) -> list[Part]:
    """Leave out all that the row does not stand on, as far as trials go.

    wanted   fields that are asked for: parts that have none of them are not looked at
    trials   about all fields of the row that are not null, as they tell which row it is
    """
    document = trials.document
    kinds = document.kinds()
    named = _named(trials)
    unnamed = [[unit for unit in kind if unit not in named] for kind in kinds]
    whole = Part(trials, set(range(len(document.units))), named)
    whole.leave_out(unnamed)
    whole.leave_out(kinds)
    # A row that is counted is told by all it says: by some of it another one could be meant.
    found = [whole] if trials.counters else _parts(whole, kinds)
    parts = [part for part in found if not part.trials.fields.isdisjoint(wanted)]
    for part in parts:
        part.leave_out(unnamed)
        rest = [[unit] for unit in sorted(part.kept)]
        is_small = document.size(part.kept) * len(rest) <= SINGLY_BYTES_MAX
        for some in [[one] for one in rest] if is_small else [rest]:
            part.leave_out(some)
        part.settle()
    return parts


def _parts(whole: Part, kinds: Sequence[Sequence[int]]) -> Iterator[Part]:
    """The row's fields by the kinds they are made of, each part with the units of these kinds."""
    trials = whole.trials
    vital: set[int] = set()
    made_of: defaultdict[str, list[int]] = defaultdict(list)
    for number, kind in enumerate(kinds):
        if units := whole.kept.intersection(kind):
            effect = trials.effect(whole.kept - units)
            vital |= units if effect.is_gone else set()
            for name in effect.fields:
                made_of[name].append(number)
    fields: defaultdict[tuple[int, ...], list[str]] = defaultdict(list)
    for name in sorted(trials.fields):
        fields[tuple(made_of[name])].append(name)
    for numbers, names in fields.items():
        about = trials.about(names, whole.kept)
        kept = vital | (whole.kept & set().union(*(kinds[one] for one in numbers)))
        if not about.stands(about.effect(kept)):
            kept = set(whole.kept)  # several kinds say it alike: none of them alone is needed
        yield Part(about, kept, whole.named)


def _named(trials: Trials) -> frozenset[int]:
    """The units that name what the row names and few others do."""
    body, units = trials.document.body, trials.document.units
    named: set[int] = set()
    for value in dict.fromkeys(msgspec.structs.astuple(trials.row)):
        if isinstance(value, str) and len(value) >= NAME_CHARS:
            (text,) = written(value)
            naming = {at for at, unit in enumerate(units) if body.find(text, *unit) >= 0}
            if len(naming) * RARE <= len(units):
                named |= naming
    return frozenset(named)
