"""ARC files: the same records as warcio finds, and every byte accounted for."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from warc.http import decode_body, response_of
from warc.reader import first_member, read_record, read_records
from warc.record import BadStretch, Record

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "warc"
DESCRIPTION = b"1 0 Somebody\nURL IP-address Archive-date Content-type Archive-length\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>page</html>"


def record(
    uri: str, block: bytes, *, media_type: str = "text/html", length: int | None = None
) -> bytes:
    said = len(block) if length is None else length
    line = f"{uri} 93.184.216.34 20140216050221 {media_type} {said}\n"
    return line.encode() + block + b"\n"


RECORDS = (
    record("filedesc://a.arc", DESCRIPTION, media_type="text/plain"),
    record("dns:a.example", b"20140216050221\na.example. 86 IN A 1.2.3.4\n"),
    *(record(f"http://a.example/{number} x", PAGE) for number in range(5)),
)


def written(folder: Path, *, packed: bool, records: tuple[bytes, ...] = RECORDS) -> Path:
    path = folder / ("a.arc.gz" if packed else "a.arc")
    path.write_bytes(b"".join(gzip.compress(one) if packed else one for one in records))
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_an_arc_file_is_read_like_a_warc_file(tmp_path: Path, *, packed: bool) -> None:
    path = written(tmp_path, packed=packed)
    found = list(read_records(path))
    good = [one for one in found if isinstance(one, Record)]
    assert [one.type for one in good] == ["warcinfo", "resource", *["response"] * 5]
    assert sum(one.length for one in found) == path.stat().st_size
    page = good[2]
    assert page.target_uri == "http://a.example/0 x"
    assert page.date.isoformat() == "2014-02-16T05:02:21+00:00"
    assert page.fields.first("WARC-IP-Address") == "93.184.216.34"
    assert decode_body(response_of(page)) == b"<html>page</html>"
    assert good == list(read_records(path)), "ids are the same in every reading"
    assert len({one.record_id for one in good}) == len(good)
    for one in good:
        assert read_record(path, one.offset) == one


@pytest.mark.parametrize("packed", [False, True])
def test_a_range_begins_at_the_first_record_inside_it(tmp_path: Path, *, packed: bool) -> None:
    path = written(tmp_path, packed=packed)
    whole = list(read_records(path))
    for start in range(1, path.stat().st_size, 7):
        later = [one for one in whole if one.offset >= start]
        assert list(read_records(path, start=start, resync=True)) == later
        assert first_member(path, start) == (later[0].offset if later else None)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("length", [-1, 5, 10_000])
def test_a_record_of_another_length_is_bad_and_costs_itself(
    tmp_path: Path, length: int, *, packed: bool
) -> None:
    records = (*RECORDS[:3], record("http://a.example/bad", PAGE, length=length), *RECORDS[3:])
    path = written(tmp_path, packed=packed, records=records)
    found = list(read_records(path))
    assert sum(one.length for one in found) == path.stat().st_size
    bad = [one for one in found if isinstance(one, BadStretch)]
    assert bad
    assert str(path) in str(bad[0].error)
    uris = [one.target_uri for one in found if isinstance(one, Record)]
    assert "http://a.example/bad" not in uris
    if length != 10_000 or packed:
        assert len(uris) == len(RECORDS)


@pytest.mark.parametrize("packed", [False, True])
def test_a_torn_end_is_named(tmp_path: Path, *, packed: bool) -> None:
    path = written(tmp_path, packed=packed)
    path.write_bytes(path.read_bytes()[:-20])
    *good, last = read_records(path)
    assert len(good) == len(RECORDS) - 1
    assert isinstance(last, BadStretch)


def test_one_member_for_all_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, packed=True, records=(b"".join(RECORDS),))
    found = list(read_records(path))
    assert len(found) == len(RECORDS)
    assert sum(one.length for one in found) == path.stat().st_size
    assert isinstance(found[3], Record)
    assert read_record(path, 0, inner=found[3].inner) == found[3]


def arc_samples() -> list[str]:
    found = SAMPLES.rglob("*.arc*") if SAMPLES.exists() else ()
    return sorted(
        str(path.relative_to(SAMPLES)) for path in found if path.suffix in {".arc", ".gz"}
    )


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample archives are not there")
@pytest.mark.parametrize("name", arc_samples())
def test_warcio_finds_the_same_records(name: str) -> None:
    """warcio cuts lengths that cannot be, and keeps the description's own lines for itself."""
    path = SAMPLES / name
    with path.open("rb") as file:
        theirs = [
            (one.rec_headers.get_header("uri"), one.raw_stream.read())
            for one in ArchiveIterator(file, no_record_parse=True)
            if one.rec_type == "response"
        ]
    ours = list(read_records(path))
    assert sum(one.length for one in ours) == path.stat().st_size
    good = [(one.target_uri, one.block) for one in ours if isinstance(one, Record)]
    bad = sum(isinstance(one, BadStretch) for one in ours)
    pages = [pair for pair in good if pair[0]]
    assert all(pair in theirs for pair in pages)
    assert len(theirs) - len(pages) <= bad
