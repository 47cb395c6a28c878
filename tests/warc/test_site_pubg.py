"""Which replies are content, and which URLs are the site's, where something stands for it."""

from __future__ import annotations

import pytest

from warc.sites.hltv import HLTV
from warc.sites.page import PageRef, Response
from warc.sites.pubg import PUBG, judge

MATCH = "0b5f8ad2-7f3c-4c3e-9c57-0b4a7f4a9d10"
FILE = f"/bluehole-pubg/steam/2026/04/15/22/12/{MATCH}-telemetry.json"
PLAYERS = "/shards/steam/players?filter[playerNames]=a"


def verdict(page_type: str, body: bytes, status: int = 200, key: str = MATCH) -> str:
    page = PageRef(source="pubg", page_type=page_type, key=key)
    return judge(page, Response(status=status, headers={}, body=body)).verdict


@pytest.mark.parametrize(
    ("page_type", "body", "expected"),
    [
        ("match", b'{"data":{"type":"match","id":"%s"}}' % MATCH.encode(), "content"),
        ("match", b'{"data":{"type":"match","id":"other"}}', "wrong_page"),
        ("match", b'{"data":[]}', "wrong_page"),
        ("match", b'{"data":{"type":"match"', "truncated"),
        ("players", b'{"data":[{"type":"player"}]}\n', "content"),
        ("players", b'{"data":[],"meta":{}}', "content"),
        ("players", b'{"errors":[]}', "wrong_page"),
        ("tournaments", b'{"data": [ ]}', "content"),
        ("tournament", b'{"data":[]}', "wrong_page"),
        ("telemetry", b'[{"_T":"LogX"}]\n', "content"),
        ("telemetry", b'[{"_T":"LogX"}', "truncated"),
        ("telemetry", b"<Error/>", "wrong_page"),
    ],
)
def test_what_is_content(page_type: str, body: bytes, expected: str) -> None:
    assert verdict(page_type, body) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, "block"),
        (429, "block"),
        (403, "error"),
        (404, "error"),
        (415, "error"),
        (500, "error"),
    ],
)
def test_what_a_status_means(status: int, expected: str) -> None:
    assert verdict("players", b'{"errors":[]}', status) == expected


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
