"""One parse, from WARC files to a committed snapshot."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from parse.account import Account
from parse.archive_tables import write_archive_tables
from parse.build import SourceBuild
from parse.extract import RangeResult, extract_range
from parse.inputs import Input, Inputs
from parse.refetch import REFETCH_NAME, Refetch, write_refetch
from parse.registry import BUILT_IN, Registry, load_registry
from parse.replay import RANGE_BYTES, Range, plan_ranges, whole_range
from parse.revisits import settle_revisits
from parse.stage import Stage
from warc.errors import ArchiveError, CollectionError, UsageError
from warc.words import counted
from warehouse.errors import WarehouseError
from warehouse.parts import Part, file_sha256
from warehouse.store import Store, storage_errors

AHEAD = 3  # ranges handed to each worker before the first result is taken
SCHEMA_VERSION = 1  # of snapshot.json
PLACES_NAMED_MAX = 3


class Progress(Protocol):
    """Who watches a parse."""

    def advance(self, size: int) -> None:
        """So many bytes of archive more are read."""

    def stage(self, text: str) -> None:
        """What is done from here on."""

    def warn(self, text: str) -> None:
        """Something needs a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseOptions:
    """What a parse is told; none of it changes the tables but `registry`.

    executor  makes the pool for the workers; None reads everything in this process
    """

    warehouse: Path
    registry: str = BUILT_IN
    workers: int = 1
    range_bytes: int = RANGE_BYTES
    executor: Callable[[], Executor] | None = None


@dataclass(slots=True)
class Outcome:
    """What a parse did; `needs_look` says why the exit code is 1, if it is.

    refetch  the pages worth fetching again, listed in `refetch_file`
    """

    snapshot: str = ""
    account: Account = field(default_factory=Account)
    tables: dict[str, int] = field(default_factory=dict)
    bad_stretches: int = 0
    unresolved_revisits: int = 0
    refetch: Refetch = field(default_factory=Refetch)
    refetch_file: Path = field(default_factory=Path)
    seconds: float = 0.0

    @property
    def needs_look(self) -> str:
        """Why a person should look: empty if nobody needs to."""
        reasons = (
            (self.bad_stretches, "bad stretch in archives", "bad stretches in archives"),
            (
                self.account.captures.failed,
                "page that could not be parsed",
                "pages that could not be parsed",
            ),
            (
                self.unresolved_revisits,
                "revisit without its original",
                "revisits without their original",
            ),
        )
        return ", ".join(counted(*reason) for reason in reasons if reason[0])


def parse_archives(inputs: Inputs, options: ParseOptions, progress: Progress) -> Outcome:
    """Read every capture, build every table, commit one snapshot.

    raises  WarehouseError where the warehouse is locked or unwritable or the account does not add
            up, ArchiveError where a named file is no WARC file, UsageError where nothing in the
            inputs is of a known source; the current snapshot then stands
    """
    started = time.monotonic()
    registry = load_registry(options.registry)
    outcome = Outcome()
    store = Store(options.warehouse)
    with store.building() as folder:
        stage = Stage(store.cache)
        try:
            _fill(stage, inputs, options, progress, outcome)
            _settle(stage, inputs, registry, outcome)
            progress.stage("building tables")
            parts = _build(stage, inputs, registry, folder, outcome)
            outcome.refetch = write_refetch(stage, registry, folder)
            outcome.account.check()
        finally:
            stage.close()
        about = _about(inputs, registry, outcome)
        outcome.snapshot = store.commit(folder, parts, about)
        outcome.refetch_file = store.path_of(outcome.snapshot) / REFETCH_NAME
    outcome.seconds = time.monotonic() - started
    return outcome


def _fill(
    stage: Stage, inputs: Inputs, options: ParseOptions, progress: Progress, outcome: Outcome
) -> None:
    """Stage every range of every file, each file complete and without gaps."""
    ranges = {
        number: plan_ranges(file, number, range_bytes=options.range_bytes)
        for number, file in enumerate(inputs.files)
        if file.size
    }
    extents: dict[int, list[RangeResult]] = {number: [] for number in ranges}
    work = [one for planned in ranges.values() for one in planned]
    for result in _results(work, options):
        extents[result.work.number].append(_light(result))
        _take(stage, result, outcome)
        progress.advance(result.work.end - result.work.start)
    again = []
    for number, results in extents.items():
        if not _meet(results, inputs.files[number]):
            _drop(stage, outcome, number)
            again.append(number)
    for number in again:
        result = extract_range(whole_range(ranges[number]), options.registry)
        extents[number] = [_light(result)]
        _take(stage, result, outcome)
    for number, results in extents.items():
        file = inputs.files[number]
        whole_to = max((result.extent.whole_to for result in results), default=0)
        if file.is_open:
            _drop(stage, outcome, number, from_offset=whole_to)
        _name_bad(file, whole_to if file.is_open else file.size, results, progress, outcome)


def _results(work: Sequence[Range], options: ParseOptions) -> Iterator[RangeResult]:
    """The result of every range; in order, and only a few ahead of who takes them."""
    if options.executor is None:
        for one in work:
            yield extract_range(one, options.registry)
        return
    with options.executor() as pool:
        waiting: deque[Future[RangeResult]] = deque()
        try:
            for one in work:
                waiting.append(pool.submit(extract_range, one, options.registry))
                if len(waiting) >= AHEAD * options.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenExecutor as error:
            raise WarehouseError("a worker process was ended from outside; try again") from error
        finally:
            for future in waiting:
                future.cancel()


