from __future__ import annotations

import io
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.warc.a_record import a_record
from tests.warc.a_site import BASE, INFO, SITE, START, content, exchange, page_ref, url_of
from warc.collection import COMMIT_EXCHANGES, Collection
from warc.digest import sha1_of
from warc.errors import CollectionError, UnresolvedRevisit
from warc.exchange import Note, SpooledBody
from warc.fields import Fields
from warc.http import decode_body
from warc.manifest_rows import NewPage
from warc.note import number
from warc.reader import read_records
from warc.record import Record

NO_NOTE = Note()


def opened(folder: Path, **more: Any) -> Collection:
    return Collection.open(folder, site=SITE, info=INFO, **more)


def want(collection: Collection, keys: Sequence[object], crawl: int = 0) -> None:
    collection.manifest.add_pages(
        [
            NewPage(
                url=url_of(key), page_type="p", key=str(key), priority=number, hops=2,
                found_on=f"{BASE}/list", discovered_by="a.link", discovered_in=crawl,
            )
            for number, key in enumerate(keys)
        ]
    )  # fmt: skip


def fetch(collection: Collection, key: object, second: int = 0) -> int:
    return collection.add(
        exchange(url_of(key), content(key), second=second),
        NO_NOTE,
        page=page_ref(key),
        verdict="content",
    )


def tables(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    connection = sqlite3.connect(folder / "manifest.sqlite")
    found = {
        table: connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
        for table in ("pages", "captures", "crawls", "files")
    }
    connection.close()
    return found


def warc_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if ".warc.gz" in path.name)


def leave(collection: Collection) -> None:
    """End as a killed process does: nothing is sealed or committed."""
    collection._let_go()


def test_a_crawl_is_archived_and_read_back(tmp_path: Path) -> None:
    with opened(tmp_path / "a") as collection:
        want(collection, [1, 2])
        fetch(collection, 1)
        collection.commit()
        (capture,) = collection.manifest.captures_of(url_of(1))
        assert decode_body(collection.read_capture(capture)) == content(1)
        assert [page.key for page in collection.manifest.due(START, 9)] == ["2"]
    assert len(warc_names(tmp_path / "a")) == 1
    assert warc_names(tmp_path / "a")[0].endswith("-00001.warc.gz")


