"""Real pages: nothing unreadable, and values equal those that others published."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from parse.model import Extracted
from parse.sources.hltv.assemble_sides import SUMMED
from parse.sources.hltv.fragments import (
    KillCell,
    MapFigures,
    MapScore,
    MapStatsPlayer,
    PerformancePlayer,
    RoundWin,
)
from tests.parse.hltv.pages import issues, only, parser_of
from tests.parse.hltv.samples import FOLDER, needs_samples, sample_page, sample_paths
from warehouse.rows.hltv import MapRow, MatchRow, OverviewPlayerStatsRow, VetoRow

pytestmark = needs_samples

PAGE_TYPES = {
    "results": "results",
    "match": "match",
    "mapstats": "map_stats",
    "performance": "performance",
}
RATING_DRIFT = 0.0601
"""The site recomputes ratings after publication; the two scrapes compared differ by up to this."""


@cache
def extracted(path: Path) -> tuple[Extracted, ...]:
    return tuple(parser_of(PAGE_TYPES[path.parent.name]).parse(sample_page(path)))


@cache
def matches() -> dict[int, tuple[Extracted, ...]]:
    """What every match page gives, by match id."""
    pages = [extracted(path) for path in sample_paths("match")]
    return {only(found, MatchRow)[0].match_id: found for found in pages}


def facts(name: str) -> list[dict[str, str]]:
    with (FOLDER / "facts" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "path",
    [path for folder in PAGE_TYPES for path in sample_paths(folder)],
    ids=lambda path: f"{path.parent.name}-{path.name[:24]}",
)
def test_real_pages_parse_without_issues(path: Path) -> None:
    assert issues(extracted(path)) == []


def test_match_pages_of_all_kinds_are_among_the_samples() -> None:
    rows = [only(found, MatchRow)[0] for found in matches().values()]
    assert Counter(row.status for row in rows) == {"over": 26, "upcoming": 4, "live": 1}
    versions = {
        row.rating_version
        for found in matches().values()
        for row in only(found, OverviewPlayerStatsRow)
    }
    assert versions == {"2.0", "3.0"}


@pytest.mark.parametrize("match_id", [2388121, 2388596, 2357055, 2356965, 2357054])
def test_live_and_upcoming_pages_have_no_invented_scores(match_id: int) -> None:
    found = matches()[match_id]
    row = only(found, MatchRow)[0]
    assert (row.team1_score, row.team2_score) == (None, None)
    for one in only(found, MapRow):
        assert (one.team1_rounds is None) == (one.mapstatsid is None)


def test_the_live_match_has_one_played_one_running_and_one_unplayed_map() -> None:
    maps = only(matches()[2388596], MapRow)
    assert [one.status for one in maps] == ["played", "running", "unplayed"]
    assert (maps[0].team1_rounds, maps[0].team1_ot_rounds, maps[0].team2_ot_rounds) == (16, 4, 2)


def test_matches_equal_the_published_ones() -> None:
    compared = 0
    for fact in facts("gstavoscherer_matches.csv"):
        found = matches().get(int(fact["id"]))
        if found is None:
            continue
        row = only(found, MatchRow)[0]
        if row.status != "over":
            continue
        compared += 1
        assert (row.event_id, row.team1_id, row.team2_id, row.date) == (
            int(fact["event_id"]),
            int(fact["team1_id"]),
            int(fact["team2_id"]),
            fact["date"],
        )
        assert (row.team1_score, row.team2_score) == (int(fact["score1"]), int(fact["score2"]))
    assert compared == 18


def test_maps_equal_the_published_ones() -> None:
    maps = {row.mapstatsid: row for found in matches().values() for row in only(found, MapRow)}
    compared = 0
    for fact in facts("gstavoscherer_match_maps.csv"):
        row = maps.get(int(fact["id"]))
        if row is None:
            continue
        compared += 1
        assert (row.match_id, row.map_name, row.map_number) == (
            int(fact["match_id"]),
            fact["map_name"],
            int(fact["map_number"]),
        )
        assert (row.team1_rounds, row.team2_rounds) == (
            int(fact["team1_score"]),
            int(fact["team2_score"]),
        )
    assert compared == 27


def test_vetoes_equal_the_published_ones() -> None:
    compared = 0
    for fact in facts("gstavoscherer_match_vetos.csv"):
        found = matches().get(int(fact["match_id"]), ())
        rows = {row.step_number: row for row in only(found, VetoRow)}
        row = rows.get(int(fact["veto_number"]))
        if row is None:
            continue
        compared += 1
        assert (row.action.replace("_", ""), row.map_name) == (
            fact["action"].replace("_", "").replace(" ", ""),
            fact["map_name"],
        )
        assert row.team_id == (int(fact["team_id"]) if fact["team_id"] else None)
    assert compared == 126


def test_player_tables_equal_the_published_map_pages() -> None:
    lines = {
        (row.mapstatsid, row.player_id): row
        for found in matches().values()
        for row in only(found, OverviewPlayerStatsRow)
        if row.side == "both"
    }
    compared = 0
    for fact in facts("gstavoscherer_match_player_stats.csv"):
        row = lines.get((int(fact["map_id"]), int(fact["player_id"])))
        if row is None:
            continue
        compared += 1
        assert (row.team_id, row.kills, row.deaths) == (
            int(fact["team_id"]),
            int(fact["kills"]),
            int(fact["deaths"]),
        )
        assert (row.adr, row.kast) == (float(fact["adr"]), float(fact["kast"]))
        assert row.rating == pytest.approx(float(fact["rating"]), abs=RATING_DRIFT)
    assert compared == 270


def test_the_real_map_page_adds_up() -> None:
    (path,) = sample_paths("mapstats")
    found = extracted(path)
    score, wins = only(found, MapScore)[0], only(found, RoundWin)
    assert (score.match_id, score.map_name) == (2360701, "Vertigo")
    assert (score.left_rounds, score.right_rounds) == (16, 5)
    assert [win.round_number for win in wins] == list(range(1, 22))
    assert wins[-1].score == "16-5"
    assert Counter(win.winner for win in wins) == {1: 16, 2: 5}
    players = [player for player in only(found, MapStatsPlayer) if player.side == "both"]
    assert Counter(player.team_id for player in players) == {4674: 5, 11652: 5}
    first = players[0]
    assert (first.player_id, first.kills, first.hs_kills, first.deaths) == (21711, 25, 19, 10)
    assert (first.kast, first.opening_kills, first.opening_deaths) == (90.5, 3, 1)
    opened = sum((player.opening_kills or 0) for player in players)
    assert opened == len(wins)


def test_the_sides_and_figures_of_the_real_map_page_add_up() -> None:
    (path,) = sample_paths("mapstats")
    found = extracted(path)
    lines = only(found, MapStatsPlayer)
    assert Counter(line.side for line in lines) == {"both": 10, "CT": 10, "T": 10}
    of = {(line.side, line.player_id): line for line in lines}
    for (side, player), line in of.items():
        if side == "both":
            for name in SUMMED:
                parts = [getattr(of[one, player], name) for one in ("CT", "T")]
                if getattr(line, name) is not None:
                    assert sum(parts) == getattr(line, name), (player, name)
    (figures,) = only(found, MapFigures)
    assert (figures.left_rating, figures.right_rating) == (1.48, 0.66)
    assert figures.rating_version is None
    for team_id, first_kills in (
        (4674, figures.left_first_kills),
        (11652, figures.right_first_kills),
    ):
        own = [line for line in lines if line.side == "both" and line.team_id == team_id]
        assert sum(line.opening_kills or 0 for line in own) == first_kills


def test_sides_of_all_real_match_pages_add_up_overtime_included() -> None:
    compared = 0
    for found in matches().values():
        rows = only(found, OverviewPlayerStatsRow)
        of = {(row.side, row.map_number, row.team_id, row.player_id): row for row in rows}
        for (side, number, team, player), row in of.items():
            if side != "both":
                continue
            ct, t = (of[one, number, team, player] for one in ("CT", "T"))
            for name in ("kills", "deaths"):
                assert getattr(ct, name) + getattr(t, name) == getattr(row, name)
                compared += 1
    assert compared == 1520


def test_every_real_match_page_tells_its_stage() -> None:
    stages = Counter(only(found, MatchRow)[0].stage for found in matches().values())
    assert None not in stages
    assert stages["Grand final"] == 3
    assert stages["Swiss round 1"] == 5
    assert {only(found, MatchRow)[0].notes for found in matches().values()} == {None}


def test_the_real_performance_page_adds_up() -> None:
    (path,) = sample_paths("performance")
    found = extracted(path)
    cells = only(found, KillCell)
    kinds = ("all", "first_kill", "awp")
    assert Counter(cell.matrix_type for cell in cells) == dict.fromkeys(kinds, 25)
    first = [cell for cell in cells if cell.matrix_type == "first_kill"]
    assert sum(cell.player1_kills + cell.player2_kills for cell in first) == 25
    every = [cell for cell in cells if cell.matrix_type == "all"]
    assert sum(cell.player1_kills for cell in every) == 92
    assert sum(cell.player2_kills for cell in every) == 73
    cards = only(found, PerformancePlayer)
    assert Counter(card.team_name for card in cards) == {"LDLC": 5, "Looking For Org": 5}
    amanek = next(card for card in cards if card.player_id == 9616)
    assert (amanek.player_name, amanek.rating_version, amanek.impact) == ("AMANEK", "2.0", 0.85)
