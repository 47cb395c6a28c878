"""Verifying names every planted defect, agrees with manifests, and crashes on nothing."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warc.a_record import a_record
from tests.warc.a_site import INFO, SITE
from tests.warc.archives_collection import good_records, make_collection, target_of, warc_of
from tests.warc.archives_doc import CORRUPT, PLANTED, SAMPLES, documented, written
from warc.archives.findings import EXAMPLES_KEPT, KINDS, Findings
from warc.archives.listing import summarize
from warc.archives.mend import look
from warc.archives.report import as_json, report_lines
from warc.archives.stats import count
from warc.archives.targets import targets_of
from warc.archives.verify import Verified, verify
from warc.codec import compress_member
from warc.collection import Collection
from warc.digest import sha1_of

SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")
ROOT = Path(__file__).parents[2]

needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the sample archives are not there")


def kinds(told: Verified) -> set[str]:
    return set(told.findings.groups)


def grave(told: Verified) -> set[str]:
    return {kind for kind in told.findings.groups if KINDS[kind].severity == "defect"}


def verified(path: Path) -> Verified:
    return verify([target_of(path)])


def sample_files() -> list[str]:
    found = SAMPLES.rglob("*") if SAMPLES.exists() else ()
    return sorted(str(path.relative_to(SAMPLES)) for path in found if path.name.endswith(SUFFIXES))


@needs_samples
@pytest.mark.parametrize("name", sample_files())
def test_no_sample_of_any_writer_stops_it(name: str) -> None:
    told = verified(SAMPLES / name)
    assert told.files == 1
    assert told.bytes == (SAMPLES / name).stat().st_size
    (one,) = look(target_of(SAMPLES / name)).plans
    assert one.kept + one.repacked <= told.records
    json.dumps(as_json(told))
    assert all(line for line, _ in report_lines(told))


@needs_samples
def test_all_samples_together_are_verified_in_one_run() -> None:
    """All but one writer's, whose largest page takes seconds by itself."""
    names = [name for name in sample_files() if "CDX" not in name]
    told = verify(targets_of([str(SAMPLES / name) for name in names], SAMPLES))
    assert told.files == len(names)
    assert {"id-repeated", "revisit-differs", "gzip-many", "uri-in-brackets"} <= kinds(told)
    assert "revisit-dangling" not in kinds(told)  # alone, five of the files have some


@needs_samples
@pytest.mark.parametrize("name", sorted(PLANTED))
def test_every_planted_defect_is_caught_as_what_it_is(name: str) -> None:
    told = verified(CORRUPT / name)
    expected = PLANTED[name][1]
    assert grave(told) == (
        {expected} if expected and KINDS[expected].severity == "defect" else set()
    )
    assert not expected or expected in kinds(told)


@needs_samples
def test_the_document_has_a_row_for_every_planted_defect() -> None:
    """A sample that is added later has no row yet, but is found to be damaged all the same."""
    names = {path.name for path in CORRUPT.iterdir()}
    assert names >= PLANTED.keys()
    for name in names - PLANTED.keys():
        assert grave(verified(CORRUPT / name)), name


def test_the_document_says_what_is_so() -> None:
    """Written anew by: python -m tests.warc.archives_doc."""
    assert documented() == written(documented())


def test_a_good_collection_has_no_finding_and_every_url_has_a_place(tmp_path: Path) -> None:
    told = verified(make_collection(tmp_path / "a"))
    assert kinds(told) == set()
    assert told.urls == {
        "a": {"archived": 3, "revisit": 0, "skipped": 1, "failed": 1, "pending": 1, "nowhere": 0}
    }


