"""Records come back the same however a writer framed them; any damage costs what it touches."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warc.a_record import a_record
from tests.warc.framings import FRAMINGS
from warc.reader import first_member, read_record, read_records
from warc.record import BadStretch, Record

RECORDS = [a_record(number) for number in (1, 2, 150, 400)]
BLOCKS = {number: b"block of %d " % number + b"abc " * number for number in (1, 2, 150, 400)}
FILES = {name: framed(RECORDS) for name, framed in FRAMINGS.items()}

# Of these a file is one run of units, so that one bad unit may cost all records that it touches.
IN_BLOCKS = {"gzip in blocks", "zstd in blocks"}


def read(path: Path, data: bytes) -> list[Record | BadStretch]:
    """What a file of these bytes holds; checks that every byte is accounted for once."""
    path.write_bytes(data)
    found = list(read_records(path))
    assert sum(one.length for one in found) == len(data)
    position = 0
    for one in found:
        assert one.offset == position or not one.length
        position += one.length
    return found


def numbers(found: list[Record | BadStretch]) -> list[int]:
    return [int(one.record_id[-5:]) for one in found if isinstance(one, Record)]


@pytest.mark.parametrize("name", FILES)
def test_every_framing_gives_the_records_and_each_by_its_place(tmp_path: Path, name: str) -> None:
    found = read(tmp_path / "a", FILES[name])
    assert numbers(found) == [1, 2, 150, 400]
    for one in found:
        assert isinstance(one, Record)
        assert read_record(tmp_path / "a", one.offset, inner=one.inner) == one


blocks = st.binary(max_size=900).filter(lambda block: not re.search(rb"(?i)WARC/", block))


@settings(max_examples=60, deadline=None)
@given(made=st.lists(blocks, min_size=1, max_size=6))
@pytest.mark.parametrize("name", [name for name in FILES if "dictionary" not in name])
def test_random_records_come_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, name: str, made: list[bytes]
) -> None:
    records = [a_record(number, block or b"-") for number, block in enumerate(made)]
    found = read(tmp_path_factory.getbasetemp() / "any", FRAMINGS[name](records))
    assert [one.block for one in found if isinstance(one, Record)] == [one or b"-" for one in made]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("parts", [2, 5, 9])
def test_ranges_meet_whatever_the_framing(tmp_path: Path, name: str, parts: int) -> None:
    """Workers that each take a range read every record once; one in a run is its first's."""
    path, data = tmp_path / "a", FILES[name]
    path.write_bytes(data)
    bounds = [len(data) * part // parts for part in range(parts + 1)]
    found: list[Record | BadStretch] = []
    for start, end in itertools.pairwise(bounds):
        first = 0 if not start else first_member(path, start)
        if first is not None and first < end:
            found += read_records(path, start=first, end=end)
    if name not in IN_BLOCKS:
        assert numbers(found) == [1, 2, 150, 400]


@settings(max_examples=120, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", [name for name in FILES if name != "zstd unchecked"])
def test_no_flipped_bit_gives_a_changed_block(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    raw = bytearray(FILES[name])
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    found = read(tmp_path_factory.getbasetemp() / "flipped", bytes(raw))
    assert {one.block for one in found if isinstance(one, Record)} <= set(BLOCKS.values())


@settings(max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", FILES)
def test_a_cut_file_gives_the_records_before_the_cut(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(FILES[name])))
    found = read(tmp_path_factory.getbasetemp() / "cut", FILES[name][:cut])
    told = numbers(found)
    assert told == [1, 2, 150, 400][: len(told)]
    assert {one.block for one in found if isinstance(one, Record)} <= set(BLOCKS.values())


@settings(max_examples=200, deadline=None)
@given(
    pieces=st.lists(
        st.one_of(
            st.sampled_from([FRAMINGS[name]([one]) for name in FRAMINGS for one in RECORDS[:2]
                             if "dictionary" not in name]),
            st.binary(max_size=30),
            st.binary(max_size=20).map(lambda tail: b"\x28\xb5\x2f\xfd" + tail),
            st.binary(max_size=20).map(lambda tail: b"\x5d\x2a\x4d\x18" + tail),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_any_mixture_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    read(tmp_path_factory.getbasetemp() / "mixed", b"".join(pieces))


@pytest.mark.parametrize("name", [name for name in FILES if "per record" in name])
@pytest.mark.parametrize("torn", [1, 9, 40])
def test_a_record_torn_in_the_middle_costs_itself(tmp_path: Path, name: str, torn: int) -> None:
    pieces = [FRAMINGS[name]([one]) for one in RECORDS]
    data = pieces[0] + pieces[1] + pieces[2][:-torn] + pieces[3]
    assert numbers(read(tmp_path / "a", data)) == [1, 2, 400]
