"""Tables that are worked out of others: what one is, and how it is written.

Theory of operation. A mart is two pure functions: what the rows of one block come to, and what the
blocks come to together. Blocks are taken in order of their numbers, one at a time, so sums of
fractions come out alike whether a block was built now or taken over. Between the two steps the
partial sums lie in files, cut by the letter of the first key column that tells keys apart evenly:
neither the tables nor the mart need fit into memory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.column import Row
from warehouse.part import Part
from warehouse.parts import TableWriter
from warehouse.schema import arrow_schema, key_of

Block = Mapping[type[Row], pa.Table]
"""The rows of one block, by row class: of each the columns that were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mart:
    """One table that is worked out of others of its source.

    row       its row class, without contributors; the first column of its key is a text
    reads     the tables it is worked out of, and which of their columns
    of_block  what the rows of a block come to, with the mart's first key column
    total     what such partial sums come to, those of all blocks in order: one row per key
    cut_at    the letter of the first key column that parts are cut by, from 0: all before it are
              alike, or the key's order is not the parts'
    """

    row: type[Row]
    reads: Mapping[type[Row], tuple[str, ...]]
    of_block: Callable[[Block], pa.Table]
    total: Callable[[pa.Table], pa.Table]
    cut_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusTable:
    """A table that says of which matches there is detail, worked out like a mart.

    mart  gives it for those who are tracked, and the keys of pages that failed: see
          `warehouse/marts/pubg_detail.py`; None where it has no rows
    """

    row: type[Row]
    mart: Callable[[Collection[tuple[str, int]] | None, Collection[str]], Mart | None]


def write_mart(mart: Mart, folder: Path, parts: Sequence[Part]) -> list[Part]:
    """Work a mart out of the parts that were written under a folder; its own parts.

    raises  ArrowInvalid where the mart's functions give other columns than its row class declares
    """
    writer = TableWriter(folder, mart.row)
    key = key_of(mart.row)
    with tempfile.TemporaryDirectory(prefix=".mart-", dir=folder) as name:
        aside = Path(name)
        for number, block in enumerate(_blocks(mart, folder, parts)):
            _lay_aside(mart.of_block(block), mart.cut_at, aside, number)
        for letter in sorted(aside.iterdir(), key=lambda path: int(path.name)):
            some = [_read(path) for path in sorted(letter.iterdir())]
            total = mart.total(pa.concat_tables(some))
            rows = total.select(writer.schema.names).sort_by([(name, "ascending") for name in key])
            writer.add_table(rows.cast(writer.schema))
            writer.finish_part(int(letter.name))
    writer.close()
    return writer.parts


def _blocks(mart: Mart, folder: Path, parts: Sequence[Part]) -> Iterator[Block]:
    """The blocks in order, each with the tables that are read; those without rows are empty."""
    tables = {row.table: row for row in mart.reads}
    names = sorted({part.name for part in parts if part.table in tables})
    there = {(part.table, part.name) for part in parts}
    for name in names:
        yield {
            row: _part(folder / table / name, row, mart.reads[row], (table, name) in there)
            for table, row in tables.items()
        }


def _part(path: Path, row: type[Row], columns: Sequence[str], is_there: bool) -> pa.Table:  # noqa: FBT001
    if not is_there:
        schema = arrow_schema(row)
        return pa.schema([schema.field(name) for name in columns]).empty_table()
    with path.open("rb") as file:  # Arrow reads some names, `file:x` for one, as URIs
        return pq.read_table(file, columns=list(columns), use_threads=False)


def _lay_aside(partial: pa.Table, cut_at: int, aside: Path, number: int) -> None:
    """Write partial sums into one file per letter: `97/00003` for those of `a` of block 3."""
    keys = partial.column(0)
    letters = pc.utf8_slice_codeunits(keys, cut_at, cut_at + 1)
    for letter in sorted(pc.unique(letters).to_pylist()):
        folder = aside / str(ord(letter) if letter else 0)
        folder.mkdir(exist_ok=True)
        some = partial.filter(pc.equal(letters, letter))
        path = folder / f"{number:05d}"
        with path.open("wb") as file, pa.ipc.new_file(file, some.schema) as writer:
            writer.write_table(some)


def _read(path: Path) -> pa.Table:
    with path.open("rb") as file:
        return pa.ipc.open_file(file).read_all()
