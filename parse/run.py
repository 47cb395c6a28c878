"""One parse, from WARC files to a committed snapshot.

Theory of operation. First the cache is brought up to date with the files (`parse/fill.py`): what it
has is not read again, and what was read stays, also of a parse that is killed. Then the captures
that count are staged and settled (duplicates, revisits), tables are built of them block by block
and marts of those tables, and what was built aside becomes a snapshot, or is looked at and dropped.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from parse.archive_tables import write_archive_tables
from parse.basis import Basis, Pins, basis_of
from parse.blocks import Blocks
from parse.build import Helpers, SourceBuild
from parse.built import Built, Outcome, held_back_text
from parse.cache import Cache
from parse.fill import Filled, Progress, Reader, fill, name_bad
from parse.inputs import Inputs
from parse.marts import MartsBuild
from parse.prints import table_print
from parse.refetch import write_refetch
from parse.registry import BUILT_IN, Registry, load_registry
from parse.replay import RANGE_BYTES
from parse.revisits import settle_revisits
from parse.stage import Stage
from parse.times import EVER_US, iso_time
from parse.tracked import Tracked
from warc.errors import CollectionError, UsageError
from warehouse.diff.losses import Limits
from warehouse.errors import HeldBackError, WarehouseError
from warehouse.history import as_of_text
from warehouse.part import Part
from warehouse.store import Store, storage_errors

FORMAT = 2  # of snapshot.json
PLACES_NAMED_MAX = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseOptions:
    """What a parse is told; of it `registry`, `pins` and `as_of_us` change the tables.

    executor  makes the pool for the workers; None reads everything in this process
    as_of_us  microseconds since 1970: captures fetched later are left out, and the snapshot that
              is made stands beside the current one
    limits    what a build may lose of the current snapshot; `accept` commits what loses more
    """

    warehouse: Path
    registry: str = BUILT_IN
    workers: int = 1
    range_bytes: int = RANGE_BYTES
    executor: Callable[[], Executor] | None = None
    pins: Pins = ()
    as_of_us: int = EVER_US
    accept: bool = False
    limits: Limits = field(default_factory=Limits)


def parse_archives(inputs: Inputs, options: ParseOptions, progress: Progress) -> Outcome:
    """Read every capture that is new, build every table, commit one snapshot.

    raises  WarehouseError where the warehouse is locked or unwritable, HeldBackError where the
            account does not add up or the build would lose more than the limits, ArchiveError
            where a named file is no WARC file, UsageError where nothing in the inputs is of a
            known source or a pin names nothing; the current snapshot then stands
    """
    started = time.monotonic()
    with building(inputs, options, progress) as built:
        is_current = options.as_of_us == EVER_US
        if is_current and not options.accept and (reasons := built.losses(options.limits)):
            told = built.outcome.told() | {"held_back": list(reasons)}
            raise HeldBackError(held_back_text(reasons), told=told)
        if is_current:
            built.outcome.vanished = built.vanished()
        built.commit(current=is_current)
    built.outcome.seconds = time.monotonic() - started
    return built.outcome


@contextmanager
def building(inputs: Inputs, options: ParseOptions, progress: Progress) -> Iterator[Built]:
    """Build every table aside; it is gone afterwards unless it was committed.

    raises  as `parse_archives`
    """
    registry = load_registry(options.registry)
    registry.check_pins(options.pins)
    store = Store(options.warehouse)
    with store.building() as folder, open_cache(store) as cache:
        basis = basis_for(inputs, options)
        outcome = Outcome()
        stage = Stage(cache)
        try:
            with storage_errors(store.folder), workers_of(options) as executor:
                filled = fill(cache, basis.files, reader_of(basis, options, executor), progress)
                outcome.read, outcome.parsed = filled.read, filled.parsed
                outcome.again = filled.again
                outcome.changed = filled.changed
                outcome.bad_stretches = name_bad(cache, filled.files, progress)
                _settle(stage, filled, inputs, basis, registry, outcome)
                progress.stage("building tables")
                helpers = Helpers(executor, options.registry)
                parts = _build(stage, registry, store, folder, outcome, helpers, basis.tracked)
            with storage_errors(store.folder):
                parts += write_archive_tables(stage, inputs.files, folder)
                outcome.refetch = write_refetch(stage, registry, folder)
            outcome.tables = _counts(parts)
            outcome.account.check()
            about = _about(basis, registry, outcome)
            yield Built(store, folder, stage, cache, filled, parts, about, outcome, registry.tables)
        finally:
            stage.close()


def basis_for(inputs: Inputs, options: ParseOptions) -> Basis:
    """All that decides what these options make of these inputs."""
    return basis_of(
        inputs.files,
        cache=Store(options.warehouse).cache,
        registry=options.registry,
        pins=options.pins,
        as_of_us=options.as_of_us,
        tracked=inputs.tracked,
    )


@contextmanager
def workers_of(options: ParseOptions) -> Iterator[Executor | None]:
    """The pool that reads pages and builds blocks; None where this process does it all."""
    if options.executor is None:
        yield None
        return
    with options.executor() as executor:
        yield executor


def reader_of(
    basis: Basis, options: ParseOptions, executor: Executor | None, *, until: float | None = None
) -> Reader:
    """How pages are read; `until` as in `Reader`."""
    return Reader(
        registry=options.registry,
        pins=options.pins,
        tracked=basis.tracked,
        range_bytes=options.range_bytes,
        workers=options.workers,
        executor=executor,
        until=until,
    )


@contextmanager
def open_cache(store: Store) -> Iterator[Cache]:
    """The cache, held open; one that turns out to be damaged is deleted."""
    with storage_errors(store.folder):
        cache = Cache(store.cache)
    try:
        yield cache
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError | sqlite3.IntegrityError):
            raise
        cache.close()
        cache.delete()
        problem = f"the cache was damaged ({error}) and is deleted; the same command builds anew"
        raise WarehouseError(problem) from error
    finally:
        cache.close()


def _settle(  # noqa: PLR0917 - the parts of one build
    stage: Stage,
    filled: Filled,
    inputs: Inputs,
    basis: Basis,
    registry: Registry,
    outcome: Outcome,
) -> None:
    """Duplicates and revisits, then what captures came to; a mixture of hosts is refused."""
    stage.take(filled, as_of_us=basis.as_of_us)
    captures, rows = outcome.account.captures, outcome.account.rows
    outcome.later = stage.count_later(basis.as_of_us)
    captures.captures = stage.captures_read(filled) - outcome.later
    stage.settle_duplicates()
    outcome.unresolved_revisits = settle_revisits(stage)
    for name, count in stage.db.execute("SELECT outcome, count(*) FROM captures GROUP BY outcome"):
        setattr(captures, {"revisit": "revisits", "duplicate": "duplicates"}.get(name, name), count)
    rows.extracted = int(stage.db.execute("SELECT total(rows) FROM captures").fetchone()[0])
    if not stage.has_known_source():
        known = ", ".join(source.parsing.name for source in registry.sources)
        until = iso_time(basis.as_of_us)
        raise UsageError(_nothing_known(inputs, known, captures.captures, until))
    for source in registry.sources:
        _refuse_mixture(stage, inputs, source.parsing.name)


def _nothing_known(inputs: Inputs, known: str, captures: int, until: str | None) -> str:
    """Say that there is nothing to build from: of files that were named, and folders else."""
    places = sorted({str(file.path if file.named else file.path.parent) for file in inputs.files})
    if len(places) > PLACES_NAMED_MAX:
        places[PLACES_NAMED_MAX:] = [f"{len(places) - PLACES_NAMED_MAX} more"]
    where = ", ".join(places)
    if not captures:
        holds = "holds" if len(places) == 1 else "hold"
        up_to = f" up to {as_of_text(until)}" if until else ""
        return f"{where} {holds} no captures{up_to}; nothing was built"
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


def _build(  # noqa: PLR0917 - the parts of one build
    stage: Stage,
    registry: Registry,
    store: Store,
    folder: Path,
    outcome: Outcome,
    helpers: Helpers,
    tracked: Tracked,
) -> list[Part]:
    """Build every source's tables; the parts written."""
    stage.share()
    parts: list[Part] = []
    marts = MartsBuild(stage, store, folder)
    for source in registry.sources:
        blocks = Blocks(stage, source.parsing.name, table_print(source), store.snapshots)
        rows = outcome.account.rows
        of_source = SourceBuild(source, stage, folder, rows, blocks, helpers).run()
        parts += [
            *of_source,
            *marts.build(source, of_source),
            *marts.status(source, of_source, tracked),
        ]
        outcome.reused += blocks.reused
    outcome.marts, outcome.detail = marts.notes, marts.detail
    outcome.undetailed = marts.undetailed
    return parts


def _counts(parts: list[Part]) -> dict[str, int]:
    """Rows by table, in the order the tables were built."""
    tables: dict[str, int] = {}
    for part in parts:
        tables[part.table] = tables.get(part.table, 0) + part.rows
    return tables


def _about(basis: Basis, registry: Registry, outcome: Outcome) -> dict[str, Any]:
    """What snapshot.json says beside id, parent and parts."""
    return {
        "format": FORMAT,
        "basis": basis.digest,
        "inputs": [
            {
                "collection": file.collection,
                "file": file.name,
                "path": str(file.path.resolve()),
                "size": file.size,
                "sha256": sha256,
            }
            for file, sha256 in basis.files
        ],
        "parsers": registry.versions(basis.pins),
        "pins": dict(basis.pins),
        "as_of": iso_time(basis.as_of_us),
        "tracked": None if basis.tracked is None else [list(one) for one in basis.tracked],
        "schema_sha256": registry.schema_digest(),
        "tables": outcome.tables,
        "marts": {table: msgspec.to_builtins(note) for table, note in outcome.marts.items()},
        "summary": outcome.summary(),
        "captures": str(outcome.account.captures),
        "rows": str(outcome.account.rows),
    }
