"""Careers over archives: whose telemetry counts, and from a career back to its matches."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from parse.registry import BUILT_IN, load_registry
from parse.trace.archive import Archive
from parse.trace.totals import trace_total
from tests.parse.bench import Bench, record
from tests.parse.pubg.replies import STATS
from tests.replica.pubg.documents import match_document
from tests.replica.pubg.match import SMALL, Match, make_match
from warc.errors import UsageError
from warchouse import app
from warehouse.marts.pubg import MARTS
from warehouse.snapshot import current_snapshot

API = "https://api.pubg.com/shards/steam/matches"
RUNNER = CliRunner()
SEEDS = (3, 4, 5)


def made(seed: int, kind: str = "league") -> Match:
    return make_match(seed, kind, size=SMALL)


def reply(match: Match) -> bytes:
    """The record of the reply about a match."""
    body = json.dumps(match_document(match)).encode()
    return record(f"{API}/{match.row.match_id}", body, second=1)


def telemetry(match: Match, body: bytes | None = None, second: int = 2) -> bytes:
    """The record of a telemetry file, at the URL that the reply gives."""
    included = match_document(match)["included"]
    (url,) = (one["attributes"]["URL"] for one in included if one["type"] == "asset")
    return record(url, match.telemetry if body is None else body, second=second)


def build(bench: Bench, records: Iterable[bytes], name: str = "a") -> dict[str, dict[str, Any]]:
    """The careers over all matches, by account."""
    bench.put(f"{name}.warc.gz", records, collection="pubg")
    assert bench.parse(registry=BUILT_IN).account.rows.is_right
    rows = bench.table("pubg_player_career")
    return {row["account_id"]: row for row in rows if row["match_kind"] == "all"}


def places(bench: Bench, command: str) -> list[str]:
    where = ["--archives", str(bench.archives)] if command in {"trace", "diff"} else []
    return ["--warehouse", str(bench.warehouse), *where]


def run(bench: Bench, *words: str, code: int = 0) -> str:
    done = RUNNER.invoke(app, [*words, *places(bench, words[0])])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A warehouse of three matches of one league, with their telemetry."""
    bench = Bench(tmp_path_factory.mktemp("season"))
    matches = [made(seed) for seed in SEEDS]
    build(bench, [one for match in matches for one in (reply(match), telemetry(match))])
    return bench


def test_every_participant_of_a_match_with_telemetry_has_figures(season: Bench) -> None:
    played = {(row["match_id"], row["account_id"]) for row in season.table("pubg_participants")}
    told = {(row["match_id"], row["account_id"]) for row in season.table("pubg_player_match_stats")}
    assert played <= told
    assert None not in season.column("pubg_matches", "telemetry_capture_id")
    careers = [row for row in season.table("pubg_player_career") if row["match_kind"] == "all"]
    assert {row["is_complete"] for row in careers} == {True}
    assert sum(row["matches"] for row in careers) == len(
        [one for one in played if one[1].startswith("account.")]
    )


def test_who_is_in_no_event_has_zeros_and_the_telemetry_as_source(bench: Bench) -> None:
    """Who left in the lobby is a participant; without a row his career would seem to lack one."""
    match = made(3)
    document = json.loads(json.dumps(match_document(match)))
    roster = next(one for one in document["included"] if one["type"] == "roster")
    ref = {"type": "participant", "id": "made-up"}
    roster["relationships"]["participants"]["data"].append(ref)
    stats = {**STATS, "playerId": "account." + "a" * 32, "name": "leaver", "deathType": "logout"}
    document["included"].append(
        {**ref, "attributes": {"stats": stats, "actor": "", "shardId": "steam"}}
    )
    url = f"{API}/{match.row.match_id}"
    careers = build(bench, [record(url, json.dumps(document).encode()), telemetry(match)])
    career = careers["account." + "a" * 32]
    assert (career["matches"], career["is_complete"], career["circle_samples"]) == (1, True, 0)
    (row,) = (
        row for row in bench.table("pubg_player_match_stats") if row["player_name"] == "leaver"
    )
    (capture,) = (row for row in bench.table("captures") if row["page_type"] == "telemetry")
    assert row["telemetry_capture_id"] == capture["capture_id"]
    assert row["damage_received"] == 0


@pytest.mark.parametrize(
    "body", [b'[{"_T": "LogMatchDefinition", "MatchId": "none"}]', b"[]", None]
)
def test_a_match_whose_telemetry_cannot_be_read_leaves_careers_incomplete(
    bench: Bench, body: bytes | None
) -> None:
    """Unreadable, no telemetry at all, or none archived; a later good file completes them."""
    matches = [made(3), made(4)]
    records = [reply(matches[0]), telemetry(matches[0]), reply(matches[1])]
    if body is not None:
        records.append(telemetry(matches[1], body))
    careers = build(bench, records)
    lacking = {one.account for one in matches[1].truth.participants}
    assert lacking & careers.keys()
    for account_id, row in careers.items():
        assert row["is_complete"] == (account_id not in lacking)
        assert row["matches_with_telemetry"] == row["matches"] - (account_id in lacking)
    without = {row["match_id"]: row["telemetry_capture_id"] for row in bench.table("pubg_matches")}
    assert without[matches[1].row.match_id] is None
    later = build(bench, [telemetry(matches[1], second=50)], name="b")
    assert {row["is_complete"] for row in later.values()} == {True}


