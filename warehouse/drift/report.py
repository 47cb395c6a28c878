"""The whole report on a snapshot: months, call-outs, and what is new without being alarming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from warehouse.drift.callouts import CallOut, Capture, capture_of, find_callouts
from warehouse.drift.months import Month, Months, monthly
from warehouse.drift.pages import NO_LAYOUT, Pages, read_pages
from warehouse.drift.sentences import sentence
from warehouse.drift.signals import UNKNOWN_LAYOUT
from warehouse.errors import TableNotFoundError
from warehouse.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLayout:
    """A layout that a page type did not have in the beginning; its parser knows it: no alarm."""

    page: str
    layout: str
    pages: int
    first: Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `warchouse report` says."""

    snapshot: str
    since: date | None
    months: Months
    callouts: tuple[CallOut, ...]
    new_layouts: tuple[NewLayout, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "snapshot": self.snapshot,
            "since": self.since.isoformat() if self.since else None,
            "needs_look": bool(self.callouts),
            "call_outs": [_callout_json(one) for one in self.callouts],
            "new_layouts": [
                {**asdict(one), "first": _capture_json(one.first)} for one in self.new_layouts
            ],
            "page_types": {
                page: [_month_json(month) for month in months.values()]
                for page, months in self.months.items()
            },
        }


def make_report(
    snapshot: Snapshot, *, since: date | None = None, page_types: Sequence[str] = ()
) -> Report:
    """The report on a snapshot.

    since       show months and call-outs from this day on; what came before is still what they
                are compared with
    page_types  show these alone, `match` or `hltv.match`
    raises      TableNotFoundError where no capture is of such a page type
    """
    pages = _of_types(read_pages(snapshot), page_types)
    months = monthly(snapshot, pages)
    callouts = find_callouts(snapshot, pages)
    layouts = _new_layouts(snapshot, pages)
    if since is not None:
        start = f"{since:%Y-%m}"
        months = {
            page: {name: one for name, one in some.items() if name >= start}
            for page, some in months.items()
        }
        callouts = [one for one in callouts if _still(one, since)]
        layouts = [one for one in layouts if one.first.fetched_at.date() >= since]
    return Report(
        snapshot=snapshot.id,
        since=since,
        months={page: some for page, some in months.items() if some},
        callouts=tuple(callouts),
        new_layouts=tuple(layouts),
    )


def _still(one: CallOut, since: date) -> bool:
    """Whether a change began after a day; one that merely still stands was seen before."""
    return one.first.fetched_at.date() >= since


def _of_types(pages: Pages, wanted: Sequence[str]) -> Pages:
    if not wanted:
        return pages
    known = pages.names
    for name in wanted:
        if not any(name in {one, one.partition(".")[2]} for one in known):
            there = ", ".join(known) or "none at all"
            raise TableNotFoundError(f"no capture is of page type {name!r}: there are {there}")
    is_wanted = pl.col("page").is_in(list(wanted)) | pl.col("page").str.split(
        "."
    ).list.last().is_in(list(wanted))
    return Pages(pages.frame.filter(is_wanted))


def _new_layouts(snapshot: Snapshot, pages: Pages) -> list[NewLayout]:
    """Layouts first seen after the first day of their page type."""
    parsed = pages.frame.filter(pl.col("outcome") == "parsed")
    start = parsed.group_by("page").agg(start=pl.col("fetched_at").min().dt.date())
    firsts = (
        parsed.sort("fetched_at", "capture_id")
        .group_by("page", "layout", maintain_order=True)
        .agg(pl.first("capture_id", "fetched_at"), pages=pl.len())
        .join(start, on="page")
        .filter(pl.col("fetched_at").dt.date() > pl.col("start"))
        .filter(~pl.col("layout").is_in([NO_LAYOUT, UNKNOWN_LAYOUT]))
        .sort("page", "fetched_at", "layout")
    )
    return [
        NewLayout(
            page=line["page"],
            layout=line["layout"],
            pages=line["pages"],
            first=capture_of(snapshot, line["capture_id"]),
        )
        for line in firsts.iter_rows(named=True)
    ]


def _capture_json(capture: Capture) -> dict[str, Any]:
    return {**asdict(capture), "fetched_at": f"{capture.fetched_at:%Y-%m-%dT%H:%M:%SZ}"}


def _callout_json(one: CallOut) -> dict[str, Any]:
    signal = {name: value for name, value in asdict(one.signal).items() if value}
    return {
        **signal,
        "month": one.month,
        "text": sentence(one),
        "before": round(one.before, 6),
        "after": round(one.after, 6),
        "pages": one.pages,
        "until": f"{one.until:%Y-%m-%dT%H:%M:%SZ}" if one.until else None,
        "first": _capture_json(one.first),
    }


def _month_json(month: Month) -> dict[str, Any]:
    return {
        "month": month.name,
        "captures": month.captures,
        "verdicts": month.verdicts,
        "layouts": month.layouts,
        "rows_per_page": {name: asdict(rows) for name, rows in month.rows.items()},
        "pages_with_issues": month.pages_with_issues,
        "issues": [
            {"kind": kind, "field": field, "pages": count}
            for (kind, field), count in month.issues.items()
        ],
        "quarantine": [
            {"table": table, "rule": rule, "rows": count}
            for (table, rule), count in month.refused.items()
        ],
        "null_rates": {
            name: round(nulls / rows, 6) if rows else None
            for name, (nulls, rows) in month.nulls.items()
        },
    }
