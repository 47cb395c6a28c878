"""Rows before they become a table: types, rules, keys and references, one reason per rule broken.

A batch of one table is turned into Arrow columns once; whatever can be checked by column is, and
only rows in trouble are looked at one by one. What is left over is exactly what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from parse.model import Made
from warehouse.column import Row
from warehouse.rules import Rule, breaches
from warehouse.rules.declared import undeclared
from warehouse.schema import arrow_schema, columns_of, key_of

WRONG_TYPE = (pa.ArrowException, TypeError, OverflowError)
"""What Arrow, sorting and packing raise on a value that is not of its column's type."""

Keys = dict[type[Row], set[tuple[object, ...]]]
"""The keys that were published, by row class; references are looked up here."""


@dataclass(slots=True)
class Checked:
    """A batch after checking: `good` rows in key order with their columns, the others' reasons."""

    good: list[Made]
    columns: pa.RecordBatch
    refused: list[tuple[Made, tuple[str, ...]]] = field(default_factory=list)
    warnings: list[tuple[Made, Rule]] = field(default_factory=list)


class TableCheck:
    """The checks of one table, made ready once."""

    def __init__(self, row: type[Row], rules: Sequence[Rule]) -> None:
        """Read the row class's declaration."""
        self.row = row
        self._rules = tuple(rules)
        self._columns = columns_of(row)
        self._schema = pa.schema([pa.field(c.name, c.arrow.type) for c in self._columns])
        self._full = arrow_schema(row)
        self._key = key_getter(row)
        self._references = tuple((other, *_shared_key(row, other)) for other in row.references)

    def check(self, made: Sequence[Made], keys: Keys) -> Checked:
        """Sort rows into good and refused; the good ones' keys are added to `keys`."""
        refused: list[tuple[Made, tuple[str, ...]]] = []
        try:
            made = in_key_order(made, self._key)
            batch = self._batch(made)
        except WRONG_TYPE:
            typed, refused = self._typed(made)
            made = in_key_order(typed, self._key)
            batch = self._batch(made)
        reasons: dict[int, list[str]] = {}
        warnings: list[tuple[int, Rule]] = []
        for at, reason in undeclared(batch, self._columns):
            reasons.setdefault(at, []).append(reason)
        for breach in breaches(batch, self._rules):
            if breach.rule.severity == "error":
                reasons.setdefault(breach.position, []).append(breach.rule.text)
            else:
                warnings.append((breach.position, breach.rule))
        self._check_references(made, keys, reasons)
        if not self.row.dimension:
            self._check_keys(made, keys.setdefault(self.row, set()), reasons)
        refused += [(made[at], tuple(reasons[at])) for at in sorted(reasons)]
        noted = [(made[at], rule) for at, rule in warnings if at not in reasons]
        if reasons:
            kept = [at for at in range(len(made)) if at not in reasons]
            made, batch = [made[at] for at in kept], batch.take(pa.array(kept, pa.int64()))
        return Checked(list(made), self._with_provenance(made, batch), refused, noted)

    def keys_of(self, made: Iterable[Made]) -> list[tuple[object, ...]]:
        """The keys of rows, in their order."""
        return [self._key(one.row) for one in made]

    def _typed(self, made: Sequence[Made]) -> tuple[list[Made], list[tuple[Made, tuple[str, ...]]]]:
        """Set aside, one by one, the rows whose values are not of the declared types."""
        good: list[Made] = []
        refused: list[tuple[Made, tuple[str, ...]]] = []
        for one in made:
            try:
                self._batch([one])
            except WRONG_TYPE as error:
                refused.append((one, (f"a value is not of its column's type: {error}",)))
            else:
                good.append(one)
        return good, refused

    def _batch(self, made: Sequence[Made]) -> pa.RecordBatch:
        columns = zip(*[msgspec.structs.astuple(one.row) for one in made], strict=True)
        types = self._schema.types
        arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _check_references(
        self, made: Sequence[Made], keys: Keys, reasons: dict[int, list[str]]
    ) -> None:
        for other, ours, theirs in self._references:
            published = keys.get(other, set())
            if theirs is not None:
                published = {theirs(key) for key in published}
            for at, one in enumerate(made):
                if ours(one.row) not in published:
                    reasons.setdefault(at, []).append(f"refers to no row of {other.table}")

    def _check_keys(
        self,
        made: Sequence[Made],
        published: set[tuple[object, ...]],
        reasons: dict[int, list[str]],
    ) -> None:
        for at, one in enumerate(made):
            key = self._key(one.row)
            if key in published:
                reasons.setdefault(at, []).append("key is not unique")
            elif at not in reasons:
                published.add(key)

    def _with_provenance(self, made: Sequence[Made], batch: pa.RecordBatch) -> pa.RecordBatch:
        contributors = self.row.contributors
        if self.row.dimension or not contributors:
            return batch
        first = [one.sources[0].capture for one in made]
        columns: dict[str, list[Any]] = {
            "fetched_at": [capture.fetched_at_us for capture in first],
            "source_url": [capture.url for capture in first],
            "parser_version": [capture.parser for capture in first],
        }
        for name in contributors:
            columns[f"{name}_capture_id"] = [capture_of(one, name) for one in made]
        arrays = [pa.array(columns[name], self._full.field(name).type) for name in columns]
        return pa.RecordBatch.from_arrays([*batch.columns, *arrays], schema=self._full)


