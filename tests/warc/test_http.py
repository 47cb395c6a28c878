from __future__ import annotations

import contextlib
import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from warc.errors import ArchiveError, RecordSyntaxError, UndecodableBody
from warc.http import decode_body, payload_readings, read_request, read_response

TEXT = b"<html>" + b"a page " * 500 + b"</html>"
CHUNKED = b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: t\r\n\r\n"
RAW = zlib.compressobj(wbits=-15)
RAW_DEFLATE = RAW.compress(TEXT) + RAW.flush()


LONG = bytes(range(256)) * 20_000
STREAM = zstandard.ZstdCompressor().compressobj()
STREAMED = STREAM.compress(LONG) + STREAM.flush()


def response(*fields: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join((b"HTTP/1.1 200 OK", *fields, b"", body))


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        (b"HTTP/1.1 200 OK", 200, "OK"),
        (b"HTTP/1.0 404 Not Found", 404, "Not Found"),
        (b"HTTP/1.1 200", 200, ""),
        (b"HTTP/2 503 ", 503, ""),
    ],
)
def test_a_status_line_is_read(line: bytes, status: int, reason: str) -> None:
    message = read_response(line + b"\r\nX: 1\r\n\r\nbody")
    assert (message.status, message.reason, message.body) == (status, reason, b"body")


@pytest.mark.parametrize(
    "block", [b"", b"HTTP/1.1 200 OK\r\n", b"hello\r\n\r\n", b"A 2x0 \r\n\r\n"]
)
def test_what_is_no_response_is_refused(block: bytes) -> None:
    with pytest.raises(RecordSyntaxError, match=r"\(a\.warc, byte 7\)"):
        read_response(block, file="a.warc", offset=7)


def test_a_request_is_read() -> None:
    request = read_request(b"POST /a?b HTTP/1.1\r\nHost: x\r\n\r\nbody")
    assert (request.method, request.target, request.body) == ("POST", "/a?b", b"body")


def test_values_of_any_bytes_survive() -> None:
    assert read_response(response(b"X: caf\xe9")).fields.first("x") == "café"


@pytest.mark.parametrize(
    ("fields", "body", "decoded"),
    [
        pytest.param((), TEXT, TEXT, id="plain"),
        pytest.param((b"Content-Encoding: gzip",), gzip.compress(TEXT), TEXT, id="gzip"),
        pytest.param((b"Content-Encoding: x-gzip",), gzip.compress(TEXT) * 2, TEXT * 2, id="two"),
        pytest.param((b"Content-Encoding: deflate",), zlib.compress(TEXT), TEXT, id="deflate"),
        pytest.param((b"Content-Encoding: deflate",), RAW_DEFLATE, TEXT, id="raw deflate"),
        pytest.param((b"Content-Encoding: br",), brotli.compress(TEXT), TEXT, id="br"),
        pytest.param((b"Content-Encoding: br",), brotli.compress(LONG), LONG, id="long br"),
        pytest.param((b"Content-Encoding: zstd",), zstandard.compress(TEXT), TEXT, id="zstd"),
        pytest.param((b"Content-Encoding: zstd",), STREAMED, LONG, id="streamed zstd"),
        pytest.param(
            (b"Content-Encoding: zstd",), zstandard.compress(TEXT) * 2, TEXT * 2, id="two frames"
        ),
        pytest.param((b"Content-Encoding: gzip",), b"", b"", id="no body"),
        pytest.param((b"Content-Encoding: identity",), TEXT, TEXT, id="identity"),
        pytest.param((b"Transfer-Encoding: chunked",), CHUNKED, b"hello world", id="chunked"),
        pytest.param((b"Transfer-Encoding: chunked",), TEXT, TEXT, id="chunked no more"),
        pytest.param((b"X-Orig-Transfer-Encoding: chunked",), CHUNKED, CHUNKED, id="renamed"),
        pytest.param(
            (b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"),
            b"%x\r\n%s\r\n0\r\n\r\n"
            % (len(gzip.compress(TEXT, mtime=0)), gzip.compress(TEXT, mtime=0)),
            TEXT,
            id="both",
        ),
        pytest.param(
            (b"Content-Encoding: deflate, gzip",),
            gzip.compress(zlib.compress(TEXT)),
            TEXT,
            id="list",
        ),
    ],
)
def test_a_body_is_decoded(fields: tuple[bytes, ...], body: bytes, decoded: bytes) -> None:
    assert decode_body(read_response(response(*fields, body=body))) == decoded


@pytest.mark.parametrize(
    ("field", "body", "problem"),
    [
        (b"Content-Encoding: gzip", TEXT, "Error|incorrect|gzip"),
        (b"Content-Encoding: gzip", gzip.compress(TEXT)[:-9], "ends before its end mark"),
        (b"Content-Encoding: gzip", gzip.compress(TEXT) + b"more", "4 bytes follow"),
        (b"Content-Encoding: deflate", TEXT, "Error|incorrect|invalid"),
        (b"Content-Encoding: br", TEXT, "not br"),
        (b"Content-Encoding: br", brotli.compress(TEXT)[:-1], "ends before its end mark"),
        (b"Content-Encoding: br", brotli.compress(LONG)[:-1], "ends before its end mark"),
        (b"Content-Encoding: br", brotli.compress(TEXT) + b"more", "not br"),
        (b"Content-Encoding: zstd", TEXT, "no zstd frame begins here"),
        (b"Content-Encoding: zstd", zstandard.compress(TEXT)[:-1], "ends with the file"),
        (b"Content-Encoding: zstd", zstandard.compress(TEXT) + b"more", "no zstd frame"),
        (b"Content-Encoding: rot13", TEXT, "not known: 'rot13'"),
        (b"Transfer-Encoding: chunked", CHUNKED[:-20], "not a chunk size|a chunk of"),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(
    field: bytes, body: bytes, problem: str
) -> None:
    with pytest.raises(UndecodableBody, match=problem):
        decode_body(read_response(response(field, body=body)))


def test_a_payload_digest_may_mean_two_readings() -> None:
    block = response(b"Transfer-Encoding: chunked", body=CHUNKED)
    readings = [bytes(one) for one in payload_readings(block, is_http=True)]
    assert readings == [CHUNKED, b"hello world"]


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "chunked", "x"]))
def test_any_bytes_give_a_message_or_our_error(data: bytes, coding: str) -> None:
    name = "Transfer-Encoding" if coding == "chunked" else "Content-Encoding"
    with contextlib.suppress(ArchiveError):
        decode_body(read_response(response(f"{name}: {coding}".encode(), body=data)))
    with contextlib.suppress(ArchiveError):
        decode_body(read_response(data))


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_body_that_inflates_too_far_is_stopped_there(coding: str) -> None:
    """2 GiB of zeros would come: memory is not asked for them."""
    zeros = bytes(1 << 26)
    body = {
        "gzip": gzip.compress(zeros),
        "br": brotli.compress(zeros),
        "zstd": zstandard.compress(zeros) * 32,
    }[coding]
    message = read_response(response(f"Content-Encoding: {coding}".encode(), body=body))
    with pytest.raises(UndecodableBody, match="inflates to more than"):
        decode_body(message, limit=1 << 20)
