"""What a report must know of PUBG's tables besides their declarations."""

from __future__ import annotations

FILLED_BY = {"pubg_tournaments": {"tournament": frozenset({"match_count"})}}
"""As in `warehouse/drift/hltv.py`."""
