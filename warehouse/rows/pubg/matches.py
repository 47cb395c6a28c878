"""Matches, teams, participants and players: what the API tells."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from warehouse.column import Doc, Row, Unit
from warehouse.rows.pubg.words import AccountId, Count, MatchId, OfTeam, PlayerName, TeamId


class PubgMatchRow(Row, frozen=True):
    """One match, as the API tells it; `telemetry_capture_id` is null if no telemetry was read."""

    table: ClassVar[str] = "pubg_matches"
    contributors: ClassVar[tuple[str, ...]] = ("match", "telemetry")
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")

    match_id: MatchId
    shard: Annotated[str | None, Doc("Where it was played: `steam`, `tournament`, `psn`, ….")]
    started_at: Annotated[datetime, Doc("When the match began, whole seconds (`createdAt`).")]
    duration_s: Annotated[Count, Unit("s"), Doc("How long it took.")]
    match_type: Annotated[
        str | None,
        Doc("`official`, `competitive`, `custom`, `airoyale`, …; null before autumn 2019."),
    ]
    game_mode: Annotated[str | None, Doc("`squad-fpp`, `esports-squad-fpp`, `tdm`, ….")]
    map_name: Annotated[str | None, Doc("The API's own name of the map: `Baltic_Main`.")]
    map_title: Annotated[str | None, Doc("What people call it: `Erangel (Remastered)`.")]
    is_custom: Annotated[bool | None, Doc("Null before summer 2018.")]
    season_state: Annotated[str | None, Doc("`progress`, `closed`, ….")]
    team_count: Annotated[int, Doc("Rosters of the match.")]
    player_count: Annotated[int, Doc("Participants, bots among them.")]
    bot_count: Annotated[int, Doc("Participants that are bots.")]
    telemetry_url: Annotated[str | None, Doc("Where the telemetry file is, or was.")]
    telemetry_created_at: Annotated[datetime | None, Doc("When that file was made.")]


class PubgRosterRow(Row, frozen=True):
    """One team of a match."""

    table: ClassVar[str] = "pubg_rosters"
    contributors: ClassVar[tuple[str, ...]] = ("match",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    team_id: TeamId
    rank: Annotated[int, Doc("The team's placement from 1; several teams may share one.")]
    is_winner: Annotated[bool, Doc("Whether the team is of rank 1.")]
    won_says: Annotated[
        bool | None, Doc("What the reply's `won` says; some matches say it of no team.")
    ]
    player_count: Annotated[int, Doc("Participants of the team.")]


class PubgParticipantRow(Row, frozen=True):
    """One player or bot of a match, with the figures the API prints."""

    table: ClassVar[str] = "pubg_participants"
    contributors: ClassVar[tuple[str, ...]] = ("match",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow, PubgRosterRow)

    match_id: MatchId
    account_id: AccountId
    player_name: PlayerName
    team_id: OfTeam
    team_rank: Annotated[int, Doc("The team's placement: `rank` of its roster.")]
    is_bot: Annotated[bool, Doc("Whether the account is one of a bot.")]
    win_place: Annotated[
        Count, Doc("The placement when the player left, which may not be the team's.")
    ]
    kill_place: Annotated[Count, Doc("Rank by kills; may exceed the number of players.")]
    kills: Annotated[Count, Doc("Opponents killed.")]
    headshot_kills: Annotated[Count, Doc("Of them, by a shot in the head.")]
    assists: Annotated[Count, Doc("Kills of team mates helped with.")]
    knocks: Annotated[Count, Doc("Opponents knocked down (`DBNOs`).")]
    revives: Annotated[Count, Doc("Team mates brought back up.")]
    team_kills: Annotated[Count, Doc("Team mates killed.")]
    road_kills: Annotated[Count, Doc("Kills by a vehicle.")]
    kill_streaks: Annotated[Count, Doc("Runs of kills in short order.")]
    damage_dealt: Annotated[float | None, Doc("Damage dealt, in points of health.")]
    longest_kill: Annotated[float | None, Unit("m"), Doc("Distance of the farthest kill.")]
    death_type: Annotated[str | None, Doc("`alive`, `byplayer`, `byzone`, `suicide` or `logout`.")]
    time_survived_s: Annotated[float | None, Unit("s"), Doc("How long the player was in.")]
    heals: Annotated[Count, Doc("Healing items used.")]
    boosts: Annotated[Count, Doc("Boost items used.")]
    weapons_acquired: Annotated[Count, Doc("Weapons picked up.")]
    vehicle_destroys: Annotated[Count, Doc("Vehicles destroyed.")]
    walk_distance: Annotated[float | None, Unit("m"), Doc("Way on foot.")]
    ride_distance: Annotated[float | None, Unit("m"), Doc("Way in vehicles.")]
    swim_distance: Annotated[float | None, Unit("m"), Doc("Way in water; null before summer 2018.")]


class PubgPlayerRow(Row, frozen=True):
    """One account that any reply names, as the newest one does; bots have none of their own.

    Newest is what was so last: a reply about a player holds when it was fetched, a match when it
    began.
    """

    table: ClassVar[str] = "pubg_players"
    contributors: ClassVar[tuple[str, ...]] = ("match", "players", "player")
    entity: ClassVar[tuple[str, str]] = ("player", "account_id")
    dimension: ClassVar[bool] = True

    account_id: AccountId
    player_name: Annotated[str, Doc("The newest name.")]
    shard: Annotated[str | None, Doc("Where the account is from; tournaments have their own.")]
    title_id: Annotated[
        str | None, Doc("The game: `bluehole-pubg`; like all that follow from players' replies.")
    ] = None
    patch_version: Annotated[
        str | None, Doc("Null in all replies so far: they leave it empty.")
    ] = None
    clan_id: Annotated[str | None, Doc("The clan; null without one, and before clans.")] = None
    ban_type: Annotated[
        str | None, Doc("`Innocent`, `TemporaryBan`, `PermanentBan`; null in old replies.")
    ] = None
