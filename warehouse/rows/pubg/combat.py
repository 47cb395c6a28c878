"""Last blows, knocks, and what players make of their knocks: what telemetry tells of combat."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from warehouse.column import Doc, Key, OneOf, Row, Unit
from warehouse.rows.pubg.matches import PubgMatchRow
from warehouse.rows.pubg.words import (
    AccountId,
    FromAbove,
    FromLeft,
    Height,
    InBlueZone,
    InRedZone,
    InVehicle,
    MatchId,
    OfTeam,
    PlayerName,
)

OUTCOMES = ("killed", "revived", "unknown")
"""What may come of a knock."""

Mates = Annotated[int, Doc("Living team mates seen within 5 s, as far away at most.")]
Apart = Annotated[float | None, Unit("m"), Doc("Distance of team mates; null where none was seen.")]


class PubgWeaponKillRow(Row, frozen=True):
    """The last blow of one death: whose, and with what; a death that nobody finished has none."""

    table: ClassVar[str] = "pubg_weapon_kill_events"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    kill_number: Annotated[int, Key(), Doc("As in `pubg_kill_positions`; some are left out.")]
    killed_at: Annotated[datetime, Doc("When.")]
    phase: Annotated[float, Doc("As in `pubg_landings`.")]
    finisher_account_id: Annotated[
        str, Doc("Who struck it, the victim in a suicide; who is credited may be another.")
    ]
    finisher_name: PlayerName
    finisher_team_id: OfTeam
    finisher_x_cm: FromLeft
    finisher_y_cm: FromAbove
    finisher_z_cm: Height
    finisher_in_vehicle: InVehicle
    victim_account_id: Annotated[str, Doc("Who died; `ai.` begins a bot's account.")]
    victim_name: PlayerName
    victim_team_id: OfTeam
    victim_x_cm: FromLeft
    victim_y_cm: FromAbove
    victim_z_cm: Height
    victim_in_vehicle: InVehicle
    victim_in_blue_zone: InBlueZone
    victim_in_red_zone: InRedZone
    weapon: Annotated[str | None, Doc("Weapon or thing of the last blow: `WeapHK416_C`, ….")]
    category: Annotated[str | None, Doc("`Damage_Gun`, `Damage_DBNO` for bleeding out, ….")]
    reason: Annotated[str | None, Doc("Part that was hit: `HeadShot`, ….")]
    is_headshot: Annotated[bool | None, Doc("Whether the reason is `HeadShot`; null without one.")]
    distance: Annotated[float | None, Unit("m"), Doc("From how far; null where it says none.")]
    was_knocked: Annotated[
        bool | None, Doc("Whether the victim lay knocked down; files of 2018 do not say it.")
    ]


class PubgKnockRow(Row, frozen=True):
    """One knock: who knocked whom down, what came of it, and where their team mates were."""

    table: ClassVar[str] = "pubg_knock_events"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    knock_number: Annotated[
        int, Key(), Doc("Position among the knocks of the file, from 1; those by nobody are none.")
    ]
    knocked_at: Annotated[datetime, Doc("When.")]
    phase: Annotated[float, Doc("As in `pubg_landings`.")]
    dbno_id: Annotated[int | None, Doc("Links knock, revive and death; null where it says none.")]
    attack_id: Annotated[int | None, Doc("Of the blow.")]
    knocker_account_id: Annotated[str, Doc("Who knocked the victim down.")]
    knocker_name: PlayerName
    knocker_team_id: OfTeam
    knocker_x_cm: FromLeft
    knocker_y_cm: FromAbove
    knocker_z_cm: Height
    knocker_health: Annotated[float, Doc("Points of health, of 100.")]
    knocker_in_vehicle: InVehicle
    knocker_in_blue_zone: InBlueZone
    knocker_in_red_zone: InRedZone
    knocker_zone: Annotated[str | None, Doc("Places of the map that the knocker was in.")]
    victim_account_id: Annotated[str, Doc("Who was knocked down.")]
    victim_name: PlayerName
    victim_team_id: OfTeam
    victim_x_cm: FromLeft
    victim_y_cm: FromAbove
    victim_z_cm: Height
    victim_weapon: Annotated[str | None, Doc("What the victim held: `WeapAUG_C_7`.")]
    victim_weapon_parts: Annotated[str | None, Doc("What was mounted on it, a JSON array.")]
    weapon: Annotated[str | None, Doc("Weapon or thing: `WeapHK416_C`, ….")]
    weapon_parts: Annotated[str | None, Doc("What was mounted on it, a JSON array.")]
    category: Annotated[str | None, Doc("`Damage_Gun`, ….")]
    reason: Annotated[str | None, Doc("Part that was hit: `HeadShot`, ….")]
    is_through_wall: Annotated[
        bool | None, Doc("Whether something was in between; null in files that do not say it.")
    ]
    distance: Annotated[float | None, Unit("m"), Doc("From how far; null where it says none.")]
    outcome: Annotated[str, OneOf(OUTCOMES), Doc("What came of it.")]
    ended_at: Annotated[datetime | None, Doc("When; null where it is not known.")]
    finisher_account_id: Annotated[str | None, Doc("Who struck the last blow; null for nobody.")]
    finisher_name: Annotated[str | None, Doc("The name at that time.")]
    finisher_is_self: Annotated[bool, Doc("Whether that was the knocker.")]
    finisher_is_teammate: Annotated[bool, Doc("Whether it was a team mate, not the victim.")]
    time_to_finish_s: Annotated[float | None, Unit("s"), Doc("From knock to death.")]
    knocker_mates_seen: Annotated[int, Doc("Living team mates seen within 5 s of the knock.")]
    knocker_mates_50m: Mates
    knocker_mates_100m: Mates
    knocker_mates_200m: Mates
    knocker_mates_nearest: Apart
    knocker_mates_mean: Apart
    knocker_mates_variance: Annotated[
        float | None, Unit("m2"), Doc("Of their distances; null for fewer than two.")
    ]
    knocker_mates: Annotated[str | None, Doc("Distance in metres by account, a JSON object.")]
    victim_mates_seen: Annotated[int, Doc("Living team mates seen within 5 s of the knock.")]
    victim_mates_50m: Mates
    victim_mates_100m: Mates
    victim_mates_200m: Mates
    victim_mates_nearest: Apart
    victim_mates_mean: Apart
    victim_mates_variance: Annotated[
        float | None, Unit("m2"), Doc("Of their distances; null for fewer than two.")
    ]
    victim_mates: Annotated[str | None, Doc("Distance in metres by account, a JSON object.")]


class PubgFinishingRow(Row, frozen=True):
    """What one player of a match made of his knocks; only who knocked or killed at once."""

    table: ClassVar[str] = "pubg_finishing_summary"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    account_id: AccountId
    player_name: PlayerName
    team_id: OfTeam
    knocks: Annotated[int, Doc("Knocks in all.")]
    finished_self: Annotated[int, Doc("Knocks that the player finished himself.")]
    finished_by_teammates: Annotated[int, Doc("Knocks that team mates finished.")]
    revived: Annotated[int, Doc("Knocks whose victim was brought back up.")]
    instant_kills: Annotated[int, Doc("Others killed by the last blow without a knock before.")]
    finishing_rate: Annotated[
        float | None, Unit("percent"), Doc("Knocks finished himself of all; null without any.")
    ]
    mean_time_to_finish_self_s: Annotated[float | None, Unit("s"), Doc("From knock to death.")]
    mean_time_to_finish_teammate_s: Annotated[
        float | None, Unit("s"), Doc("From knock to death by a team mate.")
    ]
    mean_distance: Annotated[float | None, Unit("m"), Doc("Of the knocks that say it.")]
    min_distance: Annotated[float | None, Unit("m"), Doc("Of the nearest knock.")]
    max_distance: Annotated[float | None, Unit("m"), Doc("Of the farthest knock.")]
    knocks_0_10m: Annotated[int, Doc("Knocks from less than 10 m.")]
    knocks_10_50m: Annotated[int, Doc("From 10 m to less than 50 m.")]
    knocks_50_100m: Annotated[int, Doc("From 50 m to less than 100 m.")]
    knocks_100_200m: Annotated[int, Doc("From 100 m to less than 200 m.")]
    knocks_200m: Annotated[int, Doc("From 200 m or more.")]
    mean_nearest_mate: Annotated[
        float | None, Unit("m"), Doc("Mean distance of the nearest team mate.")
    ]
    mean_mates_distance: Annotated[
        float | None, Unit("m"), Doc("Mean of the mean distances of team mates.")
    ]
    knocks_mate_50m: Annotated[int, Doc("Knocks with a team mate within 50 m.")]
    knocks_mate_100m: Annotated[int, Doc("Knocks with a team mate within 100 m.")]
    knocks_isolated: Annotated[int, Doc("Knocks with the nearest team mate 200 m or more away.")]
    headshot_knocks: Annotated[int, Doc("Knocks by a shot in the head.")]
    wall_knocks: Annotated[int, Doc("Knocks through something in between.")]
    vehicle_knocks: Annotated[int, Doc("Knocks out of a vehicle.")]
