"""Deaths, from the events of today and of old. Source: spec/pubg.md 2.4, 2.5, 3.2.

Since 2021 a death names three: who knocked the victim down, who struck the last blow, and who is
credited. Before, and in matches of the tournament shard still, it names the killer alone, with how
the victim was hurt beside him: he is then the finisher, too, and the knock is looked up. Files of
the versions in between (20.3 to 21.0) tell each death both ways: then today's events count alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from parse.json_page import moment
from parse.sources.pubg.telemetry.events import Character, Damage, Event, Telemetry
from warehouse.rows.pubg.landings_kills import PubgKillRow

CM = 100  # per metre

_NONE = frozenset({"", "None", "Damage_None"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """One death, in the shape of today's events whatever the file has.

    number  position among the deaths of the file, from 1
    """

    number: int
    died_at: datetime
    victim: Character
    event: Event

    @property
    def finisher(self) -> Character | None:
        """Who struck the last blow; None where it was nobody."""
        finisher = self.event.finisher
        return finisher if finisher is not None and finisher.is_somebody else None


def deaths_of(file: Telemetry) -> Iterator[Death]:
    """The deaths, in the order of the file."""
    told = list(file.of("LogPlayerKillV2")) or file.of("LogPlayerKill")
    knocks = {
        event.dbno_id: event for _, event in file.of("LogPlayerMakeGroggy") if event.dbno_id > 0
    }
    for number, (_, event) in enumerate(told, 1):
        victim, at = event.victim, moment(event.time)
        if victim is None or at is None:
            file.unreadable("pubg_kill_positions.killed_at", event.time)
            continue
        today = event if event.type == "LogPlayerKillV2" else _old(event, knocks)
        yield Death(number=number, died_at=at, victim=victim, event=today)


def kills(match_id: str, deaths: Iterable[Death]) -> Iterator[PubgKillRow]:
    """One row per death."""
    return (_kill(match_id, death) for death in deaths)


def _old(event: Event, knocks: dict[int, Event]) -> Event:
    """A death of old in the shape of today's."""
    hurt = hurt_of(event)
    knock = knocks.get(event.dbno_id)
    victim, killer = event.victim, event.killer
    same = victim is not None and killer is not None and victim.account_id == killer.account_id
    return msgspec.structs.replace(
        event,
        finisher=killer,
        finish_damage=hurt,
        killer_damage=hurt,
        knocker=knock.attacker if knock else None,
        knock_damage=hurt_of(knock) if knock else None,
        is_suicide=event.is_suicide or same,
    )


def hurt_of(event: Event) -> Damage:
    """How an event that says so itself hurt somebody."""
    return Damage(
        damage_reason=event.damage_reason,
        damage_type_category=event.damage_type_category,
        damage_causer_name=event.damage_causer_name,
        distance=event.distance,
    )


def _kill(match_id: str, death: Death) -> PubgKillRow:
    victim, event = death.victim, death.event
    knocked = event.dbno_id > 0
    return PubgKillRow(
        match_id=match_id,
        kill_number=death.number,
        killed_at=death.died_at,
        phase=event.phase,
        attack_id=event.attack_id if event.attack_id >= 0 else None,
        dbno_id=event.dbno_id if knocked else None,
        is_suicide=event.is_suicide,
        **placed("victim", victim),
        victim_in_blue_zone=victim.is_in_blue_zone,
        victim_in_vehicle=victim.is_in_vehicle,
        **_placed("knocker", event.knocker),
        **_how("knock", event.knock_damage if knocked else None),
        **_placed("finisher", event.finisher),
        **_how("finish", event.finish_damage),
        **_credited(event.killer),
    )


def placed(part: str, who: Character) -> dict[str, Any]:
    """The columns about somebody who had a part in it: who, of which team, and where."""
    return {
        f"{part}_account_id": who.account_id,
        f"{part}_name": who.name,
        f"{part}_team_id": who.team_id,
        f"{part}_x_cm": who.location.x,
        f"{part}_y_cm": who.location.y,
        f"{part}_z_cm": who.location.z,
    }


def _placed(part: str, who: Character | None) -> dict[str, Any]:
    """The same columns; null for nobody."""
    if who is not None and who.is_somebody:
        return placed(part, who)
    return dict.fromkeys(placed(part, Character()))


def _credited(who: Character | None) -> dict[str, Any]:
    known = who if who is not None and who.is_somebody else None
    return {
        "killer_account_id": known.account_id if known else None,
        "killer_name": known.name if known else None,
        "killer_team_id": known.team_id if known else None,
    }


def _how(part: str, hurt: Damage | None) -> dict[str, Any]:
    """The columns about how; what says 'none' in words is null."""
    return {
        f"{part}_reason": said(hurt.damage_reason) if hurt else None,
        f"{part}_category": said(hurt.damage_type_category) if hurt else None,
        f"{part}_causer": said(hurt.damage_causer_name) if hurt else None,
        f"{part}_distance": metres(hurt.distance) if hurt else None,
    }


def said(text: str) -> str | None:
    """What a field says; None for what says 'none' in words."""
    return None if text in _NONE else text


def metres(distance: float) -> float | None:
    """A distance of the file, in metres; None for -1, which says that none applies."""
    return distance / CM if distance >= 0 else None
