"""Several pages in flight: the same pages, the same pace, nothing lost."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from pathlib import Path

import pytest

from fetch.pace import Pace
from fetch.task_pool import TaskPool
from tests.fakes import FakeAnswer
from tests.fetch.crawling import PACE, asked, crawl, options
from tests.fetch.tiny_site import BASE, TinySite


@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_every_page_is_asked_for_once_at_the_hosts_pace(tmp_path: Path, at_once: int) -> None:
    site = TinySite(matches=23)
    report, fake = crawl(tmp_path, site, at_once=at_once)
    assert Counter(asked(fake)) == Counter(site.content_urls())
    assert (report.whole, report.exit_code) == (23, 0)
    starts = [start for start, _ in fake.log]
    assert all(b - a >= PACE.min_s - 1e-9 for a, b in itertools.pairwise(starts))


@pytest.mark.parametrize("limit", [1, 5, 6, 9])
def test_no_page_more_than_the_limit_is_asked_for(tmp_path: Path, limit: int) -> None:
    fast = options(max_pages=limit, pace=Pace(0.0, 0.0))
    report, fake = crawl(tmp_path, TinySite(matches=9), fast, at_once=4)
    assert report.ending == "limit"
    assert len(fake.log) == limit + 1  # robots.txt


def test_a_refusal_ends_what_waits_for_its_turn(tmp_path: Path) -> None:
    wall = FakeAnswer(status=403, body=b"error code: 1020")
    site = TinySite(matches=9, fault=lambda url, _: wall if "/matches/9/" in url else None)
    report, fake = crawl(tmp_path, site, at_once=4)
    assert report.exit_code == 3
    assert fake.log[-1][1] == f"{BASE}/matches/9/old"


def test_a_stop_lets_what_is_in_flight_end(tmp_path: Path) -> None:
    site = TinySite(matches=9)
    report, fake = crawl(tmp_path, site, at_once=3, stopped=lambda: sum(site.asked.values()) >= 7)
    assert report.ending == "interrupted"
    assert report.counts.asked == len(fake.log) - 1
    report, _ = crawl(tmp_path, site)
    assert report.whole == 9
    assert all(count == 1 for url, count in site.asked.items() if "/results" not in url)


def test_what_a_task_raises_is_never_lost() -> None:
    async def fails() -> None:
        raise ValueError("lost")

    async def lasts() -> None:
        await asyncio.sleep(60)

    async def run() -> None:
        pool = TaskPool(2)
        pool.start("a", fails())
        pool.start("b", lasts())
        assert pool.is_full
        assert "a" in pool
        with pytest.raises(ValueError, match="lost"):
            await pool.all_done()
        await pool.cancel()
        assert len(pool) == 0
        await pool.next_done()

    asyncio.run(run())
