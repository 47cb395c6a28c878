"""Damage, blow by blow, and what every reader of it must know. Source: spec/pubg.md 2.5, 3.4.

Who is knocked down bleeds out by ticks that name him as the attacker and his body as the weapon,
which is that of bare fists, too: it is nobody's damage, and no melee.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from parse.json_page import moment
from parse.sources.pubg.telemetry.events import Character, Event, Telemetry
from parse.sources.pubg.telemetry.kills import said
from warehouse.rows.pubg.figures import PubgDamageRow

BLEEDING = frozenset({"Damage_DBNO", "Damage_Groggy"})
"""Categories of the ticks of bleeding out: today's, and that of 2018 and 2019."""

ZONE = "Damage_BlueZone"


def damage_events(file: Telemetry, tracked: Container[str] | None) -> Iterator[PubgDamageRow]:
    """One row per blow in the match, in the order of the file.

    tracked  accounts whose blows count, dealt or received; None for all
    """
    for number, (_, event) in enumerate(file.of("LogPlayerTakeDamage"), 1):
        victim = event.victim
        if victim is None or not victim.is_somebody or not event.is_in_match:
            continue
        attacker = attacker_of(event)
        if tracked is not None and not (
            victim.account_id in tracked or (attacker and attacker.account_id in tracked)
        ):
            continue
        if (at := moment(event.time)) is None:
            file.unreadable("pubg_damage_events.happened_at", event.time)
            continue
        place = victim.location
        seen = attacker if attacker and attacker.location.is_known else None
        from_place = seen.location if seen else None
        yield PubgDamageRow(
            match_id=file.match_id,
            damage_number=number,
            happened_at=at,
            phase=event.phase,
            attack_id=event.attack_id if event.attack_id >= 0 else None,
            attacker_account_id=attacker.account_id if attacker else None,
            attacker_name=attacker.name if attacker else None,
            attacker_team_id=attacker.team_id if attacker else None,
            attacker_health=seen.health if seen else None,
            attacker_x_cm=from_place.x if from_place else None,
            attacker_y_cm=from_place.y if from_place else None,
            attacker_z_cm=from_place.z if from_place else None,
            victim_account_id=victim.account_id,
            victim_name=victim.name,
            victim_team_id=victim.team_id,
            victim_health=victim.health,
            victim_x_cm=place.x,
            victim_y_cm=place.y,
            victim_z_cm=place.z,
            weapon=said(event.damage_causer_name),
            category=said(event.damage_type_category),
            reason=said(event.damage_reason),
            damage=event.damage,
        )


def attacker_of(event: Event) -> Character | None:
    """Who struck a blow; None for nobody, whichever way the file says it."""
    attacker = event.attacker
    return attacker if attacker is not None and attacker.account_id else None


def are_mates(one: Character, other: Character) -> bool:
    """Whether two are of one team, or one and the same."""
    return one.account_id == other.account_id or one.team_id == other.team_id != 0