def capture_of(made: Made, page_type: str) -> int | None:
    """The first capture of a page type among a row's sources."""
    for source in made.sources:
        if source.capture.page_type == page_type:
            return source.capture.capture_id
    return None


def key_getter(row: type[Row]) -> Callable[[Row], tuple[object, ...]]:
    """What reads a row's key, always as a tuple."""
    names = key_of(row)
    if len(names) == 1:
        single = attrgetter(names[0])
        return lambda found: (single(found),)
    return attrgetter(*names)


def in_key_order(made: Iterable[Made], key: Callable[[Row], tuple[object, ...]]) -> list[Made]:
    """Rows by key, nulls last; rows of one key stay in the order they were made."""
    listed = list(made)
    try:
        # Plain tuples compare three times as fast; where no null meets a value, alike.
        listed.sort(key=lambda one: key(one.row))
    except TypeError:
        listed.sort(key=lambda one: [(part is None, part) for part in key(one.row)])
    return listed


def row_key(row: Row) -> str:
    """A row's key as JSON: its table's, or for a fragment what it is about."""
    kind = type(row)
    names = key_of(kind) or tuple(dict.fromkeys((kind.entity[1], *kind.section)))
    return msgspec.json.encode({name: getattr(row, name) for name in names}).decode()


def row_json(row: Row) -> str:
    """A whole row as JSON, by column name."""
    return msgspec.json.encode(msgspec.structs.asdict(row)).decode()


def table_name(row: Row) -> str:
    """The table a row is meant for, or the name of its class if it is a fragment."""
    name: str = getattr(type(row), "table", type(row).__name__)
    return name


def _shared_key(
    row: type[Row], other: type[Row]
) -> tuple[Callable[[Row], tuple[object, ...]], Callable[[Any], tuple[object, ...]] | None]:
    """How to read the key of `other` off a row of ours, and off a key of `other` if shortened."""
    ours = row.__struct_fields__
    shared = [(at, name) for at, name in enumerate(key_of(other)) if name in ours]
    assert shared, f"{row.__name__} shares no key column with {other.__name__}"
    names = tuple(name for _, name in shared)
    if len(names) == 1:
        single = attrgetter(names[0])
        read: Callable[[Row], tuple[object, ...]] = lambda found: (single(found),)  # noqa: E731
    else:
        read = attrgetter(*names)
    if len(shared) == len(key_of(other)):
        return read, None
    places = tuple(at for at, _ in shared)
    return read, lambda key: tuple(key[at] for at in places)
