from __future__ import annotations

import gzip
import itertools
import zlib
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warc.a_record import a_record
from warc.digest import sha1_of
from warc.errors import (
    ArchiveError,
    CorruptMember,
    DigestMismatch,
    RecordSyntaxError,
    TruncatedRecord,
)
from warc.reader import first_member, read_record, read_records
from warc.record import BadStretch, Record

Found = list[Record | BadStretch]
TMP = "reader.bin"


RECORDS = [a_record(number) for number in (1, 2, 3, 400)]
MEMBERS = [gzip.compress(record, mtime=0) for record in RECORDS]
PLAIN, GZIPPED = b"".join(RECORDS), b"".join(MEMBERS)


def read(folder: Path, data: bytes, *, verify: bool = True, thorough: bool = False) -> Found:
    """What a file of these bytes holds; checks that every byte is accounted for."""
    path = folder / TMP
    path.write_bytes(data)
    found = list(read_records(path, verify=verify, thorough=thorough))
    position = 0
    for one in found:
        assert one.offset == position or not one.length or one is found[0]
        position += one.length
    assert position == len(data)
    return found


def numbers(found: Found) -> list[int]:
    """Which of the records came back, in order; 0 for a bad stretch."""
    return [int(one.record_id[-5:]) if isinstance(one, Record) else 0 for one in found]


def sole_error(found: Found) -> ArchiveError:
    (bad,) = [one for one in found if isinstance(one, BadStretch)]
    return bad.error


@pytest.mark.parametrize("data", [PLAIN, GZIPPED], ids=["plain", "gzip"])
def test_good_files_give_their_records(tmp_path: Path, data: bytes) -> None:
    found = read(tmp_path, data)
    assert numbers(found) == [1, 2, 3, 400]
    record = read_record(tmp_path / TMP, found[2].offset)
    assert record == found[2]
    assert record.block == b"block of 3 abc abc abc "
    assert record.target_uri == "http://a.example/3"


def test_one_member_for_all_is_read_and_shows(tmp_path: Path) -> None:
    data = gzip.compress(PLAIN, mtime=0)
    found = [one for one in read(tmp_path, data) if isinstance(one, Record)]
    assert numbers(list(found)) == [1, 2, 3, 400]
    assert [one.length for one in found] == [len(data), 0, 0, 0]
    assert [bool(one.inner) for one in found] == [False, True, True, True]
    assert read_record(tmp_path / TMP, 0, inner=found[3].inner) == found[3]


def test_a_bad_record_in_a_shared_member_costs_itself_only(tmp_path: Path) -> None:
    data = gzip.compress(PLAIN.replace(b"block of 2", b"BLOCK of 2"), mtime=0)
    assert numbers(read(tmp_path, data)) == [1, 0, 3, 400]


@pytest.mark.parametrize(
    ("cut", "kind"),
    [(1, TruncatedRecord), (7, TruncatedRecord), (9, TruncatedRecord), (40, TruncatedRecord)],
)
def test_a_torn_last_member_is_named(tmp_path: Path, cut: int, kind: type[ArchiveError]) -> None:
    found = read(tmp_path, GZIPPED[:-cut])
    assert numbers(found) == [1, 2, 3, 0]
    assert isinstance(sole_error(found), kind)
    assert str(sole_error(found)).endswith(f"({tmp_path / TMP}, byte {len(b''.join(MEMBERS[:3]))})")


@pytest.mark.parametrize("cut", range(1, 120, 7))
def test_good_members_after_a_torn_one_are_read(tmp_path: Path, cut: int) -> None:
    found = read(tmp_path, MEMBERS[0] + MEMBERS[1][:-cut] + MEMBERS[2] + MEMBERS[3])
    assert numbers(found) == [1, 0, 3, 400]


@pytest.mark.parametrize("cut", [1, 3, 4, 5, 30, 200])
def test_a_plain_file_cut_short_gives_no_short_block(tmp_path: Path, cut: int) -> None:
    found = read(tmp_path, PLAIN[:-cut])
    # Up to four bytes are the trailer's: the digest vouches for the block.
    assert numbers(found) == [1, 2, 3, 400 if cut <= 4 else 0]


def test_trailing_garbage_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, GZIPPED + b"\0" * 512)
    assert numbers(found) == [1, 2, 3, 400, 0]
    assert "neither a gzip member nor a zstd frame" in str(sole_error(found))


def test_garbage_before_the_first_record_is_named(tmp_path: Path) -> None:
    assert numbers(read(tmp_path, b"garbage\r\n" + PLAIN)) == [0, 1, 2, 3, 400]
    assert numbers(read(tmp_path, b"garbage\r\n" + GZIPPED)) == [0, 1, 2, 3, 400]


