from __future__ import annotations

import errno
import gzip
import hashlib
import io
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.faults.faulty_disk import FaultyDisk
from tests.warc.a_site import (
    INFO,
    REQUEST,
    START,
    content,
    exchange,
    made_of,
    not_modified,
    url_of,
)
from warc.disk import RealDisk
from warc.errors import CollectionError
from warc.exchange import Exchange, Note, RevisitTarget, SpooledBody
from warc.format import stored_head
from warc.http import decode_body, read_request, response_of
from warc.reader import read_record, read_records
from warc.record import Record
from warc.writer import WarcWriter, payload_digest

NOTE = Note(fields=(("via", "https://a.example/"), ("hopsFromSeed", "L"), ("odd", "a\r\nb")))
NAME = "a-20261121T200512Z-00001.warc.gz"


def new_writer(folder: Path) -> WarcWriter:
    return WarcWriter(folder, NAME, INFO, at=START, disk=RealDisk())


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A sealed file with every kind of record we write."""
    writer = new_writer(tmp_path)
    first = writer.append(exchange(url_of(1), content(1), packed=True), NOTE)
    big = content(2, 3 << 20)
    writer.append(exchange(url_of(2), SpooledBody(io.BytesIO(big), len(big))), NOTE)
    writer.sync()
    original = RevisitTarget(
        url=url_of(1), record_id=first.record_id, date=START, payload_digest=first.payload_digest
    )
    again = exchange(url_of(1), content(1), packed=True, second=9)
    writer.append(again, NOTE, revisit_of=original)
    writer.append(replace(exchange(url_of("a b<c>"), b""), truncated="time", ip=""), NOTE)
    posted = replace(exchange(url_of(3), b"x"), request_body=b"a=b", protocols=("h2", "tls/1.3"))
    writer.append(posted, NOTE)
    writer.note(url_of(4), Note(fields=(("outcome", "failed"), ("reason", "timeout"))), at=START)
    made = (made_of(2, content(2)), made_of(2, b"{}", kind="pageinfo"))
    large = exchange(url_of(2), SpooledBody(io.BytesIO(big), len(big)))
    writer.append(large, NOTE, resources=made)
    unmodified = replace(original, unmodified=True)
    writer.append(not_modified(1, second=20), NOTE, revisit_of=unmodified)
    return writer.seal()


def records(path: Path) -> list[Record]:
    found = list(read_records(path, thorough=True))
    assert all(isinstance(one, Record) for one in found)
    return [one for one in found if isinstance(one, Record)]


def test_the_records_come_back_in_order(archive: Path) -> None:
    kinds = [record.type for record in records(archive)]
    exchange_kinds = ["request", "response", "metadata"]
    assert kinds == [
        "warcinfo", *exchange_kinds, *exchange_kinds, "request", "revisit", "metadata",
        *exchange_kinds, *exchange_kinds, "metadata", "resource", "resource", *exchange_kinds,
        "request", "revisit", "metadata",
    ]  # fmt: skip
    assert archive.name == NAME
    assert not archive.with_name(NAME + ".open").exists()


def test_a_lone_record_is_described_as_it_lies(tmp_path: Path) -> None:
    writer = new_writer(tmp_path)
    url = url_of(1)
    noted = writer.note(url, NOTE, at=START)
    saved = writer.resource(url, b"<html>", content_type="text/html", at=START)
    found = records(writer.seal())
    for written, record in zip((noted, saved), found[1:], strict=True):
        lies = (record.type, record.record_id, record.offset, record.length)
        assert lies == (written.type, written.record_id, written.offset, written.length)
        assert (record.fields.first("WARC-Payload-Digest") or "") == written.payload_digest
        assert (record.target_uri, record.date) == (url, START)
        assert record.fields.first("WARC-Warcinfo-ID") == f"<{found[0].record_id}>"
    assert (noted.type, saved.type) == ("metadata", "resource")
    assert saved.payload_digest.startswith("sha1:")
    assert found[2].block == b"<html>"
    assert found[2].fields.first("Content-Type") == "text/html"


def test_what_was_made_of_a_page_is_described_as_it_lies(tmp_path: Path) -> None:
    writer = new_writer(tmp_path)
    writer.append(exchange(url_of(1), content(1)), NOTE)
    made = (made_of(2, content(2)), made_of(2, b"{}", kind="pageinfo"))
    written = writer.append(exchange(url_of(2), content(2)), NOTE, resources=made)
    found = records(writer.seal())
    dom, info, _, response, metadata = found[4:]
    for record, place in ((dom, written.resources[0]), (info, written.resources[1])):
        lies = (record.type, record.record_id, record.offset, record.length)
        assert lies == (place.type, place.record_id, place.offset, place.length)
        assert place.payload_digest == record.fields.first("WARC-Payload-Digest")
    assert (response.offset, response.length) == (written.offset, written.length)
    assert written.size == metadata.offset + metadata.length


def test_gzip_finds_no_fault(archive: Path) -> None:
    if shutil.which("gzip") is None:
        pytest.skip("there is no gzip command here")
    assert subprocess.run(["gzip", "-t", archive], check=False).returncode == 0
    assert gzip.decompress(archive.read_bytes()).startswith(b"WARC/1.1\r\nWARC-Type: warcinfo")


def test_warcio_check_finds_no_fault(archive: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", archive],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    assert "FAIL" not in run.stdout.upper()
    assert run.stdout.count("digest pass") == len(records(archive)) - 2  # it skips revisits


def test_warcio_reads_the_same_bytes(archive: Path) -> None:
    ours = [(record.type, record.target_uri, record.block) for record in records(archive)]
    theirs = []
    with archive.open("rb") as file:
        for record in ArchiveIterator(file, no_record_parse=True):
            header = record.rec_headers
            target = header.get_header("WARC-Target-URI") or ""
            theirs.append((record.rec_type, target, record.raw_stream.read()))
    assert ours == theirs


def test_the_warcinfo_says_who_crawled_what(archive: Path) -> None:
    info = records(archive)[0]
    assert info.fields.first("WARC-Filename") == NAME
    text = info.block.decode()
    assert "software: Warchouse/test\r\nformat: WARC File Format 1.1\r\n" in text
    assert "base-url: https://a.example\r\nrobots: obey\r\noperator: a@a.example\r\n" in text


def test_an_exchange_is_tied_together(archive: Path) -> None:
    info, request, response, metadata = records(archive)[:4]
    assert {record.date for record in (request, response, metadata)} == {START}
    assert request.fields.all("WARC-Concurrent-To") == (f"<{response.record_id}>",)
    assert response.fields.all("WARC-Concurrent-To") == (f"<{request.record_id}>",)
    assert metadata.fields.all("WARC-Concurrent-To") == (f"<{response.record_id}>",)
    assert response.fields.first("WARC-Warcinfo-ID") == f"<{info.record_id}>"
    assert response.fields.first("WARC-IP-Address") == "127.0.0.1"
    assert request.block == REQUEST
    assert metadata.block == b"via: https://a.example/\r\nhopsFromSeed: L\r\nodd: a b\r\n"


def test_protocols_and_truncation_are_written(archive: Path) -> None:
    found = records(archive)
    assert found[11].fields.first("WARC-Truncated") == "time"
    assert found[11].target_uri == "https://a.example/p/a%20b%3Cc%3E"
    assert found[14].fields.all("WARC-Protocol") == ("h2", "tls/1.3")
    assert read_request(found[13].block).body == b"a=b"
    assert "WARC-IP-Address" not in found[11].fields


def test_the_payload_is_what_was_received(archive: Path) -> None:
    response = response_of(records(archive)[2])
    packed = gzip.compress(content(1), mtime=0)
    assert response.body == packed
    assert decode_body(response) == content(1)
    sha1 = hashlib.sha1(packed).digest()
    assert payload_digest(exchange(url_of(1), packed)).startswith("sha1:")
    assert len(sha1) == 20


def test_a_large_body_streams_through(archive: Path) -> None:
    response = response_of(records(archive)[5])
    assert response.body == content(2, 3 << 20)
    assert response.fields.sole("Content-Length") == str(len(response.body))


def test_a_revisit_keeps_its_own_head_and_names_its_original(archive: Path) -> None:
    original, revisit = records(archive)[2], records(archive)[8]
    assert revisit.fields.first("WARC-Refers-To") == f"<{original.record_id}>"
    assert revisit.fields.first("WARC-Refers-To-Date") == "2026-11-21T20:05:12.123456Z"
    assert revisit.fields.first("WARC-Payload-Digest") == original.fields.first(
        "WARC-Payload-Digest"
    )
    assert revisit.block.endswith(b"\r\n\r\n")
    assert response_of(revisit).body == b""


@pytest.mark.parametrize(
    ("received", "size", "stored"),
    [
        pytest.param(
            b"A\r\nX: caf\xe9\r\n\r\n",
            3,
            b"A\r\nX: caf\xe9\r\nContent-Length: 3\r\n\r\n",
            id="raw bytes",
        ),
        pytest.param(
            b"A\r\ncontent-length:  3\r\nX:1\r\n\r\n",
            3,
            b"A\r\ncontent-length:  3\r\nX:1\r\n\r\n",
            id="as it was",
        ),
        pytest.param(
            b"A\r\nContent-Length: 9\r\n\r\n",
            3,
            b"A\r\nX-Orig-Content-Length: 9\r\nContent-Length: 3\r\n\r\n",
            id="another length",
        ),
        pytest.param(
            b"A\r\nTransfer-Encoding: chunked\r\n\r\n",
            0,
            b"A\r\nX-Orig-Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
            id="chunked",
        ),
        pytest.param(
            b"HTTP/2 200\r\n\r\n", 0, b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", id="HTTP/2"
        ),
        pytest.param(
            b"A\r\nX: 1\r\n Content-Length: 9\r\n\r\n",
            0,
            b"A\r\nX: 1\r\n Content-Length: 9\r\nContent-Length: 0\r\n\r\n",
            id="folded",
        ),
        pytest.param(
            b"A\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
            3,
            b"A\r\nContent-Length: 3\r\nX-Orig-Content-Length: 3\r\n\r\n",
            id="said twice",
        ),
    ],
)
def test_a_head_is_stored_as_received_but_for_its_framing(
    received: bytes, size: int, stored: bytes
) -> None:
    assert stored_head(received, size) == stored


def test_short_writes_are_completed(tmp_path: Path) -> None:
    writer = WarcWriter(tmp_path, NAME, INFO, at=START, disk=FaultyDisk(kind="short"))
    written = writer.append(exchange(url_of(1), content(1)), NOTE)
    path = writer.seal()
    assert response_of(read_record(path, written.offset)).body == content(1)
    assert path.stat().st_size == written.size


def test_a_full_disk_cuts_back_to_what_was_synced(tmp_path: Path) -> None:
    disk = FaultyDisk(kind="short")
    writer = WarcWriter(tmp_path, NAME, INFO, at=START, disk=disk)
    writer.append(exchange(url_of(1), content(1)), NOTE)
    writer.sync()
    synced = writer.path.read_bytes()
    writer.append(exchange(url_of(2), content(2)), NOTE)
    real_write = disk.write
    disk.fail_at = disk.operations + 1

    def fails_once(handle: int, data: bytes | memoryview) -> int:
        try:
            return real_write(handle, data)
        finally:
            disk.fail_at = 0

    disk.write = fails_once  # type: ignore[method-assign]
    with pytest.raises(CollectionError, match=r"cannot be written: no space left .*--archives"):
        writer.append(exchange(url_of(3), content(3)), NOTE)
    assert writer.path.read_bytes() == synced
    with pytest.raises(CollectionError, match="no longer being written"):
        writer.append(exchange(url_of(4), content(4)), NOTE)


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    disk = FaultyDisk(1, code=errno.EACCES)
    with pytest.raises(CollectionError, match=r"00001\.warc\.gz\.open cannot be created: "):
        WarcWriter(tmp_path, NAME, INFO, at=START, disk=disk)


def test_a_body_in_pieces_gives_the_record_of_the_whole(tmp_path: Path) -> None:
    body = content(1, 5000)
    spooled: Exchange = exchange(url_of(1), SpooledBody(io.BytesIO(body), len(body)))
    writer = new_writer(tmp_path)
    writer.append(spooled, NOTE)
    writer.append(exchange(url_of(1), body), NOTE)
    _, _, first, _, _, second, _ = records(writer.seal())
    assert first.block == second.block
    for name in ("WARC-Block-Digest", "WARC-Payload-Digest", "Content-Length"):
        assert first.fields.first(name) == second.fields.first(name)
