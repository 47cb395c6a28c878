"""The objects that many events share, in today's key order (spec section 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.replica.pubg.truth import Blow, Who
from tests.replica.pubg.weapons import Weapon
from tests.replica.pubg.wire import Number

Shape = dict[str, Any]


def place(x: Number, y: Number, z: Number) -> Shape:
    """A location in cm."""
    return {"x": x, "y": y, "z": z}


def character(
    who: Who, *, ranking: int = 0, own_ranking: int = 0, zone: list[str], is_down: bool = False
) -> Shape:
    """A character of fourteen keys."""
    kind = "user_ai" if who.is_bot or who.is_npc else "user"
    return {
        "name": who.name,
        "teamId": who.team_id,
        "health": who.health,
        "location": {"x": who.x, "y": who.y, "z": who.z},
        "ranking": ranking,
        "individualRanking": own_ranking,
        "accountId": who.account,
        "isInBlueZone": who.is_outside,
        "isInRedZone": False,
        "inSpecialZone": "None",
        "isInVehicle": who.is_in_vehicle,
        "zone": zone,
        "type": kind,
        "isDBNO": is_down,
    }


NOBODY: Mapping[str, Any] = {
    "name": "",
    "teamId": 0,
    "health": 0,
    "location": place(0, 0, 0),
    "ranking": 0,
    "individualRanking": 0,
    "accountId": "",
    "isInBlueZone": False,
    "isInRedZone": False,
    "inSpecialZone": "None",
    "isInVehicle": False,
    "zone": [],
    "type": "",
    "isDBNO": False,
}


def vehicle(name: str, seat: int, where: Shape, *, velocity: Number = 0) -> Shape:
    """A vehicle of twelve keys; without a name all zeros and seat -1, as KillV2 has it."""
    return {
        "vehicleType": "WheeledVehicle" if name else "",
        "vehicleId": name,
        "seatIndex": seat,
        "healthPercent": 100 if name else 0,
        "feulPercent": 63.78290557861328 if name else 0,
        "altitudeAbs": 0,
        "altitudeRel": 0,
        "velocity": velocity,
        "isWheelsInAir": False,
        "isInWaterVolume": False,
        "isEngineOn": bool(name),
        "location": where,
    }


NO_VEHICLE: Mapping[str, Any] = vehicle("", -1, place(0, 0, 0))


def item(
    name: str, category: str, slot: str, *, stack: int = 1, attached: tuple[str, ...] = ()
) -> Shape:
    """An item of five keys; the blank one has a random stack."""
    return {
        "itemId": name,
        "stackCount": stack,
        "category": category,
        "subCategory": slot,
        "attachedItems": list(attached),
    }


def weapon_item(weapon: Weapon, *, stack: int = 1) -> Shape:
    """The item of a weapon in the hand; fists are blank."""
    if not weapon.item:
        return item("", "", "", stack=stack)
    category = "Equipment" if weapon.is_thrown else "Weapon"
    return item(weapon.item, category, weapon.slot, attached=weapon.extras)


def damage_info(blow: Blow, attached: tuple[str, ...] = ()) -> Shape:
    """A DamageInfo of six keys."""
    return {
        "damageReason": blow.reason,
        "damageTypeCategory": blow.damage_type,
        "damageCauserName": blow.causer,
        "additionalInfo": list(attached),
        "distance": blow.distance,
        "isThroughPenetrableWall": blow.through_wall,
    }


NO_KNOCK = damage_info(Blow("None", "Other", "Damage_None", "NonSpecific", -1))
NO_KILLER = damage_info(Blow("", "Other", "", "", -1))


def game_result(account: str, team_id: int, rank: int, kills: int, walked: Number) -> Shape:
    """A victimGameResult, or a row of gameResultOnFinished."""
    return {
        "rank": rank,
        "gameResult": "",
        "teamId": team_id,
        "stats": {
            "killCount": kills,
            "distanceOnFoot": walked,
            "distanceOnSwim": 0,
            "distanceOnVehicle": 0,
            "distanceOnParachute": 371.25,
            "distanceOnFreefall": 1204.5,
            "bpRewardDetail": {
                "byPlayTime": 100,
                "byRanking": 50,
                "byKills": 0,
                "byDamageDealt": 0,
                "boostAmount": 0,
                "byModeScore": 0,
            },
            "arcadeRewardDetail": {"byPlayTime": 0},
            "statTrakDataPairs": [],
            "headshotStatTrakDataPairs": [],
        },
        "isRewardAbuse": False,
        "accountId": account,
    }


def wrapper(inner: Shape) -> Shape:
    """A character in LogMatchStart and LogMatchEnd."""
    return {
        "character": inner,
        "primaryWeaponFirst": "",
        "primaryWeaponSecond": "",
        "secondaryWeapon": "",
        "spawnKitIndex": 0,
    }


def weapon_totals(account: str, weapon: Weapon, damage: int) -> Shape:
    """A row of allWeaponStats."""
    totals = {
        "weapon": weapon.causer,
        "damage": damage,
        "dBNODamage": 0,
        "shots": 100,
        "hits": 30,
        "dBNOHits": 2,
        "holdingTime": 600,
        "hitDetails": [],
    }
    return {"accountId": account, "stats": [totals]}
