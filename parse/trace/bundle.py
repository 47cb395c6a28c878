"""All that captures say about a root entity, merged as the build does, with rows to be changed.

Merging is done once; after that the assembler can be run as often as wanted, each time with some
extracted rows replaced or left out. Entities are read when the assembler first asks for them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from parse.merge import unsaid
from parse.model import Assembled, Bundle, CaptureRef, EntityId, K, Root, Sourced
from parse.registry import Source
from parse.times import microseconds
from parse.trace.archive import Archive, rows_about
from parse.trace.origins import Edits
from parse.trace.visits import Visit, ranked
from warc.errors import WarchouseError
from warehouse.column import Row
from warehouse.rows.archive import CaptureRow

LISTINGS_MAX = 200
"""Captures of a listing that are looked through for one entity: the nearest in time to the one
that is known to hold it. Reading and searching that many takes about a second."""

LISTINGS_BYTES_MAX = 16 * 2**20
"""Bytes of their records, as archived, that are looked through: of telemetry some six files."""

NO_EDITS: Edits = {}

Merged = dict[type[Row], tuple[Sourced[Row], ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """What one capture says about one entity: nothing, if it holds no row about it."""

    visit: Visit
    rows: tuple[Sourced[Row], ...]


class Entities:
    """The entities of one source, as the archive tells of them."""

    def __init__(
        self, archive: Archive, source: Source, *, listing: CaptureRow | None = None
    ) -> None:
        """Read nothing yet.

        listing  a capture of a page that lists entities, where one is wanted: pages of its type
                 are looked through for other sightings
        """
        self._archive = archive
        self._source = source
        self._listing = listing
        self._about: dict[tuple[str, EntityId], tuple[Said, ...]] = {}
        self.searched = 0
        """Captures of listings that were looked through for the entity."""
        self.unsearched = 0
        """Captures of listings that were left unread, as they are too many."""
        self.problems: dict[int, str] = {}
        """By capture id, why a page that was read once cannot be read again."""

    def about(self, kind: str, entity_id: EntityId) -> tuple[Said, ...]:
        """Every capture of the entity's pages, newest first, with the rows it has about it."""
        known = self._about.get((kind, entity_id))
        if known is None:
            known = self._about[kind, entity_id] = tuple(self._read(kind, entity_id))
        return known

    def _read(self, kind: str, entity_id: EntityId) -> Iterator[Said]:
        name = self._source.parsing.name
        captures = list(self._archive.of_page(name, page_type=None, key=str(entity_id)))
        leads = any(kind == root.kind for root in self._source.parsing.roots)
        if leads and self._listing is not None:
            captures += self._listed(self._listing, kind, entity_id)
        for visit in ranked(self._archive, captures):
            rows: Sequence[Row] = ()
            if visit.capture.outcome == "parsed":
                found = self._archive.extraction(visit.capture)
                rows = tuple(rows_about(found, kind, entity_id))
                if found.problem:
                    problem = f"the {visit.capture.page_type} page cannot be read again"
                    self.problems[visit.capture.capture_id] = f"{problem}: {found.problem}"
            ref = reference(visit.capture)
            yield Said(visit, tuple(Sourced(row, ref) for row in rows))

    def _listed(self, known: CaptureRow, kind: str, entity_id: EntityId) -> Iterator[CaptureRow]:
        """Every capture of the pages that list the entity, as far as they are looked through."""
        name, page_type = self._source.parsing.name, known.page_type or ""
        parsed = [one for one in self._archive.of_type(name, page_type) if one.outcome == "parsed"]
        parsed.sort(key=lambda one: (abs(one.fetched_at - known.fetched_at), one.capture_id))
        sizes = itertools.accumulate(one.length for one in parsed[:LISTINGS_MAX])
        self.searched = sum(size <= LISTINGS_BYTES_MAX for size in sizes)
        self.unsearched = len(parsed) - self.searched
        text = str(entity_id).encode()
        keys = {known.page_key}
        for capture in parsed[: self.searched]:
            if self._holds(capture, text, kind, entity_id):
                keys.add(capture.page_key)
        for key in sorted(key for key in keys if key is not None):
            yield from self._archive.of_page(name, page_type=page_type, key=key)

    def _holds(self, capture: CaptureRow, text: bytes, kind: str, entity_id: EntityId) -> bool:
        try:
            if text not in self._archive.body_of(capture):
                return False
        except WarchouseError:
            return False
        return any(rows_about(self._archive.extraction(capture), kind, entity_id))


def reference(capture: CaptureRow) -> CaptureRef:
    """What rows name of a capture."""
    return CaptureRef(
        capture_id=capture.capture_id,
        page_type=capture.page_type or "",
        fetched_at_us=microseconds(capture.fetched_at.astimezone(UTC)),
        url=capture.url,
        parser=capture.parser or "",
    )


class Assembly:
    """A root entity with all that belongs to it, ready to be assembled again and again."""

    def __init__(self, root: Root, entity_id: EntityId, entities: Entities) -> None:
        """Merge the root and what its assembler asks for."""
        self._root = root
        self._id = entity_id
        self._entities = entities
        self._merged: dict[tuple[str, EntityId], Merged] = {}
        self._is_known = False
        self.first = self.run(NO_EDITS) or []
        """What is assembled without any change."""
        self._is_known = True

    @property
    def rows(self) -> Iterator[Sourced[Row]]:
        """Every row that the assembler may see."""
        for merged in self._merged.values():
            for rows in merged.values():
                yield from rows

    def run(self, edits: Edits) -> list[Assembled] | None:
        """What assembling gives with some rows changed; None if the assembler fails on them."""
        bundle = _Edited(self, self._root.kind, self._id, edits)
        try:
            return list(self._root.assemble(self._id, bundle))
        except Exception:  # noqa: BLE001 - it is not made for rows that no page ever gave
            return None

    def merged(self, kind: str, entity_id: EntityId) -> Merged:
        """The entity's rows, of each section those of the newest capture that has it.

        An entity that is only asked for because of a change is empty.
        """
        known = self._merged.get((kind, entity_id))
        if known is not None:
            return known
        if self._is_known:
            return {}
        of: dict[type[Row], list[Sourced[Row]]] = {}
        for said in self._entities.about(kind, entity_id):
            own: dict[type[Row], list[Sourced[Row]]] = {}
            for sourced in said.rows:
                own.setdefault(type(sourced.row), []).append(sourced)
            for row, rows in own.items():
                newer = of.setdefault(row, [])
                newer.extend(unsaid(row, rows, newer))
        merged = self._merged[kind, entity_id] = {row: tuple(rows) for row, rows in of.items()}
        return merged


class _Edited:
    """A Bundle over an assembly, some rows changed."""

    __slots__ = ("_assembly", "_edits", "_of")

    def __init__(self, assembly: Assembly, kind: str, entity_id: EntityId, edits: Edits) -> None:
        self._assembly = assembly
        self._edits = edits
        self._of = assembly.merged(kind, entity_id)

    def of(self, kind: type[K]) -> tuple[Sourced[K], ...]:
        """The rows of one class, in the order the page gave them."""
        found: tuple[Sourced[Any], ...] = self._of.get(kind, ())
        if not self._edits:
            return found
        changed = (self._edits.get(id(one), one) for one in found)
        return tuple(one for one in changed if one is not None)

    def child(self, kind: str, entity_id: EntityId) -> Bundle:
        """The bundle of an entity that belongs to this one."""
        return _Edited(self._assembly, kind, entity_id, self._edits)
