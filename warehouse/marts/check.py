"""Rows of a mart before they are written: those that break a rule are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pyarrow as pa

from warehouse.column import Row
from warehouse.rules import Rule, breaches
from warehouse.rules.declared import undeclared
from warehouse.schema import arrow_schema, columns_of, key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that breaks rules: its key and itself as JSON, and the reasons."""

    table: str
    key: str
    reasons: tuple[str, ...]
    row: str


class MartCheck:
    """The checks of one mart, made ready once."""

    def __init__(self, row: type[Row], rules: Sequence[Rule]) -> None:
        """Read the row class's declaration.

        raises  TypeError for a rule that only warns: a mart's row has no page to note that on
        """
        if any(rule.severity != "error" for rule in rules):
            raise TypeError(f"{row.table} is a mart: each of its rules must refuse a row")
        self._row = row
        self._rules = tuple(rules)
        self._columns = columns_of(row)
        self._schema = arrow_schema(row)
        self._loose = pa.schema([field.with_nullable(nullable=True) for field in self._schema])

    def sort_out(self, rows: pa.Table) -> tuple[pa.Table, list[RefusedRow]]:
        """The good rows in their order, with the declared schema, and those that are refused.

        raises  ArrowInvalid where a column is not of the declared type
        """
        rows = rows.select(self._schema.names).cast(self._loose).combine_chunks()
        reasons: dict[int, list[str]] = {}
        for batch in rows.to_batches():
            for at, reason in undeclared(batch, self._columns):
                reasons.setdefault(at, []).append(reason)
            for breach in breaches(batch, self._rules):
                reasons.setdefault(breach.position, []).append(breach.rule.text)
        refused = [self._refused(rows, at, reasons[at]) for at in sorted(reasons)]
        if reasons:
            kept = [at for at in range(rows.num_rows) if at not in reasons]
            rows = rows.take(pa.array(kept, pa.int64()))
        return rows.cast(self._schema), refused

    def _refused(self, rows: pa.Table, at: int, reasons: Sequence[str]) -> RefusedRow:
        (row,) = rows.slice(at, 1).to_pylist()
        key = {name: row[name] for name in key_of(self._row)}
        encode = msgspec.json.encode
        return RefusedRow(
            table=self._row.table,
            key=encode(key).decode(),
            reasons=tuple(reasons),
            row=encode(row).decode(),
        )
