from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.warc.a_site import START, url_of
from warc.errors import CollectionError
from warc.manifest import Manifest
from warc.manifest_frontier import DUE
from warc.manifest_rows import Capture, Crawl, NewPage, PageCounts, to_us

HOUR = timedelta(hours=1)


@pytest.fixture
def manifest(tmp_path: Path) -> Iterator[Manifest]:
    opened = Manifest(tmp_path / "manifest.sqlite")
    yield opened
    opened.close()


def page(key: object, priority: int = 0, crawl: int = 0) -> NewPage:
    return NewPage(
        url=url_of(key), page_type="p", key=str(key), priority=priority, discovered_in=crawl
    )


def capture(
    key: object,
    *,
    verdict: str = "content",
    at: datetime = START,
    page_url: str = "",
    record_type: str = "response",
    record_id: str = "",
    truncated: str = "",
) -> Capture:
    return Capture(
        url=url_of(key),
        page_url=page_url or url_of(key),
        page_type="p",
        page_key=str(key),
        file="a-1.warc.gz",
        offset=to_us(at) + sum(str(key).encode()) + len(truncated),
        length=9,
        record_type=record_type,
        record_id=record_id or f"urn:uuid:{key}",
        fetched_at=at,
        status=200,
        verdict=verdict,
        payload_digest="sha1:A",
        truncated=truncated,
    )


def due(manifest: Manifest, now: datetime = START) -> list[str]:
    return [one.key for one in manifest.due(now, 100)]


def test_pages_are_new_once(manifest: Manifest) -> None:
    assert manifest.add_pages([page(1), page(2), page(1)]) == 2
    assert manifest.add_pages([page(2), page(3)]) == 1
    assert manifest.add_pages([]) == 0


def test_the_queue_is_in_order_of_priority_then_age(manifest: Manifest) -> None:
    manifest.add_pages([page(1, 5), page(2, 1), page(3, 5), page(4, 9)])
    assert due(manifest) == ["2", "1", "3", "4"]
    assert [one.key for one in manifest.due(START, 2)] == ["2", "1"]


def test_a_better_priority_counts_and_a_worse_does_not(manifest: Manifest) -> None:
    manifest.add_pages([page(1, 5), page(2, 6)])
    manifest.add_pages([page(1, 9), page(2, 1)])
    assert due(manifest) == ["2", "1"]


def finders(manifest: Manifest, key: object) -> str:
    found = manifest.page(url_of(key))
    assert found is not None
    return found.discovered_by


def test_a_page_keeps_all_who_found_it(manifest: Manifest) -> None:
    for finder in ("main:a", "main:ab", "cup", "main:a", "cup,main:b"):
        manifest.add_pages([replace(page(1), discovered_by=finder)])
    assert finders(manifest, 1) == "main:a,main:ab,cup,main:b"


def test_a_page_that_is_asked_for_anew_is_due_until_it_has_come_again(manifest: Manifest) -> None:
    seed = replace(page(1, priority=5), discovered_by="main")
    manifest.ask_anew([seed], wanted_at=START)
    manifest.add_capture(capture(1, at=START))
    assert manifest.due(START, 9) == ()
    manifest.failed(url_of(1), "gone", None)
    later = replace(seed, priority=7, discovered_by="cup")
    manifest.ask_anew([later], wanted_at=START + HOUR)
    (due,) = manifest.due(START, 9)
    assert (due.priority, due.discovered_by, due.attempts) == (7, "cup", 0)
    manifest.add_capture(capture(1, at=START + 2 * HOUR))
    assert manifest.due(START, 9) == ()


