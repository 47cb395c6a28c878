"""A whole crawl survives the failure of its n-th disk operation, for every n (docs/durability.md).

Each n fails in one of the eight ways here; `python -m tests.soak --faults` fails each in all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.a_run import KeepingSite, SeasonSite
from tests.faults.nth_operation import MOST_OPERATIONS, every_fault, going_on, harness
from tests.faults.pubg_site import PubgSite
from tests.faults.tally import TALLY

REPAIR_OPERATIONS = 12
"""So many and some more: set the tail aside, cut, sync, seal, index, commit."""


@pytest.mark.parametrize(("make", "every"), [(SeasonSite, 3), (PubgSite, 4)])
def test_a_crawl_whose_nth_disk_operation_fails_loses_nothing(
    make: Callable[[], KeepingSite], every: int, tmp_path: Path
) -> None:
    """every  so many faults to one comparison of the tables."""
    ways = list(every_fault())
    crawls = harness(tmp_path, make())
    for fail_at in range(1, MOST_OPERATIONS):
        # Not one kind for all operations that come at the same place of a round.
        kind, code = ways[(fail_at + fail_at // len(ways)) % len(ways)]
        if not crawls.fails(fail_at, kind, code, tables=fail_at % every == 0):
            assert fail_at > 30, "the crawl hardly touched the disk"
            TALLY.add(crawls.tally)
            return
    pytest.fail("the crawl never got through")


@pytest.mark.parametrize("make", [SeasonSite, PubgSite])
def test_a_crawl_whose_nth_disk_operation_fails_while_it_repairs_loses_nothing(
    make: Callable[[], KeepingSite], tmp_path: Path
) -> None:
    ways = list(every_fault())
    crawls = going_on(tmp_path, make())
    for fail_at in range(1, REPAIR_OPERATIONS):
        kind, code = ways[fail_at % len(ways)]
        assert crawls.fails(fail_at, kind, code, tables=fail_at % 5 == 0), "too few operations"
    TALLY.add(crawls.tally)
