"""Writes marts: worked out anew, or only for the keys of what changed since a snapshot.

Theory of operation. Blocks are taken in order of their numbers, one at a time, on one thread, so
sums of fractions come out alike whether a block was built now or taken over, and whether a key is
worked out with all others or with a few. Anew: partial sums lie in files between the two steps, one
for each letter that tells keys apart evenly; neither the tables nor the mart need fit into memory.
After a snapshot whose mart was made by the same code: a block is known by the digests of its parts;
those that differ are worked out as they were and as they are, which tells the keys that changed;
these are worked out over all blocks and take the place of their rows in the old parts. Parts
without such a key are taken over. Either way a part holds the same rows in the same order, so it
has the same bytes (docs/adr/0021).
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.marts import Mart
from warehouse.marts.blocks import MartBlocks
from warehouse.marts.check import MartCheck, RefusedRow
from warehouse.marts.cutting import numbers_of, pieces
from warehouse.part import Part, is_whole
from warehouse.parts import TableWriter, naming
from warehouse.rules import Rule
from warehouse.schema import key_of

CHANGED_SHARE_MAX = 0.5
"""Of the blocks: if more of them changed, all keys are worked out."""

_SIDE = "side of the comparison"  # no column is called that


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A snapshot that holds a mart: its folder, all its parts, and what it says of the mart.

    code   fingerprint of the code and the rules that made it
    doubt  numbers of parts of which rows were refused: they are judged again
    """

    folder: Path
    parts: Sequence[Part]
    code: str
    doubt: Sequence[int]


@dataclass(slots=True)
class Written:
    """A mart that was written.

    refused  rows that break a rule, and stand in no part
    doubt    numbers of the parts they were meant for
    """

    parts: list[Part] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    doubt: list[int] = field(default_factory=list)


def write_mart(
    mart: Mart,
    folder: Path,
    parts: Sequence[Part],
    *,
    rules: Sequence[Rule] = (),
    code: str = "",
    earlier: Earlier | None = None,
) -> Written:
    """Work a mart out of the parts that were written under a folder.

    code  fingerprint of the code and the rules: on an earlier mart of another nothing is built
    raises  ArrowInvalid where the mart's functions give other columns than its row class declares
    """
    writing = _Writing(mart, folder, parts, rules)
    if earlier is None or earlier.code != code or not writing.renew(earlier):
        writing.anew()
    return writing.finished()


