"""What events must have, whoever did what: a file that says it otherwise is not read.

Theory of operation. Events are decoded into one shape whose fields all have a default, for most
types have few of them. So a key that the game has renamed would read as nobody, nowhere or 0, and
zeros would be facts. The first events of each type that is read are therefore looked at again, key
by key; a file that lacks one of them fails, and can be read from the archive by a later version.
What stands in every file since 2018 is asked for, nothing else. Source: spec/pubg.md 2.1 to 2.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from parse.errors import ParseError

SAMPLES = 3
"""Events of each type that are looked at: a change of the game shows in all."""

_WHO = ("accountId", "name", "teamId", "location.x", "location.y")
_HOW = ("damageReason", "damageTypeCategory", "damageCauserName")


def _of(name: str, keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name}.{key}" for key in keys)


REQUIRED: Mapping[str, tuple[str, ...]] = {
    "LogPlayerPosition": (*_of("character", _WHO), "elapsedTime"),
    "LogParachuteLanding": _of("character", _WHO),
    "LogPlayerTakeDamage": (*_of("victim", _WHO), "attacker", "damage", *_HOW),
    "LogPlayerMakeGroggy": (*_of("victim", _WHO), "attacker", *_HOW[1:]),
    "LogPlayerRevive": ("victim",),
    "LogPlayerKill": (*_of("victim", _WHO), "killer"),
    "LogPlayerKillV2": (
        *_of("victim", _WHO),
        *("dBNOId", "dBNOMaker", "finisher", "killer", "isSuicide"),
        *_of("finishDamageInfo", (*_HOW, "distance")),
        *_of("killerDamageInfo", _HOW),
    ),
    "LogItemUse": ("character.accountId", "item.itemId"),
    "LogPlayerAttack": ("attacker", "weapon.itemId"),
}
"""The keys of each type, by path; on the way there nothing may be null."""

LATER: Mapping[str, tuple[str, ...]] = {
    "LogPlayerMakeGroggy": ("dBNOId", "distance", "damageReason"),
    "LogPlayerRevive": ("dBNOId",),
}
"""Keys that came in 2018, or may have: a file without them is read, and says what it lacks."""

_EVERY = ("_D", "common.isGame")
_PEOPLE = ("attacker", "killer", "finisher", "dBNOMaker")
"""Who may be nobody (null), and is told like anybody where there is somebody."""


def check(kind: str, samples: Sequence[msgspec.Raw]) -> list[str]:
    """Hold the first events of a type against what it must have; which later keys it lacks.

    raises  ParseError with the key that is missing
    """
    lacks: dict[str, None] = {}
    for raw in samples:
        event = msgspec.json.decode(raw)
        lacks |= {f"{kind}.{one}": None for one in LATER.get(kind, ()) if not _has(event, one)}
        for path in (*_EVERY, *REQUIRED[kind], *_told(event)):
            if not _has(event, path):
                raise ParseError(f"{kind} has no {path}", field="telemetry")
    return list(lacks)


def _told(event: Mapping[str, Any]) -> Iterator[str]:
    """What must be said of those who are somebody."""
    for name in _PEOPLE:
        if who := event.get(name):
            yield from _of(name, _WHO if who.get("accountId") else _WHO[:1])


def _has(event: Any, path: str) -> bool:
    """Whether a path leads to a key; the last may be null."""
    for key in path.split("."):
        if not isinstance(event, dict) or key not in event:
            return False
        event = event[key]
    return True
