"""What a manifest knows beyond one run: events, put-off pages, hosts, pace, blocked pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warc.a_site import START, url_of
from tests.warc.test_manifest import HOUR, capture, due, page
from warc.manifest import Manifest
from warc.manifest_rows import Families, PageCounts, to_us

WITHIN = timedelta(hours=48)
ENDED = START - WITHIN / 2
SETTLED = ENDED + WITHIN


@pytest.fixture
def manifest(tmp_path: Path) -> Iterator[Manifest]:
    opened = Manifest(tmp_path / "manifest.sqlite")
    yield opened
    opened.close()


def test_an_event_is_kept_until_another_time_is_told(manifest: Manifest) -> None:
    told = [replace(page(1), event_at=ENDED), page(1), page(2)]
    manifest.add_pages(told)
    found = manifest.page(url_of(1))
    assert found is not None
    assert found.event_at == ENDED
    manifest.add_pages([replace(page(1), event_at=START)])
    events = [one.event_at for one in manifest.due(START, 9)]
    assert events == [START, None]


def test_a_page_that_is_wanted_afresh_is_not_untouched(manifest: Manifest) -> None:
    manifest.add_pages([page(1), page(2)])
    manifest.add_capture(capture(1))
    assert manifest.families("p") == Families(whole=1, untouched=1)
    manifest.refetch(wanted_at=START + HOUR)
    assert manifest.families("p") == Families(partial=1, untouched=1)


def test_a_page_captured_too_early_is_wanted_once_its_subject_has_settled(
    manifest: Manifest,
) -> None:
    manifest.add_pages([replace(page(key), event_at=ENDED) for key in (1, 2, 3)] + [page(4)])
    manifest.add_capture(capture(1))
    manifest.add_capture(capture(2, at=SETTLED))
    manifest.add_capture(capture(4))
    assert due(manifest) == ["3"]
    early = SETTLED - timedelta(microseconds=1)
    assert manifest.want_fresh("p", within=WITHIN, now=early) == 0
    assert manifest.want_fresh("other", within=WITHIN, now=SETTLED) == 0
    assert manifest.want_fresh("p", within=WITHIN, now=SETTLED) == 1
    assert manifest.want_fresh("p", within=WITHIN, now=SETTLED + HOUR) == 0
    assert due(manifest) == ["1", "3"]
    manifest.refresh()
    assert due(manifest) == ["1", "3"]
    manifest.add_capture(capture(1, at=SETTLED + HOUR))
    assert due(manifest) == ["3"]
    assert manifest.want_fresh("p", within=WITHIN, now=SETTLED + HOUR) == 0


def test_a_fresh_look_forgets_failures_but_not_refusals(manifest: Manifest) -> None:
    manifest.add_pages([replace(page(key), event_at=ENDED) for key in (1, 2)])
    for key in (1, 2):
        manifest.add_capture(capture(key))
    manifest.skipped(url_of(2), "robots.txt")
    manifest.want_fresh("p", within=WITHIN, now=SETTLED)
    assert due(manifest) == ["1"]


@settings(max_examples=60, deadline=None)
@given(
    event=st.none() | st.integers(-100, 100),
    captured=st.lists(st.integers(-100, 100), max_size=4, unique=True),
    now=st.integers(-100, 200),
)
def test_a_fresh_look_is_wanted_exactly_by_its_rule(
    event: int | None, captured: list[int], now: int
) -> None:
    manifest = Manifest(Path(":memory:"))
    at = {hours: START + hours * HOUR for hours in range(-200, 301)}
    manifest.add_pages([replace(page(1), event_at=None if event is None else at[event])])
    for hours in captured:
        manifest.add_capture(capture(1, at=at[hours]))
    wanted = event is not None and event + 48 <= now and bool(captured)
    wanted = wanted and event is not None and max(captured) < event + 48
    assert manifest.want_fresh("p", within=WITHIN, now=at[now]) == wanted
    assert bool(due(manifest)) == (wanted or not captured)
    manifest.close()


def test_pages_put_off_are_tried_again_while_they_have_attempts_left(manifest: Manifest) -> None:
    manifest.add_pages([page(key) for key in (1, 2, 3, 4)])
    for key, attempts in ((1, 1), (2, 3), (3, 1)):
        for _ in range(attempts):
            manifest.failed(url_of(key), "timeout", START + 5 * HOUR)
    manifest.failed(url_of(3), "gone", None)
    assert due(manifest) == ["4"]
    assert manifest.retry_put_off(attempts_below=3) == 1
    assert due(manifest) == ["1", "4"]
    assert manifest.retry_put_off(attempts_below=3) == 0
    (first, _) = manifest.due(START, 9)
    assert first.attempts == 1


def test_a_good_capture_ends_a_row_of_failures(manifest: Manifest) -> None:
    manifest.add_pages([page(1)])
    manifest.failed(url_of(1), "timeout", START, at=START)
    manifest.add_capture(capture(1))
    found = manifest.page(url_of(1))
    assert found is not None
    assert found.attempts == 0


def test_counts_tell_blocked_pages_and_the_newest_failure(manifest: Manifest) -> None:
    manifest.add_pages([page(key) for key in range(8)])
    manifest.add_capture(capture(0))
    manifest.add_capture(capture(1, verdict="block"))
    manifest.add_capture(capture(2, verdict="challenge"))
    manifest.add_capture(capture(3, verdict="block"))
    manifest.add_capture(capture(3, verdict="error", at=START + HOUR))
    manifest.failed(url_of(3), "status 500", START, at=START + HOUR)
    manifest.failed(url_of(4), "gone", None, at=START + 2 * HOUR)
    manifest.failed(url_of(1), "blocked", None, at=START + 3 * HOUR)
    manifest.skipped(url_of(5), "robots.txt")
    (found,) = manifest.counts()
    assert found == PageCounts(
        page_type="p", known=8, done=1, failed=1, skipped=1, queued=3, blocked=2,
        last_failure="gone",
    )  # fmt: skip
    parts = (found.done, found.failed, found.skipped, found.queued, found.blocked)
    assert sum(parts) == found.known


def test_hosts_are_left_alone_as_long_as_they_asked(tmp_path: Path) -> None:
    first = Manifest(tmp_path / "manifest.sqlite")
    first.put_host("a.example", not_before=START + HOUR, why="status 429")
    first.put_host("b.example", not_before=START, why="status 503")
    first.put_host("a.example", not_before=START + 2 * HOUR, why="a challenge")
    first.commit()
    first.close()
    again = Manifest(tmp_path / "manifest.sqlite", read_only=True)
    assert again.host_waits(START) == {"a.example": (START + 2 * HOUR, "a challenge")}
    assert again.host_waits(START + 2 * HOUR) == {}
    again.close()


def test_the_pace_is_that_of_the_newest_crawl(manifest: Manifest) -> None:
    assert manifest.pace() is None
    manifest.add_capture(capture("old", at=START - HOUR))
    manifest.start_crawl("{}", started_at=START)
    assert manifest.pace() is None
    for number, seconds in enumerate((0, 5, 5, 12, 100)):
        at = START + timedelta(seconds=seconds, microseconds=number)
        manifest.add_capture(capture(f"k{number}", at=at))
    hop = capture("hop", verdict="redirect", at=START + timedelta(seconds=6))
    dom = capture("dom", record_type="resource", at=START + timedelta(seconds=7))
    robots = replace(capture("robots", at=START + timedelta(seconds=8)), page_type="")
    for beside in (hop, dom, robots):
        manifest.add_capture(beside)
    assert manifest.pace() == pytest.approx((5 + 7) / 2, abs=0.001)
    assert manifest.pace(last=2) == pytest.approx(88, abs=0.001)


def test_failures_are_dated(manifest: Manifest) -> None:
    manifest.add_pages([page(1)])
    manifest.failed(url_of(1), "timeout", START, at=START)
    ((at,),) = manifest._execute("SELECT failed_at FROM pages")
    assert at == to_us(START)
