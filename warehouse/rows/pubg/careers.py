"""Totals over all matches of a player: worked out of the tables of matches, not read from pages.

Totals of telemetry are over the matches whose telemetry is archived, and of these over all that
happened: they are sums of figures that every match has of all its players, never of the detail
that is kept of some. Bots have none: another takes the account in the next match.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from warehouse.column import Doc, Key, OneOf, Row, Unit
from warehouse.rows.pubg.figures import WeaponCategory

RANKED, NORMAL, ALL = "ranked", "normal", "all"

AccountId = Annotated[str, Key(), Doc("The account of a person.")]
Weapon = Annotated[str, Key(), Doc("As in `pubg_player_match_weapons`.")]
MatchKind = Annotated[
    str,
    Key(),
    OneOf((RANKED, NORMAL, ALL)),
    Doc(
        "Which matches: `ranked` (`competitive`), `normal` (`official`, `arcade`, `event`), or"
        " `all`, those of neither (`custom`, `airoyale`, …) too."
    ),
]


class PubgPlayerDamageStatsRow(Row, frozen=True):
    """Damage that a player dealt with a weapon, by the part that was hit, over all matches."""

    table: ClassVar[str] = "pubg_player_damage_stats"
    contributors: ClassVar[tuple[str, ...]] = ()

    account_id: AccountId
    weapon: Weapon
    reason: Annotated[str, Key(), Doc("As in `pubg_player_match_weapons`.")]
    match_kind: MatchKind
    weapon_category: WeaponCategory
    matches: Annotated[int, Doc("Matches in which there was any.")]
    hits: Annotated[int, Doc("Blows that took health.")]
    damage: Annotated[float, Doc("Damage dealt, without bleeding out.")]
    own_damage: Annotated[float, Doc("Of it, to team mates and to oneself.")]


class PubgPlayerWeaponStatsRow(Row, frozen=True):
    """Kills and knocks of a player with a weapon over all matches."""

    table: ClassVar[str] = "pubg_player_weapon_stats"
    contributors: ClassVar[tuple[str, ...]] = ()

    account_id: AccountId
    weapon: Weapon
    match_kind: MatchKind
    weapon_category: WeaponCategory
    kills: Annotated[int, Doc("Credited kills, with the weapon that earned the credit.")]
    headshot_kills: Annotated[int, Doc("Of them, by a shot in the head.")]
    knocks: Annotated[int, Doc("Knocks.")]
    kills_0_50m: Annotated[int, Doc("Of the kills, those from less than 50 m.")]
    kills_50_200m: Annotated[int, Doc("Those from 50 m to less than 200 m.")]
    kills_200m: Annotated[int, Doc("Those from 200 m or more.")]
    kill_distance: Annotated[float, Unit("m"), Doc("Sum of the distances of those three.")]
    longest_kill: Annotated[float | None, Unit("m"), Doc("The longest; null without any.")]


class PubgPlayerCareerRow(Row, frozen=True):
    """What a player came to over all archived matches."""

    table: ClassVar[str] = "pubg_player_career"
    contributors: ClassVar[tuple[str, ...]] = ()

    account_id: AccountId
    match_kind: MatchKind
    matches: Annotated[int, Doc("Archived matches the player was in.")]
    wins: Annotated[int, Doc("Of them, those of a team of rank 1.")]
    kills: Annotated[int, Doc("As the API says, like those up to `damage_dealt`.")]
    headshot_kills: Annotated[int, Doc("Of them, by a shot in the head.")]
    assists: Annotated[int, Doc("Kills of team mates helped with.")]
    knocks: Annotated[int, Doc("Opponents knocked down.")]
    revives: Annotated[int, Doc("Team mates brought back up.")]
    damage_dealt: Annotated[float, Doc("Damage dealt.")]
    matches_with_telemetry: Annotated[
        int, Doc("Of the matches, those with telemetry: all figures from here on are of them.")
    ]
    is_complete: Annotated[bool, Doc("Whether these are all matches.")]
    killsteals: Annotated[int, Doc("As in `pubg_player_match_stats`, like all that follow.")]
    heals_used: Annotated[int, Doc("Bandages, first aid kits and med kits.")]
    boosts_used: Annotated[int, Doc("Energy drinks, painkillers and syringes.")]
    throwables_used: Annotated[int, Doc("Throws.")]
    smokes_thrown: Annotated[int, Doc("Of them, smoke grenades.")]
    throwable_damage: Annotated[float, Doc("Damage dealt with throwables.")]
    damage_received: Annotated[float, Doc("All damage.")]
    received_by_others: Annotated[float, Doc("Without zone, self and bleeding out.")]
    time_outside_zone_s: Annotated[int, Unit("s"), Doc("Time in the blue zone.")]
    circle_matches: Annotated[int, Doc("Matches with positions and states of the circle.")]
    circle_samples: Annotated[int, Doc("Positions that the means are of.")]
    mean_distance_from_center: Annotated[
        float | None, Unit("m"), Doc("Mean over all positions; null without any.")
    ]
    mean_distance_from_edge: Annotated[
        float | None, Unit("m"), Doc("Mean over all positions; negative outside.")
    ]
