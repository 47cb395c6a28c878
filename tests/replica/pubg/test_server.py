"""API and CDN over HTTP: keys, limits, filters, retention, headers, faults, the command."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.replica.background import control
from tests.replica.faults import Chaos
from tests.replica.pubg.background import running
from tests.replica.pubg.season import TOURNAMENT, TOURNAMENT_SHARD, PubgSeason
from tests.replica.pubg.server import KEY, PubgReplica, serve

JSON_API = "application/vnd.api+json"


@dataclass(frozen=True)
class Got:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        body = self.body
        return json.loads(gzip.decompress(body) if self.is_packed else body)

    @property
    def is_packed(self) -> bool:
        return self.headers.get("Content-Encoding") == "gzip"


Get = Callable[..., Awaitable[Got]]


@cache
def season() -> PubgSeason:
    return PubgSeason(7, 40)


def visit(steps: Callable[[PubgReplica, Get], Awaitable[None]], **options: Any) -> None:
    """Run steps against a fresh replica; the client sends key and Accept unless told otherwise."""

    async def run() -> None:
        async with (
            serve(season(), **{"limit": 1000} | options) as replica,
            aiohttp.ClientSession(
                auto_decompress=False, connector=aiohttp.TCPConnector(force_close=True)
            ) as client,
        ):

            async def get(target: str, **headers: str | None) -> Got:
                wanted = {
                    "Authorization": f"Bearer {KEY}",
                    "Accept": JSON_API,
                    "Accept-Encoding": "identity",
                } | {name.replace("_", "-"): value for name, value in headers.items()}
                sent = {name: value for name, value in wanted.items() if value is not None}
                url = target if target.startswith("http") else replica.api_url + target
                async with client.get(URL(url, encoded=True), headers=sent) as found:
                    return Got(found.status, found.headers, await found.read())

            await steps(replica, get)

    asyncio.run(run())


def player(number: int = 0) -> str:
    return season().team(number)[0].name


def newest() -> str:
    return season().known(season().end)[-1].row.match_id


def players_target(*names: str, form: str = "filter[playerNames]") -> str:
    return f"/shards/steam/players?{form}={','.join(names)}"


def test_the_way_from_a_player_to_his_telemetry() -> None:
    async def steps(replica: PubgReplica, get: Get) -> None:
        found = (await get(players_target(player()))).json
        ids = [one["id"] for one in found["data"][0]["relationships"]["matches"]["data"]]
        starts = [season().find(one).start for one in ids]  # type: ignore[union-attr]
        assert starts == sorted(starts, reverse=True)
        assert replica.clock.now() - starts[-1] < timedelta(days=14)
        match = (await get(f"/shards/steam/matches/{ids[0]}", Authorization=None)).json
        asset = next(one for one in match["included"] if one["type"] == "asset")
        url = asset["attributes"]["URL"]
        assert url.startswith(replica.cdn_url)
        telemetry = await get(url, Authorization=None)
        made = season().find(ids[0])
        assert made
        assert telemetry.body == made.telemetry
        assert [one.status for one in replica.cdn_log] == [200]
        assert "authorization" not in replica.cdn_log[0].headers
        assert "authorization" in replica.api_log[0].headers

    visit(steps)


@pytest.mark.parametrize(
    "form",
    ["filter[playerNames]", "filter%5BplayerNames%5D", "filter%5bplayerNames%5d"],
)
def test_brackets_stand_as_they_are_or_encoded(form: str) -> None:
    async def steps(_: PubgReplica, get: Get) -> None:
        found = (await get(players_target(player(0), player(1), form=form))).json
        assert [one["attributes"]["name"] for one in found["data"]] == [player(0), player(1)]

    visit(steps)


def test_ten_players_at_most_by_exact_name_or_by_account() -> None:
    async def steps(_: PubgReplica, get: Get) -> None:
        ten = [player(number) for number in range(10)]
        assert len((await get(players_target(*ten))).json["data"]) == 10
        assert (await get(players_target(*ten, "x"))).status == 400
        assert (await get("/shards/steam/players")).status == 400
        assert (await get(players_target("nobody", "none"))).status == 404
        assert (await get(players_target(player().swapcase()))).status == 404
        assert len((await get(players_target("nobody", player()))).json["data"]) == 1
        account = season().team(3)[1].account
        by_id = (await get(players_target(account, form="filter[playerIds]"))).json
        single = (await get(f"/shards/steam/players/{account}")).json
        assert by_id["data"][0] == single["data"]
        assert (await get("/shards/steam/players/account.0")).status == 404
        assert (await get(f"/shards/psn/players/{account}")).status == 404

    visit(steps)


def test_one_unknown_name_may_spoil_the_batch() -> None:
    async def steps(_: PubgReplica, get: Get) -> None:
        assert (await get(players_target("nobody", player()))).status == 404
        assert (await get(players_target(player()))).status == 200

    visit(steps, strict_batch=True)


def test_a_renamed_player_is_known_by_his_newest_name() -> None:
    async def steps(_: PubgReplica, get: Get) -> None:
        new, old = season().team(0)[3], season().team(0, 0)[3]
        assert new.account == old.account
        assert new.name != old.name
        assert (await get(players_target(new.name))).json["data"][0]["id"] == old.account
        assert (await get(players_target(old.name))).status == 404

    visit(steps)


def test_who_is_let_in() -> None:
    async def steps(_: PubgReplica, get: Get) -> None:
        for key in (None, "Bearer wrong", KEY[:-1]):
            found = await get(players_target(player()), Authorization=key)
            assert found.status == 401
            assert found.json["errors"][0]["title"] == "Unauthorized"
        assert (await get("/tournaments", Authorization=None)).status == 401
        target = f"/shards/steam/matches/{newest()}"
        assert (await get(target, Authorization=None)).status == 200
        for accept in ("*/*", "text/html", ""):
            assert (await get(target, Accept=accept)).status == 415
        found = await get(target, Accept="application/json")
        assert found.headers["Content-Type"] == "application/json"
        assert (await get(target)).headers["Content-Type"] == JSON_API

    visit(steps)


def test_too_many_requests_until_the_reset() -> None:
    async def steps(replica: PubgReplica, get: Get) -> None:
        found = [await get(players_target(player())) for _ in range(4)]
        assert [one.status for one in found] == [200, 200, 200, 429]
        left = [one.headers["X-RateLimit-Remaining"] for one in found]
        assert left == ["2", "1", "0", "0"]
        reset = int(found[3].headers["X-RateLimit-Reset"])
        assert reset == int(replica.clock.now().timestamp()) + 60
        free = await get(f"/shards/steam/matches/{newest()}")
        assert free.status == 200
        assert "X-RateLimit-Limit" not in free.headers
        replica.clock.advance(59)
        assert (await get("/tournaments")).status == 429
        replica.clock.advance(1)
        assert (await get("/tournaments")).status == 200

    visit(steps, limit=3)


def test_new_matches_appear_and_old_ones_go() -> None:
    async def steps(replica: PubgReplica, get: Get) -> None:
        last = season().match(39)
        target = f"/shards/steam/matches/{last.row.match_id}"
        replica.clock.set(last.available_at - timedelta(seconds=1))
        assert (await get(target)).status == 404
        listed = (await get(players_target(player()))).json["data"][0]["relationships"]["matches"]
        assert last.row.match_id not in {one["id"] for one in listed["data"]}
        replica.clock.advance(1)
        match = (await get(target)).json
        listed = (await get(players_target(player()))).json["data"][0]["relationships"]["matches"]
        assert listed["data"][0]["id"] == last.row.match_id
        url = next(one for one in match["included"] if one["type"] == "asset")["attributes"]["URL"]
        assert (await get(url)).status == 200
        replica.clock.set(last.start + timedelta(days=14))
        assert (await get(target)).status == 404
        expired = await get(url)
        assert expired.status == 403
        assert b"AccessDenied" in expired.body
        assert (await get(f"{replica.cdn_url}/bluehole-pubg/steam/no.json")).status == 403

    visit(steps)


def test_ids_and_order_are_of_one_response_and_the_rest_is_not() -> None:
    def known(document: Any) -> tuple[Any, ...]:
        included = document["included"]
        players = {one["id"]: one for one in included if one["type"] == "participant"}
        stats = sorted(json.dumps(one["attributes"]["stats"]) for one in players.values())
        teams = []
        for one in included:
            if one["type"] == "roster":
                members = one["relationships"]["participants"]["data"]
                accounts = [players[member["id"]]["attributes"]["stats"] for member in members]
                team = one["attributes"]["stats"]["teamId"]
                teams.append((team, sorted(stat["playerId"] for stat in accounts)))
        return stats, sorted(teams), sorted(document["data"]["attributes"].items(), key=str)

    async def steps(_: PubgReplica, get: Get) -> None:
        target = f"/shards/steam/matches/{newest()}"
        one, two = (await get(target)).json, (await get(target)).json
        assert known(one) == known(two)
        ids = [{each["id"] for each in document["included"]} for document in (one, two)]
        assert len(ids[0] & ids[1]) == 1  # the asset's
        kinds = [[each["type"] for each in document["included"]] for document in (one, two)]
        assert kinds[0] != kinds[1]

    visit(steps)


def test_tournaments_live_on_their_own_shard() -> None:
    async def steps(_: PubgReplica, get: Get) -> None:
        listed = (await get("/tournaments")).json
        assert [one["id"] for one in listed["data"]] == [TOURNAMENT]
        one = (await get(f"/tournaments/{TOURNAMENT}")).json
        ids = [link["id"] for link in one["data"]["relationships"]["matches"]["data"]]
        assert len(ids) == 6
        assert {each["id"] for each in one["included"]} == set(ids)
        assert "attributes" not in one["data"]
        assert (await get(f"/shards/{TOURNAMENT_SHARD}/matches/{ids[-1]}")).status == 200
        assert (await get(f"/shards/steam/matches/{ids[-1]}")).status == 404
        assert (await get("/tournaments/none")).status == 404
        by_name = players_target(player()).replace("steam", TOURNAMENT_SHARD)
        assert (await get(by_name)).status == 400

    visit(steps)


def test_headers_are_those_of_real_replies() -> None:
    async def steps(_: PubgReplica, get: Get) -> None:
        limited = await get(players_target(player()), Accept_Encoding="gzip")
        assert limited.is_packed
        for name in ("X-RateLimit-Limit", "x-request-id", "via", "x-amz-cf-id"):
            assert name in limited.headers
        assert limited.headers["x-cache"] == "Miss from cloudfront"
        free = await get(f"/shards/steam/matches/{newest()}")
        assert free.headers["Cache-Control"] == "max-age=604800"
        assert free.headers["x-cache"] == "Hit from cloudfront"
        assert free.headers["Date"].startswith("Thu, 14 May 2026")
        framings = [
            "Content-Length" in (await get(players_target(player()))).headers for _ in range(4)
        ]
        assert set(framings) == {True, False}

    visit(steps)


def test_telemetry_is_packed_and_chunked() -> None:
    async def steps(replica: PubgReplica, get: Get) -> None:
        match = (await get(f"/shards/steam/matches/{newest()}")).json
        url = next(one for one in match["included"] if one["type"] == "asset")["attributes"]["URL"]
        packed = await get(url, Accept_Encoding="gzip")
        plain = await get(url)
        assert packed.is_packed
        assert not plain.is_packed
        assert gzip.decompress(packed.body) == plain.body
        assert packed.headers["Transfer-Encoding"] == "chunked"
        assert replica.cdn_log[0].headers["accept-encoding"] == "gzip"

    visit(steps)


def test_faults_strike_the_api_and_the_cdn() -> None:
    async def steps(replica: PubgReplica, get: Get) -> None:
        target = f"/shards/steam/matches/{newest()}"
        document = (await get(target)).json
        asset = next(one for one in document["included"] if one["type"] == "asset")
        url = asset["attributes"]["URL"]
        replica.faults.add(pattern="/matches/", kind="500")
        assert [(await get(target)).status for _ in range(2)] == [500, 200]
        replica.faults.add(pattern="telemetry", kind="truncated")
        with pytest.raises(aiohttp.ClientPayloadError):
            await get(url)
        replica.faults.add(pattern="telemetry", kind="reset", times=2)
        with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
            await get(url)
        assert (await get(url)).status == 200
        replica.faults.add(pattern="telemetry", kind="slow", seconds=0.1)
        assert len((await get(url)).body) > 100_000
        replica.faults.chaos = Chaos(share=1.0, kinds=("503",), retry_after="0")
        assert Counter([(await get(target)).status for _ in range(3)]) == {503: 2, 200: 1}

    visit(steps)


def test_the_command_serves_and_obeys_its_control_endpoint() -> None:
    with running(matches=4, limit=2) as (api, cdn):
        assert api != cdn
        known = control(api, "matches", method="GET")
        assert isinstance(known, list)
        assert len(known) == 4
        assert control(api, "clock", {"advance_s": 14 * 86_400}) == {
            "now": "2026-05-28T21:00:00+00:00"
        }
        assert control(api, "matches", method="GET") == []
        assert control(api, "faults", {"pattern": ".", "kind": "503"}) == {"faults": 1}
        assert control(api, "chaos", method="DELETE") == {"requests": 0, "struck": {}}
        assert control(api, "log", method="GET") == []
        assert control(api, "cdn-log", method="GET") == []
