"""Rules that many tables have, said once."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from polars import col

from warehouse.rules import Rule


def at_least(low: float, *names: str) -> Iterator[Rule]:
    """Each of the columns is `low` or more."""
    for name in names:
        yield Rule(f"{name} >= {low:g}", col(name) >= low)


def within(low: float, high: float, *names: str) -> Iterator[Rule]:
    """Each of the columns lies between two bounds, both allowed."""
    for name in names:
        yield Rule(f"{low:g} <= {name} <= {high:g}", col(name).is_between(low, high))


def not_empty(*names: str) -> Iterator[Rule]:
    """Each of the text columns holds a text."""
    for name in names:
        yield Rule(f"{name} is not empty", col(name).str.len_bytes() > 0)


def difference(total: str, plus: str, minus: str) -> Rule:
    """A column is the difference of two others."""
    return Rule(f"{total} = {plus} - {minus}", col(total) == col(plus) - col(minus))


def at_most(part: str, whole: str) -> Rule:
    """A column is no more than another."""
    return Rule(f"{part} <= {whole}", col(part) <= col(whole))


def warn(text: str, holds: pl.Expr) -> Rule:
    """A rule whose breach is worth a look, no more."""
    return Rule(text, holds, "warning")
