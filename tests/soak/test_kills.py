"""Fifty kills of real crawls; `make soak` survives hundreds more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.tally import TALLY
from tests.soak.kills import Serving, hltv, is_possible, survive_kills
from tests.soak.pubg import pubg

KILLS: dict[Serving, int] = {hltv: 40, pubg: 10}


@pytest.mark.parametrize("serving", KILLS)
@pytest.mark.skipif(not is_possible(), reason="there is no kill -9 on Windows")
def test_a_crawl_killed_at_random_moments_loses_nothing(serving: Serving, tmp_path: Path) -> None:
    tally = survive_kills(tmp_path, KILLS[serving], seed=7, serving=serving)
    assert tally.kills == KILLS[serving]
    TALLY.add(tally)
