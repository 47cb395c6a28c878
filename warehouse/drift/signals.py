"""What is watched of each page type, as series of points: outcomes, issues, refused rows, tables.

Every signal is a number per page: 0 or 1 (is there such an issue), a share from 0 to 1 (how many of
a column's values are null), or a level (a column's mean). Tables are read lazily, a few columns at
a time, summed up per page and then per point: memory holds one short line per page and column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import polars as pl

from warehouse.column import Row
from warehouse.drift.detect import Point
from warehouse.drift.listed import SPLITS
from warehouse.drift.pages import READ, Pages
from warehouse.drift.watched import closed_values, filled_by, is_level, watched_tables
from warehouse.schema import columns_of
from warehouse.snapshot import Snapshot

Kind = Literal[
    "outcome",  # pages that failed, or were judged to be no content
    "layout",  # pages of no known layout
    "issue",  # pages with an issue of a kind at a field
    "quarantine",  # pages with rows that a rule refused
    "no rows",  # pages without any row of a table
    "null",  # values of a column that are null
    "value",  # rows with one of the values of a closed set
    "level",  # mean of a column
    "rows",  # rows of a page
]

COLUMNS_AT_ONCE = 6
CLIPPED = 4.0  # a page says no more than this many robust standard deviations
IQR_TO_SIGMA = 1 / 1.349
SCALE_MIN = 0.25  # of a column's median: rounds, and all that goes with them, became a fifth fewer
UNKNOWN_LAYOUT = "unknown"
BAD_VERDICTS = ("wrong_page", "truncated", "error")

NEWER = 0.5
"""Layouts taken together, a column can be lost on the newer pages alone: those no older than this
share of the pages that have it. Older ones are of a time when the site had not shown it yet, in
whatever order they were fetched; how old a page is, the number of its entity tells."""

T = TypeVar("T")

_BY_LAYOUT = ("page", "layout", "split", "layout_point", "month")
_BY_PAGE = ("page", "split", "point", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that is watched of one page type.

    field   a column, or what an issue names
    value   the verdict, kind of issue, rule, or value counted
    layout  empty if pages of all layouts are taken together
    split   the rows' value of the table's split column
    """

    kind: Kind
    page: str
    table: str = ""
    field: str = ""
    value: str = ""
    layout: str = ""
    split: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A signal over time.

    center, scale  turn a level's points back into its own unit
    oldest         the lowest number of an entity whose pages count, if not all do
    """

    signal: Signal
    points: list[Point]
    center: float = 0.0
    scale: float = 1.0
    oldest: float | None = None


def all_series(snapshot: Snapshot, pages: Pages) -> Iterator[Series]:
    """Everything that is watched, page types in order."""
    yield from _outcomes(pages)
    yield from _row_levels(pages)
    yield from issue_series(snapshot, pages)
    yield from _counted(pages, refused_pages(snapshot), "quarantine")
    for row, page_type in watched_tables(snapshot):
        yield from _missing_tables(snapshot, pages, row, page_type)
        yield from _columns(snapshot, pages, row, page_type)


def issue_series(snapshot: Snapshot, pages: Pages) -> Iterator[Series]:
    """Pages with an issue, by kind and field."""
    yield from _counted(pages, issue_pages(snapshot), "issue")


def issue_pages(snapshot: Snapshot) -> pl.LazyFrame:
    """Captures with issues: `capture_id`, `table` (empty), `field`, `value` (the kind)."""
    return snapshot.table("issues").select(
        "capture_id", table=pl.lit(""), field="field", value="kind"
    )


def refused_pages(snapshot: Snapshot) -> pl.LazyFrame:
    """Captures with refused rows: `capture_id`, `table`, `field` (empty), `value` (the rule).

    Numbers that name an entity are left out of the rule.
    """
    reasons = pl.col("reasons").str.split("; ")
    rule = pl.col("value").str.replace(r"^(no \w+ page lists \w+) -?\d+$", "$1")
    return (
        snapshot.table("quarantine")
        .select("capture_id", table="table_name", field=pl.lit(""), value=reasons)
        .explode("value")
        .with_columns(value=rule.str.replace(r"(column's type): .*$", "$1"))
    )


def _outcomes(pages: Pages) -> Iterator[Series]:
    """Failed pages, bad verdicts, and pages of no known layout."""
    bad = pl.col("verdict").is_in(BAD_VERDICTS)
    read = pl.col("outcome").is_in(READ)
    points = (
        pages.frame.filter(read | bad)
        .group_by("page", "point", "month")
        .agg(
            pages=pl.len(),
            failed=(pl.col("outcome") == "failed").sum(),
            unknown=(pl.col("layout") == UNKNOWN_LAYOUT).sum(),
            **{name: (pl.col("verdict") == name).sum() for name in BAD_VERDICTS},
        )
        .sort("page", "point")
    )
    for (page,), one in points.group_by("page", maintain_order=True):
        for name in ("failed", *BAD_VERDICTS):
            signal = Signal(kind="outcome", page=str(page), value=name)
            yield Series(signal, _points(one, "point", one.get_column(name)))
        signal = Signal(kind="layout", page=str(page), value=UNKNOWN_LAYOUT)
        yield Series(signal, _points(one, "point", one.get_column("unknown")))


def _row_levels(pages: Pages) -> Iterator[Series]:
    """Rows of a parsed page, layout by layout."""
    parsed = pages.frame.lazy().filter(pl.col("outcome") == "parsed")
    values = parsed.with_columns(v=pl.col("rows").cast(pl.Float64), split=pl.lit(""))
    for series in _levels(values, ["v"]):
        yield replace(series, signal=replace(series.signal, kind="rows", field=""))


def _counted(pages: Pages, found: pl.LazyFrame, kind: Kind) -> Iterator[Series]:
    """Pages with something, of all that were read; nothing is yielded for what no page has."""
    read = pages.frame.filter(pl.col("outcome").is_in(READ))
    totals = read.group_by("page", "point", "month").agg(pages=pl.len()).sort("page", "point")
    counts = (
        found.unique()
        .join(read.lazy().select("capture_id", "page", "point"), on="capture_id")
        .group_by("page", "table", "field", "value", "point")
        .agg(count=pl.len())
        .sort("page", "table", "field", "value", "point")
        .collect()
    )
    for key, some in counts.group_by("page", "table", "field", "value", maintain_order=True):
        page, table, field, value = map(str, key)
        all_points = totals.filter(pl.col("page") == page)
        joined = all_points.join(some.select("point", "count"), on="point", how="left")
        signal = Signal(kind=kind, page=page, table=table, field=field, value=value)
        counted = joined.sort("point").get_column("count").fill_null(0)
        yield Series(signal, _points(all_points, "point", counted))


def _missing_tables(
    snapshot: Snapshot, pages: Pages, row: type[Row], page_type: str
) -> Iterator[Series]:
    """Newest parsed captures of their page that gave no row of a table."""
    name = f"{page_type}_capture_id"
    having = snapshot.table(row.table).select(capture_id=name).drop_nulls().unique()
    having = having.with_columns(has=pl.lit(1))
    newest = pages.frame.lazy().filter(
        pl.col("is_newest"), pl.col("page_type") == page_type, ~pl.col("page").str.contains(" ")
    )
    lacking = newest.join(having, on="capture_id", how="left").with_columns(
        lacks=1 - pl.col("has").fill_null(0), split=pl.lit("")
    )
    for by in (_BY_LAYOUT, _BY_PAGE):
        frame = lacking.group_by(by).agg(pages=pl.len(), s0=pl.col("lacks").sum()).collect()
        for signal, points, _ in _split(frame, by, ["s0"]):
            yield Series(replace(signal, kind="no rows", table=row.table, field=""), points)


def _columns(snapshot: Snapshot, pages: Pages, row: type[Row], page_type: str) -> Iterator[Series]:
    """Nulls, values of closed sets, and means of a table's columns."""
    columns = filled_by(row, page_type)
    yield from null_series(snapshot, pages, row, page_type, [c.name for c in columns if c.nullable])
    numbers = [column.name for column in columns if is_level(column)]
    values = [(column.name, value) for column in columns for value in closed_values(column)]
    for pairs in chunks(values):
        exprs = [(pl.col(name).cast(pl.String) == value).mean() for name, value in pairs]
        frame = page_values(snapshot, pages, row, page_type, exprs)
        names = [name for name, _ in pairs]
        said = [value for _, value in pairs]
        yield from _named(_shares(frame, len(pairs), _BY_PAGE), "value", row, names, said)
    for some in chunks(numbers):
        exprs = [pl.col(name).cast(pl.Float64).mean() for name in some]
        frame = page_values(snapshot, pages, row, page_type, exprs)
        levels = _levels(frame, [f"v{at}" for at in range(len(some))])
        yield from _named(levels, "level", row, some)


