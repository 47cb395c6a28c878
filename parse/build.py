"""Rows to tables: the blocks of a source in order of their root ids, then what is gathered.

Theory of operation. One kind of root (matches, tournaments) after the other, its entities are read
off the stage in ascending order and cut into blocks by their ids; a part of a table is a block's,
and depends on nothing outside it. A block into which the same went as into one that was built
before is that one: it is taken over, not built (`parse/blocks.py`). The others are built here or by
workers, some ahead; a worker takes for granted that its roots get all they ask for, and where that
is not so the block is built again here. Tables gathered from all over (dimensions) are sighted
along the way and written at the end.
"""

from __future__ import annotations

import functools
import itertools
import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from pathlib import Path

from parse.account import LOST_NAMED_MAX, RowSum
from parse.block_build import BlockBuild, tables_in_order
from parse.blocks import Block, Blocks, Place
from parse.dimensions import write_dimension
from parse.kept import Earlier
from parse.merge import Ask, owner_of
from parse.model import EntityId, Root
from parse.offline import offline
from parse.registry import Source, load_registry
from parse.stage import SharedStage, Stage
from parse.uncollected import uncollected
from warehouse.errors import WarehouseError
from warehouse.part import Part
from warehouse.parts import TableWriter

AHEAD = 4  # blocks that workers may be ahead of the one that is taken


@dataclass(frozen=True, slots=True)
class Helpers:
    """Workers that may build blocks, and the name of the registry they look the source up in."""

    executor: Executor | None
    registry: str


@dataclass(frozen=True, slots=True)
class _Planned:
    """A block in its turn; `ahead` is what a worker makes of it meanwhile."""

    place: Place
    roots: tuple[EntityId, ...]
    ahead: Future[tuple[Block, list[Ask]]] | None


@dataclass(frozen=True, slots=True)
class _Task:
    """A block for a worker: what it is of, where its parts go, what was built before."""

    place: Place
    roots: tuple[EntityId, ...]
    folder: str
    earlier: Earlier | None


class SourceBuild:
    """The build of one source's tables."""

    def __init__(  # noqa: PLR0917 - the parts of one build
        self,
        source: Source,
        stage: Stage,
        folder: Path,
        account: RowSum,
        blocks: Blocks,
        helpers: Helpers,
    ) -> None:
        """Make the tables' folders; raises TypeError where a declaration does not allow a build."""
        self._source = source
        self._stage = stage
        self._folder = folder
        self._account = account
        self._blocks = blocks
        self._helpers = helpers
        self._builds = {
            root.kind: BlockBuild(source, root.kind, stage, blocks.code)
            for root in source.parsing.roots
        }
        self._writers = {row.table: TableWriter(folder, row) for row in tables_in_order(source)}

    def run(self) -> list[Part]:
        """Build every table; the parts written."""
        with uncollected():
            try:
                for root in self._source.parsing.roots:
                    for planned in self._planned(root):
                        self._count(self._block(planned))
            except BrokenExecutor as error:
                raise WarehouseError(
                    "a worker process was ended from outside; try again"
                ) from error
            self._refuse_unused()
            for writer in self._writers.values():
                if writer.row.dimension:
                    write_dimension(self._stage, writer)
                writer.close()
        return [part for writer in self._writers.values() for part in writer.parts]

    def _planned(self, root: Root) -> Iterator[_Planned]:
        """The blocks in order; those that seem new are handed to workers some blocks before."""
        roots = self._stage.roots(f"{self._source.parsing.name}.{root.kind}")
        waiting: deque[_Planned] = deque()
        for number, ids in itertools.groupby(roots, key=root.block_of):
            place, block = Place(root.kind, number), tuple(ids)
            waiting.append(_Planned(place, block, self._ahead(place, block)))
            if len(waiting) > AHEAD:
                yield waiting.popleft()
        yield from waiting

    def _ahead(
        self, place: Place, roots: tuple[EntityId, ...]
    ) -> Future[tuple[Block, list[Ask]]] | None:
        helpers = self._helpers
        if helpers.executor is None or self._blocks.seems_known(place, roots):
            return None
        source = self._stage.place, helpers.registry, self._source.parsing.name
        task = _Task(place, roots, str(self._aside(place)), self._blocks.earlier(place))
        return helpers.executor.submit(build_elsewhere, *source, self._blocks.code, task)

    def _aside(self, place: Place) -> Path:
        """Where a worker writes a block's parts."""
        return self._folder / f".block-{place.kind}-{place.number}"

    def _block(self, planned: _Planned) -> Block:
        """A block: taken over, taken from the worker that built it, or built here."""
        place, roots = planned.place, planned.roots
        aside = self._aside(place)
        built = planned.ahead.result() if planned.ahead else None
        known = self._blocks.find(place, roots)
        if known is not None:
            for part in known.parts:
                self._writers[part.table].adopt(part, self._blocks.path_of(part))
            shutil.rmtree(aside, ignore_errors=True)  # what a worker made of it for nothing
            return known
        if built is None or not self._gets_all(place, built[1]):
            build, earlier = self._builds[place.kind], self._blocks.earlier(place)
            built = build.build(place.number, roots, aside, earlier)
        block, asks = built
        for part in block.parts:
            self._writers[part.table].take(part, aside / part.table / part.name)
        shutil.rmtree(aside, ignore_errors=True)  # not there if roots only sight dimensions
        self._blocks.keep(block, asks)
        return block

    def _gets_all(self, place: Place, asks: list[Ask]) -> bool:
        """Whether roots get all the entities they asked for; they are theirs from now on."""
        name = self._source.parsing.name
        return all(
            self._stage.use(f"{name}.{kind}", one, owner_of(place.kind, root))
            for root, kind, one in asks
        )

    def _count(self, block: Block) -> None:
        """Add a block to the account, and what it noted to the stage."""
        total, of = self._account, block.rows
        total.published += of.published
        total.merged += of.merged
        total.superseded += of.superseded
        total.quarantined += of.quarantined
        total.lost += of.lost[: LOST_NAMED_MAX - len(total.lost)]
        self._stage.insert("notes", block.notes)
        self._stage.insert("refused", block.refused)
        self._stage.insert("sightings", block.sightings)

    def _refuse_unused(self) -> None:
        """Quarantine what was read about entities that no root lists."""
        root = self._source.parsing.roots[0].kind
        for kind, entity_id in self._stage.unused(self._source.parsing.name, root):
            if kind in self._builds:
                continue
            reason = f"no {root} page lists {kind} {entity_id}"
            block = self._builds[root].refuse(kind, entity_id, reason)
            if block.rows.quarantined:
                waiting = self._account.waiting
                waiting[root] = waiting.get(root, 0) + block.rows.quarantined
            self._count(block)


def build_elsewhere(
    place: tuple[str, str],
    registry: str,
    source: str,
    code: str,
    task: _Task,
) -> tuple[Block, list[Ask]]:
    """In a worker: build a block whose roots get all they ask for."""
    with offline():
        build = _builder(place, registry, (source, task.place.kind), code)
        return build.build(task.place.number, task.roots, Path(task.folder), task.earlier)


@functools.cache
def _builder(place: tuple[str, str], registry: str, of: tuple[str, str], code: str) -> BlockBuild:
    source, kind = of
    of_source = load_registry(registry).source_named(source)
    return BlockBuild(of_source, kind, SharedStage(place), code)
