"""Fights between teams, and who took part: what telemetry adds up to."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from warehouse.column import Doc, Key, OneOf, Row, Unit
from warehouse.rows.pubg.matches import PubgMatchRow
from warehouse.rows.pubg.words import AccountId, MatchId, OfTeam, PlayerName

OUTCOMES = ("decisive_win", "marginal_win", "third_party", "draw")
REASONS = ("casualties", "resisted_kill", "reciprocal_damage", "reciprocal_knock")
TEAM_OUTCOMES = ("won", "lost", "draw")

FightNumber = Annotated[int, Key(), Doc("Position among the fights of the match by start, from 1.")]


class PubgFightRow(Row, frozen=True):
    """One fight: blows between teams, in a row and near one another; creatures are left out."""

    table: ClassVar[str] = "pubg_fights"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    fight_number: FightNumber
    started_at: Annotated[datetime, Doc("When the first blow fell.")]
    ended_at: Annotated[datetime, Doc("When the last blow fell.")]
    duration_s: Annotated[float, Unit("s"), Doc("From the first blow to the last.")]
    reason: Annotated[str, OneOf(REASONS), Doc("Why this counts as a fight.")]
    outcome: Annotated[str, OneOf(OUTCOMES), Doc("How it ended.")]
    winning_team_id: Annotated[int | None, Doc("Null in a draw.")]
    losing_team_id: Annotated[int | None, Doc("Null in a draw; never the winner.")]
    team_count: Annotated[int, Doc("Teams that took part.")]
    team_ids: Annotated[str, Doc("Their numbers, ascending, a JSON array.")]
    primary_team_1: Annotated[int, Doc("The team of most kills, knocks and damage (3, 2, 1/100).")]
    primary_team_2: Annotated[int, Doc("The second.")]
    third_party_teams: Annotated[
        str | None, Doc("The others in that order, a JSON array; null for none.")
    ]
    knocks: Annotated[int, Doc("Knocks among these teams from start to end.")]
    kills: Annotated[int, Doc("Last blows among them.")]
    damage: Annotated[float, Doc("Damage between them, in points of health.")]
    damage_events: Annotated[int, Doc("Blows that made it.")]
    center_x_cm: Annotated[float, Unit("cm"), Doc("Mean place of who struck and who was struck.")]
    center_y_cm: Annotated[float, Unit("cm"), Doc("From above.")]
    spread: Annotated[float, Unit("m"), Doc("From there to the farthest of them.")]


class PubgFightParticipantRow(Row, frozen=True):
    """One player's part in a fight."""

    table: ClassVar[str] = "pubg_fight_participants"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow, PubgFightRow)

    match_id: MatchId
    fight_number: FightNumber
    account_id: AccountId
    player_name: PlayerName
    team_id: OfTeam
    team_outcome: Annotated[str, OneOf(TEAM_OUTCOMES), Doc("How it ended for the team.")]
    knocks: Annotated[int, Doc("Knocks dealt.")]
    kills: Annotated[int, Doc("Last blows dealt.")]
    damage_dealt: Annotated[float, Doc("Damage dealt to other teams of the fight.")]
    damage_taken: Annotated[float, Doc("Damage taken from them.")]
    center_x_cm: Annotated[float, Unit("cm"), Doc("Mean place of the player.")]
    center_y_cm: Annotated[float, Unit("cm"), Doc("From above.")]
    was_knocked: Annotated[bool, Doc("Whether knocked down in it.")]
    was_killed: Annotated[bool, Doc("Whether killed in it.")]
    knocked_at: Annotated[datetime | None, Doc("When, the last time.")]
    killed_at: Annotated[datetime | None, Doc("When, the last time.")]
