"""Events as April 2018 wrote them: type last, six-key characters, `_V`, ids in `common` (section 2)."""

from __future__ import annotations

from typing import Any

CHARACTER_KEYS = ("name", "teamId", "health", "location", "ranking", "accountId")
VEHICLE_KEYS = ("vehicleType", "vehicleId", "healthPercent", "feulPercent")
NOT_YET = frozenset(
    {
        "assists_AccountId",
        "assistant",
        "blackZonePosition",
        "blackZoneRadius",
        "dBNOId",
        "damageCauserAdditionalInfo",
        "fireWeaponStackCount",
        "isCustomGame",
        "isEventMode",
        "isThroughPenetrableWall",
        "numParticipatedPlayers",
        "numParticipatedTeams",
        "numStartTeams",
        "allWeaponStats",
        "gameResultOnFinished",
        "victimGameResult",
        "victimWeapon",
        "victimWeaponAdditionalInfo",
    }
)
EMPTY_VEHICLE = {"vehicleType": "", "vehicleId": "", "healthPercent": 0, "feulPercent": 0}
NOBODY = {
    "name": "",
    "teamId": 0,
    "health": 0,
    "location": {"x": 0, "y": 0, "z": 0},
    "ranking": 0,
    "accountId": "",
}
RIDES = frozenset({"seatIndex", "rideDistance", "maxSpeed", "fellowPassengers"})
# keys that later events have and those of 2018 lacked, by event
DROPPED = {
    "LogPlayerKill": frozenset({"damageReason"}),
    "LogPlayerPosition": frozenset({"vehicle"}),
    "LogVehicleRide": RIDES,
    "LogVehicleLeave": RIDES,
}


def event_2018(
    event: dict[str, Any], match_id: str, map_name: str, *, is_lobby: bool
) -> dict[str, Any]:
    """The event in the shape of 2018."""
    kind = event["_T"]
    dropped = NOT_YET | DROPPED.get(kind, frozenset())
    found: dict[str, Any] = {}
    if kind == "LogPlayerLogin":
        found |= {"result": True, "errorMessage": ""}
    for key, value in event.items():
        if key in {"_T", "_D", "common"} or key in dropped:
            continue
        found[key] = _vehicle(value) if key == "vehicle" else _value(value)
    if kind == "LogPlayerTakeDamage":
        found["attacker"] = _attacker(event["attacker"], event["attackId"])
    elif kind == "LogPlayerKill":
        found["killer"] = found["killer"] or NOBODY
    common = {"matchId": "" if is_lobby else match_id, "mapName": "" if is_lobby else map_name}
    found["common"] = common | event["common"]
    found["_V"] = 2
    found["_D"] = event["_D"]
    found["_T"] = kind
    return found


def _value(value: Any) -> Any:
    """A value with its characters and wrappers as they were."""
    if isinstance(value, list):
        return [_value(one["character"] if _is_wrapper(one) else one) for one in value]
    if isinstance(value, dict):
        if "accountId" in value and "location" in value:
            return {key: value[key] for key in CHARACTER_KEYS}
        return {key: _value(one) for key, one in value.items() if key not in NOT_YET}
    return value


def _is_wrapper(value: Any) -> bool:
    return isinstance(value, dict) and "character" in value


def _vehicle(value: Any) -> Any:
    return {key: value[key] for key in VEHICLE_KEYS} if value else EMPTY_VEHICLE


def _attacker(value: Any, attack_id: int) -> Any:
    """An attacker is a name without a place; bleeding and the zone have none at all."""
    if not value or attack_id == -1:
        return NOBODY
    known = {key: value[key] for key in CHARACTER_KEYS}
    return known | {"health": 0, "location": {"x": 0, "y": 0, "z": 0}}
