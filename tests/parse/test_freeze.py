"""`warchouse freeze`: a capture out of an archive becomes a corpus case."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from parse.corpus import ABOUT, outputs_of, read_case, read_expected
from parse.registered import REGISTRY
from parse.replay import capture_id, page_of
from tests.parse.bench import record
from tests.replica.pubg.match import make_match
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parents[2]
(DEMO,) = (ROOT / "archives" / "demo").glob("hltv-*.warc.gz")


(DEMO_PUBG,) = (ROOT / "archives" / "demo").glob("pubg-*.warc.gz")


def freeze(into: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", "freeze", "--into", str(into), *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )


def page_of_demo(part: str, file: Path = DEMO) -> Record:
    return next(
        one
        for one in read_records(file)
        if isinstance(one, Record) and one.type == "response" and part in one.target_uri
    )


@pytest.mark.parametrize("by", ["place", "record id"])
def test_a_capture_is_kept_with_what_its_parsers_make_of_it(by: str, tmp_path: Path) -> None:
    found = page_of_demo("/stats/matches/mapstatsid/")
    word = f"{DEMO}:{found.offset}" if by == "place" else f"<{found.record_id}>"
    done = freeze(tmp_path, word, "--name", "kept", "--why", 'it shows "quotes"')
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "hltv" / "map_stats" / "kept"
    assert "hltv.map_stats/1: layout" in done.stdout
    assert "hltv.map_stats/2: layout" in done.stdout
    kept = read_case(folder, REGISTRY)
    assert kept.record.block == found.block
    assert kept.record.record_id == found.record_id
    assert outputs_of(kept, REGISTRY) == read_expected(folder)
    assert 'why = "it shows \\"quotes\\""' in (folder / ABOUT).read_text("utf-8")
    again = freeze(tmp_path, word, "--name", "kept")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)


def test_a_capture_is_found_by_the_id_that_rows_name(tmp_path: Path) -> None:
    where = ["--warehouse", str(tmp_path / "tables")]
    words = [sys.executable, "-m", "warchouse"]
    subprocess.run([*words, "parse", "demo", *where, "--quiet"], cwd=ROOT, check=True)
    shown = [*words, "tables", "show", "hltv_maps", "--limit", "1", "--json", *where]
    told = subprocess.run(shown, cwd=ROOT, check=True, capture_output=True, text=True)
    number = json.loads(told.stdout)[0]["map_stats_capture_id"]
    done = freeze(tmp_path, *where, "--json", "--", str(number))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["parsers"] == ["hltv.map_stats/1", "hltv.map_stats/2"]
    assert (Path(said["case"]) / "expected.json").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("urn:uuid:00000000-0000-0000-0000-000000000000",), "no record 'urn:uuid:0"),
        ((f"{DEMO}:3",), "nor a record begins here"),
        ((f"{DEMO}:0",), "is no page of a known source (warcinfo)"),
        (("no-such-file.warc.gz:0",), "there is no file 'no-such-file.warc.gz'"),
        (("s3://bucket/x.warc.gz:0",), "reads local files only"),
        (("-77",), "no record '-77'"),
        (("9999999999999999999",), "no record '9999999999999999999'"),
        (("--whyy",), "no record '--whyy'"),
        (
            ("https://www.hltv.org/matches/7/x",),
            "no content of https://www.hltv.org/matches/7/x in",
        ),
        (("x", "--name", "../up"), "a case is named by"),
    ],
)
def test_what_is_no_record_is_one_line(
    words: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    done = freeze(tmp_path, *words, "--warehouse", str(tmp_path / "none"))
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_ids_are_found_wherever_the_snapshot_or_a_collection_has_them(tmp_path: Path) -> None:
    found = page_of_demo("/stats/matches/mapstatsid/")
    outside = tmp_path / "outside" / "kept.warc.gz"
    outside.parent.mkdir()
    outside.write_bytes(DEMO.read_bytes())
    where = ["--warehouse", str(tmp_path / "tables"), "--archives", str(tmp_path / "none")]
    command = [sys.executable, "-m", "warchouse", "parse", str(outside), *where, "--quiet"]
    subprocess.run(command, cwd=ROOT, check=True)
    assert freeze(tmp_path / "a", found.record_id, *where).returncode == 0
    # Nothing is built here, and the file is compressed as a whole: all its records share a place.
    whole = tmp_path / "archives" / "whole" / "whole.warc.gz"
    whole.parent.mkdir(parents=True)
    (whole.parent.parent / "empty").mkdir()
    whole.write_bytes(gzip.compress(gzip.decompress(DEMO.read_bytes())))
    where = ["--warehouse", str(tmp_path / "no"), "--archives", str(tmp_path / "archives")]
    assert freeze(tmp_path / "b", str(capture_id(found.record_id)), *where).returncode == 0
    left, right = (sorted((tmp_path / name).rglob("*.*")) for name in "ab")
    assert [path.read_bytes() for path in left] == [path.read_bytes() for path in right]
    assert len(left) == 3


def test_of_a_url_the_newest_content_is_frozen(tmp_path: Path) -> None:
    found = page_of_demo("/stats/matches/mapstatsid/")
    url = "https://www.hltv.org" + urlsplit(found.target_uri).path
    old, body = b"<!-- an older look -->", page_of(found).body
    for name, one, second in (("b", body, 2), ("a", body + old, 1)):
        file = tmp_path / "archives" / name / "pages.warc.gz"
        file.parent.mkdir(parents=True)
        denied = record(url, b"<html>denied</html>", status=403, second=3)
        file.write_bytes(record(url, one, second=second) + denied)
    done = freeze(tmp_path / "corpus", url, "--archives", str(tmp_path / "archives"), "--name", "x")
    assert done.returncode == 0, done.stderr
    case = tmp_path / "corpus" / "hltv" / "map_stats" / "x" / "capture.warc.gz"
    (kept,) = [one for one in read_records(case) if isinstance(one, Record)]
    assert page_of(kept).body == body


def test_a_saved_page_and_a_plain_file_are_frozen_alike(tmp_path: Path) -> None:
    found = page_of_demo("/stats/matches/mapstatsid/")
    url = "https://www.hltv.org" + urlsplit(found.target_uri).path
    body = page_of(found).body
    plain = tmp_path / "plain.warc"
    plain.write_bytes(zlib.decompress(record(url, body, kind="resource", http=False), wbits=31))
    assert freeze(tmp_path / "corpus", f"{plain}:0", "--name", "saved").returncode == 0
    folder = tmp_path / "corpus" / "hltv" / "map_stats" / "saved"
    assert [
        one.type for one in read_records(folder / "capture.warc.gz") if isinstance(one, Record)
    ] == ["resource"]
    assert freeze(tmp_path / "corpus", f"{DEMO}:{found.offset}", "--name", "own").returncode == 0
    assert read_expected(folder) == read_expected(folder.with_name("own"))


def test_a_revisit_names_the_record_to_freeze(tmp_path: Path) -> None:
    fields = {"WARC-Refers-To": "<urn:uuid:11111111-2222-4333-8444-555555555555>"}
    file = tmp_path / "a.warc.gz"
    url = "https://www.hltv.org/matches/1/a"
    file.write_bytes(record(url, b"", kind="revisit", fields=fields))
    done = freeze(tmp_path / "corpus", f"{file}:0")
    assert done.returncode == 2
    assert "freeze its original, <urn:uuid:11111111-2222-4333-8444-555555555555>" in done.stderr


def test_a_damaged_record_is_a_damaged_archive(tmp_path: Path) -> None:
    found = page_of_demo("/stats/matches/mapstatsid/")
    data = bytearray(DEMO.read_bytes())
    data[found.offset + 300] ^= 0xFF
    file = tmp_path / "damaged.warc.gz"
    file.write_bytes(data)
    done = freeze(tmp_path / "corpus", f"{file}:{found.offset}")
    assert (done.returncode, str(file) in done.stderr, "Traceback" in done.stderr) == (
        4,
        True,
        False,
    )


def test_evidence_and_strangers_are_no_cases(tmp_path: Path) -> None:
    denied = record("https://www.hltv.org/matches/1/a", b"<html>denied</html>", status=403)
    stranger = record("https://example.org/", b"hello")
    file = tmp_path / "a.warc.gz"
    file.write_bytes(denied + stranger)
    done = freeze(tmp_path / "corpus", f"{file}:0")
    assert (done.returncode, "is no content but" in done.stderr) == (2, True)
    done = freeze(tmp_path / "corpus", f"{file}:{len(denied)}")
    assert (done.returncode, "is no page of a known source" in done.stderr) == (2, True)


def test_a_reply_in_json_is_a_case_like_a_page(tmp_path: Path) -> None:
    found = page_of_demo("/matches/", DEMO_PUBG)
    done = freeze(tmp_path, f"{DEMO_PUBG}:{found.offset}", "--name", "reply")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "pubg" / "match" / "reply"
    assert "pubg.match/1: layout new" in done.stdout
    kept = read_case(folder, REGISTRY)
    assert outputs_of(kept, REGISTRY) == read_expected(folder)
    assert '"2026-05-' in (folder / "expected.json").read_text("utf-8")


def test_a_large_capture_is_kept_only_if_it_is_wanted(tmp_path: Path) -> None:
    body = make_match("large", "squad", size=0.05).telemetry
    url = "https://telemetry-cdn.pubg.com/x/0b5f8ad2-7f3c-4c3e-9c57-0b4a7f4a9d10-telemetry.json"
    file = tmp_path / "a.warc.gz"
    file.write_bytes(record(url, body))
    into = tmp_path / "corpus"
    done = freeze(into, f"{file}:0", "--name", "whole")
    assert done.returncode == 2
    assert "and may take 500.0 kB" in done.stderr
    assert not list(into.rglob("*whole*"))
    done = freeze(into, f"{file}:0", "--name", "whole", "--large")
    assert done.returncode == 0, done.stderr
    assert (into / "pubg" / "telemetry" / "whole" / "expected.json").is_file()
