"""Batches of a table that need not be checked again: the same went into them as before.

Theory of operation. A block is built a few roots at a time, and each table's rows of those are
checked together. What comes of a check follows from the rows, from what rows must name of their
captures, and from the keys they may refer to; a digest covers all three. Where the block of the
same number had a batch of that digest, and nothing of it was refused or warned of, its columns are
taken from the part that holds them; where all batches of a table are so, the part itself is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from operator import attrgetter
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from parse.check import WRONG_TYPE
from parse.model import Made
from warehouse.column import Row
from warehouse.part import Part, is_whole
from warehouse.schema import arrow_schema

DIGEST_BYTES = 16  # of SHA-256

_capture_of = attrgetter("capture")
_capture_id_of = attrgetter("capture.capture_id")
_encode = msgspec.msgpack.Encoder().encode


class Batch(msgspec.Struct, array_like=True, frozen=True):
    """A batch of a table: its rows, and the digest of what went in; b"" if not all was well."""

    digest: bytes
    rows: int


class Earlier(msgspec.Struct):
    """A block that was built before under the same number: its batches, its parts, their folder."""

    batches: dict[str, list[Batch]]
    parts: list[Part]
    folder: str


class KeptBatches:
    """The batches of one table of one block: those of before, and those that are noted now."""

    def __init__(self, row: type[Row], code: str, earlier: Earlier | None) -> None:
        """Find batches that were made by the same code.

        code  fingerprint of the code and the rules that make the tables
        """
        self.batches: list[Batch] = []
        self._row = row
        self._code = code.encode()
        self._folder = Path(earlier.folder) if earlier else Path()
        self._before = earlier.batches.get(row.table, []) if earlier else []
        parts = earlier.parts if earlier else []
        self._part = next((part for part in parts if part.table == row.table), None)
        self._columns: pa.Table | None = None
        self._places: dict[bytes, slice] = {}
        end = 0
        for batch in self._before:
            begin, end = end, end + batch.rows
            if batch.digest:
                self._places[batch.digest] = slice(begin, end)
        if self._part is None or end != self._part.rows:
            self._places.clear()

    def digest(self, made: Sequence[Made], referred: Iterable[bytes]) -> bytes:
        """The digest of a batch; empty where its rows hold what cannot be packed.

        referred  digests of the keys it may refer to
        """
        sources = [source for one in made for source in one.sources]
        ids = list(map(_capture_id_of, sources))
        captures = dict(zip(ids, map(_capture_of, sources), strict=True))
        counts = [len(one.sources) for one in made]
        try:
            packed = _encode(([one.row for one in made], counts, ids, list(captures.values())))
        except WRONG_TYPE:
            return b""
        whole = hashlib.sha256(self._code)
        for part in (*referred, packed):
            whole.update(part)
        return whole.digest()[:DIGEST_BYTES]

    def note(self, digest: bytes, rows: int) -> None:
        """Note a batch that was published, by its digest if it may be taken over."""
        self.batches.append(Batch(digest, rows))

    def columns(self, digest: bytes) -> pa.Table | None:
        """The rows of a batch as the earlier part holds them; None if it does not, or not whole."""
        place = self._places.get(digest)
        if place is None or self._part is None:
            return None
        if self._columns is None:
            if not is_whole(self._part, self.path):
                self._places.clear()
                return None
            self._columns = _read(self.path, self._row)
        return self._columns[place]

    @property
    def path(self) -> Path:
        """Where the earlier part lies."""
        assert self._part is not None, "an earlier block is there"
        return self._folder / self._part.table / self._part.name

    def whole_part(self) -> Part | None:
        """The earlier part, if the batches noted are its batches, none more and none less."""
        if self._columns is None or self.batches != self._before:
            return None
        all_good = all(batch.digest for batch in self.batches)
        return self._part if all_good else None


def keys_digest(keys: Iterable[tuple[object, ...]]) -> bytes:
    """The digest of keys that were published, in their order."""
    return hashlib.sha256(_encode(list(keys))).digest()


def _read(path: Path, row: type[Row]) -> pa.Table:
    with path.open("rb") as file:
        found = pq.ParquetFile(file).read()  # `read_table` loads all that data sets need
    schema = arrow_schema(row)
    return pa.Table.from_arrays(found.columns, schema=schema)
