from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warc.codec import INFLATE_ERRORS, compress_member, deflater, inflater

WITHOUT_ISAL = """
import sys
sys.modules["isal"] = None
import pathlib, zlib
from warc import codec
assert codec.INFLATE_ERRORS == (zlib.error,)
from tests.warc.test_codec import round_trip
round_trip(b"some page " * 1000)
print("fine")
"""


def round_trip(data: bytes) -> None:
    member = compress_member(data)
    assert gzip.decompress(member) == data
    stream = inflater()
    assert stream.decompress(member + b"after") == data
    assert (stream.eof, stream.unused_data) == (True, b"after")
    pieces = deflater()
    in_pieces = pieces.compress(data[:7]) + pieces.compress(data[7:]) + pieces.flush()
    assert gzip.decompress(in_pieces) == data


@given(st.binary(max_size=5000))
def test_members_are_gzip(data: bytes) -> None:
    round_trip(data)


def test_zlib_does_the_same_where_isal_is_missing() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_ISAL],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert run.stdout == "fine\n"


def test_damage_is_one_of_the_named_errors() -> None:
    member = bytearray(compress_member(b"some page " * 1000))
    member[-6] ^= 1
    with pytest.raises(INFLATE_ERRORS):
        inflater().decompress(bytes(member))
    torn = inflater()
    torn.decompress(bytes(member[:-9]))
    assert not torn.eof
