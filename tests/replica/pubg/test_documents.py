"""Documents have the keys of real replies, and say what the truth says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.replica.pubg.documents import STATS, STATS_2018, match_document, telemetry_path
from tests.replica.pubg.kinds import ERAS
from tests.replica.pubg.made import match
from tests.replica.pubg.match import make_match
from tests.replica.pubg.season import PubgSeason


def keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: keys(one) for key, one in value.items()}
    return None


def by_type(document: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in document["included"]:
        found.setdefault(one["type"], keys(one))
    return found | {"match": keys(document["data"]), "top": sorted(document)}


@pytest.mark.parametrize(
    ("era", "name"),
    [
        ("modern", "theodorosidmar__pubgkt__squad__d23d394a.json"),
        ("2018", "kevcodez__pubg-api-kotlin__match__5abbb85b.json"),
    ],
)
def test_match_documents_have_the_keys_of_real_ones(era: str, name: str, samples: Path) -> None:
    real = by_type(json.loads((samples / "pubg" / "matches" / name).read_text(encoding="utf-8")))
    made = by_type(match_document(match("squad", era)))
    if era == "2018":
        stats = made["participant"]["attributes"].pop("stats")
        old = real["participant"]["attributes"].pop("stats")
        assert set(old) - set(stats) == set()
        assert len(stats) == 31
        assert set(STATS_2018) < set(stats)
    assert made == real


def test_a_match_document_says_what_the_truth_says() -> None:
    made = match("league")
    document = match_document(made, nonce=5, cdn="http://cdn")
    players = {
        one["attributes"]["stats"]["playerId"]: one["attributes"]["stats"]
        for one in document["included"]
        if one["type"] == "participant"
    }
    for row in made.truth.participants:
        said = {name: getattr(row, name) for name in STATS.values()}
        assert {STATS[name]: value for name, value in players[row.account].items()} == said
    asset = next(one for one in document["included"] if one["type"] == "asset")
    assert asset["attributes"]["URL"] == f"http://cdn{telemetry_path(made)}"
    assert document == match_document(made, nonce=5, cdn="http://cdn")
    assert document != match_document(made, nonce=6, cdn="http://cdn")


def test_a_season_holds_every_kind_shard_and_era() -> None:
    season = PubgSeason(3, 40)
    rows = [one.row for one in season]
    assert [one.created_at for one in rows] == sorted(one.created_at for one in rows)
    assert {one.kind for one in rows} >= {"squad", "ranked", "league", "tdm", "solo", "duo"}
    assert {one.era for one in rows} == {"modern", "v1", "2018"}
    assert {one.shard for one in rows} == {"steam", "pc-tournament"}
    known = season.known(season.end)
    assert 0 < len(known) < 40
    assert len({one.match_id for one in rows}) == 40
    never_won = [one for one in season if all(team.won == "false" for team in one.truth.rosters)]
    assert len(never_won) == 10
    truth = season.truth(known)
    assert len(truth.matches) == len(known)
    again = PubgSeason(3, 40)
    assert again.match(17).telemetry == season.match(17).telemetry


def test_teams_of_the_league_are_the_same_in_every_evening() -> None:
    season = PubgSeason(3, 20)
    league = [one for one in season if one.row.kind == "league" and one.row.shard == "steam"]
    teams = [[team.accounts for team in one.truth.rosters] for one in league]
    assert all(one == teams[0] for one in teams)
    assert [team.team_id for team in league[0].truth.rosters] == list(range(1, 17))


def test_a_small_season_is_made_quickly() -> None:
    season = PubgSeason(5, 10)
    assert sum(len(one.telemetry) for one in season) > 2_000_000
    assert make_match("5:0", season.slots[0].kind).row.kind == season.slots[0].kind


def test_a_small_season_is_of_few_and_has_every_kind_and_era() -> None:
    season = PubgSeason(7, 8, small=True)
    assert {one.row.era for one in season} == set(ERAS)
    assert {one.row.kind for one in season} == {
        *("solo", "duo", "squad", "scrim", "ranked", "tdm"),
    }
    assert season.known(season.end) == list(season)
    assert all(one.row.participant_count <= 40 for one in season)
    assert {one.row.era for one in PubgSeason(3, 3, small=True)} == set(ERAS)
