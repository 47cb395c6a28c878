"""Change and noise told apart: no alarm while nothing changes, one that names the place if it does."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.drift.detect import (
    Change,
    Point,
    Reference,
    changed_levels,
    changed_shares,
    onset,
)

PAGES_MIN = 10
POINT_PAGES = 25

months = st.lists(st.integers(5, 300), min_size=2, max_size=14)
seeds = st.integers(0, 2**32)


def series(values: Sequence[Sequence[float]]) -> list[Point]:
    """Points of months, each a list of one value a page."""
    points: list[Point] = []
    for number, pages in enumerate(values):
        for start in range(0, len(pages), POINT_PAGES):
            some = pages[start : start + POINT_PAGES]
            squares = sum(value**2 for value in some)
            month = f"{2020 + number // 12}-{number % 12 + 1:02d}"
            points.append(Point(len(points), month, len(some), sum(some), squares))
    return points


def drawn(
    sizes: Sequence[int], seed: int, draw: Callable[[random.Random], float]
) -> list[list[float]]:
    rng = random.Random(seed)
    return [[draw(rng) for _ in range(size)] for size in sizes]


def shares(points: Sequence[Point]) -> list[Change]:
    return changed_shares(points, effect=0.1, pages_min=PAGES_MIN)


@given(months, seeds, st.floats(0, 1))
@settings(max_examples=300)
def test_months_of_one_distribution_are_no_change(sizes: list[int], seed: int, rate: float) -> None:
    assert shares(series(drawn(sizes, seed, lambda rng: rng.random() < rate))) == []


@given(months, seeds, st.floats(0, 0.6), st.floats(0.2, 1))
@settings(max_examples=200)
def test_pages_with_a_part_of_their_values_null_are_no_change(
    sizes: list[int], seed: int, rate: float, part: float
) -> None:
    """A page's values go together: whole teams are null, or none of it."""
    values = drawn(sizes, seed, lambda rng: part * (rng.random() < rate))
    assert shares(series(values)) == []


@given(months, seeds)
@settings(max_examples=200)
def test_levels_of_one_distribution_are_no_change(sizes: list[int], seed: int) -> None:
    """With an odd page now and then, clipped as pages are."""
    draw: Callable[[random.Random], float] = lambda rng: (  # noqa: E731
        4.0 if rng.random() < 0.02 else max(-4.0, min(4.0, rng.gauss(0, 1)))
    )
    assert changed_levels(series(drawn(sizes, seed, draw)), pages_min=PAGES_MIN) == []


@given(st.integers(60, 400), st.integers(15, 60), seeds, st.floats(0, 0.05))
@settings(max_examples=150)
def test_a_column_lost_on_fifteen_pages_is_called_out_where_it_began(
    before: int, since: int, seed: int, rate: float
) -> None:
    history = drawn([before], seed, lambda rng: rng.random() < rate)
    points = series([*history, [1.0] * since])
    found = shares(points)
    assert len(found) == 1
    first = next(point.number for point in points if point.month == "2020-02")
    assert found[0].last is None
    # A page that lacked it by chance right before may be counted in.
    assert first - 1 <= found[0].first <= first
    assert found[0].after > 0.5


def test_a_large_archive_sees_a_small_rise_and_not_a_tiny_one() -> None:
    steady = [
        Point(number, f"{2020 + number // 480}-{number // 40 % 12 + 1:02d}", 500, 5.0)
        for number in range(2_000)
    ]
    up = [Point(2_000 + number, "2024-03", 500, 500 * 0.15) for number in range(4)]
    little = [Point(2_000 + number, "2024-03", 500, 500 * 0.04) for number in range(40)]
    assert [change.first for change in shares(steady + up)] == [2_000]
    assert shares(steady + little) == []


def test_one_odd_match_is_no_change() -> None:
    """Five maps of one match without their history, among thousands."""
    points = series([[0.0] * 1000, [0.0] * 10 + [1.0] * 5 + [0.0] * 10, [0.0] * 50])
    assert shares(points) == []


@pytest.mark.parametrize(
    ("history", "pages", "pages_min"), [(200, 5, 4), (100, 10, 10), (10, 20, 10)]
)
def test_few_pages_are_enough(history: int, pages: int, pages_min: int) -> None:
    points = series([[0.0] * history, [1.0] * pages])
    assert len(changed_shares(points, effect=0.1, pages_min=pages_min)) == 1
    fewer = series([[0.0] * history, [1.0] * (pages // 2)])
    assert changed_shares(fewer, effect=0.1, pages_min=pages_min) == []


def test_a_change_ends_where_the_old_state_is_back() -> None:
    points = series([[0.0] * 100, [1.0] * 50, [0.0] * 100])
    (found,) = shares(points)
    assert (found.first, found.last) == (4, 5)
    assert (found.before, found.after, found.pages) == (0.0, 1.0, 50)


def test_months_that_differ_by_nature_are_what_is_expected() -> None:
    rng = random.Random(5)
    rates = [0.1, 0.35, 0.15, 0.3, 0.12, 0.38, 0.2, 0.33]
    values = [[float(rng.random() < rate) for _ in range(100)] for rate in rates]
    assert shares(series(values)) == []


def test_without_a_history_nothing_is_a_change() -> None:
    assert shares(series([[1.0] * 200])) == []
    assert changed_levels(series([[3.0] * 200]), pages_min=PAGES_MIN) == []


@pytest.mark.parametrize("level", [3.9, -3.9])
def test_levels_change_to_either_side(level: float) -> None:
    rng = random.Random(3)
    points = series([[rng.gauss(0, 1) for _ in range(80)], [level] * 12])
    (found,) = changed_levels(points, pages_min=PAGES_MIN)
    assert found.last is None
    assert found.after == pytest.approx(level)


@given(st.integers(0, 40), st.integers(10, 40))
def test_the_first_page_of_a_change_is_where_its_evidence_begins(before: int, since: int) -> None:
    values = [0.0] * before + [1.0] * since
    assert onset(values, Reference(0.05, 0.9)) == before
