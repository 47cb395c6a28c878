"""Events of telemetry, said in a few words, and what the parser makes of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any, TypeVar

from parse.json_page import JsonPage
from parse.model import Extracted
from parse.sources.pubg.telemetry import parse
from tests.parse.pubg.replies import MATCH_ID, account
from warehouse.column import Row

R = TypeVar("R", bound=Row)

NAMED = {
    "_T": "LogMatchDefinition",
    "MatchId": f"match.bro.official.pc-2018-38.steam.squad-fpp.eu.2026.04.15.21.{MATCH_ID}",
    "_D": "2026-04-15T21:45:33.3540001Z",
}
NO_HURT = {"damageReason": "NonSpecific", "damageTypeCategory": "Damage_None"}


def somebody(number: int, *, team: int = 0, **known: object) -> dict[str, Any]:
    """A character; its place is told by its number."""
    place = {"x": 100 * number, "y": 200.5, "z": 3}
    named = {"name": f"player{number}", "accountId": account(number), "teamId": team or number}
    return {**named, "location": place, "health": 100, "type": "user", **known}


def event(kind: str, second: int, *, phase: float = 1, **fields: Any) -> dict[str, Any]:
    """An event, so many seconds after 21:50."""
    time = f"2026-04-15T21:{50 + second // 60}:{second % 60:02d}.125Z"
    return {"_T": kind, **fields, "common": {"isGame": phase}, "_D": time}


def hurt(causer: str, distance: float, reason: str = "TorsoShot") -> dict[str, Any]:
    """How somebody was hurt."""
    return {
        "damageReason": reason,
        "damageTypeCategory": "Damage_Gun",
        "damageCauserName": causer,
        "distance": distance,
    }


def read(*events: object) -> list[Extracted]:
    """What the parser makes of a file of these events."""
    body = json.dumps([NAMED, *events]).encode()
    return list(parse(JsonPage(body, url="", page_type="telemetry", key="")))


def rows(found: list[Extracted], kind: type[R]) -> list[R]:
    return [one for one in found if isinstance(one, kind)]


def kill_v2(second: int, victim: dict[str, Any], **fields: object) -> dict[str, Any]:
    """A death; nobody had a part in it but the victim."""
    none = {**NO_HURT, "damageCauserName": "None", "distance": -1}
    known = {"attackId": 5, "dBNOId": -1, "victim": victim, "dBNOMaker": None}
    damages = {"dBNODamageInfo": none, "finishDamageInfo": none, "killerDamageInfo": none}
    rest: dict[str, Any] = {"finisher": None, "killer": None, "isSuicide": False}
    return event("LogPlayerKillV2", second, **{**known, **damages, **rest, **fields})


def reference(samples: Path, name: str) -> tuple[list[Extracted], dict[str, Any]]:
    """What the parser makes of a reference match, and what the collector meant to, by table."""
    folder = samples / "pubg" / "reference" / name
    body = gzip.decompress((folder / "telemetry.json.gz").read_bytes())
    intended = {
        path.name.partition(".")[0]: json.loads(path.read_bytes())
        for path in (folder / "origin_intended").glob("*.json")
    }
    return list(parse(JsonPage(body, url="", page_type="telemetry", key=""))), intended
