"""A WACZ is valid to its own tool and to a stricter look, and replays byte for byte in pywb."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import io
import json
import re
import shutil
import socket
import subprocess
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

from tests.parse.bench import record as a_capture
from tests.warc.a_record import a_record
from tests.warc.a_site import INFO, SITE, content, exchange, page_ref, url_of
from tests.warc.archives_collection import make_collection, warc_of
from tests.warc.framings import FRAMINGS
from tests.warc.judges import asked, judge
from tests.warc.test_samples import SAMPLES
from warc.archives.find import payload_of
from warc.archives.targets import Target, targets_of
from warc.collection import Collection
from warc.errors import UsageError
from warc.exchange import Note
from warc.exports.run import Exported, export_wacz, sources_of
from warc.exports.wacz import WaczWriter
from warc.http import response_of
from warc.reader import read_records
from warc.record import Record

DEMO = Path(__file__).parents[2] / "archives" / "demo"
START_SECONDS = 60
TEXT = b"<html><title> A &amp;\n B </title>" + b"text " * 400 + b"</html>"


def targets(*paths: Path) -> tuple[Target, ...]:
    return targets_of([str(path) for path in paths], paths[0].parent)


def packed(out: Path, *paths: Path) -> Exported:
    """Export files into a package that passes every look."""
    told = export_wacz(sources_of(targets(*paths)), out, print)
    done = asked("wacz", "validate", "-f", out)
    assert done.returncode == 0, done.stdout + done.stderr
    look(out, told)
    return told


def look(path: Path, told: Exported) -> None:
    """What `wacz validate` does not look at: what must be there, how it lies, where it leads."""
    assert zipfile.ZipFile(path).testzip() is None
    with zipfile.ZipFile(path) as opened:
        entries = {one.filename: one for one in opened.infolist()}
        assert len(entries) == len(opened.infolist())
        package = json.loads(opened.read("datapackage.json"))
        digest = json.loads(opened.read("datapackage-digest.json"))
        whole = opened.read("datapackage.json")
        assert digest == {
            "path": "datapackage.json",
            "hash": f"sha256:{hashlib.sha256(whole).hexdigest()}",
        }
        assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
        described = {one["path"]: one for one in package["resources"]}
        assert entries.keys() - described.keys() == {"datapackage.json", "datapackage-digest.json"}
        for name, one in described.items():
            data = opened.read(name)
            assert one["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
            assert one["bytes"] == len(data)
            assert re.fullmatch(r"[a-z0-9._-]+", one["name"])
            is_stored = entries[name].compress_type == zipfile.ZIP_STORED
            assert is_stored or not name.endswith((".gz", ".warc"))
        check_pages(opened.read("pages/pages.jsonl"), told)
        check_index(path, opened, told)


def check_pages(data: bytes, told: Exported) -> None:
    head, *pages = map(json.loads, data.splitlines())
    assert head["format"] == "json-pages-1.0"
    assert len(pages) == told.pages
    assert len({one["id"] for one in pages}) == len(pages)
    for one in pages:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one["ts"])
        assert "://" in one["url"]


def check_index(path: Path, opened: zipfile.ZipFile, told: Exported) -> None:
    """Every line leads to its record in the file as it lies in the package."""
    blocks = opened.read("indexes/index.cdx.gz")
    meta, *index = opened.read("indexes/index.idx").decode().splitlines()
    assert json.loads(meta.removeprefix("!meta 0 "))["filename"] == "index.cdx.gz"
    lines: list[str] = []
    for one in index:
        key, place = one.split(" {", 1)
        at = json.loads("{" + place)
        block = blocks[at["offset"] : at["offset"] + at["length"]]
        assert at["digest"] == f"sha256:{hashlib.sha256(block).hexdigest()}"
        lines += gzip.decompress(block).decode().splitlines()
        assert key in lines[-1024:][0] or any(line.startswith(key) for line in lines)
    assert len(lines) == told.captures
    assert lines == sorted(lines)
    raw = path.read_bytes()
    for line in lines:
        said = json.loads(line[line.index("{") :])
        entry = opened.getinfo(f"archive/{said['filename']}")
        begin = entry.header_offset + 30 + len(entry.filename) + extra_size(raw, entry)
        at, length = begin + int(said["offset"]), int(said["length"])
        member = raw[at : at + length]
        block = gzip.decompress(member) if member.startswith(b"\x1f\x8b") else member
        assert block.upper().startswith(b"WARC/")
        assert said["url"].encode() in block


def extra_size(raw: bytes, entry: zipfile.ZipInfo) -> int:
    """Bytes of the extra field in an entry's own head."""
    return int.from_bytes(raw[entry.header_offset + 28 : entry.header_offset + 30], "little")


