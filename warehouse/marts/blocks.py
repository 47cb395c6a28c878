"""The parts that a mart is worked out of: read block by block, whole or for some keys only."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.column import Row
from warehouse.marts import Block, Mart
from warehouse.part import Part, is_whole
from warehouse.schema import arrow_schema, key_of

Wanted = Callable[[pa.ChunkedArray], pa.ChunkedArray]
"""Which of some first keys are wanted."""


class MartBlocks:
    """The tables that a mart reads, as they lie under one folder."""

    def __init__(self, mart: Mart, folder: Path, parts: Iterable[Part]) -> None:
        """Take those of the parts that the mart reads."""
        self._mart = mart
        self._folder = folder
        self._key = key_of(mart.row)[0]
        tables = {row.table for row in mart.reads}
        self._parts = {(part.table, part.name): part for part in parts if part.table in tables}
        self.names = sorted({name for _, name in self._parts})
        """The blocks, in order of their numbers, as their parts are called."""

    @property
    def rows(self) -> int:
        """Rows of all tables that are read."""
        return sum(part.rows for part in self._parts.values())

    def digest(self, name: str) -> tuple[str | None, ...]:
        """What a block is known by: the digests of its parts."""
        found = (self._parts.get((row.table, name)) for row in self._mart.reads)
        return tuple(part.sha256 if part else None for part in found)

    def is_whole(self, name: str) -> bool:
        """Whether the parts of a block are there, byte for byte."""
        own = (part for (_, of), part in self._parts.items() if of == name)
        return all(is_whole(part, self._folder / part.table / part.name) for part in own)

    def partial(self, name: str) -> pa.Table:
        """What the rows of a block come to."""
        return self._mart.of_block(self._read(name, None))

    def partial_of(self, name: str, wanted: Wanted) -> pa.Table | None:
        """What the rows of a block come to for some keys; None where it has none of them."""
        block = self.rows_of(name, wanted)
        return None if block is None else self._mart.of_block(block)

    def rows_of(self, name: str, wanted: Wanted) -> Block | None:
        """The rows of a block for some keys; None where it has none of them."""
        block = self._read(name, wanted)
        keyed = [rows for row, rows in block.items() if self._key in self._mart.reads[row]]
        return block if any(rows.num_rows for rows in keyed) else None

    def _read(self, name: str, wanted: Wanted | None) -> Block:
        return {row: self._part(row, name, wanted) for row in self._mart.reads}

    def _part(self, row: type[Row], name: str, wanted: Wanted | None) -> pa.Table:
        """The rows of a table in a block: none where it has no such part."""
        columns = list(self._mart.reads[row])
        if (row.table, name) not in self._parts:
            schema = arrow_schema(row)
            return pa.schema([schema.field(column) for column in columns]).empty_table()
        with (self._folder / row.table / name).open("rb") as file:  # `file:x` is no URI to Arrow
            part = pq.ParquetFile(file)
            if wanted is None or self._key not in columns:
                return part.read(columns, use_threads=False).select(columns)
            mask = wanted(part.read([self._key], use_threads=False)[self._key])
            if not pc.any(mask).as_py():
                return part.schema_arrow.empty_table().select(columns)
            return part.read(columns, use_threads=False).select(columns).filter(mask)
