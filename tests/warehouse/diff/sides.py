"""Snapshots written for comparisons: rows in, two sides out; and a comparison nobody can doubt."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar

import msgspec

from warehouse.column import Key, Row
from warehouse.part import Part
from warehouse.parts import TableWriter
from warehouse.schema import arrow_schema
from warehouse.snapshot import Snapshot

BLOCK = 3  # ids per part: small, so that a few rows make several parts
PROVENANCE = ("fetched_at", "source_url", "parser_version", "page_capture_id", "extra_capture_id")


class ThingRow(Row, frozen=True):
    """One thing, with a key that may be null and every type of value."""

    table: ClassVar[str] = "things"
    contributors: ClassVar[tuple[str, ...]] = ("page", "extra")

    thing_id: Annotated[int, Key()]
    player_id: Annotated[int | None, Key()]
    name: Annotated[str, Key()]
    score: int | None
    rate: float | None
    text: str | None
    flag: bool | None


Values = dict[str, Any]


def thing(thing_id: int, player_id: int | None = 1, name: str = "a", **said: Any) -> Values:
    """A row, with what is not said left null."""
    row: Values = {
        "thing_id": thing_id,
        "player_id": player_id,
        "name": name,
        **dict.fromkeys(("score", "rate", "text", "flag")),
        "fetched_at": 0,
        "source_url": "u",
        "parser_version": "fake.page/1",
        "page_capture_id": 1,
        "extra_capture_id": None,
    }
    return row | said


def key_of_thing(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["thing_id"], row["player_id"], row["name"]


def in_order(rows: Iterable[Values]) -> list[Values]:
    return sorted(rows, key=lambda row: [(part is None, part) for part in key_of_thing(row)])


def side(
    folder: Path, rows: Iterable[Values], *, row: type[Row] = ThingRow, ids: int = BLOCK
) -> Snapshot:
    """A snapshot of one table that holds these rows, so many ids to a part."""
    writer = TableWriter(folder, row)
    listed = in_order(rows)
    for block, some in itertools.groupby(listed, key=lambda found: found["thing_id"] // ids):
        part = list(some)
        names = arrow_schema(row).names
        writer.add_columns({name: [one[name] for one in part] for name in names})
        writer.finish_part(block)
    writer.close()
    return snapshot_of(folder, writer.parts)


def snapshot_of(folder: Path, parts: Sequence[Part]) -> Snapshot:
    """A snapshot of what was written into a folder."""
    tables: dict[str, int] = {}
    for part in parts:
        tables[part.table] = tables.get(part.table, 0) + part.rows
    listed = [msgspec.to_builtins(part) for part in parts]
    return Snapshot(folder.name, folder, {"tables": tables, "inputs": [], "parts": listed})


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, NaN being equal to itself."""
    return bool(one == other or repr(one) == repr(other) == "nan")


@dataclass
class Naive:
    """Two lists of rows compared with dictionaries."""

    before: list[Values]
    after: list[Values]
    added: dict[Any, Values] = field(default_factory=dict)
    removed: dict[Any, Values] = field(default_factory=dict)
    changed: dict[str, dict[Any, tuple[Any, Any]]] = field(default_factory=dict)
    rows: set[Any] = field(default_factory=set)
    moved: set[Any] = field(default_factory=set)

    def __post_init__(self) -> None:
        ours = {key_of_thing(row): row for row in self.before}
        theirs = {key_of_thing(row): row for row in self.after}
        self.added = {key: row for key, row in theirs.items() if key not in ours}
        self.removed = {key: row for key, row in ours.items() if key not in theirs}
        for key in ours.keys() & theirs.keys():
            for name, value in ours[key].items():
                if same(value, theirs[key][name]):
                    continue
                self.changed.setdefault(name, {})[key] = (value, theirs[key][name])
                (self.moved if name in PROVENANCE else self.rows).add(key)
        self.moved -= self.rows
