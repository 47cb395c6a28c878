"""Where a run stops although there is more to do, and how it says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from fetch.disk_space import DiskLow, DiskSpace
from fetch.limits import Limits
from fetch.report import Counts, Ending, Report
from fetch.sizes import bytes_text, parse_bytes
from tests.fakes import FakeAnswer, FakeClock
from tests.fetch.crawling import asked, crawl, options
from tests.fetch.tiny_site import BASE, FILLER, TinySite
from warc.errors import UsageError

WRONG = FakeAnswer(body=f"<html>another page{FILLER}</html>".encode())


def at(
    limits: Limits, *, pages: int = 0, size: int = 0, failures: int = 0
) -> tuple[Ending, str] | None:
    return limits.reached(
        pages=pages, size=size, failures=failures, seconds=7, last_failure="u: no"
    )


@pytest.mark.parametrize(
    ("limits", "now", "expected"),
    [
        (Limits(), {"pages": 10**6, "size": 10**12, "failures": 2}, None),
        (Limits(), {"failures": 3}, "trouble"),
        (Limits(failures=1), {"failures": 1}, "trouble"),
        (Limits(pages=5), {"pages": 4}, None),
        (Limits(pages=5), {"pages": 5}, "limit"),
        (Limits(size=100), {"size": 99}, None),
        (Limits(size=100), {"size": 100}, "bytes"),
        (Limits(seconds=60), {}, None),
        (Limits(seconds=7), {}, "minutes"),
    ],
)
def test_limits(limits: Limits, now: dict[str, int], expected: str | None) -> None:
    reached = at(limits, **now)
    assert (reached[0] if reached else None) == expected


def test_the_last_failure_is_named() -> None:
    assert at(Limits(), failures=3) == (
        "trouble",
        "3 answers in a row were failures, the last: u: no.",
    )


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("2kB", 2000), ("2 KiB", 2048), ("0.5mb", 500_000), ("3gib", 3 * 2**30), ("7B", 7)],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_bytes(text, "--max-bytes") == size


@pytest.mark.parametrize("text", ["", "MB", "-1MB", "1 XB", "1e9", "1,000", "1.MB", "9" * 20])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"--keep-free .* is not a size like 500MB"):
        parse_bytes(text, "--keep-free")


def test_sizes_are_told_in_decimal_units() -> None:
    told = [bytes_text(size) for size in (5, 1500, 999_960, 10**6, 10**9, 10**12)]
    assert told == ["5 B", "1.5 kB", "1.0 MB", "1.0 MB", "1.0 GB", "1000.0 GB"]


@pytest.mark.parametrize(
    ("free", "size", "is_low"),
    [(1000, 0, False), (999, 0, True), (1000, 500, False), (1000, 501, True)],
)
def test_half_of_what_is_kept_free_is_for_what_is_under_way(
    tmp_path: Path, free: int, size: int, is_low: bool
) -> None:
    room = DiskSpace(tmp_path, keep_free=1000, free=lambda _folder: free)
    if not is_low:
        room.check(size)
        return
    with pytest.raises(DiskLow, match=r"are free on the disk of .*--keep-free"):
        room.check(size)


def test_a_run_ends_when_its_time_is_up_and_does_not_wait_beyond(tmp_path: Path) -> None:
    clock = FakeClock()
    report, fake = crawl(
        tmp_path, TinySite(matches=30), options(limits=Limits(seconds=60)), clock=clock
    )
    assert (report.ending, report.exit_code) == ("minutes", 0)
    assert 5 < len(fake.log) < 20
    assert clock.elapsed_s <= 61
    assert report.lines()[0] == "Stopped at the time limit. 1 min 0 s have passed."


def test_patience_that_a_host_asks_for_is_cut_short_when_the_time_is_up(tmp_path: Path) -> None:
    clock = FakeClock()
    later = FakeAnswer(status=503, headers={"Retry-After": "600"})
    site = TinySite(matches=3, fault=lambda url, _: later if "/matches/" in url else None)
    report, _ = crawl(tmp_path, site, options(limits=Limits(seconds=60)), clock=clock)
    assert report.ending == "minutes"
    assert clock.elapsed_s <= 61


def test_a_run_ends_when_so_many_bytes_came(tmp_path: Path) -> None:
    report, _ = crawl(tmp_path, TinySite(matches=30), options(limits=Limits(size=2000)))
    assert (report.ending, report.exit_code) == ("bytes", 0)
    assert 2000 <= report.counts.bytes < 4000


@pytest.mark.parametrize(
    ("answers", "stops"),
    [
        (lambda url, _before: WRONG if "/matches/" in url else None, True),
        (lambda url, _before: FakeAnswer(status=503) if "/matches/" in url else None, True),
        (lambda url, _before: FakeAnswer(status=404) if "/matches/" in url else None, False),
    ],
)
def test_failures_in_a_row_end_a_run_and_missing_pages_are_none(
    tmp_path: Path, answers: Callable[[str, int], FakeAnswer | None], stops: bool
) -> None:
    report, fake = crawl(tmp_path, TinySite(matches=9, fault=answers))
    assert (report.ending == "trouble") == stops
    assert len(asked(fake)) == (3 if stops else 9)
    assert report.exit_code == 1


def test_failures_are_counted_across_page_types(tmp_path: Path) -> None:
    bad = ("/matches/9/", "mapstatsid/81", "economy/mapstatsid/91")
    site = TinySite(
        matches=9, fault=lambda url, _: WRONG if any(one in url for one in bad) else None
    )
    report, _ = crawl(tmp_path, site)
    assert report.ending in {"done", "trouble"}
    site.fault = lambda url, _: WRONG if "stats" in url else None
    report, fake = crawl(tmp_path, site)
    assert report.ending == "trouble"
    assert report.why.startswith("3 answers in a row were failures, the last: https://")
    assert not [url for url in asked(fake) if "/matches/" in url.removeprefix(BASE)[:9]][9:]


def test_a_run_ends_sealed_while_the_disk_still_has_room(tmp_path: Path) -> None:
    left = [10**9]

    def shrinking(_folder: Path) -> int:
        left[0] -= 50_000_000
        return left[0]

    report, fake = crawl(tmp_path, TinySite(matches=30), free=shrinking)
    assert (report.ending, report.exit_code) == ("disk", 1)
    assert f"are free on the disk of {tmp_path}" in report.why
    assert report.needs_look.startswith("150.0 MB are free")
    assert not list(tmp_path.glob("*.open"))
    known = len(fake.log)
    report, fake = crawl(tmp_path, TinySite(matches=30))
    assert report.whole == 30
    assert known > 3


def test_every_ending_has_a_line_of_its_own() -> None:
    endings = get_args(Ending)
    counts = Counts(processed=1)
    lines = {Report(ending=one, counts=counts, wall_s=1.0).lines()[0] for one in endings}
    assert len(lines) == len(endings) == 8
    assert all(line.endswith(".") for line in lines)
