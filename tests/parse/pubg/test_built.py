"""A reference match from its archive to tables and careers: nothing lost, sums that agree."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parse.registry import BUILT_IN
from tests.parse.bench import Bench, record
from tests.replica.pubg.documents import CDN, match_document, telemetry_path
from tests.replica.pubg.match import make_match
from warchouse import app

MATCH = "6513270e-269e-4d37-b2a7-4de452e6b438"
API = f"https://api.pubg.com/shards/steam/matches/{MATCH}"


@pytest.fixture
def pages(samples: Path) -> tuple[bytes, bytes]:
    """The records of the reference's league match: the reply, and the telemetry."""
    folder = samples / "pubg" / "reference" / "league_match"
    reply = (folder / "match.json").read_bytes()
    assets = (one for one in json.loads(reply)["included"] if one["type"] == "asset")
    telemetry = gzip.decompress((folder / "telemetry.json.gz").read_bytes())
    return record(API, reply), record(next(assets)["attributes"]["URL"], telemetry)


@pytest.fixture
def league(pages: tuple[bytes, bytes], bench: Bench) -> Bench:
    """A warehouse of the reference's league match."""
    bench.put("a.warc.gz", pages, collection="pubg")
    bench.parse(registry=BUILT_IN)
    return bench


def test_every_row_of_a_match_is_published_and_careers_agree_with_it(league: Bench) -> None:
    assert league.table("quarantine") == league.table("issues") == []
    careers = {row["account_id"]: row for row in league.table("pubg_player_career")}
    stats = {row["account_id"]: row for row in league.table("pubg_player_match_stats")}
    assert careers.keys() == stats.keys()
    assert {row["match_kind"] for row in careers.values()} == {"all"}  # a custom match
    dealt: Counter[str] = Counter()
    for row in league.table("pubg_damage_events"):
        if row["category"] != "Damage_DBNO":
            dealt[row["attacker_account_id"]] += row["damage"]
    for row in league.table("pubg_player_damage_stats"):
        dealt[row["account_id"]] -= row["damage"]
    assert max(map(abs, dealt.values())) < 1e-6
    kills: Counter[str] = Counter()
    for row in league.table("pubg_player_weapon_stats"):
        kills[row["account_id"]] += row["kills"]
    for account_id, career in careers.items():
        assert career["kills"] == kills[account_id]
        assert career["is_complete"]
        assert career["killsteals"] == stats[account_id]["killsteals"]
        assert career["heals_used"] == stats[account_id]["heals_used"]
        mean = stats[account_id]["mean_distance_from_center"]
        assert career["mean_distance_from_center"] == pytest.approx(mean)


def test_telemetry_without_its_reply_waits_and_holds_nothing_up(bench: Bench) -> None:
    made = make_match("orphan", "tdm", size=0.01)
    reply = json.dumps(match_document(made)).encode()
    of_reply = API.replace(MATCH, made.row.match_id)
    bench.put("a.warc.gz", [record(CDN + telemetry_path(made), made.telemetry)], collection="pubg")
    outcome = bench.parse(registry=BUILT_IN)
    rows = outcome.account.rows
    assert rows.extracted == rows.quarantined > 0
    assert set(bench.column("quarantine", "reasons")) == {"no reply about the match is archived"}
    bench.put("b.warc.gz", [record(of_reply, reply)], collection="pubg")
    assert bench.parse(registry=BUILT_IN).account.rows.quarantined == 0
    assert len(bench.table("pubg_kill_positions")) == len(made.truth.kills)


def test_a_file_under_another_query_is_the_same_file(league: Bench, samples: Path) -> None:
    before = league.table("pubg_kill_positions")
    (own,) = (one for one in league.table("captures") if one["page_type"] == "telemetry")
    folder = samples / "pubg" / "reference" / "league_match"
    body = gzip.decompress((folder / "telemetry.json.gz").read_bytes())
    url = f"{own['url']}?Expires=2&Signature=x"
    league.put("b.warc.gz", [record(url, body, second=9)], collection="pubg")
    league.parse(registry=BUILT_IN)
    again = [one for one in league.table("captures") if one["page_type"] == "telemetry"]
    assert {one["page_key"] for one in again} == {own["page_key"]}
    assert len({one["surt"] for one in again}) == 2
    after = league.table("pubg_kill_positions")
    assert {one["source_url"] for one in after} == {url}
    same = ("kill_number", "victim_account_id", "killed_at")
    assert [[one[n] for n in same] for one in after] == [[one[n] for n in same] for one in before]


def test_the_trace_of_a_career_names_reply_and_telemetry(league: Bench) -> None:
    account_id = league.table("pubg_player_career")[0]["account_id"]
    places = ["--warehouse", str(league.warehouse), "--archives", str(league.archives)]
    done = CliRunner().invoke(app, ["trace", "pubg_player_career", account_id, *places])
    assert done.exit_code == 0
    for text in ("1 row of pubg_participants, read from 1 capture", API, "-telemetry.json"):
        assert text in done.output
