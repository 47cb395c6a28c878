"""A workbench for engine tests: WARC files said in a few words, parses run, tables read back."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from parse.basis import Pins
from parse.built import Outcome
from parse.inputs import find_inputs
from parse.pool import WorkerPool
from parse.run import ParseOptions, parse_archives
from parse.times import EVER_US

REGISTRY = "tests.parse.fake_source:REGISTRY"
SITE = "http://fake.test"


def at(second: int) -> str:
    """A WARC-Date, so many seconds into the crawl."""
    return f"2026-11-01T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


def page(*said: Sequence[object]) -> bytes:
    """The body of a page that says these things."""
    return b"<html><pre>" + json.dumps(said).replace("<", "&lt;").encode() + b"</pre></html>"


def game(game_id: int, **fields: object) -> tuple[str, dict[str, object]]:
    """What a page says of a game."""
    return "game", {"game_id": game_id, "title": f"game {game_id}", **fields}


def record(
    url: str,
    body: bytes = b"",
    *,
    second: int = 0,
    kind: str = "response",
    status: int = 200,
    http: bool = True,
    fields: Mapping[str, str] | None = None,
) -> bytes:
    """One record as a gzip member.

    http    False for a block that is the body alone
    fields  further WARC fields
    """
    block = body
    if http:
        head = f"HTTP/1.1 {status} Is\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        block = head.encode() + body
    named = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": at(second),
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {url} {second}')}>",
        "WARC-Payload-Digest": sha1(body),
        "Content-Type": f"application/http;msgtype={kind}" if http else "text/html",
        **(fields or {}),
        "Content-Length": str(len(block)),
    }
    lines = [f"{name}: {value}\r\n" for name, value in named.items() if value]
    return member("".join(["WARC/1.1\r\n", *lines, "\r\n"]).encode() + block + b"\r\n\r\n")


def warcinfo(**fields: str) -> bytes:
    """A warcinfo record that says these things, `_` for `-`."""
    said = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return record("", said.encode(), kind="warcinfo", http=False)


def sha1(data: bytes) -> str:
    """The labelled digest of a payload."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def member(data: bytes) -> bytes:
    """Data as one gzip member."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def games(count: int, *, first: int = 1) -> list[bytes]:
    """Records of so many game pages, with a note, a link, and the page of the linked round each."""
    made = []
    for number in range(first, first + count):
        said = [
            game(number, score=number % 90),
            ("note", {"game_id": number, "topic": "a", "number": 1, "text": "é" * (number % 7)}),
            ("link", {"game_id": number, "round_id": number * 10}),
            ("team", {"game_id": number, "team_id": number % 5 + 1, "name": f"team {number}"}),
        ]
        made.append(record(f"{SITE}/game/{number}", page(*said), second=number))
        points = ("round", {"round_id": number * 10, "points": 1})
        made.append(record(f"{SITE}/round/{number * 10}", page(points), second=number))
    return made


@dataclass
class Watch:
    """A progress that remembers."""

    warnings: list[str] = field(default_factory=list)
    advanced: int = 0

    def expect(self, size: int) -> None:
        """Take no notice."""

    def advance(self, size: int) -> None:
        """Count bytes."""
        self.advanced += size

    def stage(self, text: str) -> None:
        """Take no notice."""

    def warn(self, text: str) -> None:
        """Keep the warning."""
        self.warnings.append(text)


class Bench:
    """Archives and a warehouse under one folder."""

    def __init__(self, folder: Path) -> None:
        self.archives = folder / "archives"
        self.warehouse = folder / "warehouse"
        self.watch = Watch()

    def put(self, name: str, records: Iterable[bytes], *, collection: str = "fake") -> Path:
        """Write a file of a collection."""
        path = self.archives / collection / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(records))
        return path

    def parse(
        self,
        *words: str,
        registry: str = REGISTRY,
        workers: int = 1,
        range_bytes: int = 2 << 20,
        pins: Pins = (),
        as_of_us: int = EVER_US,
        warehouse: Path | None = None,
        accept: bool = True,
    ) -> Outcome:
        """Parse what is there, or the collections and files named.

        Without a roster, the detail of everyone is kept.
        """
        options = ParseOptions(
            warehouse=warehouse or self.warehouse,
            registry=registry,
            pins=pins,
            as_of_us=as_of_us,
            accept=accept,
            workers=workers,
            range_bytes=range_bytes,
            executor=(lambda: WorkerPool(workers)) if workers > 1 else None,
        )
        inputs = find_inputs(words, archives=self.archives)
        if not (self.archives / "admin").exists():
            inputs = replace(inputs, tracked=None)
        return parse_archives(inputs, options, self.watch)

    @property
    def snapshot(self) -> Path:
        """The current snapshot's folder."""
        current = (self.warehouse / "CURRENT").read_text(encoding="ascii").strip()
        return self.warehouse / "snapshots" / current

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table of the current snapshot."""
        parts = sorted((self.snapshot / name).glob("*.parquet"))
        return [row for part in parts for row in pl.read_parquet(part).to_dicts()]

    def column(self, table: str, name: str) -> list[Any]:
        """One column of a table."""
        return [row[name] for row in self.table(table)]

    def parts(self) -> dict[str, bytes]:
        """Every Parquet file of the current snapshot by its name."""
        return {
            path.relative_to(self.snapshot).as_posix(): path.read_bytes()
            for path in sorted(self.snapshot.rglob("*.parquet"))
        }
