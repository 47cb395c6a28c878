"""What each page type gave in each month: captures, layouts, rows, nulls, issues, refused rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from warehouse.drift.detect import MAD_TO_SIGMA
from warehouse.drift.pages import Pages
from warehouse.drift.signals import chunks, issue_pages, refused_pages
from warehouse.drift.watched import watched_tables
from warehouse.schema import columns_of
from warehouse.snapshot import Snapshot

SPREADS = 4.0  # robust standard deviations that a page may have fewer or more rows than expected
ROWS_TOLERANCE = 0.1  # of the expectation, where pages hardly differ


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsOfPages:
    """Rows of the parsed pages of one layout in one month.

    expected, spread  median and robust standard deviation over all earlier months; None in the
                      first month of the layout
    apart             pages further from the expectation than SPREADS times the spread, or than a
                      tenth of the expectation, whichever is more
    """

    pages: int
    median: float
    expected: float | None
    spread: float | None
    apart: int


@dataclass(slots=True, kw_only=True)
class Month:
    """One page type in one month.

    captures  by outcome; `verdicts` of those that are evidence
    issues    pages by (kind, field)
    refused   rows by (table, rule)
    nulls     null values and all values, by `table.column`, of rows read from these pages
    """

    name: str
    captures: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, int] = field(default_factory=dict)
    layouts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, RowsOfPages] = field(default_factory=dict)
    issues: dict[tuple[str, str], int] = field(default_factory=dict)
    pages_with_issues: int = 0
    refused: dict[tuple[str, str], int] = field(default_factory=dict)
    nulls: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """All captures."""
        return sum(self.captures.values())

    @property
    def read(self) -> int:
        """Captures that were handed to a parser."""
        return self.captures.get("parsed", 0) + self.captures.get("failed", 0)


Months = Mapping[str, Mapping[str, Month]]
"""By page type, then by month, both in order."""


def monthly(snapshot: Snapshot, pages: Pages) -> Months:
    """The sums of every page type and month."""
    found: dict[str, dict[str, Month]] = {}
    names = pages.frame.select("page", "month").unique().sort("page", "month")
    for page, month in names.iter_rows():
        found.setdefault(page, {})[month] = Month(name=month)
    _count_captures(pages, found)
    for page, layout, month, rows in _rows_of_pages(pages):
        found[page][month].rows[layout] = rows
    _count_findings(snapshot, pages, found)
    _count_nulls(snapshot, pages, found)
    return found


def _count_captures(pages: Pages, found: dict[str, dict[str, Month]]) -> None:
    frame = pages.frame
    evidence = frame.filter(pl.col("outcome") == "evidence", pl.col("verdict").is_not_null())
    parsed = frame.filter(pl.col("outcome") == "parsed")
    for name, kept, attribute in (
        ("outcome", frame, "captures"),
        ("verdict", evidence, "verdicts"),
        ("layout", parsed, "layouts"),
    ):
        counts = kept.group_by("page", "month", name).len().sort("page", "month", name)
        for page, month, value, count in counts.iter_rows():
            getattr(found[page][month], attribute)[value] = count


def _rows_of_pages(pages: Pages) -> Iterator[tuple[str, str, str, RowsOfPages]]:
    """By page type, layout and month."""
    parsed = pages.frame.filter(pl.col("outcome") == "parsed")
    columns = parsed.select("page", "layout", "month", pl.col("rows").cast(pl.Float64))
    for (page, layout), some in columns.group_by("page", "layout", maintain_order=True):
        for month in some.get_column("month").unique().sort():
            own = some.filter(pl.col("month") == month).get_column("rows")
            before = some.filter(pl.col("month") < month).get_column("rows")
            yield str(page), str(layout), month, _against(own, before)


def _against(own: pl.Series, before: pl.Series) -> RowsOfPages:
    middle = float(own.median() or 0)  # type: ignore[arg-type]  # polars: any kind of value
    if before.is_empty():
        return RowsOfPages(pages=own.len(), median=middle, expected=None, spread=None, apart=0)
    expected = float(before.median() or 0)  # type: ignore[arg-type]
    spread = MAD_TO_SIGMA * float((before - expected).abs().median() or 0)  # type: ignore[arg-type]
    allowed = max(SPREADS * spread, ROWS_TOLERANCE * expected, 1.0)
    apart = int(((own - expected).abs() > allowed).sum())
    return RowsOfPages(
        pages=own.len(), median=middle, expected=expected, spread=spread, apart=apart
    )


def _count_findings(snapshot: Snapshot, pages: Pages, found: dict[str, dict[str, Month]]) -> None:
    where = pages.frame.lazy().select("capture_id", "page", "month")
    issues = issue_pages(snapshot).unique().join(where, on="capture_id")
    counted = issues.group_by("page", "month", "value", "field").len()
    for page, month, kind, about, count in counted.sort(pl.all()).collect().iter_rows():
        found[page][month].issues[kind, about] = count
    together = issues.group_by("page", "month").agg(pl.col("capture_id").n_unique())
    for page, month, count in together.collect().iter_rows():
        found[page][month].pages_with_issues = count
    refused = refused_pages(snapshot).join(where, on="capture_id")
    counted = refused.group_by("page", "month", "table", "value").len()
    for page, month, table, rule, count in counted.sort(pl.all()).collect().iter_rows():
        found[page][month].refused[table, rule] = count


def _count_nulls(snapshot: Snapshot, pages: Pages, found: dict[str, dict[str, Month]]) -> None:
    where = pages.frame.lazy().select("capture_id", "page", "month")
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row, page_type in watched_tables(snapshot):
        nullable = [column.name for column in columns_of(row) if column.nullable]
        for names in chunks(nullable):
            counted = (
                snapshot.table(row.table)
                .select(
                    pl.col(f"{page_type}_capture_id").alias("capture_id"),
                    *(pl.col(name).is_null().alias(f"is_null_{name}") for name in names),
                )
                .join(where, on="capture_id")
                .group_by("page", "month")
                .agg(pl.len(), *(pl.col(f"is_null_{name}").sum() for name in names))
                .sort("page", "month")
                .collect(engine="streaming")
            )
            for page, month, rows, *nulls in counted.iter_rows():
                for name, count in zip(names, nulls, strict=True):
                    one = sums[page, month, f"{row.table}.{name}"]
                    one[0] += count
                    one[1] += rows
    for (page, month, name), (null, every) in sums.items():
        found[page][month].nulls[name] = null, every
