"""Which Parquet parts must be read to compare a table, and in which portions.

Theory of operation. A part that both snapshots hold, by name and digest, adds the same rows to both
sides; leaving it out of both changes no difference, so it is never opened for its rows. The others
are portioned by the range of the first key column that their footers state: parts whose ranges
overlap are compared together. Tables are cut by that column, so a portion is a part or two however
large the table; where a footer states no range, its part overlaps everything, which costs memory
and never a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.errors import WarehouseError
from warehouse.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Footer:
    """What a Parquet file says of itself at its end.

    nulls   by column
    ranges  by column, its lowest and highest value; a column without stated ones is missing
    """

    rows: int
    types: dict[str, str]
    nulls: dict[str, int]
    ranges: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The parts of one table on two sides: those of one side alone, and those of both."""

    before: tuple[Path, ...]
    after: tuple[Path, ...]
    shared: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One part with its footer."""

    path: Path
    footer: Footer


@dataclass(frozen=True, slots=True)
class Portion:
    """Parts of both sides whose keys overlap: rows of other portions have other keys."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


def pieces_of(before: Snapshot, after: Snapshot, table: str) -> Pieces:
    """Sort a table's parts by the side they are on, in order of their names."""
    ours, theirs = _parts(before, table), _parts(after, table)
    shared = ours.keys() & theirs.keys()
    return Pieces(
        before=tuple(ours[found] for found in sorted(ours.keys() - shared)),
        after=tuple(theirs[found] for found in sorted(theirs.keys() - shared)),
        shared=tuple(theirs[found] for found in sorted(shared)),
    )


def footer_of(path: Path) -> Footer:
    """Read a part's footer, and nothing else of it."""
    with reading((path,)), path.open("rb") as file:
        found = pq.ParquetFile(file)
        metadata, schema = found.metadata, found.schema_arrow
        nulls: dict[str, int] = {}
        ranges: dict[str, tuple[Any, Any]] = {}
        for at, name in enumerate(schema.names):
            chunks = [metadata.row_group(n).column(at) for n in range(metadata.num_row_groups)]
            stated = [chunk.statistics for chunk in chunks if chunk.num_values]
            if all(one is not None and one.has_null_count for one in stated):
                nulls[name] = sum(one.null_count for one in stated)
            if stated and all(one is not None and one.has_min_max for one in stated):
                ranges[name] = (min(one.min for one in stated), max(one.max for one in stated))
        types = {field.name: str(field.type) for field in schema}
        return Footer(metadata.num_rows, types, nulls, ranges)


def types_of(snapshot: Snapshot, table: str) -> dict[str, str]:
    """The columns of a table with their Arrow types, as its first part has them."""
    parts = _parts(snapshot, table)
    return footer_of(parts[min(parts)]).types if parts else {}


def portions(pieces: Pieces, column: str) -> tuple[Portion, ...]:
    """The unshared parts in portions, in ascending order of the column."""
    ours, theirs = (
        [Piece(path, footer_of(path)) for path in paths] for paths in (pieces.before, pieces.after)
    )
    filled = [piece for piece in (*ours, *theirs) if piece.footer.rows]
    if any(_range(piece.footer, column) is None for piece in filled):
        groups = [filled]
    else:
        groups = _overlapping(filled, column)
    before = set(pieces.before)
    return tuple(
        Portion(
            tuple(piece for piece in group if piece.path in before),
            tuple(piece for piece in group if piece.path not in before),
        )
        for group in groups
    )


@contextmanager
def reading(paths: Sequence[Path]) -> Iterator[None]:
    """Turn what the disk, Arrow or Polars refuses of parts into a WarehouseError."""
    where = paths[0]
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).splitlines()[0].lower()
        raise WarehouseError(f"cannot read {error.filename or where}: {reason}") from error
    except (pa.ArrowException, pl.exceptions.PolarsError) as error:
        raise WarehouseError(f"cannot read {where}: {str(error).splitlines()[0]}") from error


def _parts(snapshot: Snapshot, table: str) -> dict[tuple[str, str], Path]:
    folder = (snapshot.folder / table).resolve()
    return {
        (part["name"], part["sha256"]): folder / part["name"]
        for part in snapshot.about["parts"]
        if part["table"] == table
    }


def _range(footer: Footer, column: str) -> tuple[Any, Any] | None:
    """The range of a column's values; None where nulls or NaN may lie outside it."""
    if footer.nulls.get(column) != 0 or footer.types.get(column) in {"float", "double"}:
        return None
    return footer.ranges.get(column)


def _overlapping(found: Sequence[Piece], column: str) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    reach: Any = None
    for piece in sorted(found, key=lambda one: one.footer.ranges[column]):
        low, high = piece.footer.ranges[column]
        if groups and low <= reach:
            groups[-1].append(piece)
            reach = max(reach, high)
        else:
            groups.append([piece])
            reach = high
    return groups
