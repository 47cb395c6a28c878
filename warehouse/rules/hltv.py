"""The rules of the match tables. Source: spec/hltv.md section 10, extended as its last line says.

Sums over several rows (ten players a map, rounds against the score) compare pages and are noted
where pages are joined.
"""

from __future__ import annotations

import polars as pl
from polars import col

from warehouse.rows.hltv import (
    EconomyRow,
    EventRow,
    KillMatrixRow,
    MapRow,
    MatchPlayerRow,
    MatchRow,
    OverviewPlayerStatsRow,
    PlayerRow,
    PlayerSideStatsRow,
    PlayerStatsRow,
    ResultRow,
    RoundRow,
    TeamRow,
    VetoRow,
)
from warehouse.rules import Rule, Rules
from warehouse.rules.phrases import at_least, at_most, difference, not_empty, warn, within

SERIES = (col("best_of") >= 2) & (col("forfeit") == "none")
WINS_NEEDED = (col("best_of") + 1) // 2
WINS_POSSIBLE = col("best_of") // 2 + 1
"""As many, but for an even number of maps, of which one team may win both: 2-0 in a best of two."""
TOP_SCORE = pl.max_horizontal("team1_score", "team2_score")

LEAST_EQUIPMENT = 500
"""Dollars: a team's five players begin with a pistol of 200 each, whatever they have lost."""

MATCH = (
    *at_least(1, "match_id", "event_id", "team1_id", "team2_id", "team1_rank", "team2_rank"),
    *at_least(0, "team1_score", "team2_score"),
    *at_least(1, "date_unix_ms", "demo_id"),
    *not_empty("event_name", "team1_name", "team2_name", "match_url"),
    *within(1, 5, "best_of"),
    Rule("date is there", col("date").is_not_null()),
    Rule("date is YYYY-MM-DD", col("date").str.contains(r"^\d{4}-\d{2}-\d{2}$")),
    Rule("team ids differ", col("team1_id") != col("team2_id")),
    Rule("no score above the maps needed to win", ~SERIES | (TOP_SCORE <= WINS_POSSIBLE)),
    warn(
        "the winner has the maps needed to win",
        ~SERIES | (col("status") != "over") | (TOP_SCORE >= WINS_NEEDED),
    ),
)

MAP = (
    *at_least(1, "match_id", "mapstatsid"),
    *within(1, 5, "map_number"),
    *within(1, 2, "picked_by"),
    *at_least(0, "team1_rounds", "team2_rounds", "team1_ot_rounds", "team2_ot_rounds"),
    *at_least(0, "team1_ct_rounds", "team1_t_rounds", "team2_ct_rounds", "team2_t_rounds"),
    *(
        Rule(
            f"{team}_ct_rounds + {team}_t_rounds <= {team}_rounds",
            col(f"{team}_ct_rounds") + col(f"{team}_t_rounds") <= col(f"{team}_rounds"),
        )
        for team in ("team1", "team2")
    ),
    *at_least(0, "team1_first_kills", "team2_first_kills"),
    *at_least(0, "team1_clutches_won", "team2_clutches_won", "team1_rating", "team2_rating"),
    *(
        warn(
            f"{team}_clutches_won <= {team}_rounds",
            col(f"{team}_clutches_won") <= col(f"{team}_rounds"),
        )
        for team in ("team1", "team2")
    ),
    warn(
        "at most one first kill per round",
        col("team1_first_kills") + col("team2_first_kills")
        <= col("team1_rounds") + col("team2_rounds"),
    ),
    warn("at most 50 rounds", col("team1_rounds") + col("team2_rounds") <= 50),
)

_COUNTS = ("kills", "deaths", "hs_kills", "opening_kills", "opening_deaths", "traded_deaths")

