"""What hosts ask for is obeyed, remembered, and told."""

from __future__ import annotations

import gzip
import itertools
import json
from datetime import timedelta
from pathlib import Path

import pytest

from fetch.options import user_agent
from fetch.retry import PATIENCE_S
from fetch.run import Place, crawl_list
from fetch.sources.hltv import SOURCE
from tests.fakes import START, FakeAnswer, FakeClock
from tests.fetch.crawling import asked, crawl, open_collection, options
from tests.fetch.test_refetch import Heard
from tests.fetch.tiny_site import BASE, FILLER, TinySite
from warc.errors import UsageError
from warc.reader import read_records
from warc.record import Record
from warc.sites.page import PageRef, Response

MATCH = f"{BASE}/matches/2/old"
HOST = "www.hltv.org"
CHALLENGE = FakeAnswer(status=403, body=b"<title>Just a moment...</title>_cf_chl_opt")


def once(answer: FakeAnswer) -> TinySite:
    """A site that says this to the first request for one page."""
    return TinySite(
        matches=3, fault=lambda url, before: answer if url == MATCH and not before else None
    )


def test_the_real_block_page_stops_the_crawl_with_its_evidence(
    samples: Path, tmp_path: Path
) -> None:
    pages = sorted((samples / "hltv" / "cloudflare").iterdir())
    assert pages
    for number, page in enumerate(pages):
        site = once(FakeAnswer(status=403, body=gzip.decompress(page.read_bytes())))
        report, fake = crawl(tmp_path / str(number), site)
        assert report.exit_code == 3
        assert fake.log[-1][1] == MATCH
        assert report.refusal is not None
        assert Path(report.refusal.evidence).is_file()


def test_a_page_that_only_mentions_the_challenge_platform_is_content() -> None:
    """Every page of a guarded site carries that script's address (spec/hltv.md section 8)."""
    mention = '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'
    body = f'<html><i class="team1-gradient"></i>/matches/2/x {mention}{FILLER}</html>'.encode()
    page = PageRef(source="hltv", page_type="match", key="2")
    judged = SOURCE.site.judge(page, Response(status=200, headers={}, body=body))
    assert judged.verdict == "content"


@pytest.mark.parametrize(
    ("answer", "rests_s"),
    [
        (CHALLENGE, 3600),
        (FakeAnswer(status=403, body=b"error code: 1020"), 3600),
        (FakeAnswer(status=429, headers={"Retry-After": "7200"}), 7200),
        (FakeAnswer(status=503, headers={"Retry-After": "Sat, 21 Nov 2026 15:00:00 GMT"}), 10_700),
    ],
)
def test_a_refusal_is_remembered_by_the_next_run(
    tmp_path: Path, answer: FakeAnswer, rests_s: int
) -> None:
    site = once(answer)
    report, _ = crawl(tmp_path, site)
    assert report.refusal is not None
    said = next(line for line in report.refusal.lines() if line.startswith("Trying again"))
    assert "2026-11-21 1" in said
    with open_collection(tmp_path, FakeClock()) as collection:
        (until, _), *_ = collection.manifest.host_waits(START).values()
    assert timedelta(seconds=rests_s) <= until - START <= timedelta(seconds=rests_s + 300)

    early = FakeClock(elapsed_s=rests_s - PATIENCE_S - 10)
    report, fake = crawl(tmp_path, site, clock=early)
    assert fake.log == []
    assert (report.ending, report.exit_code) == ("refused", 3)
    assert report.counts.asked == 0
    assert report.refusal is not None
    text = " ".join(report.refusal.lines())
    assert "said to an earlier run; nothing was asked for now" in text
    assert "Trying again makes sense after 2026-11-21 1" in text
    assert report.refusal.evidence == ""

    report, _ = crawl(tmp_path, site, clock=FakeClock(elapsed_s=rests_s + 300))
    assert (report.whole, report.exit_code) == (3, 0)


