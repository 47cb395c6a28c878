"""Tables that are worked out of others: what one is (how one is written: `marts/write.py`).

A mart is two pure functions: what the rows of one block come to, and what the blocks come to
together. Neither sees more than the rows of some keys at a time, so a mart is worked out piece by
piece, and only of what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import pyarrow as pa

from warehouse.column import Row

Block = Mapping[type[Row], pa.Table]
"""The rows of one block, by row class: of each the columns that were asked for."""

FEW_ROWS = 1 << 18
"""Rows of the tables that are read: up to so many a mart is cut by one letter, beyond that by two,
so that parts have some thousand rows to some ten thousand, and one match changes few of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mart:
    """One table that is worked out of others of its source.

    row       its row class, without contributors; the first column of its key is a text
    reads     the tables it is worked out of, and which of their columns; those that have the first
              column of the mart's key are read by it: rows of one key matter to that key alone,
              rows of tables without it to all
    of_block  what the rows of a block come to, with the mart's first key column
    total     what such partial sums come to, those of all blocks in order: one row per key
    behind    the rows of a block that a row of the mart stands on, given its key; of no other does
              it need to know for that row
    cut_at    the letter of the first key column that parts are cut by, from 0: all before it are
              alike and plain ASCII, or 0
    few_rows  see FEW_ROWS
    """

    row: type[Row]
    reads: Mapping[type[Row], tuple[str, ...]]
    of_block: Callable[[Block], pa.Table]
    total: Callable[[pa.Table], pa.Table]
    behind: Callable[[Block, Mapping[str, object]], Block]
    cut_at: int
    few_rows: int = FEW_ROWS

    def letters(self, rows: int) -> int:
        """How many letters parts are cut by, given how many rows the tables have that are read."""
        return 1 if rows <= self.few_rows else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusTable:
    """A table that says of which matches there is detail, worked out like a mart.

    mart  gives it for those who are tracked, and the keys of pages that failed: see
          `warehouse/marts/pubg_detail.py`; None where it has no rows
    """

    row: type[Row]
    mart: Callable[[Collection[tuple[str, int]] | None, Collection[str]], Mart | None]
