"""A power cut at any instant of a crawl, or of a repair, loses nothing that was synced."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.faults.a_run import KeepingSite, SeasonSite
from tests.faults.power_cuts import PowerCuts, power_cuts
from tests.faults.pubg_site import PubgSite
from tests.faults.tally import TALLY


@cache
def cuts(make: Callable[[], KeepingSite] = SeasonSite) -> PowerCuts:
    with tempfile.TemporaryDirectory() as folder:
        made = power_cuts(Path(folder), make())
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


@settings(max_examples=10)
@given(
    ends=st.lists(st.integers(1, 60), min_size=1, max_size=3),
    seed=st.integers(0, 1 << 32),
)
# In the middle of a record whose body waits in a file.
@example(ends=[24], seed=5)
def test_so_do_telemetry_and_replies(ends: list[int], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cuts(PubgSite).survives(Path(folder), ends, seed)