def test_a_short_rest_is_told_and_waited_for(tmp_path: Path) -> None:
    site = once(FakeAnswer(status=429, headers={"Retry-After": "600"}))
    report, fake = crawl(tmp_path, site, stopped=lambda: MATCH in site.asked)
    assert report.ending == "interrupted"
    asked_s = fake.log[-1][0]
    heard, clock = Heard(), FakeClock(elapsed_s=asked_s + 5)
    report, fake = crawl(tmp_path, site, clock=clock, reporter=heard)
    assert fake.log[0][0] >= asked_s + 600
    assert report.whole == 3
    (told,) = [text for text in heard.said if HOST in text]
    assert told.startswith(f"{HOST} asked an earlier run for patience (status 429: ")


def test_only_the_host_that_asked_is_left_alone(tmp_path: Path) -> None:
    with open_collection(tmp_path, FakeClock()) as collection:
        collection.manifest.put_host(
            "example.org", not_before=START + timedelta(days=2), why="status 429"
        )
    report, _ = crawl(tmp_path, TinySite(matches=2))
    assert report.exit_code == 0


def test_a_rule_of_robots_is_no_rest(tmp_path: Path) -> None:
    site = TinySite(matches=2, robots=FakeAnswer(body=b"User-agent: *\nDisallow: /results"))
    report, _ = crawl(tmp_path, site)
    assert report.refusal is not None
    assert "only when the site's robots.txt changes" in " ".join(report.refusal.lines())
    with open_collection(tmp_path, FakeClock()) as collection:
        assert collection.manifest.host_waits(START) == {}


def test_what_robots_forbids_is_shown_and_recorded(tmp_path: Path) -> None:
    robots = FakeAnswer(body=b"User-agent: *\nDisallow: /stats/matches/economy/")
    heard = Heard()
    report, _ = crawl(tmp_path, TinySite(matches=8, robots=robots), reporter=heard)
    told = [text for text in heard.said if text.startswith("skipped: ")]
    assert len(told) == 5 < report.counts.skipped
    assert "robots.txt disallows it; others are in the log" in told[-1]
    with open_collection(tmp_path, FakeClock()) as collection:
        counts = {one.page_type: one.skipped for one in collection.manifest.counts()}
    assert counts["economy"] == report.counts.skipped


def test_a_redirect_into_what_robots_forbids_is_skipped(tmp_path: Path) -> None:
    robots = FakeAnswer(body=b"User-agent: *\nDisallow: /matches/2/new")
    site = TinySite(matches=3, robots=robots, moved=frozenset({2}))
    report, fake = crawl(tmp_path, site)
    assert f"{BASE}/matches/2/new" not in asked(fake)
    assert (report.counts.skipped, report.untouched, report.exit_code) == (1, 1, 0)
    assert asked(crawl(tmp_path, site)[1]) == []


@pytest.mark.parametrize("answer", [
    FakeAnswer(body=b"User-agent: *\nDisallow: /\nCrawl-delay: 20"), FakeAnswer(status=503),
])  # fmt: skip
def test_robots_is_overridden_only_by_an_explicit_option(
    tmp_path: Path, answer: FakeAnswer
) -> None:
    site = TinySite(matches=2, robots=answer)
    assert crawl(tmp_path, site)[0].exit_code == 3
    report, fake = crawl(
        tmp_path, site, options(ignore_robots=True), clock=FakeClock(elapsed_s=500)
    )
    assert (report.whole, report.exit_code) == (2, 0)
    with open_collection(tmp_path, FakeClock()) as collection:
        (newest, *_) = collection.manifest.crawls()
        assert json.loads(newest.options)["robots"] == "ignore"
        assert collection.manifest.captures_of(f"{BASE}/robots.txt")
    starts = [start for start, url in fake.log if "robots" not in url]
    if answer.status == 200:
        assert min(b - a for a, b in itertools.pairwise(starts)) >= 20


