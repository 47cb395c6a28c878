"""The season as a whole: determinism, traps, laziness, growth, paging."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from tests.replica import trap_names
from tests.replica.scenarios import ERAS, Dimensions, era_sizes, place_of
from tests.replica.season import Season

ROOT = Path(__file__).resolve().parents[2]
DIGEST = """
import hashlib
from tests.replica.season import Season
season = Season(11, 30)
digest = hashlib.sha256()
for target in list(season.targets())[:60]:
    digest.update(season.page(target).body)
digest.update(repr(season.truth(list(season.match_ids)[:12])).encode())
print(digest.hexdigest())
"""


def body(season: Season, target: str) -> str:
    page = season.page(target)
    assert page is not None
    return page.body.decode()


def test_the_same_seed_gives_the_same_bytes_in_every_process() -> None:
    digests = set()
    for hash_seed in ("0", "1"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", DIGEST],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        digests.add(done.stdout)
    assert len(digests) == 1


def test_another_seed_gives_other_bytes() -> None:
    first, second = Season(7, 24), Season(8, 24)
    assert body(first, "/results?offset=0") != body(second, "/results?offset=0")


@pytest.mark.parametrize("seed", [1, 7])
def test_two_hundred_matches_hold_every_trap(seed: int) -> None:
    season = Season(seed, 200)
    found = frozenset[str]().union(*(season.traps(one) for one in season.match_ids))
    assert found == trap_names.ALL


@pytest.mark.parametrize("seed", [1, 7])
def test_twenty_four_matches_hold_the_common_traps(seed: int) -> None:
    season = Season(seed, 24)
    found = frozenset[str]().union(*(season.traps(one) for one in season.match_ids))
    assert trap_names.COMMON - found == frozenset()


def test_few_matches_cover_every_trap() -> None:
    season = Season(7, 200)
    chosen = season.covering()
    found = frozenset[str]().union(*(season.traps(one) for one in chosen))
    assert found == trap_names.ALL
    assert len(chosen) < 40


def test_a_season_without_traps_has_plain_matches() -> None:
    season = Season(7, 30, traps=False)
    planted = trap_names.RARE - {"renamed_team"}
    for match_id in season.match_ids:
        assert not season.match(match_id).flags
        assert not season.traps(match_id) & planted


def test_every_era_has_its_share() -> None:
    season = Dimensions(seed=7, matches=200, traps=True)
    assert era_sizes(200) == (30, 50, 20, 100)
    assert [place_of(index, season).era for index in (0, 30, 80, 100, 199, 203)] == [
        *ERAS,
        "late",
        "late",
    ]


def test_shares_can_leave_one_layout() -> None:
    season = Season(7, 40, shares=(0, 0, 0, 100))
    assert {season.match(one).layout for one in season.match_ids} == {"new"}


def test_a_season_of_a_hundred_thousand_pages_needs_no_memory() -> None:
    season = Season(7, 20_000, small=True)
    assert len(season.match_ids) == 20_000
    tracemalloc.start()
    count = 0
    for target in islice(season.targets(), 12_000):
        count += 1
        if count % 1000 == 0:
            page = season.page(target)
            assert page is not None
            assert page.status == 200
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 12_000
    assert peak < 60 * 1024 * 1024


def test_a_long_season_answers_for_any_of_its_matches() -> None:
    season = Season(7, 100_000, small=True)
    for match_id in (season.match_ids[0], season.match_ids[54_321], season.match_ids[-1]):
        targets = list(season.match_targets(match_id))
        assert all(body(season, target) for target in targets)
        assert season.truth_for(match_id)["hltv_matches"][0]["match_id"] == match_id


def test_match_ids_are_a_cheap_sequence() -> None:
    ids = Season(7, 100_000).match_ids
    assert ids[-1] in ids
    assert ids[-1] + 1 not in ids
    assert str(ids[-1]) not in map(str, ids[:3])
    assert ids[:3] == [ids[0], ids[1], ids[2]]


def test_targets_and_kind_counts_agree() -> None:
    season = Season(7, 40, small=True, page_size=10)
    counted: dict[str, int] = {}
    for target in season.targets():
        page = season.page(target)
        assert page is not None
        assert page.status == 200
        counted[page.page_type] = counted.get(page.page_type, 0) + 1
    assert counted == season.kind_counts()


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("match", 600_000, 900_000),
        ("results", 380_000, 480_000),
        ("map_stats", 180_000, 212_000),
        ("performance", 180_000, 240_000),
        ("economy", 170_000, 212_000),
    ],
)
def test_page_sizes_are_near_the_real_medians(kind: str, low: int, high: int) -> None:
    season = Season(7, 120)
    sizes = []
    for target in islice(season.targets(), 60):
        page = season.page(target)
        assert page is not None
        if page.page_type == kind:
            sizes.append(len(page.body))
    assert low < sorted(sizes)[len(sizes) // 2] < high


def test_every_normal_page_mentions_the_challenge_platform() -> None:
    season = Season(7, 24)
    for target in islice(season.targets(), 12):
        assert "/cdn-cgi/challenge-platform/" in body(season, target)


def listed(season: Season, target: str) -> list[int]:
    rows = re.findall(
        r'data-zonedgrouping-entry-unix="\d+"><a href="[^"]*/matches/(\d+)/', body(season, target)
    )
    return [int(row) for row in rows]


def test_results_pages_list_every_match_once_newest_first() -> None:
    season = Season(7, 45, small=True, page_size=20)
    found = [row for offset in (0, 20, 40) for row in listed(season, f"/results?offset={offset}")]
    assert found == list(reversed(season.match_ids))
    assert listed(season, "/results?offset=60") == []


def test_held_back_matches_appear_at_the_top_while_paging() -> None:
    season = Season(7, 30, small=True, page_size=10, shift_every=2)
    assert len(season.match_ids) == 25
    first = listed(season, "/results?offset=0")
    second = listed(season, "/results?offset=10")
    assert second[0] == first[-1]
    assert len(season.match_ids) == 26
    season.release(99)
    assert len(season.match_ids) == 30
    assert season.match_ids[-1] == listed(season, "/results?offset=0")[0]


def test_a_grown_season_repeats_its_older_pages() -> None:
    before, after = Season(7, 40, held_back=6), Season(7, 40)
    for target in before.match_targets(before.match_ids[-1]):
        assert body(before, target) == body(after, target)
    assert before.match_ids[:] == after.match_ids[:34]


def test_results_filters() -> None:
    season = Season(7, 120, small=True)
    go = era_sizes(120)[0]
    assert listed(season, "/results?offset=0&gameType=CS2")[-1] > season.match_ids[go - 1]
    match = season.match(season.match_ids[70])
    event = listed(season, f"/results?event={match.event.id}")
    assert match.match_id in event
    assert {season.match(one).event.id for one in event} == {match.event.id}
    days = "startDate=2026-06-13&endDate=2026-06-14"
    dated = listed(season, f"/results?offset=0&{days}")
    times = [season.match(one).completed_ms for one in dated]
    assert times
    assert max(times) - min(times) <= 2 * 86_400_000


def test_featured_rows_carry_no_time_and_vary_in_number() -> None:
    season = Season(7, 60, small=True, page_size=15)
    counts = []
    for offset in (0, 15, 30, 45):
        page = body(season, f"/results?offset={offset}")
        counts.append(page.count('<div class="result-con">'))
    assert counts == [8, 0, 2, 3]


def test_unknown_targets() -> None:
    season = Season(7, 24)
    assert season.page("/nothing") is None
    soft = season.page("/matches/1/x")
    assert soft is not None
    assert soft.page_type == "soft_error"
    assert soft.status == 200
    wrong = season.page(f"/matches/{season.match_ids[3]}/-")
    assert wrong is not None
    assert wrong.status in {301, 302}
    assert wrong.headers["Location"] == season.match_path(season.match_ids[3])
    assert season.page("/stats/matches/mapstatsid/1/x") is not None
    with pytest.raises(KeyError):
        season.match(1)


def test_special_matches_are_reachable_but_not_listed() -> None:
    season = Season(7, 24)
    special = season.live_ids + season.upcoming_ids + season.postponed_ids
    assert len(special) == 6
    assert not set(special) & set(season.match_ids)
    for match_id in special:
        assert "team1-gradient" in body(season, season.match_path(match_id))
    rows = [season.truth_for(one)["hltv_matches"][0] for one in special]
    statuses = [row["status"] for row in rows]
    assert statuses == ["live", "live", "upcoming", "upcoming", "upcoming", "postponed"]
    assert [row["team2_id"] for row in rows].count(None) == 1
    assert not any(season.truth_for(one)["hltv_results"] for one in special)


def test_bodies_differ_between_matches() -> None:
    season = Season(7, 24, small=True)
    digests = {
        hashlib.sha256(body(season, season.match_path(one)).encode()).digest()
        for one in season.match_ids
    }
    assert len(digests) == 24
