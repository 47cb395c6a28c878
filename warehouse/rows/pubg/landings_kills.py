"""Where players came down, and where they died: what telemetry tells."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from warehouse.column import Doc, Key, Row, Unit
from warehouse.rows.pubg.matches import PubgMatchRow
from warehouse.rows.pubg.words import (
    AccountId,
    FromAbove,
    FromLeft,
    Height,
    InBlueZone,
    InVehicle,
    MatchId,
    OfTeam,
    PlayerName,
)


class PubgLandingRow(Row, frozen=True):
    """Where a player of a match first came down; bots are left out."""

    table: ClassVar[str] = "pubg_landings"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    account_id: AccountId
    player_name: PlayerName
    team_id: OfTeam
    landed_at: Annotated[datetime, Doc("When.")]
    x_cm: FromLeft
    y_cm: FromAbove
    z_cm: Height
    phase: Annotated[
        float, Doc("0.1 until the first white circle, then its number, x.5 while it shrinks.")
    ]
    landings: Annotated[int, Doc("Landings in all: more than one after coming back.")]


class PubgKillRow(Row, frozen=True):
    """One death: where all who had a part in it were, and how the victim was hurt."""

    table: ClassVar[str] = "pubg_kill_positions"
    contributors: ClassVar[tuple[str, ...]] = ("telemetry",)
    entity: ClassVar[tuple[str, str]] = ("match", "match_id")
    references: ClassVar[tuple[type[Row], ...]] = (PubgMatchRow,)

    match_id: MatchId
    kill_number: Annotated[int, Key(), Doc("Position among the deaths of the file, from 1.")]
    killed_at: Annotated[datetime, Doc("When.")]
    phase: Annotated[float, Doc("As in `pubg_landings`.")]
    attack_id: Annotated[int | None, Doc("Of the last blow; null where nobody struck it.")]
    dbno_id: Annotated[int | None, Doc("Of the knock before; null where there was none.")]
    is_suicide: Annotated[bool, Doc("Whether victim and killer are one.")]
    victim_account_id: Annotated[str, Doc("Who died; `ai.` begins a bot's account.")]
    victim_name: PlayerName
    victim_team_id: OfTeam
    victim_x_cm: Annotated[float, Unit("cm"), Doc("Where the victim was, from the left.")]
    victim_y_cm: Annotated[float, Unit("cm"), Doc("From above.")]
    victim_z_cm: Height
    victim_in_blue_zone: InBlueZone
    victim_in_vehicle: InVehicle
    knocker_account_id: Annotated[str | None, Doc("Who knocked the victim down before.")]
    knocker_name: Annotated[str | None, Doc("The name at that time.")]
    knocker_team_id: Annotated[int | None, Doc("The team's number in this match.")]
    knocker_x_cm: Annotated[float | None, Unit("cm"), Doc("Where the knocker was at the death.")]
    knocker_y_cm: Annotated[float | None, Unit("cm"), Doc("From above.")]
    knocker_z_cm: Annotated[float | None, Unit("cm"), Doc("Height.")]
    knock_reason: Annotated[str | None, Doc("Part that was hit: `HeadShot`, ….")]
    knock_category: Annotated[str | None, Doc("`Damage_Gun`, ….")]
    knock_causer: Annotated[str | None, Doc("Weapon or thing: `WeapHK416_C`, ….")]
    knock_distance: Annotated[float | None, Unit("m"), Doc("From how far.")]
    finisher_account_id: Annotated[str | None, Doc("Who struck the last blow.")]
    finisher_name: Annotated[str | None, Doc("The name at that time.")]
    finisher_team_id: Annotated[int | None, Doc("The team's number in this match.")]
    finisher_x_cm: Annotated[float | None, Unit("cm"), Doc("Where the finisher was.")]
    finisher_y_cm: Annotated[float | None, Unit("cm"), Doc("From above.")]
    finisher_z_cm: Annotated[float | None, Unit("cm"), Doc("Height.")]
    finish_reason: Annotated[str | None, Doc("Part that was hit.")]
    finish_category: Annotated[str | None, Doc("`Damage_Gun`, `Damage_BlueZone`, ….")]
    finish_causer: Annotated[str | None, Doc("Weapon or thing.")]
    finish_distance: Annotated[float | None, Unit("m"), Doc("From how far.")]
    killer_account_id: Annotated[str | None, Doc("Who is credited with the kill.")]
    killer_name: Annotated[str | None, Doc("The name at that time.")]
    killer_team_id: Annotated[int | None, Doc("The team's number in this match.")]
