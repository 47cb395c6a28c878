"""What is called out: changes of series, each with the first capture that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import polars as pl

from warehouse.drift.detect import Change, changed_levels, changed_shares, onset
from warehouse.drift.pages import READ, Pages
from warehouse.drift.signals import (
    BAD_VERDICTS,
    CLIPPED,
    Kind,
    Series,
    Signal,
    all_series,
    is_no_older,
    issue_pages,
    page_values,
    refused_pages,
)
from warehouse.snapshot import Snapshot, row_named

LEVELS: frozenset[Kind] = frozenset({"level", "rows"})

EFFECT = 0.10
"""A share rises by at least so much: ten pages in a hundred, or a tenth of a column's values."""

VANISHED = 0.50
"""... and where layouts are taken together, by so much: a new layout may lack a column or two."""

USUAL_VALUE_MAX = 0.35
"""Only values of closed sets that were rarer are watched: how many matches are on LAN may vary."""

PAGES_MIN = 4
"""Pages that show it, at least; of pages that belong to a match in numbers, as many as two matches
ever had: what is odd about one match is odd on all of its maps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Where a page lies."""

    capture_id: int
    collection: str
    file: str
    offset: int
    url: str
    fetched_at: datetime
    layout: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOut:
    """A change that needs a look.

    before, after  share (0 to 1), or the level in its own unit
    pages          how many pages were seen since, those without it included
    first          the first capture that shows it
    until          when the last page that shows it was fetched; None while it stands
    """

    signal: Signal
    before: float
    after: float
    pages: int
    first: Capture
    until: datetime | None

    @property
    def month(self) -> str:
        """The month of the first capture that shows it."""
        return f"{self.first.fetched_at:%Y-%m}"


def find_callouts(
    snapshot: Snapshot, pages: Pages, series: Iterable[Series] | None = None
) -> list[CallOut]:
    """All changes, in order of page type and time; one for each column, rule or field."""
    needed = pages_needed(snapshot)
    found: list[CallOut] = []
    for one in all_series(snapshot, pages) if series is None else series:
        page_type = one.signal.page.partition(".")[2].partition(" ")[0]
        changes = changes_of(one, needed.get(page_type, PAGES_MIN))
        found += [_callout(snapshot, pages, one, change) for change in changes]
    return _distinct(found)


def changes_of(series: Series, pages_min: int) -> list[Change]:
    """The changes of one series, by what its kind counts as one."""
    signal, points = series.signal, series.points
    if signal.kind in LEVELS:
        return changed_levels(points, pages_min=pages_min)
    rates = [point.mean for point in points]
    if max(rates, default=0.0) - min(rates, default=0.0) < EFFECT:
        return []
    if signal.kind == "value":
        return changed_shares(
            points, effect=VANISHED, pages_min=pages_min, usual_max=USUAL_VALUE_MAX
        )
    whole = signal.kind in {"null", "no rows"} and not signal.layout
    if whole:
        return changed_shares(points, effect=VANISHED, pages_min=pages_min, usual_max=VANISHED)
    return changed_shares(points, effect=EFFECT, pages_min=pages_min)


def pages_needed(snapshot: Snapshot) -> Mapping[str, int]:
    """How many pages of a type must show a change: as many as two matches ever had."""
    smallest: dict[str, tuple[int, str, str]] = {}
    for row_class in (row_named(name) for name in snapshot.about["tables"]):
        if row_class.dimension or not row_class.contributors:
            continue
        rows = snapshot.about["tables"][row_class.table]
        root = row_class.__struct_fields__[0]
        for page_type in row_class.contributors:
            entry = (rows, row_class.table, root)
            if rows and entry < smallest.get(page_type, (rows + 1, "", "")):
                smallest[page_type] = entry
    needed = {}
    for page_type, (_, table, root) in smallest.items():
        name = f"{page_type}_capture_id"
        together = (
            snapshot.table(table)
            .filter(pl.col(name).is_not_null())
            .group_by(root)
            .agg(count=pl.col(name).n_unique())
            .select(pl.col("count").max())
            .collect()
            .item()
        )
        needed[page_type] = max(PAGES_MIN, 2 * (together or 0))
    return needed


def _callout(snapshot: Snapshot, pages: Pages, series: Series, change: Change) -> CallOut:
    signal = series.signal
    values = _values(snapshot, pages, series, change).sort("fetched_at", "capture_id")
    listed = values.get_column("value").to_list()
    units = [_unit(series, value) for value in listed]
    at = onset(units, change.reference)
    showing = (n for n in range(at, len(units)) if change.reference.weight(1, units[n]) > 0)
    first = next(showing, at)
    before, after = change.before, change.after
    if signal.kind in LEVELS:
        before, after = series.center + series.scale * before, median(listed[first:])
    return CallOut(
        signal=signal,
        before=before,
        after=after,
        pages=change.pages,
        first=capture_of(snapshot, values.item(first, "capture_id")),
        until=_until(pages, signal, change),
    )


def _unit(series: Series, value: float) -> float:
    if series.signal.kind not in LEVELS:
        return value
    return max(-CLIPPED, min(CLIPPED, (value - series.center) / series.scale))


