"""The API's documents about matches, players and tournaments (spec sections 1.6 to 1.8).

As in real replies, the ids of participants and rosters, the order of `included` and the order of
attributes are of one response alone: they depend on a `nonce`.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.replica.pubg.match import Match
from tests.replica.pubg.truth import Participant, Roster

API = "https://api.pubg.com"
ORIGIN = "https://api-origin.pubg-odapi.pubg.io"
CDN = "https://telemetry-cdn.pubg.com"
TITLE = "bluehole-pubg"
STATS = {
    "DBNOs": "dbnos",
    "assists": "assists",
    "boosts": "boosts",
    "damageDealt": "damage_dealt",
    "deathType": "death_type",
    "headshotKills": "headshot_kills",
    "heals": "heals",
    "killPlace": "kill_place",
    "killStreaks": "kill_streaks",
    "kills": "kills",
    "longestKill": "longest_kill_m",
    "name": "name",
    "playerId": "account",
    "revives": "revives",
    "rideDistance": "ride_m",
    "roadKills": "road_kills",
    "swimDistance": "swim_m",
    "teamKills": "team_kills",
    "timeSurvived": "survived_s",
    "vehicleDestroys": "vehicle_destroys",
    "walkDistance": "walk_m",
    "weaponsAcquired": "weapons_acquired",
    "winPlace": "win_place",
}
STATS_2018 = {
    "killPoints": 1000,
    "killPointsDelta": 0,
    "lastKillPoints": 0,
    "lastWinPoints": 0,
    "mostDamage": 0,
    "rankPoints": 0,
    "winPoints": 1500,
    "winPointsDelta": 0,
}
SINCE_2019 = ("matchType", "isCustomMatch", "seasonState")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Profile:
    """What `/players` knows of somebody: his newest name and his matches, the newest first."""

    account: str
    name: str
    shard: str
    match_ids: tuple[str, ...]


def telemetry_path(match: Match) -> str:
    """The path of a match's telemetry on the CDN; hour and minute are the asset's."""
    row = match.row
    hour = match.available_at.strftime("%Y/%m/%d/%H/%M")
    return f"/{TITLE}/{row.shard}/{hour}/{row.asset_id}-telemetry.json"


def match_document(match: Match, *, nonce: int = 0, cdn: str = CDN) -> Document:
    """The answer to `/shards/{s}/matches/{id}`."""
    row, truth = match.row, match.truth
    rng = random.Random(f"{row.match_id}:{nonce}")
    ids = {one.account: _uuid(rng) for one in truth.participants}
    old = row.era == "2018"
    players = [_participant(rng, one, ids, row.shard, old=old) for one in truth.participants]
    rosters = [_roster(rng, one, ids, row.shard) for one in truth.rosters]
    asset = {
        "type": "asset",
        "id": row.asset_id,
        "attributes": _shuffled(
            rng,
            {
                "URL": f"{cdn}{telemetry_path(match)}",
                "name": "telemetry",
                "description": "",
                "createdAt": row.asset_created_at,
            },
        ),
    }
    included = [*players, *rosters, asset]
    rng.shuffle(included)
    path = f"/shards/{row.shard}/matches/{row.match_id}"
    return {
        "data": {
            "type": "match",
            "id": row.match_id,
            "attributes": _shuffled(rng, _attributes(match, old=old)),
            "relationships": {
                "rosters": {"data": [_link(one) for one in rosters]},
                "assets": {"data": [_link(asset)]},
            },
            "links": {"self": f"{API}{path}", "schema": ""},
        },
        "included": included,
        "links": {"self": f"{ORIGIN}{path}"},
        "meta": {},
    }


def _attributes(match: Match, *, old: bool) -> Document:
    row = match.row
    found = {
        "createdAt": row.created_at,
        "duration": row.duration_s,
        "gameMode": row.game_mode,
        "mapName": row.map_name,
        "matchType": row.match_type,
        "isCustomMatch": row.is_custom,
        "seasonState": row.season_state,
        "shardId": row.shard,
        "titleId": TITLE,
        "stats": None,
        "tags": None,
    }
    return {name: value for name, value in found.items() if not (old and name in SINCE_2019)}


def _participant(
    rng: random.Random, one: Participant, ids: Mapping[str, str], shard: str, *, old: bool
) -> Document:
    stats: Document = {wire: getattr(one, name) for wire, name in STATS.items()}
    if old:
        stats = dict(sorted({**stats, **STATS_2018}.items()))
    else:
        stats["timeSurvived"] = int(stats["timeSurvived"])
    attributes = {"stats": stats, "actor": "", "shardId": shard}
    return {
        "type": "participant",
        "id": ids[one.account],
        "attributes": _shuffled(rng, attributes),
    }


def _roster(rng: random.Random, one: Roster, ids: Mapping[str, str], shard: str) -> Document:
    members = [{"type": "participant", "id": ids[account]} for account in one.accounts]
    rng.shuffle(members)
    attributes = {
        "stats": {"rank": one.rank, "teamId": one.team_id},
        "won": one.won,
        "shardId": shard,
    }
    return {
        "type": "roster",
        "id": _uuid(rng),
        "attributes": _shuffled(rng, attributes),
        "relationships": {"team": {"data": None}, "participants": {"data": members}},
    }


def player_object(profile: Profile) -> Document:
    """One element of `/players`."""
    path = f"/shards/{profile.shard}/players/{profile.account}"
    return {
        "type": "player",
        "id": profile.account,
        "attributes": {
            "name": profile.name,
            "stats": None,
            "titleId": TITLE,
            "shardId": profile.shard,
            "patchVersion": "",
            "banType": "Innocent",
            "clanId": "",
        },
        "relationships": {
            "assets": {"data": []},
            "matches": {"data": [{"type": "match", "id": one} for one in profile.match_ids]},
        },
        "links": {"self": f"{API}{path}", "schema": ""},
    }


def players_document(profiles: Sequence[Profile], target: str, *, single: bool = False) -> Document:
    """The answer to `/players?filter[…]`, or to `/players/{id}` if `single`."""
    found = [player_object(one) for one in profiles]
    return {"data": found[0] if single else found, "links": {"self": f"{API}{target}"}, "meta": {}}


def tournaments_document(tournaments: Iterable[tuple[str, str]]) -> Document:
    """The answer to `/tournaments`; each is an id and when it was created."""
    data = [
        {"type": "tournament", "id": name, "attributes": {"createdAt": created_at}}
        for name, created_at in tournaments
    ]
    return {"data": data, "links": {"self": f"{API}/tournaments"}, "meta": {}}


def tournament_document(name: str, matches: Sequence[Match], *, nonce: int = 0) -> Document:
    """The answer to `/tournaments/{id}`: `included` is in another order than the links."""
    rng = random.Random(f"{name}:{nonce}")
    links = [{"type": "match", "id": one.row.match_id} for one in matches]
    included = [
        link | {"attributes": {"createdAt": one.row.created_at}}
        for link, one in zip(links, matches, strict=True)
    ]
    rng.shuffle(included)
    data = {"type": "tournament", "id": name, "relationships": {"matches": {"data": links}}}
    return {
        "data": data,
        "included": included,
        "links": {"self": f"{API}/tournaments/{name}"},
        "meta": {},
    }


def error_document(title: str, detail: str) -> Document:
    """An error envelope (section 1.3; its exact form is a guess)."""
    return {"errors": [{"title": title, "detail": detail}]}


def _link(one: Mapping[str, Any]) -> Document:
    return {"type": one["type"], "id": one["id"]}


def _shuffled(rng: random.Random, attributes: Document) -> Document:
    names = list(attributes)
    rng.shuffle(names)
    return {name: attributes[name] for name in names}


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))
