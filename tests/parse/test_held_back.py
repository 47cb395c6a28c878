"""A build that loses too much is held back: the snapshot there stands until someone accepts."""

from __future__ import annotations

import pytest

from tests.parse.bench import SITE, Bench, game, games, page, record
from warehouse.errors import HeldBackError

FAKE = "tests.parse.fake_source"


def test_a_build_that_loses_rows_is_held_back_and_named(bench: Bench) -> None:
    kept, gone = bench.put("a.warc.gz", games(30)), bench.put("b.warc.gz", games(30, first=100))
    before = bench.parse(accept=False)
    gone.unlink()
    with pytest.raises(HeldBackError) as held:
        bench.parse(accept=False)
    assert held.value.exit_code == 5
    assert "fake_games loses 30 of 60 rows (50 %, the limit is 5 %)" in str(held.value)
    assert "--accept" in str(held.value)
    assert kept.exists()
    assert bench.snapshot.name == before.snapshot
    assert list(bench.warehouse.glob("snapshots/.*")) == []
    assert bench.parse(accept=True).snapshot == "000002"
    assert len(bench.table("fake_games")) == 30


def test_a_build_that_blanks_a_column_is_held_back(bench: Bench) -> None:
    bench.put("a.warc.gz", games(40))
    bench.parse(accept=False)
    with pytest.raises(HeldBackError, match=r"fake_games\.score"):
        bench.parse(registry=f"{FAKE}:CHANGED", accept=False)
    assert None not in bench.column("fake_games", "score")


def test_what_was_parsed_for_a_build_that_is_held_back_is_kept(bench: Bench) -> None:
    bench.put("a.warc.gz", games(40))
    bench.parse(accept=False)
    with pytest.raises(HeldBackError):
        bench.parse(registry=f"{FAKE}:CHANGED", accept=False)
    assert bench.parse(registry=f"{FAKE}:CHANGED", accept=True).parsed == 0


def test_growth_and_small_losses_are_committed(bench: Bench) -> None:
    bench.put("a.warc.gz", games(100))
    bench.parse(accept=False)
    bench.put("b.warc.gz", games(50, first=200))
    emptied = page(game(1, title=""))  # breaks a rule: the row is refused
    bench.put("c.warc.gz", [record(f"{SITE}/game/1", emptied, second=3_000)])
    assert bench.parse(accept=False).snapshot == "000002"
    assert len(bench.table("fake_games")) == 149


def test_a_build_from_demo_alone_holds_nothing_back(bench: Bench) -> None:
    bench.put("a.warc.gz", games(40), collection="demo")
    bench.parse(accept=False)
    bench.put("b.warc.gz", games(2, first=900), collection="fake")
    assert bench.parse(accept=False).snapshot == "000002"
    assert len(bench.table("fake_games")) == 2


def test_an_as_of_build_replaces_nothing_and_is_not_compared(bench: Bench) -> None:
    bench.put("a.warc.gz", games(100))
    bench.parse(accept=False)
    some = bench.table("captures")[0]["fetched_at"]
    outcome = bench.parse(as_of_us=int(some.timestamp() * 1_000_000), accept=False)
    assert outcome.later > 0
    assert bench.snapshot.name == "000001"
