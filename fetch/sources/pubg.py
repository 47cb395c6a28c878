"""PUBG as a crawl sees it: players and tournaments lead to matches, a match to its telemetry.

Facts: spec/pubg.md sections 1.1 to 1.8. The API limits players and tournaments, by key; matches
and telemetry are free and want no key. Only what planning needs is read of a reply.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from fetch.links import Link, as_named
from fetch.log import LOGGER
from fetch.pace import Pace
from fetch.seed import SeedGroup
from fetch.sources.source import FetchSource
from warc.errors import UsageError
from warc.sites.page import PageRef
from warc.sites.pubg import PUBG, SHARDS

BASE_URL = "https://api.pubg.com"

KEY_VARIABLE = "PUBG_API_KEY"
KEYED = re.compile(r"/(?:shards/[^/]+/players|tournaments)(?:/|$)")
"""Paths that want a key: nothing else is sent it."""

# Names or ids that one question may ask for (spec/pubg.md 1.5).
MOST_PLAYERS = 10

# Where tournaments' matches are asked for: what a client of 2026 uses (spec/pubg.md 1.1).
_TOURNAMENT_SHARD = "pc-tournament"

# Newest tournaments of the list that are looked at. Matches are held for 14 days (spec/pubg.md
# 1.4), and no more than some regions play at a time; each is a question of ten a minute.
_NEWEST_TOURNAMENTS = 10

# Places in a list of matches that are told apart; no list seen is longer than 300.
_LAST_PLACE = 510

_ACCOUNT = re.compile(r"account\.[0-9a-f]{32}")
_KIND = re.compile(r"[a-z0-9-]+")
_FILTER = re.compile(r"filter\[(player(?:Names|Ids))\]")


def player_seeds(
    *, names: Sequence[str] = (), accounts: Sequence[str] = (), shard: str, finder: str
) -> tuple[SeedGroup, ...]:
    """The questions for players by name and by account id.

    raises  UsageError for what cannot be a name, an account id or a shard
    """
    if shard not in SHARDS:
        raise UsageError(f"--shard {shard!r} is none of {', '.join(SHARDS)}")
    for name in names:
        if not name.isprintable() or "," in name or name != name.strip() or not name:
            raise UsageError(f"{name!r} cannot be the name of a player")
    for account in accounts:
        if not _ACCOUNT.fullmatch(account):
            raise UsageError(f"--account {account!r} is not account. and 32 hexadecimal digits")
    asked = (("playerNames", names), ("playerIds", accounts))
    return tuple(
        SeedGroup(
            finder=finder,
            targets=tuple(_players(shard, by, [one]) for one in sorted(set(wanted))),
            joined=_joined,
            at_once=MOST_PLAYERS,
        )
        for by, wanted in asked
        if wanted
    )


def tournament_seeds(ids: Sequence[str]) -> tuple[SeedGroup, ...]:
    """The questions for tournaments; `all` is the list, which leads to the newest of them."""
    targets = ["/tournaments" + ("" if one == "all" else f"/{one}") for one in dict.fromkeys(ids)]
    for one, target in zip(dict.fromkeys(ids), targets, strict=True):
        if PUBG.page_type_of(target) is None:
            raise UsageError(f"--tournament {one!r} cannot be the id of a tournament")
    return (SeedGroup(finder="tournament", targets=tuple(targets)),) if targets else ()


def _players(shard: str, by: str, wanted: Sequence[str]) -> str:
    """The target that asks for several players."""
    return f"/shards/{shard}/players?filter%5B{by}%5D={','.join(quote(one) for one in wanted)}"


def _asked(url: str) -> tuple[str, str, list[str]]:
    """Shard, filter and players of a question for several."""
    parts = urlsplit(url)
    for name, value in parse_qsl(parts.query):
        if found := _FILTER.fullmatch(name):
            return parts.path.split("/")[2], found[1], value.split(",")
    return "", "", []


def _joined(targets: Sequence[str]) -> str:
    """One question instead of several for one player each."""
    asked = [_asked(target) for target in targets]
    shard, by, _ = asked[0]
    return _players(shard, by, [one for _, _, wanted in asked for one in wanted])


def _halves(url: str) -> tuple[str, ...]:
    """Two questions instead of one that was answered with 404: one bad name may have spoilt it."""
    shard, by, wanted = _asked(url)
    if len(wanted) < 2:
        return ()
    half = len(wanted) // 2
    return _players(shard, by, wanted[:half]), _players(shard, by, wanted[half:])


def _absent(url: str, body: bytes) -> tuple[str, ...]:
    """The questions for each player who was asked for and is not in the reply."""
    shard, by, wanted = _asked(url)
    players = list(_resources(_read(body), "data"))
    told = {_text(one, "id") if by == "playerIds" else _name(one) for one in players}
    return tuple(_players(shard, by, [one]) for one in wanted if one not in told)


def _links_of_players(_page: PageRef, body: bytes, base_url: str) -> list[Link]:
    """The matches of each player, newest first: the reply lists them so (spec/pubg.md 1.6)."""
    return [
        link
        for player in _resources(_read(body), "data")
        for place, match_id in enumerate(_match_ids(player))
        for link in _match(
            base_url,
            _text(player.get("attributes"), "shardId"),
            match_id,
            place,
            finder=_text(player, "id"),
        )
    ]


def _links_of_tournament(page: PageRef, body: bytes, base_url: str) -> list[Link]:
    """The matches of a tournament, newest first by the times that stand beside the list."""
    reply = _read(body)
    began = {_text(one, "id"): _created(one) for one in _resources(reply, "included")}
    ids = [match_id for one in _resources(reply, "data") for match_id in _match_ids(one)]
    newest = sorted(ids, key=lambda one: began.get(one, ""), reverse=True)
    return [
        link
        for place, match_id in enumerate(newest)
        for link in _match(base_url, _TOURNAMENT_SHARD, match_id, place, finder=page.key)
    ]


def _links_of_tournaments(_page: PageRef, body: bytes, base_url: str) -> list[Link]:
    """The newest tournaments, which every look at the list asks for anew."""
    listed = sorted(_resources(_read(body), "data"), key=_created, reverse=True)
    links = []
    for place, one in enumerate(listed[:_NEWEST_TOURNAMENTS]):
        target = f"/tournaments/{_text(one, 'id')}"
        if page := PUBG.page_type_of(target):
            links.append(Link(base_url + target, page, rank=place))
    return links


def _links_of_match(_page: PageRef, body: bytes, base_url: str) -> list[Link]:
    """The telemetry of a match, at the URL that the reply gives."""
    assets = (one for one in _resources(_read(body), "included") if one.get("type") == "asset")
    urls = (_text(asset.get("attributes"), "URL") for asset in assets)
    links = (as_named(url, site=PUBG, base_url=base_url) for url in urls)
    return [link for link in links if link and link.page.page_type == "telemetry"]


def kind_of_match(body: bytes) -> tuple[str, str]:
    """Match type and game mode of a match, in small letters; "-" where one is not told."""
    match: Mapping[str, Any] = next(_resources(_read(body), "data"), {})
    told = [_text(match.get("attributes"), name).lower() for name in ("matchType", "gameMode")]
    match_type, game_mode = (one if _KIND.fullmatch(one) else "-" for one in told)
    return match_type, game_mode


def _match(base_url: str, shard: str, match_id: str, place: int, *, finder: str) -> Iterator[Link]:
    """The link to a match, if its shard and id can be those of one."""
    target = f"/shards/{shard}/matches/{match_id}"
    page = PUBG.page_type_of(target)
    if page is not None and page.page_type == "match":
        yield Link(base_url + target, page, finder=finder, rank=min(place, _LAST_PLACE))


def _read(body: bytes) -> Mapping[str, Any]:
    """A reply; nothing where it is no JSON object, which the log says."""
    try:
        reply = json.loads(body)
    except (ValueError, RecursionError) as error:
        LOGGER.warning("a reply is no JSON: %s", error)
        return {}
    return reply if isinstance(reply, dict) else {}


def _resources(reply: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The resources under a name, one or many."""
    found = reply.get(name)
    for one in found if isinstance(found, list) else [found]:
        if isinstance(one, dict):
            yield one


