"""A match as the API tells it; what the facts warn of, one test each (spec/pubg.md 1.8)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse.errors import ParseError
from parse.model import Extracted, Issue, Layout
from tests.parse.pubg.replies import STATS, account, member, read, reply
from warehouse.column import Row
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow, PubgRosterRow

R = TypeVar("R", bound=Row)
TEAMS = {3: (1, [member(1), member(2)]), 7: (2, [member(3)]), 200: (3, [member(4)])}


def rows(found: list[Extracted], kind: type[R]) -> list[R]:
    return [one for one in found if isinstance(one, kind)]


def issues(found: list[Extracted]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.field, one.found) for one in found if isinstance(one, Issue)]


def test_a_match_its_teams_and_its_participants() -> None:
    found = read(reply(TEAMS))
    (match,) = rows(found, PubgMatchRow)
    assert (match.team_count, match.player_count, match.bot_count) == (3, 4, 0)
    assert (match.map_name, match.map_title) == ("Baltic_Main", "Erangel (Remastered)")
    assert match.started_at.isoformat() == "2026-04-15T21:45:33+00:00"
    teams = {row.team_id: (row.rank, row.player_count) for row in rows(found, PubgRosterRow)}
    assert teams == {3: (1, 2), 7: (2, 1), 200: (3, 1)}
    of_team = {row.account_id: row.team_id for row in rows(found, PubgParticipantRow)}
    assert of_team == {account(1): 3, account(2): 3, account(3): 7, account(4): 200}
    assert issues(found) == []


@given(st.integers(0, 2**32))
def test_ids_and_order_of_a_reply_mean_nothing(seed: int) -> None:
    def known(found: list[Extracted]) -> set[object]:
        return {one for one in found if isinstance(one, Row)}

    assert known(read(reply(TEAMS, seed=seed))) == known(read(reply(TEAMS)))


@pytest.mark.parametrize("won", ["", "false"])
def test_the_winner_is_the_team_of_rank_1_whatever_won_says(won: str) -> None:
    teams = rows(read(reply(TEAMS, won=won)), PubgRosterRow)
    assert [row.team_id for row in teams if row.is_winner] == [3]
    assert {row.won_says for row in teams} == ({True, False} if won == "" else {False})


def test_a_participant_has_the_placement_of_the_team_and_his_own() -> None:
    left_early = member(2, winPlace=19)
    found = read(reply({3: (1, [member(1, winPlace=1), left_early])}))
    places = {
        row.player_name: (row.team_rank, row.win_place) for row in rows(found, PubgParticipantRow)
    }
    assert places == {"player1": (1, 1), "player2": (1, 19)}


def test_teams_may_share_a_rank() -> None:
    found = read(reply({1: (5, [member(1)]), 2: (5, [member(2)])}))
    assert [row.rank for row in rows(found, PubgRosterRow)] == [5, 5]


def test_bots_are_told_by_their_account_alone() -> None:
    bot = member(1, playerId="ai.131", name="Xx_Sniper_xX")
    human = member(2, name="ai_lover")
    found = read(reply({200: (9, [bot]), 1: (1, [human])}))
    assert {row.player_name: row.is_bot for row in rows(found, PubgParticipantRow)} == {
        "Xx_Sniper_xX": True,
        "ai_lover": False,
    }
    assert rows(found, PubgMatchRow)[0].bot_count == 1


@given(st.sampled_from(["damageDealt", "timeSurvived", "walkDistance"]), st.integers(0, 10**6))
def test_a_figure_without_fraction_is_the_same_number(name: str, value: int) -> None:
    whole, fraction = (
        rows(read(reply({1: (1, [member(1, **{name: one})])})), PubgParticipantRow)
        for one in (value, float(value))
    )
    assert whole == fraction


@pytest.mark.parametrize("name", sorted(STATS))
def test_a_figure_that_is_gone_is_an_issue_and_null(name: str) -> None:
    stats = member(1)
    del stats[name]
    found = read(reply({1: (1, [stats])}))
    (issue,) = issues(found)
    assert issue[0] == "missing"
    (row,) = rows(found, PubgParticipantRow)
    assert getattr(row, issue[1].partition(".")[2]) is None


@pytest.mark.parametrize("value", ["3", [], True, 2.5])
def test_a_figure_of_another_kind_is_an_issue_and_null(value: object) -> None:
    found = read(reply({1: (1, [member(1, kills=value)])}))
    assert issues(found) == [("unreadable", "pubg_participants.kills", repr(value))]
    assert rows(found, PubgParticipantRow)[0].kills is None


def test_what_is_new_is_said_once() -> None:
    teams = {1: (1, [member(1, luck=3), member(2, luck=4)])}
    found = read(reply(teams, weather="fog", mapName="Moon_Main"))
    assert set(issues(found)) == {
        ("unexpected", "pubg_participants.account_id", "luck"),
        ("unexpected", "pubg_matches.match_id", "weather"),
        ("unexpected", "pubg_matches.map_title", "Moon_Main"),
    }
    assert len(issues(found)) == 3


def test_what_a_reply_links_to_and_does_not_include_is_an_issue() -> None:
    document = reply(TEAMS)
    document["included"] = [one for one in document["included"] if one["type"] != "asset"]
    lost = next(one for one in document["included"] if one["type"] == "participant")
    document["included"].remove(lost)
    found = read(document)
    assert set(issues(found)) >= {("missing", "pubg_matches.telemetry_url", "1 of 1 assets")}
    assert len(rows(found, PubgParticipantRow)) == 3
    assert "pubg_participants.team_id" in {field for _, field, _ in issues(found)}


@pytest.mark.parametrize(
    "document", [b"", b"[]", b"{}", b'{"data": 3}', b'{"data": {"type": "player", "id": "a"}}']
)
def test_what_is_no_match_fails_its_page_and_says_where(document: bytes) -> None:
    with pytest.raises(ParseError, match=r"Input|Expected|missing|type"):
        read(document)


def test_a_match_without_start_fails() -> None:
    with pytest.raises(ParseError, match="does not say when it began"):
        read(reply(TEAMS, createdAt="yesterday"))


def _replies(samples: Path) -> dict[str, Any]:
    """The real replies about matches, by file: those of the API and those that others recorded."""
    found: dict[str, Any] = {}
    for path in sorted((samples / "pubg" / "matches").iterdir()):
        data = path.read_bytes()
        found[path.name] = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
    for path in sorted((samples / "pubg" / "exchanges").iterdir()):
        recorded = json.loads(path.read_bytes())
        if "/matches/" in recorded["config"]["url"]:
            found[path.name] = recorded["result"][1]
    for path in sorted((samples / "pubg" / "reference").glob("*/match.json")):
        found[path.parent.name] = json.loads(path.read_bytes())
    return found


CENSORED = "Removed for example"
"""Stands in a published reply in place of the URL of the telemetry."""


def test_every_real_match_is_read_whole(samples: Path) -> None:
    replies = _replies(samples)
    assert len(replies) > 30
    for name, document in replies.items():
        found = read(document)
        included = document["included"]
        for kind, row in (("participant", PubgParticipantRow), ("roster", PubgRosterRow)):
            there = sum(one["type"] == kind for one in included)
            assert len(rows(found, row)) == there or "a4d839e8" in name, name
        strange = [one for one in issues(found) if one[0] != "missing" and CENSORED not in one[2]]
        assert strange == [], name
        assert {one.name for one in found if isinstance(one, Layout)} <= {"old", "new", "empty"}
