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
