"""A small stand-in of the API and, on another port, of the telemetry CDN."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from tests.parse.pubg.replies import account, member, reply

KEY = "eyJhbGciOiJIUzI1NiJ9.eyJhIjoiNDIifQ.q8Zr4pW7Kx"
JSON_API = "application/vnd.api+json"
EVENT = {"_T": "LogMatchStart", "_D": "2026-04-15T21:45:33.829Z", "common": {"isGame": 0}}


def match_id(number: int) -> str:
    """The id of a match."""
    return str(UUID(int=number << 96 | number))


@dataclass(slots=True)
class Asked:
    """One request that came."""

    server: str
    target: str
    headers: dict[str, str]
    status: int = 0


@dataclass(slots=True)
class Api:
    """What the stand-in knows.

    players      by name: account number, numbers of matches, the newest first
    tournaments  by id: numbers of matches and when each began
    gone         numbers of matches that are older than the API holds
    expired      numbers of matches whose telemetry is
    kinds        match type and game mode of matches that are not official and squad-fpp
    limit        requests for limited pages that are answered; the rest get 429
    reset_s      seconds until the count begins anew, as the answers say; 0: they do not count
    whole        an unknown name spoils a question for several
    answers      what is answered by path instead, once for each status in the list
    """

    players: dict[str, tuple[int, list[int]]] = field(default_factory=dict)
    tournaments: dict[str, dict[int, str]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    expired: set[int] = field(default_factory=set)
    kinds: dict[int, tuple[str, str]] = field(default_factory=dict)
    limit: int = 1_000_000
    reset_s: float = 0.0
    whole: bool = False
    answers: dict[str, list[int]] = field(default_factory=dict)
    telemetry: bytes = json.dumps([EVENT]).encode()
    host: str = ""
    api_url: str = ""
    cdn_url: str = ""
    log: list[Asked] = field(default_factory=list)
    _left: int | None = None
    _until_s: float = 0.0

    def targets(self, part: str = "") -> list[str]:
        """What was asked for, in order; without robots.txt."""
        return [one.target for one in self.log if part in one.target and "robots" not in one.target]

    async def handle_cdn(self, request: web.Request) -> web.StreamResponse:
        """A telemetry file, gzipped once and for all."""
        asked, name = self._note("cdn", request), request.path.split("/")[-1]
        if "telemetry" not in name or int(name.split("-")[0], 16) in self.expired:
            return _said(asked, web.Response(status=403, body=b"<Error>AccessDenied</Error>"))
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        body = gzip.compress(self.telemetry, 1, mtime=0)
        return _said(asked, web.Response(body=body, headers=headers))

    async def handle_api(self, request: web.Request) -> web.StreamResponse:
        """A reply of the API."""
        asked = self._note("api", request)
        if request.path == "/robots.txt":
            return _said(asked, web.Response(status=404))
        path = request.path
        if planted := self.answers.get(path.rsplit("/", 1)[-1]):
            return _said(asked, _error(planted.pop(0)))
        if request.headers.get("Accept") not in {JSON_API, "application/json"}:
            return _said(asked, _error(415))
        if path.startswith("/shards/") and "/matches/" in path:
            return _said(asked, self._match(path))
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return _said(asked, _error(401))
        return _said(asked, self._limited(request))

    def _limited(self, request: web.Request) -> web.Response:
        """A reply that counts against the limit."""
        if self._left is None or time.time() >= self._until_s:
            self._left, self._until_s = self.limit, time.time() + self.reset_s
        over = self._left <= 0
        self._left = max(0, self._left - 1)
        response = _error(429) if over else self._counted(request)
        if self.reset_s:
            response.headers["X-RateLimit-Limit"] = str(self.limit)
            response.headers["X-RateLimit-Remaining"] = str(self._left)
            response.headers["X-RateLimit-Reset"] = str(int(self._until_s))
        return response

    def _counted(self, request: web.Request) -> web.Response:
        """A reply about players or tournaments."""
        parts = request.path.strip("/").split("/")
        if parts == ["tournaments"]:
            listed = [_resource("tournament", one, createdAt=one[-2:]) for one in self.tournaments]
            return _reply({"data": listed})
        if parts[0] == "tournaments":
            return self._tournament(parts[1])
        if names := request.query.get("filter[playerNames]"):
            return self._found(names.split(","), list(self.players))
        wanted = request.query.get("filter[playerIds]", "").split(",")
        return self._found(wanted, [account(number) for number, _ in self.players.values()])

    def _found(self, wanted: list[str], known: list[str]) -> web.Response:
        """The players among those asked for that there are."""
        names = [dict(zip(known, self.players, strict=True)).get(one) for one in wanted]
        found = [self._player(name) for name in names if name]
        if len(wanted) > 10:
            return _error(400)
        if not found or (self.whole and len(found) < len(wanted)):
            return _error(404)
        return _reply({"data": found, "links": {"self": self.api_url}, "meta": {}})

    def _player(self, name: str) -> dict[str, Any]:
        number, matches = self.players[name]
        player = _resource("player", account(number), name=name, shardId="steam")
        return {**player, "relationships": _matches(matches)}

    def _tournament(self, name: str) -> web.Response:
        if name not in self.tournaments:
            return _error(404)
        began = self.tournaments[name]
        included = [_resource("match", match_id(one), createdAt=at) for one, at in began.items()]
        data = {"type": "tournament", "id": name, "relationships": _matches(list(began))}
        return _reply({"data": data, "included": included})

    def _match(self, path: str) -> web.Response:
        found = path.rsplit("/", 1)[-1]
        number = int(found.split("-")[0], 16)
        if number in self.gone:
            return _error(404)
        team = [member(player) for player in (1, 2)]
        document = reply({1: (1, team), 2: (2, [member(3)])}, seed=number)
        document["data"]["id"] = found
        if kind := self.kinds.get(number):
            match_type, game_mode = kind
            document["data"]["attributes"] |= {"matchType": match_type, "gameMode": game_mode}
        for one in document["included"]:
            if one["type"] == "asset":
                at = "bluehole-pubg/steam/2026/04/15/22/12"
                one["attributes"]["URL"] = f"{self.cdn_url}/{at}/{found}-telemetry.json"
        return _reply(document)

    def _note(self, server: str, request: web.Request) -> Asked:
        asked = Asked(server, request.raw_path, dict(request.headers))
        self.log.append(asked)
        return asked


def _said(asked: Asked, response: web.Response) -> web.Response:
    asked.status = response.status
    return response


def _resource(kind: str, found: str, **attributes: str) -> dict[str, Any]:
    return {"type": kind, "id": found, "attributes": attributes}


def _matches(numbers: list[int]) -> dict[str, Any]:
    ids = [{"type": "match", "id": match_id(number)} for number in numbers]
    return {"assets": {"data": []}, "matches": {"data": ids}}


def _reply(document: object) -> web.Response:
    body = json.dumps(document).encode()
    return web.Response(body=body, headers={"Content-Type": JSON_API})


def _error(status: int) -> web.Response:
    body = json.dumps({"errors": [{"title": str(status)}]}).encode()
    return web.Response(status=status, body=body, headers={"Content-Type": JSON_API})


@contextmanager
def serving(api: Api) -> Iterator[Api]:
    """Serve on two ports of the loopback interface until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runners: list[web.AppRunner] = []

    async def start() -> list[str]:
        for handle in (api.handle_api, api.handle_cdn):
            app = web.Application()
            app.router.add_get("/{tail:.*}", handle)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            runners.append(runner)
        return [f"http://127.0.0.1:{runner.addresses[0][1]}" for runner in runners]

    async def stop() -> None:
        for runner in runners:
            await runner.cleanup()

    try:
        started = asyncio.run_coroutine_threadsafe(start(), loop)
        api.api_url, api.cdn_url = started.result(timeout=10)
        yield api
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


def today() -> str:
    """The day and time now, as the API writes them."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
