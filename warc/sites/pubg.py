"""PUBG: the replies of the API and the telemetry files it leads to, and which of them are content.

Facts: spec/pubg.md sections 1.1 to 1.8 (hosts, paths, codes) and 2.1 (telemetry). A reply's
identity is told by searching its bytes; what it means is its parser's business.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from warc.sites.page import Judgement, PageRef, PageType, Response, Site
from warc.sites.refusals import wall_of

API_HOSTS = frozenset({"api.pubg.com", "api.playbattlegrounds.com"})
TELEMETRY_HOSTS = frozenset({"telemetry-cdn.pubg.com", "telemetry-cdn.playbattlegrounds.com"})

SHARDS = ("steam", "kakao", "psn", "xbox", "stadia", "console", "tournament", "pc-tournament")
"""Where players and matches are kept (spec/pubg.md 1.1)."""

# Bytes, decoded. The largest telemetry known has 39.4 MB (spec/pubg.md 2.1).
MAX_BYTES = 256 * 2**20

# Bytes at the start of a telemetry file in which its first event says its type; files of 2018 put
# it last in each event (spec/pubg.md 2.1).
_HEAD = 65_536

# Bytes at the end of a reply or file in which it closes; blanks may follow.
_TAIL = 1_024

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SHARD = r"/shards/[\w-]{1,40}"
_GONE = frozenset({404, 410})
_EXPIRED = _GONE | {403}
"""How the CDN answers for telemetry that it no longer has (spec/pubg.md 1.8)."""

_STATUS = {
    401: "the API key is missing or not known",
    403: "refused, as expired telemetry is",
    404: "not found: unknown, of another shard, or more than 14 days old",
    415: "the Accept header is not one the API knows",
    429: "more requests than the key allows",
}
_MARKERS = {
    "players": b'"player"',
    "player": b'"player"',
    "match": b'"match"',
    "matches": b'"match"',
    "tournaments": b'"tournament"',
    "tournament": b'"tournament"',
}
_NOTHING = re.compile(rb'"data"\s*:\s*\[\s*\]')


def players_key(query: str) -> str:
    """Key of a question for several players: the filter, and what it asks for in order.

    >>> players_key("filter[playerNames]=b,a"), players_key("filter%5BplayerIds%5D=account.1")
    ('playerNames=a,b', 'playerIds=account.1')
    """
    asked = dict(parse_qsl(query))
    for name in ("playerNames", "playerIds"):
        if wanted := asked.get(f"filter[{name}]"):
            return f"{name}={','.join(sorted(wanted.split(',')))}"
    return ""


def judge(page: PageRef, response: Response) -> Judgement:
    """Whether a response is the reply or the file that its URL names."""
    status, body = response.status, response.body
    if 300 <= status < 400 and response.headers.get("location"):
        return Judgement("redirect", f"status {status}")
    start = body[:_HEAD].lstrip()[:1]
    if refused := wall_of(response, plausible=status == 200 and start in {b"{", b"["}):
        return refused
    if status in {401, 429}:
        return Judgement("block", f"status {status}: {_STATUS[status]}")
    if status != 200:
        why = _STATUS.get(status)
        return Judgement("error", f"status {status}: {why}" if why else f"status {status}")
    if len(body) > MAX_BYTES:
        return Judgement("wrong_page", f"body of {len(body)} bytes is longer than any file")
    if page.page_type == "telemetry":
        return _judge_telemetry(body, start)
    if start != b"{":
        return Judgement("wrong_page", "the reply is no JSON object")
    if not body[-_TAIL:].rstrip().endswith(b"}"):
        return Judgement("truncated", "the reply does not end")
    if _MARKERS[page.page_type] not in body and not _is_empty_list(page, body):
        return Judgement("wrong_page", f"no mark of a {page.page_type} reply")
    if page.page_type in {"match", "player", "tournament"} and page.key.encode() not in body:
        return Judgement("wrong_page", f"the reply does not name {page.page_type} {page.key}")
    return Judgement("content")


def _is_empty_list(page: PageRef, body: bytes) -> bool:
    """Whether a list has nothing in it, which is an answer (spec/pubg.md 1.3)."""
    return page.page_type in {"players", "tournaments"} and _NOTHING.search(body) is not None


def _judge_telemetry(body: bytes, start: bytes) -> Judgement:
    """A telemetry file is one JSON array of events."""
    if start != b"[":
        return Judgement("wrong_page", "the file is no JSON array")
    if not body[-_TAIL:].rstrip().endswith(b"]"):
        return Judgement("truncated", "the file does not end")
    if b'"_T"' not in body[:_HEAD]:
        return Judgement("wrong_page", "no event in the file has a type")
    return Judgement("content")


PUBG = Site(
    name="pubg",
    hosts=API_HOSTS | TELEMETRY_HOSTS,
    page_types=(
        PageType(
            name="match",
            gone=_GONE,
            pattern=re.compile(rf"^{_SHARD}/matches/({_UUID})$"),
            example="/shards/steam/matches/0b5f8ad2-7f3c-4c3e-9c57-0b4a7f4a9d10",
        ),
        PageType(
            name="players",
            gone=_GONE,
            pattern=re.compile(
                rf"^{_SHARD}/players\?(.*filter(?:\[|%5[Bb])player(?:Names|Ids).*)$"
            ),
            example="/shards/steam/players?filter[playerNames]=a,b",
            key_of=lambda found: players_key(found.group(1)),
        ),
        PageType(
            name="player",
            gone=_GONE,
            pattern=re.compile(rf"^{_SHARD}/players/(account\.[0-9a-f]{{32}})$"),
            example="/shards/steam/players/account.0123456789abcdef0123456789abcdef",
        ),
        PageType(
            name="telemetry",
            gone=_EXPIRED,
            # The key is the file's: a query (a signature, a time) asks for the same one.
            pattern=re.compile(rf"^/(?:[\w-]+/)*({_UUID})-telemetry\.json(?:\?.*)?$"),
            example="/bluehole-pubg/steam/2026/04/15/22/12/"
            "3202f4e8-3918-11f1-92c5-d6d68ddb6e17-telemetry.json",
        ),
        PageType(
            name="tournaments",
            gone=_GONE,
            pattern=re.compile(r"^/(tournaments)$"),
            example="/tournaments",
        ),
        PageType(
            name="tournament",
            gone=_GONE,
            pattern=re.compile(r"^/tournaments/([\w-]{1,60})$"),
            example="/tournaments/eu-pecs26",
        ),
        PageType(
            name="matches",
            gone=_GONE,
            pattern=re.compile(rf"^{_SHARD}/matches(?:\?(.*))?$"),
            example="/shards/xbox-na/matches?sort=-createdAt",
            key_of=lambda found: found.group(1) or "",
        ),
    ),
    judge=judge,
    max_page_bytes=MAX_BYTES,
    has_cdn=True,
)
