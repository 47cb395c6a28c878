"""`warchouse report`: what it counts, calls out and prints."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.drift.crawls import Visit, day, parsed, visits
from tests.drift.tables import Page, built, pages
from tests.replica.season import Season
from warehouse.drift.report import Report, make_report
from warehouse.drift.sentences import sentence
from warehouse.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[2]


def report_of(tmp_path: Path, *listed: list[Page]) -> Report:
    return make_report(built(tmp_path, [page for some in listed for page in some]))


def test_a_jump_of_nulls_is_called_out_with_its_first_capture(tmp_path: Path) -> None:
    healthy = pages("2026-01-03", 150, hours=9)
    mixed = pages("2026-03-03", 7) + pages("2026-03-03", 20, nulls=6)
    for number, page in enumerate(mixed):
        page.at = datetime(2026, 3, 3, 6, tzinfo=UTC) + number * timedelta(minutes=2)
    (one,) = report_of(tmp_path, healthy, mixed).callouts
    assert one.month == "2026-03"
    assert sentence(one).startswith("null rate of hltv_player_stats.adr rose from 0 % to ")
    assert one.after == pytest.approx(0.45, abs=0.16)  # 60 % of the changed pages' values
    assert one.first.capture_id == 1000 + 157
    assert (one.first.file, one.first.offset) == ("a.warc.gz", 15_700)
    assert one.first.url.endswith("/157/x")
    assert one.until is None


def test_a_crawl_of_fifty_pages_is_enough(tmp_path: Path) -> None:
    """Some five matches: their fifteen pages of one type show it."""
    found = report_of(
        tmp_path, pages("2026-01-03", 200, hours=6), pages("2026-03-20", 15, nulls=10)
    )
    assert [one.signal.field for one in found.callouts] == ["adr"]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"outcome": "failed"}, "outcome"),
        ({"outcome": "evidence", "verdict": "wrong_page"}, "outcome"),
        ({"issues": (("unexpected", "hltv_player_stats.player_name"),)}, "issue"),
        ({"refused": ("0 <= kast <= 100",)}, "quarantine"),
        ({"layout": "unknown"}, "layout"),
        ({"adr": 0.75}, "level"),
    ],
)
def test_every_kind_of_change_is_called_out(
    tmp_path: Path, changed: dict[str, Any], kind: str
) -> None:
    found = report_of(
        tmp_path, pages("2026-01-03", 150, hours=9), pages("2026-03-03", 20, **changed)
    )
    assert kind in {one.signal.kind for one in found.callouts}
    assert {one.first.capture_id for one in found.callouts} == {1150}


def test_a_new_layout_is_told_and_is_no_alarm(tmp_path: Path) -> None:
    found = report_of(
        tmp_path, pages("2026-01-03", 150, hours=9), pages("2026-03-03", 40, layout="newer")
    )
    assert found.callouts == ()
    assert [(one.layout, one.pages, one.first.capture_id) for one in found.new_layouts] == [
        ("newer", 40, 1150)
    ]


def test_a_new_layout_with_which_values_vanish_is_an_alarm(tmp_path: Path) -> None:
    gone = pages("2026-03-03", 40, layout="newer", nulls=10)
    found = report_of(tmp_path, pages("2026-01-03", 150, hours=9), gone)
    assert [one.signal.field for one in found.callouts] == ["adr"]


def test_old_matches_fetched_later_lack_what_they_lacked_then(tmp_path: Path) -> None:
    """... and a new match that falls back to their layout is an alarm."""
    old = pages("2026-02-01", 60, layout="old", nulls=10)
    healthy = pages("2026-01-03", 150)
    assert report_of(tmp_path / "healthy", old, healthy).callouts == ()
    fallen = pages("2026-03-03", 20, layout="old", nulls=10)
    (one,) = report_of(tmp_path / "fallen", old, healthy, fallen).callouts
    assert (one.signal.field, one.first.capture_id) == ("adr", 1000 + 210)
    assert (one.before, one.after) == (0, 1)


def test_rows_per_page_are_held_against_earlier_months_of_the_layout(tmp_path: Path) -> None:
    found = report_of(tmp_path, pages("2026-01-03", 30), pages("2026-02-03", 5))
    first, second = (month.rows["new_eco"] for month in found.months["hltv.map_stats"].values())
    assert (first.expected, first.median) == (None, 10)
    assert (second.expected, second.spread, second.apart) == (10, 0, 0)


def test_months_count_what_the_tables_hold(tmp_path: Path) -> None:
    listed = [
        *pages("2026-01-03", 3, nulls=5),
        *pages("2026-01-05", 1, outcome="failed", issues=(("unreadable", "page"),)),
        *pages("2026-01-06", 2, refused=("adr >= 0; 0 <= kast <= 100", "adr >= 0")),
        *pages("2026-01-07", 1, outcome="evidence", verdict="wrong_page"),
    ]
    month = report_of(tmp_path, listed).months["hltv.map_stats"]["2026-01"]
    assert month.captures == {"evidence": 1, "failed": 1, "parsed": 5}
    assert month.verdicts == {"wrong_page": 1}
    assert month.issues == {("unreadable", "page"): 1}
    assert month.pages_with_issues == 1
    assert month.refused == {
        ("hltv_player_stats", "0 <= kast <= 100"): 2,
        ("hltv_player_stats", "adr >= 0"): 4,
    }
    assert month.nulls["hltv_player_stats.adr"] == (15, 50)


def over_years(season: Season) -> list[Visit]:
    """A crawl of every match on the day it ended; what is in a newer layout than its game, later."""
    visited: list[Visit] = []
    for number, match_id in enumerate(season.match_ids):
        plan = season.match(match_id)
        at = datetime.fromtimestamp(plan.completed_ms // 1000, UTC)
        if plan.layout == "new" and plan.era in {"go", "cs2"}:
            at = datetime(2025, 11, 15, tzinfo=UTC) + number * timedelta(hours=9)
        visited += visits(season, season.match_targets(match_id), at)
    return visited


@pytest.mark.parametrize("seed", [7, pytest.param(41, marks=pytest.mark.slow)])
def test_a_healthy_season_of_four_eras_raises_no_alarm(tmp_path: Path, seed: int) -> None:
    season = Season(seed=seed, matches=160, small=True)
    found = make_report(parsed(tmp_path, {"all": over_years(season)}))
    assert found.callouts == ()
    assert {one.layout for one in found.new_layouts} >= {"new", "new_eco", "eco", "swing"}


def newest_first(season: Season, *, parts: int = 1, among_themselves: bool = True) -> list[Visit]:
    """Crawls in fetch's own order, 40 days apart; the parts may be oldest first in themselves."""
    ids = list(reversed(season.match_ids))
    size = -(-len(ids) // parts)
    visited: list[Visit] = []
    for number in range(parts):
        some = ids[number * size : (number + 1) * size]
        some = some if among_themselves else some[::-1]
        targets = [target for one in some for target in season.match_targets(one)]
        visited += visits(season, targets, day("2026-03-01") + number * timedelta(days=40))
    return visited


@pytest.mark.parametrize("matches", [24, 40, 60, 120])
def test_a_healthy_season_crawled_newest_first_raises_no_alarm(
    tmp_path: Path, matches: int
) -> None:
    """Layouts that come up in it are old ones: what they lack, the site had not shown yet."""
    season = Season(seed=7, matches=matches, small=True)
    assert make_report(parsed(tmp_path, {"all": newest_first(season)})).callouts == ()


@pytest.mark.parametrize("among_themselves", [True, False])
def test_older_matches_that_are_fetched_later_raise_no_alarm(
    tmp_path: Path, *, among_themselves: bool
) -> None:
    season = Season(seed=7, matches=60, small=True)
    crawl = newest_first(season, parts=2, among_themselves=among_themselves)
    assert make_report(parsed(tmp_path, {"all": crawl})).callouts == ()


# the command


def command(snapshot: Snapshot, *words: str) -> subprocess.CompletedProcess[str]:
    warehouse = snapshot.folder.parent.parent
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", "report", "--warehouse", str(warehouse), *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    listed = [*pages("2026-01-03", 150, hours=9), *pages("2026-03-03", 20, nulls=10)]
    return built(tmp_path_factory.mktemp("changed"), listed)


def test_a_change_is_said_in_plain_lines_and_by_the_exit_code(changed: Snapshot) -> None:
    done = command(changed)
    assert done.returncode == 1
    last = done.stdout.splitlines()[-2]
    assert "hltv.map_stats 2026-03: null rate of hltv_player_stats.adr rose from 0 % to" in last
    assert "first: capture 1150, https://www.hltv.org/stats/matches/mapstatsid/150/x" in last
    assert "in hltv/a.warc.gz at 15000, 2026-03-03 06:00:00 UTC" in last


def test_json_and_html_say_it_too(changed: Snapshot, tmp_path: Path) -> None:
    file = tmp_path / "r.html"
    done = command(changed, "--json", "--html", str(file))
    said = json.loads(done.stdout)
    assert said["needs_look"] is True
    assert said["call_outs"][0]["first"]["capture_id"] == 1150
    assert said["page_types"]["hltv.map_stats"][-1]["null_rates"]["hltv_player_stats.adr"] == 1
    page = file.read_text(encoding="utf-8")
    assert "null rate of hltv_player_stats.adr rose" in page
    assert "<script" not in page


def test_since_leaves_out_what_was_known_before(changed: Snapshot) -> None:
    done = command(changed, "--since", "2026-03-04")
    assert done.returncode == 0
    assert "2026-01" not in done.stdout
    assert command(changed, "--since", "2026-03", "--quiet").returncode == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--since", "march"), "'march' is no day (2026-03-15) and no month (2026-03)"),
        (("--page-type", "match"), "there are hltv.map_stats"),
        (("--html", "/dev/null/all.html"), "cannot write /dev/null/all.html: not a directory"),
    ],
)
def test_a_mistake_is_one_line(changed: Snapshot, words: tuple[str, str], message: str) -> None:
    done = command(changed, *words)
    assert done.returncode in {2, 4}
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