def test_an_empty_member_hides_nothing(tmp_path: Path) -> None:
    empty = gzip.compress(b"", mtime=0)
    found = read(tmp_path, empty + MEMBERS[0] + empty + MEMBERS[1])
    assert numbers(found) == [0, 1, 0, 2]


def test_a_wrong_checksum_is_named(tmp_path: Path) -> None:
    member = bytearray(MEMBERS[1])
    member[-6] ^= 1
    found = read(tmp_path, MEMBERS[0] + bytes(member) + MEMBERS[2])
    assert numbers(found) == [1, 0, 3]
    assert isinstance(sole_error(found), CorruptMember)


@pytest.mark.parametrize(
    ("record", "kind", "problem"),
    [
        pytest.param(
            a_record(2, WARC_Block_Digest=sha1_of((b"x",))),
            DigestMismatch,
            "WARC-Block-Digest says",
            id="digest",
        ),
        pytest.param(
            a_record(2, drop="WARC-Record-ID"),
            RecordSyntaxError,
            "WARC-Record-ID is missing",
            id="no id",
        ),
        pytest.param(
            a_record(2, drop="WARC-Date"), RecordSyntaxError, "WARC-Date is missing", id="no date"
        ),
        pytest.param(
            a_record(2, drop="WARC-Type"), RecordSyntaxError, "WARC-Type is missing", id="no type"
        ),
        pytest.param(
            a_record(2, drop="Content-Length"),
            RecordSyntaxError,
            "Content-Length is missing",
            id="no length",
        ),
        pytest.param(
            a_record(2, Content_Length="ten"),
            RecordSyntaxError,
            "not a number: 'ten'",
            id="length in words",
        ),
        pytest.param(
            a_record(2, Content_Length="99999"),
            TruncatedRecord,
            "Content-Length says 99999",
            id="long",
        ),
        pytest.param(
            a_record(2, WARC_Date="soon"),
            RecordSyntaxError,
            "WARC-Date is not a date: 'soon'",
            id="date",
        ),
        pytest.param(
            a_record(2).replace(b"WARC/1.1", b"WARC/7.0", 1),
            RecordSyntaxError,
            "version",
            id="version",
        ),
        pytest.param(
            a_record(2).replace(b"WARC-Type:", b"WARC-Type", 1),
            RecordSyntaxError,
            "not a field",
            id="no colon",
        ),
    ],
)
@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_a_bad_record_is_named_and_the_next_is_read(
    tmp_path: Path, record: bytes, kind: type[ArchiveError], problem: str, *, packed: bool
) -> None:
    pieces = [RECORDS[0], record, RECORDS[2]]
    data = b"".join(gzip.compress(one, mtime=0) if packed else one for one in pieces)
    found = read(tmp_path, data)
    assert numbers(found) == [1, 0, 3]
    assert isinstance(sole_error(found), kind)
    assert problem in str(sole_error(found))


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize("wrong", [-8, -2, -1, 1, 2, 3, 4, 5])
def test_a_wrong_length_never_gives_a_changed_block(
    tmp_path: Path, wrong: int, *, packed: bool
) -> None:
    """Without any digest: only what follows the block can tell."""
    block = b"a block that ends in no line end"
    record = a_record(2, block, drop="WARC-Block-Digest", Content_Length=str(len(block) + wrong))
    pieces = [RECORDS[0], record, RECORDS[2]]
    found = read(tmp_path, b"".join(gzip.compress(one) if packed else one for one in pieces))
    assert numbers(found) == [1, 0, 3]


def test_missing_trailers_are_tolerated_where_the_block_is_whole(tmp_path: Path) -> None:
    short = [gzip.compress(record[:-4]) for record in RECORDS]
    assert numbers(read(tmp_path, b"".join(short))) == [1, 2, 3, 400]


def test_line_feeds_alone_are_tolerated(tmp_path: Path) -> None:
    head, block = RECORDS[1].split(b"\r\n\r\n")[:2]
    loose = head.replace(b"\r\n", b"\n") + b"\n\n" + block + b"\n\n"
    assert numbers(read(tmp_path, RECORDS[0] + loose + RECORDS[2])) == [1, 2, 3]


def test_brackets_around_the_target_are_removed(tmp_path: Path) -> None:
    (record,) = read(tmp_path, a_record(1, WARC_Target_URI="<http://a.example/x>"))
    assert isinstance(record, Record)
    assert record.target_uri == "http://a.example/x"


def test_payload_digests_count_where_there_is_no_other(tmp_path: Path) -> None:
    other = sha1_of((b"other",))
    alone = a_record(1, drop="WARC-Block-Digest", WARC_Payload_Digest=other)
    assert numbers(read(tmp_path, alone)) == [0]
    both = a_record(1, WARC_Payload_Digest=other)
    assert numbers(read(tmp_path, both)) == [1]
    assert numbers(read(tmp_path, both, thorough=True)) == [0]
    assert numbers(read(tmp_path, alone, verify=False)) == [1]


