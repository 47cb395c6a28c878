"""Whatever a writer's framing and however the work is cut: the same tables."""

from __future__ import annotations

import gzip

import pytest

from tests.parse.bench import Bench, games, warcinfo
from tests.warc.framings import FRAMINGS

SUFFIXES = {"plain": ".warc", "gzip": ".warc.gz", "zstd": ".warc.zst"}


@pytest.mark.parametrize("framing", FRAMINGS)
def test_every_framing_gives_the_same_tables(bench: Bench, framing: str) -> None:
    records = [gzip.decompress(one) for one in [warcinfo(source="fake"), *games(12)]]
    suffix = next(suffix for name, suffix in SUFFIXES.items() if framing.startswith(name))
    bench.put("a.warc.gz", [gzip.compress(one, mtime=0) for one in records])
    bench.parse()
    usual = {name: bench.table(name) for name in ("fake_games", "fake_rounds", "fake_notes")}
    (bench.archives / "fake" / "a.warc.gz").unlink()

    bench.put(f"a{suffix}", [FRAMINGS[framing](records)])
    for range_bytes in (2 << 20, 400):
        outcome = bench.parse(range_bytes=range_bytes)
        assert bench.watch.warnings == []
        assert outcome.account.captures.captures == 24
        assert {name: bench.table(name) for name in usual} == usual


@pytest.mark.parametrize("framing", FRAMINGS)
def test_one_bad_record_never_stands_in_the_way_of_an_upgrade(bench: Bench, framing: str) -> None:
    """Also where it shares a compressed unit with those that the upgrade reads."""
    records = [gzip.decompress(one) for one in [warcinfo(source="fake"), *games(12)]]
    records[5] = records[5].replace(b"game 3", b"game 4")  # the block is not what its digest says
    suffix = next(suffix for name, suffix in SUFFIXES.items() if framing.startswith(name))
    bench.put(f"a{suffix}", [FRAMINGS[framing](records)])
    bench.parse()
    assert len(bench.watch.warnings) == 1
    assert len(bench.table("fake_games")) == 11
    bench.parse(registry="tests.parse.fake_source:UPGRADED")
    assert set(bench.column("fake_games", "parser_version")) == {"fake.game/3"}
    assert len(bench.table("fake_games")) == 11


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_capture_has_a_place_of_its_own_in_every_framing(bench: Bench, framing: str) -> None:
    """Also where a unit holds one record twice."""
    records = [gzip.decompress(one) for one in [warcinfo(source="fake"), *games(3), *games(3)]]
    suffix = next(suffix for name, suffix in SUFFIXES.items() if framing.startswith(name))
    bench.put(f"a{suffix}", [FRAMINGS[framing](records)])
    bench.parse()
    captures = bench.table("captures")
    assert len(captures) == 12
    key = ("capture_id", "collection", "file", "offset", "inner")
    assert len({tuple(row[name] for name in key) for row in captures}) == 12
