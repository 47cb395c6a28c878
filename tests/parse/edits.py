"""The tracked archive, written again with other pages: what a site or a crawl may have changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from parse.replay import page_of
from tests.parse.bench import member, sha1
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parents[2]
Edit = Callable[[str, str], str | None]
"""From a URL and a page to the page that takes its place; None leaves the capture out."""


def demo_file() -> Path:
    """The WARC file of HLTV of the tracked archive."""
    [path] = (ROOT / "archives" / "demo").glob("hltv-*.warc.gz")
    return path


def edited(edit: Edit) -> bytes:
    """A WARC file of the same captures, each page passed through `edit`."""
    written = []
    for record in read_records(demo_file()):
        if not isinstance(record, Record) or record.type not in {"warcinfo", "response"}:
            continue
        if record.type == "warcinfo":
            written.append(_member(record, record.block))
            continue
        text = edit(record.target_uri, page_of(record).body.decode("utf-8"))
        if text is not None:
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            written.append(_member(record, head + text.encode()))
    return b"".join(written)


def _member(record: Record, block: bytes) -> bytes:
    said = dict(record.fields)
    said["WARC-Block-Digest"] = sha1(block)
    said.pop("WARC-Payload-Digest", None)
    said["Content-Length"] = str(len(block))
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return member(f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n")
