"""Which URLs are PUBG's pages, and which of its responses are content (spec/pubg.md 1)."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warc.sites.hltv import HLTV
from warc.sites.page import PageRef, Response, Verdict
from warc.sites.pubg import PUBG, players_key

API = "https://api.pubg.com"
MATCH = "0b5f8ad2-7f3c-4c3e-9c57-0b4a7f4a9d10"
ACCOUNT = "account.0123456789abcdef0123456789abcdef"


def verdict(page_type: str, body: bytes, status: int = 200, key: str = MATCH) -> Verdict:
    asked = PageRef(source="pubg", page_type=page_type, key=key)
    return PUBG.judge(asked, Response(status=status, headers={}, body=body)).verdict


def test_every_page_type_finds_its_example() -> None:
    for known in PUBG.page_types:
        found = PUBG.locate(API + known.example)
        assert found is not None
        assert found.page_type == known.name


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{API}/shards/steam/matches/{MATCH}", ("match", MATCH)),
        (
            f"https://api.playbattlegrounds.com/shards/pc-tournament/matches/{MATCH}",
            ("match", MATCH),
        ),
        (f"{API}/shards/steam/players/{ACCOUNT}", ("player", ACCOUNT)),
        (f"{API}/shards/steam/players?filter[playerNames]=b,A", ("players", "playerNames=A,b")),
        (f"{API}/shards/steam/players?filter%5BplayerNames%5D=b,A", ("players", "playerNames=A,b")),
        (f"{API}/shards/steam/players?filter%5bplayerIds%5d=x", ("players", "playerIds=x")),
        (f"{API}/tournaments", ("tournaments", "tournaments")),
        (f"{API}/tournaments/eu-pecs26", ("tournament", "eu-pecs26")),
        (
            f"https://telemetry-cdn.playbattlegrounds.com/bluehole-pubg/pc-na/{MATCH}-telemetry.json",
            ("telemetry", MATCH),
        ),
        (
            f"https://telemetry-cdn.pubg.com/steam/{MATCH}-telemetry.json?Expires=1&Key=a/b.json",
            ("telemetry", MATCH),
        ),
        (f"https://telemetry-cdn.pubg.com/steam/{MATCH}-telemetry.json.bak?a", None),
        (f"{API}/shards/steam/seasons", None),
        (f"https://example.org/shards/steam/matches/{MATCH}", None),
    ],
)
def test_urls_name_pages(url: str, expected: tuple[str, str] | None) -> None:
    found = PUBG.locate(url)
    assert (found and (found.page_type, found.key)) == expected


def test_who_is_asked_for_is_the_key_whatever_the_order() -> None:
    assert players_key("filter[playerNames]=b,a") == players_key("filter%5BplayerNames%5D=a,b")
    assert players_key("page=1") == ""


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, "block"),
        (403, "error"),
        (404, "error"),
        (415, "error"),
        (429, "block"),
        (500, "error"),
    ],
)
def test_failures_are_told_by_their_status(status: int, expected: Verdict) -> None:
    assert verdict("match", b'{"errors": [{"title": "Not Found"}]}', status) == expected


@pytest.mark.parametrize(
    ("page_type", "body", "expected"),
    [
        ("match", b'{"data": {"type": "match", "id": "%s"}}' % MATCH.encode(), "content"),
        ("match", b'{"data": {"type": "match", "id": "another"}}', "wrong_page"),
        ("match", b'{"data": {"type": "match", "id": "%s"' % MATCH.encode(), "truncated"),
        ("match", b'{"errors": []}', "wrong_page"),
        ("match", b"<html>", "wrong_page"),
        ("players", b'{"data": [{"type": "player"}]}', "content"),
        ("tournaments", b'{"data": [], "links": {}}', "content"),
        ("players", b'{"errors": []}', "wrong_page"),
        ("telemetry", b'[{"_T": "LogMatchStart"}]', "content"),
        ("telemetry", b'[{"_T": "LogMatchStart"}', "truncated"),
        ("telemetry", b"[]", "wrong_page"),
        ("telemetry", b"{}", "wrong_page"),
    ],
)
def test_whole_replies_are_told_apart(page_type: str, body: bytes, expected: Verdict) -> None:
    assert verdict(page_type, body) == expected


@given(st.binary(max_size=300), st.sampled_from([200, 204, 301, 404, 500]))
def test_judging_any_bytes_gives_a_verdict_and_never_content(body: bytes, status: int) -> None:
    for page_type in PUBG.page_types:
        assert verdict(page_type.name, body, status) != "content"


def test_every_real_match_and_telemetry_is_content(samples: Path) -> None:
    for path in sorted((samples / "pubg" / "matches").iterdir()):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        assert verdict("matches", data) == "content", path.name
    for path in sorted((samples / "pubg").rglob("*telemetry.json.gz")):
        assert verdict("telemetry", gzip.decompress(path.read_bytes())) == "content", path.name


FILE = f"/bluehole-pubg/steam/2026/04/15/22/12/{MATCH}-telemetry.json"
PLAYERS = "/shards/steam/players?filter[playerNames]=a"


@pytest.mark.parametrize(
    ("url", "page_type"),
    [
        (f"http://127.0.0.1:5000{PLAYERS}", "players"),
        (f"http://127.0.0.1:6000{FILE}", "telemetry"),
        (f"https://telemetry-cdn.pubg.com{FILE}", "telemetry"),
        (f"https://127.0.0.1:6000{FILE}", None),
        (f"http://127.0.0.10:5000{FILE}", None),
        (f"http://localhost:5000{FILE}", None),
    ],
)
def test_what_stands_for_the_site_may_have_several_ports(url: str, page_type: str | None) -> None:
    page = PUBG.locate(url, stand_in="http://127.0.0.1:5000")
    assert (page.page_type if page else None) == page_type


def test_a_site_of_one_kind_of_host_is_stood_for_at_one_port() -> None:
    url = "http://127.0.0.1:6000/matches/7/a"
    assert HLTV.locate(url, stand_in="http://127.0.0.1:5000") is None
    assert HLTV.locate(url, stand_in="http://127.0.0.1:6000") is not None
