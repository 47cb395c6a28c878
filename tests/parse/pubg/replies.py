"""Replies of the API about a match, said in a few words: ids of rosters and participants are random."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from parse.json_page import JsonPage
from parse.model import Extracted
from parse.sources.pubg.match import parse

MATCH_ID = "0b5f8ad2-7f3c-4c3e-9c57-0b4a7f4a9d10"
STATS: dict[str, Any] = {
    **dict.fromkeys(("DBNOs", "assists", "boosts", "headshotKills", "heals", "killPlace"), 1),
    **dict.fromkeys(("killStreaks", "revives", "roadKills", "teamKills", "vehicleDestroys"), 0),
    **dict.fromkeys(("weaponsAcquired", "kills"), 2),
    **dict.fromkeys(("damageDealt", "longestKill", "rideDistance", "walkDistance"), 100.5),
    "swimDistance": 0,
    "timeSurvived": 1200,
    "deathType": "byplayer",
}


def account(number: int) -> str:
    """The account of a player."""
    return f"account.{number:032x}"


def member(number: int, **stats: object) -> dict[str, Any]:
    """The figures of a participant."""
    return {**STATS, "playerId": account(number), "name": f"player{number}", **stats}


def reply(
    teams: Mapping[int, tuple[int, Iterable[Mapping[str, Any]]]],
    *,
    seed: int = 0,
    won: str = "",
    **attributes: object,
) -> dict[str, Any]:
    """A reply about a match.

    teams  rank and members by team number
    won    what every roster says; "" for what its rank says
    """
    draw = random.Random(seed)
    included: list[dict[str, Any]] = []
    rosters: list[dict[str, str]] = []

    def add(kind: str, **rest: object) -> dict[str, str]:
        ref = {"type": kind, "id": str(uuid.UUID(int=draw.getrandbits(128)))}
        included.append({**ref, **rest})
        return ref

    for team_id, (rank, members) in teams.items():
        refs = [
            add(
                "participant",
                attributes={
                    "stats": {"winPlace": rank, **stats},
                    "actor": "",
                    "shardId": "steam",
                },
            )
            for stats in members
        ]
        says = {"stats": {"rank": rank, "teamId": team_id}, "won": won or str(rank == 1).lower()}
        links = {"team": {"data": None}, "participants": {"data": refs}}
        rosters.append(add("roster", attributes=says, relationships=links))
    url = f"https://telemetry-cdn.pubg.com/bluehole-pubg/steam/{uuid.UUID(int=1)}-telemetry.json"
    file = {"name": "telemetry", "createdAt": "2026-04-15T22:12:30Z", "URL": url}
    assets = [add("asset", attributes=file)]
    draw.shuffle(included)
    known = {
        "createdAt": "2026-04-15T21:45:33Z",
        "duration": 1555,
        "gameMode": "squad-fpp",
        "mapName": "Baltic_Main",
        "matchType": "official",
        "isCustomMatch": False,
        "seasonState": "progress",
        "shardId": "steam",
        "titleId": "bluehole-pubg",
        "stats": None,
        "tags": None,
    }
    data = {
        "type": "match",
        "id": MATCH_ID,
        "attributes": {**known, **attributes},
        "relationships": {"rosters": {"data": rosters}, "assets": {"data": assets}},
    }
    return {"data": data, "included": included, "links": {"self": ""}, "meta": {}}


def read(document: object) -> list[Extracted]:
    """What the parser makes of a reply."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(parse(JsonPage(body, url="", page_type="match", key=MATCH_ID)))
