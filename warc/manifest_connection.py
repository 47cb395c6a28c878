"""The SQLite connection of a crawl manifest: opened, brought up to date, written to, closed.

Theory of operation. All changes belong to one transaction that is open from the first change on;
`commit` ends it. A manifest of an older version is brought up to date in one transaction of its
own; one that is opened only to be looked at is brought up to date in a copy in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from warc.disk import Disk, RealDisk
from warc.errors import CollectionError
from warc.manifest_schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION


class ManifestConnection:
    """An open manifest; its changes last only once the collection has committed them."""

    def __init__(self, path: Path, *, disk: Disk | None = None, read_only: bool = False) -> None:
        """Open or create the manifest.

        read_only  for looking while another process may be writing
        raises     CollectionError where it is damaged, unwritable or of another version
        """
        self.path = path
        self._disk = disk or RealDisk()
        self._trouble = ""
        try:
            self._connection = _connect(path, read_only=read_only)
        except sqlite3.Error as error:
            damaged = isinstance(error, sqlite3.DatabaseError) and path.is_file()
            way_out = "; deleted, it is made again from the WARC files" if damaged else ""
            raise CollectionError(f"{path} cannot be opened: {error}{way_out}") from error

    def commit(self) -> None:
        """End the transaction: the collection's to call, once the WARC file is synced.

        raises  CollectionError also where a statement has failed before: SQLite may have rolled
                the transaction back then, and what was added since would be half of it
        """
        if self._trouble:
            raise CollectionError(f"{self.path} cannot be written: {self._trouble}")
        try:
            self._disk.commit(self._connection)
        except sqlite3.Error as error:
            raise CollectionError(f"{self.path} cannot be written: {error}") from error

    def close(self) -> None:
        """Close the manifest; what is not committed is gone."""
        self._connection.close()

    def _execute(
        self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()
    ) -> sqlite3.Cursor:
        """Run a statement; raises CollectionError where SQLite cannot."""
        try:
            return self._connection.execute(statement, values)
        except sqlite3.Error as error:
            self._trouble = str(error)
            raise CollectionError(f"{self.path} cannot be used: {error}") from error

    def _execute_many(self, statement: str, rows: Iterable[Any]) -> sqlite3.Cursor:
        """Run a statement for many rows; raises CollectionError where SQLite cannot."""
        try:
            return self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            self._trouble = str(error)
            raise CollectionError(f"{self.path} cannot be used: {error}") from error


def _connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection to a manifest of our version; raises sqlite3.Error, CollectionError."""
    if read_only:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    else:
        if not path.exists():
            for left in (f"{path}-wal", f"{path}-shm"):
                Path(left).unlink(missing_ok=True)  # of a manifest that was deleted
        connection = sqlite3.connect(path, isolation_level="IMMEDIATE")
    try:
        return _up_to_date(connection, path, read_only=read_only)
    except (sqlite3.Error, CollectionError):
        connection.close()
        raise


def _up_to_date(
    connection: sqlite3.Connection, path: Path, *, read_only: bool
) -> sqlite3.Connection:
    """A manifest of our version: made, brought up to date, or as it was; raises as above."""
    if not read_only:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0 and not read_only:
        connection.executescript(f"BEGIN;\n{SCHEMA}\nCOMMIT;")
        version = SCHEMA_VERSION
    elif version in MIGRATIONS and read_only:
        connection = _copied(connection)
    while version in MIGRATIONS:
        connection.executescript(f"BEGIN IMMEDIATE;\n{MIGRATIONS[version]}\nCOMMIT;")
        version += 1
    if version != SCHEMA_VERSION:
        raise CollectionError(f"{path} is a manifest of version {version}, not {SCHEMA_VERSION}")
    return connection


def _copied(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A copy in memory, which may be changed while the file is not."""
    copy = sqlite3.connect(":memory:")
    connection.backup(copy)
    connection.close()
    return copy
