"""When a series of pages is not what it was: pure, one series at a time.

Theory of operation. A series is cut into points: a few pages each, in order of time, each with a
total over its pages. What came before a point is its history; a point joins the history once
nothing hints at a change. Evidence is a running sum of log-likelihood ratios that never falls below
zero (Page's CUSUM): what the pages say for 'it has changed to this' against 'it is as it was'. A
sum above EVIDENCE is a change; it began where the sum last left zero. What is taken for 'as it was'
leans to the safe side: the upper bound of what the history allows, so that ten pages of history
make a cautious detector, and a thousand a sharp one. Points after a change do not join the
history; the change lasts until there is as much evidence for the old state again.

Shares are means over pages of a number from 0 to 1 (is a table missing, how many of a column's
values are null). Levels are means of a number without bounds, and change to either side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from statistics import median

EVIDENCE = 12.0  # natural log of the odds: about 160,000 to 1
HISTORY_PAGES_MIN = 10  # with fewer, a share's upper bound is of no use
LEVEL_HISTORY_PAGES_MIN = 20  # a level's spread needs more pages
SHARE_FLOOR = 0.05  # a share up to this is never a change: odd pages come in clusters
BOUND_SIGMAS = 3.0  # of the upper bound of what a history allows (Wilson's score interval)
MONTH_PAGES_MIN = 20  # a month with fewer pages says nothing about how much months differ
MONTHS_MIN = 4  # with fewer earlier months a robust spread says nothing
SPREADS = 4.0  # robust standard deviations above the median of the months
MAD_TO_SIGMA = 1.4826
SHIFT_SIGMAS = 2.0  # a level changes by this many standard deviations between pages, about
SIGMA_MIN = 1.0  # levels come in robust standard deviations
DEVIATION_MAX = 8.0  # no point says more, however far off
CHANGED_MAX = 0.98  # a page or two without it do not disprove that nearly all have it
PENDING_PAGES_MAX = 1_000  # so long may a hint keep points out of the history


@dataclass(frozen=True, slots=True)
class Point:
    """A few pages that followed each other.

    number   of the point among all points of its page type, in order of time
    total    sum over the pages; of levels also of the squares
    """

    number: int
    month: str
    pages: int
    total: float
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """What a page has on average."""
        return self.total / self.pages


@dataclass(slots=True, kw_only=True)
class Change:
    """A share or level that is not what it was.

    first, seen  numbers of the point in which it began, and of the one that gave enough evidence
    last         number of the last point that shows it; None while it stands
    before       the mean of the history
    after        the mean since
    reference    what was taken for 'as it was', and for 'it has changed': for looking at pages
    """

    first: int
    seen: int
    last: int | None = None
    before: float
    reference: Reference
    pages: int = 0
    total: float = 0.0

    @property
    def after(self) -> float:
        """The mean of the pages since."""
        return self.total / self.pages if self.pages else 0.0


@dataclass(frozen=True, slots=True)
class Reference:
    """The two states that pages are weighed between.

    spread  of a level between pages; 0 for a share
    """

    usual: float
    changed: float
    spread: float = 0.0

    def weight(self, pages: int, mean: float) -> float:
        """What so many pages with this mean say for the change, as the log of a ratio."""
        if not self.spread:
            up, down = log(self.changed / self.usual), log((1 - self.changed) / (1 - self.usual))
            return pages * (mean * up + (1 - mean) * down)
        sign = 1.0 if self.changed > self.usual else -1.0
        deviation = sign * (mean - self.usual) / self.spread
        deviation = max(-DEVIATION_MAX, min(DEVIATION_MAX, deviation))
        return pages * (SHIFT_SIGMAS * deviation - SHIFT_SIGMAS**2 / 2)


@dataclass(slots=True)
class _History:
    """What is known of the time before."""

    pages: int = 0
    total: float = 0.0
    squares: float = 0.0
    months: dict[str, tuple[int, float]] = field(default_factory=dict)

    def add(self, points: Iterable[Point]) -> None:
        for point in points:
            self.pages += point.pages
            self.total += point.total
            self.squares += point.squares
            pages, total = self.months.get(point.month, (0, 0.0))
            self.months[point.month] = pages + point.pages, total + point.total

    @property
    def mean(self) -> float:
        return self.total / self.pages

    def share_bound(self, month: str) -> float:
        """The highest share that is still as it was."""
        rates = [
            total / pages
            for name, (pages, total) in self.months.items()
            if name != month and pages >= MONTH_PAGES_MIN
        ]
        return max(SHARE_FLOOR, upper_bound(self.total, self.pages), usual_bound(rates))

    @property
    def spread(self) -> float:
        variance = self.squares / self.pages - self.mean**2
        return max(SIGMA_MIN, sqrt(max(0.0, variance)))


_References = Callable[[_History, str], Sequence[Reference]]


def upper_bound(total: float, pages: int) -> float:
    """Upper end of Wilson's score interval of a share.

    >>> round(upper_bound(0, 50), 3), round(upper_bound(0, 1000), 3)
    (0.153, 0.009)
    """
    square = BOUND_SIGMAS**2
    share = total / pages
    middle = share + square / (2 * pages)
    width = BOUND_SIGMAS * sqrt(share * (1 - share) / pages + square / (4 * pages**2))
    return (middle + width) / (1 + square / pages)


def usual_bound(rates: Sequence[float]) -> float:
    """What earlier months make usual: their highest share, or more where they differ much.

    >>> usual_bound([0.1, 0.2]), round(usual_bound([0.1, 0.2, 0.3, 0.1, 0.2]), 2)
    (0.2, 0.79)
    """
    highest = max(rates, default=0.0)
    if len(rates) < MONTHS_MIN:
        return highest
    middle, spread = robust(rates)
    return max(highest, middle + SPREADS * spread)


def robust(values: Sequence[float]) -> tuple[float, float]:
    """Median, and the median distance to it as a standard deviation.

    >>> robust([1.0, 2.0, 3.0, 4.0, 100.0])
    (3.0, 1.4826)
    """
    middle = median(values)
    return middle, MAD_TO_SIGMA * median(abs(value - middle) for value in values)


@dataclass(slots=True)
class _Chart:
    """A running sum of evidence for one kind of change."""

    score: float = 0.0
    mass: float = 0.0
    first: int = 0

    def take(self, point: Point, weight: float, mass: float) -> None:
        if self.score <= 0:
            self.first, self.mass = point.number, 0.0
        self.score = max(0.0, self.score + weight)
        self.mass += mass


def changed_shares(
    points: Sequence[Point], *, effect: float, pages_min: float, usual_max: float = 1.0
) -> list[Change]:
    """Where a share rose by `effect` or more; the last change may still stand.

    pages_min  so many pages, or parts of pages that add up to them, must show it
    usual_max  leave alone what the history allows above this
    """

    def references(history: _History, month: str) -> tuple[Reference, ...]:
        usual = history.share_bound(month)
        if usual > usual_max or usual + effect > 1:
            return ()
        steps = (max(step, usual + effect) for step in (0.0, 0.5, 0.9))
        return tuple(Reference(usual, min(step, CHANGED_MAX)) for step in steps)

    return list(_changes(points, references, HISTORY_PAGES_MIN, pages_min, by_total=True))


def changed_levels(points: Sequence[Point], *, pages_min: float) -> list[Change]:
    """Where a level rose or fell by about two standard deviations between pages, or more."""

    def references(history: _History, month: str) -> tuple[Reference, ...]:
        del month  # between pages, not between months
        mean, spread = history.mean, history.spread
        unsure = BOUND_SIGMAS * spread / sqrt(history.pages)
        bounds = ((mean + sign * unsure, sign) for sign in (1, -1))
        shift = SHIFT_SIGMAS * spread
        return tuple(Reference(bound, bound + sign * shift, spread) for bound, sign in bounds)

    return list(_changes(points, references, LEVEL_HISTORY_PAGES_MIN, pages_min, by_total=False))


def _changes(
    points: Sequence[Point],
    references: _References,
    history_min: int,
    pages_min: float,
    *,
    by_total: bool,
) -> Iterator[Change]:
    history, pending = _History(), list[Point]()
    charts: list[_Chart] = []
    change: Change | None = None
    back = _Chart()
    for point in points:
        if change is not None:
            # Weighed the other way round, from what is since to what was.
            weight = -change.reference.weight(point.pages, point.mean)
            back.take(point, weight, point.pages)
            if back.score == 0:
                _extend(change, [*pending, point])
                pending = []
                continue
            pending.append(point)
            if back.score > EVIDENCE and back.mass >= pages_min:
                change.last = back.first - 1
                yield change
                change, back = None, _Chart()
                history.add(pending)
                pending = []
            continue
        weighed = references(history, point.month) if history.pages >= history_min else ()
        while len(charts) < len(weighed):
            charts.append(_Chart())
        for chart, reference in zip(charts, weighed, strict=False):
            mass = point.total if by_total else point.pages
            chart.take(point, reference.weight(point.pages, point.mean), mass)
        pending.append(point)
        best = max(range(len(weighed)), key=lambda at: charts[at].score, default=None)
        if best is not None and charts[best].score > EVIDENCE and charts[best].mass >= pages_min:
            first = charts[best].first
            history.add(one for one in pending if one.number < first)
            change = Change(
                first=first, seen=point.number, before=history.mean, reference=weighed[best]
            )
            _extend(change, [one for one in pending if one.number >= first])
            charts, pending = [], []
        elif all(chart.score == 0 for chart in charts) or (
            sum(one.pages for one in pending) > PENDING_PAGES_MAX
        ):
            history.add(pending)
            pending = []
    if change is not None:
        _extend(change, pending)
        yield change


def _extend(change: Change, points: Iterable[Point]) -> None:
    for point in points:
        change.pages += point.pages
        change.total += point.total


def onset(values: Sequence[float], reference: Reference) -> int:
    """Position of the first page of a change among pages that contain it, in order of time.

    The sum of evidence up to a page is lowest right before the change.
    """
    lowest, running, first = 0.0, 0.0, 0
    for at, value in enumerate(values):
        running += reference.weight(1, value)
        if running < lowest:
            lowest, first = running, at + 1
    return min(first, len(values) - 1)
