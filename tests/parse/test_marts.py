"""Tables that are worked out of others, as a parse builds them (docs/adr/0017)."""

from __future__ import annotations

import pytest

from tests.parse.bench import SITE, Bench, game, page, record
from tests.parse.test_incremental import result_of

SUMMED = "tests.parse.fake_source:SUMMED"


def note(game_id: int, topic: str, number: int = 1) -> tuple[str, dict[str, object]]:
    return ("note", {"game_id": game_id, "topic": topic, "number": number, "text": "x"})


def put(bench: Bench, name: str, *games: int, topics: tuple[str, ...] = ("a", "b")) -> None:
    made = []
    for game_id in games:
        said = [game(game_id), *(note(game_id, topic) for topic in topics)]
        made.append(record(f"{SITE}/game/{game_id}", page(*said), second=game_id))
    bench.put(name, made)


def test_a_mart_is_summed_over_all_blocks(bench: Bench) -> None:
    put(bench, "a.warc.gz", 1, 2, 600, 1_200)
    outcome = bench.parse(registry=SUMMED)
    rows = {row["topic"]: (row["notes"], row["thirds"]) for row in bench.table("fake_topics")}
    assert rows["a"] == (4, pytest.approx(1_803 / 3))
    assert rows["louder"][0] == 4
    assert outcome.tables["fake_topics"] == len(rows) == 3
    names = [path.name for path in sorted(bench.snapshot.glob("fake_topics/*"))]
    assert names == [f"part-{ord(letter):05d}.parquet" for letter in "abl"]


def test_sums_of_blocks_that_were_taken_over_give_the_bytes_of_a_fresh_build(bench: Bench) -> None:
    put(bench, "a.warc.gz", 1, 2, 600, 1_200, 1_900)
    bench.parse(registry=SUMMED)
    put(bench, "b.warc.gz", 601)
    later = bench.parse(registry=SUMMED)
    assert later.reused == 3
    fresh = bench.warehouse.with_name("fresh")
    anew = bench.parse(registry=SUMMED, warehouse=fresh, workers=2)
    assert result_of(bench.warehouse, later) == result_of(fresh, anew)
    assert list(bench.warehouse.rglob(".mart-*")) == []


def test_a_mart_without_rows_has_its_columns(bench: Bench) -> None:
    bench.put(
        "a.warc.gz", [record(f"{SITE}/round/7", page(("round", {"round_id": 7, "points": 1})))]
    )
    assert bench.parse(registry=SUMMED).tables["fake_topics"] == 0
    assert bench.table("fake_topics") == []