def test_the_queue_can_be_asked_about_some_page_types(manifest: Manifest) -> None:
    manifest.add_pages([page(1), page(2), replace(page(3), page_type="q"), page(4)])
    manifest.failed(url_of(2), "gone", None)
    manifest.skipped(url_of(4), "robots")
    assert [one.key for one in manifest.due(START, 9, among=["p"])] == ["1"]
    assert [one.key for one in manifest.due(START, 9, among=["p", "q"])] == ["1", "3"]
    assert [one.key for one in manifest.due(START, 9, without=["p"])] == ["3"]
    assert manifest.queued(["p", "q"]) == (url_of(1), url_of(3))
    given_up = [manifest.is_given_up(url_of(key)) for key in (1, 2, 3, 5)]
    assert given_up == [False, True, False, False]


def test_the_newest_captures_of_a_page_are_given_first(manifest: Manifest) -> None:
    for hours in range(4):
        manifest.add_capture(capture(1, at=START + hours * HOUR))
    newest = manifest.captures_of(url_of(1), most=2)
    assert [one.fetched_at for one in newest] == [START + 3 * HOUR, START + 2 * HOUR]


def test_a_page_is_done_by_a_good_capture_only(manifest: Manifest) -> None:
    manifest.add_pages([page(1), page(2)])
    manifest.add_capture(capture(1))
    manifest.add_capture(capture(2, verdict="block"))
    assert due(manifest) == ["2"]


def test_a_page_is_done_by_what_it_redirects_to(manifest: Manifest) -> None:
    manifest.add_pages([page(1), page("1b")])
    manifest.add_capture(capture("1b", page_url=url_of(1)))
    assert due(manifest) == []


def test_a_page_that_was_captured_before_it_is_known_is_done(manifest: Manifest) -> None:
    manifest.add_capture(capture(1))
    assert manifest.add_pages([page(1)]) == 1
    assert due(manifest) == []


def test_a_forgotten_file_makes_its_pages_wanted_again(manifest: Manifest) -> None:
    manifest.add_pages([page(1)])
    manifest.add_capture(capture(1))
    manifest.forget_file("a-1.warc.gz")
    assert due(manifest) == ["1"]


def test_a_refetch_wants_newer_captures(manifest: Manifest) -> None:
    manifest.add_pages([page(1), page(2), page(3)])
    for key in (1, 2):
        manifest.add_capture(capture(key))
    assert manifest.refetch(wanted_at=START + HOUR, page_type="p", key="1") == 1
    assert due(manifest) == ["1", "3"]
    manifest.refresh()
    assert due(manifest) == ["1", "3"]
    manifest.add_capture(capture(1, at=START + HOUR))
    assert due(manifest) == ["3"]
    assert manifest.refetch(wanted_at=START + 2 * HOUR) == 3


def test_failed_pages_wait_or_are_given_up(manifest: Manifest) -> None:
    manifest.add_pages([page(1), page(2)])
    manifest.failed(url_of(1), "timeout", START + HOUR)
    manifest.failed(url_of(2), "gone", None)
    assert due(manifest) == []
    assert manifest.next_due(START) == START + HOUR
    (waiting,) = manifest.due(START + HOUR, 9)
    assert (waiting.key, waiting.attempts) == ("1", 1)
    assert manifest.retry_failed() == 1
    assert due(manifest) == ["2"]


def test_next_due_is_now_or_never(manifest: Manifest) -> None:
    assert manifest.next_due(START) is None
    manifest.add_pages([page(1)])
    assert manifest.next_due(START) == START
    manifest.skipped(url_of(1), "robots.txt")
    assert manifest.next_due(START) is None


def test_counts_add_up(manifest: Manifest) -> None:
    manifest.add_pages([page(key) for key in range(5)])
    manifest.add_capture(capture(0))
    manifest.failed(url_of(1), "gone", None)
    manifest.failed(url_of(2), "timeout", START + HOUR)
    manifest.skipped(url_of(3), "robots.txt")
    wanted = PageCounts(
        page_type="p", known=5, done=1, failed=1, skipped=1, queued=2, last_failure="timeout"
    )
    assert manifest.counts() == (wanted,)


