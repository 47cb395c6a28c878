"""What a report must know of the tables of every source; most need nothing."""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.drift import hltv, pubg

SPLITS: Mapping[str, str] = {**hltv.SPLITS}
"""By table, the column of which rows are compared with those of the same value only."""

FILLED_BY: Mapping[str, Mapping[str, frozenset[str]]] = {
    **hltv.FILLED_BY,
    **pubg.FILLED_BY,
}
"""By table and page type, the columns that only pages of that further type fill."""
