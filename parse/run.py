"""One parse, from WARC files to a committed snapshot.

Theory of operation. First the cache is brought up to date with the files (`parse/fill.py`): what it
has is not read again, and what was read stays, also of a parse that is killed. Then the captures
that count are staged and settled (duplicates, revisits), tables are built of them block by block,
and what was built aside becomes a snapshot, or is looked at and dropped.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from parse.account import Account
from parse.archive_tables import write_archive_tables
from parse.basis import Basis, Pins, basis_of
from parse.blocks import Blocks, commit_blocks
from parse.build import SourceBuild
from parse.cache import Cache
from parse.fill import Filled, Progress, Reader, fill, name_bad
from parse.inputs import Inputs
from parse.prints import table_print
from parse.refetch import REFETCH_NAME, Refetch, write_refetch
from parse.registry import BUILT_IN, Registry, load_registry
from parse.replay import RANGE_BYTES
from parse.revisits import settle_revisits
from parse.stage import Stage
from parse.times import EVER_US, iso_time
from warc.errors import CollectionError, UsageError
from warc.words import counted
from warehouse.errors import WarehouseError
from warehouse.part import Part
from warehouse.snapshot import Snapshot
from warehouse.store import Store, storage_errors

FORMAT = 2  # of snapshot.json
PLACES_NAMED_MAX = 3
ASIDE = "not committed"
"""In place of an id: a snapshot that was built to be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseOptions:
    """What a parse is told; of it `registry`, `pins` and `as_of_us` change the tables.

    executor  makes the pool for the workers; None reads everything in this process
    as_of_us  microseconds since 1970: captures fetched later are left out, and the snapshot that
              is made stands beside the current one
    """

    warehouse: Path
    registry: str = BUILT_IN
    workers: int = 1
    range_bytes: int = RANGE_BYTES
    executor: Callable[[], Executor] | None = None
    pins: Pins = ()
    as_of_us: int = EVER_US


@dataclass(slots=True)
class Outcome:
    """What a parse did; `needs_look` says why the exit code is 1, if it is.

    refetch  the pages worth fetching again, listed in `refetch_file`
    later    captures fetched after the time that was asked for
    read     pieces of archive that were read; 0 where the cache had everything
    reused   blocks of tables that were taken over from earlier builds
    changed  parsers whose code changed under the same version
    """

    snapshot: str = ""
    account: Account = field(default_factory=Account)
    tables: dict[str, int] = field(default_factory=dict)
    bad_stretches: int = 0
    unresolved_revisits: int = 0
    refetch: Refetch = field(default_factory=Refetch)
    refetch_file: Path = field(default_factory=Path)
    later: int = 0
    read: int = 0
    reused: int = 0
    changed: list[str] = field(default_factory=list)
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

    def summary(self) -> dict[str, Any]:
        """What a program wants to know of it: also what snapshot.json keeps."""
        rows = asdict(self.account.rows)
        del rows["lost"]
        waiting = rows.pop("waiting")
        return {
            "tables": self.tables,
            "captures": asdict(self.account.captures),
            "rows": rows,
            "waiting_for_root": sum(waiting.values()),
            "bad_stretches": self.bad_stretches,
            "unresolved_revisits": self.unresolved_revisits,
            "refetch": {"count": self.refetch.count, "file": REFETCH_NAME},
            "later": self.later,
            "needs_look": self.needs_look,
        }


@dataclass(frozen=True, slots=True)
class Built:
    """Tables that were built aside: nobody sees them until they are committed."""

    store: Store
    folder: Path
    stage: Stage
    cache: Cache
    filled: Filled
    parts: list[Part]
    about: dict[str, Any]
    outcome: Outcome

    @property
    def snapshot(self) -> Snapshot:
        """What was built, to be read like a snapshot."""
        parts = [
            {
                "table": one.table,
                "name": one.name,
                "rows": one.rows,
                "size": one.size,
                "sha256": one.sha256,
            }
            for one in self.parts
        ]
        return Snapshot(ASIDE, self.folder, {**self.about, "id": ASIDE, "parts": parts})

    def commit(self, *, current: bool) -> None:
        """Make it a snapshot."""
        self.outcome.snapshot = self.store.commit(
            self.folder, self.parts, self.about, current=current
        )
        commit_blocks(self.stage, self.outcome.snapshot)
        self.cache.prune(
            (known.id for known in self.filled.files),
            (parser.id for parser in self.filled.parsers),
            self.store.ids(),
        )
        self.outcome.refetch_file = self.store.path_of(self.outcome.snapshot) / REFETCH_NAME


def parse_archives(inputs: Inputs, options: ParseOptions, progress: Progress) -> Outcome:
    """Read every capture that is new, build every table, commit one snapshot.

    raises  WarehouseError where the warehouse is locked or unwritable or the account does not add
            up, ArchiveError where a named file is no WARC file, UsageError where nothing in the
            inputs is of a known source or a pin names nothing; the current snapshot then stands
    """
    started = time.monotonic()
    with building(inputs, options, progress) as built:
        built.commit(current=options.as_of_us == EVER_US)
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
    with store.building() as folder, _cache(store) as cache:
        basis = basis_of(
            inputs.files,
            cache=store.cache,
            registry=options.registry,
            pins=options.pins,
            as_of_us=options.as_of_us,
        )
        outcome = Outcome()
        with storage_errors(store.folder):
            filled = fill(cache, basis.files, _reader(options), progress)
        outcome.read, outcome.changed = filled.read, filled.changed
        outcome.bad_stretches = name_bad(cache, filled.files, progress)
        stage = Stage(cache)
        try:
            with storage_errors(store.folder):
                _settle(stage, filled, inputs, basis, registry, outcome)
                progress.stage("building tables")
                parts = _build(stage, inputs, registry, store, folder, outcome)
                outcome.refetch = write_refetch(stage, registry, folder)
            outcome.account.check()
            about = _about(basis, registry, outcome)
            yield Built(store, folder, stage, cache, filled, parts, about, outcome)
        finally:
            stage.close()


def _reader(options: ParseOptions) -> Reader:
    return Reader(
        registry=options.registry,
        pins=options.pins,
        range_bytes=options.range_bytes,
        workers=options.workers,
        executor=options.executor,
    )


@contextmanager
def _cache(store: Store) -> Iterator[Cache]:
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


def _build(  # noqa: PLR0917 - the parts of one build
    stage: Stage,
    inputs: Inputs,
    registry: Registry,
    store: Store,
    folder: Path,
    outcome: Outcome,
) -> list[Part]:
    parts: list[Part] = []
    for source in registry.sources:
        kinds = source.parsing.name, source.parsing.root
        blocks = Blocks(stage, kinds, table_print(source), store.snapshots)
        parts += SourceBuild(source, stage, folder, outcome.account.rows, blocks).run()
        outcome.reused += blocks.reused
    parts += write_archive_tables(stage, inputs.files, folder)
    for part in parts:
        outcome.tables[part.table] = outcome.tables.get(part.table, 0) + part.rows
    return parts


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
        "schema_sha256": registry.schema_digest(),
        "tables": outcome.tables,
        "summary": outcome.summary(),
        "captures": str(outcome.account.captures),
        "rows": str(outcome.account.rows),
    }
