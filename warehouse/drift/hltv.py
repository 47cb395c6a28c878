"""What a report must know of HLTV's tables besides their declarations."""

from __future__ import annotations

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
}
"""Of tables that pages of several types are joined in, the columns that only a further one fills;
all others are the first one's. So that a lost column is called out where it was lost."""
