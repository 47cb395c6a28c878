"""The many events that most parsers pass over, at the rates of real matches (spec section 10)."""

from __future__ import annotations

from tests.replica.pubg import shapes
from tests.replica.pubg.actors import UP, Actor
from tests.replica.pubg.combat import use
from tests.replica.pubg.simulation import Script, Simulation
from tests.replica.pubg.weapons import (
    ATTACHMENTS,
    BOOSTS,
    FLARE_LAUNCHER,
    FLASH,
    GRENADE,
    HEALS,
    MOLOTOV,
    OTHER_USES,
    SMOKE,
)
from tests.replica.pubg.wire import f32

# mean counts of a match of 93 players; fights, positions and states are not of these
RATES = {
    "LogPlayerAttack": 3400,
    "LogItemPickup": 3060,
    "LogItemEquip": 1535,
    "LogItemUnequip": 1228,
    "LogItemUse": 1029,
    "LogItemAttach": 924,
    "LogObjectInteraction": 905,
    "LogItemDetach": 890,
    "LogItemDrop": 842,
    "LogVaultStart": 417,
    "LogItemPickupFromLootBox": 416,
    "LogWeaponFireCount": 377,
    "LogVehicleDamage": 281,
    "LogVehicleRide": 232,
    "LogVehicleLeave": 232,
    "LogSpecialZoneInCharacters": 217,
    "LogPlayerUseThrowable": 95,
}
FULL = 93
HEAL_TICKS = 14
HEAL_SHARE = 0.42  # of LogItemUse; the rest is ammunition
THROWN = (SMOKE, SMOKE, SMOKE, FLASH, GRENADE, MOLOTOV, FLARE_LAUNCHER)
FIRST_MS = 70_000


def rummage(sim: Simulation, size: float) -> Script:
    """All of them, spread evenly from the first landings to the end; `size` 1 gives the mean counts."""
    share = size * len(sim.actors) / FULL
    kinds = [kind for kind, count in RATES.items() for _ in range(round(count * share))]
    sim.rng.shuffle(kinds)
    span = max(1.0, (sim.setting.length_ms - FIRST_MS) / max(1, len(kinds)))
    yield FIRST_MS
    for number, kind in enumerate(kinds):
        yield FIRST_MS + int(number * span)
        if sim.is_over:
            return
        people = [one for one in sim.up() if one.person.is_human]
        if people:
            do(sim, sim.rng.choice(people), kind)


def do(sim: Simulation, actor: Actor, kind: str) -> None:
    """One act of a player."""
    if kind == "LogPlayerAttack":
        use(sim, actor, actor.gun if sim.rng.random() < 0.9 else actor.sidearm)
    elif kind == "LogPlayerUseThrowable":
        use(sim, actor, sim.rng.choice(THROWN))
    elif kind == "LogItemUse":
        if sim.rng.random() < HEAL_SHARE:
            sim.begin(heal(sim, actor, sim.rng.choice(HEALS + BOOSTS)))
        else:
            _use_item(sim, actor, sim.rng.choice(OTHER_USES))
    elif kind.startswith("LogItemPickupFrom"):
        _loot(sim, actor)
    else:
        sim.tell(kind, _body(sim, actor, kind))


def _use_item(sim: Simulation, actor: Actor, name: str) -> None:
    """LogItemUse; counted where it heals or boosts."""
    slot = "Heal" if name in HEALS else "Boost" if name in BOOSTS else "None"
    category = "Ammunition" if slot == "None" else "Use"
    actor.usage.heals += name in HEALS
    actor.usage.boosts += name in BOOSTS
    item = shapes.item(name, category, slot, stack=30 if slot == "None" else 1)
    sim.tell("LogItemUse", {"character": sim.character(actor), "item": item})


def heal(sim: Simulation, actor: Actor, name: str) -> Script:
    """Use a heal or a boost; it works tick by tick, mostly with a blank item."""
    _use_item(sim, actor, name)
    for number in range(HEAL_TICKS):
        yield sim.now + sim.rng.randrange(400, 1500)
        if actor.state != UP or sim.is_over:
            return
        _heal_tick(sim, actor, name if number == 0 else "", 1 + number % 3)


def mend(sim: Simulation, actor: Actor) -> None:
    """A first aid kit at once, for who must not die of the zone."""
    _use_item(sim, actor, HEALS[1])
    _heal_tick(sim, actor, HEALS[1], max(0.0, 75 - actor.health))


def _heal_tick(sim: Simulation, actor: Actor, name: str, amount: float) -> None:
    blank = shapes.item("", "", "", stack=sim.rng.randrange(1 << 31))
    item = shapes.item(name, "Use", "Heal") if name else blank
    body = {"character": sim.character(actor), "item": item}
    actor.health = min(100.0, actor.health + amount)
    sim.tell("LogHeal", body | {"healAmount": f32(amount)})


def _loot(sim: Simulation, actor: Actor) -> None:
    """Loot of the dead is told twice, a moment apart, and not in the order of its stamps."""
    character = sim.character(actor)
    item = shapes.item("Item_Ammo_556mm_C", "Ammunition", "None", stack=30)
    plain = {"character": character, "item": item}
    if sim.tell("LogItemPickup", plain, late_ms=1):
        sim.cases.add("inversion")
    owner = {"ownerTeamId": 1, "creatorAccountId": sim.actors[0].account}
    sim.tell("LogItemPickupFromLootBox", plain | owner)


def _body(sim: Simulation, actor: Actor, kind: str) -> shapes.Shape:
    """The keys of the plainer kinds."""
    character = sim.character(actor)
    held = shapes.weapon_item(actor.gun)
    attached = shapes.item(sim.rng.choice(ATTACHMENTS), "Attachment", "None")
    extra: shapes.Shape = {"item": held}
    if kind in {"LogItemAttach", "LogItemDetach"}:
        extra = {"parentItem": held, "childItem": attached}
    elif kind == "LogObjectInteraction":
        extra = {
            "objectType": "Door",
            "objectTypeStatus": "Opening",
            "objectTypeAdditionalInfo": [],
        }
    elif kind == "LogVaultStart":
        extra = {"isLedgeGrab": False}
    elif kind == "LogWeaponFireCount":
        extra = {"weaponId": actor.gun.causer, "fireCount": sim.rng.randrange(1, 9) * 10}
    elif kind == "LogSpecialZoneInCharacters":
        return {"characters": [character]}
    elif kind.startswith("LogVehicle"):
        return _vehicle_body(kind, character)
    elif kind in {"LogItemPickup", "LogItemDrop"}:
        extra = {"item": attached if sim.rng.random() < 0.5 else held}
    return {"character": character, **extra}


def _vehicle_body(kind: str, character: shapes.Shape) -> shapes.Shape:
    car = shapes.vehicle("Uaz_A_01_C", 0, dict(character["location"]))
    if kind == "LogVehicleDamage":
        return {
            "attackId": -1,
            "attacker": shapes.NOBODY,
            "vehicle": car,
            "damageTypeCategory": "Damage_VehicleCrashHit",
            "damageCauserName": "Uaz_A_01_C",
            "damage": 12.5,
            "distance": -1,
        }
    body = {"character": character, "vehicle": car, "seatIndex": 0}
    if kind == "LogVehicleLeave":
        return body | {"rideDistance": 412.5, "maxSpeed": 71.25, "fellowPassengers": []}
    return body | {"fellowPassengers": []}
