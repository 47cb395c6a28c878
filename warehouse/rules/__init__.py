"""The rules rows keep, declared as data and checked column by column.

A rule is a polars expression that is true for a good row; null (a value that no page says) passes.
What the row class itself declares (types, nullability, closed sets) needs no rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl
import pyarrow as pa

from warehouse.column import Row

Severity = Literal["error", "warning"]
"""`error` sends the row to quarantine, `warning` keeps it and notes an issue."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold in every row of a table; `text` is the reason a refused row carries."""

    text: str
    holds: pl.Expr
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Breach:
    """One row, by position, that breaks one rule."""

    position: int
    rule: Rule


Rules = Mapping[type[Row], Sequence[Rule]]


def breaches(batch: pa.RecordBatch, rules: Sequence[Rule]) -> Iterator[Breach]:
    """Every breach in a batch of rows of one table, rule by rule."""
    if not rules or not batch.num_rows:
        return
    frame = pl.DataFrame(pl.from_arrow(batch))
    broken = frame.select(
        (~rule.holds).fill_null(value=False).alias(str(number)) for number, rule in enumerate(rules)
    )
    for number, rule in enumerate(rules):
        column = broken.get_column(str(number))
        if column.any():
            for position in column.arg_true():
                yield Breach(position, rule)
