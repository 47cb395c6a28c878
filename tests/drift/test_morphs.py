"""A changed site does not pass unnoticed: no value of a changed page is wrong without a word.

Every morph is applied to the newest crawl of a season whose months before are healthy. Each cell of
the tables is compared with the truth. One that differs, or is missing, must belong to a page about
which something is said: that it failed, was no content, has an issue about that table, has refused
rows of that table, or that its page type changed, called out by `warchouse report`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from parse.model import BLOCK_IDS
from parse.registry import BUILT_IN
from tests.drift.crawls import Visit, day, records, visits
from tests.drift.morphs import MORPHS, Morph
from tests.parse.bench import Bench
from tests.replica.season import Season
from tests.replica.truth import KEYS
from warehouse.drift.callouts import CallOut
from warehouse.drift.report import Report, make_report
from warehouse.rows.hltv import ROWS
from warehouse.schema import key_of
from warehouse.snapshot import Snapshot, current_snapshot, row_named

NEW = 8
OLD = 56
SEASON = 222  # matches, of which some before and some after a border of blocks are crawled
NEW_DAY = "2026-04-03"

FRAGMENTS = {
    "MapStatsPlayer": "hltv_player_stats",
    "PerformancePlayer": "hltv_player_stats",
    "EconomyPoint": "hltv_economy",
    "KillCell": "hltv_kill_matrix",
    "RoundWin": "hltv_round_history",
    "MapScore": "hltv_maps",
}
NUMBERED = {row.table for row in ROWS if "map_number" in key_of(row)}
"""What is said about the maps' numbers is said about all rows that have them in their key."""

TIED = {"hltv_player_side_stats": "hltv_player_stats"}
"""Every build compares the sums of the first with the second: what is wrong in one is in both."""

GATHERED = {"hltv_teams", "hltv_players", "hltv_events"}
"""Dimension tables: what is said about the match pages' tables is said about them."""


