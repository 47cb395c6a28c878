"""What planning reads of replies: small ones, real ones, and whatever else may come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.sources.pubg import KEYED, SOURCE, player_seeds, tournament_seeds
from tests.parse.pubg.replies import account
from warc.errors import UsageError
from warc.sites.page import PageRef
from warc.sites.pubg import PUBG

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "pubg"
BASE = "http://127.0.0.1:5000"
CDN = "bluehole-pubg/steam/2026/04/15/22/12/3202f4e8-3918-11f1-92c5-d6d68ddb6e17-telemetry.json"
IDS = [f"0000000{number}-0000-0000-0000-000000000000" for number in range(3)]


def page(page_type: str, key: str = "") -> PageRef:
    return PageRef(source="pubg", page_type=page_type, key=key)


def links(page_type: str, document: object, *, base_url: str = SOURCE.base_url) -> list[str]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    found = SOURCE.links[page_type](page(page_type, "t-1"), body, base_url)
    return [link.url for link in found]


def asset(url: str) -> dict[str, Any]:
    return {"included": [{"type": "asset", "attributes": {"name": "telemetry", "URL": url}}]}


def related(*ids: str) -> dict[str, Any]:
    return {"relationships": {"matches": {"data": [{"type": "match", "id": one} for one in ids]}}}


def test_the_telemetry_is_asked_for_at_the_url_of_the_reply() -> None:
    for host in ("telemetry-cdn.pubg.com", "telemetry-cdn.playbattlegrounds.com"):
        for query in ("", "?Expires=1&Signature=x%2By"):
            url = f"https://{host}/{CDN}{query}"
            assert links("match", asset(url)) == [url]


@pytest.mark.parametrize(
    ("named", "asked"),
    [
        (f"{BASE}/{CDN}", f"{BASE}/{CDN}"),
        (f"http://127.0.0.1:6000/{CDN}", f"http://127.0.0.1:6000/{CDN}"),
        (f"https://telemetry-cdn.pubg.com/{CDN}", f"{BASE}/{CDN}"),
        (f"http://127.0.0.2:5000/{CDN}", None),
        (f"https://127.0.0.1:6000/{CDN}", None),
        (f"https://evil.example/{CDN}", None),
        ("https://telemetry-cdn.pubg.com/other.json", None),
        ("http://[", None),
    ],
)
def test_a_stand_in_stands_for_all_hosts_of_the_site(named: str, asked: str | None) -> None:
    assert links("match", asset(named), base_url=BASE) == ([asked] if asked else [])


def test_matches_are_asked_for_on_the_shard_of_their_player() -> None:
    player = {"type": "player", "id": account(1), "attributes": {"shardId": "kakao"}}
    found = links("players", {"data": [{**player, **related(*IDS)}]})
    assert found == [f"{SOURCE.base_url}/shards/kakao/matches/{one}" for one in IDS]


def test_the_matches_of_a_tournament_are_asked_for_newest_first() -> None:
    times = dict(zip(IDS, ("2026-04-15", "2026-04-17", "2026-04-16"), strict=True))
    included = [
        {"type": "match", "id": one, "attributes": {"createdAt": at}} for one, at in times.items()
    ]
    found = links("tournament", {"data": related(*IDS), "included": included})
    assert [IDS.index(url.rsplit("/", 1)[-1]) for url in found] == [1, 2, 0]
    assert all("/shards/pc-tournament/matches/" in url for url in found)


@pytest.mark.parametrize("kind", ["players", "tournaments"])
def test_real_replies_lead_on(kind: str) -> None:
    files = sorted((SAMPLES / kind).glob("*__*__*.json"))
    files = [one for one in files if "leaderboard-api" not in one.name]
    if not files:
        pytest.skip("no samples here")
    for file in files:
        document = json.loads(file.read_text("utf-8"))
        if not isinstance(document, dict) or "data" not in document:
            continue
        many = isinstance(document["data"], list)
        page_type = kind if many else kind[:-1]
        wanted = (
            document["data"][:10]
            if kind == "tournaments" and many
            else [
                one
                for entity in (document["data"] if many else [document["data"]])
                for one in entity.get("relationships", {}).get("matches", {}).get("data", [])
            ]
        )
        assert len(links(page_type, document)) == len(wanted), file.name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from(IDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["data", "id", "type", "attributes", "relationships", "matches",
                         "included", "URL", "shardId", "createdAt", "name"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40))
def test_any_body_leads_somewhere_or_nowhere(body: bytes) -> None:
    url = f"{BASE}/shards/steam/players?filter%5BplayerNames%5D=a,b"
    for page_type, links_of in SOURCE.links.items():
        for link in links_of(page(page_type), body, BASE):
            assert PUBG.locate(link.url, stand_in=BASE) == link.page
    assert len(SOURCE.absent["players"](url, body)) <= 2


def test_names_are_asked_for_as_they_are_spelt() -> None:
    (group,) = player_seeds(names=["Ä b", "a"], shard="psn", finder="main")
    (target,) = group.pages(lambda _one: False)
    assert target == "/shards/psn/players?filter%5BplayerNames%5D=a,%C3%84%20b"
    found = PUBG.page_type_of(target)
    assert found is not None
    assert (found.page_type, found.key) == ("players", "playerNames=a,Ä b")
    assert SOURCE.parts["players"](BASE + target) == group.targets


def test_one_player_has_no_parts() -> None:
    (group,) = player_seeds(accounts=[account(1)], shard="steam", finder="main")
    assert SOURCE.parts["players"](BASE + group.targets[0]) == ()


def test_who_is_not_in_the_reply_is_absent() -> None:
    (group,) = player_seeds(names=["a", "b", "c"], shard="steam", finder="main")
    (target,) = group.pages(lambda _one: False)
    body = json.dumps({"data": [{"attributes": {"name": "b"}}]}).encode()
    assert SOURCE.absent["players"](BASE + target, body) == (group.targets[0], group.targets[2])


def test_the_key_is_for_players_and_tournaments() -> None:
    (group,) = tournament_seeds(["all", "eu-pecs26"])
    (players,) = player_seeds(names=["a"], shard="steam", finder="main")
    for target in (*group.targets, *players.targets):
        assert KEYED.match(target.partition("?")[0])
    for target in ("/shards/steam/matches/1", f"/{CDN}", "/robots.txt", "/tournaments.txt"):
        assert not KEYED.match(target)


@pytest.mark.parametrize("name", ["", " a", "a,b", "a\nb"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        player_seeds(names=[name], shard="steam", finder="main")
