"""The short way of reading an answer agrees with the archive's own reader."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.answer import read_answer
from fetch.spool import Spool
from warc.errors import ArchiveError
from warc.exchange import Exchange
from warc.http import decode_body, read_response

PLAIN = b"page " * 50


def exchange(body: bytes, *fields: str) -> Exchange:
    head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *fields))
    return Exchange(
        url="http://127.0.0.1/",
        started_at=datetime(2026, 11, 21, tzinfo=UTC),
        request_head=b"GET / HTTP/1.1\r\n\r\n",
        response_head=(head + "\r\n").encode("latin-1"),
        body=body,
    )


@pytest.mark.parametrize(
    ("coding", "body", "expected"),
    [
        ("gzip", gzip.compress(PLAIN), PLAIN),
        ("x-gzip", gzip.compress(PLAIN), PLAIN),
        ("gzip", gzip.compress(PLAIN) + gzip.compress(PLAIN), PLAIN * 2),
        ("gzip", gzip.compress(PLAIN)[:-3], None),
        ("gzip", gzip.compress(PLAIN)[:-8] + b"\0" * 8, None),
        ("gzip", PLAIN, None),
        ("gzip", b"", b""),
        ("deflate", zlib.compress(PLAIN), PLAIN),
        ("identity", PLAIN, PLAIN),
        ("gzip, gzip", gzip.compress(gzip.compress(PLAIN)), PLAIN),
        ("nonsense", PLAIN, None),
    ],
)
def test_bodies_are_decoded(coding: str, body: bytes, expected: bytes | None) -> None:
    assert read_answer(exchange(body, f"Content-Encoding: {coding}")).body == expected


def test_chunk_framing_is_not_looked_for_again() -> None:
    body = b"a\r\n0123456789\r\n0\r\n\r\n"
    assert read_answer(exchange(body, "Transfer-Encoding: chunked")).body == body


def test_fields_have_lower_case_names() -> None:
    answer = read_answer(exchange(b"", "LOCATION:  /a:b ", "X-Name: caf\xe9"))
    assert answer.headers == {"location": "/a:b", "x-name": "café"}
    assert answer.status == 200


@given(st.binary(max_size=200), st.integers(0, 3))
def test_both_ways_agree_on_any_damage(cut: bytes, where: int) -> None:
    packed = gzip.compress(PLAIN, mtime=0)
    body = (packed + cut, cut + packed, packed[: len(cut)], packed[:where] + cut)[where]
    tried = exchange(body, "Content-Encoding: gzip")
    try:
        expected: bytes | None = decode_body(read_response(tried.response_head + body))
    except ArchiveError:
        expected = None
    assert read_answer(tried).body == expected


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_a_large_body_is_held_once(coding: str) -> None:
    plain = b"".join(b"%08d" % number for number in range(2_000_000))
    sent = gzip.compress(plain, 1) if coding else plain
    spool = Spool(len(sent))
    for start in range(0, len(sent), 65_536):
        spool.add(sent[start : start + 65_536])
    spooled = replace(exchange(b"", f"Content-Encoding: {coding}"), body=spool.body())
    tracemalloc.start()
    body = read_answer(spooled).body
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    spool.close()
    assert body == plain
    assert peak < 1.3 * len(plain) + (len(sent) if coding else 0)
