"""Tables to Parquet parts: the one way a part is written, so that its bytes follow its rows.

Rows arrive in key order and leave as record batches at once: Arrow's columns take a tenth of the
memory of the row objects. A part is joined into one table and written with one call whose options
are all given here; nothing in the file depends on time, machine or how the rows arrived.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.column import Row
from warehouse.part import Part, file_sha256
from warehouse.schema import arrow_schema

ROWS_PER_GROUP = 131_072
COMPRESSION_LEVEL = 3  # zstd's own default; a higher one costs more time than disk


def write_part(path: Path, table: pa.Table) -> None:
    """Write rows that are in key order; the same rows give the same bytes.

    raises  OSError that names the file where the disk refuses
    """
    with naming(path), path.open("wb") as file:  # Arrow reads some names, `file:x`, as URIs
        pq.write_table(
            table.combine_chunks(),
            file,
            version="2.6",
            data_page_version="1.0",
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
            use_dictionary=True,
            write_statistics=True,
            row_group_size=ROWS_PER_GROUP,
            store_schema=True,
        )


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Have an OSError without a file name this one: a full disk refuses a handle, not a path."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


class TableWriter:
    """Collects one table's batches and writes them as numbered parts under a folder."""

    def __init__(self, folder: Path, row: type[Row]) -> None:
        """Make the table's folder."""
        self.row = row
        self.schema = arrow_schema(row)
        self.parts: list[Part] = []
        self._folder = folder / row.table
        self._folder.mkdir(parents=True, exist_ok=True)
        self._batches: list[pa.RecordBatch] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Take rows that follow those already taken in key order."""
        if batch.num_rows:
            self._batches.append(batch)

    def add_table(self, rows: pa.Table) -> None:
        """As `add`, of rows that come in chunks."""
        for batch in rows.to_batches():
            self.add(batch)

    def add_columns(self, columns: Mapping[str, Sequence[object]]) -> None:
        """Take rows given as one list per column of the schema."""
        arrays = [pa.array(columns[field.name], type=field.type) for field in self.schema]
        self.add(pa.RecordBatch.from_arrays(arrays, schema=self.schema))

    def add_rows(self, rows: Iterable[Row]) -> None:
        """Take rows of a table without provenance columns."""
        listed = list(rows)
        names = self.schema.names
        self.add_columns({name: [getattr(row, name) for row in listed] for name in names})

    def finish_part(self, number: int) -> Part | None:
        """Write what was taken since the last part; nothing if that is nothing."""
        if not self._batches:
            return None
        return self._write(number, pa.Table.from_batches(self._batches, schema=self.schema))

    def adopt(self, part: Part, found: Path) -> None:
        """Take a part that was written before: as a hard link, as a copy where links fail.

        Rows taken since the last part are those in it.
        """
        self._batches.clear()
        ours = self._folder / part.name
        try:
            os.link(found, ours)
        except OSError:
            shutil.copyfile(found, ours)
        self.parts.append(part)

    def take(self, part: Part, found: Path) -> None:
        """Take a part that was written elsewhere for this table: it is moved here."""
        found.replace(self._folder / part.name)
        self.parts.append(part)

    def close(self) -> None:
        """Write an empty part if the table has none, so that readers find its columns."""
        assert not self._batches, "a part was left unwritten"
        if not self.parts:
            self._write(0, self.schema.empty_table())

    def _write(self, number: int, table: pa.Table) -> Part:
        name = f"part-{number:05d}.parquet"
        path = self._folder / name
        write_part(path, table)
        self._batches.clear()
        digest, size = file_sha256(path), path.stat().st_size
        part = Part(table=self.row.table, name=name, rows=table.num_rows, size=size, sha256=digest)
        self.parts.append(part)
        return part
