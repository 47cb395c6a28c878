"""Tables gathered from all over: column by column, the newest value that is not null.

Newest is what the root entity with the highest id says (the latest match), or where ids are not in
order of time, what was so last (`Made.held_us`); and of several captures about it the one fetched
last: a crawl fetches the latest match first, so time alone would let the oldest match rename a
team.

Sightings are folded block by block into one stamp and value per column, so what is kept grows with
the number of teams and players, not with how often they are seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter

import msgspec

from parse.check import capture_of, key_getter
from parse.model import EntityId, Made
from parse.stage import Stage
from warehouse.column import Row
from warehouse.parts import TableWriter
from warehouse.schema import columns_of

PART_IDS = 20_000  # ids per part
ROWS_AT_ONCE = 2_000

Stamp = tuple[int, int, int]
"""Where a value was seen: root id or when it was so, time of the capture, and the capture id."""


class Seen(msgspec.Struct, array_like=True):
    """What is known of one row: a stamp and a value per column, and where the newest comes from."""

    stamps: list[Stamp | None]
    values: list[object]
    newest: Stamp
    url: str
    parser: str
    captures: list[int | None]

    def fold(self, other: Seen) -> None:
        """Take what is newer; of two of one time and capture the first stands."""
        for at, stamp in enumerate(other.stamps):
            ours = self.stamps[at]
            if stamp is not None and (ours is None or tuple(stamp) > tuple(ours)):
                self.stamps[at], self.values[at] = stamp, other.values[at]
        if tuple(other.newest) > tuple(self.newest):
            self.newest, self.url = other.newest, other.url
            self.parser, self.captures = other.parser, other.captures


Sighted = tuple[str, object, bytes]
"""A table, a key, and what was seen of it, packed: a row of the stage's `sightings`."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Seen).decode


class Sightings:
    """The sightings of one block of roots, folded; taken away at its end."""

    def __init__(self) -> None:
        """Start with none."""
        self._seen: dict[type[Row], dict[object, Seen]] = {}

    def see(self, row: type[Row], made: Sequence[Made], roots: Mapping[int, EntityId]) -> None:
        """Take rows of one table; `roots` tells the root of each, by the row's identity."""
        known = self._seen.setdefault(row, {})
        key = key_getter(row)
        names = row.__struct_fields__
        for one in made:
            (value,) = key(one.row)
            seen = _sighting(one, roots[id(one)], names, row.contributors)
            if value in known:
                known[value].fold(seen)
            else:
                known[value] = seen

    def taken(self) -> list[Sighted]:
        """All of them, by table and key; none are left."""
        taken = [
            (row.table, key, _encode(seen))
            for row, known in self._seen.items()
            for key, seen in known.items()
        ]
        self._seen.clear()
        return taken


def write_dimension(stage: Stage, writer: TableWriter) -> None:
    """Fold a table's sightings by key and write them, cut into parts by id."""
    folded = _folded(stage, writer.row.table)
    for part, seen in itertools.groupby(folded, key=lambda found: _part_of(found[0])):
        while some := list(itertools.islice(seen, ROWS_AT_ONCE)):
            writer.add_columns(_columns(writer.row, [one for _, one in some]))
        writer.finish_part(part)


def _sighting(
    made: Made, root: EntityId, names: Sequence[str], contributors: Sequence[str]
) -> Seen:
    capture = made.sources[0].capture
    held = made.held_us if made.held_us is not None else root if isinstance(root, int) else 0
    stamp = (held, capture.fetched_at_us, capture.capture_id)
    values: list[object] = [getattr(made.row, name) for name in names]
    stamps = [None if value is None else stamp for value in values]
    captures = [capture_of(made, name) for name in contributors]
    return Seen(stamps, values, stamp, capture.url, capture.parser, captures)


def _folded(stage: Stage, table: str) -> Iterator[tuple[object, Seen]]:
    for key, group in itertools.groupby(stage.sightings(table), key=itemgetter(0)):
        seen, *others = (_decode(packed) for _, packed in group)
        for other in others:
            seen.fold(other)
        yield key, seen


def _part_of(key: object) -> int:
    return key // PART_IDS if isinstance(key, int) else 0


def _columns(row: type[Row], seen: Sequence[Seen]) -> dict[str, list[object]]:
    columns: dict[str, list[object]] = {
        column.name: [one.values[at] for one in seen] for at, column in enumerate(columns_of(row))
    }
    columns["fetched_at"] = [one.newest[1] for one in seen]
    columns["source_url"] = [one.url for one in seen]
    columns["parser_version"] = [one.parser for one in seen]
    for at, name in enumerate(row.contributors):
        columns[f"{name}_capture_id"] = [one.captures[at] for one in seen]
    return columns