def test_a_crawl_delay_is_told_and_kept_from_the_first_page_on(tmp_path: Path) -> None:
    robots, heard = FakeAnswer(body=b"User-agent: *\nCrawl-delay: 20"), Heard()
    _, fake = crawl(tmp_path, TinySite(matches=2, robots=robots), reporter=heard)
    starts = [start for start, _ in fake.log]
    assert min(b - a for a, b in itertools.pairwise(starts)) >= 20
    assert f"{HOST} asks for 20.0 s between requests: pace 20-25 s there." in heard.said


def test_a_crawl_delay_of_days_refuses(tmp_path: Path) -> None:
    robots = FakeAnswer(body=b"User-agent: *\nCrawl-delay: 100000")
    report, fake = crawl(tmp_path, TinySite(matches=2, robots=robots))
    assert (report.ending, len(fake.log)) == ("refused", 1)
    assert report.refusal is not None
    assert "only when the site's robots.txt changes" in " ".join(report.refusal.lines())


def test_patience_that_is_waited_for_is_told(tmp_path: Path) -> None:
    heard = Heard()
    crawl(tmp_path, once(FakeAnswer(status=503, headers={"Retry-After": "90"})), reporter=heard)
    assert f"{HOST} asks for 1 min 30 s of patience: status 503" in heard.said


def test_a_robots_that_leads_elsewhere_says_where_to(tmp_path: Path) -> None:
    moved = FakeAnswer(status=301, headers={"Location": "https://example.org/robots.txt"})
    report, _ = crawl(tmp_path, TinySite(matches=2, robots=moved))
    assert report.refusal is not None
    where = "redirect to another site: https://example.org/robots.txt"
    assert report.refusal.problem == f"robots.txt answered status 301 ({where})"


def test_a_wall_is_obeyed_even_where_robots_is_not(tmp_path: Path) -> None:
    report, fake = crawl(
        tmp_path, TinySite(matches=2, robots=CHALLENGE), options(ignore_robots=True)
    )
    assert report.exit_code == 3
    assert len(fake.log) == 1


def test_a_wall_before_robots_is_no_rule_that_later_runs_go_by(tmp_path: Path) -> None:
    site = TinySite(matches=2, robots=CHALLENGE)
    crawl(tmp_path, site)
    site.robots = FakeAnswer(body=b"User-agent: *\nDisallow: /")
    report, fake = crawl(tmp_path, site, clock=FakeClock(elapsed_s=4000))
    assert [url for _, url in fake.log] == [f"{BASE}/robots.txt"]
    assert report.refusal is not None
    assert report.refusal.problem == "robots.txt disallows it"


def test_the_archive_and_the_user_are_told_that_robots_is_ignored(tmp_path: Path) -> None:
    heard, place = Heard(), Place(folder=tmp_path, contact="")
    crawl_list((), SOURCE, options(ignore_robots=True), place, heard)
    assert any("WARNING: what robots.txt forbids is asked for" in text for text in heard.said)
    assert any("--contact" in text for text in heard.said), "nobody answers for a foreign host"
    heard = Heard()
    crawl_list((), SOURCE, options(), Place(folder=tmp_path, contact="me@example.org"), heard)
    assert not any("--contact" in text or "WARNING" in text for text in heard.said)
    assert any("(+me@example.org)" in text for text in heard.said)


def test_the_warcinfo_names_the_policy(tmp_path: Path) -> None:
    crawl(tmp_path, TinySite(matches=1), options(ignore_robots=True))
    blocks = [
        record.block.decode()
        for path in tmp_path.glob("*.warc.gz")
        for record in read_records(path)
        if isinstance(record, Record) and record.type == "warcinfo"
    ]
    assert blocks
    assert all("robots: ignore" in block for block in blocks)


def test_the_crawl_says_who_it_is() -> None:
    assert user_agent("me@example.org").startswith("Warchouse/")
    with pytest.raises(UsageError):
        user_agent("me\r\nX: y")