def _number(signal: Signal) -> str:
    return "layout_point" if signal.layout else "point"


def _values(snapshot: Snapshot, pages: Pages, series: Series, change: Change) -> pl.DataFrame:
    """The signal of each page from where the change began to where it was certain."""
    signal = series.signal
    some = Pages(
        pages.frame.filter(
            pl.col("page") == signal.page,
            pl.col("layout").is_in(
                [signal.layout] if signal.layout else pl.col("layout").implode()
            ),
            pl.col(_number(signal)).is_between(change.first, change.seen),
        )
    )
    values = _values_of(snapshot, some, signal)
    if series.oldest is not None:
        values = values.filter(is_no_older(pl.lit(series.oldest)))
    return values.select("capture_id", "fetched_at", "value")


def _values_of(snapshot: Snapshot, some: Pages, signal: Signal) -> pl.DataFrame:
    """The pages that count for a signal, each with its `value`."""
    frame = some.frame
    if signal.kind in {"outcome", "layout"}:
        return _judged(frame, signal)
    if signal.kind == "rows":
        parsed = frame.filter(pl.col("outcome") == "parsed")
        return parsed.with_columns(value=pl.col("rows").cast(pl.Float64))
    if signal.kind in {"issue", "quarantine"}:
        having = issue_pages(snapshot) if signal.kind == "issue" else refused_pages(snapshot)
        same = [pl.col(name) == getattr(signal, name) for name in ("table", "field", "value")]
        return _marked(frame.filter(pl.col("outcome").is_in(READ)), having.filter(*same))
    page_type = frame.item(0, "page_type")
    if signal.kind == "no rows":
        having = snapshot.table(signal.table).select(capture_id=f"{page_type}_capture_id")
        marked = _marked(frame.filter(pl.col("is_newest")), having)
        return marked.with_columns(value=1 - pl.col("value"))
    values = page_values(snapshot, some, row_named(signal.table), page_type, [_expr(signal)])
    if signal.split:
        values = values.filter(pl.col("split") == signal.split)
    return values.drop_nulls("v0").rename({"v0": "value"}).collect()


def _judged(frame: pl.DataFrame, signal: Signal) -> pl.DataFrame:
    """Pages that were read or are no content, marked by what became of them."""
    name = "layout" if signal.kind == "layout" else "verdict"
    if signal.value == "failed":
        name = "outcome"
    is_it = (pl.col(name) == signal.value).fill_null(value=False)
    judged = pl.col("outcome").is_in(READ) | pl.col("verdict").is_in(BAD_VERDICTS)
    return frame.filter(judged).with_columns(value=is_it.cast(pl.Float64))


def _expr(signal: Signal) -> pl.Expr:
    """What a signal of a column is of the rows of one page."""
    column = pl.col(signal.field)
    if signal.kind == "null":
        return column.null_count() / pl.len()
    if signal.kind == "value":
        return (column.cast(pl.String) == signal.value).mean()
    return column.cast(pl.Float64).mean()


def _marked(frame: pl.DataFrame, having: pl.LazyFrame) -> pl.DataFrame:
    """1 for captures that are among those that have it, 0 for the others."""
    known = having.select("capture_id").unique().with_columns(value=pl.lit(1.0))
    joined = frame.lazy().join(known, on="capture_id", how="left")
    return joined.with_columns(pl.col("value").fill_null(0.0)).collect()


def _until(pages: Pages, signal: Signal, change: Change) -> datetime | None:
    if change.last is None:
        return None
    number = pl.col(_number(signal))
    same = pages.frame.filter(pl.col("page") == signal.page, number <= change.last)
    if signal.layout:
        same = same.filter(pl.col("layout") == signal.layout)
    until = same.get_column("fetched_at").max()
    assert isinstance(until, datetime)
    return until


def capture_of(snapshot: Snapshot, capture_id: int) -> Capture:
    """The line of a capture in the archive's index."""
    row = snapshot.capture(capture_id)
    fields = ("collection", "file", "offset", "url", "fetched_at")
    return Capture(
        capture_id=capture_id,
        layout=row.get("layout"),
        **{name: row[name] for name in fields},
    )


def _distinct(found: Sequence[CallOut]) -> list[CallOut]:
    """In order; of several about the same thing at one time, the one seen on most pages."""
    kept: dict[tuple[object, ...], CallOut] = {}
    for one in found:
        signal = one.signal
        about = (signal.page, signal.kind, signal.table, signal.field, signal.value, one.month)
        if about not in kept or one.pages > kept[about].pages:
            kept[about] = one
    return sorted(kept.values(), key=_order)


def _order(one: CallOut) -> tuple[object, ...]:
    signal = one.signal
    when = one.first.fetched_at
    return signal.page, when, signal.kind, signal.table, signal.field, signal.value


def together(found: Iterable[CallOut]) -> Iterator[tuple[str, str, list[CallOut]]]:
    """Call-outs that began on the same day, by page type and day."""
    groups: dict[tuple[str, str], list[CallOut]] = {}
    for one in found:
        groups.setdefault((one.signal.page, f"{one.first.fetched_at:%Y-%m-%d}"), []).append(one)
    for (page, day), some in groups.items():
        yield page, day, some
