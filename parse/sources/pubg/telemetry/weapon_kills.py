"""Last blows. Source: spec/pubg.md 3.3.

The finisher's blow, not the credited killer's; of any phase, as many fall before the first white
circle is shown. A death that nobody finished is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from parse.sources.pubg.telemetry.events import Damage
from parse.sources.pubg.telemetry.kills import Death, metres, placed, said
from warehouse.rows.pubg.combat import PubgWeaponKillRow

HEADSHOT = "HeadShot"


def weapon_kills(match_id: str, deaths: Iterable[Death]) -> Iterator[PubgWeaponKillRow]:
    """One row per death that somebody finished."""
    for death in deaths:
        finisher, victim = death.finisher, death.victim
        if finisher is None or not victim.is_somebody:
            continue
        hurt = death.event.finish_damage or Damage()
        reason = said(hurt.damage_reason)
        yield PubgWeaponKillRow(
            match_id=match_id,
            kill_number=death.number,
            killed_at=death.died_at,
            phase=death.event.phase,
            **placed("finisher", finisher),
            finisher_in_vehicle=finisher.is_in_vehicle,
            **placed("victim", victim),
            victim_in_vehicle=victim.is_in_vehicle,
            victim_in_blue_zone=victim.is_in_blue_zone,
            victim_in_red_zone=victim.is_in_red_zone,
            weapon=said(hurt.damage_causer_name),
            category=said(hurt.damage_type_category),
            reason=reason,
            is_headshot=None if reason is None else reason == HEADSHOT,
            distance=metres(hurt.distance),
            was_knocked=_was_knocked(death),
        )


def _was_knocked(death: Death) -> bool | None:
    """Whether a knock came before; events that do not even say a reason (2018) do not say it."""
    event = death.event
    if event.type == "LogPlayerKill" and not event.damage_reason and event.dbno_id <= 0:
        return None
    return event.dbno_id > 0
