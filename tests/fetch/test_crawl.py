"""Whole crawls over a simulated site: what is asked for, in which order, and how it ends."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from fetch.errors import ConnectionLost, FetchError
from fetch.limits import MAX_FAILURES, Limits
from fetch.retry import ATTEMPTS
from fetch.sources.hltv import SOURCE
from fetch.walk import WalkPlan
from tests.fakes import FakeAnswer, FakeClock
from tests.fetch.crawling import PACE, asked, crawl, listed, open_collection, options
from tests.fetch.tiny_site import BASE, FILLER, FIRST_MS, TinySite
from warc.errors import UsageError
from warc.http import decode_body
from warc.reader import read_records
from warc.record import Record

CHALLENGE = FakeAnswer(status=403, body=b"<title>Just a moment...</title>_cf_chl_opt")


def test_every_page_is_asked_for_once_and_no_other(tmp_path: Path) -> None:
    site = TinySite(matches=23)
    report, fake = crawl(tmp_path, site)
    assert Counter(asked(fake)) == Counter(site.content_urls())
    assert listed(fake) == ["0", "5", "10", "15", "20"]
    assert report.exit_code == 0
    assert (report.whole, report.partial, report.untouched) == (23, 0, 0)


def test_newest_first_a_match_whole_before_the_next_and_the_listing_in_between(
    tmp_path: Path,
) -> None:
    site = TinySite(matches=7, page_size=3)
    _, fake = crawl(tmp_path, site)
    order = [url.removeprefix(BASE) for _, url in fake.log][1:]
    places = [url for url in order if "/results" in url or "/matches/" in url[:9]]
    assert places == [
        "/results?offset=0",
        *(f"/matches/{match}/old" for match in (7, 6, 5)),
        "/results?offset=3",
        *(f"/matches/{match}/old" for match in (4, 3, 2)),
        "/results?offset=6",
        "/matches/1/old",
    ]
    first = order.index("/matches/7/old")
    assert all("mapstatsid/7" in url for url in order[first + 1 : order.index("/matches/6/old")])


def test_requests_keep_the_pace(tmp_path: Path) -> None:
    _, fake = crawl(tmp_path, TinySite(matches=6))
    starts = [start for start, _ in fake.log]
    gaps = [later - earlier - fake.latency_s for earlier, later in itertools.pairwise(starts)]
    assert all(PACE.min_s - 1e-9 <= gap <= PACE.max_s + 1e-9 for gap in gaps)
    assert len({round(gap, 3) for gap in gaps}) > 3


def test_a_crawl_delay_is_honoured(tmp_path: Path) -> None:
    robots = FakeAnswer(body=b"User-agent: *\nCrawl-delay: 20")
    _, fake = crawl(tmp_path, TinySite(matches=2, robots=robots))
    starts = [start for start, _ in fake.log][1:]
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert min(gaps) >= 20


def test_a_second_run_asks_for_the_first_listing_page_alone(tmp_path: Path) -> None:
    site = TinySite(matches=12)
    crawl(tmp_path, site)
    report, fake = crawl(tmp_path, site, clock=FakeClock(elapsed_s=3600))
    assert [url for _, url in fake.log] == [f"{BASE}/results?offset=0"]
    assert report.lines()[0] == "Nothing to do."
    assert report.exit_code == 0


def test_robots_is_asked_for_again_after_a_day(tmp_path: Path) -> None:
    site = TinySite(matches=1)
    crawl(tmp_path, site)
    _, fake = crawl(tmp_path, site, clock=FakeClock(elapsed_s=86_400))
    assert next(url for _, url in fake.log) == f"{BASE}/robots.txt"


def test_new_results_are_found_and_the_walk_stops_at_covered_ones(tmp_path: Path) -> None:
    site = TinySite(matches=20)
    crawl(tmp_path, site)
    site.matches = 27
    _, fake = crawl(tmp_path, site)
    assert listed(fake) == ["0", "5", "10"]
    assert set(asked(fake)) == site.content_urls(range(21, 28))


def test_a_gap_left_by_a_cut_walk_is_filled(tmp_path: Path) -> None:
    site = TinySite(matches=20)
    report, _ = crawl(tmp_path, site, options(max_pages=9))
    assert report.ending == "limit"
    site.matches = 30
    _, second = crawl(tmp_path, site, options(max_pages=4))
    assert listed(second) == ["0"]
    report, third = crawl(tmp_path, site)
    assert report.whole == 30
    assert listed(third) == ["0", "5", "10", "15", "20", "25"]
    assert all(count == 1 for url, count in site.asked.items() if "/results" not in url)


def test_full_walks_on_and_asks_for_no_content_again(tmp_path: Path) -> None:
    site = TinySite(matches=12)
    crawl(tmp_path, site)
    _, fake = crawl(tmp_path, site, options(WalkPlan(full=True)))
    assert listed(fake) == ["0", "5", "10"]
    assert asked(fake) == []


def test_a_range_takes_its_pages_only(tmp_path: Path) -> None:
    site = TinySite(matches=22)
    plan = WalkPlan(first_offset=5, stop_offset=15, full=True)
    _, fake = crawl(tmp_path, site, options(plan))
    assert listed(fake) == ["5", "10"]
    assert set(asked(fake)) == site.content_urls(range(8, 18))
    _, later = crawl(tmp_path, site)
    assert listed(later) == ["0", "5", "10", "15", "20"]


def test_dates_choose_matches_and_end_the_walk(tmp_path: Path) -> None:
    site = TinySite(matches=22)
    plan = WalkPlan(since_ms=FIRST_MS + 9 * 60_000, until_ms=FIRST_MS + 13 * 60_000)
    _, fake = crawl(tmp_path, site, options(plan))
    assert set(asked(fake)) == site.content_urls(range(9, 13))
    assert listed(fake) == ["0", "5", "10"]


def test_redirects_within_the_site_are_followed_and_the_page_is_done(tmp_path: Path) -> None:
    site = TinySite(matches=3, moved=frozenset({2}))
    report, fake = crawl(tmp_path, site)
    assert report.whole == 3
    assert f"{BASE}/matches/2/new" in asked(fake)
    assert asked(crawl(tmp_path, site)[1]) == []
    with open_collection(tmp_path, FakeClock()) as collection:
        hops = [
            collection.manifest.captures_of(f"{BASE}/matches/2/{slug}")[0].verdict
            for slug in ("old", "new")
        ]
    assert hops == ["redirect", "content"]


def test_a_redirect_loop_and_a_way_out_of_the_site_are_given_up(tmp_path: Path) -> None:
    def fault(url: str, _before: int) -> FakeAnswer | None:
        if "/matches/2/" in url:
            return FakeAnswer(status=302, headers={"Location": url})
        if "/matches/1/" in url:
            return FakeAnswer(status=302, headers={"Location": "https://example.org/"})
        return None

    report, fake = crawl(tmp_path, TinySite(matches=2, fault=fault))
    assert Counter(asked(fake)) == {f"{BASE}/matches/2/old": 6, f"{BASE}/matches/1/old": 1}
    assert (report.counts.failed, report.exit_code) == (2, 1)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (CHALLENGE, "_cf_chl_opt"),
        (FakeAnswer(status=403, body=b"error code: 1020"), "1020"),
        (FakeAnswer(status=200, body=CHALLENGE.body), "_cf_chl_opt"),
        (FakeAnswer(status=429, headers={"Retry-After": "7200"}), "429"),
    ],
)
def test_a_refusal_stops_at_once_and_its_evidence_is_kept(
    tmp_path: Path, answer: FakeAnswer, problem: str
) -> None:
    site = TinySite(matches=9, fault=lambda url, _: answer if "/matches/7/" in url else None)
    report, fake = crawl(tmp_path, site)
    assert fake.log[-1][1] == f"{BASE}/matches/7/old"
    assert report.exit_code == 3
    assert report.refusal is not None
    text = " ".join(report.refusal.lines())
    assert problem in text
    assert "does not solve or dodge challenges" in text
    assert ("2 h 0 min" if answer.status == 429 else "in some hours") in text
    assert Path(report.refusal.evidence).is_file()
    site.fault = lambda _url, _before: None
    report, fake = crawl(tmp_path, site, clock=FakeClock(elapsed_s=8000))
    assert report.whole == 9
    assert site.asked[f"{BASE}/matches/8/old"] == 1


def test_a_wall_before_robots_stops_before_anything_else(tmp_path: Path) -> None:
    report, fake = crawl(tmp_path, TinySite(matches=3, robots=CHALLENGE))
    assert len(fake.log) == 1
    assert report.exit_code == 3


@pytest.mark.parametrize(
    ("robots", "problem"),
    [
        (FakeAnswer(body=b"User-agent: *\nDisallow: /results"), "robots.txt disallows it"),
        (FakeAnswer(status=503), "robots.txt answered status 503"),
    ],
)
def test_a_seed_that_robots_refuses_is_not_asked_for(
    tmp_path: Path, robots: FakeAnswer, problem: str
) -> None:
    report, fake = crawl(tmp_path, TinySite(matches=3, robots=robots))
    assert len(fake.log) == 1
    assert report.exit_code == 3
    assert report.refusal is not None
    assert problem in report.refusal.lines()[0]


def test_pages_that_robots_refuses_are_skipped(tmp_path: Path) -> None:
    robots = FakeAnswer(body=b"User-agent: *\nDisallow: /stats/matches/economy/")
    site = TinySite(matches=3, robots=robots)
    report, fake = crawl(tmp_path, site)
    assert not [url for url in asked(fake) if "economy" in url]
    assert report.counts.skipped == sum(len(site.maps(match)) for match in (1, 2, 3))
    assert report.exit_code == 0


def test_retry_after_is_obeyed(tmp_path: Path) -> None:
    slow = FakeAnswer(status=429, headers={"Retry-After": "333"})
    site = TinySite(
        matches=3, fault=lambda url, before: slow if "/2/old" in url and not before else None
    )
    report, fake = crawl(tmp_path, site)
    place = next(place for place, (_, url) in enumerate(fake.log) if "/2/old" in url)
    assert fake.log[place + 1][0] - fake.log[place][0] >= 333
    assert (report.whole, report.exit_code) == (3, 0)


@pytest.mark.parametrize(
    "trouble",
    [
        FakeAnswer(status=500),
        FakeAnswer(body=b"", truncated="disconnect"),
        FakeAnswer(body=f"<i class=team1-gradient>{FILLER}".encode(), truncated="time"),
        FakeAnswer(body=f"<html>another page{FILLER}</html>".encode()),
        ConnectionLost("closed", url="x"),
    ],
)
def test_trouble_with_one_page_is_tried_again_within_bounds(
    tmp_path: Path, trouble: FakeAnswer | FetchError
) -> None:
    site = TinySite(matches=3, fault=lambda url, _: trouble if "/matches/2/" in url else None)
    report, fake = crawl(tmp_path, site)
    assert asked(fake).count(f"{BASE}/matches/2/old") <= ATTEMPTS
    assert (report.whole, report.untouched) == (2, 1)
    assert report.exit_code == 1


def test_trouble_that_passes_leaves_no_trace_in_the_result(tmp_path: Path) -> None:
    site = TinySite(
        matches=3,
        fault=lambda url, before: (
            FakeAnswer(status=502) if "mapstatsid/31" in url and before < 2 else None
        ),
    )
    report, _ = crawl(tmp_path, site, options(limits=Limits(failures=9)))
    assert (report.whole, report.counts.failed, report.exit_code) == (3, 0, 0)


def test_failures_in_a_row_stop_the_crawl(tmp_path: Path) -> None:
    site = TinySite(
        matches=9, fault=lambda url, _: FakeAnswer(status=503) if "/matches/" in url else None
    )
    report, fake = crawl(tmp_path, site)
    assert len(asked(fake)) == MAX_FAILURES
    assert (report.ending, report.exit_code) == ("trouble", 1)


def test_a_missing_page_is_given_up_at_once_and_stays_so(tmp_path: Path) -> None:
    site = TinySite(
        matches=3, fault=lambda url, _: FakeAnswer(status=404) if "/matches/2/" in url else None
    )
    report, fake = crawl(tmp_path, site)
    assert asked(fake).count(f"{BASE}/matches/2/old") == 1
    assert report.exit_code == 1
    report, fake = crawl(tmp_path, site)
    assert asked(fake) == []
    site.fault = lambda _url, _before: None
    report, fake = crawl(tmp_path, site, options(retry_failed=True))
    assert set(asked(fake)) == site.content_urls(range(2, 3))


@pytest.mark.parametrize(
    ("refetch", "again"),
    [
        (("match",), range(1, 7)),
        (("3",), range(3, 4)),
        (("all",), range(1, 7)),
    ],
)
def test_refetch_asks_again(tmp_path: Path, refetch: tuple[str, ...], again: range) -> None:
    site = TinySite(matches=6)
    crawl(tmp_path, site)
    clock = FakeClock(elapsed_s=5000)
    _, fake = crawl(tmp_path, site, options(refetch=refetch), clock=clock)
    expected = site.content_urls(again)
    if refetch == ("match",):
        expected = {url for url in expected if "mapstatsid" not in url}
    assert Counter(asked(fake)) == Counter(expected)
    assert asked(crawl(tmp_path, site, clock=FakeClock(elapsed_s=9000))[1]) == []


def test_a_refetch_that_was_cut_is_continued_by_the_same_command(tmp_path: Path) -> None:
    site = TinySite(matches=6)
    crawl(tmp_path, site)
    site.asked.clear()
    wish = options(refetch=("all",), max_pages=8)
    report, _ = crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=5000))
    assert report.ending == "limit"
    wish = options(refetch=("all",))
    assert crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=7000))[0].whole == 6
    once = dict.fromkeys(site.content_urls(), 1)
    content = {url: count for url, count in site.asked.items() if url in once}
    assert content == once
    crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=9000))
    assert site.asked[f"{BASE}/matches/3/old"] == 2


def test_a_match_whose_refetch_was_killed_is_refetched_with_its_maps(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    site = TinySite(matches=3)
    crawl(tmp_path, site)

    def dies(url: str, _before: int) -> FakeAnswer | None:
        if "mapstatsid/31" in url:
            raise Killed
        return None

    site.fault, wish = dies, options(refetch=("3",))
    with pytest.raises(Killed):
        crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=5000))
    site.fault = lambda _url, _before: None
    _, fake = crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=6000))
    assert set(asked(fake)) == site.content_urls(range(3, 4)) - {f"{BASE}/matches/3/old"}


def test_what_a_deleted_manifest_had_queued_is_found_again(tmp_path: Path) -> None:
    """The walk had ended, its last finds were not asked for yet: only the manifest knew them."""
    site = TinySite(matches=12)
    before_the_last = len(site.content_urls(range(3, 13))) + 3
    report, first = crawl(tmp_path, site, options(max_pages=before_the_last))
    assert listed(first) == ["0", "5", "10"]
    assert (report.ending, report.untouched) == ("limit", 2)
    for path in tmp_path.glob("manifest*"):
        path.unlink()
    report, fake = crawl(tmp_path, site, clock=FakeClock(elapsed_s=90_000))
    assert set(asked(fake)) == site.content_urls(range(1, 3))
    assert report.whole == 12


def test_a_page_that_no_request_reached_leaves_its_reason_in_the_archive(tmp_path: Path) -> None:
    def fault(url: str, _before: int) -> FetchError | None:
        return ConnectionLost("closed", url=url) if "/matches/2/" in url else None

    clock = FakeClock()
    crawl(tmp_path, TinySite(matches=3, fault=fault), clock=clock)
    noted = [
        record.block
        for path in tmp_path.glob("*.warc.gz")
        for record in read_records(path)
        if isinstance(record, Record) and record.target_uri == f"{BASE}/matches/2/old"
    ]
    assert len(noted) == 1
    assert b"outcome: failed\r\nreason: closed\r\nnext-try: 2026-11-21T18:" in noted[0]
    for path in tmp_path.glob("manifest*"):
        path.unlink()
    with open_collection(tmp_path, clock) as collection:
        page = collection.manifest.page(f"{BASE}/matches/2/old")
        assert page is not None
        assert page.attempts == ATTEMPTS
        due = collection.manifest.next_due(clock.now())
        assert due is not None
        assert due > clock.now() + timedelta(hours=5)


def test_a_body_longer_than_any_page_is_archived_and_not_read(tmp_path: Path) -> None:
    """Stored to the last byte, as a wrong page: sent long or inflating to it."""
    long = (
        b"<html>" + b"x" * (SOURCE.site.max_page_bytes + 1) + b"team1-gradient /matches/2/x</html>"
    )
    site = TinySite(matches=2)
    site.fault = lambda url, _: FakeAnswer(body=long) if "/matches/2/" in url else None
    report, _ = crawl(tmp_path, site, options(max_pages=2))
    assert report.counts.processed == 0
    with open_collection(tmp_path, FakeClock()) as collection:
        captures = collection.manifest.captures_of(f"{BASE}/matches/2/old")
        assert {capture.verdict for capture in captures} <= {"truncated", "wrong_page"}
        assert decode_body(collection.read_capture(captures[0])) == long


@pytest.mark.parametrize("answer", [
    FakeAnswer(body=b"User-agent: *\nDis", truncated="disconnect"),
    FakeAnswer(body=b"Disallow: /", headers={"Content-Encoding": "gzip, gzip"}),
])  # fmt: skip
def test_a_robots_txt_that_cannot_be_read_whole_allows_nothing(
    tmp_path: Path, answer: FakeAnswer
) -> None:
    site = TinySite(matches=1, robots=answer)
    report, fake = crawl(tmp_path, site)
    assert report.exit_code == 3
    assert len(fake.log) == 1
    site.robots = FakeAnswer()
    assert crawl(tmp_path, site)[0].whole == 1


def test_a_robots_txt_that_asks_for_patience_says_for_how_long(tmp_path: Path) -> None:
    robots = FakeAnswer(status=429, headers={"Retry-After": "7200"})
    report, _ = crawl(tmp_path, TinySite(matches=1, robots=robots))
    assert report.refusal is not None
    assert "after 2 h 0 min, as the site asks" in "".join(report.refusal.lines())


def test_refetching_an_unknown_match_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--refetch 4711: no such match is known here"):
        crawl(tmp_path, TinySite(matches=1), options(refetch=("4711",)))


def test_a_stop_ends_after_what_is_in_flight_and_the_next_run_continues(tmp_path: Path) -> None:
    site = TinySite(matches=9)
    report, fake = crawl(tmp_path, site, stopped=lambda: sum(site.asked.values()) >= 7)
    assert (report.ending, report.exit_code) == ("interrupted", 130)
    assert len(fake.log) == 7
    report, _ = crawl(tmp_path, site)
    assert report.whole == 9
    assert all(count == 1 for url, count in site.asked.items() if "/results" not in url)


def test_a_stop_while_a_host_is_waited_for_asks_for_nothing_more(tmp_path: Path) -> None:
    site = TinySite(matches=9)
    report, fake = crawl(tmp_path, site, stopped=lambda: bool(site.asked))
    assert (report.ending, report.exit_code) == ("interrupted", 130)
    assert [url for _, url in fake.log] == [f"{BASE}/robots.txt"]


def test_an_empty_page_after_a_short_one_is_the_end(tmp_path: Path) -> None:
    site = TinySite(matches=4)
    broken = site.listing(0).replace(b'"pagination-next inactive"', b'"gone"')
    empty = f"<html>results{FILLER}</html>".encode()

    def fault(url: str, _before: int) -> FakeAnswer | None:
        if "/results" not in url:
            return None
        return FakeAnswer(body=broken if url.endswith("=0") else empty)

    site.fault = fault
    report, fake = crawl(tmp_path, site)
    assert listed(fake) == ["0", "100"]
    assert (report.whole, report.exit_code) == (4, 0)


def test_a_listing_that_cannot_be_had_ends_the_walk_but_not_the_run(tmp_path: Path) -> None:
    site = TinySite(
        matches=12, fault=lambda url, _: FakeAnswer(status=404) if url.endswith("=5") else None
    )
    report, fake = crawl(tmp_path, site)
    assert set(asked(fake)) == site.content_urls(range(8, 13))
    assert report.exit_code == 1
    site.fault = lambda _url, _before: None
    assert crawl(tmp_path, site)[0].whole == 12


def test_pages_archived_by_a_killed_run_are_expanded_without_being_asked_again(
    tmp_path: Path,
) -> None:
    class Killed(BaseException):
        pass

    site = TinySite(matches=6)
    clock = FakeClock()

    def dies(url: str, _before: int) -> FakeAnswer | None:
        if "/matches/3/" in url:
            raise Killed
        return None

    site.fault = dies
    with pytest.raises(Killed):
        crawl(tmp_path, site, clock=clock)
    with open_collection(tmp_path, clock) as collection:
        manifest = collection.manifest
        manifest._connection.execute("UPDATE captures SET expanded = 0")
        manifest._connection.execute("DELETE FROM pages WHERE page_type <> 'match'")
        archived = {
            url
            for url in site.content_urls()
            if any(one.verdict == "content" for one in manifest.captures_of(url))
        }
    assert archived
    site.fault = lambda _url, _before: None
    report, fake = crawl(tmp_path, site, clock=FakeClock(start=clock.now() + timedelta(minutes=5)))
    assert report.whole == 6
    assert not archived & set(asked(fake))
