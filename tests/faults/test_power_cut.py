"""A power cut at any instant of a crawl, or of a repair, loses nothing that was synced."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.faults.power_cuts import PowerCuts, power_cuts
from tests.faults.tally import TALLY


@cache
def cuts() -> PowerCuts:
    with tempfile.TemporaryDirectory() as folder:
        made = power_cuts(Path(folder))
    made.tally = TALLY
    return made


@settings(max_examples=30)
@given(
    ends=st.lists(st.integers(1, 80), min_size=1, max_size=3),
    seed=st.integers(0, 1 << 32),
)
# The folder of a new collection was not synced into the folder above it.
@example(ends=[50], seed=1912923437)
# A repair sealed, and the manifest claimed, what a killed process had written and nobody synced.
@example(ends=[16, 64], seed=3268308804)
@example(ends=[20, 12], seed=1)
def test_what_was_synced_survives_whatever_else_is_lost(ends: list[int], seed: int) -> None:
    """Processes die at these disk operations, each going on where the one before stopped."""
    with tempfile.TemporaryDirectory() as folder:
        cuts().survives(Path(folder), ends, seed)