def test_a_file_that_fails_later_leaves_what_an_older_one_gave(bench: Bench) -> None:
    match = made(3)
    build(bench, [reply(match), telemetry(match)])
    bad = b'[{"_T": "LogMatchDefinition", "MatchId": "none"}]'
    careers = build(bench, [telemetry(match, bad, second=50)], name="b")
    assert {row["is_complete"] for row in careers.values()} == {True}


def test_a_row_that_is_refused_leaves_its_career_incomplete(bench: Bench) -> None:
    match = made(3)
    events = json.loads(match.telemetry)
    blow = next(
        one
        for one in events
        if one["_T"] == "LogPlayerTakeDamage"
        and one["common"]["isGame"] > 0
        and one["victim"]["accountId"].startswith("account.")
    )
    blow["damage"] = -1e6
    careers = build(bench, [reply(match), telemetry(match, json.dumps(events).encode())])
    refused = [row["row_key"] for row in bench.table("quarantine")]
    victim = blow["victim"]["accountId"]
    assert any(victim in key for key in refused)
    assert not careers[victim]["is_complete"]
    assert sum(not row["is_complete"] for row in careers.values()) == 1


def test_rows_behind_a_total_come_to_it_and_no_other_does(season: Bench) -> None:
    snapshot = current_snapshot(season.warehouse)
    archive = Archive(snapshot, season.archives, load_registry(BUILT_IN))
    for mart in MARTS:
        for row in season.table(mart.row.table)[::97]:
            trace = trace_total(archive, mart, row, limit=0)
            assert trace.remarks == []
            behind = {one.table: one for one in trace.behind}
            matches = row.get("matches", behind["pubg_matches"].rows)
            assert behind["pubg_matches"].rows == matches > 0
            for one in trace.behind:
                assert one.first == ()
                assert one.captures >= min(one.rows, 1)


def test_a_career_is_traced_to_the_captures_of_its_matches(season: Bench) -> None:
    (row, *_) = season.table("pubg_player_career")
    key = (row["account_id"], row["match_kind"])
    (told,) = json.loads(run(season, "trace", "pubg_player_career", *key, "--limit", "1", "--json"))
    assert told["remarks"] == []
    assert told["row"]["matches"] == row["matches"]
    behind = {one["table"]: one for one in told["behind"]}
    assert list(behind) == ["pubg_matches", "pubg_participants", "pubg_player_match_stats"]
    assert behind["pubg_participants"]["rows"] == behind["pubg_matches"]["rows"] == row["matches"]
    (capture,) = behind["pubg_player_match_stats"]["first"]
    assert capture["page_type"] == "telemetry"
    assert Path(capture["path"]).is_file()
    text = run(season, "trace", "pubg_player_career", *key)
    assert f"stands on {row['matches']} row" in text
    assert f"{capture['collection']}/{capture['file']}:{capture['offset']}" in text
    assert capture["url"] in text
    wrong = RUNNER.invoke(
        app, ["trace", "pubg_player_career", *key, "--no-open", *places(season, "trace")]
    )
    assert isinstance(wrong.exception, UsageError)
    assert "trace a row of one to open it" in str(wrong.exception)


@pytest.fixture
def doubtful(bench: Bench) -> Bench:
    """A warehouse in which somebody has more headshots than kills: his kills are not told."""
    match = made(3)
    document = json.loads(json.dumps(match_document(match)))
    stats = next(
        one["attributes"]["stats"]
        for one in document["included"]
        if one["type"] == "participant"
        and one["attributes"]["stats"]["playerId"].startswith("account.")
    )
    del stats["kills"]
    stats["headshotKills"] = 5
    url = f"{API}/{match.row.match_id}"
    build(bench, [record(url, json.dumps(document).encode()), telemetry(match)])
    return bench


def test_a_career_that_breaks_a_rule_is_in_quarantine_with_what_it_stands_on(
    doubtful: Bench,
) -> None:
    (group,) = json.loads(run(doubtful, "tables", "quarantine", "--json"))
    assert (group["table"], group["rule"]) == ("pubg_player_career", "headshot_kills <= kills")
    (row,) = json.loads(run(doubtful, "tables", "quarantine", "pubg_player_career", "--json"))
    assert row["capture"]["capture_id"] is None
    assert row["row"]["headshot_kills"] == 5
    assert "none: worked out" in run(doubtful, "tables", "quarantine", "pubg_player_career")
    (told,) = json.loads(run(doubtful, "trace", "quarantine", "null", "1", "--json"))
    assert {one["table"]: one["rows"] for one in told["behind"]} == {
        "pubg_matches": 1,
        "pubg_participants": 1,
        "pubg_player_match_stats": 1,
    }
    assert told["remarks"] == []


def test_reports_and_comparisons_take_marts_as_they_are(doubtful: Bench) -> None:
    before = len(doubtful.table("pubg_player_career"))
    matches = [made(3), made(4)]
    records = [reply(matches[1]), telemetry(matches[1])]
    records.append(reply(matches[0]))  # captured later: the kills are told now
    build(doubtful, records, name="b")
    assert doubtful.table("quarantine") == []
    said = json.loads(run(doubtful, "diff", "--json", code=1))
    (table,) = (one for one in said["tables"] if one["table"] == "pubg_player_career")
    after = len(doubtful.table("pubg_player_career"))
    assert table["rows"] == {"before": before, "after": after}
    assert (table["added"], table["removed"]) == (after - before, 0)
    assert any(one["rule"] == "headshot_kills <= kills" for one in said["quarantine"])
    assert "pubg_player_career" not in run(doubtful, "report")
