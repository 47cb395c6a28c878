"""robots.txt as RFC 9309 wants it read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fetch.robots import read_rules, robots_url, unreachable

NOW = datetime(2026, 11, 21, tzinfo=UTC)
URL = "http://127.0.0.1:8000/results?offset=0"


@pytest.mark.parametrize(
    ("status", "body", "refusal"),
    [
        (200, b"", ""),
        (200, b"User-agent: *\nDisallow: /search", ""),
        (200, b"User-agent: *\nDisallow: /results", "robots.txt disallows it"),
        (
            200,
            b"User-agent: warchouse\nDisallow: /\n\nUser-agent: *\nAllow: /",
            "robots.txt disallows it",
        ),
        (200, b"User-agent: *\nDisallow: /\n\nUser-agent: Warchouse\nAllow: /", ""),
        (200, b"\xff\xfe garbage", ""),
        (200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /results", "robots.txt disallows it"),
        (404, b"User-agent: *\nDisallow: /", ""),
        (403, b"", ""),
        (429, b"", "robots.txt answered status 429"),
        (500, b"", "robots.txt answered status 500"),
        (503, b"", "robots.txt answered status 503"),
    ],
)
def test_answers(status: int, body: bytes, refusal: str) -> None:
    assert read_rules(status, body, read_at=NOW).why_not(URL) == refusal


def test_a_host_without_an_answer_refuses_everything() -> None:
    rules = unreachable("no connection", read_at=NOW)
    assert rules.why_not(URL) == "robots.txt could not be read: no connection"


def test_crawl_delay_is_read() -> None:
    rules = read_rules(200, b"User-agent: *\nCrawl-delay: 2.5", read_at=NOW)
    assert rules.crawl_delay_s() == 2.5
    assert read_rules(404, b"", read_at=NOW).crawl_delay_s() == 0.0


def test_a_crawl_delay_of_days_is_a_refusal() -> None:
    rules = read_rules(200, b"User-agent: *\nCrawl-delay: 100000", read_at=NOW)
    refusal = "robots.txt asks for 100,000 s between requests (Crawl-delay)"
    assert rules.why_not(URL) == refusal
    assert read_rules(200, b"User-agent: *\nCrawl-delay: 3600", read_at=NOW).why_not(URL) == ""


@pytest.mark.parametrize("value", ["inf", "nan", "-5", "1e400", "soon"])
def test_a_crawl_delay_that_is_no_time_is_none(value: str) -> None:
    rules = read_rules(200, f"User-agent: *\nCrawl-delay: {value}".encode(), read_at=NOW)
    assert rules.crawl_delay_s() == 0


def test_rules_are_fresh_for_a_day() -> None:
    rules = read_rules(200, b"", read_at=NOW)
    assert rules.is_fresh(NOW + timedelta(hours=23, minutes=59))
    assert not rules.is_fresh(NOW + timedelta(hours=24))


def test_it_lies_at_the_root_of_the_host() -> None:
    assert robots_url(URL) == "http://127.0.0.1:8000/robots.txt"
