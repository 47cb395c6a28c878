"""One snapshot, read: its tables, its rows by key, what it was built from."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from warehouse.column import Row
from warehouse.errors import TableNotFoundError, WarehouseError
from warehouse.lease import Gone, InUse, Lease, lease_to_read
from warehouse.part import file_sha256
from warehouse.rows.listed import TABLES
from warehouse.store import Store

if TYPE_CHECKING:
    import polars as pl

    from warehouse.schema import Column

SEEN_MAX = 20  # rows shown when a key fits several
OPEN_ATTEMPTS = 5  # a snapshot may be replaced and pruned between two looks, hardly five times
ID_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A committed state of all tables; never changes.

    lease  keeps it from being pruned for as long as this object is known to someone
    """

    id: str
    folder: Path
    about: dict[str, Any]
    lease: Lease | None = field(default=None, repr=False, compare=False)

    def table(self, name: str) -> pl.LazyFrame:
        """A table, unread; TableNotFoundError lists what there is."""
        import polars as pl  # noqa: PLC0415 - who only counts rows shall not wait for it

        # Absolute and listed: a folder `file:x` is no URI, and one with brackets no pattern.
        return pl.scan_parquet(self.parts(name), glob=False)

    def parts(self, name: str) -> list[Path]:
        """The files of a table, absolute, in the order of its key; each is what was written.

        raises  WarehouseError where one is not, TableNotFoundError where there is no such table
        """
        paths = self.paths(name)
        digests = {
            part["name"]: part["sha256"] for part in self.about["parts"] if part["table"] == name
        }
        for path in paths:
            changed_ns = path.stat().st_mtime_ns
            if path.name in digests and not _is_as_written(path, digests[path.name], changed_ns):
                raise WarehouseError(
                    f"cannot read the table: {path} is not what was written: delete that file, and"
                    " warchouse parse builds it anew"
                )
        return paths

    def paths(self, name: str) -> list[Path]:
        """As `parts`, without a look into the files."""
        if name not in self.about["tables"]:
            known = ", ".join(self.about["tables"])
            raise TableNotFoundError(f"no table {name!r} in snapshot {self.id}: there are {known}")
        parts = sorted((self.folder / name).resolve().glob("*.parquet"))
        if not parts:
            raise WarehouseError(f"cannot read the table: no part in {self.folder / name}")
        return parts

    def rows_of(self, name: str, key: Sequence[str]) -> list[dict[str, Any]]:
        """The rows whose first key columns have these values, at most 20 of them.

        raises  TableNotFoundError where the key is malformed or fits no row
        """
        from warehouse.schema import columns_of, key_of  # noqa: PLC0415 - loads Arrow, as above

        table, row = self.table(name), row_named(name)
        columns = {column.name: column for column in columns_of(row)}
        names = key_of(row)
        if not 0 < len(key) <= len(names):
            raise TableNotFoundError(
                f"the key of {name} is {' '.join(names)}: give 1 to {len(names)}"
            )
        for column, text in zip(names, key, strict=False):
            table = table.filter(_is(columns[column], text, name))
        found = table.head(SEEN_MAX).collect().to_dicts()
        if not found:
            raise TableNotFoundError(f"no row of {name} has the key {' '.join(key)}")
        return found

    def capture(self, capture_id: int) -> dict[str, Any]:
        """The row of `captures` that was read, not a second copy of its record."""
        import polars as pl  # noqa: PLC0415 - as above

        captures = self.table("captures")
        wanted = (pl.col("capture_id") == capture_id) & (pl.col("outcome") != "duplicate")
        found = captures.filter(wanted).collect().to_dicts()
        if not found:
            raise WarehouseError(f"snapshot {self.id} has no capture {capture_id}")
        return found[0]

    def path_of(self, collection: str, file: str) -> Path | None:
        """Where a WARC file lay when the snapshot was built."""
        for known in self.about["inputs"]:
            if (known["collection"], known["file"]) == (collection, file):
                return Path(known["path"])
        return None


