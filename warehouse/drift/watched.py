"""Which tables and columns are watched, and on which type of page."""

from __future__ import annotations

from collections.abc import Iterator

from warehouse.column import Row
from warehouse.rows.listed import TABLES
from warehouse.schema import Column, columns_of
from warehouse.snapshot import Snapshot

SPLITS = {
    "hltv_player_stats": "rating_version",
    "hltv_player_side_stats": "rating_version",
    "hltv_overview_player_stats": "rating_version",
}
"""Rows of these tables are compared with rows of the same value only: the rating's formula goes
with the game, and with it what a page has (swing in 3.0, impact before; spec/hltv.md section 0)."""

_FIGURES = ("rating", "first_kills", "clutches_won")
FILLED_BY = {
    "hltv_player_stats": {"performance": frozenset({"kpr", "dpr", "impact", "mk_rating"})},
    "hltv_maps": {
        "map_stats": frozenset(f"team{number}_{name}" for number in (1, 2) for name in _FIGURES)
        | {"team_rating_version"},
    },
    "pubg_tournaments": {"tournament": frozenset({"match_count"})},
}
"""Of tables that pages of several types are joined in, the columns that only a further one fills;
all others are the first one's. So that a lost column is called out where it was lost."""


def watched_tables(snapshot: Snapshot) -> Iterator[tuple[type[Row], str]]:
    """Tables with each page type their rows are read from; not those gathered from all over."""
    for row in TABLES:
        if row.table in snapshot.about["tables"] and not row.dimension:
            for page_type in row.contributors:
                yield row, page_type


def filled_by(row: type[Row], page_type: str) -> list[Column]:
    """The columns of a table that pages of a type fill."""
    return [column for column in columns_of(row) if _filler(row, column.name) == page_type]


def _filler(row: type[Row], column: str) -> str:
    """The page type that fills a column."""
    further = FILLED_BY.get(row.table, {})
    return next((name for name, some in further.items() if column in some), row.contributors[0])


def is_level(column: Column) -> bool:
    """Whether a column is a number that means something on average: no key, id or time."""
    is_id = column.name.endswith("id")
    return column.kind in {int, float} and not column.is_key and not is_id and column.unit != "ms"


def closed_values(column: Column) -> tuple[str, ...]:
    """The values of a column's closed set; of a key they are the table's structure."""
    if column.is_key:
        return ()
    return ("true", "false") if column.kind is bool else column.one_of
