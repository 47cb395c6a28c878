"""Columns whose values new pages lack: what a build can say of them before anybody asks.

A build that adds rows loses none, so what it is held back for does not see a column that is null in
all of the new ones. Footers say cheaply in which columns that may be; only those are looked at, by
the rules that `warchouse report` has, so that a new crawl of old matches is no alarm: their nulls
against those of pages before, and issues about them, which say what a layout promises and lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from warehouse.column import Row
from warehouse.diff.pieces import Footer, footer_of, pieces_of
from warehouse.drift.callouts import EFFECT, CallOut, find_callouts
from warehouse.drift.pages import read_pages
from warehouse.drift.signals import Series, issue_series, null_series
from warehouse.drift.watched import filled_by, watched_tables
from warehouse.snapshot import Snapshot

NULLS_MIN = 10  # fewer new ones are no reason to look


def vanished(before: Snapshot, after: Snapshot) -> list[str]:
    """The columns (`table.column`) that began to be null on captures which `before` does not have.

    raises  WarehouseError where a part cannot be read
    """
    tables = {row.table for row, _ in watched_tables(after)}
    suspects = {
        table: names for table in sorted(tables) if (names := _rising(before, after, table))
    }
    if not suspects:
        return []
    pages = read_pages(after)

    def series() -> Iterator[Series]:
        for row, page_type in watched_tables(after):
            names = _among(suspects.get(row.table, ()), row, page_type)
            yield from null_series(after, pages, row, page_type, names)
        about = {f"{table}.{name}" for table, names in suspects.items() for name in names}
        yield from (one for one in issue_series(after, pages) if one.signal.field in about)

    found = find_callouts(after, pages, series())
    known = (
        set(before.table("captures").select("capture_id").collect().to_series()) if found else ()
    )
    new = [one for one in found if one.until is None and one.first.capture_id not in known]
    return sorted({_column(one) for one in new})


def _column(one: CallOut) -> str:
    signal = one.signal
    return signal.field if signal.kind == "issue" else f"{signal.table}.{signal.field}"


def _among(names: Sequence[str], row: type[Row], page_type: str) -> list[str]:
    return [c.name for c in filled_by(row, page_type) if c.nullable and c.name in names]


def _rising(before: Snapshot, after: Snapshot, table: str) -> list[str]:
    """The columns of which the rows that a table gains have more nulls than those it had."""
    if table not in before.about["tables"]:
        return []
    pieces = pieces_of(before, after, table)
    ours, theirs = _Nulls(pieces.before), _Nulls(pieces.after)
    gained = theirs.rows - ours.rows
    if gained < NULLS_MIN:
        return []
    shared = _Nulls(pieces.shared)
    had = max(1, ours.rows + shared.rows)

    def is_rising(name: str) -> bool:
        more = theirs.of(name) - ours.of(name)
        usual = (ours.of(name) + shared.of(name)) / had
        return more >= NULLS_MIN and more / gained >= usual + EFFECT

    return [name for name in theirs.names if is_rising(name)]


class _Nulls:
    """The nulls that the footers of some parts state, added up."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._footers: list[Footer] = [footer_of(path) for path in paths]
        self.rows = sum(footer.rows for footer in self._footers)
        self.names: Mapping[str, str] = self._footers[0].types if self._footers else {}

    def of(self, name: str) -> int:
        return sum(footer.nulls.get(name, 0) for footer in self._footers)
