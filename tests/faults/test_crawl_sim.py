"""Crawls under random trouble from a seed: stalls, 429, resets, half bodies, kills."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from fetch.errors import BadAnswer, ConnectionLost, FetchError, TimedOut
from tests.fakes import FakeAnswer, FakeClock, FakeTransport
from tests.fetch.crawling import PACE, crawl, open_collection, options
from tests.fetch.tiny_site import FILLER, TinySite
from warc.http import decode_body
from warc.reader import read_records
from warc.record import Record


class Killed(BaseException):
    """The process is gone."""


TROUBLES: tuple[FakeAnswer | FetchError, ...] = (
    FakeAnswer(status=429, headers={"Retry-After": "20"}),
    FakeAnswer(status=500, body=b"oops"),
    FakeAnswer(status=503),
    FakeAnswer(body=b"<html><div class=team1-gradient>", truncated="disconnect"),
    FakeAnswer(body=b""),
    FakeAnswer(body=f"<html>something else{FILLER}</html>".encode()),
    ConnectionLost("closed", url="x"),
    TimedOut("too slow", url="x"),
    BadAnswer("not HTTP", url="x"),
)


class Trouble:
    """Trouble in one answer of eight, a kill in one of sixty; none once it is calmed."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.calm = False
        self.good: Counter[str] = Counter()

    def __call__(self, url: str, _before: int) -> FakeAnswer | FetchError | None:
        if not self.calm:
            if self.chance.random() < 1 / 60:
                raise Killed
            if self.chance.random() < 1 / 8:
                return self.chance.choice(TROUBLES)
        self.good[url] += 1
        return None


def archived(folder: Path, clock: FakeClock, urls: set[str]) -> set[str]:
    with open_collection(folder, clock) as collection:
        return {
            url
            for url in urls
            if any(one.verdict == "content" for one in collection.manifest.captures_of(url))
        }


@pytest.mark.parametrize("seed", range(6))
def test_runs_that_are_troubled_and_killed_end_with_everything_archived(
    tmp_path: Path, seed: int
) -> None:
    trouble = Trouble(seed)
    site = TinySite(matches=14, fault=trouble)
    clock = FakeClock()
    log: list[tuple[float, str]] = []
    for _ in range(60):
        trouble.calm = trouble.chance.random() < 0.1
        known = archived(tmp_path, clock, site.content_urls())
        before = Counter(site.asked)
        transport = FakeTransport(site, clock)
        try:
            report, _ = crawl(
                tmp_path,
                site,
                options(retry_failed=True),
                clock=clock,
                seed=seed,
                transport=transport,
            )
        except Killed:
            report = None
        log = transport.log
        starts = [start for start, _ in log]
        assert all(b - a >= PACE.min_s for a, b in itertools.pairwise(starts)), seed
        asked_again = {url for url in known if site.asked[url] > before[url]}
        assert not asked_again, (seed, "archived pages were asked for again")
        if report is not None and report.whole == 14 and report.exit_code == 0:
            break
        clock.elapsed_s += 7 * 3600.0  # pages that kept failing are left alone for six hours
    else:
        pytest.fail(f"seed {seed}: not finished after 60 runs")
    assert archived(tmp_path, clock, site.content_urls()) == site.content_urls()


def test_what_is_archived_is_what_the_site_said(tmp_path: Path) -> None:
    trouble = Trouble(3)
    trouble.calm = True
    site = TinySite(matches=8, fault=trouble)
    crawl(tmp_path, site)
    with open_collection(tmp_path, FakeClock()) as collection:
        manifest = collection.manifest
        for url in sorted(site.content_urls()):
            (capture,) = manifest.captures_of(url)
            body = decode_body(collection.read_capture(capture))
            assert body == site.answer(url.removeprefix("https://www.hltv.org")).body
    for path in tmp_path.glob("*.warc.gz"):
        assert all(isinstance(record, Record) for record in read_records(str(path)))


def test_a_manifest_made_again_from_the_archive_asks_for_nothing_again(tmp_path: Path) -> None:
    site = TinySite(matches=9)
    crawl(tmp_path, site)
    for path in tmp_path.glob("manifest.sqlite*"):
        path.unlink()
    before = Counter(site.asked)
    report, _ = crawl(tmp_path, site, clock=FakeClock(elapsed_s=100.0))
    assert report.whole == 9
    again = {url for url, count in site.asked.items() if count > before[url]}
    assert all("/results" in url for url in again)
