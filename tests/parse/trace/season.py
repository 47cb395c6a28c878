"""The tracked season parsed once, and its rows traced: what several tests look at."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parse.inputs import find_inputs
from parse.registry import BUILT_IN, load_registry
from parse.run import ParseOptions, parse_archives
from parse.trace.archive import Archive
from parse.trace.cli import trace_any
from parse.trace.rows import Roots, RowTrace
from tests.parse.bench import Watch
from warc.reader import read_records
from warc.record import Record
from warehouse.snapshot import Snapshot, current_snapshot, row_named

ROOT = Path(__file__).resolve().parents[3]
ARCHIVES = ROOT / "archives"


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="warchouse-test-", ignore_cleanup_errors=True)


@functools.cache
def warehouse() -> Path:
    """The tables of the tracked collection."""
    folder = Path(_folder().name)
    inputs = find_inputs(["demo"], archives=ARCHIVES)
    parse_archives(inputs, ParseOptions(warehouse=folder), Watch())
    return folder


@functools.cache
def snapshot() -> Snapshot:
    """Their snapshot."""
    return current_snapshot(warehouse())


@functools.cache
def roots() -> Roots:
    """What tracing assembles, kept from test to test."""
    return Roots(Archive(snapshot(), ARCHIVES, load_registry(BUILT_IN)))


@functools.cache
def rows(table: str) -> tuple[dict[str, Any], ...]:
    """A whole table."""
    return tuple(snapshot().table(table).collect().to_dicts())


def some_rows(table: str, count: int) -> list[dict[str, Any]]:
    """A few rows of a table, spread over it."""
    listed = rows(table)
    step = max(1, len(listed) // count)
    return list(listed[step // 2 :: step][:count])


def traced(table: str, row: dict[str, Any]) -> RowTrace:
    """The trace of a row, made once."""
    place = table, *map(str, row.values())
    if place not in _TRACED:
        _TRACED[place] = trace_any(roots(), row_named(table), row)
    return _TRACED[place]


_TRACED: dict[tuple[str, ...], RowTrace] = {}


def records_of_match(match_id: int) -> Iterator[tuple[Record, bytes]]:
    """The records about a match, and what its file says of itself, each with its own bytes."""
    maps = {row["mapstatsid"] for row in rows("hltv_maps") if row["match_id"] == match_id}
    names = {f"/matches/{match_id}/", *(f"/mapstatsid/{one}/" for one in maps if one)}
    (path,) = sorted((ARCHIVES / "demo").glob("hltv-*.warc.gz"))
    data = path.read_bytes()
    for found in read_records(path):
        assert isinstance(found, Record)
        own = data[found.offset : found.offset + found.length]
        is_page = found.type == "response" and any(one in found.target_uri for one in names)
        if found.type == "warcinfo" or is_page:
            yield found, own