def null_series(
    snapshot: Snapshot, pages: Pages, row: type[Row], page_type: str, names: Sequence[str]
) -> Iterator[Series]:
    """Nulls of some columns of a table, layout by layout and layouts taken together."""
    for some in chunks(names):
        exprs = [pl.col(name).null_count() / pl.len() for name in some]
        frame = page_values(snapshot, pages, row, page_type, exprs)
        yield from _named(_shares(frame, len(some), _BY_LAYOUT), "null", row, some)
        yield from _named(_newer_shares(frame, len(some)), "null", row, some)


def page_values(
    snapshot: Snapshot,
    pages: Pages,
    row: type[Row],
    page_type: str,
    exprs: Sequence[pl.Expr],
) -> pl.LazyFrame:
    """The expressions over each page's rows of a table, as `v0`, `v1` …, with the page's line.

    `number` is that of the newest entity that the rows are about, null where ids are no numbers.
    """
    name = f"{page_type}_capture_id"
    entity = columns_of(row)[0]
    number = pl.col(entity.name).max() if entity.kind is int else pl.lit(None, pl.Int64)
    split = pl.col(SPLITS[row.table]) if row.table in SPLITS else pl.lit("")
    table = snapshot.table(row.table)
    known = pages.frame.lazy().drop("rows", "outcome", "verdict")
    return (
        table.filter(pl.col(name).is_not_null())
        .group_by(capture_id=name, split=split.cast(pl.String).fill_null("none"))
        .agg(
            number.alias("number"),
            *(expr.cast(pl.Float64).alias(f"v{at}") for at, expr in enumerate(exprs)),
        )
        .join(known, on="capture_id")
    )


