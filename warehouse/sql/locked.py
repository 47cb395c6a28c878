"""DuckDB with one snapshot's tables as views, and every other door shut.

Theory of operation. Three locks, each of which would do for what it is there for:
- settings: no external access but the parts of this snapshot, no extensions, no secrets, no Python
  variables as tables; then the settings themselves are locked;
- the tree of a statement is walked before it runs (`tree.py`): one SELECT, known table functions;
- statements only ever run as relations, which DuckDB makes of SELECTs alone.
A query runs in a thread of its own while the main one waits, so that Ctrl+C can interrupt it.
"""

from __future__ import annotations

import contextlib
import queue
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import duckdb
import pyarrow as pa

from warehouse.errors import WarehouseError
from warehouse.snapshot import Snapshot
from warehouse.sql.errors import SqlError, one_line
from warehouse.sql.tree import check_sql

MEMORY = "1GB"
BATCH_ROWS = 10_240  # five of DuckDB's vectors; some megabytes of the widest table
BATCHES_AHEAD = 4
SIZE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})? ?[KMGT]i?B", re.IGNORECASE)
LINE = re.compile(r" \(line [0-9]+\)$")
WAIT_S = 0.2  # Windows hears of Ctrl+C only between two waits
STARTING: dict[str, str | bool | int | float | list[str]] = {
    "allow_community_extensions": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}

Relation = duckdb.DuckDBPyRelation


class Unreadable(WarehouseError):
    """A part of a table cannot be read."""


class LockedSql:
    """A connection that reads the tables of one snapshot and nothing else."""

    def __init__(self, snapshot: Snapshot, *, memory: str = MEMORY) -> None:
        """Make the views and turn the key; the snapshot is held as long as this is.

        memory  what DuckDB may use, as `500MB`; what does not fit is spilled to a folder of ours
        raises  WarehouseError where a table is damaged, SqlError where `memory` is no size
        """
        self.snapshot = snapshot
        self._memory = memory
        self._spill = Path(tempfile.mkdtemp(prefix="warchouse-sql-"))
        self._connection = duckdb.connect(":memory:", config=STARTING)
        try:
            self._lock(memory)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Give this connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let go of everything."""
        self._connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)

    def read(self, sql: str, values: Sequence[object] = ()) -> Relation:
        """What a SELECT gives, not run yet; raises SqlError where it is wrong or none.

        values  for `$1`, `$2` … in the text
        """
        for name in self.snapshot.about["tables"]:
            if name in sql.casefold().replace('""', '"'):
                self.snapshot.parts(name)  # looks whether they are what was written
        with self._errors():
            check_sql(sql, self._connection)
            found = self._connection.sql(sql, params=list(values))
        if found is None:
            raise SqlError("there is no SQL to run")
        return found

    def batches(self, relation: Relation, *, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """The rows of a relation, a few thousand at a time; Ctrl+C interrupts the work."""
        box: queue.Queue[pa.RecordBatch | BaseException | None] = queue.Queue(BATCHES_AHEAD)
        stopped = threading.Event()
        work = threading.Thread(target=_fill, args=(relation, rows, box, stopped), daemon=True)
        work.start()
        try:
            with self._errors():
                yield from _taken(box)
        finally:
            stopped.set()
            while work.is_alive():  # an interrupt that comes before the work begins is lost
                self._connection.interrupt()
                work.join(WAIT_S)

    def _lock(self, memory: str) -> None:
        run = self._connection.execute
        if not SIZE.fullmatch(memory):
            raise SqlError(f"{memory!r} is no size of memory, as 500MB or 2GB (--memory)")
        run("SET memory_limit = $1", [memory])
        run("SET temp_directory = $1", [str(self._spill)])
        run("SET allow_persistent_secrets = false")
        run("SET TimeZone = 'UTC'")
        tables = {name: self.snapshot.paths(name) for name in self.snapshot.about["tables"]}
        run("SET allowed_paths = $1", [[str(part) for of in tables.values() for part in of]])
        run("SET enable_external_access = false")
        for name, parts in tables.items():
            with self._errors(name):
                run(_view(name, parts))
        run("SET lock_configuration = true")

    def _is_of_a_part(self, error: duckdb.Error, text: str) -> bool:
        """Whether a part's bytes are to blame, and not the SQL."""
        if isinstance(error, duckdb.PermissionException):
            return False
        kinds = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException)
        # What its Parquet reader meets below DuckDB's own errors comes without a class.
        if type(error) is duckdb.Error or isinstance(error, kinds):
            return True
        return str(self.snapshot.folder.resolve()) in text

    @contextmanager
    def _errors(self, table: str = "") -> Iterator[None]:
        """Turn what DuckDB refuses into our errors: of the files, or of who wrote the SQL."""
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            raise SqlError(f"the query needs more memory than {self._memory} (--memory)") from error
        except duckdb.Error as error:
            text = one_line(str(error))
            if table or self._is_of_a_part(error, text):
                place = f"{table}: " if table else ""
                problem = LINE.sub("", text)  # of SQL that the caller never saw
                raise Unreadable(f"cannot read the table: {place}{problem}") from error
            raise SqlError(text) from error


def quoted(name: str) -> str:
    """A name as SQL writes it.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _view(name: str, parts: Sequence[Path]) -> str:
    listed = ", ".join(literal(str(part)) for part in parts)
    return f"CREATE VIEW {quoted(name)} AS FROM read_parquet([{listed}])"


def _fill(
    relation: Relation,
    rows: int,
    box: queue.Queue[pa.RecordBatch | BaseException | None],
    stopped: threading.Event,
) -> None:
    """Put every batch into the box, then None; or what went wrong."""
    try:
        for batch in relation.to_arrow_reader(rows):
            if not _put(box, batch, stopped):
                return
        _put(box, None, stopped)
    except BaseException as error:  # noqa: BLE001 - raised again by who takes from the box
        _put(box, error, stopped)


def _put(
    box: queue.Queue[pa.RecordBatch | BaseException | None],
    item: pa.RecordBatch | BaseException | None,
    stopped: threading.Event,
) -> bool:
    """Put into the box once there is room; False where nobody takes any more."""
    while not stopped.is_set():
        with contextlib.suppress(queue.Full):
            box.put(item, timeout=WAIT_S)
            return True
    return False


def _taken(
    box: queue.Queue[pa.RecordBatch | BaseException | None],
) -> Iterator[pa.RecordBatch]:
    while True:
        try:
            item = box.get(timeout=WAIT_S)
        except queue.Empty:
            continue
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item
