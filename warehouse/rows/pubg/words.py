"""What columns of all PUBG tables have in common."""

from __future__ import annotations

from typing import Annotated

from warehouse.column import Doc, Key, Unit

MatchId = Annotated[str, Key(), Doc("The API's id of the match, a UUID.")]
AccountId = Annotated[
    str, Key(), Doc("The account: `account.` and 32 digits, `ai.` and a number for a bot.")
]
TeamId = Annotated[int, Key(), Doc("The team's number in this match; those of bots begin at 200.")]
PlayerName = Annotated[str, Doc("The name at that time.")]
OfTeam = Annotated[int, Doc("The team's number in this match.")]
Count = int | None
FromLeft = Annotated[float, Unit("cm"), Doc("Place from the left edge of the map.")]
FromAbove = Annotated[float, Unit("cm"), Doc("Place from the upper edge, downward.")]
Height = Annotated[float, Unit("cm"), Doc("Height.")]
InVehicle = Annotated[bool | None, Doc("Whether in a vehicle; null in files that do not say it.")]
InBlueZone = Annotated[
    bool | None, Doc("Whether outside the safe circle; null in files that do not say it.")
]
InRedZone = Annotated[
    bool | None, Doc("Whether under bombardment; null in files that do not say it.")
]