@dataclass
class Site:
    """The archive of a site that was healthy for months, and its newest pages."""

    season: Season
    bench: Bench
    newest: list[Visit]
    matches: list[int]
    truth: dict[str, dict[tuple[object, ...], dict[str, Any]]] = field(default_factory=dict)
    listing: dict[int, str] = field(default_factory=dict)
    """URL path of the listing that has a match."""
    before: Words = field(default_factory=lambda: Words({}, []))
    """What is said about the newest pages as they are."""

    def build(self, morph: Morph | None) -> tuple[Snapshot, Report]:
        """Tables and report with the newest pages changed."""
        changed = [
            visit.morphed(morph.apply) if morph and visit.page_type == morph.page_type else visit
            for visit in self.newest
        ]
        if morph:
            touched = [a.body != b.body for a, b in zip(changed, self.newest, strict=True)]
            assert any(touched), "the morph changes nothing"
        self.bench.put("new.warc.gz", records(changed), collection="hltv")
        self.bench.parse(registry=BUILT_IN)
        snapshot = current_snapshot(self.bench.warehouse)
        return snapshot, make_report(snapshot)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The new matches are a block of their own: what is built of the old ones stays as it is."""
    season = Season(seed=23, matches=SEASON, small=True, shares=(0, 0, 0, 100), page_size=1)
    listed = list(season.match_ids)
    border = next(at for at, one in enumerate(listed) if one // BLOCK_IDS > listed[0] // BLOCK_IDS)
    old, new = listed[border - OLD : border], listed[border : border + NEW]
    listing = dict(zip(reversed(listed), season.targets(), strict=False))
    bench = Bench(tmp_path_factory.mktemp("site"))
    history: list[Visit] = []
    for number, match_id in enumerate(old):
        start = day("2026-01-02") + number * timedelta(days=1.5)
        history += visits(season, [*season.match_targets(match_id), listing[match_id]], start)
    bench.put("old.warc.gz", records(history), collection="hltv")
    targets = [listing[one] for one in reversed(new)]
    targets += [target for one in new for target in season.match_targets(one)]
    newest = list(visits(season, targets, day(NEW_DAY)))
    made = Site(season, bench, newest, new, listing=listing)
    truth = season.truth([*old, *new])
    for table, rows in truth.items():
        keys = KEYS[table]
        mine = rows if table in GATHERED else [row for row in rows if row["match_id"] in set(new)]
        made.truth[table] = {tuple(row[key] for key in keys): row for row in mine}
    made.before = Words.of(*made.build(None))
    return made


@dataclass
class Words:
    """What is said about the newest pages, by page: the tables it is said about, `*` for all."""

    by_page: dict[tuple[str, str], set[str]]
    callouts: list[CallOut]
    issues: int = 0
    refused: int = 0

    @classmethod
    def of(cls, snapshot: Snapshot, report: Report) -> Words:
        start = day(NEW_DAY)
        captures = {
            row["capture_id"]: row
            for row in snapshot.table("captures").collect().to_dicts()
            if row["fetched_at"] >= start
        }
        pages = {id_: (row["page_type"], row["page_key"]) for id_, row in captures.items()}
        by_page: dict[tuple[str, str], set[str]] = {page: set() for page in pages.values()}
        for id_, row in captures.items():
            if row["outcome"] != "parsed":
                by_page[pages[id_]].add("*")
        words = cls(by_page, [one for one in report.callouts if one.first.fetched_at >= start])
        for row in snapshot.table("issues").collect().to_dicts():
            if row["capture_id"] in pages:
                words.issues += 1
                table, _, column = row["field"].partition(".")
                by_page[pages[row["capture_id"]]].add(table.partition(":")[0])
                if column == "map_number":
                    by_page[pages[row["capture_id"]]] |= NUMBERED
        for row in snapshot.table("quarantine").collect().to_dicts():
            if row["capture_id"] in pages:
                words.refused += 1
                name = row["table_name"]
                by_page[pages[row["capture_id"]]].add(FRAGMENTS.get(name, name))
        return words

    def about(self, table: str, pages: list[tuple[str, str]]) -> bool:
        """Whether anything is said about a table on any of the pages, or on all of their type."""
        for page in pages:
            said = self.by_page.get(page, set())
            if said & {table, TIED.get(table, table), "*"} or (table in GATHERED and said):
                return True
            for one in self.callouts:
                signal = one.signal
                if signal.page != f"hltv.{page[0]}":
                    continue
                named = {signal.table, signal.field.partition(".")[0]}
                if table in named or signal.kind in {"outcome", "layout"} or table in GATHERED:
                    return True
        return False


@dataclass
class Compared:
    """How the tables of the newest pages differ from the truth."""

    wrong: int = 0
    missing: int = 0
    silent: list[str] = field(default_factory=list)


def compared(site: Site, snapshot: Snapshot, words: Words) -> Compared:
    found = Compared()
    for table, truth in site.truth.items():
        rows = snapshot.table(table).collect().to_dicts()
        keys = KEYS[table]
        ours = {tuple(row[key] for key in keys): row for row in rows}
        wanted = set(site.matches)
        for key, row in truth.items():
            for line, is_wrong in _differences(row, ours.get(key)):
                found.wrong += is_wrong
                found.missing += not is_wrong
                if not words.about(table, _pages(site, table, row)):
                    found.silent.append(f"{table} {key}: {line}")
        for key, row in ours.items():
            if key not in truth and table not in GATHERED and row["match_id"] in wanted:
                found.wrong += 1
                if not words.about(table, _pages(site, table, row)):
                    found.silent.append(f"{table} {key}: not in the truth")
    return found


def _differences(truth: dict[str, Any], row: dict[str, Any] | None) -> Iterator[tuple[str, bool]]:
    if row is None:
        yield "row missing", False
        return
    for column, value in truth.items():
        if row[column] != value:
            yield f"{column} is {row[column]!r}, not {value!r}", row[column] is not None


def _pages(site: Site, table: str, row: dict[str, Any]) -> list[tuple[str, str]]:
    """The pages that a row is read from, and those that print the same."""
    contributors = row_named(table).contributors
    if table in GATHERED:
        return [("match", str(one)) for one in site.matches]
    match_id = row["match_id"]
    pages = []
    if "results" in contributors:
        target = site.listing[match_id]
        pages.append(("results", target.partition("offset=")[2]))
    pages.append(("match", str(match_id)))
    known = {
        one["map_number"]: one["mapstatsid"]
        for one in site.truth["hltv_maps"].values()
        if one["match_id"] == match_id
    }
    map_id = row.get("mapstatsid") or known.get(row.get("map_number"))
    if map_id is not None:
        pages += [(kind, str(map_id)) for kind in ("map_stats", "performance", "economy")]
    return pages


def test_a_healthy_site_has_the_true_tables_and_nothing_called_out(site: Site) -> None:
    snapshot, report = site.build(None)
    assert report.callouts == ()
    found = compared(site, snapshot, Words.of(snapshot, report))
    assert found.silent == []


@pytest.mark.parametrize("morph", MORPHS, ids=lambda one: f"{one.page_type}: {one.name}")
def test_nothing_is_wrong_without_a_word(site: Site, morph: Morph) -> None:
    snapshot, report = site.build(morph)
    words = Words.of(snapshot, report)
    found = compared(site, snapshot, words)
    assert found.silent == [], (
        f"{len(found.silent)} of {found.wrong} wrong, {found.missing} missing"
    )
    before = site.before
    louder = words.issues > before.issues or words.refused > before.refused
    if found.wrong or found.missing:
        assert report.callouts or louder
    ends = "word" if found.wrong else "null" if found.missing else "right"
    assert ends == morph.ends
