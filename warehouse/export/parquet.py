"""Parquet: one file a table, in the schema of the snapshot's files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.export.plan import TableExport
from warehouse.parts import COMPRESSION_LEVEL, ROWS_PER_GROUP
from warehouse.sql.locked import LockedSql


def write_parquet(sql: LockedSql, tables: Sequence[TableExport], path: Path) -> dict[str, int]:
    """Rows in groups of one size, whatever batches they come in: the bytes follow the rows."""
    [one] = tables
    schema = one.shape.schema
    rows = 0
    with (
        path.open("xb") as file,  # Arrow reads some names, `file:x` for one, as URIs
        pq.ParquetWriter(
            file,
            schema,
            version="2.6",
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
            use_dictionary=True,
            write_statistics=True,
        ) as writer,
    ):
        for group in _groups(sql.batches(one.selection.of(sql)), schema):
            writer.write_table(group, row_group_size=ROWS_PER_GROUP)
            rows += group.num_rows
    return {one.shape.table: rows}


def _groups(batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows in tables of `ROWS_PER_GROUP`, the last one shorter."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        while rows >= ROWS_PER_GROUP:
            table = pa.Table.from_batches(held)
            yield _as(table.slice(0, ROWS_PER_GROUP), schema)
            held = table.slice(ROWS_PER_GROUP).to_batches()
            rows -= ROWS_PER_GROUP
    if rows:
        yield _as(pa.Table.from_batches(held), schema)


def _as(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """A table with the types and the nullability that the snapshot has."""
    columns = [column.cast(field.type) for column, field in zip(table.columns, schema, strict=True)]
    return pa.table(columns, schema=schema).combine_chunks()
