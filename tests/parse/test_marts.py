"""Tables that are worked out of others, as a parse builds them (docs/adr/0017)."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parse.bench import SITE, Bench, game, page, record
from tests.parse.test_incremental import Step, compare, result_of, steps, workbench

SUMMED, RESUMMED = (f"tests.parse.fake_source:{name}" for name in ("SUMMED", "RESUMMED"))


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


def parts_of(bench: Bench) -> dict[str, int]:
    """The mart's files with what tells one file from another."""
    return {path.name: path.stat().st_ino for path in bench.snapshot.glob("fake_topics/*")}


def check_anew(bench: Bench, registry: str = SUMMED) -> None:
    """What is built upon what was before is what is built of nothing."""
    later = bench.parse(registry=registry)
    anew = bench.warehouse.with_name("anew")
    shutil.rmtree(anew, ignore_errors=True)
    assert result_of(bench.warehouse, later) == result_of(
        anew, bench.parse(registry=registry, warehouse=anew)
    )


@settings(max_examples=20)
@given(
    st.lists(steps(), min_size=3, max_size=6),
    st.lists(st.sampled_from([SUMMED, SUMMED, SUMMED, RESUMMED]), min_size=6, max_size=6),
)
def test_whatever_came_before_a_mart_has_the_bytes_of_a_fresh_build(
    history: list[Step], registries: list[str]
) -> None:
    with workbench() as bench:
        base = []
        for game_id in range(2_000, 6_000, 500):  # blocks of which most stay as they are
            said = page(game(game_id), *(note(game_id, topic) for topic in ("a", "a2", "c")))
            base.append(record(f"{SITE}/game/{game_id}", said))
        bench.put("000.warc.gz", base)
        compare(
            bench,
            [
                replace(step, registry=registry, pins=())
                for step, registry in zip(history, registries, strict=False)
            ],
        )


@pytest.fixture
def topics(bench: Bench) -> Bench:
    """Seven blocks of games with topics of their own, built."""
    for number in range(7):
        put(bench, f"{number}.warc.gz", number * 500 + 1, topics=("abcdefg"[number], "x"))
    bench.parse(registry=SUMMED)
    return bench


def test_only_parts_of_keys_that_changed_are_written(topics: Bench) -> None:
    before = parts_of(topics)
    put(topics, "new.warc.gz", 502, topics=("b",))
    check_anew(topics)
    after = parts_of(topics)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {
        f"part-{ord(letter):05d}.parquet" for letter in "bl"
    }
    (b,) = [row for row in topics.table("fake_topics") if row["topic"] == "b"]
    assert (b["notes"], b["thirds"]) == (2, pytest.approx(1_003 / 3))


def test_a_key_that_is_gone_leaves_its_part(topics: Bench) -> None:
    (topics.archives / "fake" / "3.warc.gz").unlink()
    check_anew(topics)
    assert f"part-{ord('d'):05d}.parquet" not in parts_of(topics)
    assert "d" not in topics.column("fake_topics", "topic")


@pytest.mark.parametrize("how", ["changed", "gone"])
@pytest.mark.parametrize("table", ["fake_topics", "fake_notes"])
def test_nothing_is_built_upon_a_part_that_is_not_what_was_written(
    topics: Bench, how: str, table: str
) -> None:
    put(topics, "new.warc.gz", 502, topics=("b",))
    for path in topics.snapshot.glob(f"{table}/*"):
        if how == "gone":
            path.unlink()
        else:
            path.chmod(0o644)
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
    check_anew(topics)


def test_other_code_works_a_mart_out_anew(topics: Bench) -> None:
    check_anew(topics, RESUMMED)
    rows = {row["topic"]: row["notes"] for row in topics.table("fake_topics")}
    assert rows["a"] == 2
    assert "x" not in rows  # twice seven: more than the rule allows


def test_a_row_that_breaks_a_rule_is_quarantined_until_it_does_not(topics: Bench) -> None:
    put(topics, "new.warc.gz", 502, 503, topics=("x",))
    for _ in range(2):  # the second time it is told of what the first has
        check_anew(topics)
        refused = [row for row in topics.table("quarantine") if row["table_name"] == "fake_topics"]
        assert {(row["row_key"], row["reasons"]) for row in refused} == {
            ('{"topic":"x"}', "notes <= 8"),
            ('{"topic":"louder"}', "notes <= 8"),
        }
        assert {(row["capture_id"], row["source_url"]) for row in refused} == {(None, None)}
        assert "x" not in topics.column("fake_topics", "topic")
        put(topics, "newer.warc.gz", 1_002, topics=("c",))
    for name in ("new", "newer"):
        (topics.archives / "fake" / f"{name}.warc.gz").unlink()
    check_anew(topics)
    assert topics.table("quarantine") == []
    assert "x" in topics.column("fake_topics", "topic")


def test_snapshots_without_a_note_of_their_marts_are_not_built_upon(topics: Bench) -> None:
    about = topics.snapshot / "snapshot.json"
    for text in ('"marts": {"fake_topics": 3}', '"marts": []'):
        said = about.read_text()
        begin, end = said.index('"marts"'), said.index('"needs_look"', said.index('"marts"'))
        del end
        about.write_text(said[:begin] + text + said[said.index("},\n", begin) + 1 :])
        check_anew(topics)
