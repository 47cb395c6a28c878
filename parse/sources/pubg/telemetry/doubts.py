"""What makes a file doubtful: words nobody knew, and places where it contradicts itself.

Theory of operation. What a table means rests on a few words (the zone's category, the prefix of an
account) and on units that no event names. A word that the official dictionaries do not have, and
two fields that say one thing differently, are issues about the file: its rows stay as they are.
What a whole file must have is asked of files with a `LogMatchEnd` alone. Bounds are wide: real
matches keep far within (a league match: distances and places agree to 1 %).
Source: spec/pubg.md 2.1 to 2.5, 4; the official dictionaries of October 2024.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from parse.model import Issue
from parse.sources.pubg.telemetry.events import Character, Event, Telemetry
from parse.sources.pubg.telemetry.kills import Death, said
from parse.sources.pubg.weapon_categories import OTHER, category_of

_CATEGORIES = """
    Damage_Blizzard Damage_BlueZone Damage_BlueZoneGrenade Damage_DBNO Damage_DronePackage
    Damage_Drown Damage_Explosion_Aircraft Damage_Explosion_BlackZone Damage_Explosion_Breach
    Damage_Explosion_C4 Damage_Explosion_GasPump Damage_Explosion_Grenade
    Damage_Explosion_JerryCan Damage_Explosion_LootTruck Damage_Explosion_Mortar
    Damage_Explosion_PanzerFaustBackBlast Damage_Explosion_PanzerFaustWarhead
    Damage_Explosion_PanzerFaustWarheadVehicleArmorPenetration Damage_Explosion_PropaneTank
    Damage_Explosion_RedZone Damage_Explosion_StickyBomb Damage_Explosion_Vehicle Damage_Groggy
    Damage_Gun Damage_Gun_Penetrate_BRDM Damage_HelicopterHit Damage_Instant_Fall
    Damage_KillTruckHit Damage_KillTruckTurret Damage_Lava Damage_LootTruckHit Damage_Melee
    Damage_MeleeThrow Damage_Molotov Damage_Monster Damage_MotorGlider Damage_None Damage_Punch
    Damage_SandStorm Damage_ShipHit Damage_TrainHit Damage_VehicleCrashHit Damage_VehicleHit
    SpikeTrap
"""
_REASONS = """
    ArmShot CKO HeadShot LegShot None NonSpecific PelvisShot SimlateAIBeKilled SimulateAIBeKilled
    TorsoShot
"""
_KINDS_OF_ITEM = """
    Ascender Backpack Boost Fuel Gadget Handgun Headgear Heal Jacket Main Melee None Parachute
    Revive Sight Throwable Vest