def _take(stage: Stage, result: RangeResult, outcome: Outcome) -> None:
    stage.add(result)
    outcome.account.captures.captures += result.captures_read
    outcome.account.rows.extracted += result.rows


def _light(result: RangeResult) -> RangeResult:
    """A result without its captures: what is kept of every range until its file is settled."""
    return RangeResult(result.work, result.extent, bad=result.bad)


def _meet(results: Iterable[RangeResult], file: Input) -> bool:
    """Whether the ranges of a file cover it exactly, each record once."""
    position = 0
    for result in sorted(results, key=lambda one: one.work.start):
        if result.extent.begin is None:
            continue
        if result.extent.begin != position:
            return False
        position = result.extent.reached
    return position >= file.size


def _name_bad(
    file: Input,
    up_to: int,
    results: Sequence[RangeResult],
    progress: Progress,
    outcome: Outcome,
) -> None:
    """Name a file's bad stretches; those after the last whole exchange of an open file are not."""
    for offset, length, problem in sorted(bad for result in results for bad in result.bad):
        if offset >= up_to:
            continue
        if file.named and length >= file.size:
            raise ArchiveError(problem, file=str(file.path), offset=offset)
        outcome.bad_stretches += 1
        bad = "bad byte" if length == 1 else "bad bytes"
        progress.warn(f"{file.path}: {length} {bad} at {offset}: {problem}")


def _drop(stage: Stage, outcome: Outcome, number: int, *, from_offset: int = 0) -> None:
    captures, rows = stage.forget(number, from_offset=from_offset)
    outcome.account.captures.captures -= captures
    outcome.account.rows.extracted -= rows


def _settle(stage: Stage, inputs: Inputs, registry: Registry, outcome: Outcome) -> None:
    """Duplicates and revisits, then what captures came to; a mixture of hosts is refused."""
    stage.index()
    outcome.account.rows.extracted -= stage.settle_duplicates()
    outcome.unresolved_revisits = settle_revisits(stage)
    captures = outcome.account.captures
    for name, count in stage.db.execute("SELECT outcome, count(*) FROM captures GROUP BY outcome"):
        setattr(captures, {"revisit": "revisits", "duplicate": "duplicates"}.get(name, name), count)
    if not stage.has_known_source():
        raise UsageError(_nothing_known(inputs, registry, captures.captures))
    for source in registry.sources:
        _refuse_mixture(stage, inputs, source.parsing.name)


def _nothing_known(inputs: Inputs, registry: Registry, captures: int) -> str:
    """Say that there is nothing to build from: of files that were named, and folders else."""
    places = sorted({str(file.path if file.named else file.path.parent) for file in inputs.files})
    if len(places) > PLACES_NAMED_MAX:
        places[PLACES_NAMED_MAX:] = [f"{len(places) - PLACES_NAMED_MAX} more"]
    where = ", ".join(places)
    if not captures:
        return f"{where} {'holds' if len(places) == 1 else 'hold'} no captures; nothing was built"
    known = ", ".join(source.parsing.name for source in registry.sources)
    which = "the only capture" if captures == 1 else f"none of {captures:,} captures"
    is_none = "is not" if captures == 1 else "is"
    return f"{which} in {where} {is_none} a page of a known source ({known}); nothing was built"


def _refuse_mixture(stage: Stage, inputs: Inputs, source: str) -> None:
    """Raise CollectionError where a source's pages come from its own host and from a stand-in."""
    first = (
        "SELECT file, url FROM captures WHERE source = ? AND is_stand_in = ?"
        " ORDER BY file, offset LIMIT 1"
    )
    found = [stage.db.execute(first, (source, side)).fetchone() for side in (0, 1)]
    if all(found):
        places = " and ".join(f"{inputs.files[file].path} ({url})" for file, url in found)
        raise CollectionError(
            f"pages of {source} and of a stand-in for it cannot be built together: {places}"
        )


def _build(
    stage: Stage, inputs: Inputs, registry: Registry, folder: Path, outcome: Outcome
) -> list[Part]:
    parts: list[Part] = []
    with storage_errors(folder):
        for source in registry.sources:
            parts += SourceBuild(source, stage, folder, outcome.account.rows).run()
        parts += write_archive_tables(stage, inputs.files, folder)
    for part in parts:
        outcome.tables[part.table] = outcome.tables.get(part.table, 0) + part.rows
    return parts


def _about(inputs: Inputs, registry: Registry, outcome: Outcome) -> dict[str, object]:
    """What snapshot.json says beside id, parent and parts."""
    return {
        "format": SCHEMA_VERSION,
        "inputs": [
            {
                "collection": file.collection,
                "file": file.name,
                "path": str(file.path.resolve()),
                "size": file.size,
                "sha256": file_sha256(file.path, size=file.size),
            }
            for file in inputs.files
        ],
        "parsers": registry.versions(),
        "schema_sha256": registry.schema_digest(),
        "tables": outcome.tables,
        "captures": str(outcome.account.captures),
        "rows": str(outcome.account.rows),
        "refetch": outcome.refetch.count,
    }
