"""One block of tables: a run of root entities of one kind, merged, assembled, checked, written.

Each root asks for the entities that belong to it (a match for its maps). Assembling says what rows
they make. Tables are checked in the order of their references, so that a refused row takes those
that refer to it along; rows that were checked before are not again (`parse/kept.py`). Every key
begins with the root's id, so a table's rows come out sorted.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from operator import attrgetter
from pathlib import Path

from parse.account import Fates
from parse.blocks import Block
from parse.check import Checked, Keys, TableCheck, row_json, row_key, table_name
from parse.dimensions import Sightings
from parse.kept import Earlier, KeptBatches, keys_digest
from parse.merge import Ask, Merger, Reading
from parse.model import EntityId, Made, Noted, Refused, Sourced
from parse.registry import Source
from parse.stage import EntityStage
from parse.uncollected import uncollected
from warehouse.column import Row
from warehouse.part import Part
from warehouse.parts import TableWriter
from warehouse.schema import key_of

ROOTS_AT_ONCE = 32  # some 260 pages: enough to check by column, little enough to hold
FOUND_CHARS_MAX = 40


@dataclass(slots=True)
class _Batch:
    """What a few roots made: rows by table, rows' fates, and which root sighted a dimension row."""

    made: dict[type[Row], list[Made]] = field(default_factory=dict)
    fates: Fates = field(default_factory=Fates)
    roots: dict[int, EntityId] = field(default_factory=dict)
    keys: Keys = field(default_factory=dict)
    """The keys that were published of tables to which others refer."""
    digests: dict[type[Row], bytes] = field(default_factory=dict)
    """The digests of those keys."""


