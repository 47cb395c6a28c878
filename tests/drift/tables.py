"""Snapshots in a few words: captures by the thousand, and the columns that a test is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from tests.drift.crawls import day
from warehouse.column import Row
from warehouse.parts import TableWriter
from warehouse.rows.archive import CaptureRow, IssueRow, QuarantineRow
from warehouse.rows.hltv import PlayerStatsRow
from warehouse.snapshot import Snapshot, current_snapshot
from warehouse.store import Store

PLAYERS = 10


@dataclass(kw_only=True)
class Page:
    """A map's page of statistics: how many of its players lack the ADR, what it outputs else."""

    at: datetime
    nulls: int = 0
    adr: float = 75.0
    layout: str = "new_eco"
    outcome: str = "parsed"
    verdict: str = "content"
    issues: Sequence[tuple[str, str]] = field(default_factory=tuple)
    refused: Sequence[str] = field(default_factory=tuple)


def pages(start: str, count: int, *, hours: float = 1.0, **said: object) -> list[Page]:
    """So many pages from a day on."""
    begin = day(start)
    return [
        Page(at=begin + number * timedelta(hours=hours), **said)  # type: ignore[arg-type]
        for number in range(count)
    ]


def built(folder: Path, listed: Sequence[Page]) -> Snapshot:
    """A committed snapshot of pages; capture n has the id 1000 + n and lies at offset 100 n."""
    tables: dict[type[Row], dict[str, list[object]]] = {
        CaptureRow: _columns(CaptureRow, [_capture(at, one) for at, one in enumerate(listed)]),
        IssueRow: _columns(
            IssueRow, [row for at, one in enumerate(listed) for row in _issues(at, one)]
        ),
        QuarantineRow: _columns(
            QuarantineRow, [row for at, one in enumerate(listed) for row in _refused(at, one)]
        ),
        PlayerStatsRow: _columns(
            PlayerStatsRow,
            [row for at, one in enumerate(listed) for row in _players(at, one)],
        ),
    }
    store = Store(folder)
    with store.building() as aside:
        parts, counts = [], {}
        for row, columns in tables.items():
            writer = TableWriter(aside, row)
            writer.add_columns(columns)
            writer.finish_part(0)
            writer.close()
            parts += writer.parts
            counts[row.table] = sum(part.rows for part in writer.parts)
        store.commit(aside, parts, {"tables": counts, "inputs": []})
    return current_snapshot(folder)


def _columns(row: type[Row], rows: Sequence[dict[str, object]]) -> dict[str, list[object]]:
    from warehouse.schema import arrow_schema  # noqa: PLC0415

    blank = {item.name: None if item.nullable else _blank(item.type) for item in arrow_schema(row)}
    return {name: [one.get(name, blank[name]) for one in rows] for name in blank}


def _blank(kind: pa.DataType) -> object:
    if pa.types.is_string(kind):
        return "x"
    return False if pa.types.is_boolean(kind) else 0


def _capture(number: int, page: Page) -> dict[str, object]:
    return {
        "capture_id": 1000 + number,
        "collection": "hltv",
        "file": "a.warc.gz",
        "offset": 100 * number,
        "url": f"https://www.hltv.org/stats/matches/mapstatsid/{number}/x",
        "fetched_at": page.at,
        "source": "hltv",
        "page_type": "map_stats",
        "page_key": str(number),
        "verdict": page.verdict,
        "layout": page.layout if page.outcome == "parsed" else None,
        "outcome": page.outcome,
        "rows": PLAYERS if page.outcome == "parsed" else 0,
    }


def _issues(number: int, page: Page) -> list[dict[str, object]]:
    return [
        {"capture_id": 1000 + number, "issue_number": at, "kind": kind, "field": about}
        for at, (kind, about) in enumerate(page.issues, 1)
    ]


def _refused(number: int, page: Page) -> list[dict[str, object]]:
    return [
        {
            "capture_id": 1000 + number,
            "quarantine_number": at,
            "table_name": "hltv_player_stats",
            "reasons": rule,
        }
        for at, rule in enumerate(page.refused, 1)
    ]


def _players(number: int, page: Page) -> list[dict[str, object]]:
    if page.outcome != "parsed":
        return []
    return [
        {
            "match_id": number // 3,
            "map_number": number % 3 + 1,
            "player_id": player,
            "rating_version": "3.0",
            "adr": None if player < page.nulls else page.adr + number % 7 + player,
            "map_stats_capture_id": 1000 + number,
        }
        for player in range(PLAYERS)
    ]
