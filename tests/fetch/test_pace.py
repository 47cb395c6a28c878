"""Politeness holds over any schedule of answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.pace import (
    BACK_OFF_S,
    CEILING_S,
    HostState,
    Pace,
    after_answer,
    after_trouble,
    parse_pace,
)
from warc.errors import UsageError

PACES = st.tuples(st.floats(0, 20), st.floats(0, 20)).map(lambda pair: Pace(min(pair), max(pair)))
ROLLS = st.floats(0, 1, exclude_max=True)
RETRY = st.none() | st.floats(0, 100_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3-8", Pace(3, 8)), ("0-0", Pace(0, 0)), ("2.5", Pace(2.5, 2.5)), (" 1-2 ", Pace(1, 2))],
)
def test_a_pace_is_read(text: str, expected: Pace) -> None:
    assert parse_pace(text) == expected


@pytest.mark.parametrize("text", ["", "fast", "3-", "8-3", "-1", "1-2-3", "nan", "0-inf"])
def test_what_is_no_pace_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="pace"):
        parse_pace(text)


def test_a_crawl_delay_lifts_both_bounds() -> None:
    assert Pace(3, 8).at_least(10) == Pace(10, 15)
    assert Pace(3, 8).at_least(5) == Pace(5, 10)
    assert Pace(3, 8).at_least(1) == Pace(3, 8)


def test_back_off_doubles_and_a_good_answer_takes_one_strike() -> None:
    state, pauses = HostState(), []
    for _ in range(10):
        state = after_trouble(state, Pace(0, 0), now_s=state.ready_at_s, roll=0.0)
        pauses.append(state.ready_at_s)
    gaps = [b - a for a, b in zip([0.0, *pauses], pauses, strict=False)]
    assert gaps[:4] == [BACK_OFF_S, 2 * BACK_OFF_S, 4 * BACK_OFF_S, 8 * BACK_OFF_S]
    assert max(gaps) <= CEILING_S
    calmer = after_answer(state, Pace(0, 0), now_s=state.ready_at_s, roll=0.0)
    assert calmer.strikes == state.strikes - 1
    assert calmer.ready_at_s > state.ready_at_s


@given(PACES, st.lists(st.tuples(st.booleans(), ROLLS, RETRY, st.floats(0, 60)), max_size=30))
def test_a_host_is_never_asked_before_its_pace_or_its_wish(
    pace: Pace, events: list[tuple[bool, float, float | None, float]]
) -> None:
    state, now = HostState(), 0.0
    for good, roll, wish, took in events:
        now = max(now, state.ready_at_s) + took
        if good:
            state = after_answer(state, pace, now_s=now, roll=roll)
        else:
            state = after_trouble(state, pace, now_s=now, roll=roll, retry_after_s=wish)
            assert state.ready_at_s >= now + (wish or 0.0)
            assert state.ready_at_s >= now + min(BACK_OFF_S, CEILING_S)
        assert state.ready_at_s >= now + pace.min_s
        ceiling = max(CEILING_S, pace.max_s, wish or 0.0 if not good else 0.0)
        assert state.ready_at_s <= now + ceiling + 1e-6