def test_the_tracked_collection_has_no_finding() -> None:
    assert kinds(verified(ROOT / "archives" / "demo")) == set()


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM captures WHERE id = 2", "record-without-row"),
        ("UPDATE captures SET offset = offset + 1 WHERE id = 2", "row-without-record"),
        ("UPDATE captures SET record_id = 'urn:uuid:x' WHERE id = 2", "row-differs"),
        ("UPDATE captures SET payload_digest = 'sha1:X' WHERE id = 2", "row-differs"),
        ("UPDATE captures SET file = 'gone.warc.gz' WHERE id = 2", "row-without-record"),
        ("UPDATE files SET size = size + 1", "file-shorter"),
        ("UPDATE files SET size = size - 1", "manifest-behind"),
        ("UPDATE files SET name = 'gone.warc.gz'", "file-missing"),
        ("UPDATE pages SET open = 0 WHERE url LIKE '%/6'", "url-nowhere"),
        ("UPDATE pages SET open = 1 WHERE url LIKE '%/1'", "url-twice"),
        ("UPDATE pages SET failure = '' WHERE url LIKE '%/4'", "no-reason"),
        ("UPDATE pages SET skipped = 'why' WHERE url LIKE '%/6'", "no-note"),
        ("DROP TABLE files", "manifest-unusable"),
    ],
)
def test_a_manifest_that_says_otherwise_is_found(statement: str, kind: str, tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    with sqlite3.connect(folder / "manifest.sqlite") as connection:
        connection.execute(statement)
    connection.close()
    assert kind in kinds(verified(folder))


def test_a_manifest_that_is_no_database_is_found(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    (folder / "manifest.sqlite").write_bytes(b"junk" * 100)
    assert grave(verified(folder)) == {"manifest-unusable"}


def test_what_is_still_being_written_is_no_defect(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    path = warc_of(folder)
    with path.open("ab") as file:
        file.write(path.read_bytes()[:100])
    path.rename(f"{path}.open")
    told = verified(folder)
    assert kinds(told) == {"left-open", "torn-tail"}
    assert told.findings.total("defect") == 0


def test_a_revisit_is_fine_where_its_original_is_in_another_file_given(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a", max_file_bytes=1)
    files = sorted(folder.glob("*.warc.gz"))
    assert len(files) > 1
    revisit = [path for path in files if verified(path).by_type.get("revisit")]
    assert "revisit-dangling" in kinds(verified(revisit[0]))
    assert kinds(verify(targets_of([str(path) for path in files], folder))) == set()


def test_a_copy_of_a_file_repeats_its_ids(tmp_path: Path) -> None:
    folder = make_collection(tmp_path / "a")
    (tmp_path / "b").mkdir()
    shutil.copy(warc_of(folder), tmp_path / "b")
    told = verify(targets_of([str(folder), str(tmp_path / "b")], tmp_path))
    assert told.findings.groups["id-repeated"].count == told.records // 2
    assert str(warc_of(folder)) in told.findings.groups["id-repeated"].examples[0].detail


def message(head: bytes, body: bytes = b"", **fields: str) -> bytes:
    kind = fields.pop("WARC_Type", "response")
    return a_record(
        1,
        head + b"\r\n\r\n" + body,
        WARC_Type=kind,
        Content_Type=f"application/http;msgtype={'request' if kind == 'request' else 'response'}",
        WARC_Payload_Digest=sha1_of((body,)),
        **fields,
    )


def revisit(**fields: str) -> bytes:
    profile = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    named = {"WARC_Type": "revisit", "WARC_Profile": profile}
    named["WARC_Payload_Digest"] = sha1_of((b"gone",))
    return a_record(2, b"HTTP/1.1 200 OK\r\n\r\n", **(named | fields))


FIRST = f"<urn:uuid:{1:032d}>"
ORIGINAL = message(b"HTTP/1.1 200 OK", b"gone")
AT = {
    "WARC_Refers_To_Target_URI": "http://a.example/1",
    "WARC_Refers_To_Date": "2026-11-21T20:05:12Z",
}
GZIP = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip"
CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (a_record(1).replace(b"\r\nWARC", b"\nWARC"), "head-lines"),
        (a_record(1)[:-2], "no-trailer"),
        (a_record(1, WARC_Date="2026-11-21 20:05:12"), "field-syntax"),
        (a_record(1, WARC_Target_URI="no uri"), "field-syntax"),
        (a_record(1, WARC_IP_Address="1.2.3"), "field-syntax"),
        (a_record(1, WARC_Refers_To="<urn:uuid:1>"), "field-misplaced"),
        (a_record(1, WARC_Type="warcinfo", WARC_Warcinfo_ID="<urn:uuid:1>"), "field-misplaced"),
        (a_record(1, WARC_Truncated="tired"), "field-unusual"),
        (a_record(1, drop="WARC-Target-URI"), "field-missing"),
        (a_record(1, drop="WARC-Block-Digest"), "no-block-digest"),
        (a_record(1, WARC_Block_Digest="blake3:00"), "digest-unknown"),
        (a_record(1, WARC_Block_Digest="sha1:" + "A" * 32), "digest-differs"),
        (a_record(1, WARC_Type="riddle"), "unknown-type"),
        (a_record(1, WARC_Type="continuation"), "field-missing"),
        (a_record(1, WARC_Segment_Number="2"), "segment"),
        (a_record(1, WARC_Type="metadata", Content_Type="application/warc-fields"), "not-fields"),
        (a_record(1).replace(b"Content-Type: text/plain\r\n", b"Content-Type: text/plain\r\nA\xff: 1\r\n"), "field-syntax"),
        (a_record(1).replace(b"Content-Type: text", b"WARC-Date: 2026-11-21T20:05:12Z\r\nContent-Type: text"), "bad-head"),
        (a_record(1).replace(b"Content-Type: text", b"X: 1\r\n 2\r\nContent-Type: text"), "folded-field"),
        (a_record(1).replace(b"Content-Type: text", b"X: a\0b\r\nContent-Type: text"), "field-syntax"),
        (a_record(1).replace(b"Content-Type: text", b"X: \xff\r\nContent-Type: text"), "field-unusual"),
        (a_record(1, b"HTTP/1.1 200 OK\r\n\r\n", WARC_Type="riddle"), "hidden-message"),
        (a_record(1) + a_record(1), "id-repeated"),
        (a_record(1) + b"junk" + a_record(2), "garbage"),
        (message(b"HTTP/1.1 200 OK\r\nContent-Length: 3", b"body"), "http-length"),
        (message(b"HTTP/1.1 200 OK\r\nContent-Length: 9", b"body", WARC_Truncated="length"), "http-cut"),
        (message(b"HTTP/2 200"), "http-version"),
        (message(b"ICY 200 OK"), "http-first-line"),
        (message(b"HTTP/1.1 200 "), "http-no-reason"),
        (message(b"HTTP/1.1 200 OK\r\nno field"), "http-head"),
        (message(b"GET / HTTP/2", WARC_Type="request"), "http-version"),
        (message(GZIP.encode(), b"body"), "undecodable"),
        (message(GZIP.replace("gzip", "rot13").encode(), b"body"), "coding-unknown"),
        (message(GZIP.replace("gzip", "br").encode(), b"<html>" * 20), "undecodable"),
        (message(b"HTTP/1.1 200 OK\nX: 1", b"body"), "http-lines"),
        (message(CHUNKED.encode(), b"<html>"), "not-chunked"),
        (message(CHUNKED.encode(), b"4\r\nbody\r\n0\r\n\r\n"), "digest-of-chunks"),
        (revisit(), "revisit-dangling"),
        (revisit(), "revisit-vague"),
        (revisit(WARC_Refers_To="<urn:uuid:7>"), "revisit-dangling"),
        (revisit(WARC_Profile="http://a.example/own"), "field-unusual"),
        (ORIGINAL + revisit(WARC_Refers_To="<urn:uuid:7>", **AT), "revisit-astray"),
        (ORIGINAL + revisit(WARC_Refers_To=FIRST, **AT | {"WARC_Refers_To_Date": "2020-01-01T00:00:00Z"}), "revisit-astray"),
        (b"", "empty-file"),
        (b"GIF89a, no archive", "not-warc"),
        (a_record(1)[:-9], "truncated"),
        (compress_member(a_record(1)) + compress_member(b"") + compress_member(a_record(2)), "gzip-empty"),
        (compress_member(a_record(1) + a_record(2)), "gzip-many"),
        (compress_member(a_record(1)) + a_record(2), "gzip-mixed"),
        (a_record(1) + compress_member(a_record(2)), "gzip-mixed"),
        (compress_member(a_record(1))[:-3], "truncated"),
        (compress_member(a_record(1))[:-8] + b"\0" * 8, "gzip-damaged"),
        (gzip.compress(a_record(1))[:30] + b"\xff" * 9 + gzip.compress(a_record(1))[39:], "gzip-damaged"),
    ],
)  # fmt: skip
def test_each_rule_that_is_broken_is_named(data: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "one.warc"
    path.write_bytes(data)
    assert kind in kinds(verified(path))


NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@pytest.mark.parametrize(
    "data",
    [
        message(b"HTTP/1.1 200 OK\r\nContent-Length: 4", b"body"),
        message(GZIP.encode(), gzip.compress(b"body")),
        message(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4"),
        message(b"GET /a b HTTP/1.1", WARC_Type="request"),
        message(b"HTTP/1.1 200 OK\r\nX: \xe9\r\nX: 2", b"body"),
        message(b"HTTP/1.1 200 OK", b"body")
        + revisit(WARC_Refers_To=FIRST, WARC_Profile=NOT_MODIFIED),
        ORIGINAL + revisit(WARC_Refers_To=FIRST, **AT),
        ORIGINAL + revisit(**AT),
    ],
)
def test_what_keeps_the_rules_is_left_alone(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "one.warc"
    path.write_bytes(data)
    assert kinds(verified(path)) <= {"no-warcinfo", "no-payload-digest"}


def test_a_plain_file_that_calls_itself_gzip_is_found(tmp_path: Path) -> None:
    path = tmp_path / "one.warc.gz"
    path.write_bytes(a_record(1) + a_record(2))
    assert verified(path).findings.groups["gzip-mixed"].count == 2


def test_the_line_end_that_old_arc_files_count_is_no_defect(tmp_path: Path) -> None:
    block = b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody\n"
    line = b"http://a.example/ 1.2.3.4 20000918002300 text/html %d\n" % len(block)
    path = tmp_path / "one.arc"
    path.write_bytes(line + block + b"\n")
    told = verified(path)
    assert grave(told) == set()
    assert "arc-line-end" in kinds(told)
    path.write_bytes(line + block.replace(b"body\n", b"bodys") + b"\n")
    assert grave(verified(path)) == {"http-length"}


def test_a_wrong_payload_digest_alone_costs_no_record(tmp_path: Path) -> None:
    """The block digest vouches for the bytes: the manifest's row of it and its revisits hold."""
    folder = make_collection(tmp_path / "a")
    path = warc_of(folder)
    (first, *_) = [one for one in good_records(path) if one.type == "response"]
    label = first.fields.first("WARC-Payload-Digest") or ""
    data, end = path.read_bytes(), first.offset + first.length
    record = gzip.decompress(data[first.offset : end])
    changed = compress_member(record.replace(label.encode(), sha1_of((b"other",)).encode()))
    path.write_bytes(data[: first.offset] + changed + data[end:])
    with Collection.open(folder, site=SITE, info=INFO):
        pass
    told = verified(path)
    assert grave(told) == {"digest-differs", "revisit-differs"}
    assert told.findings.groups["digest-differs"].count == 1


def test_findings_are_counted_and_only_a_few_kept() -> None:
    findings = Findings()
    for number in range(100):
        findings.add("garbage", f"junk {number}", file="a", offset=number)
    assert findings.groups["garbage"].count == 100
    assert len(findings.groups["garbage"].examples) == EXAMPLES_KEPT
    assert str(findings.groups["garbage"].examples[1]) == "junk 1 (a, byte 1)"


GOOD = [
    a_record(1),
    message(GZIP.encode(), gzip.compress(b"body" * 50, mtime=0)),
    revisit(WARC_Refers_To=f"<urn:uuid:{1:032d}>"),
]
SHAPES: tuple[Callable[[], bytes], ...] = (
    lambda: b"".join(GOOD),
    lambda: b"".join(map(compress_member, GOOD)),
    lambda: compress_member(b"".join(GOOD)),
)


@given(
    shape=st.sampled_from(range(len(SHAPES))),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=3)), max_size=6
    ),
    end=st.floats(0.2, 1),
)
@settings(deadline=None, max_examples=150)
def test_mutated_files_never_crash_it(
    tmp_path_factory: pytest.TempPathFactory,
    shape: int,
    changes: list[tuple[float, bytes]],
    end: float,
) -> None:
    data = bytearray(SHAPES[shape]())
    for place, written_over in changes:
        at = int(place * len(data))
        data[at : at + len(written_over)] = written_over
    path = tmp_path_factory.getbasetemp() / "fuzz.warc.gz"
    path.write_bytes(data[: int(len(data) * end)])
    target = target_of(path)
    told = verify([target])
    assert told.bytes == path.stat().st_size
    json.dumps(as_json(told))
    (one,) = look(target).plans
    assert one.kept + one.repacked <= told.records
    assert summarize(target, read=True).records == told.records
    assert count([target]).records == told.records


def test_every_kind_is_of_a_known_severity_and_says_a_sentence() -> None:
    severities = Counter(kind.severity for kind in KINDS.values())
    assert set(severities) == {"defect", "warning", "info"}
    assert all(kind.about.endswith(".") for kind in KINDS.values())