PLAYER_STATS = (
    *at_least(1, "match_id", "player_id", "team_id", "mapstatsid"),
    *within(1, 5, "map_number"),
    *at_least(0, *_COUNTS, *(f"e_{name}" for name in _COUNTS)),
    *at_least(0, "assists", "flash_assists", "multi_kills", "clutch_wins"),
    *at_least(0, "adr", "e_adr", "e_kast", "rating", "kpr", "dpr"),
    *within(0, 100, "kast"),
    difference("kd_diff", "kills", "deaths"),
    difference("fk_diff", "opening_kills", "opening_deaths"),
    difference("e_kd_diff", "e_kills", "e_deaths"),
    difference("e_fk_diff", "e_opening_kills", "e_opening_deaths"),
    at_most("hs_kills", "kills"),
    at_most("flash_assists", "assists"),
    at_most("traded_deaths", "deaths"),
    warn("0.1 <= rating <= 3", col("rating").is_between(0.1, 3.0)),
    warn("adr <= 200", col("adr") <= 200),
    warn("e_hs_kills <= e_kills", col("e_hs_kills") <= col("e_kills")),
)

PLAYER_SIDE_STATS = (
    *at_least(1, "match_id", "player_id", "team_id", "mapstatsid"),
    *within(1, 5, "map_number"),
    *at_least(0, *_COUNTS, *(f"e_{name}" for name in _COUNTS)),
    *at_least(0, "assists", "flash_assists", "multi_kills", "clutch_wins"),
    *at_least(0, "adr", "e_adr", "e_kast"),
    *within(0, 100, "kast"),
    difference("kd_diff", "kills", "deaths"),
    difference("fk_diff", "opening_kills", "opening_deaths"),
    difference("e_kd_diff", "e_kills", "e_deaths"),
    difference("e_fk_diff", "e_opening_kills", "e_opening_deaths"),
    at_most("hs_kills", "kills"),
    at_most("flash_assists", "assists"),
    at_most("traded_deaths", "deaths"),
    warn("rating >= 0", col("rating") >= 0),
)

OVERVIEW = (
    *at_least(1, "match_id", "player_id", "team_id", "mapstatsid"),
    *within(0, 5, "map_number"),
    *at_least(0, "kills", "deaths", "e_kills", "e_deaths", "adr", "e_adr", "e_kast"),
    *within(0, 100, "kast"),
    difference("kd_diff", "kills", "deaths"),
    warn("rating >= 0", col("rating") >= 0),
)

RULES: Rules = {
    ResultRow: (
        *at_least(1, "match_id", "completed_unix_ms"),
        *at_least(0, "team1_score", "team2_score"),
        *within(0, 5, "stars"),
        *within(1, 2, "winner"),
        Rule(
            "the winner has the higher score",
            (col("team1_score") == col("team2_score"))
            | ((col("winner") == 1) == (col("team1_score") > col("team2_score"))),
        ),
        *not_empty("team1_name", "team2_name", "match_url", "map_text"),
    ),
    MatchRow: MATCH,
    MapRow: MAP,
    VetoRow: (*at_least(1, "step_number", "team_id"), *not_empty("map_name")),
    MatchPlayerRow: (
        *at_least(1, "position", "player_id", "team_id"),
        *within(1, 2, "team_num"),
        *not_empty("player_name"),
    ),
    PlayerStatsRow: PLAYER_STATS,
    PlayerSideStatsRow: PLAYER_SIDE_STATS,
    RoundRow: tuple(at_least(1, "round_number", "winner_team_id")),
    EconomyRow: (
        *at_least(1, "round_number", "team_id"),
        *at_least(0, "equipment_value"),
        warn(
            f"equipment_value is not below {LEAST_EQUIPMENT}",
            ~col("equipment_value").is_between(0, LEAST_EQUIPMENT, closed="left"),
        ),
    ),
    KillMatrixRow: (
        *at_least(1, "player1_id", "player2_id"),
        *at_least(0, "player1_kills", "player2_kills"),
    ),
    OverviewPlayerStatsRow: OVERVIEW,
    TeamRow: (*at_least(1, "team_id"), *not_empty("team_name")),
    PlayerRow: (*at_least(1, "player_id"), *not_empty("player_name")),
    EventRow: (*at_least(1, "event_id"), *not_empty("event_name")),
}
