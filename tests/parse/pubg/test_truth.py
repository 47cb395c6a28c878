"""Tables of made-up matches against what was decided when they were made."""

from __future__ import annotations

import functools
import json
from collections import Counter
from typing import Any, TypeVar

import pytest

from parse.json_page import JsonPage
from parse.model import Extracted, Issue
from parse.sources.pubg import match as match_parser
from parse.sources.pubg import telemetry
from tests.replica.pubg.documents import match_document
from tests.replica.pubg.match import Match, make_match
from tests.replica.pubg.truth import Who
from warehouse.column import Row
from warehouse.rows.pubg.combat import PubgKnockRow
from warehouse.rows.pubg.figures import PubgDamageRow, PubgPlayerMatchStatsRow
from warehouse.rows.pubg.landings_kills import PubgKillRow, PubgLandingRow
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow, PubgRosterRow

R = TypeVar("R", bound=Row)

MADE = [
    *((kind, "modern") for kind in ("squad", "duo", "solo", "ranked", "league", "airoyale", "tdm")),
    *((kind, "v1") for kind in ("squad", "league")),
    *((kind, "2018") for kind in ("squad", "solo")),
]


@functools.cache
def made(kind: str, era: str) -> Match:
    return make_match(11, kind, era=era)


@functools.cache
def told(kind: str, era: str) -> list[Extracted]:
    page = JsonPage(made(kind, era).telemetry, url="", page_type="telemetry", key="")
    return list(telemetry.parse(page))


def rows(found: list[Extracted], kind: type[R]) -> list[R]:
    return [one for one in found if isinstance(one, kind)]


def account(who: Who | None) -> str | None:
    return who.account if who else None


@pytest.mark.parametrize(("kind", "era"), MADE)
def test_matches_teams_and_participants(kind: str, era: str) -> None:
    match = made(kind, era)
    body = json.dumps(match_document(match, nonce=3)).encode()
    page = JsonPage(body, url="", page_type="match", key=match.row.match_id)
    found = list(match_parser.parse(page))
    assert [one for one in found if isinstance(one, Issue)] == []
    (row,) = rows(found, PubgMatchRow)
    assert (row.match_id, row.player_count) == (match.row.match_id, match.row.participant_count)
    teams = {one.team_id: (one.rank, one.is_winner) for one in rows(found, PubgRosterRow)}
    assert teams == {one.team_id: (one.rank, one.is_winner) for one in match.truth.rosters}
    for ours, theirs in _paired(rows(found, PubgParticipantRow), match.truth.participants):
        assert (ours.team_id, ours.team_rank) == (theirs.team_id, theirs.team_rank)
        assert (ours.is_bot, ours.win_place) == (theirs.is_bot, theirs.win_place)
        assert (ours.kills, ours.knocks, ours.revives) == (
            theirs.kills,
            theirs.dbnos,
            theirs.revives,
        )
        assert ours.damage_dealt == pytest.approx(theirs.damage_dealt)
        assert ours.death_type == theirs.death_type


def _paired(ours: list[PubgParticipantRow], theirs: list[Any]) -> list[tuple[Any, Any]]:
    known = {one.account_id: one for one in ours}
    assert known.keys() == {one.account for one in theirs}
    return [(known[one.account], one) for one in theirs]


@pytest.mark.parametrize(("kind", "era"), MADE)
def test_first_landings(kind: str, era: str) -> None:
    truth = made(kind, era).truth.landings
    people = [one for one in truth if one.who.account.startswith("account.")]
    times = Counter(one.who.account for one in people)
    first = {one.who.account: one.who for one in people if one.number == 1}
    ours = {row.account_id: row for row in rows(told(kind, era), PubgLandingRow)}
    assert ours.keys() == first.keys()
    for account_id, who in first.items():
        row = ours[account_id]
        assert (row.x_cm, row.y_cm, row.team_id) == (who.x, who.y, who.team_id)
        assert row.landings == times[account_id]


@pytest.mark.parametrize(("kind", "era"), MADE)
def test_deaths(kind: str, era: str) -> None:
    truth = made(kind, era).truth.kills
    ours = rows(told(kind, era), PubgKillRow)
    assert len(ours) == len(truth)
    for row, kill in zip(ours, truth, strict=True):
        assert (row.victim_account_id, row.kill_number) == (kill.victim.account, kill.number + 1)
        assert row.killer_account_id == account(kill.killer)
        assert row.is_suicide == kill.is_suicide
        assert row.dbno_id == kill.dbno_id
        if era == "modern":
            assert row.finisher_account_id == account(kill.finisher)
            assert row.knocker_account_id == account(kill.knocker)


@pytest.mark.parametrize(("kind", "era"), MADE)
def test_knocks_by_somebody(kind: str, era: str) -> None:
    truth = [one for one in made(kind, era).truth.knocks if one.attacker is not None]
    truth = [one for one in truth if one.attacker and not one.attacker.is_npc]
    ours = {row.dbno_id: row for row in rows(told(kind, era), PubgKnockRow)}
    assert set(ours) >= {one.dbno_id for one in truth if not one.victim.is_npc}
    outcomes = {"open": "unknown"}
    for one in truth:
        if one.dbno_id in ours:
            row = ours[one.dbno_id]
            assert row.outcome == outcomes.get(one.outcome, one.outcome)
            assert row.victim_account_id == one.victim.account


@pytest.mark.parametrize(("kind", "era"), MADE)
def test_blows_of_the_match(kind: str, era: str) -> None:
    truth = [one for one in made(kind, era).truth.damage if one.game > 0]
    ours = rows(told(kind, era), PubgDamageRow)
    assert [row.victim_account_id for row in ours] == [one.victim.account for one in truth]
    assert [row.damage for row in ours] == [one.amount for one in truth]
    assert [row.attacker_account_id for row in ours] == [account(one.attacker) for one in truth]


@pytest.mark.parametrize(("kind", "era"), MADE)
def test_what_players_used_and_suffered(kind: str, era: str) -> None:
    match = made(kind, era)
    ours = {row.account_id: row for row in rows(told(kind, era), PubgPlayerMatchStatsRow)}
    received: Counter[str] = Counter()
    for one in match.truth.damage:
        if one.game > 0:
            received[one.victim.account] += one.amount  # type: ignore[assignment]
    for usage in match.truth.usage:
        if usage.account.startswith("npc.") or usage.account not in ours:
            continue
        row = ours[usage.account]
        assert (row.heals_used, row.boosts_used) == (usage.heals, usage.boosts)
        assert row.killsteals == usage.killsteals
        assert row.zone_ticks == usage.zone_ticks
        assert row.damage_received == pytest.approx(received[usage.account], abs=1e-6)
        assert row.received_from_zone == pytest.approx(usage.received.get("zone", 0.0), abs=1e-6)