def pages_in(path: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as opened:
        return [json.loads(line) for line in opened.read("pages/pages.jsonl").splitlines()[1:]]


# -- replay ----------------------------------------------------------------------------------------


@contextmanager
def replayed(folder: Path, package: Path) -> Iterator[int]:
    """A pywb that plays a package on loopback; its port."""
    folder.mkdir()
    manager = str(judge("wb-manager"))
    for words in (["init", "t"], ["add", "--unpack-wacz", "t", str(package)]):
        done = subprocess.run(
            [manager, *words], cwd=folder, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(judge("wayback")), "-b", "127.0.0.1", "-p", str(port)]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("pywb did not start")


def answer(port: int, url: str, at: str) -> tuple[int, bytes]:
    """Status and body that pywb gives for a capture, as it was archived (id_)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", f"/t/{at}id_/{url}")
        got = connection.getresponse()
        body = got.read()
        if got.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return got.status, body
    finally:
        connection.close()


def expected(*paths: Path) -> dict[tuple[str, str], set[str]]:
    """By URL and second: the SHA-256 of every payload that we decode for it."""
    made: dict[tuple[str, str], set[str]] = {}
    for target in targets(*paths):
        for path in target.files:
            for one in read_records(path):
                if isinstance(one, Record) and one.type in {"response", "revisit", "resource"}:
                    payload = payload_of(one, targets(*paths))
                    if b"Content-Encoding: zstd" in one.block:
                        payload = response_of(one).body  # pywb hands zstd on as it was sent
                    key = (one.target_uri, one.date.strftime("%Y%m%d%H%M%S"))
                    made.setdefault(key, set()).add(hashlib.sha256(payload).hexdigest())
    return made


def check_replay(folder: Path, package: Path, *paths: Path) -> int:
    """Ask pywb for every capture; how many were compared."""
    wanted = expected(*paths)
    with replayed(folder, package) as port:
        for (url, at), digests in wanted.items():
            status, body = answer(port, url, at)
            assert hashlib.sha256(body).hexdigest() in digests, (url, at, status, body[:200])
    return len(wanted)


def test_the_demo_replays_byte_for_byte(tmp_path: Path) -> None:
    told = packed(tmp_path / "demo.wacz", DEMO)
    titles = [one.get("title", "") for one in pages_in(tmp_path / "demo.wacz")]
    assert told.pages == len(titles) == 110 + 19
    assert sum("HLTV.org" in one for one in titles) == 110
    assert check_replay(tmp_path / "play", tmp_path / "demo.wacz", DEMO) > 100


def test_our_own_revisits_redirects_and_failures_replay(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "own", max_file_bytes=3000)
    with Collection.open(folder, site=SITE, info=INFO) as opened:
        for second, status in enumerate((404, 200)):
            made = exchange(url_of(f"x{status}"), content(1), status=status, second=99 + second)
            opened.add(made, Note(), page=page_ref(1), verdict="content")
        made = exchange(url_of("9?B=2&a=1"), content(9), packed=True)
        opened.add(made, Note(), page=page_ref(9), verdict="content")
    packed(tmp_path / "own.wacz", folder)
    assert check_replay(tmp_path / "play", tmp_path / "own.wacz", folder) >= 7


def foreign(folder: Path) -> Path:
    """Files of other writers, each of a host of its own: every framing, every coding, chunks."""
    (folder / "b").mkdir(parents=True)
    for number, name in enumerate(FRAMINGS):
        suffix = {"p": ".warc", "g": ".warc.gz", "z": ".warc.zst"}[name[0]]
        records = coded(f"http://b{number}.example")
        (folder / "b" / f"{number}{suffix}").write_bytes(FRAMINGS[name](records))
    return folder / "b"


def coded(site: str) -> list[bytes]:
    """A page in every coding, in chunks, and saved from a browser."""
    bodies = {
        "Content-Encoding: gzip": gzip.compress(TEXT, mtime=0),
        "Content-Encoding: deflate": zlib.compress(TEXT),
        "Content-Encoding: br": brotli.compress(TEXT),
        "Content-Encoding: zstd": zstandard.compress(TEXT),
        "Transfer-Encoding: chunked": b"%x\r\n%s\r\n0\r\n\r\n" % (len(TEXT), TEXT),
    }
    made = []
    for second, (field, body) in enumerate(bodies.items()):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{field}\r\n\r\n"
        made.append(capture(f"{site}/{second}", head.encode() + body, second))
    saved = a_capture(f"{site}/saved", TEXT, second=9, kind="resource", http=False)
    return [*made, gzip.decompress(saved)]


def capture(url: str, block: bytes, second: int) -> bytes:
    """A response of another writer, without digests."""
    return gzip.decompress(
        a_capture(
            url,
            block,
            second=second,
            http=False,
            fields={"Content-Type": "application/http;msgtype=response", "WARC-Payload-Digest": ""},
        )
    )


def test_files_of_every_framing_and_coding_replay(tmp_path: Path) -> None:
    folder = foreign(tmp_path)
    told = packed(tmp_path / "b.wacz", folder)
    assert told.pages == told.captures == 6 * len(FRAMINGS)
    assert {one["title"] for one in pages_in(tmp_path / "b.wacz")} == {"A & B"}
    assert {name.split(".")[0] for name in told.rewritten} == {
        str(number)
        for number, name in enumerate(FRAMINGS)
        if name not in {"plain", "gzip per record"}
    }
    assert check_replay(tmp_path / "play", tmp_path / "b.wacz", folder) == 6 * len(FRAMINGS)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample archives are not there")
def test_files_of_other_writers_are_packed_and_replay(tmp_path: Path) -> None:
    """wget's, wpull's, Heritrix's, ARC; those of one name are packed from one place alone."""
    (tmp_path / "s").mkdir()
    for name in (
        "example-wget-1-14.warc.gz",
        "example-wpull.warc.gz",
        "example.arc.gz",
        "dupes.warc.gz",
    ):
        (found, *_) = sorted(SAMPLES.rglob(name))
        shutil.copy(found, tmp_path / "s" / name)
    told = packed(tmp_path / "s.wacz", tmp_path / "s")
    assert told.rewritten == {"example.arc.gz": "example.warc.gz"}
    urls = {one["url"] for one in pages_in(tmp_path / "s.wacz")}
    assert "http://example.com/" in urls


# -- the package -----------------------------------------------------------------------------------


def test_two_exports_are_the_same_bytes(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    for name in ("one", "two"):
        export_wacz(sources_of(targets(folder)), tmp_path / f"{name}.wacz", print)
    assert (tmp_path / "one.wacz").read_bytes() == (tmp_path / "two.wacz").read_bytes()


def test_an_open_file_is_packed_up_to_its_last_whole_exchange(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    path = warc_of(folder)
    data = path.read_bytes()
    path.unlink()
    path.with_name(path.name + ".open").write_bytes(data + b"\x1f\x8b\x08 torn")
    told = packed(tmp_path / "a.wacz", folder)
    assert told.cut == {path.name: len(data)}
    with zipfile.ZipFile(tmp_path / "a.wacz") as opened:
        assert opened.read(f"archive/{path.name}") == data


def test_a_damaged_record_is_left_out_and_named(tmp_path: Path) -> None:
    data = b"".join(gzip.compress(a_record(number), mtime=0) for number in (1, 2, 3))
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 0xFF
    (tmp_path / "a.warc.gz").write_bytes(damaged)
    told = packed(tmp_path / "a.wacz", tmp_path / "a.warc.gz")
    assert (told.captures, told.troubles.bad_stretches) == (2, 1)
    with zipfile.ZipFile(tmp_path / "a.wacz") as opened:
        members = [gzip.compress(a_record(number), mtime=0) for number in (1, 3)]
        assert opened.read("archive/a.warc.gz") == b"".join(members)


def test_an_entry_may_be_longer_than_four_gibibytes() -> None:
    """Its head has room for the length, told from the size that is announced."""
    out = io.BytesIO()
    wacz = WaczWriter(out)
    wacz.add("archive/a.warc.gz", [b"x"], stored=True, size=5 << 30)
    wacz.close(title="", created="", software="")
    with zipfile.ZipFile(out) as opened:
        entry = opened.getinfo("archive/a.warc.gz")
        assert extra_size(out.getvalue(), entry) == 20  # the ZIP64 field
        assert opened.read(entry) == b"x"


def test_nothing_is_left_of_a_package_without_captures(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(a_record(1, WARC_Type="request"))
    with pytest.raises(UsageError, match="no captures"):
        export_wacz(sources_of(targets(tmp_path / "a.warc")), tmp_path / "a.wacz", print)
    assert [one.name for one in tmp_path.iterdir()] == ["a.warc"]


def test_a_file_that_is_written_anew_takes_no_other_files_name(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.warc.gz").write_bytes(FRAMINGS["gzip per record"]([a_record(1)]))
    (tmp_path / "a" / "x.warc.zst").write_bytes(FRAMINGS["zstd per record"]([a_record(2)]))
    (tmp_path / "a" / "y.warc").write_bytes(b"no records at all")
    told = packed(tmp_path / "a.wacz", tmp_path / "a")
    assert told.rewritten["x.warc.zst"] == "x-2.warc.gz"
    assert told.captures == 2
