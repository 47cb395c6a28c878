"""What is asked for again, how often, and what is left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fetch.limits import Limits
from fetch.links import Link
from fetch.refetch import MOST_LOOKS, read_refetch_list
from fetch.retry import MOST_ATTEMPTS
from fetch.sources.hltv import SOURCE
from tests.fakes import FakeAnswer, FakeClock
from tests.fetch.crawling import asked, crawl, listed, open_collection, options
from tests.fetch.tiny_site import BASE, FIRST_MS, TinySite
from warc.errors import UsageError
from warc.sites.hltv import HLTV

HOUR = 3600.0
MATCH = f"{BASE}/matches/2/old"


@dataclass(slots=True)
class Heard:
    """A reporter that remembers what was said."""

    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def advance(self, done: int, left: int, page: str) -> None:
        """Not of interest."""

    def close(self) -> None:
        """Nothing to end."""


def links(*urls: str) -> tuple[Link, ...]:
    found = [(url, HLTV.locate(url)) for url in urls]
    return tuple(Link(url, page) for url, page in found if page is not None)


def clock_after(hours: float) -> FakeClock:
    """So many hours after the newest of three matches has ended."""
    ended = datetime.fromtimestamp((FIRST_MS + 3 * 60_000) / 1000, UTC)
    return FakeClock(start=ended + timedelta(hours=hours))


# -- failed pages ----------------------------------------------------------------------------


def test_failed_pages_are_tried_again_by_the_next_runs_and_then_given_up(tmp_path: Path) -> None:
    site = TinySite(
        matches=3, fault=lambda url, _: FakeAnswer(status=500) if "/matches/2/" in url else None
    )
    heard = Heard()
    often = options(limits=Limits(failures=9))
    for run in range(5):
        clock = FakeClock(elapsed_s=2 * HOUR * run)
        report, _ = crawl(tmp_path, site, often, clock=clock, reporter=heard)
        assert report.untouched == 1
    assert site.asked[MATCH] == MOST_ATTEMPTS
    assert heard.said.count("Pages tried again, because they failed in an earlier run: 1.") == 2
    assert report.exit_code == 0, "what was given up before is not this run's failure"
    report, _ = crawl(tmp_path, site, options(retry_failed=True), clock=FakeClock(elapsed_s=90_000))
    assert site.asked[MATCH] > MOST_ATTEMPTS
    site.fault = lambda _url, _before: None
    report, _ = crawl(tmp_path, site, clock=FakeClock(elapsed_s=95_000))
    assert report.whole == 3


# -- pages that may have changed -------------------------------------------------------------


def test_a_match_captured_soon_after_it_ended_gets_one_more_look(tmp_path: Path) -> None:
    site = TinySite(matches=3)
    crawl(tmp_path, site, clock=clock_after(2))
    assert asked(crawl(tmp_path, site, clock=clock_after(40))[1]) == []
    heard = Heard()
    report, fake = crawl(tmp_path, site, clock=clock_after(49), reporter=heard)
    assert Counter(asked(fake)) == Counter(site.content_urls())
    assert report.counts.unchanged == report.counts.processed
    assert any("captured less than 48 h after their event" in text for text in heard.said)
    assert asked(crawl(tmp_path, site, clock=clock_after(60))[1]) == []


def test_a_match_captured_late_gets_no_second_look(tmp_path: Path) -> None:
    site = TinySite(matches=3)
    crawl(tmp_path, site, clock=clock_after(50))
    assert asked(crawl(tmp_path, site, clock=clock_after(500))[1]) == []


def test_every_page_type_that_a_match_leads_to_settles() -> None:
    assert set(SOURCE.fresh_within) == {"match", "map_stats", "performance", "economy"}


def test_a_row_whose_time_is_in_no_calendar_is_still_a_match(tmp_path: Path) -> None:
    site = TinySite(matches=1)
    odd = site.listing(0).replace(str(FIRST_MS + 60_000).encode(), b"9" * 14)
    site.fault = lambda url, _: FakeAnswer(body=odd) if "/results" in url else None
    assert crawl(tmp_path, site)[0].whole == 1


# -- a list of pages -------------------------------------------------------------------------


def test_a_list_is_read_with_reasons_comments_and_stand_ins(tmp_path: Path) -> None:
    file = tmp_path / "refetch.tsv"
    file.write_text(
        f"\ufeff# pages\n\n{MATCH}\ttoo short\nhttps://hltv.org/matches/2/other\n"
        "http://127.0.0.1:9/matches/3/x\tpartial\twhy\n",
        "utf-8",
    )
    found = read_refetch_list(file, site=HLTV, base_url="http://127.0.0.1:9")
    assert [link.url for link in found] == [
        "http://127.0.0.1:9/matches/2/old",
        "http://127.0.0.1:9/matches/3/x",
    ]


@pytest.mark.parametrize("url", ["https://example.org/matches/2/x", f"{BASE}/about", "matches/2/x"])
def test_a_line_that_is_no_page_is_named(tmp_path: Path, url: str) -> None:
    file = tmp_path / "refetch.tsv"
    file.write_text(f"{MATCH}\n{url}\n", "utf-8")
    with pytest.raises(UsageError, match=r"refetch\.tsv, line 2: .* is no page of hltv"):
        read_refetch_list(file, site=HLTV, base_url=BASE)
    with pytest.raises(UsageError, match="cannot be read"):
        read_refetch_list(tmp_path / "none", site=HLTV, base_url=BASE)


def test_the_pages_of_a_list_are_asked_for_again_and_no_others(tmp_path: Path) -> None:
    site = TinySite(matches=6)
    crawl(tmp_path, site)
    wish = options(refetch_list=links(MATCH, f"{BASE}/matches/5/old", f"{BASE}/results?offset=5"))
    report, fake = crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=HOUR))
    assert asked(fake) == [f"{BASE}/matches/5/old", MATCH]
    assert listed(fake) == ["0", "5"]
    assert report.exit_code == 0


def test_a_page_of_a_list_that_is_not_known_yet_is_added(tmp_path: Path) -> None:
    site = TinySite(matches=3)
    crawl(tmp_path, site)
    new = f"{BASE}/stats/matches/mapstatsid/991/m"
    _, fake = crawl(tmp_path, site, options(refetch_list=links(new)))
    assert asked(fake)[0] == new


def test_a_page_that_came_back_unchanged_is_left_out(tmp_path: Path) -> None:
    site = TinySite(matches=3)
    crawl(tmp_path, site)
    wish = options(refetch_list=links(MATCH))
    _, fake = crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=HOUR))
    assert asked(fake) == [MATCH]
    report, fake = crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=2 * HOUR))
    assert asked(fake) == []
    assert report.counts.left_out == 1
    assert "left out 1 of the list" in report.lines()[1]


def test_a_page_that_keeps_changing_is_looked_at_three_times(tmp_path: Path) -> None:
    site = TinySite(matches=3)
    body = site.match(2)
    site.fault = lambda url, before: (
        FakeAnswer(body=body.replace(b"</body>", b"<!--%d--></body>" % before))
        if "/matches/2/" in url
        else None
    )
    for run in range(MOST_LOOKS + 3):
        crawl(
            tmp_path,
            site,
            options(refetch_list=links(MATCH)) if run else None,
            clock=FakeClock(elapsed_s=run * HOUR),
        )
    assert site.asked[MATCH] == 1 + MOST_LOOKS


def test_a_list_is_bounded_and_a_cut_run_is_continued(tmp_path: Path) -> None:
    site = TinySite(matches=8)
    crawl(tmp_path, site)
    wanted = [f"{BASE}/matches/{match}/old" for match in range(1, 9)]
    wish = options(refetch_list=links(*wanted), max_refetch=5)
    report, fake = crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=HOUR))
    assert sorted(asked(fake)) == wanted[:5]
    assert report.counts.left_out == 3
    _, fake = crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=2 * HOUR))
    assert sorted(asked(fake)) == wanted[5:]


def test_the_memory_of_looks_survives_a_deleted_manifest(tmp_path: Path) -> None:
    site = TinySite(matches=3)
    crawl(tmp_path, site)
    wish = options(refetch_list=links(MATCH))
    crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=HOUR))
    for path in tmp_path.glob("manifest*"):
        path.unlink()
    _, fake = crawl(tmp_path, site, wish, clock=FakeClock(elapsed_s=2 * HOUR))
    assert asked(fake) == []


def test_what_a_page_leads_to_inherits_when_its_match_ended(tmp_path: Path) -> None:
    crawl(tmp_path, TinySite(matches=3))
    with open_collection(tmp_path, FakeClock()) as collection:
        moments = {
            page.event_at
            for url in TinySite(matches=3).content_urls(range(3, 4))
            if (page := collection.manifest.page(url))
        }
    assert moments == {datetime.fromtimestamp((FIRST_MS + 180_000) / 1000, UTC)}