def test_wgets_digest_of_nothing_costs_no_revisit(tmp_path: Path) -> None:
    """It digests a revisit from behind its block on; a response with such a digest is bad."""

    def made(kind: str, length: str) -> bytes:
        nothing, other = sha1_of((b"",)), sha1_of((b"x",))
        return a_record(
            1,
            b"fifteen letters",
            WARC_Type=kind,
            WARC_Block_Digest=nothing,
            WARC_Payload_Digest=other,
            Content_Length=length,
        )

    assert numbers(read(tmp_path, gzip.compress(made("revisit", "15")), thorough=True)) == [1]
    assert numbers(read(tmp_path, made("revisit", "15"))) == [1]
    assert numbers(read(tmp_path, made("revisit", "9"))) == [0]
    assert numbers(read(tmp_path, made("response", "15"))) == [0]


CHUNKS = b"3\r\nabc\r\n0\r\n\r\n"


@pytest.mark.parametrize("payload", [CHUNKS, b"abc"], ids=["framing kept", "framing removed"])
def test_payload_digests_of_chunked_bodies_hold_both_ways(tmp_path: Path, payload: bytes) -> None:
    record = a_record(
        1,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
        WARC_Type="response",
        Content_Type="application/http; msgtype=response",
        WARC_Payload_Digest=sha1_of((payload,)),
    )
    assert numbers(read(tmp_path, record, thorough=True)) == [1]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"<html>a page</html>", "not a WARC file"),
        (gzip.compress(b"<html>a page</html>"), "not a WARC file"),
        (zstandard.compress(b"<html>a page</html>"), "not a WARC file"),
    ],
)
def test_another_kind_of_file_is_one_bad_stretch(tmp_path: Path, data: bytes, problem: str) -> None:
    found = read(tmp_path, data)
    assert len(found) == 1
    assert str(sole_error(found)) == f"{problem} ({tmp_path / TMP}, byte 0)"


def test_a_missing_file_is_an_archive_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be read: No such file"):
        list(read_records(tmp_path / "none.warc.gz"))


def test_an_offset_between_records_is_refused(tmp_path: Path) -> None:
    (tmp_path / TMP).write_bytes(GZIPPED)
    with pytest.raises(ArchiveError, match="begins here"):
        read_record(tmp_path / TMP, 5)
    with pytest.raises(ArchiveError, match="no record begins here"):
        read_record(tmp_path / TMP, len(GZIPPED))


@pytest.mark.parametrize("data", [PLAIN, GZIPPED], ids=["plain", "gzip"])
@pytest.mark.parametrize("parts", [2, 3, 7])
def test_ranges_meet_exactly(tmp_path: Path, data: bytes, parts: int) -> None:
    """Workers that each take a range read every record once."""
    path = tmp_path / TMP
    path.write_bytes(data)
    bounds = [len(data) * part // parts for part in range(parts + 1)]
    found: Found = []
    for start, end in itertools.pairwise(bounds):
        first = first_member(path, start)
        if first is not None and first < end:
            found += read_records(path, start=first, end=end)
        assert found == [] or found[-1].offset + found[-1].length >= (first or 0)
    assert numbers(found) == [1, 2, 3, 400]
    assert first_member(path, len(data)) is None


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_accounted_for(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read(tmp_path_factory.getbasetemp(), data)


@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(
        st.one_of(st.sampled_from(RECORDS + MEMBERS), st.binary(max_size=30)), max_size=6
    )
)
def test_any_mixture_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    read(tmp_path_factory.getbasetemp(), b"".join(pieces))


@settings(max_examples=400, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), packed=st.booleans())
def test_no_flipped_bit_gives_a_changed_block(
    tmp_path_factory: pytest.TempPathFactory, place: float, bit: int, *, packed: bool
) -> None:
    good = {1: b"block of 1 abc ", 2: b"block of 2 abc abc ", 3: b"block of 3 abc abc abc "}
    good[400] = b"block of 400 " + b"abc " * 400
    data = bytearray(GZIPPED if packed else PLAIN)
    data[int(place * len(data))] ^= 1 << bit
    found = read(tmp_path_factory.getbasetemp(), bytes(data))
    blocks = [one.block for one in found if isinstance(one, Record)]
    assert len(blocks) >= 3
    assert set(blocks) <= set(good.values())


def test_zlib_agrees_that_the_members_are_gzip() -> None:
    assert zlib.decompress(MEMBERS[3], wbits=31) == RECORDS[3]
