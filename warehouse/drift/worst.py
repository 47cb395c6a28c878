"""What people see first of a page type: its worst issues, refused rows and null rates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from warehouse.drift.months import Month

LATEST = 4  # months; they fit beside a name on a line of 80 characters
NAMED_MAX = 5  # of each kind

Kind = Literal["layout", "issue", "refused", "null"]
Counts = Iterable[tuple[tuple[str, ...], float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing and what it came to.

    name    a layout; kind and field of an issue; table and rule; a column
    counts  by month, for the latest ones that have it: pages of a layout or with an issue, rows
            that were refused, the share of nulls (0 to 1)
    """

    name: tuple[str, ...]
    counts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The worst of one kind, the worst first; `more` says how many others there are."""

    kind: Kind
    shown: tuple[Finding, ...]
    more: int


def latest(months: Mapping[str, Month]) -> tuple[str, ...]:
    """The months that findings are told of."""
    return tuple(months)[-LATEST:]


def worst(months: Mapping[str, Month]) -> Iterator[Findings]:
    """What the latest months of a page type found, kind by kind; kinds without any are left out.

    Layouts, issues and rules come in order of their pages or rows. Columns come in order of how far
    the last month's null rate is above that of the other months, then of the rate itself.
    """
    some = [months[name] for name in latest(months)]
    yield from _ranked("layout", some, _layouts)
    yield from _ranked("issue", some, lambda month: month.issues.items())
    yield from _ranked("refused", some, lambda month: month.refused.items())
    yield from _ranked("null", some, _null_rates, rise_of=lambda name: _rise(some, name[0]))


def _ranked(
    kind: Kind,
    some: Sequence[Month],
    counts_of: Callable[[Month], Counts],
    *,
    rise_of: Callable[[tuple[str, ...]], float] = lambda _: 0.0,
) -> Iterator[Findings]:
    by_month = {month.name: dict(counts_of(month)) for month in some}
    names = {name for counts in by_month.values() for name, count in counts.items() if count}

    def rank(name: tuple[str, ...]) -> tuple[object, ...]:
        return -rise_of(name), -sum(counts.get(name, 0) for counts in by_month.values()), name

    found = [
        Finding(
            name=name,
            counts={month: counts[name] for month, counts in by_month.items() if name in counts},
        )
        for name in sorted(names, key=rank)
    ]
    if found:
        yield Findings(
            kind=kind, shown=tuple(found[:NAMED_MAX]), more=max(0, len(found) - NAMED_MAX)
        )


def _layouts(month: Month) -> Counts:
    return (((name,), pages) for name, pages in month.layouts.items())


def _null_rates(month: Month) -> Counts:
    return (((name,), nulls / rows) for name, (nulls, rows) in month.nulls.items() if rows)


def _rise(some: Sequence[Month], column: str) -> float:
    """How far the last month's null rate is above that of the others."""
    *before, last = (month.nulls.get(column, (0, 0)) for month in some)
    return _rate([last]) - _rate(before)


def _rate(counts: Sequence[tuple[int, int]]) -> float:
    rows = sum(rows for _, rows in counts)
    return sum(nulls for nulls, _ in counts) / rows if rows else 0.0
