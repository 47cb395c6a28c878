"""A record is torn, and something is appended behind it: every whole exchange is still used."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.faults.a_run import SeasonSite, run_crawl
from tests.faults.faulty_disk import FaultyDisk
from tests.faults.nothing_lost import (
    check_tables,
    read_all,
    tables_of,
    torn_tails,
    whole_exchanges,
)
from tests.faults.tally import Tally
from tests.warc.a_site import INFO, SITE, content, exchange, page_ref, url_of
from warc.collection import Collection
from warc.errors import CollectionError
from warc.exchange import Note
from warc.reader import read_records
from warc.record import Record


def archive(folder: Path, keys: range) -> None:
    """Archive pages; the collection is let go of as a killed process would, its file left open."""
    collection = Collection.open(folder, site=SITE, info=INFO)
    for key in keys:
        collection.add(
            exchange(url_of(key), content(key)), Note(), page=page_ref(key), verdict="content"
        )
    collection.commit()
    collection._let_go()


def torn_between(folder: Path, other: Path) -> Path:
    """A file with pages 1 to 3, a torn exchange, and pages 4 to 6 behind it."""
    archive(folder, range(1, 4))
    archive(other, range(4, 7))
    (left,), (right,) = folder.glob("*.open"), other.glob("*.open")
    behind = right.read_bytes()
    starts = [one.offset for one in read_records(right) if isinstance(one, Record)]
    exchange_of_4 = behind[starts[1] : starts[4]]
    left.write_bytes(
        left.read_bytes() + exchange_of_4[: len(exchange_of_4) // 2] + behind[starts[1] :]
    )
    return left


@pytest.mark.parametrize("manifest", ["knows the beginning", "is gone"])
def test_what_was_appended_behind_a_torn_record_is_kept(tmp_path: Path, manifest: str) -> None:
    folder = tmp_path / "a"
    left = torn_between(folder, tmp_path / "b")
    if manifest == "is gone":
        (folder / "manifest.sqlite").unlink()
    before, size = whole_exchanges(folder), left.stat().st_size
    assert len(before) == 6
    with Collection.open(folder, site=SITE, info=INFO) as collection:
        for key in range(1, 7):
            (capture,) = collection.manifest.captures_of(url_of(key))
            assert collection.read_capture(capture).body == content(key)
    found, bad = read_all(folder.glob("*.warc.gz"))
    assert (found.keys(), bad) == (before.keys(), [])
    (torn,) = torn_tails(folder)
    (sealed,) = folder.glob("*.warc.gz")
    assert torn.stat().st_size + sealed.stat().st_size == size
    assert not list(folder.glob("*.repaired"))


def test_a_tear_inside_a_sealed_file_costs_itself_only(tmp_path: Path) -> None:
    """The manifest is lost too; the crawl goes on, and asks for the torn page alone."""
    site, clock, tally = SeasonSite(), FakeClock(), Tally()
    calm, archives = tmp_path / "calm", tmp_path / "torn"
    for one in (calm, archives):
        run_crawl(one / "hltv", site, clock)
    folder = archives / "hltv"
    largest = max(folder.glob("*.warc.gz"), key=lambda path: path.stat().st_size)
    responses = [
        one for one in read_records(largest) if isinstance(one, Record) and one.type == "response"
    ]
    victim = next(one for one in responses if one.target_uri in site.pages())
    data = largest.read_bytes()
    cut = victim.offset + victim.length // 2
    largest.write_bytes(data[:cut] + data[victim.offset + victim.length :])
    for path in folder.glob("manifest.sqlite*"):
        path.unlink()
    before = site.asked.copy()
    assert run_crawl(folder, site, clock).ending == "done"
    again = {url for url in site.pages() if site.asked[url] > before[url]}
    assert again == {victim.target_uri}
    _, bad = read_all(folder.glob("*.warc.gz"))
    assert [one.file for one in bad] == [str(largest)]
    check_tables(archives, tables_of(calm), tally)


@pytest.mark.parametrize("kind", ["raise", "short", "late", "once"])
def test_cutting_a_tear_out_may_fail_at_any_operation(tmp_path: Path, kind: str) -> None:
    for fail_at in range(1, 60):
        folder = tmp_path / str(fail_at)
        before = whole_exchanges(torn_between(folder, tmp_path / f"{fail_at}-other").parent)
        assert len(before) == 6
        disk = FaultyDisk(fail_at, kind=kind)
        with suppress(CollectionError):
            Collection.open(folder, site=SITE, info=INFO, disk=disk).close()
        with Collection.open(folder, site=SITE, info=INFO):
            pass
        found, bad = read_all(folder.glob("*.warc.gz"))
        assert (found.keys(), bad) == (before.keys(), [])
        assert len(torn_tails(folder)) == 1
        assert not list(folder.glob("*.repaired"))
        assert not list(folder.glob("*.open"))
        if disk.operations < fail_at:
            assert fail_at > 8
            return
    pytest.fail("the repair never got through")
