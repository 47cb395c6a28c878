"""Sums that say how a build went, before and after: captures, refused rows, issues."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from warehouse.diff.model import Tally
from warehouse.diff.pieces import Pieces, reading

Counted = Counter[tuple[str, ...]]

OF_ONE_ENTITY = re.compile(r"(?<=[a-z_] )-?\d+$")
WRONG_TYPE = "a value is not of its column's type"


def outcome_tallies(pieces: Pieces) -> tuple[Tally, ...]:
    """Captures by page type and outcome."""
    return _tallies(pieces, ("page_type", "outcome"))


def issue_tallies(pieces: Pieces) -> tuple[Tally, ...]:
    """Issues by page type, kind and field."""
    return _tallies(pieces, ("page_type", "kind", "field"))


def quarantine_tallies(pieces: Pieces) -> tuple[Tally, ...]:
    """Refused rows by table and rule; a row that breaks two counts under both."""
    return _tallies(pieces, ("table_name", "reasons"), is_quarantine=True)


def rule_of(reason: str) -> str:
    """The rule behind a reason, without what names one row alone.

    >>> rule_of("no match page lists map_stats 17"), rule_of("score <= 100")
    ('no match page lists map_stats …', 'score <= 100')
    """
    if reason.startswith(WRONG_TYPE):
        return WRONG_TYPE
    return OF_ONE_ENTITY.sub("…", reason)


def _tallies(
    pieces: Pieces, columns: tuple[str, ...], *, is_quarantine: bool = False
) -> tuple[Tally, ...]:
    """What differs; parts of both sides count on both, and are read for these columns alone."""
    if not pieces.before and not pieces.after:
        return ()
    both = _count(pieces.shared, columns)
    before, after = _count(pieces.before, columns) + both, _count(pieces.after, columns) + both
    if is_quarantine:
        before, after = _by_rule(before), _by_rule(after)
    return tuple(
        Tally(what, before[what], after[what])
        for what in sorted(before | after)
        if before[what] != after[what]
    )


def _count(paths: Iterable[Path], columns: tuple[str, ...]) -> Counted:
    found: Counted = Counter()
    for path in paths:
        with reading((path,)):
            frame = pl.read_parquet(path, columns=list(columns), glob=False)
        for *what, rows in frame.group_by(columns).len().iter_rows():
            found[tuple("-" if one is None else one for one in what)] += rows
    return found


def _by_rule(found: Counted) -> Counted:
    ruled: Counted = Counter()
    for (table, reasons), rows in found.items():
        for rule in {rule_of(reason) for reason in reasons.split("; ")}:
            ruled[table, rule] += rows
    return ruled
