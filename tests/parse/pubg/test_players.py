"""Players as the API tells them, and `pubg_players`, which knows everybody whom a reply names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from parse.errors import ParseError
from parse.json_page import JsonPage
from parse.model import Extracted, Issue, Layout
from parse.registry import BUILT_IN
from parse.sources.pubg.players import parse
from parse.trace.cli import trace_any
from tests.parse.bench import Bench, at, record
from tests.parse.pubg.replies import MATCH_ID, account, member, reply
from tests.parse.trace.test_decisions import roots_of
from warehouse.rows.pubg.matches import PubgPlayerRow

API = "https://api.pubg.com/shards/steam"
MATCH = f"{API}/matches/{MATCH_ID}"
EARLY, LATE = "2026-10-31T00:00:00Z", "2026-11-02T00:00:00Z"  # beside the crawl of `bench.at`


def player(number: int, **attributes: object) -> dict[str, Any]:
    """One player of a reply."""
    known = {
        "name": f"player{number}",
        "stats": None,
        "titleId": "bluehole-pubg",
        "shardId": "steam",
        "patchVersion": "",
        "banType": "Innocent",
        "clanId": "clan.1",
    }
    links = {"assets": {"data": []}, "matches": {"data": [{"type": "match", "id": MATCH_ID}]}}
    said = {"attributes": {**known, **attributes}, "relationships": links}
    return {"type": "player", "id": account(number), **said}


def players(*found: dict[str, Any], second: int = 0) -> bytes:
    """The record of a reply about several players."""
    url = f"{API}/players?filter[playerIds]={','.join(one['id'] for one in found)}"
    return record(url, json.dumps({"data": found}).encode(), second=second)


def one_player(found: dict[str, Any], second: int = 0) -> bytes:
    """The record of a reply about one player."""
    body = json.dumps({"data": found}).encode()
    return record(f"{API}/players/{found['id']}", body, second=second)


def match(*numbers: int, began: str = EARLY, second: int = 0, **named: str) -> bytes:
    """The record of a reply about a match; `player1="Bob"` for a name that differs."""
    members = [
        member(number, name=named.get(f"player{number}", f"player{number}")) for number in numbers
    ]
    return record(
        MATCH, json.dumps(reply({1: (1, members)}, createdAt=began)).encode(), second=second
    )


def build(bench: Bench, *records: bytes, name: str = "a") -> dict[str, dict[str, Any]]:
    """The players that a warehouse knows, by account."""
    bench.put(f"{name}.warc.gz", records, collection="pubg")
    assert bench.parse(registry=BUILT_IN).account.rows.is_right
    return {row["account_id"]: row for row in bench.table("pubg_players")}


def read(document: object) -> list[Extracted]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(parse(JsonPage(body, url="", page_type="players", key="")))


def test_a_reply_names_players() -> None:
    found = read({"data": [player(1), player(2, clanId="", banType="TemporaryBan")]})
    rows = [one for one in found if isinstance(one, PubgPlayerRow)]
    assert [(one.account_id, one.clan_id, one.ban_type) for one in rows] == [
        (account(1), "clan.1", "Innocent"),
        (account(2), None, "TemporaryBan"),
    ]
    assert rows[0].player_name == "player1"
    assert (rows[0].shard, rows[0].title_id, rows[0].patch_version) == (
        "steam",
        "bluehole-pubg",
        None,
    )
    assert found[2:] == [Layout("with clan")]


def test_a_reply_that_names_nobody_is_an_answer() -> None:
    assert read({"data": []}) == [Layout("empty")]


def test_what_is_missing_or_new_is_said_once() -> None:
    strange = [player(number, mood="good") for number in (1, 2)]
    for one in strange:
        del one["attributes"]["shardId"]
    found = read({"data": strange})
    assert [one for one in found if isinstance(one, Issue)] == [
        Issue("unexpected", "pubg_players.account_id", "mood"),
        Issue("missing", "pubg_players.shard"),
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"id": "nobody"}, "pubg_players.account_id"),
        ({"attributes": {}}, "pubg_players.player_name"),
    ],
)
def test_who_is_not_told_has_no_row(changed: dict[str, Any], field: str) -> None:
    found = read({"data": [{**player(1), **changed}]})
    assert not [one for one in found if isinstance(one, PubgPlayerRow)]
    assert field in [one.field for one in found if isinstance(one, Issue)]


def test_a_reply_about_something_else_fails() -> None:
    with pytest.raises(ParseError, match="'match', not 'player'"):
        read({"data": {"type": "match", "id": MATCH_ID}})


def test_everybody_whom_a_reply_names_is_known(bench: Bench) -> None:
    found = build(bench, match(1, 2), players(player(2), player(3)), one_player(player(4)))
    assert set(found) == {account(number) for number in (1, 2, 3, 4)}
    assert found[account(1)]["clan_id"] is None
    assert found[account(3)]["clan_id"] == "clan.1"
    captures = {row["capture_id"]: row["page_type"] for row in bench.table("captures")}
    for number, page_type in ((1, "match"), (3, "players"), (4, "player")):
        assert captures[found[account(number)][f"{page_type}_capture_id"]] == page_type
        others = {"match", "players", "player"} - {page_type}
        assert {found[account(number)][f"{one}_capture_id"] for one in others} == {None}


def test_what_was_so_last_counts_and_what_that_does_not_tell_stays(bench: Bench) -> None:
    """A match holds when it began, however late it was fetched; a reply when it was fetched."""
    old = build(bench, match(1, player1="old", second=50), players(player(1, name="new")))
    assert old[account(1)]["player_name"] == "new"
    new = match(1, began=LATE, second=51, player1="newest")
    newest = build(bench, new, name="b")[account(1)]
    assert (newest["player_name"], newest["clan_id"]) == ("newest", "clan.1")
    assert newest["match_capture_id"] is not None
    assert newest["players_capture_id"] is None


def test_a_reply_that_was_seen_again_counts_as_of_then(bench: Bench) -> None:
    """Bob, Rob, and Bob again: the last reply is only a revisit of the first."""
    first = one_player(player(1, name="Bob"))
    second = one_player(player(1, name="Rob"), second=10)
    url = f"{API}/players/{account(1)}"
    again = record(
        url,
        kind="revisit",
        second=20,
        fields={"WARC-Refers-To-Target-URI": url, "WARC-Refers-To-Date": at(0)},
    )
    between = match(1, began=at(15), second=16, player1="Rob")
    found = build(bench, first, second, between, again)
    assert found[account(1)]["player_name"] == "Bob"


def test_bots_are_no_players(bench: Bench) -> None:
    bots = reply({1: (1, [member(1, playerId="ai.7")])})
    assert build(bench, record(MATCH, json.dumps(bots).encode())) == {}


def test_a_new_reply_gives_the_bytes_of_a_fresh_build(bench: Bench) -> None:
    build(bench, match(1, 2), players(player(1), player(2)))
    build(bench, players(player(2, banType="PermanentBan"), player(5), second=30), name="b")
    later = bench.parts()
    bench.parse(registry=BUILT_IN, warehouse=bench.warehouse.with_name("fresh"), workers=2)
    fresh = Bench(bench.warehouse.parent)
    fresh.warehouse = bench.warehouse.with_name("fresh")
    assert fresh.parts() == later


def test_a_player_is_traced_to_the_replies_that_name_him(bench: Bench) -> None:
    records = (match(1, 2, began=LATE, second=9), players(player(1), player(3), second=5))
    row = build(bench, *records)[account(1)]
    trace = trace_any(roots_of(bench), PubgPlayerRow, row)
    assert trace.remarks == []
    origins = {
        name: {one.source.capture.page_type for one in found.origins}
        for name, found in trace.lineages.items()
    }
    assert origins["player_name"] == {"match"}
    assert origins["clan_id"] == origins["ban_type"] == origins["title_id"] == {"players"}
    only = {row["account_id"]: row for row in bench.table("pubg_players")}[account(3)]
    listed = trace_any(roots_of(bench), PubgPlayerRow, only)
    assert listed.remarks == []
    assert {one.page_type for one in listed.captures} == {"players"}
    assert listed.lineages["player_name"].origins


def test_every_real_reply_about_players_is_read_without_issues(samples: Path) -> None:
    paths = sorted((samples / "pubg" / "players").iterdir())
    assert len(paths) >= 7
    for path in paths:
        found = read(path.read_bytes())
        document = json.loads(path.read_bytes())["data"]
        there = document if isinstance(document, list) else [document]
        rows = [one for one in found if isinstance(one, PubgPlayerRow)]
        assert [one.account_id for one in rows] == [one["id"] for one in there], path.name
        assert [one for one in found if isinstance(one, Issue)] == [], path.name
