"""Knocks and what came of them. Source: spec/pubg.md 2.5, 3.8.

`dBNOId` links a knock to the revive or the death that ends it. Walked in order of time, an ending
belongs to the latest knock of its id, whatever the order of the file. Knocks by nobody (the zone)
have no row, but are known: who dies of one was not killed at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

import msgspec

from parse.json_page import moment
from parse.sources.pubg.telemetry.events import Character, Event, Telemetry
from parse.sources.pubg.telemetry.kills import Death, metres, placed, said
from parse.sources.pubg.telemetry.sightings import Sightings
from warehouse.rows.pubg.combat import PubgKnockRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """One knock.

    number   position among the knocks of the file, from 1
    knocker  None where it was nobody
    """

    number: int
    knocked_at: datetime
    knocker: Character | None
    victim: Character
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What came of a knock: a death, or a revive, which has no `death`."""

    ended_at: datetime
    death: Death | None


def knocks_of(file: Telemetry) -> Iterator[Knock]:
    """The knocks, in the order of the file."""
    for number, (_, event) in enumerate(file.of("LogPlayerMakeGroggy"), 1):
        victim, at, knocker = event.victim, moment(event.time), event.attacker
        if victim is None or at is None:
            file.unreadable("pubg_knock_events.knocked_at", event.time)
            continue
        yield Knock(
            number=number,
            knocked_at=at,
            knocker=knocker if knocker is not None and knocker.is_somebody else None,
            victim=victim,
            event=event,
        )


def endings_of(
    file: Telemetry, knocks: Iterable[Knock], deaths: Iterable[Death]
) -> dict[int, Ending]:
    """How knocks ended, by number; those of which nothing is known are missing."""
    revives = (
        (at, 1, event.dbno_id, None)
        for _, event in file.of("LogPlayerRevive")
        if (at := moment(event.time)) is not None
    )
    steps: list[tuple[datetime, int, int, Knock | Death | None]] = [
        *((one.knocked_at, 0, one.event.dbno_id, one) for one in knocks),
        *revives,
        *((one.died_at, 2, one.event.dbno_id, one) for one in deaths),
    ]
    open_knocks: dict[int, Knock] = {}
    found: dict[int, Ending] = {}
    for at, _, dbno_id, what in sorted(steps, key=lambda step: step[:2]):
        if dbno_id <= 0:
            continue
        if isinstance(what, Knock):
            open_knocks[dbno_id] = what
        elif knock := open_knocks.get(dbno_id):
            found.setdefault(knock.number, Ending(ended_at=at, death=what))
    return found


def knock_rows(
    match_id: str, knocks: Sequence[Knock], endings: dict[int, Ending], sightings: Sightings
) -> Iterator[PubgKnockRow]:
    """One row per knock by somebody."""
    for knock in knocks:
        if (knocker := knock.knocker) is not None:
            event, victim = knock.event, knock.victim
            yield PubgKnockRow(
                match_id=match_id,
                knock_number=knock.number,
                knocked_at=knock.knocked_at,
                phase=event.phase,
                dbno_id=event.dbno_id if event.dbno_id > 0 else None,
                attack_id=event.attack_id if event.attack_id >= 0 else None,
                **placed("knocker", knocker),
                knocker_health=knocker.health,
                knocker_in_vehicle=event.is_attacker_in_vehicle,
                knocker_in_blue_zone=knocker.is_in_blue_zone,
                knocker_in_red_zone=knocker.is_in_red_zone,
                knocker_zone=",".join(knocker.zone) or None,
                **placed("victim", victim),
                victim_weapon=said(event.victim_weapon),
                victim_weapon_parts=_json(event.victim_weapon_additional_info),
                weapon=said(event.damage_causer_name),
                weapon_parts=_json(event.damage_causer_additional_info),
                category=said(event.damage_type_category),
                reason=said(event.damage_reason),
                is_through_wall=event.is_through_penetrable_wall,
                distance=metres(event.distance),
                **_ending(knocker, knock, endings.get(knock.number)),
                **_mates("knocker", sightings.mates(knocker, knock.knocked_at)),
                **_mates("victim", sightings.mates(victim, knock.knocked_at)),
            )


def _ending(knocker: Character, knock: Knock, ending: Ending | None) -> dict[str, Any]:
    """The columns about what came of a knock."""
    death = ending.death if ending else None
    finisher = death.finisher if death else None
    is_self = finisher is not None and finisher.account_id == knocker.account_id
    is_teammate = (
        finisher is not None
        and finisher.team_id == knocker.team_id
        and finisher.account_id not in {knocker.account_id, knock.victim.account_id}
    )
    took = (death.died_at - knock.knocked_at).total_seconds() if death else None
    return {
        "outcome": "unknown" if ending is None else "killed" if death else "revived",
        "ended_at": ending.ended_at if ending else None,
        "finisher_account_id": finisher.account_id if finisher else None,
        "finisher_name": finisher.name if finisher else None,
        "finisher_is_self": is_self,
        "finisher_is_teammate": is_teammate,
        "time_to_finish_s": took,
    }


def _mates(part: str, apart: dict[str, float]) -> dict[str, Any]:
    """The columns about where team mates were, from their distances."""
    distances = tuple(apart.values())
    mean = fmean(distances) if distances else 0.0
    rounded = {account_id: round(metres, 2) for account_id, metres in apart.items()}
    return {
        f"{part}_mates_seen": len(distances),
        f"{part}_mates_50m": sum(one <= 50 for one in distances),
        f"{part}_mates_100m": sum(one <= 100 for one in distances),
        f"{part}_mates_200m": sum(one <= 200 for one in distances),
        f"{part}_mates_nearest": min(distances, default=None),
        f"{part}_mates_mean": mean if distances else None,
        f"{part}_mates_variance": (
            fmean((one - mean) ** 2 for one in distances) if len(distances) > 1 else None
        ),
        f"{part}_mates": _json(rounded),
    }


def _json(value: Sequence[str] | dict[str, float]) -> str | None:
    return msgspec.json.encode(value).decode() if value else None
