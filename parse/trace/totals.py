"""The trace of a row of a mart: the rows of tables that it was worked out of, and their captures.

A mart says which rows of a block one of its rows stands on. These are read off the snapshot, worked
out again, and compared with the row, so that what is listed is all of it: every number of a total
can be followed to the captures of its matches, and further by tracing the rows of those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from parse.trace.archive import Archive
from parse.trace.rows import CAPTURE_SUFFIX, Behind, RowTrace, named
from warehouse.column import Row
from warehouse.marts import Block, Mart
from warehouse.marts.blocks import MartBlocks
from warehouse.part import Part
from warehouse.schema import key_of

LIMIT = 5
"""Captures that are named of each table, if nothing else is asked for."""


def trace_total(
    archive: Archive, mart: Mart, row: Mapping[str, Any], *, limit: int = LIMIT
) -> RowTrace:
    """The trace of a row of a mart.

    limit   captures to name of each table that it stands on, the newest first
    raises  WarehouseError where a part is not what was written
    """
    key = {name: row[name] for name in key_of(mart.row)}
    blocks = [mart.behind(block, key) for block in _blocks(archive, mart, key)]
    trace = RowTrace(table=mart.row.table, row=row, captures=())
    if told := _differences(mart, blocks, key, row):
        trace.remarks.append(f"worked out with other code: {told}")
    trace.behind = tuple(
        _behind(archive, table, [block[table] for block in blocks], key, limit)
        for table in mart.reads
    )
    return trace


def _blocks(archive: Archive, mart: Mart, key: Mapping[str, Any]) -> list[Block]:
    """The blocks that have rows of a key's first column."""
    snapshot = archive.snapshot
    for table in mart.reads:
        snapshot.parts(table.table)  # named if it is not what was written
    blocks = MartBlocks(mart, snapshot.folder, msgspec.convert(snapshot.about["parts"], list[Part]))
    (first, *_) = key.values()
    found = (blocks.rows_of(name, lambda keys: pc.equal(keys, first)) for name in blocks.names)
    return [block for block in found if block is not None]


def _differences(
    mart: Mart, blocks: Sequence[Block], key: Mapping[str, Any], row: Mapping[str, Any]
) -> str:
    """How what the rows come to now differs from the snapshot's row; empty if it does not."""
    if not blocks:
        return "no row of the tables is behind it now"
    total = mart.total(pa.concat_tables([mart.of_block(block) for block in blocks]))
    for name, value in key.items():
        total = total.filter(pc.equal(total[name], value))
    if not total.num_rows:
        return "no row of this key comes of the tables now"
    (now,) = total.select(mart.row.__struct_fields__).to_pylist()
    return named({name: value for name, value in now.items() if row[name] != value}, row)


def _behind(
    archive: Archive,
    table: type[Row],
    blocks: Sequence[pa.Table],
    key: Mapping[str, Any],
    limit: int,
) -> Behind:
    """The rows of one table: how many, and their captures."""
    root = key_of(table)[0]
    roots = [value for rows in blocks for value in rows[root].to_pylist()]
    wanted = pl.col(root).is_in(roots)
    for name, value in key.items():
        if name in table.__struct_fields__:
            wanted &= pl.col(name) == value
    names = [f"{name}{CAPTURE_SUFFIX}" for name in table.contributors]
    rows = archive.snapshot.table(table.table).filter(wanted).select(names).collect()
    ids = {one for name in names for one in rows[name].drop_nulls().to_list()}
    return Behind(
        table=table.table,
        rows=len(roots),
        captures=len(ids),
        first=archive.newest(ids, limit),
    )
