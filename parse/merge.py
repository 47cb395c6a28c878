"""All that archives say about one entity, merged: per section, the newest capture that has it.

A section is a row class with the values of its `section` fields. The newest capture that holds any
row of a section supplies all of them; the older ones' rows of that section are superseded, which
is counted, and nothing else about those captures is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from parse.model import Bundle, CaptureRef, EntityId, K, Sourced
from parse.registry import Source
from parse.stage import EntityStage, Staged
from warehouse.column import Row

Ask = tuple[EntityId, str, EntityId]
"""A root's id, and the kind and id of an entity that it asked for."""


@dataclass(slots=True)
class Reading:
    """What was read for the roots at hand: every current row once, and how many were older."""

    rows: list[Sourced[Row]] = field(default_factory=list)
    superseded: int = 0


class Merged:
    """A Bundle over the stage: children are read when they are asked for."""

    __slots__ = ("_children", "_merger", "_of")

    def __init__(self, merger: Merger, of: dict[type[Row], tuple[Sourced[Row], ...]]) -> None:
        """Hold the merged rows by class."""
        self._merger = merger
        self._of = of
        self._children: dict[tuple[str, EntityId], Bundle] = {}

    def of(self, kind: type[K]) -> tuple[Sourced[K], ...]:
        """The rows of one class, in the order the page gave them."""
        found: tuple[Sourced[Any], ...] = self._of.get(kind, ())
        return found

    def child(self, kind: str, entity_id: EntityId) -> Bundle:
        """The bundle of an entity that belongs to this one; empty if it belongs to another."""
        if (kind, entity_id) not in self._children:
            self._children[kind, entity_id] = self._merger.claim(kind, entity_id)
        return self._children[kind, entity_id]


class Merger:
    """Reads entities off the stage and merges what their captures say."""

    def __init__(self, stage: EntityStage, source: Source, kind: str) -> None:
        """Read a source's rows for roots of a kind."""
        self.reading = Reading()
        self.root: EntityId = 0
        """The root that asks for entities."""
        self.asks: list[Ask] = []
        """What roots asked for, in order."""
        self._source = source.parsing.name
        self._kind = kind
        self._roots = {root.kind for root in source.parsing.roots}
        self._stage = stage
        self._decode = source.row_decoder().decode
        self._refs: dict[int, CaptureRef] = {}

    def claim(self, kind: str, entity_id: EntityId) -> Bundle:
        """Merge an entity for the root that asks first; others find it empty."""
        assert kind not in self._roots, f"a {kind} belongs to none: it is a root"
        self.asks.append((self.root, kind, entity_id))
        owner = owner_of(self._kind, self.root)
        if not self._stage.use(f"{self._source}.{kind}", entity_id, owner):
            return Merged(self, {})
        return self.merge(kind, entity_id)

    def merge(self, kind: str, entity_id: EntityId) -> Merged:
        """Merge all that the stage holds about an entity, and account for every row."""
        captures = self._stage.about(f"{self._source}.{kind}", entity_id)
        of: dict[type[Row], list[Sourced[Row]]] = {}
        for capture in captures:
            said: dict[type[Row], list[Sourced[Row]]] = {}
            for sourced in self._sourced(capture):
                said.setdefault(type(sourced.row), []).append(sourced)
            for row, rows in said.items():
                new = unsaid(row, rows, of[row]) if row in of else rows
                self.reading.superseded += len(rows) - len(new)
                self.reading.rows.extend(new)
                of.setdefault(row, []).extend(new)
        return Merged(self, {row: tuple(rows) for row, rows in of.items()})

    def _sourced(self, staged: Staged) -> list[Sourced[Row]]:
        ref = self._refs.get(staged.capture_id)
        if ref is None:
            if len(self._refs) >= 1024:
                self._refs.clear()
            ref = self._refs[staged.capture_id] = CaptureRef(
                capture_id=staged.capture_id,
                page_type=staged.page_type,
                fetched_at_us=staged.fetched_us,
                url=staged.url,
                parser=staged.parser,
                renewed_at_us=staged.effective_us if staged.effective_us > staged.fetched_us else 0,
            )
        return [Sourced(row, ref) for row in self._decode(staged.rows)]


def owner_of(kind: str, root: EntityId) -> str:
    """Whose an entity is: roots of two kinds may have one id."""
    return f"{kind} {root}"


def unsaid(
    kind: type[Row], rows: Sequence[Sourced[Row]], newer: Sequence[Sourced[Row]]
) -> list[Sourced[Row]]:
    """The rows of a capture whose sections no newer capture has."""
    section = [attrgetter(name) for name in kind.section]
    have = {tuple(part(sourced.row) for part in section) for sourced in newer}
    return [sourced for sourced in rows if tuple(part(sourced.row) for part in section) not in have]
