"""What the end of a child means."""

from __future__ import annotations

import pytest

from fetch.watching.plan import LONGEST_PAUSE_S, Again, Ended, Stop, after_fetch, after_parse


def ended(code: int, ending: str = "", ran_s: float = 3.0) -> Ended:
    return Ended(code=code, told={"ending": ending} if ending else {}, ran_s=ran_s)


def fetched(one: Ended, *, goes_on: bool = True, failures: int = 0) -> Again | Stop:
    return after_fetch(one, failures=failures, goes_on=goes_on, every_s=1800.0)


@pytest.mark.parametrize("ending", ["limit", "minutes", "bytes", "done"])
@pytest.mark.parametrize("code", [0, 1])
def test_a_fetch_that_came_to_its_limit_ends_the_watch_or_comes_again(
    code: int, ending: str
) -> None:
    assert fetched(ended(code, ending)) == Stop(code=code)
    assert fetched(ended(code, ending), goes_on=False) == Again(after_s=1800.0)


def test_a_refusal_ends_the_watch_and_so_do_wrong_words() -> None:
    assert fetched(ended(3, "refused")) == Stop(code=3)
    assert fetched(ended(3, "refused"), goes_on=False) == Stop(code=3)
    assert fetched(ended(2)) == Stop(code=2, at_once=True)


@pytest.mark.parametrize(
    "one",
    [
        ended(1, "disk"),
        ended(1, "trouble"),
        ended(4),
        ended(130, "interrupted"),
        ended(-9),
        ended(1),
    ],
)
def test_other_ends_of_a_fetch_are_failures_and_it_comes_again_later_each_time(one: Ended) -> None:
    assert fetched(one) == Again(after_s=5.0, failures=1)
    assert fetched(one, failures=1) == Again(after_s=10.0, failures=2)
    assert fetched(one, failures=500) == Again(after_s=LONGEST_PAUSE_S, failures=501)


def test_a_failure_after_long_health_is_the_first() -> None:
    assert fetched(ended(4, ran_s=3600.0), failures=7) == Again(after_s=5.0, failures=1)


@pytest.mark.parametrize("code", [0, 1, 5])
def test_a_parse_that_was_held_back_is_no_failure(code: int) -> None:
    assert after_parse(ended(code), failures=3, pause_s=10.0) == Again(after_s=10.0)


@pytest.mark.parametrize("code", [2, 4, 130, -9])
def test_a_parse_that_fails_never_ends_the_watch(code: int) -> None:
    assert after_parse(ended(code), failures=2, pause_s=10.0) == Again(after_s=20.0, failures=3)
