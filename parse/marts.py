"""The marts of a build: built upon those of the current snapshot where it says they are alike."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq

from parse.prints import mart_print
from parse.registry import Source
from parse.stage import Stage
from parse.tracked import Tracked, tracked_digest
from warehouse.marts import Mart
from warehouse.marts.write import Earlier, write_mart
from warehouse.part import Part
from warehouse.parts import TableWriter
from warehouse.store import Store


class MartNote(msgspec.Struct):
    """What snapshot.json says of a mart: the code that made it, and its parts that are in doubt."""

    code: str
    doubt: list[int]


class MartsBuild:
    """Writes the marts of one build, source by source."""

    def __init__(self, stage: Stage, store: Store, folder: Path) -> None:
        """Look at the current snapshot, which the lock that a build holds keeps where it is."""
        self.notes: dict[str, MartNote] = {}
        """What is to be said of each mart that was written, by table."""
        self.detail: dict[str, int] = {}
        """Matches of tracked players by the state of their detail."""
        self.undetailed: list[str] = []
        """The tables of detail, where nobody is tracked and there are pages that have some."""
        self._stage = stage
        self._folder = folder
        self._earlier = _earlier(store)

    def build(self, source: Source, parts: Sequence[Part]) -> list[Part]:
        """Write the marts of a source whose tables are these parts; the parts of the marts."""
        return [part for mart in source.marts for part in self._write(mart, source, parts)]

    def status(self, source: Source, parts: Sequence[Part], tracked: Tracked) -> list[Part]:
        """Write the table that says whose detail there is, if the source has one; its parts."""
        if source.status is None:
            return []
        failed = self._stage.failed(source.parsing.name)
        mart = source.status.mart(tracked, failed)
        if mart is None:
            TableWriter(self._folder, source.status.row).close()
            if self._stage.has_detail(source.parsing.name):
                self.undetailed += [row.table for row in source.parsing.tables if row.detail]
            return []
        written = self._write(
            mart, source, parts, said=f"{tracked_digest(tracked)} {sorted(failed)}"
        )
        for part in written:
            path = self._folder / part.table / part.name
            for one in pq.read_table(path, columns=["state"])["state"].value_counts().to_pylist():
                self.detail[one["values"]] = self.detail.get(one["values"], 0) + one["counts"]
        return written

    def _write(
        self, mart: Mart, source: Source, parts: Sequence[Part], *, said: str = ""
    ) -> list[Part]:
        """Write one mart; what its functions were told beside the rows is `said`."""
        table = mart.row.table
        rules = source.rules.get(mart.row, ())
        code = mart_print(mart, rules) + (hashlib.sha256(said.encode()).hexdigest() if said else "")
        written = write_mart(
            mart, self._folder, parts, rules=rules, code=code, earlier=self._earlier.get(table)
        )
        refused = [
            (None, table, one.key, "; ".join(one.reasons), one.row, None) for one in written.refused
        ]
        self._stage.insert("refused", refused)
        self.notes[table] = MartNote(code, written.doubt)
        return written.parts


def _earlier(store: Store) -> dict[str, Earlier]:
    """The marts of the current snapshot, by table."""
    snapshot = store.current()
    if snapshot is None:
        return {}
    about: dict[str, Any] = store.about(snapshot)
    try:
        notes = msgspec.convert(about.get("marts", {}), dict[str, MartNote])
    except msgspec.ValidationError:
        return {}
    parts = msgspec.convert(about["parts"], list[Part])
    folder = store.path_of(snapshot)
    return {
        table: Earlier(folder=folder, parts=parts, code=note.code, doubt=note.doubt)
        for table, note in notes.items()
    }
