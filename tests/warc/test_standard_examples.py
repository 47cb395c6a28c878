"""The cases of the WARC 1.1 standard, in words of our own; warcio writes, and we read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from warc.http import decode_body, read_response
from warc.reader import read_records
from warc.record import Record

REFERS = "http://netpreserve.org/warc/1.1/revisit/"


class QuietWriter(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """warcio's writer, holding records in memory: it leaves its temporary files open."""

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()


def example(kind: str, fields: str, block: str) -> tuple[str, bytes]:
    """A record as it would stand in the standard: fields and block given as lines."""
    body = block.replace("\n", "\r\n").encode()
    head = f"WARC/1.1\nWARC-Type: {kind}\nWARC-Date: 2016-09-19T17:20:24Z\n{fields}"
    head += f"Content-Length: {len(body)}\n\n"
    return kind, head.replace("\n", "\r\n").encode() + body + b"\r\n\r\n"


EXAMPLES = (
    example(
        "warcinfo",
        "WARC-Record-ID: <urn:uuid:d7ae5c10-e6b3-4d27-967d-34780c58ba39>\n"
        "Content-Type: application/warc-fields\n",
        "software: Heritrix 1.12.0 http://crawler.archive.org\nrobots: classic\n",
    ),
    example(
        "request",
        "WARC-Target-URI: http://www.archive.org/images/logoc.jpg\n"
        "WARC-Warcinfo-ID: <urn:uuid:d7ae5c10-e6b3-4d27-967d-34780c58ba39>\n"
        "WARC-Record-ID: <urn:uuid:4885803b-eebd-4b27-a090-144450c11594>\n"
        "Content-Type: application/http;msgtype=request\n"
        "WARC-Concurrent-To: <urn:uuid:92283950-ef2f-4d72-b224-f54c6ec90bb0>\n",
        "GET /images/logoc.jpg HTTP/1.0\nHost: www.archive.org\n\n",
    ),
    example(
        "response",
        "WARC-Target-URI: http://www.archive.org/images/logoc.jpg\n"
        "WARC-IP-Address: 207.241.233.58\n"
        "WARC-Record-ID: <urn:uuid:92283950-ef2f-4d72-b224-f54c6ec90bb0>\n"
        "Content-Type: application/http;msgtype=response\n"
        "WARC-Identified-Payload-Type: image/jpeg\n",
        "HTTP/1.1 200 OK\nContent-Type: image/jpeg\n\nan image",
    ),
    example(
        "resource",
        "WARC-Target-URI: file://var/www/htdoc/images/logoc.jpg\n"
        "WARC-Record-ID: <urn:uuid:92283950-ef2f-4d72-b224-f54c6ec90bb1>\n"
        "Content-Type: image/jpeg\n",
        "an image",
    ),
    example(
        "metadata",
        "WARC-Target-URI: http://www.archive.org/images/logoc.jpg\n"
        "WARC-Record-ID: <urn:uuid:16da6da0-bcdc-49c3-927e-57494593b943>\n"
        "WARC-Concurrent-To: <urn:uuid:92283950-ef2f-4d72-b224-f54c6ec90bb0>\n"
        "Content-Type: application/warc-fields\n",
        "via: http://www.archive.org/\nhopsFromSeed: E\nfetchTimeMs: 565\n",
    ),
    example(
        "revisit",
        "WARC-Target-URI: http://www.archive.org/images/logoc.jpg\n"
        "WARC-Record-ID: <urn:uuid:16da6da0-bcdc-49c3-927e-57494593bbbb>\n"
        f"WARC-Profile: {REFERS}server-not-modified\n"
        "WARC-Refers-To: <urn:uuid:92283950-ef2f-4d72-b224-f54c6ec90bb0>\n"
        "Content-Type: message/http\n",
        "HTTP/1.x 304 Not Modified\nEtag: 7\n\n",
    ),
    example(
        "conversion",
        "WARC-Target-URI: http://www.archive.org/images/logoc.jpg\n"
        "WARC-Record-ID: <urn:uuid:16da6da0-bcdc-49c3-927e-57494593dddd>\n"
        "WARC-Refers-To: <urn:uuid:92283950-ef2f-4d72-b224-f54c6ec90bb0>\n"
        "Content-Type: image/neoimg\n",
        "a better image",
    ),
    example(
        "response",
        "WARC-Target-URI: http://www.archive.org/images/logoc.jpg\n"
        "WARC-Record-ID: <urn:uuid:39509228-ae2f-11b2-763a-aa4c6ec90bb0>\n"
        "WARC-Segment-Number: 1\n"
        "WARC-Payload-Digest: sha1:CCHXETFVJD2MUZY6ND6SS7ZENMWF7KQ2\n"
        "Content-Type: application/http;msgtype=response\n",
        "HTTP/1.1 200 OK\n\nthe first part of",
    ),
    example(
        "continuation",
        "WARC-Target-URI: http://www.archive.org/images/logoc.jpg\n"
        "WARC-Record-ID: <urn:uuid:70653950-a77f-b212-e434-7a7c6ec909ef>\n"
        "WARC-Segment-Origin-ID: <urn:uuid:39509228-ae2f-11b2-763a-aa4c6ec90bb0>\n"
        "WARC-Segment-Number: 2\nWARC-Segment-Total-Length: 902\n"
        "WARC-Identified-Payload-Type: image/jpeg\n",
        " an image",
    ),
    example(
        "of-the-future",
        "WARC-Record-ID: <urn:uuid:70653950-a77f-b212-e434-7a7c6ec909ff>\n",
        "readers pass over what they do not know",
    ),
)


def test_every_kind_of_record_is_read(tmp_path: Path) -> None:
    path = tmp_path / "examples.warc"
    path.write_bytes(b"".join(record for _, record in EXAMPLES))
    found = list(read_records(path, thorough=True))
    assert [one.type for one in found if isinstance(one, Record)] == [kind for kind, _ in EXAMPLES]
    metadata = found[4]
    assert isinstance(metadata, Record)
    assert metadata.block.startswith(b"via: http://www.archive.org/\r\n")


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
def test_what_warcio_writes_is_read(tmp_path: Path, version: str, *, packed: bool) -> None:
    out = io.BytesIO()
    writer = QuietWriter(out, gzip=packed, warc_version=version)
    writer.write_record(writer.create_warcinfo_record("a.warc.gz", {"software": "warcio"}))
    bodies = [b"", b"x", b"<html>" * 50_000]
    for number, body in enumerate(bodies):
        head = StatusAndHeaders(
            "200 OK", [("Content-Type", "text/html"), ("X-Name", "café")], protocol="HTTP/1.1"
        )
        record = writer.create_warc_record(
            f"http://a.example/{number}", "response", payload=io.BytesIO(body), http_headers=head,
            warc_headers_dict={"WARC-Protocol": "h2"},
        )  # fmt: skip
        writer.write_record(record)
    writer.write_record(
        writer.create_revisit_record(
            "http://a.example/1", "sha1:A", "http://a.example/1", "2026-01-01T00:00:00Z"
        )
    )
    path = tmp_path / "theirs.warc"
    path.write_bytes(out.getvalue())
    found = [one for one in read_records(path, thorough=True) if isinstance(one, Record)]
    assert [one.type for one in found] == ["warcinfo", *["response"] * 3, "revisit"]
    assert sum(one.length for one in found) == path.stat().st_size
    assert [decode_body(read_response(one.block)) for one in found[1:4]] == bodies