class BlockBuild:
    """Builds blocks of one source's tables, one after the other, all of one kind of roots."""

    def __init__(self, source: Source, kind: str, stage: EntityStage, code: str) -> None:
        """Make the tables' checks; raises TypeError where a declaration does not allow a build.

        code  fingerprint of the code and the rules that make the tables
        """
        self._root = source.root_named(kind)
        self._root_field = source.root_field(kind)
        self._code = code
        self._block = Block()
        self._merger = Merger(stage, source, kind)
        self._root_of = attrgetter(f"row.{self._root_field}")
        self._checks = {
            row: TableCheck(row, source.rules.get(row, ()))
            for row in tables_in_order(source)
            if row.dimension or source.root_of(row).kind == kind
        }
        self._referred = {other for row in self._checks for other in row.references}
        self._writers: dict[type[Row], TableWriter] = {}
        self._kept: dict[type[Row], KeptBatches] = {}
        self._sightings = Sightings()

    def build(
        self, number: int, roots: Sequence[EntityId], folder: Path, earlier: Earlier | None = None
    ) -> tuple[Block, list[Ask]]:
        """Write the parts of a block under a folder; what it is, and what its roots asked for.

        earlier  the block of that number that was built before, for what it has of this one
        """
        with uncollected():
            self._block = block = Block()
            rows = [row for row in self._checks if not row.dimension]
            self._writers = {row: TableWriter(folder, row) for row in rows}
            self._kept = {row: KeptBatches(row, self._code, earlier) for row in rows}
            asks: list[Ask] = []
            self._merger.asks = asks
            for some in _batches(roots, ROOTS_AT_ONCE):
                self._build(some)
            block.parts = [part for row in rows if (part := self._finished(row, number))]
            block.batches = {row.table: kept.batches for row, kept in self._kept.items()}
            block.sightings = self._sightings.taken()
            return block, asks

    def refuse(self, kind: str, entity_id: EntityId, rule: str) -> Block:
        """Quarantine all that was read about an entity, in a block without parts."""
        self._block = block = Block()
        self._merger.reading = reading = Reading()
        self._merger.merge(kind, entity_id)
        for sourced in reading.rows:
            self._quarantine(sourced.row, sourced, (rule,))
        block.rows.quarantined = len(reading.rows)
        block.rows.superseded = reading.superseded
        return block

    def _build(self, roots: Sequence[EntityId]) -> None:
        """Assemble a few roots, check and write what they make, and account for what it took."""
        self._merger.reading = reading = Reading()
        batch = _Batch()
        for root in roots:
            self._merger.root = root
            bundle = self._merger.merge(self._root.kind, root)
            made: dict[type[Row], list[Made]] = defaultdict(list)
            for found in self._root.assemble(root, bundle):
                if isinstance(found, Made):
                    made[type(found.row)].append(found)
                elif isinstance(found, Refused):
                    batch.fates.quarantined.add(id(found.source))
                    self._quarantine(found.source.row, found.source, (found.rule,))
                else:
                    self._note(found)
            for row, some in made.items():
                batch.made.setdefault(row, []).extend(self._own(row, some, root, batch))
        for row in self._checks:
            if of_table := batch.made.get(row):
                self._publish(row, of_table, batch)
        self._block.rows.superseded += reading.superseded
        batch.fates.settle(reading.rows, self._block.rows)

    def _own(
        self, row: type[Row], made: Sequence[Made], root: EntityId, batch: _Batch
    ) -> Sequence[Made]:
        """The rows of a table that are a root's; those that stray into another's block are refused.

        Rows of dimension tables belong to no root: who sighted them is noted.
        """
        if row.dimension:
            batch.roots.update((id(one), root) for one in made)
            return made
        if set(map(self._root_of, made)) == {root}:
            return made
        own: list[Made] = []
        for one in made:
            if self._root_of(one) == root:
                own.append(one)
            else:
                self._refuse(one, (f"{self._root_field} is {root}",), batch.fates)
        return own

    def _publish(self, row: type[Row], made: Sequence[Made], batch: _Batch) -> None:
        """Check rows of a table, unless the same were found good before; write the good ones."""
        check, kept = self._checks[row], self._kept.get(row)
        if kept is None:
            checked = check.check(made, batch.keys)
            self._report(row, checked, batch.fates)
            self._sightings.see(row, checked.good, batch.roots)
            return
        digest = kept.digest(made, [batch.digests.get(other, b"") for other in row.references])
        if (columns := kept.columns(digest)) is not None:
            _count_good(made, batch.fates)
            self._writers[row].add_table(columns)
        else:
            checked = check.check(made, batch.keys)
            self._report(row, checked, batch.fates)
            self._writers[row].add(checked.columns)
            made = checked.good
            if checked.refused or checked.warnings:
                digest = b""
        kept.note(digest, len(made))
        if row in self._referred:
            keys = check.keys_of(made)
            batch.keys[row], batch.digests[row] = set(keys), keys_digest(keys)

    def _report(self, row: type[Row], checked: Checked, fates: Fates) -> None:
        """Account for rows that were checked."""
        for one, reasons in checked.refused:
            self._refuse(one, reasons, fates)
        for one, rule in checked.warnings:
            place = f"{row.table}: {rule.text}"
            found = (
                one.sources[0].capture.capture_id,
                "unexpected",
                place,
                row_key(one.row)[:FOUND_CHARS_MAX],
            )
            self._block.notes.append(found)
        _count_good(checked.good, fates)

    def _finished(self, row: type[Row], number: int) -> Part | None:
        """The part of a table: the earlier one if it would be the same, else it is written."""
        writer, kept = self._writers[row], self._kept[row]
        if part := kept.whole_part():
            writer.adopt(part, kept.path)
        else:
            part = writer.finish_part(number)
        written, noted = part.rows if part else 0, sum(batch.rows for batch in kept.batches)
        assert written == noted, f"{written} rows of {row.table} are written, {noted} accounted for"
        return part

    def _refuse(self, made: Made, reasons: Sequence[str], fates: Fates) -> None:
        if not made.derived:
            fates.quarantined.add(id(made.sources[0]))
        fates.merged.update(map(id, made.sources))
        self._quarantine(made.row, made.sources[0], reasons)

    def _quarantine(self, row: Row, source: Sourced[Row], reasons: Sequence[str]) -> None:
        capture = source.capture
        refused = (
            capture.capture_id,
            table_name(row),
            row_key(row),
            "; ".join(reasons),
            row_json(row),
            capture.url,
        )
        self._block.refused.append(refused)

    def _note(self, noted: Noted) -> None:
        issue = noted.issue
        found = (noted.capture.capture_id, issue.kind, issue.field, issue.found[:FOUND_CHARS_MAX])
        self._block.notes.append(found)


def _count_good(made: Iterable[Made], fates: Fates) -> None:
    fates.published.update(id(one.sources[0]) for one in made if not one.derived)
    fates.merged.update(id(source) for one in made for source in one.sources)


def tables_in_order(source: Source) -> list[type[Row]]:
    """A source's tables, those referred to first; checked that parts can be cut by root id.

    raises  TypeError where a declaration does not allow it
    """
    tables = source.parsing.tables
    graph = {row: [other for other in row.references if other in tables] for row in tables}
    for row, others in graph.items():
        if row.dimension:
            if len(key_of(row)) != 1:
                raise TypeError(f"{row.__name__} is a dimension and needs a key of one column")
        elif any(source.root_of(other) is not source.root_of(row) for other in others):
            raise TypeError(f"{row.__name__} refers to rows that another kind of root makes")
    return list(TopologicalSorter(graph).static_order())


def _batches(ids: Iterable[EntityId], size: int) -> Iterator[tuple[EntityId, ...]]:
    left = iter(ids)
    while batch := tuple(itertools.islice(left, size)):
        yield batch
