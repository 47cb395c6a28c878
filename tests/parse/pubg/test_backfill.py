"""Detail of tracked players: of whom, of which matches, and how it follows the roster."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from parse.backfill import as_before, first_of_two, pages_due, read_again
from parse.inputs import ADMIN, Inputs, find_inputs
from parse.registry import BUILT_IN
from parse.run import ParseOptions, parse_archives
from tests.parse.bench import Bench
from tests.parse.pubg.replies import account
from tests.parse.pubg.small_matches import (
    DAY,
    match_id,
    match_record,
    put_match,
    telemetry_record,
    track,
)
from warc.errors import JournalError
from warc.roster import reading as roster_reading
from warchouse import app
from warehouse.errors import HeldBackError

DETAIL = ("pubg_damage_events", "pubg_circle_positions", "pubg_backfill_status")
LONG_BEFORE = date(2026, 1, 1)


@pytest.fixture
def season(bench: Bench) -> Bench:
    """Three matches: player 1 is in all, 2 in the first two, 3 in the last, strangers in each."""
    put_match(bench, 1, (1, 2, 11, 12))
    put_match(bench, 2, (1, 2, 13))
    put_match(bench, 3, (1, 3, 11))
    track(bench, {})
    return bench


def options(bench: Bench) -> ParseOptions:
    return ParseOptions(warehouse=bench.warehouse)


def inputs(bench: Bench) -> Inputs:
    return find_inputs((), archives=bench.archives)


def build(bench: Bench, **known: Any) -> int:
    """Build, unseen losses refused; how many pages were read again."""
    return bench.parse(registry=BUILT_IN, accept=False, **known).again


def fresh(bench: Bench, folder: Path) -> dict[str, bytes]:
    """The parts of a build of the same from nothing."""
    other = Bench(folder)
    other.archives = bench.archives
    other.parse(registry=BUILT_IN)
    return other.parts()


def status(bench: Bench) -> set[tuple[str, str, str]]:
    return {
        (row["account_id"], row["match_id"], row["state"])
        for row in bench.table("pubg_backfill_status")
    }


def done(*which: tuple[int, int], state: str = "done") -> set[tuple[str, str, str]]:
    return {(account(one), match_id(number), state) for one, number in which}


def test_without_a_roster_there_is_no_detail_and_all_else(season: Bench) -> None:
    found = season.parse(registry=BUILT_IN)
    assert [season.table(name) for name in DETAIL] == [[], [], []]
    assert found.undetailed == ["pubg_damage_events", "pubg_circle_positions"]
    assert len(season.table("pubg_player_match_stats")) == 10


def test_detail_rows_are_those_that_name_a_tracked_player(season: Bench) -> None:
    track(season, {2: DAY})
    build(season)
    for row in season.table("pubg_damage_events"):
        assert account(2) in {row["attacker_account_id"], row["victim_account_id"]}
    assert season.column("pubg_circle_positions", "account_id") == [account(2)] * 4
    assert len(season.table("pubg_damage_events")) == 4
    assert status(season) == done((2, 1), (2, 2))
    (first, *_) = season.table("pubg_backfill_status")
    assert (first["parts_done"], first["damage_rows"], first["circle_rows"]) == (
        "damage+circle",
        2,
        2,
    )
    assert len(season.table("pubg_player_match_stats")) == 10


def test_aggregates_do_not_depend_on_the_roster(season: Bench) -> None:
    build(season)
    before = {name: part for name, part in season.parts().items() if not name.startswith(DETAIL)}
    track(season, {1: DAY, 11: DAY})
    build(season)
    after = {name: part for name, part in season.parts().items() if not name.startswith(DETAIL)}
    changed = {name.split("/")[0] for name in after if after[name] != before[name]}
    assert changed <= {"captures"}  # how many rows each page gave


def test_only_matches_of_a_new_player_are_read_again(season: Bench, tmp_path: Path) -> None:
    track(season, {1: DAY})
    build(season)
    track(season, {1: DAY, 3: DAY})
    assert pages_due(inputs(season), options(season)) == 1
    assert build(season) == 1
    track(season, {1: DAY, 3: DAY, 99: DAY})
    assert build(season) == 0, "he is in no match"
    assert season.parts() == fresh(season, tmp_path / "fresh")


def test_a_match_counts_from_180_days_before_the_day_of_tracking(bench: Bench) -> None:
    put_match(bench, 1, (1, 2))
    since = DAY + timedelta(days=180)
    track(bench, {1: since, 2: since + timedelta(days=1)})
    build(bench)
    assert status(bench) == done((1, 1))
    assert set(bench.column("pubg_circle_positions", "account_id")) == {account(1)}


def test_a_player_who_is_removed_leaves_with_his_detail_and_nothing_holds_that_back(
    season: Bench, tmp_path: Path
) -> None:
    track(season, {1: DAY, 2: DAY})
    build(season)
    assert len(season.table("pubg_circle_positions")) == 10
    track(season, {2: DAY})
    build(season)
    assert set(season.column("pubg_circle_positions", "account_id")) == {account(2)}
    assert season.parts() == fresh(season, tmp_path / "fresh")
    track(season, {})
    build(season)
    assert [season.table(name) for name in DETAIL] == [[], [], []]


def test_detail_that_is_lost_for_another_reason_is_held_back(bench: Bench) -> None:
    for number in range(1, 9):
        put_match(bench, number, (1, 2))
    track(bench, {1: DAY})
    build(bench)
    for number in range(1, 9):
        (bench.archives / "pubg" / f"{number:03d}.warc.gz").unlink()
        bench.put(f"{number:03d}.warc.gz", [match_record(number, (1, 2))], collection="pubg")
    with pytest.raises(HeldBackError, match="pubg_damage_events"):
        build(bench)


def test_what_is_not_archived_or_cannot_be_parsed_is_told_apart(bench: Bench) -> None:
    put_match(bench, 1, (1,))
    bench.put("2.warc.gz", [match_record(2, (1,))], collection="pubg")
    cut = telemetry_record(3, (1,), broken=True)
    bench.put("3.warc.gz", [match_record(3, (1,)), cut], collection="pubg")
    track(bench, {1: DAY})
    found = bench.parse(registry=BUILT_IN)
    assert status(bench) == {
        *done((1, 1)),
        *done((1, 2), state="no telemetry"),
        *done((1, 3), state="failed"),
    }
    assert found.detail == {"done": 1, "no telemetry": 1, "failed": 1}
    assert {row["parts_done"] for row in bench.table("pubg_backfill_status")} == {
        "damage+circle",
        None,
    }


def test_new_pages_are_built_before_others_are_read_again(season: Bench, tmp_path: Path) -> None:
    track(season, {2: DAY})
    build(season)
    assert first_of_two(inputs(season), options(season)) is None
    put_match(season, 4, (1, 2))
    track(season, {1: DAY, 2: DAY})
    first = first_of_two(inputs(season), options(season))
    assert first is not None
    assert parse_archives(first, options(season), season.watch).again == 0
    assert match_id(4) in season.column("pubg_matches", "match_id")
    assert status(season) == done((2, 1), (2, 2), (2, 4))
    assert first_of_two(inputs(season), options(season)) is None
    assert build(season) == 4
    assert status(season) == done((1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 4))
    assert season.parts() == fresh(season, tmp_path / "fresh")


def test_reading_again_stops_in_time_and_goes_on(season: Bench) -> None:
    build(season)
    track(season, {1: DAY})
    late = read_again(inputs(season), options(season), season.watch, time.monotonic() - 1)
    assert (late.again, late.left) == (0, 3)
    assert as_before(inputs(season), season.warehouse).tracked == ()
    done_now = read_again(inputs(season), options(season), season.watch, time.monotonic() + 60)
    assert (done_now.again, done_now.left) == (3, 0)
    assert build(season) == 0
    assert status(season) == done((1, 1), (1, 2), (1, 3))


STEPS = st.lists(
    st.one_of(
        st.dictionaries(st.integers(1, 4), st.sampled_from((DAY, LONG_BEFORE)), max_size=3),
        st.sampled_from(("match", "parse", "as before", "stopped", "late")),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_any_history_ends_in_the_tables_of_a_fresh_build(
    steps: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    bench = Bench(tmp_path_factory.mktemp("history"))
    put_match(bench, 1, (1, 2, 3))
    track(bench, {})
    count = 1
    for step in steps:
        if step == "match":
            count += 1
            old = DAY - timedelta(days=170 * (count % 3))
            put_match(bench, count, (1 + count % 3, 2 + count % 3), day=old)
        elif step == "parse":
            build(bench)
        elif step == "as before":
            before = as_before(inputs(bench), bench.warehouse)
            parse_archives(before, options(bench), bench.watch)
        elif isinstance(step, dict):
            track(bench, step)
        elif step in {"stopped", "late"}:
            until = time.monotonic() + (0.002 if step == "stopped" else -1)
            read_again(inputs(bench), options(bench), bench.watch, until)
    build(bench)
    assert bench.parts() == fresh(bench, tmp_path_factory.mktemp("fresh"))


def run(bench: Bench, *words: str) -> Any:
    where = ["--archives", str(bench.archives), "--warehouse", str(bench.warehouse)]
    return CliRunner().invoke(app, [*words, *where])


def test_the_command_reads_again_says_how_far_it_came_and_what_is_there(season: Bench) -> None:
    assert run(season, "parse").exit_code == 0
    assert "nothing has changed" in run(season, "backfill").stdout
    track(season, {1: DAY})
    stopped = run(season, "backfill", "--max-minutes", "0")
    assert stopped.exit_code == 0
    assert stopped.stdout == "0 of 3 pages read again; the same command goes on\n"
    found = run(season, "backfill", "--max-minutes", "5")
    assert found.exit_code == 0, found.output
    assert "detail of tracked players, by match: 3 done" in found.stdout
    told = json.loads(run(season, "backfill", "--json").stdout)
    assert (told["unchanged"], told["detail"]) == (True, {"done": 3})


def test_parse_builds_what_is_new_first_and_may_leave_the_rest(season: Bench) -> None:
    assert "nobody is tracked, so pubg_damage_events and pubg_circle_positions are empty" in (
        run(season, "parse").stdout
    )
    put_match(season, 4, (1, 2))
    track(season, {1: DAY})
    left = run(season, "parse", "--no-backfill")
    assert left.exit_code == 0, left.output
    assert (season.snapshot.name, status(season)) == ("000002", set())
    put_match(season, 5, (1, 2))
    both = run(season, "parse")
    assert both.exit_code == 0, both.output
    assert "the detail of players who are new on the roster" in both.stdout
    assert "5 pages read again for the roster's players" in both.stdout
    assert season.snapshot.name == "000004"
    assert len(status(season)) == 5


def test_a_damaged_roster_stops_the_parse_and_is_named(season: Bench) -> None:
    journal = season.archives / "admin" / "roster.jsonl"
    journal.parent.mkdir(exist_ok=True)
    journal.write_text("nonsense\n")
    found = run(season, "parse")
    assert isinstance(found.exception, JournalError)
    assert (found.exception.exit_code, found.exception.line) == (4, 1)
    assert str(found.exception).startswith(str(journal))


def test_a_row_is_traced_among_those_that_the_build_kept(season: Bench) -> None:
    track(season, {2: DAY})
    build(season)
    one = season.table("pubg_damage_events")[0]
    key = [one["match_id"], str(one["damage_number"])]
    found = run(season, "trace", "pubg_damage_events", *key, "--json", "--no-open")
    assert found.exit_code == 0, found.output
    (told,) = json.loads(found.stdout)
    assert {one["column"]: one["value"] for one in told["columns"]}["damage"] == 10


def test_what_is_said_of_a_match_is_traced_to_the_rows_it_stands_on(season: Bench) -> None:
    track(season, {2: DAY})
    build(season)
    found = run(season, "trace", "pubg_backfill_status", account(2), match_id(1))
    assert found.exit_code == 0, found.output
    for said in ("pubg_damage_events", "pubg_circle_positions", "pubg_participants"):
        assert said in found.stdout


def test_a_parse_with_nothing_new_loads_no_roster_where_there_is_none() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, parse.cli; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert {"warc.roster", "warehouse.terminal", "rich"}.isdisjoint(loaded)
    assert ADMIN == roster_reading.ADMIN
