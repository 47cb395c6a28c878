"""Snapshots of any tables, committed as a build commits them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from warehouse.part import Part, file_sha256
from warehouse.parts import write_part
from warehouse.snapshot import Snapshot, open_snapshot
from warehouse.store import Store


def commit(
    folder: Path,
    tables: Mapping[str, Sequence[pa.Table]],
    *,
    current: bool = True,
    **about: object,
) -> str:
    """Commit a snapshot of tables, each given as its parts; its id."""
    store = Store(folder)
    parts = []
    with store.building() as aside:
        for name, pieces in tables.items():
            (aside / name).mkdir()
            for number, piece in enumerate(pieces):
                path = aside / name / f"part-{number:05d}.parquet"
                write_part(path, piece)
                parts.append(
                    Part(
                        table=name,
                        name=path.name,
                        rows=piece.num_rows,
                        size=path.stat().st_size,
                        sha256=file_sha256(path),
                    )
                )
        rows = {name: sum(piece.num_rows for piece in pieces) for name, pieces in tables.items()}
        said = {"tables": rows, "inputs": [], **about}
        return store.commit(aside, parts, said, current=current)


def snapshot_of(folder: Path, **tables: pa.Table) -> Snapshot:
    """A snapshot of tables of one part each, opened."""
    return open_snapshot(folder, commit(folder, {name: [one] for name, one in tables.items()}))
