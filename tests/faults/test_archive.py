"""Fail the n-th operation for n = 1, 2, … until a run is unharmed; cut the power anywhere.

After each: opening the collection again puts it in order, every acknowledged exchange is read
back byte for byte, the manifest has a row for every response in the files and no other, whole
files are whole, and torn tails lie aside under their names.
"""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.faulty_disk import FaultyDisk
from tests.warc.a_site import INFO, SITE, content, exchange, page_ref, url_of
from warc.collection import Collection
from warc.errors import WarchouseError
from warc.exchange import Note
from warc.http import decode_body
from warc.manifest_rows import NewPage
from warc.reader import read_records
from warc.record import Record

KEYS = tuple(range(1, 9))
MAX_FILE_BYTES = 6000


def crawl(folder: Path, disk: FaultyDisk, acknowledged: set[int]) -> None:
    """A small crawl in two files; keys are acknowledged once `commit` has returned."""
    collection = Collection.open(
        folder, site=SITE, info=INFO, disk=disk, max_file_bytes=MAX_FILE_BYTES
    )
    try:
        crawl_id = collection.start_crawl({})
        collection.manifest.add_pages(
            [NewPage(url=url_of(key), page_type="p", key=str(key)) for key in KEYS]
        )
        waiting: list[int] = []
        for key in KEYS:
            if not collection.manifest.captures_of(url_of(key)):
                collection.add(
                    exchange(url_of(key), content(key)),
                    Note(fields=(("crawl", str(crawl_id)),)),
                    page=page_ref(key),
                    verdict="content",
                )
            waiting.append(key)
            if key % 2 == 0:
                collection.commit()
                acknowledged.update(waiting)
                waiting.clear()
        collection.close("done")
    except (WarchouseError, OSError):
        collection._let_go()
        raise


def attempt(folder: Path, disk: FaultyDisk, acknowledged: set[int]) -> str:
    """Crawl; what stopped it, '' if nothing did."""
    try:
        crawl(folder, disk, acknowledged)
    except WarchouseError as error:
        return str(error)
    return ""


def check_unharmed(folder: Path, acknowledged: set[int]) -> None:
    """Open on a good disk, then look at everything with other eyes than the collection's."""
    with Collection.open(folder, site=SITE, info=INFO) as collection:
        for key in acknowledged:
            captures = collection.manifest.captures_of(url_of(key))
            assert captures, f"acknowledged page {key} is lost"
            for capture in captures:
                assert decode_body(collection.read_capture(capture)) == content(key)
    assert not list(folder.glob("*.open"))
    in_files = set()
    for path in folder.glob("*.warc.gz"):
        for found in read_records(path):
            assert isinstance(found, Record), f"{path.name} was sealed with damage"
            if found.type in {"response", "revisit"}:
                in_files.add((path.name, found.offset, found.length, found.record_id))
    connection = sqlite3.connect(folder / "manifest.sqlite")
    rows = connection.execute("SELECT file, offset, length, record_id FROM captures")
    assert set(rows) == in_files
    connection.close()


@pytest.mark.parametrize("kind", ["raise", "short", "late", "once"])
def test_no_failing_operation_loses_what_was_acknowledged(tmp_path: Path, kind: str) -> None:
    for fail_at in range(1, 200):
        folder = tmp_path / str(fail_at)
        acknowledged: set[int] = set()
        disk = FaultyDisk(fail_at, kind=kind)
        problem = attempt(folder, disk, acknowledged)
        if not problem:
            assert fail_at > 20, "the crawl hardly touched the disk"
            return
        assert "\n" not in problem
        assert str(folder) in problem
        check_unharmed(folder, acknowledged)
        done: set[int] = set()
        crawl(folder, FaultyDisk(), done)
        assert done == set(KEYS)
        check_unharmed(folder, done)
    pytest.fail("the crawl never got through")


@pytest.mark.parametrize("kind", ["raise", "late", "once"])
def test_a_repair_that_fails_is_repaired(tmp_path: Path, kind: str) -> None:
    """Opening a torn collection fails at its n-th operation; opening again succeeds."""
    for fail_at in range(1, 60):
        folder = tmp_path / str(fail_at)
        acknowledged: set[int] = set()
        with pytest.raises(WarchouseError):
            crawl(folder, FaultyDisk(9, kind="short"), acknowledged)
        (left,) = folder.glob("*.open")
        left.write_bytes(left.read_bytes() + b"\x1f\x8b\x08torn")
        disk = FaultyDisk(fail_at, kind=kind)
        try:
            Collection.open(folder, site=SITE, info=INFO, disk=disk).close()
        except WarchouseError:
            check_unharmed(folder, acknowledged)
        else:
            assert fail_at > 4
            return
    pytest.fail("the repair never got through")


def keep_part(part: float) -> Callable[[bytes], bytes]:
    return lambda unsynced: unsynced[: int(len(unsynced) * part)]


def zero_part(part: float) -> Callable[[bytes], bytes]:
    """A file system that grew the file before the data came."""
    return lambda unsynced: (
        unsynced[: int(len(unsynced) * part)] + bytes(len(unsynced) - int(len(unsynced) * part))
    )


@settings(max_examples=25, deadline=None)
@given(
    fail_at=st.integers(2, 60),
    part=st.floats(0, 1),
    kind=st.sampled_from(["raise", "short", "late", "once"]),
    how=st.sampled_from([keep_part, zero_part]),
)
def test_no_power_cut_loses_what_was_acknowledged(
    tmp_path_factory: pytest.TempPathFactory,
    fail_at: int,
    part: float,
    kind: str,
    how: Callable[[float], Callable[[bytes], bytes]],
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    acknowledged: set[int] = set()
    disk = FaultyDisk(fail_at, kind=kind)
    if attempt(folder, disk, acknowledged):
        disk.cut_power(how(part))
    check_unharmed(folder, acknowledged)


KILLED = """
import sys
from pathlib import Path
from tests.faults.test_archive import acknowledge_for_ever
acknowledge_for_ever(Path(sys.argv[1]))
"""


def acknowledge_for_ever(folder: Path) -> None:
    """Archive page after page, saying which is acknowledged; runs in a process to be killed."""
    collection = Collection.open(folder, site=SITE, info=INFO, max_file_bytes=40_000)
    for key in itertools.count(1):
        collection.add(
            exchange(url_of(key), content(key)), Note(), page=page_ref(key), verdict="content"
        )
        if key % 3 == 0:
            collection.commit()
            sys.stdout.write(f"{key}\n")
            sys.stdout.flush()


@pytest.mark.parametrize("after", [1, 20, 60])
def test_a_killed_process_loses_nothing_it_acknowledged(tmp_path: Path, after: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, tmp_path],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for _ in range(after):
            process.stdout.readline()
        process.kill()
        last = [int(line) for line in process.stdout if line.endswith("\n")]
    acknowledged = set(range(1, max([3 * after, *last]) + 1))
    check_unharmed(tmp_path, acknowledged)
