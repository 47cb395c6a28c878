"""The trace of one table row: its captures, the lineage of its columns, and who competed.

A row of a page table names its root in its key; the root is assembled again from the captures of
its pages, and the row is found among what is made. That row must equal the one in the snapshot: if
it does not, the code is another one than that which built the snapshot, and the trace says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parse.check import capture_of
from parse.model import EntityId, Made, Root
from parse.registry import Source
from parse.trace.archive import Archive
from parse.trace.bundle import Assembly, Entities
from parse.trace.decisions import Decision, Section, decide
from parse.trace.lineage import Tracer
from parse.trace.origins import Lineage
from warehouse.column import Row
from warehouse.rows.archive import CaptureRow
from warehouse.schema import columns_of, key_of

CAPTURE_SUFFIX = "_capture_id"

DIFFERENCES_NAMED_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Rows of one table that a total stands on.

    captures  how many captures they were read from; `first` are the newest of them
    """

    table: str
    rows: int
    captures: int
    first: tuple[CaptureRow, ...]


@dataclass(slots=True, kw_only=True)
class RowTrace:
    """What is known of a row's origin.

    captures   those that the row names, the primary one first
    behind     of a row of a mart, the rows that it was worked out of, by table
    lineages   by column
    remarks    what limits the trace: other code, parsers that are gone, searches that were cut off
    """

    table: str
    row: Mapping[str, Any]
    captures: tuple[CaptureRow, ...]
    lineages: dict[str, Lineage] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    behind: tuple[Behind, ...] = ()
    remarks: list[str] = field(default_factory=list)


def ids_in(row: Mapping[str, Any]) -> tuple[int, ...]:
    """The captures a row names, the primary one first."""
    names = [name for name in row if name.endswith(CAPTURE_SUFFIX)] or ["capture_id"]
    return tuple(dict.fromkeys(row[name] for name in names if row.get(name) is not None))


@dataclass(frozen=True, slots=True)
class RootEntity:
    """A root entity, assembled, and the entities it was read from."""

    assembly: Assembly
    entities: Entities


class Roots:
    """Root entities assembled for tracing, each once."""

    def __init__(self, archive: Archive) -> None:
        """Assemble nothing yet."""
        self.archive = archive
        self._known: dict[tuple[str, str, EntityId, str | None], RootEntity] = {}

    def get(
        self, source: Source, root: Root, entity_id: EntityId, listing: CaptureRow | None = None
    ) -> RootEntity:
        """A root entity, assembled from all that the archive has about it.

        listing  a capture of a listing that names it, if the row is of one
        """
        page_type = listing.page_type if listing else None
        place = source.parsing.name, root.kind, entity_id, page_type
        if place not in self._known:
            entities = Entities(self.archive, source, listing=listing)
            self._known[place] = RootEntity(Assembly(root, entity_id, entities), entities)
        return self._known[place]


def trace_row(roots: Roots, source: Source, kind: type[Row], row: Mapping[str, Any]) -> RowTrace:
    """The trace of a row of a page table that is no dimension."""
    archive = roots.archive
    captures = tuple(archive.capture(found) for found in ids_in(row))
    trace = RowTrace(table=kind.table, row=row, captures=captures)
    root = source.root_of(kind)
    entity_id = row[source.root_field(root.kind)]
    about = root.kind, entity_id
    listing = next((one for one in captures if is_listing(archive, one, about)), None)
    found = roots.get(source, root, entity_id, listing)
    if listing and found.entities.unsearched:
        trace.remarks.append(
            f"of the {listing.page_type} captures the {found.entities.searched:,} nearest in time"
            f" were looked through for others, {found.entities.unsearched:,} were not"
        )
    trace.remarks.extend(found.entities.problems.values())
    made = _made(found.assembly, kind, row)
    if made is None:
        if not found.entities.problems:
            trace.remarks.append("rebuilt with other code: no row of this key is made now")
        return trace
    if told := _differences(made, kind, row):
        trace.remarks.append(f"rebuilt with other code: {told}")
    follow(trace, archive, found, made)
    return trace


def follow(
    trace: RowTrace,
    archive: Archive,
    root: RootEntity,
    made: Made,
    columns: Sequence[str] | None = None,
) -> None:
    """Add the lineage of a row, and the decisions behind it; of these columns only, if named."""
    tracer = Tracer(root.assembly, made)
    found = tracer.trace()
    for name, lineage in found.items():
        if columns is None or name in columns:
            trace.lineages[name] = lineage
    for kind, number in tracer.unprobed.items():
        trace.remarks.append(f"{number} more rows of {kind} matter and were not looked at singly")
    own = [one for name, one in found.items() if columns is None or name in columns]
    trace.decisions = (*trace.decisions, *_decisions(archive, root.entities, own))


def _decisions(
    archive: Archive, entities: Entities, lineages: Sequence[Lineage]
) -> Iterator[Decision]:
    """One decision for each section that a column comes from."""
    columns: dict[Section, list[str]] = {}
    winners = {}
    for lineage in lineages:
        for origin in lineage.origins:
            section = Section.of(origin.source.row)
            winners[section] = origin.source.capture
            named = columns.setdefault(section, [])
            if lineage.column not in named:
                named.append(lineage.column)
    for section, named in columns.items():
        yield decide(archive, entities, section, winners[section], named)


def is_listing(archive: Archive, capture: CaptureRow, about: tuple[str, EntityId]) -> bool:
    """Whether a capture is of a page that lists an entity, instead of being about it alone."""
    if capture.page_key == str(about[1]):
        return False
    return about in map(entity_of, archive.extraction(capture).rows)


def entity_of(row: Row) -> tuple[str, EntityId]:
    """What an extracted row is about."""
    kind, name = row.entity
    return kind, getattr(row, name)


def _made(assembly: Assembly, kind: type[Row], row: Mapping[str, Any]) -> Made | None:
    """The row of the same key, as it is made now."""
    names = key_of(kind)
    key = [row[name] for name in names]
    for one in assembly.first:
        if not isinstance(one, Made) or type(one.row) is not kind:
            continue
        if [getattr(one.row, name) for name in names] == key:
            return one
    return None


def _differences(made: Made, kind: type[Row], row: Mapping[str, Any]) -> str:
    """How the row that is made now differs from the snapshot's; empty if it does not."""
    now: dict[str, object] = {
        column.name: getattr(made.row, column.name) for column in columns_of(kind)
    }
    now |= {f"{name}{CAPTURE_SUFFIX}": capture_of(made, name) for name in kind.contributors}
    return named({name: now[name] for name in now if name in row and row[name] != now[name]}, row)


def named(now: Mapping[str, object], row: Mapping[str, Any]) -> str:
    """The values that differ from the snapshot's row, the first few; empty if none does."""
    other = [f"{name} is {value} now, {row[name]} in the snapshot" for name, value in now.items()]
    more = len(other) - DIFFERENCES_NAMED_MAX
    return "; ".join(other[:DIFFERENCES_NAMED_MAX]) + (f"; and {more} more" if more > 0 else "")