def test_covered_pages_are_those_of_complete_walks(manifest: Manifest) -> None:
    torn = manifest.start_crawl("{}", started_at=START)
    manifest.add_pages([page(1, crawl=torn), page(2, crawl=torn)])
    assert manifest.covered("p", ["1", "2"]) == frozenset()
    whole = manifest.start_crawl("{}", started_at=START)
    manifest.add_pages([page(1, crawl=whole), page(3, crawl=whole)])
    started, *_ = manifest.crawls()
    assert started.id == whole
    manifest.put_crawl(
        Crawl(
            id=whole, options="{}", started_at=START, ended_at=START, counts="{}", why="done",
            walk_complete=True,
        )
    )  # fmt: skip
    assert manifest.covered("p", ["1", "2", "3", "4"]) == {"1", "3"}
    manifest.add_pages([page(1, crawl=whole + 1)])
    assert manifest.covered("p", ["1"]) == {"1"}


def test_captures_wait_until_their_links_are_followed(manifest: Manifest) -> None:
    ids = [manifest.add_capture(capture(key)) for key in (1, 2)]
    manifest.add_capture(capture(3, verdict="error"))
    assert [one.id for one in manifest.unexpanded(9)] == ids
    manifest.mark_expanded(ids[:1])
    assert [one.url for one in manifest.unexpanded(9)] == [url_of(2)]


def test_the_original_of_a_payload_is_a_whole_synced_response(manifest: Manifest) -> None:
    manifest.add_capture(capture(1, truncated="time"))
    manifest.add_capture(capture(1, record_type="revisit", at=START + HOUR))
    good = manifest.add_capture(capture(1, at=START + 2 * HOUR, record_id="urn:uuid:good"))
    found = manifest.original(url_of(1), "sha1:A", up_to_id=good)
    assert found is not None
    assert found.record_id == "urn:uuid:good"
    assert manifest.original(url_of(1), "sha1:A", up_to_id=good - 1) is None
    assert manifest.original(url_of(2), "sha1:A", up_to_id=good) is None


def test_nothing_lasts_before_a_commit(tmp_path: Path) -> None:
    path = tmp_path / "manifest.sqlite"
    first = Manifest(path)
    first.add_pages([page(1)])
    first.commit()
    first.add_pages([page(2)])
    reader = Manifest(path, read_only=True)
    assert due(reader) == ["1"]
    reader.close()
    first.close()
    again = Manifest(path)
    assert due(again) == ["1"]
    again.close()


def test_the_queue_is_read_through_its_index(manifest: Manifest) -> None:
    plan = manifest._connection.execute(f"EXPLAIN QUERY PLAN {DUE}", (0, 5)).fetchall()
    assert "USING INDEX pages_queue" in plan[0][3]
    assert len(plan) == 1  # no sorting


@pytest.mark.slow
def test_a_window_of_100_000_pages_is_read_at_once(manifest: Manifest) -> None:
    import time  # noqa: PLC0415 - this test alone measures

    for start in range(0, 100_000, 1000):
        manifest.add_pages([page(key) for key in range(start, start + 1000)])
    manifest._execute("UPDATE pages SET open = 0 WHERE id <= 99000")
    took_s = []
    for _ in range(5):  # another process may have the core once
        begun_s = time.perf_counter()
        assert len(manifest.due(START, 32)) == 32
        took_s.append(time.perf_counter() - begun_s)
    assert min(took_s) < 0.05


@pytest.mark.parametrize("data", [b"not a database at all, but long enough to be one" * 90])
def test_a_damaged_manifest_is_one_clear_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "manifest.sqlite"
    path.write_bytes(data)
    with pytest.raises(CollectionError, match=r"manifest\.sqlite cannot be opened: file is not a"):
        Manifest(path)


def test_a_manifest_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CollectionError, match="of version 99, not 2"):
        Manifest(path)


def test_times_survive_to_the_microsecond() -> None:
    assert to_us(START) % 1_000_000 == 123456