def _shares(frame: pl.LazyFrame, count: int, by: Sequence[str]) -> Iterator[tuple[int, Series]]:
    """Series of shares by position."""
    sums = [pl.col(f"v{at}").fill_null(0).sum().alias(f"s{at}") for at in range(count)]
    points = frame.group_by(by).agg(*sums, pages=pl.len()).collect(engine="streaming")
    for signal, series, at in _split(points, by, [f"s{number}" for number in range(count)]):
        yield at, Series(signal, series)


def _newer_shares(frame: pl.LazyFrame, count: int) -> Iterator[tuple[int, Series]]:
    """Series of null shares by position, layouts taken together: of pages that may lose a value."""
    held = frame.select("number", *_BY_PAGE, *(f"v{at}" for at in range(count))).collect()
    for at in range(count):
        value, group = pl.col(f"v{at}"), ("page", "split")
        having = pl.col("number").filter(value < 1)
        points = (
            held.lazy()
            .with_columns(oldest=having.quantile(NEWER, "lower").over(group))
            .filter(is_no_older(pl.col("oldest")))
            .group_by(*_BY_PAGE, "oldest")
            .agg(s0=value.sum(), pages=pl.len())
            .collect()
        )
        oldest = dict(zip(points.select(group).rows(), points.get_column("oldest"), strict=True))
        for signal, series, _ in _split(points, _BY_PAGE, ["s0"]):
            yield at, Series(signal, series, oldest=oldest[signal.page, signal.split])