"""
CATEGORIES = frozenset(_CATEGORIES.split())
REASONS = frozenset(_REASONS.split())
KINDS_OF_ITEM = frozenset(_KINDS_OF_ITEM.split())
PREFIXES = ("account.", "ai.", "npc.")

WHOLE = ("LogPlayerPosition", "LogPlayerTakeDamage", "LogGameStatePeriodic", "LogPlayerAttack")
"""Types that every whole file has; of items nobody need have used one."""

SMALLEST_CM = 20_000
"""Nobody plays on so small a map: that of 1 km is the smallest (spec/pubg.md 1.9)."""

TIMES_OFF = 5  # so many times as much is no inaccuracy
LATE_S = 60


def doubts(file: Telemetry, deaths: Sequence[Death]) -> Iterator[Issue]:
    """All that is doubtful about a file, each thing once."""
    positions = [event for _, event in file.of("LogPlayerPosition")]
    yield from _words(file, deaths, positions)
    if any(True for _ in file.of("LogMatchEnd")):
        yield from _missing(file, deaths)
    yield from _teams(positions)
    yield from _units(file, deaths, positions)
    yield from _circles(file)


def _doubt(field: str, found: object) -> Issue:
    return Issue("unexpected", f"telemetry.{field}", str(found)[:40])


def _words(file: Telemetry, deaths: Sequence[Death], positions: Iterable[Event]) -> Iterator[Issue]:
    blows: list[tuple[str, str, str]] = [
        (one.damage_type_category, one.damage_reason, one.damage_causer_name)
        for _, one in file.of("LogPlayerTakeDamage", "LogPlayerMakeGroggy")
    ]
    blows += [
        (one.damage_type_category, one.damage_reason, one.damage_causer_name)
        for death in deaths
        for one in (death.event.finish_damage, death.event.killer_damage)
        if one is not None
    ]
    items = (one.item for _, one in file.of("LogItemUse"))
    weapons = (one.weapon for _, one in file.of("LogPlayerAttack"))
    kinds = {one.sub_category for one in (*items, *weapons) if one is not None}
    causers = {causer for _, _, causer in set(blows)}
    for field, found in (
        ("damageTypeCategory", {one for one, _, _ in blows} - CATEGORIES),
        ("damageReason", {one for _, one, _ in blows} - REASONS),
        ("subCategory", kinds - KINDS_OF_ITEM),
        ("damageCauserName", {one for one in causers if category_of(one) == OTHER}),
    ):
        yield from (_doubt(field, one) for one in sorted(found) if said(one))
    accounts = {one.character.account_id for one in positions if one.character}
    strange = {one.rpartition(".")[0] for one in accounts if not one.startswith(PREFIXES)}
    yield from (_doubt("accountId", f"prefix {one!r}") for one in sorted(strange))


def _missing(file: Telemetry, deaths: Sequence[Death]) -> Iterator[Issue]:
    """What a whole match has not, though it must have it."""
    wanted = [kind for kind in WHOLE if not any(True for _ in file.of(kind))]
    if not deaths:
        wanted.append("LogPlayerKillV2")
    has_circles = any(death.event.phase >= 1 for death in deaths)
    is_old = any(event.common and event.common.match_id for _, event in file.of("LogMatchEnd"))
    if has_circles and not is_old and not any(True for _ in file.of("LogParachuteLanding")):
        wanted.append("LogParachuteLanding")
    yield from (Issue("missing", f"telemetry.{kind}") for kind in wanted)


def _teams(positions: Iterable[Event]) -> Iterator[Issue]:
    """Whether all are of one team."""
    people = {
        (who.account_id, who.team_id)
        for event in positions
        if (who := event.character) is not None and who.is_contender
    }
    teams = {team_id for _, team_id in people}
    if len(people) > 1 and len(teams) == 1:
        yield _doubt("teamId", f"all are of team {teams.pop()}")


def _units(file: Telemetry, deaths: Sequence[Death], positions: Sequence[Event]) -> Iterator[Issue]:
    """Whether places, distances and seconds are in the units that they always were in."""
    if not any(True for _ in file.of("LogMatchEnd")):
        return
    places = [event.character.location for event in positions if event.character]
    if places and max(max(abs(one.x), abs(one.y)) for one in places) < SMALLEST_CM:
        yield _doubt("location", "the map is too small for centimetres")
    said_cm = seen_cm = 0.0
    for by, victim, distance in _shots(file, deaths):
        said_cm += distance
        seen_cm += math.dist(*((one.location.x, one.location.y) for one in (by, victim)))
    if said_cm > 0 < seen_cm and not 1 / TIMES_OFF < said_cm / seen_cm < TIMES_OFF:
        yield _doubt("distance", f"{said_cm / seen_cm:.3g} times what places say")
    states = [one.game_state for _, one in file.of("LogGameStatePeriodic") if one.game_state]
    last = max((one.elapsed_time for one in states), default=0.0)
    late = max((one.elapsed_time for one in positions), default=0.0)
    if states and late > TIMES_OFF * last + LATE_S:
        yield _doubt("elapsedTime", f"{late:.0f} of a position, {last:.0f} of the match")
    knocks = [event for _, event in file.of("LogPlayerMakeGroggy")]
    if knocks and all(one.dbno_id <= 0 for one in knocks):
        yield _doubt("dBNOId", "knocks have none")


def _shots(
    file: Telemetry, deaths: Sequence[Death]
) -> Iterator[tuple[Character, Character, float]]:
    """Who hit whom, from how far as the file says it: knocks and deaths."""
    for _, event in file.of("LogPlayerMakeGroggy"):
        if event.attacker and event.victim and event.attacker.is_contender and event.distance > 0:
            yield event.attacker, event.victim, event.distance
    for death in deaths:
        by, hurt = death.finisher, death.event.finish_damage
        if by is not None and hurt is not None and by.is_contender and hurt.distance > 0:
            yield by, death.victim, hurt.distance


def _circles(file: Telemetry) -> Iterator[Issue]:
    """Whether the circle that is to come lies outside of the one that hurts."""
    for _, event in file.of("LogGameStatePeriodic"):
        state = event.game_state
        if state and state.poison_gas_warning_radius > state.safety_zone_radius + 1:
            yield _doubt("safetyZoneRadius", f"{state.safety_zone_radius:.0f} is within the next")
            return
