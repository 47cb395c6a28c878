"""The marts of a build: built upon those of the current snapshot where it says they are alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from parse.prints import mart_print
from parse.registry import Source
from parse.stage import Stage
from warehouse.marts.write import Earlier, write_mart
from warehouse.part import Part
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
        self._stage = stage
        self._folder = folder
        self._earlier = _earlier(store)

    def build(self, source: Source, parts: Sequence[Part]) -> list[Part]:
        """Write the marts of a source whose tables are these parts; the parts of the marts."""
        made: list[Part] = []
        for mart in source.marts:
            table = mart.row.table
            rules = source.rules.get(mart.row, ())
            code = mart_print(mart, rules)
            written = write_mart(
                mart, self._folder, parts, rules=rules, code=code, earlier=self._earlier.get(table)
            )
            refused = [
                (None, table, one.key, "; ".join(one.reasons), one.row, None)
                for one in written.refused
            ]
            self._stage.insert("refused", refused)
            self.notes[table] = MartNote(code, written.doubt)
            made += written.parts
        return made


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