class _Writing:
    """The writing of one mart."""

    def __init__(
        self, mart: Mart, folder: Path, parts: Sequence[Part], rules: Sequence[Rule]
    ) -> None:
        self._mart = mart
        self._folder = folder
        self._blocks = MartBlocks(mart, folder, parts)
        self._check = MartCheck(mart.row, rules)
        self._writer = TableWriter(folder, mart.row)
        self._key = key_of(mart.row)
        self._letters = mart.letters(self._blocks.rows)
        self._written = Written()

    def finished(self) -> Written:
        """What was written."""
        self._writer.close()
        self._written.parts = self._writer.parts
        return self._written

    def anew(self) -> None:
        """Work out every key."""
        table = self._folder / self._mart.row.table
        with naming(table), tempfile.TemporaryDirectory(prefix=".mart-", dir=self._folder) as name:
            for partials in self._laid_aside(Path(name)):
                for number, rows in self._totals(partials):
                    self._write(number, rows)

    def renew(self, earlier: Earlier) -> bool:
        """Work out the keys that changed since an earlier mart; False where these cannot be told.

        Parts that hold less than was worked out (rows were refused, the disk lost some) are worked
        out whole.
        """
        before = MartBlocks(self._mart, earlier.folder, earlier.parts)
        if self._mart.letters(before.rows) != self._letters:
            return False
        if (changed := self._changed(before)) is None:
            return False
        table = self._mart.row.table
        old = {
            _number_of(part): part for part in earlier.parts if part.table == table and part.rows
        }
        at = earlier.folder / table
        lost = {number for number, part in old.items() if not is_whole(part, at / part.name)}
        whole = lost.union(earlier.doubt)
        new = self._worked_out(changed, whole)
        touched = whole.union(new, self._numbers(changed).to_pylist())
        for number in sorted(touched.union(old)):
            part = old.get(number)
            if number not in touched and part is not None:
                self._writer.adopt(part, at / part.name)
                continue
            kept = None
            if part is not None and number not in whole:
                kept = _without(at / part.name, self._key[0], changed)
            self._write(number, new.get(number), kept)
        return True

    def _laid_aside(self, aside: Path) -> Iterator[pa.Table]:
        """Partial sums of all blocks, letter by letter."""
        with contextlib.ExitStack() as files:
            streams: dict[int, pa.RecordBatchStreamWriter] = {}
            for name in self._blocks.names:
                partial = self._blocks.partial(name)
                numbers = numbers_of(partial.column(0), self._mart.cut_at, 1)
                for letter, some in pieces(partial, numbers):
                    if letter not in streams:
                        file = files.enter_context((aside / f"{letter:03d}").open("wb"))
                        writer = pa.ipc.new_stream(file, some.schema)
                        streams[letter] = files.enter_context(writer)
                    streams[letter].write_table(some)
        for path in sorted(aside.iterdir()):
            with path.open("rb") as laid:
                yield pa.ipc.open_stream(laid).read_all()

    def _changed(self, before: MartBlocks) -> pa.Array | None:
        """The keys that come to something else in any block than before; None if that is open."""
        names = {*self._blocks.names, *before.names}
        changed = sorted(one for one in names if self._blocks.digest(one) != before.digest(one))
        if len(changed) > CHANGED_SHARE_MAX * len(names):
            return None
        if not all(before.is_whole(name) for name in changed):
            return None
        keys = [pa.array([], pa.string())]
        for name in changed:
            keys += _differing(before.partial(name), self._blocks.partial(name)).chunks
        return pa.chunked_array(keys).unique()

    def _worked_out(self, keys: pa.Array, whole: set[int]) -> Mapping[int, pa.Table]:
        """The rows of some keys, and all those of some parts, by the parts they belong to."""
        numbers = pa.array(sorted(whole), pa.int32())

        def wanted(found: pa.ChunkedArray) -> pa.ChunkedArray:
            mask = pc.is_in(found, value_set=keys)
            if whole:
                of_parts = pc.is_in(self._numbers(found), value_set=numbers)
                mask = pc.or_(mask.combine_chunks(), of_parts)
            return mask

        if not len(keys) and not whole:
            return {}
        found = (self._blocks.partial_of(name, wanted) for name in self._blocks.names)
        partials = [partial for partial in found if partial is not None]
        return dict(self._totals(pa.concat_tables(partials))) if partials else {}

    def _totals(self, partials: pa.Table) -> Iterator[tuple[int, pa.Table]]:
        """What partial sums come to, by the parts it belongs to."""
        total = self._mart.total(partials)
        return pieces(total, self._numbers(total[self._key[0]]))

    def _numbers(self, keys: pa.ChunkedArray | pa.Array) -> pa.Array:
        if isinstance(keys, pa.Array):
            keys = pa.chunked_array([keys])
        return numbers_of(keys, self._mart.cut_at, self._letters)

    def _write(self, number: int, rows: pa.Table | None, kept: pa.Table | None = None) -> None:
        """Write a part of rows that were worked out, and of others that stay as they are."""
        by_key = [(name, "ascending") for name in self._key]
        table = kept
        if rows is not None:
            table, refused = self._check.sort_out(rows.sort_by(by_key))
            if refused:
                self._written.refused += refused
                self._written.doubt.append(number)
            if kept is not None:
                table = pa.concat_tables([kept, table]).sort_by(by_key)
        if table is not None:
            self._writer.add_table(table)
            self._writer.finish_part(number)


def _differing(before: pa.Table, after: pa.Table) -> pa.ChunkedArray:
    """The first column of rows that only one of two tables has."""
    sides = [
        table.append_column(_SIDE, pa.repeat(pa.scalar(side, pa.int64()), table.num_rows))
        for side, table in ((-1, before), (1, after))
    ]
    found = pa.concat_tables(sides).group_by(before.column_names, use_threads=False)
    balance = found.aggregate([(_SIDE, "sum")])
    return balance.filter(pc.not_equal(balance[f"{_SIDE}_sum"], 0)).column(before.column_names[0])


def _without(path: Path, key: str, keys: pa.Array) -> pa.Table:
    """The rows of a part but for those of some keys."""
    with path.open("rb") as file:
        rows = pq.ParquetFile(file).read(use_threads=False)
    return rows.filter(pc.invert(pc.is_in(rows[key], value_set=keys)))


def _number_of(part: Part) -> int:
    """The number in the name of a part: `part-00097.parquet`."""
    return int(part.name.removeprefix("part-").removesuffix(".parquet"))
