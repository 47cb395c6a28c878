"""Which responses of HLTV are content, and what the others are."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warc.errors import UsageError
from warc.sites import SITES, site_named
from warc.sites.hltv import HLTV, MIN_CHARACTERS
from warc.sites.page import PageRef, Response, Verdict

FILLER = b"<p>" + b"x" * MIN_CHARACTERS + b"</p>"
TYPES = {
    "match": "match",
    "results": "results",
    "mapstats": "map_stats",
    "performance": "performance",
}


def ref(page_type: str, key: str = "7") -> PageRef:
    return PageRef(source="hltv", page_type=page_type, key=key)


def verdict(
    page: PageRef, body: bytes, *, status: int = 200, headers: dict[str, str] | None = None
) -> Verdict:
    return HLTV.judge(page, Response(status=status, headers=headers or {}, body=body)).verdict


def page(inner: bytes) -> bytes:
    return b"<html><head><title>HLTV</title></head><body>" + inner + FILLER + b"</body></html>"


def canonical(target: str) -> bytes:
    return f'<link href="https://www.hltv.org{target}" rel="canonical">'.encode()


def tabs(selected: bytes) -> bytes:
    link = b'<a href="/stats/matches/%s/x" class="stats-top-menu-item selected">T</a>' % selected
    return b'<div class="stats-top-menu"><div class="tabs">' + link + b"</div></div>"


def test_every_page_type_finds_its_example() -> None:
    for known in HLTV.page_types:
        found = HLTV.locate("https://www.hltv.org" + known.example)
        assert found is not None
        assert found.page_type == known.name


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.hltv.org/results", ("results", "0")),
        ("https://www.hltv.org/results?offset=200", ("results", "200")),
        ("https://www.hltv.org/results?event=5&offset=0", ("results", "0?event=5")),
        ("https://www.hltv.org/results?offset=100&gameType=CS2", ("results", "100?gameType=CS2")),
        ("https://hltv.org/matches/2391140/a-vs-b", ("match", "2391140")),
        ("https://www.hltv.org/matches/2391140", ("match", "2391140")),
        ("https://www.hltv.org/stats/matches/mapstatsid/5/a-vs-b?x=1", ("map_stats", "5")),
        ("https://www.hltv.org/stats/matches/performance/mapstatsid/5/a", ("performance", "5")),
        ("https://www.hltv.org/stats/matches/economy/mapstatsid/5/a", ("economy", "5")),
        ("https://www.hltv.org/stats/matches/heatmap/mapstatsid/5/a", None),
        ("https://www.hltv.org/stats/matches/93409/a-vs-b", None),
        ("https://www.hltv.org/stats/matches/performance/93409/a-vs-b", None),
        ("https://www.hltv.org/matches", None),
        ("https://www.hltv.org/matches/12abc/x", None),
        ("https://www.hltv.org/robots.txt", None),
        ("https://example.org/matches/2391140/a-vs-b", None),
        ("http://127.0.0.1:8000/matches/2391140/a-vs-b", ("match", "2391140")),
        ("http://127.0.0.1:80001/matches/2391140/a-vs-b", None),
    ],
)
def test_urls_name_pages(url: str, expected: tuple[str, str] | None) -> None:
    found = HLTV.locate(url, stand_in="http://127.0.0.1:8000/")
    assert (found and (found.page_type, found.key)) == expected


@pytest.mark.parametrize(
    ("asked", "inner", "expected"),
    [
        (ref("match"), b'<a class="team1-gradient" href="/matches/7/x">', "content"),
        (ref("match"), b'<a class="team1-gradient" href="/matches/71/x">', "wrong_page"),
        (
            ref("match"),
            canonical("/matches/8/y") + b'<a class="team1-gradient" href="/matches/7/x">',
            "wrong_page",
        ),
        (ref("match"), b"nothing of a match", "wrong_page"),
        (ref("results", "0"), b'<i data-zonedgrouping-entry-unix="1">', "content"),
        (
            ref("results", "100"),
            b'<i data-zonedgrouping-entry-unix="1"><b class="pagination-data">1 - 100 of 5</b>',
            "wrong_page",
        ),
        (
            ref("results", "100"),
            b'<i data-zonedgrouping-entry-unix="1"><b class="pagination-data">101 - 200 of</b>',
            "content",
        ),
        (
            ref("results", "0"),
            canonical("/matches") + b'<i data-zonedgrouping-entry-unix="1">',
            "wrong_page",
        ),
        (ref("results", "0"), b"no rows", "wrong_page"),
        (ref("map_stats"), tabs(b"mapstatsid/7") + b"match-info-box", "content"),
        (ref("map_stats"), tabs(b"mapstatsid/8") + b"match-info-box mapstatsid/7/", "wrong_page"),
        (ref("map_stats"), tabs(b"7") + b"match-info-box", "wrong_page"),
        (ref("map_stats"), b"match-info-box /mapstatsid/7/x", "content"),
        (ref("performance"), tabs(b"performance/mapstatsid/7") + b"killmatrix-content", "content"),
        (ref("performance"), tabs(b"mapstatsid/7") + b"player-overview", "wrong_page"),
        (ref("economy"), tabs(b"economy/mapstatsid/7") + b"msline", "content"),
        (ref("economy"), tabs(b"economy/mapstatsid/7") + b"no data here", "content"),
        (ref("economy"), tabs(b"performance/mapstatsid/7") + b"player-overview", "wrong_page"),
        (ref("match"), b'<body class="error-body">', "error"),
    ],
)
def test_whole_pages_are_told_apart(asked: PageRef, inner: bytes, expected: Verdict) -> None:
    assert verdict(asked, page(inner)) == expected


CONTENT = page(b'<a class="team1-gradient" href="/matches/7/x">/cdn-cgi/challenge-platform/h/')


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (200, {}, CONTENT, "content"),
        (200, {"cf-mitigated": "challenge"}, CONTENT, "challenge"),
        (202, {"x-amzn-waf-action": "captcha"}, b"", "challenge"),
        (403, {}, CONTENT, "block"),
        (403, {}, CONTENT + b"_cf_chl_opt", "challenge"),
        (403, {}, b"<title>Just a moment...</title>", "challenge"),
        (404, {}, b"cf-turnstile-response", "error"),
        (404, {}, b"cf-turnstile-response /cdn-cgi/challenge-platform/h/", "challenge"),
        (404, {}, b"/cdn-cgi/challenge-platform/h/", "error"),
        (200, {}, "<title>Подождите</title>".encode(), "challenge"),
        (403, {}, b"<title>Access denied | www.hltv.org used Cloudflare</title>", "block"),
        (403, {}, b"error code: 1020", "block"),
        (200, {}, b"error code: 1006", "block"),
        (403, {}, b"", "block"),
        (429, {}, b"", "block"),
        (404, {}, b"not found", "error"),
        (500, {}, CONTENT, "error"),
        (503, {}, b"", "error"),
        (200, {}, b"", "truncated"),
        (200, {}, CONTENT[:-50], "truncated"),
        (
            200,
            {},
            ("<html>/matches/7/ team1-gradient" + "é" * 6000 + "</html>").encode(),
            "truncated",
        ),
        (301, {"location": "/matches/7/x"}, b"", "redirect"),
        (301, {}, b"", "error"),
    ],
)
def test_refusals_and_failures(
    status: int, headers: dict[str, str], body: bytes, expected: Verdict
) -> None:
    assert verdict(ref("match"), body, status=status, headers=headers) == expected


@given(st.binary(max_size=300), st.sampled_from([200, 301, 403, 404, 500]))
def test_judging_any_bytes_gives_a_verdict_and_never_content(body: bytes, status: int) -> None:
    for page_type in HLTV.page_types:
        assert verdict(ref(page_type.name, "0"), body, status=status) != "content"


def test_every_real_page_is_content_for_its_type(samples: Path) -> None:
    with (samples / "hltv" / "provenance.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] in TYPES]
    assert rows
    for row in rows:
        body = gzip.decompress((samples / "hltv" / row["file"]).read_bytes())
        asked = ref(TYPES[row["kind"]], row["id"] or "0")
        judged = HLTV.judge(asked, Response(status=200, headers={}, body=body))
        assert judged.verdict == "content", (row["file"], judged.reason)


@pytest.mark.parametrize(
    ("folder", "page_type", "expected"),
    [
        ("cloudflare", "match", "challenge"),
        ("series_stats", "map_stats", "wrong_page"),
        ("matches_upcoming", "results", "wrong_page"),
        ("performance", "map_stats", "wrong_page"),
        ("mapstats", "economy", "wrong_page"),
    ],
)
def test_real_pages_of_another_kind_are_not_content(
    samples: Path, folder: str, page_type: str, expected: Verdict
) -> None:
    for path in sorted((samples / "hltv" / folder).iterdir()):
        assert verdict(ref(page_type, "0"), gzip.decompress(path.read_bytes())) == expected


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        (b'<div class="standard-box"><div class="padding">No economy</div>', "has no economy"),
        (b'<script src="/chart.js"></script>', "neither chart nor message"),
        (b'<div class="small-padding">', "neither chart nor message"),
        (b'<div class="equipment-categories">', ""),
    ],
)
def test_an_economy_page_without_chart_says_what_it_is(inner: bytes, reason: str) -> None:
    """Content either way: that there is no economy is an answer, and a script may bring one."""
    body = page(tabs(b"economy/mapstatsid/7") + inner)
    judged = HLTV.judge(ref("economy"), Response(status=200, headers={}, body=body))
    assert judged.verdict == "content"
    assert judged.reason.endswith(reason)
    assert judged.partial == (reason == "neither chart nor message")


def test_the_dom_of_an_economy_page_is_read_and_no_other() -> None:
    assert [one.name for one in HLTV.page_types if one.rendered] == ["economy"]
    base = "https://www.hltv.org/stats/matches/"
    found = HLTV.locate_dom(f"urn:dom:{base}economy/mapstatsid/5/a")
    assert found == ref("economy", "5")
    for url in (
        f"{base}economy/mapstatsid/5/a",
        f"urn:dom:{base}performance/mapstatsid/5/a",
        "urn:dom:https://a.example/stats/matches/economy/mapstatsid/5/a",
        "urn:dom:",
        "urn:dom:http://[",
    ):
        assert HLTV.locate_dom(url) is None
    stood_in = "urn:dom:http://127.0.0.1:8000/stats/matches/economy/mapstatsid/5/a"
    assert HLTV.locate_dom(stood_in, stand_in="http://127.0.0.1:8000/") == found


def test_what_is_no_url_is_no_page() -> None:
    assert HLTV.locate("http://[www.hltv.org/matches/1/a") is None


def test_a_source_is_found_by_name() -> None:
    assert site_named("hltv") is HLTV
    assert HLTV in SITES
    with pytest.raises(UsageError, match="unknown source 'nope': known are hltv"):
        site_named("nope")
