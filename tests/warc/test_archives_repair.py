"""Repair keeps every good record byte for byte, never edits in place, and survives any fault."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.faulty_disk import FaultyDisk
from tests.warc.a_record import a_record
from tests.warc.a_site import INFO, SITE, content, url_of
from tests.warc.archives_collection import (
    CONTENT,
    blocks,
    make_collection,
    target_of,
    warc_of,
)
from tests.warc.archives_doc import CORRUPT
from warc.archives.findings import KINDS
from warc.archives.mend import look, rebuild_manifest, repair
from warc.archives.verify import verify
from warc.codec import compress_member
from warc.collection import LOCK_NAME, Collection
from warc.disk import RealDisk
from warc.errors import CollectionError
from warc.lock import FolderLock
from warc.manifest import Manifest
from warc.reader import read_records
from warc.record import BadStretch, Record

RECORDS = [a_record(number) for number in (1, 2, 3)]
OF_ANOTHER = a_record(4, WARC_Payload_Digest="sha1:" + "A" * 32)
MEMBERS = [compress_member(record) for record in RECORDS]


def grave(path: Path) -> set[str]:
    groups = verify([target_of(path)]).findings.groups
    return {kind for kind in groups if KINDS[kind].severity == "defect"}


def damaged(folder: Path, key: str = "2") -> Path:
    """A collection in whose file the response of a page is damaged; the file."""
    make_collection(folder)
    path = warc_of(folder)
    (record,) = [
        one
        for one in read_records(path)
        if isinstance(one, Record) and one.type == "response" and one.target_uri == url_of(key)
    ]
    data = bytearray(path.read_bytes())
    middle = record.offset + record.length // 2
    data[middle : middle + 8] = b"\xff" * 8
    path.write_bytes(data)
    return path


def is_done(folder: Path, key: str) -> bool:
    with sqlite3.connect(folder / "manifest.sqlite") as connection:
        (is_open,) = connection.execute(
            "SELECT open FROM pages WHERE url = ?", (url_of(key),)
        ).fetchone()
    connection.close()
    return not is_open


@pytest.mark.parametrize(
    ("data", "kept", "repacked", "after"),
    [
        (b"".join(MEMBERS), 3, 0, None),
        (MEMBERS[0] + MEMBERS[1][:-9] + MEMBERS[2], 2, 0, MEMBERS[0] + MEMBERS[2]),
        (MEMBERS[0] + b"junk" + MEMBERS[2], 2, 0, MEMBERS[0] + MEMBERS[2]),
        (MEMBERS[0] + compress_member(b"") + MEMBERS[2], 2, 0, MEMBERS[0] + MEMBERS[2]),
        (MEMBERS[0] + MEMBERS[1][:50], 1, 0, MEMBERS[0]),
        (compress_member(b"".join(RECORDS)), 0, 3, b"".join(MEMBERS)),
        (MEMBERS[0] + compress_member(RECORDS[1] + RECORDS[2]), 1, 2, b"".join(MEMBERS)),
        (compress_member(RECORDS[0] + RECORDS[1][:-20]), 0, 1, MEMBERS[0]),
        (MEMBERS[0] + RECORDS[1] + MEMBERS[2], 2, 1, b"".join(MEMBERS)),
        (MEMBERS[0] + compress_member(RECORDS[1][:-2]), 1, 1, MEMBERS[0] + MEMBERS[1]),
        (MEMBERS[0] + compress_member(OF_ANOTHER), 2, 0, None),
    ],
    ids=[
        "good", "torn", "junk", "empty member", "torn tail", "one member", "two in one",
        "torn in a member", "plain among members", "no line ends", "only payload digest wrong",
    ],
)  # fmt: skip
def test_good_records_are_kept_and_the_rest_left_out(
    data: bytes, kept: int, repacked: int, after: bytes | None, tmp_path: Path
) -> None:
    check_repair(tmp_path / "a.warc.gz", data, (kept, repacked), after)


@pytest.mark.parametrize(
    ("data", "kept", "repacked", "after"),
    [
        (b"".join(RECORDS), 3, 0, None),
        (RECORDS[0] + b"junk\r\n" + RECORDS[2], 2, 0, RECORDS[0] + RECORDS[2]),
        (RECORDS[0] + RECORDS[1][:-20], 1, 0, RECORDS[0]),
        (RECORDS[0] + MEMBERS[1] + RECORDS[2], 2, 1, b"".join(RECORDS)),
        (RECORDS[0] + RECORDS[1][:-2], 1, 1, RECORDS[0] + RECORDS[1]),
    ],
    ids=["good", "junk", "torn", "member among plain", "no line ends"],
)
def test_good_records_of_plain_files_are_kept_and_the_rest_left_out(
    data: bytes, kept: int, repacked: int, after: bytes | None, tmp_path: Path
) -> None:
    check_repair(tmp_path / "a.warc", data, (kept, repacked), after)


def check_repair(path: Path, data: bytes, counts: tuple[int, int], after: bytes | None) -> None:
    """Look and repair: records kept and written anew, the bytes afterwards, None for the same."""
    path.write_bytes(data)
    (told,) = look(target_of(path)).plans
    assert (told.kept, told.repacked, told.is_needed) == (*counts, after is not None)
    assert path.read_bytes() == data
    repair(target_of(path))
    assert path.read_bytes() == (data if after is None else after)
    if after is not None:
        assert (path.parent / "damaged" / path.name).read_bytes() == data
        assert not grave(path)
        assert not look(target_of(path)).plans[0].is_needed


@pytest.mark.skipif(not CORRUPT.exists(), reason="the sample archives are not there")
@pytest.mark.parametrize("name", sorted(path.name for path in CORRUPT.glob("*")))
def test_a_repaired_sample_keeps_every_record_that_was_good(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    shutil.copyfile(CORRUPT / name, path)
    before = blocks(path)
    repair(target_of(path))
    assert blocks(path) == before
    assert not any(isinstance(one, BadStretch) for one in read_records(path, thorough=True))
    assert "gzip-many" not in grave(path)


def test_what_holds_no_record_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"GIF89a, no archive at all")
    (told,) = repair(target_of(path)).plans
    assert told.is_needed
    assert not told.is_possible
    assert path.read_bytes() == b"GIF89a, no archive at all"
    assert not (tmp_path / "damaged").exists()


def test_a_damaged_page_is_asked_for_again_and_the_manifest_agrees(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    path = damaged(folder)
    before = blocks(path)
    assert {"gzip-damaged", "row-without-record"} <= grave(folder)
    repair(target_of(folder), sites=[SITE])
    assert blocks(path) == before
    assert grave(folder) == set()
    assert not is_done(folder, "2")
    assert is_done(folder, "1")
    with Collection.open(folder, site=SITE, info=INFO) as opened:
        (capture,) = opened.manifest.captures_of(url_of("3"))
        assert opened.read_capture(capture).body == content("3")


def test_a_page_whose_revisit_lost_its_original_is_asked_for_again(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    damaged(folder, key="1")
    repair(target_of(folder), sites=[SITE])
    assert not is_done(folder, "1")
    assert is_done(folder, "2")


def test_what_a_killed_writer_left_is_sealed(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    path = warc_of(folder)
    size = path.stat().st_size
    left = path.rename(f"{path}.open")
    left.write_bytes(left.read_bytes() + b"\x1f\x8btorn")
    assert "would be" in look(target_of(folder)).told[0]
    repair(target_of(folder), sites=[SITE])
    assert path.stat().st_size == size
    assert path.with_name(f"{path.name}.torn-{size}").read_bytes() == b"\x1f\x8btorn"
    assert grave(folder) == set()


def test_a_collection_in_use_is_left_alone(tmp_path: Path) -> None:
    path = damaged(tmp_path / "a")
    before = path.read_bytes()
    lock = FolderLock(path.parent / LOCK_NAME)
    lock.take("fetch")
    try:
        for work in (repair_it, rebuild_it):
            with pytest.raises(CollectionError, match="in use by fetch"):
                work(path.parent, FaultyDisk())
    finally:
        lock.release()
    assert path.read_bytes() == before


# What a repair cannot bring back: it leaves no such traces where nothing was lost.
LOST = {"revisit-dangling", "no-note", "id-repeated"}


@given(
    damage=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 300), st.binary(max_size=99)),
        min_size=1,
        max_size=4,
    )
)
@settings(deadline=None, max_examples=25)
def test_whatever_was_damaged_all_that_is_good_stays_and_agrees(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[float, int, bytes]]
) -> None:
    """Bytes are cut out, put in and written over at random; then files and manifest are whole."""
    folder = tmp_path_factory.mktemp("any") / "a"
    path = warc_of(make_collection(folder))
    data = bytearray(path.read_bytes())
    for place, length, instead in damage:
        at = int(place * len(data))
        data[at : at + length] = instead
    path.write_bytes(data)
    before = blocks(path)
    (told,) = repair(target_of(folder), sites=[SITE]).plans
    assert blocks(path) == before
    if not told.is_needed or told.is_possible:
        assert grave(folder) <= LOST
        assert not look(target_of(folder)).plans[0].is_needed
    with Collection.open(folder, site=SITE, info=INFO) as opened:
        for key in CONTENT:
            for capture in opened.manifest.captures_of(url_of(key)):
                if capture.verdict == "content":
                    assert opened.read_capture(capture).body == content(key)


def repair_it(folder: Path, disk: FaultyDisk | None = None) -> None:
    repair(target_of(folder), disk or RealDisk(), sites=[SITE])


def rebuild_it(folder: Path, disk: FaultyDisk | None = None) -> None:
    rebuild_manifest(folder, disk or RealDisk(), sites=[SITE])


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (repair_it, "raise"), (repair_it, "late"), (repair_it, "once"), (rebuild_it, "late"),
        (rebuild_it, "once"),
    ],
)  # fmt: skip
def test_a_fault_at_any_operation_loses_nothing(
    work: Callable[[Path, FaultyDisk | None], None], kind: str, tmp_path: Path
) -> None:
    """The n-th operation fails for n = 1, 2, … until one run is unharmed; then it is run again."""
    first = tmp_path / "first"
    path = damaged(first)
    good, original = blocks(path), path.read_bytes()
    for fail_at in range(1, 200):
        folder = tmp_path / f"{fail_at}"
        shutil.copytree(first, folder)
        disk = FaultyDisk(fail_at, kind=kind, code=errno.EIO)
        try:
            work(folder, disk)
        except CollectionError as error:
            assert "\n" not in str(error)  # noqa: PT017 - what it says is one of two facts here
        assert blocks(folder / path.name) == good
        assert path.read_bytes() == original
        repair_it(folder)
        assert blocks(folder / path.name) == good
        assert grave(folder) == set()
        assert (folder / "damaged" / path.name).read_bytes() == original
        assert [one.name for one in folder.glob("*.repairing")] == []
        shutil.rmtree(folder)
        if disk.operations < fail_at:
            break
    assert disk.operations < fail_at


def test_a_rebuilt_manifest_knows_what_the_files_say(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    made = rebuild_manifest(folder, sites=[SITE])
    assert made.before == {"pages": 6, "captures": 4, "crawls": 1, "files": 1}
    assert made.after == {"pages": 5, "captures": 4, "crawls": 1, "files": 1}  # 6 was only queued
    assert sorted(path.name for path in folder.glob("manifest*")) == ["manifest.sqlite"]
    assert verify([target_of(folder)]).findings.groups == {}


def test_a_manifest_that_is_no_database_is_replaced(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    (folder / "manifest.sqlite").write_bytes(b"junk" * 1000)
    (folder / "manifest.sqlite-wal").write_bytes(b"junk")
    assert rebuild_manifest(folder, sites=[SITE]).before is None
    assert verify([target_of(folder)]).findings.groups == {}


def test_a_manifest_that_is_being_read_is_not_replaced(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    manifest = Manifest(folder / "manifest.sqlite", read_only=True)
    try:
        manifest.files()
        with pytest.raises(CollectionError, match="being read by another process"):
            rebuild_manifest(folder, sites=[SITE])
    finally:
        manifest.close()
    assert verify([target_of(folder)]).findings.groups == {}
