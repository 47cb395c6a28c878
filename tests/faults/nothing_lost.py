"""The invariant of docs/durability.md, checked from outside after every fault, kill and power cut.

Theory of operation. `whole_exchanges` reads what lies in a collection's files with the accounting
reader alone, asking neither the collection nor the manifest. What it finds before a repair is what
must still be there afterwards (`check_nothing_lost`), byte for byte as the server sent it. The
manifest is read with plain SQL. Tables are compared without what differs between any two crawls:
capture ids and times.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from parse.inputs import find_inputs
from parse.run import ParseOptions, parse_archives
from tests.faults.tally import Tally
from warc.head import bare
from warc.http import response_of
from warc.reader import read_records
from warc.record import BadStretch, Record

_CAPTURES = "SELECT file, offset, length, record_id FROM captures"
_LISTED = ("url", "status", "payload_digest", "page_type", "page_key", "verdict")


@dataclass(frozen=True, slots=True)
class Archived:
    """One whole exchange as it lies in a file; `body` still encoded, b"" of a revisit."""

    record_id: str
    url: str
    file: str
    offset: int
    length: int
    type: str
    body: bytes
    is_cut: bool


class Sent(Protocol):
    """Knows what a server sent."""

    def was_sent(self, url: str, body: bytes, *, is_cut: bool) -> bool:
        """Whether that is an answer's body, still encoded; of one that was cut: its beginning."""


def read_all(paths: Iterable[Path]) -> tuple[dict[str, Archived], list[BadStretch]]:
    """The whole exchanges of WARC files by record id, and the stretches that are none."""
    found, bad, _ = _read(paths)
    return found, bad


def _read(paths: Iterable[Path]) -> tuple[dict[str, Archived], list[BadStretch], set[str]]:
    """What `read_all` answers, and the ids of responses that belong to no whole exchange.

    Whole is a response or revisit whose metadata record follows it.
    """
    found: dict[str, Archived] = {}
    bad: list[BadStretch] = []
    alone: set[str] = set()
    for path in sorted(paths):
        waiting: dict[str, Record] = {}
        for outcome in read_records(path):
            if isinstance(outcome, BadStretch):
                bad.append(outcome)
            elif outcome.type in {"response", "revisit"}:
                waiting[outcome.record_id] = outcome
            elif outcome.type == "metadata":
                of = bare(outcome.fields.first("WARC-Concurrent-To") or "")
                if record := waiting.pop(of, None):
                    found[of] = _archived(record, path.name.removesuffix(".open"))
        alone |= waiting.keys()
    return found, bad, alone


def _archived(record: Record, file: str) -> Archived:
    return Archived(
        record_id=record.record_id,
        url=record.target_uri,
        file=file,
        offset=record.offset,
        length=record.length,
        type=record.type,
        body=response_of(record).body if record.type == "response" else b"",
        is_cut="WARC-Truncated" in record.fields,
    )


def warc_paths(folder: Path) -> list[Path]:
    """The WARC files of a collection, open ones included."""
    return [*folder.glob("*.warc.gz"), *folder.glob("*.warc.gz.open")]


def whole_exchanges(folder: Path) -> dict[str, Archived]:
    """Every whole exchange in a collection's files, whatever state they are in."""
    return read_all(warc_paths(folder))[0]


def torn_tails(folder: Path) -> list[Path]:
    """The tails that were set aside."""
    return sorted(folder.glob("*.warc.gz.torn-*"))


def check_nothing_lost(
    folder: Path, *, must_have: Mapping[str, Archived], sent: Sent, tally: Tally
) -> dict[str, Archived]:
    """Look at a collection that was closed in good order; returns what it holds.

    must_have  whole exchanges that lay in its files, synced, before the repair
    """
    assert not list(folder.glob("*.open")), "a file was left open"
    found, bad, alone = _read(warc_paths(folder))
    assert not bad, f"sealed with damage: {bad[0].error}"
    assert not alone, f"sealed with half an exchange: {alone}"
    for record_id, exchange in must_have.items():
        assert record_id in found, f"{exchange.url} of {exchange.file} is lost"
        kept = found[record_id]
        assert (kept.url, kept.body) == (exchange.url, exchange.body), exchange.url
    for exchange in found.values():
        check_sent(exchange, sent)
    check_manifest(folder, found)
    tally.compared += len(found)
    tally.torn += len(torn_tails(folder))
    return found


def check_sent(exchange: Archived, sent: Sent) -> None:
    """What is archived is what the server sent; a revisit has no bytes of its own."""
    if exchange.type == "response":
        told = sent.was_sent(exchange.url, exchange.body, is_cut=exchange.is_cut)
        assert told, f"{exchange.url} was not sent like that"


def check_manifest(folder: Path, found: Mapping[str, Archived]) -> None:
    """No row without a record, no record without a row, every file indexed to its end."""
    with closing(sqlite3.connect(folder / "manifest.sqlite")) as connection:
        rows = set(connection.execute(_CAPTURES))
        sizes = dict(connection.execute("SELECT name, size FROM files"))
        (said,) = connection.execute("PRAGMA integrity_check").fetchone()
    assert said == "ok"
    assert rows == {(one.file, one.offset, one.length, one.record_id) for one in found.values()}
    assert sizes == {path.name: path.stat().st_size for path in warc_paths(folder)}


def check_rows_have_records(folder: Path, found: Mapping[str, Archived]) -> None:
    """No row without a record: holds at any instant, before any repair."""
    path = folder / "manifest.sqlite"
    if not path.exists():
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            rows = set(connection.execute(_CAPTURES))
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):
                return  # killed before its tables were there
            raise
    records = {(one.file, one.offset, one.length, one.record_id) for one in found.values()}
    assert rows <= records, f"rows without records: {rows - records}"


class _Silent:
    def expect(self, size: int) -> None:
        pass

    def advance(self, size: int) -> None:
        pass

    def stage(self, text: str) -> None:
        pass

    def warn(self, text: str) -> None:
        pass


def tables_of(archives: Path) -> dict[str, pl.DataFrame]:
    """What a parse makes of the collections under a folder, capture ids and times left out."""
    with tempfile.TemporaryDirectory() as made:
        warehouse = Path(made)
        options = ParseOptions(warehouse=warehouse)
        parse_archives(find_inputs([], archives=archives), options, _Silent())
        snapshot = warehouse / "snapshots" / (warehouse / "CURRENT").read_text().strip()
        return {
            folder.name: _comparable(folder.name, pl.read_parquet(folder / "*.parquet"))
            for folder in sorted(snapshot.iterdir())
            if folder.is_dir()
        }


def _comparable(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """A table without what any two crawls of one site differ in."""
    if name == "captures":
        # A listing is asked for by every run, and evidence is what the faults left behind.
        return table.filter(pl.col("verdict") == "content").select(_LISTED).unique().sort(_LISTED)
    own = [
        column
        for column in table.columns
        if column not in {"capture_id", "fetched_at", "issue_number", "quarantine_number"}
        and not column.endswith("_capture_id")
    ]
    table = table.select(own)
    return table.unique().sort(own) if name in {"issues", "quarantine"} else table


def check_tables(archives: Path, undisturbed: Mapping[str, pl.DataFrame], tally: Tally) -> None:
    """The tables equal those of a crawl that nothing disturbed."""
    made = tables_of(archives)
    assert made.keys() == undisturbed.keys()
    for name, table in undisturbed.items():
        assert made[name].equals(table), f"table {name} differs"
    tally.tables += 1
