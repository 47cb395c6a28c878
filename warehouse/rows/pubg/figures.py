"""Damage, the blue circle, weapons, and what each player of a match did: figures of telemetry.

What happens in the lobby is no part of a match. Damage and circle rows are detail, which may be
kept of some players only; all other tables have all players and bots of a match.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from warehouse.column import Doc, Key, OneOf, Row, Unit
from warehouse.rows.pubg.matches import PubgMatchRow
from warehouse.rows.pubg.words import AccountId, FromLeft, Height, MatchId, OfTeam, PlayerName

WEAPON_CATEGORIES = (
    *("AR", "DMR", "SR", "SMG", "Shotgun", "LMG", "Pistol", "Melee", "Throwable"),
    *("Special", "Vehicle", "Environment", "Other"),
)
"""Kinds of weapons and of other things that hurt (spec/pubg.md 4)."""

WeaponCategory = Annotated[str, OneOf(WEAPON_CATEGORIES), Doc("The kind of weapon or thing.")]
Weapon = Annotated[
    str, Key(), Doc("Weapon or thing: `WeapHK416_C`, …; empty where the file does not say it.")
]
Reason = Annotated[
    str, Key(), Doc("Part that was hit: `HeadShot`, …; empty where the file does not say it.")
]
Damage = Annotated[
    float, Doc("Damage dealt, in points of health; that of bleeding out is nobody's.")
]
OwnDamage = Annotated[float, Doc("Of it, to team mates and to oneself.")]
Hits = Annotated[int, Doc("Blows that took health.")]
Knocks = Annotated[int, Doc("Knocks, those of team mates and of oneself too.")]
Kills = Annotated[
    int,
    Doc("Opponents whose death is credited to the player, with the weapon that earned the credit."),
]


class PubgDamageRow(Row, frozen=True):
    """One blow of a match: who hurt whom, with what, and how much."""

    table: ClassVar[str] = "pubg_damage_events"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    detail: ClassVar[bool] = True
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    damage_number: Annotated[
        int, Key(), Doc("Position among the damage events of the file, from 1; the lobby's too.")
    ]
    happened_at: Annotated[datetime, Doc("When.")]
    phase: Annotated[float, Doc("As in `pubg_landings`.")]
    attack_id: Annotated[int | None, Doc("Of the shot or throw; null where it was none.")]
    attacker_account_id: Annotated[str | None, Doc("Who dealt it; null for zone, fall and such.")]
    attacker_name: Annotated[str | None, Doc("The name at that time.")]
    attacker_team_id: Annotated[int | None, Doc("The team's number in this match.")]
    attacker_health: Annotated[
        float | None, Doc("Points of health, of 100; with the place null in files of 2018.")
    ]
    attacker_x_cm: Annotated[float | None, Unit("cm"), Doc("Place from the left edge of the map.")]
    attacker_y_cm: Annotated[float | None, Unit("cm"), Doc("From above.")]
    attacker_z_cm: Annotated[float | None, Unit("cm"), Doc("Height.")]
    victim_account_id: Annotated[str, Doc("Who was hurt.")]
    victim_name: PlayerName
    victim_team_id: OfTeam
    victim_health: Annotated[float, Doc("Points of health before the blow.")]
    victim_x_cm: FromLeft
    victim_y_cm: Annotated[float, Unit("cm"), Doc("From above.")]
    victim_z_cm: Height
    weapon: Annotated[str | None, Doc("Weapon or thing: `WeapHK416_C`, ….")]
    category: Annotated[str | None, Doc("`Damage_Gun`, `Damage_BlueZone`, ….")]
    reason: Annotated[str | None, Doc("Part that was hit: `HeadShot`, ….")]
    damage: Annotated[float, Doc("Points of health it took; 0 for a blow without effect.")]


class PubgCirclePositionRow(Row, frozen=True):
    """Where a player was, seen from the blue circle: a sample every 10 s."""

    table: ClassVar[str] = "pubg_circle_positions"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    detail: ClassVar[bool] = True
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    account_id: AccountId
    sample_number: Annotated[
        int, Key(), Doc("Position among the player's samples since the match began, from 1.")
    ]
    player_name: PlayerName
    team_id: OfTeam
    elapsed_s: Annotated[int, Unit("s"), Doc("Since the match began, whole seconds.")]
    phase: Annotated[float, Doc("As in `pubg_landings`.")]
    x: Annotated[float, Unit("m"), Doc("Place from the left edge of the map.")]
    y: Annotated[float, Unit("m"), Doc("Place from the upper edge, downward.")]
    circle_x: Annotated[float, Unit("m"), Doc("Centre of the blue circle from the left.")]
    circle_y: Annotated[float, Unit("m"), Doc("Centre of the blue circle from above.")]
    circle_radius: Annotated[float, Unit("m"), Doc("Radius of the blue circle.")]
    distance_from_center: Annotated[float, Unit("m"), Doc("From the centre of the circle.")]
    distance_from_edge: Annotated[
        float, Unit("m"), Doc("From the edge of the circle; negative outside.")
    ]
    is_in_circle: Annotated[bool, Doc("Whether inside, or on the edge.")]


class PubgMatchWeaponRow(Row, frozen=True):
    """What a player of a match did with one weapon, by the part that was hit."""

    table: ClassVar[str] = "pubg_player_match_weapons"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    account_id: AccountId
    weapon: Weapon
    reason: Reason
    weapon_category: WeaponCategory
    damage: Damage
    own_damage: OwnDamage
    hits: Hits
    knocks: Knocks
    kills: Kills
    kills_0_50m: Annotated[int, Doc("Of the kills, those from less than 50 m.")]
    kills_50_200m: Annotated[int, Doc("Those from 50 m to less than 200 m.")]
    kills_200m: Annotated[int, Doc("Those from 200 m or more.")]
    kill_distance: Annotated[
        float, Unit("m"), Doc("Sum of the distances of kills that say one: those of the three.")
    ]
    longest_kill: Annotated[float | None, Unit("m"), Doc("The longest of them; null without any.")]


class PubgWeaponDistributionRow(Row, frozen=True):
    """What a player of a match did with each kind of weapon."""

    table: ClassVar[str] = "pubg_weapon_distribution"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    account_id: AccountId
    weapon_category: Annotated[
        str, Key(), OneOf(WEAPON_CATEGORIES), Doc("The kind of weapon or thing.")
    ]
    player_name: PlayerName
    damage: Damage
    own_damage: OwnDamage
    hits: Hits
    knocks: Knocks
    kills: Kills


class PubgPlayerMatchStatsRow(Row, frozen=True):
    """What one player or bot did in a match and what befell him, as far as telemetry tells.

    Of a match whose telemetry was read every participant has a row, if only of zeros. Damage that
    was received is the sum of the six parts beside it.
    """

    table: ClassVar[str] = "pubg_player_match_stats"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    account_id: AccountId
    player_name: PlayerName
    team_id: OfTeam
    is_bot: Annotated[bool, Doc("Whether the account is one of a bot.")]
    heals_used: Annotated[int, Doc("Bandages, first aid kits and med kits used.")] = 0
    boosts_used: Annotated[int, Doc("Energy drinks, painkillers and syringes used.")] = 0
    throwables_used: Annotated[
        int, Doc("Throws, but of snowballs and apples; files do not say those of bots.")
    ] = 0
    smokes_thrown: Annotated[int, Doc("Of them, smoke grenades.")] = 0
    killsteals: Annotated[
        int, Doc("Kills credited to the player of opponents whom another team had knocked down.")
    ] = 0
    throwable_damage: Annotated[
        float, Doc("Damage dealt with throwables, to team mates and oneself too.")
    ] = 0.0
    damage_received: Annotated[float, Doc("All damage, in points of health.")] = 0.0
    received_from_opponents: Annotated[float, Doc("Of it, dealt by other teams.")] = 0.0
    received_from_team: Annotated[float, Doc("Dealt by team mates.")] = 0.0
    received_from_self: Annotated[float, Doc("Dealt by oneself: own grenades and such.")] = 0.0
    received_from_zone: Annotated[float, Doc("By the blue zone.")] = 0.0
    received_bleeding: Annotated[float, Doc("By bleeding out while knocked down.")] = 0.0
    received_otherwise: Annotated[
        float, Doc("By falls, the red zone and all that nobody deals.")
    ] = 0.0
    received_by_others: Annotated[
        float, Doc("All but zone, self and bleeding out: opponents, team mates and otherwise.")
    ] = 0.0
    circle_samples: Annotated[int, Doc("Positions that the circle figures are of.")] = 0
    mean_distance_from_center: Annotated[
        float | None, Unit("m"), Doc("From the centre of the blue circle; null without samples.")
    ] = None
    max_distance_from_center: Annotated[float | None, Unit("m"), Doc("The farthest of them.")] = (
        None
    )
    mean_distance_from_edge: Annotated[
        float | None, Unit("m"), Doc("From the edge of the blue circle; negative outside.")
    ] = None
    min_distance_from_edge: Annotated[float | None, Unit("m"), Doc("The least of them.")] = None
    zone_ticks: Annotated[int, Doc("Times that the blue zone hurt.")] = 0
    time_outside_zone_s: Annotated[
        int, Unit("s"), Doc("Time in the blue zone: 1.03 s for every tick, rounded half to even.")
    ] = 0
