"""Forty kills of a real crawl; `make soak` survives five hundred."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.tally import TALLY
from tests.soak.kills import is_possible, survive_kills

KILLS = 40


@pytest.mark.skipif(not is_possible(), reason="there is no kill -9 on Windows")
def test_a_crawl_killed_at_random_moments_loses_nothing(tmp_path: Path) -> None:
    tally = survive_kills(tmp_path, KILLS, seed=7)
    assert tally.kills == KILLS
    TALLY.add(tally)
