"""A crawl over real sockets goes on after any piece of any answer fails to come."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.network_reads import KINDS, MOST_WRITES, network_reads
from tests.faults.tally import TALLY


def test_a_crawl_whose_nth_network_read_fails_loses_nothing(tmp_path: Path) -> None:
    crawls = network_reads(tmp_path)
    with closing(crawls.site):
        for breaks_at in range(1, MOST_WRITES):
            kind = KINDS[breaks_at % 2]
            if not crawls.fails(breaks_at, kind, tables=breaks_at % 5 == 0):
                assert breaks_at > 30, "the server hardly said anything"
                TALLY.add(crawls.tally)
                return
    pytest.fail("the crawl never got through")
