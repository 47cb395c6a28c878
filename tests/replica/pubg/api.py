"""What the API answers: who is let in, how often, and with what (spec sections 1.1 to 1.5)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from tests.replica.pubg import documents
from tests.replica.pubg.documents import error_document
from tests.replica.pubg.season import RETENTION

if TYPE_CHECKING:
    from tests.replica.pubg.server import PubgReplica

JSON_API = "application/vnd.api+json"
ACCEPTED = (JSON_API, "application/json")
BATCH_MAX = 10
SHARDS = frozenset({"steam", "kakao", "psn", "xbox", "stadia", "console", "tournament"})
WEEK = {"Cache-Control": "max-age=604800", "Age": "0", "x-cache": "Hit from cloudfront"}


@dataclass(slots=True)
class Answer:
    """An answer before it is sent; `packed_as` names bodies that are packed once and kept."""

    status: int
    body: bytes
    headers: dict[str, str]
    packed_as: str = ""


def answer(replica: PubgReplica, request: web.Request) -> Answer:
    """Answer a request: 405, 415, then for limited endpoints 401 and 429, then the matter itself."""
    if request.method not in {"GET", "HEAD"}:
        return _error(405, "Method Not Allowed", request.method)
    accepted = request.headers.get("Accept", "")
    if accepted not in ACCEPTED:
        return _error(415, "Unsupported media type", f"Accept: {accepted}")
    limited: dict[str, str] = {}
    if not re.fullmatch(r"/status|/shards/[^/]+/matches/[^/]+", request.path):
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if key not in replica.keys:
            return _error(401, "Unauthorized", "the API key is missing or invalid")
        is_allowed, limited = replica.limits.take(key, replica.clock.now())
        if not is_allowed:
            return Answer(429, b"", limited)
    found = _route(replica, request)
    found.headers["Content-Type"] = accepted
    found.headers |= limited
    return found


def _route(replica: PubgReplica, request: web.Request) -> Answer:
    for pattern, handler in ROUTES:
        if match := re.fullmatch(pattern, request.path):
            return handler(replica, request, *match.groups())
    return _error(404, "Not Found", request.path)


def _players(replica: PubgReplica, request: web.Request, shard: str) -> Answer:
    """Some players by names, which are case-sensitive, or by accounts; unknown ones are left out."""
    names, ids = (request.query.get(f"filter[{one}]") for one in ("playerNames", "playerIds"))
    if (names is None) == (ids is None) or (names is not None and shard.endswith("-tournament")):
        return _error(400, "Bad Request", "filter[playerNames] or filter[playerIds]")
    wanted = (names or ids or "").split(",")
    if len(wanted) > BATCH_MAX:
        return _error(400, "Bad Request", f"at most {BATCH_MAX} players")
    profiles = replica.season.profiles(replica.clock.now(), shard)
    by = {one.name: one for one in profiles.values()} if ids is None else profiles
    found = [by[one] for one in wanted if one in by]
    if not found or (replica.strict_batch and len(found) < len(wanted)):
        return _error(404, "Not Found", "No Players Found Matching Criteria")
    target = (
        f"{request.path}?filter[{'playerNames' if ids is None else 'playerIds'}]={','.join(wanted)}"
    )
    return _json(documents.players_document(found, target))


def _player(replica: PubgReplica, request: web.Request, shard: str, account: str) -> Answer:
    profile = replica.season.profiles(replica.clock.now(), shard).get(account)
    if profile is None:
        return _error(404, "Not Found", account)
    return _json(documents.players_document([profile], request.path, single=True))


def _match(replica: PubgReplica, _: web.Request, shard: str, match_id: str) -> Answer:
    """A match, if the shard is right and it is neither too new nor too old."""
    match, now = replica.season.find(match_id), replica.clock.now()
    if match is None or match.row.shard != shard or match.available_at > now:
        return _error(404, "Not Found", match_id)
    if match.start <= now - RETENTION:
        return _error(404, "Not Found", match_id)
    document = documents.match_document(match, nonce=replica.nonce, cdn=replica.cdn_url)
    return _json(document, **WEEK)


def _tournaments(replica: PubgReplica, _: web.Request) -> Answer:
    found = replica.season.tournaments(replica.clock.now())
    listed = [(name, matches[0].row.created_at) for name, matches in found.items() if matches]
    return _json(documents.tournaments_document(listed))


def _tournament(replica: PubgReplica, _: web.Request, name: str) -> Answer:
    matches = replica.season.tournaments(replica.clock.now()).get(name)
    if not matches:
        return _error(404, "Not Found", name)
    return _json(documents.tournament_document(name, matches, nonce=replica.nonce))


def _status(*_: object) -> Answer:
    return _json(
        {"data": {"type": "status", "id": "pubg-api", "attributes": {"version": "replica"}}}
    )


ROUTES: tuple[tuple[str, Callable[..., Answer]], ...] = (
    (r"/shards/([^/]+)/players", _players),
    (r"/shards/([^/]+)/players/([^/]+)", _player),
    (r"/shards/([^/]+)/matches/([^/]+)", _match),
    (r"/tournaments", _tournaments),
    (r"/tournaments/([^/]+)", _tournament),
    (r"/status", _status),
)


def _json(document: dict[str, Any], **headers: str) -> Answer:
    return Answer(200, msgspec.json.encode(document), dict(headers))


def _error(status: int, title: str, detail: str) -> Answer:
    body = msgspec.json.encode(error_document(title, detail))
    return Answer(status, body, {"Content-Type": JSON_API})