def _match_ids(entity: Mapping[str, Any]) -> list[str]:
    """The matches that a resource is related to, in order."""
    related: Any = entity
    for name in ("relationships", "matches"):
        related = related.get(name) if isinstance(related, dict) else None
    return [_text(one, "id") for one in _resources(related or {}, "data")]


def _text(entity: Any, name: str) -> str:
    """A text of a entity, "" where it has none."""
    value = entity.get(name) if isinstance(entity, dict) else None
    return value if isinstance(value, str) else ""


def _name(player: Mapping[str, Any]) -> str:
    """What a player is called."""
    return _text(player.get("attributes"), "name")


def _created(entity: Mapping[str, Any]) -> str:
    """When a resource was made: texts of one form, in order of time."""
    return _text(entity.get("attributes"), "createdAt")


SOURCE = FetchSource(
    site=PUBG,
    base_url=BASE_URL,
    # Seconds, where the API does not count aloud: 10 requests a minute are allowed, and a client
    # of 2026 needed 6.5 s between two (spec/pubg.md 1.2).
    pace=Pace(6.5, 7.0),
    root="match",
    links={
        "players": _links_of_players,
        "player": _links_of_players,
        "tournaments": _links_of_tournaments,
        "tournament": _links_of_tournament,
        "match": _links_of_match,
    },
    accept="application/vnd.api+json",
    seeds=frozenset({"players", "player", "tournaments", "tournament"}),
    free=frozenset({"match", "telemetry"}),
    # Seconds. Not limited, and yet no reason for a flood.
    free_pace=Pace(0.1, 0.3),
    parts={"players": _halves},
    absent={"players": _absent},
    advice={
        401: f"The key in {KEY_VARIABLE} is not one that the API takes: a new one can be had at "
        "https://developer.pubg.com; the same command then continues.",
        415: "The API does not take the media type that Warchouse asks for: it has changed, and "
        "this version of Warchouse cannot talk to it.",
    },
    # Where the same match is kept for another shard, one reply is enough.
    one_of_key=frozenset({"match"}),
    nobody="nobody is named and nothing is queued: name --player, --account or --tournament, or put"
    " players on the roster (warchouse roster import, add)",
)
