"""Archived matches of a few blows and positions, and rosters that track some of their players."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.parse.bench import Bench, record
from tests.parse.pubg.events import hurt, somebody
from tests.parse.pubg.replies import account, member, reply
from warc.roster import Change, TrackedPlayer
from warc.roster.appending import open_journal

DAY = date(2026, 4, 15)
HOUR = 12  # at which every match begins


def match_id(number: int) -> str:
    """The id of a match; neighbours fall into blocks of their own."""
    return str(uuid.UUID(int=(number * 0x9E3779B97F4A7C15F39CC0605CEDC835) % (1 << 128)))


def file_url(number: int) -> str:
    """Where the telemetry of a match is."""
    name = uuid.UUID(int=number)
    return f"https://telemetry-cdn.pubg.com/bluehole-pubg/steam/{name}-telemetry.json"


def match_record(number: int, players: Iterable[int], *, day: date = DAY) -> bytes:
    """The record of a reply about a match, each player a team of his own."""
    start = datetime(day.year, day.month, day.day, HOUR, tzinfo=UTC)
    teams = {one: (place, [member(one)]) for place, one in enumerate(players, 1)}
    told: dict[str, Any] = reply(teams, createdAt=f"{start:%Y-%m-%dT%H:%M:%SZ}")
    told["data"]["id"] = match_id(number)
    for one in told["included"]:
        if one["type"] == "asset":
            one["attributes"]["URL"] = file_url(number)
    url = f"https://api.pubg.com/shards/steam/matches/{match_id(number)}"
    return record(url, json.dumps(told).encode(), second=number)


def telemetry_record(
    number: int, players: Iterable[int], *, day: date = DAY, broken: bool = False
) -> bytes:
    """The record of its telemetry: all strike the next one, and all have two positions.

    broken  it is no JSON in the middle
    """
    start = datetime(day.year, day.month, day.day, HOUR, tzinfo=UTC)
    listed = list(players)

    def at(second: float, kind: str, **fields: Any) -> dict[str, Any]:
        time = (start + timedelta(seconds=second)).isoformat(timespec="milliseconds")
        return {"_T": kind, "_D": time.replace("+00:00", "Z"), "common": {"isGame": 1}, **fields}

    named = f"match.bro.official.pc.steam.squad-fpp.eu.2026.04.15.21.{match_id(number)}"
    circle = {"safetyZonePosition": {"x": 0, "y": 0, "z": 0}, "safetyZoneRadius": 10_000}
    events = [
        {"_T": "LogMatchDefinition", "MatchId": named, "_D": at(0, "")["_D"]},
        at(0.5, "LogMatchStart"),
        at(5, "LogGameStatePeriodic", gameState={"elapsedTime": 5, **circle}),
    ]
    for one, other in zip(listed, [*listed[1:], *listed[:1]], strict=True):
        who, victim = somebody(one), somebody(other)
        events += [
            at(second, "LogPlayerPosition", character=who, elapsedTime=second) for second in (1, 2)
        ]
        how = {**hurt("WeapAK47_C", 5_000), "damage": 10}
        events.append(at(3, "LogPlayerTakeDamage", attacker=who, victim=victim, **how))
    body = json.dumps(events).encode()
    return record(file_url(number), body.replace(b"10", b"1O") if broken else body, second=number)


def put_match(bench: Bench, number: int, players: Iterable[int], *, day: date = DAY) -> None:
    """Archive a match with its telemetry, in a file of its own."""
    listed = list(players)
    both = [match_record(number, listed, day=day), telemetry_record(number, listed, day=day)]
    bench.put(f"{number:03d}.warc.gz", both, collection="pubg")


def track(bench: Bench, since: Mapping[int, date]) -> None:
    """Make the roster track these players and nobody else."""
    wanted = {
        account(one): TrackedPlayer(
            account=account(one), name=f"player{one}", shard="steam", tracked_since=day
        )
        for one, day in since.items()
    }
    with open_journal(bench.archives) as journal:
        gone = [one for one in journal.roster.players if one.account not in wanted]
        changes = [*(Change("remove", one) for one in gone)]
        changes += [Change("add", one) for one in wanted.values()]
        journal.append(changes, who="tester", why="a test")