def test_nothing_fetched_leaves_no_file(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        collection.start_crawl({})
    assert warc_names(tmp_path) == []


def test_the_note_says_what_the_manifest_knows(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        crawl = collection.start_crawl({})
        want(collection, [1], crawl)
        note = Note(fields=(("hopsFromSeed", "L"), ("priority", "77")))
        collection.add(exchange(url_of(1), content(1)), note, page=page_ref(1), verdict="content")
    metadata = read_all(tmp_path)[3]
    assert metadata.block.decode().splitlines() == [
        "hopsFromSeed: L", "priority: 77", f"via: {BASE}/list", "hops: 2",
        "discovered-by: a.link", "discovered-in: 1", "crawl: 1", "fetchTimeMs: 7",
        "page-type: p", "page-key: 1", "verdict: content",
    ]  # fmt: skip


def read_all(folder: Path) -> list[Record]:
    found = [one for name in warc_names(folder) for one in read_records(folder / name)]
    assert all(isinstance(one, Record) for one in found)
    return [one for one in found if isinstance(one, Record)]


def test_the_same_payload_becomes_a_revisit_once_its_original_is_synced(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1)
        fetch(collection, 1, second=1)
        collection.commit()
        fetch(collection, 1, second=2)
        collection.commit()
        kinds = [one.record_type for one in collection.manifest.captures_of(url_of(1))]
        assert kinds == ["revisit", "response", "response"]
        newest = collection.manifest.captures_of(url_of(1))[0]
        assert collection.read_capture(newest).body == content(1)
        lost = replace(newest, refers_to="urn:uuid:none", payload_digest="sha1:none")
        with pytest.raises(UnresolvedRevisit, match="urn:uuid:none is not in this collection"):
            collection.read_capture(lost)


def test_truncated_and_tiny_bodies_never_become_revisits(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        for _ in range(2):
            collection.add(exchange(BASE, b"tiny"), NO_NOTE, page=None, verdict="unknown")
            cut = replace(exchange(url_of(1), content(1)), truncated="disconnect")
            collection.add(cut, NO_NOTE, page=page_ref(1), verdict="truncated")
            collection.commit()
    assert "revisit" not in {record.type for record in read_all(tmp_path)}


def test_exchanges_are_committed_in_groups(tmp_path: Path) -> None:
    collection = opened(tmp_path)
    for key in range(COMMIT_EXCHANGES + 3):
        fetch(collection, key)
    assert len(tables(tmp_path)["captures"]) == COMMIT_EXCHANGES
    leave(collection)


def test_what_was_written_but_not_committed_is_found_again(tmp_path: Path) -> None:
    collection = opened(tmp_path)
    want(collection, [1, 2])
    fetch(collection, 1)
    collection.commit()
    fetch(collection, 2)
    leave(collection)
    assert warc_names(tmp_path)[0].endswith(".open")
    with opened(tmp_path) as again:
        assert again.told == ()
        assert again.manifest.due(START, 9) == ()
        assert len(again.manifest.captures_of(url_of(2))) == 1
    assert [name.endswith(".warc.gz") for name in warc_names(tmp_path)] == [True]


@pytest.mark.parametrize("cut", [1, 9, 200, 500, 1000])
def test_a_torn_tail_is_set_aside_by_name(tmp_path: Path, cut: int) -> None:
    collection = opened(tmp_path)
    fetch(collection, 1)
    collection.commit()
    fetch(collection, 2)
    leave(collection)
    (name,) = warc_names(tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[:-cut])
    with opened(tmp_path) as again:
        assert again.manifest.captures_of(url_of(2)) == ()
        assert len(again.manifest.captures_of(url_of(1))) == 1
        sealed, torn = warc_names(tmp_path)
        assert again.told == (
            f"{sealed}: {(tmp_path / torn).stat().st_size} torn bytes set aside as {torn}",
        )
    kept = (tmp_path / sealed).read_bytes()
    assert torn == f"{sealed}.torn-{len(kept)}"
    assert kept + (tmp_path / torn).read_bytes() == whole[:-cut]
    read_all_of(tmp_path / sealed)


@pytest.mark.parametrize(
    "before", [b"", b"begin", b"beginning", b"another tear", b"longer than it"]
)
def test_what_was_set_aside_at_the_same_place_stays(tmp_path: Path, before: bytes) -> None:
    """A copy that a killed repair has begun is finished; anything else is kept beside it."""
    collection = opened(tmp_path)
    fetch(collection, 1)
    leave(collection)
    (name,) = warc_names(tmp_path)
    left = tmp_path / name
    place = f"{name.removesuffix('.open')}.torn-{left.stat().st_size}"
    left.write_bytes(left.read_bytes() + b"beginning")
    (tmp_path / place).write_bytes(before)
    with opened(tmp_path) as again:
        (told,) = again.told
    is_begun = b"beginning".startswith(before)
    assert told.endswith(place if is_begun else f"{place}-2")
    aside = {path.read_bytes() for path in tmp_path.glob("*.torn-*")}
    assert aside == {b"beginning"} | (set() if is_begun else {before})


def read_all_of(path: Path) -> None:
    assert all(isinstance(one, Record) for one in read_records(path))


def test_a_torn_file_without_any_exchange_goes(tmp_path: Path) -> None:
    collection = opened(tmp_path)
    fetch(collection, 1)
    leave(collection)
    (name,) = warc_names(tmp_path)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:500])
    with opened(tmp_path) as again:
        assert len(again.told) == 1
    (left,) = warc_names(tmp_path)
    assert ".torn-" in left


def test_a_file_left_open_never_takes_the_place_of_a_sealed_one(tmp_path: Path) -> None:
    collection = opened(tmp_path)
    fetch(collection, 1)
    leave(collection)
    (name,) = warc_names(tmp_path)
    sealed = tmp_path / name.removesuffix(".open")
    sealed.write_bytes(a_record(1))
    with pytest.raises(CollectionError, match=f"{sealed.name} are both there"):
        opened(tmp_path)
    assert sealed.read_bytes() == a_record(1)


def test_damage_in_an_unknown_open_file_hides_nothing_behind_it(tmp_path: Path) -> None:
    collection = opened(tmp_path)
    for key in (1, 2, 3):
        fetch(collection, key)
    leave(collection)
    for path in tmp_path.glob("manifest*"):
        path.unlink()
    (name,) = warc_names(tmp_path)
    data = bytearray((tmp_path / name).read_bytes())
    data[len(data) // 2] ^= 255
    (tmp_path / name).write_bytes(data)
    with opened(tmp_path) as again:
        assert len(again.manifest.captures_of(url_of(1))) == 1
        assert len(again.manifest.captures_of(url_of(3))) == 1
        assert len(again.told) == 1
        assert "byte" in again.told[0]


@pytest.mark.parametrize("priority", [0, -1, 7, -235580784921303904, 2**63 - 1])
def test_a_manifest_that_is_made_again_keeps_the_order_of_the_queue(
    tmp_path: Path, priority: int
) -> None:
    """Newest matches first: priorities are times in microseconds and more, with a sign."""
    with opened(tmp_path) as collection:
        collection.manifest.add_pages(
            [NewPage(url=url_of(1), page_type="p", key="1", priority=priority)]
        )
        collection.failed(url_of(1), "status 500", None)
    for path in tmp_path.glob("manifest*"):
        path.unlink()
    with opened(tmp_path) as again:
        page = again.manifest.page(url_of(1))
        assert page is not None
        assert page.priority == priority


def test_a_number_of_a_note_that_no_manifest_can_hold_counts_for_nothing() -> None:
    for text in ("9" * 19, "1" * 5000, "-" + "9" * 19, "--1", "1e3", ""):
        assert number(Fields([("priority", text)]), "priority") == 0


def test_a_deleted_manifest_is_made_again(tmp_path: Path) -> None:
    """All but the queue: pages that were never asked for, attempts and waits of those to retry."""
    with opened(tmp_path) as collection:
        crawl = collection.start_crawl({"full": True})
        want(collection, [1, 2, 3, 4, 5], crawl)
        ended = NewPage(url=url_of(1), page_type="p", key="1", event_at=START)
        collection.manifest.add_pages([ended])
        fetch(collection, 1)
        collection.commit()
        fetch(collection, 1, second=5)
        blocked = exchange(url_of(2), b"denied" * 500, status=403)
        collection.add(blocked, NO_NOTE, page=page_ref(2), verdict="error")
        collection.add(
            exchange(f"{BASE}/robots.txt", b"User-agent: *"), NO_NOTE, page=None, verdict="unknown"
        )
        hop = exchange(url_of(3), b"", status=302)
        hop = replace(hop, response_head=b"HTTP/1.1 302 Found\r\nLocation: /moved\r\n\r\n")
        collection.add(hop, NO_NOTE, page=page_ref(3), verdict="redirect")
        moved = exchange(f"{BASE}/moved", content(3))
        via = Note(fields=(("via", url_of(3)),))
        collection.add(moved, via, page=page_ref(3), verdict="content", page_url=url_of(3))
        cut = replace(exchange(url_of(6), content(6)), truncated="disconnect")
        want(collection, [6], crawl)
        collection.add(cut, NO_NOTE, page=page_ref(6), verdict="truncated")
        collection.failed(url_of(4), "timeout", START)
        collection.failed(url_of(4), "timeout again", None)
        collection.skipped(url_of(5), "robots.txt forbids it")
        collection.finish_crawl("done", counts={"pages": 3}, walk_complete=True)
    before = tables(tmp_path)
    for path in tmp_path.glob("manifest*"):
        path.unlink()
    opened(tmp_path).close()
    after = tables(tmp_path)
    assert after["captures"] == before["captures"]
    assert after["crawls"] == before["crawls"]
    assert after["files"] == before["files"]
    # Ids follow the order in the archive: they only break ties in the queue.
    pages, again = ({row[1:] for row in found["pages"]} for found in (before, after))
    assert again == pages


def test_an_interrupted_crawl_is_known_by_its_exchanges(tmp_path: Path) -> None:
    collection = opened(tmp_path)
    collection.start_crawl({})
    fetch(collection, 1)
    leave(collection)
    with opened(tmp_path) as again:
        (crawl,) = again.manifest.crawls()
        assert (crawl.id, crawl.why, crawl.walk_complete) == (1, "interrupted", False)


def test_files_copied_in_by_hand_are_indexed(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    with opened(theirs) as collection:
        fetch(collection, 1)
    with opened(ours) as collection:
        want(collection, [1, 2])
    (name,) = warc_names(theirs)
    shutil.copy(theirs / name, ours / f"copied-{name}")
    block = b"HTTP/1.1 200 OK\r\n\r\n" + content(2)
    (ours / "foreign.warc").write_bytes(
        a_record(
            1, block, WARC_Type="response", WARC_Target_URI=url_of(2),
            Content_Type="application/http;msgtype=response",
            WARC_Block_Digest=sha1_of((block,)),
        )
        + b"torn"
    )  # fmt: skip
    with opened(ours) as collection:
        assert collection.manifest.due(START, 9) == ()
        assert [one.file for one in collection.manifest.captures_of(url_of(2))] == ["foreign.warc"]
        assert len(collection.told) == 1
        (capture,) = collection.manifest.captures_of(url_of(2))
        assert collection.read_capture(capture).body == content(2)


def test_rows_that_point_at_nothing_are_dropped(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        want(collection, [1])
        fetch(collection, 1)
    (name,) = warc_names(tmp_path)
    (tmp_path / name).unlink()
    with opened(tmp_path) as collection:
        assert collection.told == (f"{name}: the file is gone, its captures are forgotten",)
        assert collection.manifest.captures_of(url_of(1)) == ()
        assert [page.key for page in collection.manifest.due(START, 9)] == ["1"]


def test_a_file_that_became_shorter_is_read_again(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1)
        fetch(collection, 2)
    (name,) = warc_names(tmp_path)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) * 2 // 3])
    with opened(tmp_path) as collection:
        assert len(collection.manifest.captures_of(url_of(1))) == 1
        assert collection.manifest.captures_of(url_of(2)) == ()


def test_files_are_sealed_at_their_size(tmp_path: Path) -> None:
    with opened(tmp_path, max_file_bytes=2000) as collection:
        for key in range(4):
            fetch(collection, key)
            collection.commit()
    names = warc_names(tmp_path)
    assert [name[-13:] for name in names] == ["00001.warc.gz", "00002.warc.gz"]
    assert [record.type for record in read_all(tmp_path)].count("warcinfo") == 2


def test_a_second_writer_is_told_who_is_first(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(CollectionError) as caught:
        opened(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path} is in use by fetch, process {os.getpid()} on ")
    assert caught.value.exit_code == 4
    opened(tmp_path).close()


def test_a_killed_holder_does_not_lock_for_ever(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from warc.lock import FolderLock\n"
        "FolderLock(pathlib.Path(sys.argv[1])).take('fetch'); print('held', flush=True)\n"
        "sys.stdin.read(); os._exit(9)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "collection.lock"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(CollectionError, match=f"process {holder.pid}"):
            opened(tmp_path)
        holder.kill()
        holder.wait()
        opened(tmp_path).close()


def test_another_base_url_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as collection:
        fetch(collection, 1)
    stand_in = replace(INFO, base_url="http://127.0.0.1:8000")
    with pytest.raises(
        CollectionError, match=r"holds pages of https://a\.example .*, not of http://127"
    ):
        Collection.open(tmp_path, site=SITE, info=stand_in)
    opened(tmp_path).close()


def test_a_stand_in_is_judged_as_the_site(tmp_path: Path) -> None:
    stand_in = replace(INFO, base_url="http://127.0.0.1:8000")
    for _ in range(2):
        with Collection.open(tmp_path, site=SITE, info=stand_in) as collection:
            url = "http://127.0.0.1:8000/p/1"
            if not collection.manifest.captures_of(url):
                collection.add(
                    exchange(url, content(1)), NO_NOTE, page=page_ref(1), verdict="content"
                )
        for path in tmp_path.glob("manifest*"):
            path.unlink()
    with Collection.open(tmp_path, site=SITE, info=stand_in) as collection:
        (capture,) = collection.manifest.captures_of(url)
        assert (capture.page_type, capture.page_key, capture.verdict) == ("p", "1", "content")


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CollectionError, match=r"file/a cannot be created: .*--archives"):
        opened(tmp_path / "file" / "a")


def test_a_large_body_is_archived_from_its_spool(tmp_path: Path) -> None:
    body = content(1, 3 << 20)
    with opened(tmp_path) as collection:
        spooled = exchange(url_of(1), SpooledBody(io.BytesIO(body), len(body)))
        collection.add(spooled, NO_NOTE, page=page_ref(1), verdict="content")
        collection.commit()
        (capture,) = collection.manifest.captures_of(url_of(1))
        assert collection.read_capture(capture).body == body
