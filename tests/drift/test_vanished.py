"""A parse says which columns its new pages lack, and nothing of old matches that never had them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from parse.registry import BUILT_IN
from tests.drift.crawls import Visit, day, records, visits
from tests.drift.morphs import MORPHS
from tests.drift.tables import Page, built, pages
from tests.parse.bench import Bench
from tests.replica.season import Season
from warehouse.drift.vanished import vanished

HEALTHY = pages("2026-01-03", 120, hours=6)


def lost(folder: Path, before: list[Page], new: list[Page]) -> list[str]:
    """What is said of a build that has new pages beside those before."""
    return vanished(built(folder / "before", before), built(folder / "after", [*before, *new]))


def test_a_column_that_new_pages_lack_is_named(tmp_path: Path) -> None:
    new = pages("2026-03-03", 20, nulls=10)
    assert lost(tmp_path, HEALTHY, new) == ["hltv_player_stats.adr"]


def test_so_is_one_that_pages_of_a_new_layout_lack(tmp_path: Path) -> None:
    new = pages("2026-03-03", 20, nulls=10, layout="newer")
    assert lost(tmp_path, HEALTHY, new) == ["hltv_player_stats.adr"]


@pytest.mark.parametrize("nulls", [0, 1])
def test_new_pages_like_those_before_are_not(tmp_path: Path, nulls: int) -> None:
    assert lost(tmp_path, HEALTHY, pages("2026-03-03", 20, nulls=nulls)) == []


def test_nor_is_what_was_lacking_before_already(tmp_path: Path) -> None:
    known = [*HEALTHY, *pages("2026-03-03", 20, nulls=10)]
    assert lost(tmp_path, known, pages("2026-03-05", 20, nulls=10)) == []


def test_a_parse_needs_a_look_where_a_renamed_class_empties_a_column(tmp_path: Path) -> None:
    season = Season(seed=23, matches=40, small=True, shares=(0, 0, 0, 100))
    ids = list(season.match_ids)
    (renamed,) = [
        one
        for one in MORPHS
        if (one.page_type, one.name) == ("map_stats", "class of a column renamed (ADR)")
    ]
    bench = Bench(tmp_path)
    bench.put("old.warc.gz", records(crawl(season, ids[:-8], "2026-01-02")), collection="hltv")
    assert bench.parse(registry=BUILT_IN).vanished == []
    new = crawl(season, ids[-8:], "2026-04-03")
    changed = [one.morphed(renamed.apply) if one.page_type == "map_stats" else one for one in new]
    bench.put("new.warc.gz", records(changed), collection="hltv")
    outcome = bench.parse(registry=BUILT_IN)
    assert "hltv_player_side_stats.adr" in outcome.vanished
    assert outcome.told()["vanished"] == outcome.vanished
    assert "new pages lack values of hltv_" in outcome.needs_look
    assert outcome.needs_look.endswith("(warchouse report shows since when)")
    assert "vanished" not in outcome.summary()


def test_older_matches_that_are_fetched_later_need_no_look(tmp_path: Path) -> None:
    season = Season(seed=7, matches=60, small=True)
    newest = list(reversed(season.match_ids))
    bench = Bench(tmp_path)
    for number, some in enumerate((newest[:30], newest[30:])):
        start = ("2026-03-01", "2026-04-10")[number]
        bench.put(f"{number}.warc.gz", records(crawl(season, some, start)), collection="hltv")
        assert bench.parse(registry=BUILT_IN).vanished == []


def crawl(season: Season, matches: list[int], start: str) -> list[Visit]:
    """Some matches, an hour for each."""
    found: list[Visit] = []
    for number, match_id in enumerate(matches):
        begun = day(start) + number * timedelta(hours=1)
        found += visits(season, season.match_targets(match_id), begun)
    return found