def is_no_older(oldest: pl.Expr) -> pl.Expr:
    """Whether a page counts, by its `number`; all do where there are no numbers."""
    return (pl.col("number") >= oldest).fill_null(value=True)


def _levels(frame: pl.LazyFrame, names: Sequence[str]) -> Iterator[Series]:
    """Series of levels in robust standard deviations, layout by layout, in the columns' order."""
    group = ("page", "layout", "split")
    held = frame.collect(engine="streaming")
    for name in names:
        value = pl.col(name)
        middle = value.median().over(group)
        width = (value.quantile(0.75) - value.quantile(0.25)).over(group) * IQR_TO_SIGMA
        scale = pl.max_horizontal(width, middle.abs() * SCALE_MIN, pl.lit(1e-9))
        unit = ((value - middle) / scale).clip(-CLIPPED, CLIPPED)
        points = (
            held.lazy()
            .filter(value.is_not_null())
            .with_columns(u=unit, center=middle, scale=scale)
            .group_by(_BY_LAYOUT)
            .agg(
                pages=pl.len(),
                s0=pl.col("u").sum(),
                squares=(pl.col("u") ** 2).sum(),
                center=pl.col("center").first(),
                scale=pl.col("scale").first(),
            )
            .collect()
        )
        for one in _split_levels(points):
            yield replace(one, signal=replace(one.signal, field=name))


def _split_levels(points: pl.DataFrame) -> Iterator[Series]:
    ordered = points.sort(_BY_LAYOUT)
    for key, one in ordered.group_by("page", "layout", "split", maintain_order=True):
        page, layout, split = map(str, key)
        signal = Signal(kind="level", page=page, layout=layout, split=split)
        listed = _points(one, "layout_point", one.get_column("s0"), one.get_column("squares"))
        yield Series(signal, listed, one.item(0, "center"), one.item(0, "scale"))


def _split(
    points: pl.DataFrame, by: Sequence[str], names: Sequence[str]
) -> Iterator[tuple[Signal, list[Point], int]]:
    """The series of a frame of points, and which of the sums each is of."""
    number = "layout_point" if "layout" in by else "point"
    group = [name for name in by if name in {"page", "layout", "split"}]
    for key, one in points.sort(by).group_by(group, maintain_order=True):
        said = dict(zip(group, map(str, key), strict=True))
        signal = Signal(kind="null", **said)
        for at, name in enumerate(names):
            yield signal, _points(one, number, one.get_column(name)), at


def _named(
    found: Iterator[tuple[int, Series]] | Iterator[Series],
    kind: Kind,
    row: type[Row],
    names: Sequence[str],
    values: Sequence[str] = (),
) -> Iterator[Series]:
    """The series with their kind, table and column, which are told by position."""
    for one in found:
        at, series = one if isinstance(one, tuple) else (int(one.signal.field[1:]), one)
        value = values[at] if values else ""
        signal = replace(series.signal, kind=kind, table=row.table, field=names[at], value=value)
        yield replace(series, signal=signal)


def _points(
    frame: pl.DataFrame, number: str, totals: pl.Series, squares: pl.Series | None = None
) -> list[Point]:
    columns = [frame.get_column(name).to_list() for name in (number, "month", "pages")]
    last = [0.0] * frame.height if squares is None else squares.to_list()
    lines = zip(*columns, totals.to_list(), last, strict=True)
    return [Point(*line) for line in lines]


def chunks(listed: Sequence[T]) -> Iterator[Sequence[T]]:
    """A few columns at a time."""
    for start in range(0, len(listed), COLUMNS_AT_ONCE):
        yield listed[start : start + COLUMNS_AT_ONCE]