@functools.lru_cache(maxsize=4096)
def _is_as_written(path: Path, sha256: str, changed_ns: int) -> bool:
    """Whether a part has its digest; looked at once, unless it was written to since."""
    del changed_ns
    try:
        return file_sha256(path) == sha256
    except OSError as error:
        problem = f"cannot read the table: {path}: {error.strerror}"
        raise WarehouseError(problem) from error


def _is(column: Column, text: str, table: str) -> pl.Expr:
    """A column has the value that a text names; `null` names none where none is allowed."""
    import polars as pl  # noqa: PLC0415 - as above

    if text == "null" and column.nullable:
        return pl.col(column.name).is_null()
    try:
        value = column.kind(text)
    except ValueError as error:
        wrong = f"{column.name} of {table} is a number, not {text!r}"
        raise TableNotFoundError(wrong) from error
    return pl.col(column.name).eq(value)


def current_snapshot(folder: Path, *, way: str = "--snapshot ID reads one") -> Snapshot:
    """The current snapshot of a warehouse, held while it is known; see `open_snapshot`.

    raises  TableNotFoundError where nothing was built yet, DamagedError where it cannot be told
    """
    return open_snapshot(folder, "", way=way)


def open_snapshot(folder: Path, wanted: str, *, way: str = "--snapshot ID reads one") -> Snapshot:
    """A snapshot of a warehouse, held while it is known.

    wanted  an id as `000041` or `41`; empty for the current one
    way     how the command gets at another one, for who wants the current one where there is none
    raises  TableNotFoundError where there is none, DamagedError where it cannot be told
    """
    store = Store(folder)
    for attempt in range(OPEN_ATTEMPTS):
        snapshot = _id_of(wanted, store) if wanted else store.current()
        if snapshot is None:
            raise _none_current(store, way)
        try:
            lease = lease_to_read(store.path_of(snapshot))
        except (Gone, InUse):
            # Pruned since CURRENT was read: the next look finds its successor.
            if wanted or attempt == OPEN_ATTEMPTS - 1:
                raise
        else:
            return Snapshot(snapshot, store.path_of(snapshot), store.about(snapshot), lease)
    raise AssertionError("the last attempt ends the loop")


def _id_of(word: str, store: Store) -> str:
    """The id of a snapshot that is there; raises TableNotFoundError."""
    known = store.ids()
    if word.isdecimal() and word.isascii():
        snapshot = f"{int(word):0{ID_DIGITS}d}"
        if snapshot in known:
            return snapshot
    raise TableNotFoundError(f"no snapshot {word!r} in {str(store.folder)!r}: {there_are(known)}")


def _none_current(store: Store, way: str) -> TableNotFoundError:
    """Why there is no current snapshot: nothing was built, or only as of some day."""
    known = store.ids()
    if not known:
        return nothing_built(store.folder)
    none = f"no snapshot in {str(store.folder)!r} is the current one: {there_are(known)}"
    return TableNotFoundError(f"{none}; {way}, and warchouse parse without --as-of builds it")


def nothing_built(folder: Path) -> TableNotFoundError:
    """The error about a warehouse without any snapshot."""
    return TableNotFoundError(f"nothing is built in {str(folder)!r} yet: run warchouse parse")


def there_are(ids: Sequence[str]) -> str:
    """Which snapshots a message can point to.

    >>> there_are(["000001"]), there_are(["000001", "000002"]), there_are([])
    ('there is 000001', 'there are 000001, 000002', 'there is none')
    """
    return f"there {'are' if len(ids) > 1 else 'is'} {', '.join(ids) or 'none'}"


def row_named(table: str) -> type[Row]:
    """The row class of a table."""
    row = declared(table)
    if row is None:
        raise TableNotFoundError(f"no row class declares table {table!r}")
    return row


def declared(table: str) -> type[Row] | None:
    """The row class of a table, if one declares it today."""
    return next((row for row in TABLES if row.table == table), None)


def sentence(table: str) -> str:
    """What a table holds, in one sentence: the first of its row class's docstring."""
    row = declared(table)
    return inspect.cleandoc(row.__doc__ or "").split("\n\n")[0].replace("\n", " ") if row else ""
