"""The rules of the PUBG tables. Source: spec/pubg.md 1.8, 3.3, 3.8, 3.9."""

from __future__ import annotations

from polars import col

from warehouse.rows.pubg.careers import (
    PubgPlayerCareerRow,
    PubgPlayerDamageStatsRow,
    PubgPlayerWeaponStatsRow,
)
from warehouse.rows.pubg.combat import PubgFinishingRow, PubgKnockRow, PubgWeaponKillRow
from warehouse.rows.pubg.fights import PubgFightParticipantRow, PubgFightRow
from warehouse.rows.pubg.figures import (
    PubgCirclePositionRow,
    PubgDamageRow,
    PubgMatchWeaponRow,
    PubgPlayerMatchStatsRow,
    PubgWeaponDistributionRow,
)
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow, PubgRosterRow
from warehouse.rules import Rule, Rules
from warehouse.rules.phrases import at_least, at_most, within

_BY_DISTANCE = col("kills_0_50m") + col("kills_50_200m") + col("kills_200m")

RULES: Rules = {
    PubgMatchRow: (
        *within(0, 7_200, "duration_s"),
        at_most("bot_count", "player_count"),
    ),
    PubgRosterRow: (*at_least(0, "team_id"), *at_least(1, "rank", "player_count")),
    PubgParticipantRow: (
        *at_least(0, "kills", "assists", "knocks", "revives", "team_kills", "damage_dealt"),
        *at_least(0, "time_survived_s", "heals", "boosts", "longest_kill"),
        *at_least(0, "walk_distance", "ride_distance", "swim_distance"),
        at_most("headshot_kills", "kills"),
    ),
    PubgWeaponKillRow: tuple(at_least(0, "distance")),
    PubgKnockRow: (
        *at_least(0, "distance", "time_to_finish_s"),
        at_most("knocker_mates_200m", "knocker_mates_seen"),
        at_most("victim_mates_200m", "victim_mates_seen"),
    ),
    PubgFinishingRow: (
        *within(0, 100, "finishing_rate"),
        at_most("finished_self", "knocks"),
        at_most("finished_by_teammates", "knocks"),
        at_most("revived", "knocks"),
    ),
    PubgFightRow: (
        *within(0, 240, "duration_s"),
        *at_least(2, "team_count"),
        *at_least(0, "damage", "spread"),
        Rule("winning_team_id != losing_team_id", col("winning_team_id") != col("losing_team_id")),
    ),
    PubgFightParticipantRow: tuple(at_least(0, "damage_dealt", "damage_taken")),
    PubgDamageRow: (*at_least(0, "damage"),),
    PubgCirclePositionRow: (*at_least(0, "elapsed_s", "circle_radius"),),
    PubgMatchWeaponRow: (
        *at_least(0, "damage", "own_damage", "kill_distance"),
        at_most("own_damage", "damage"),
        at_most("longest_kill", "kill_distance"),
    ),
    PubgWeaponDistributionRow: (
        *at_least(0, "damage", "own_damage"),
        at_most("own_damage", "damage"),
    ),
    PubgPlayerMatchStatsRow: (
        *at_least(0, "damage_received", "throwable_damage"),
        at_most("smokes_thrown", "throwables_used"),
    ),
    PubgPlayerDamageStatsRow: (
        *at_least(1, "matches"),
        *at_least(0, "damage", "own_damage"),
        at_most("matches", "hits"),
        at_most("own_damage", "damage"),
    ),
    PubgPlayerWeaponStatsRow: (
        *at_least(0, "kills", "knocks", "kill_distance"),
        at_most("headshot_kills", "kills"),
        Rule("kills by distance <= kills", col("kills") >= _BY_DISTANCE),
        at_most("longest_kill", "kill_distance"),
    ),
    PubgPlayerCareerRow: (
        *at_least(1, "matches"),
        *at_least(0, "kills", "damage_dealt", "damage_received", "throwable_damage"),
        at_most("wins", "matches"),
        at_most("headshot_kills", "kills"),
        at_most("matches_with_telemetry", "matches"),
        at_most("circle_matches", "matches_with_telemetry"),
        at_most("smokes_thrown", "throwables_used"),
    ),
}
