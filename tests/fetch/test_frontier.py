"""The next page is chosen by order, pace and patience alone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.frontier import Done, Fetch, Wait, step
from fetch.pace import HostState
from fetch.retry import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    host: str


A1, A2, B1 = Page("1", "a"), Page("2", "a"), Page("1", "b")


@pytest.mark.parametrize(
    ("window", "ready", "next_due_s", "expected"),
    [
        ([A1, A2], {}, None, Fetch(A1)),
        ([A1, B1], {"a": 11.0}, None, Fetch(B1)),
        ([A1, B1], {"a": 11.0, "b": 13.0}, None, Wait(1.0)),
        ([A1], {"a": 10.0}, None, Fetch(A1)),
        ([], {}, None, Done()),
        ([], {}, 5.0, Wait(5.0)),
        ([], {}, -1.0, Wait(0.001)),
        ([], {}, PATIENCE_S + 1, Done(PATIENCE_S + 1)),
        ([A1], {"a": 12.0}, 1.0, Wait(2.0)),
    ],
)
def test_cases(
    window: list[Page],
    ready: dict[str, float],
    next_due_s: float | None,
    expected: Fetch[Page] | Wait | Done,
) -> None:
    hosts = {host: HostState(ready_at_s=moment) for host, moment in ready.items()}
    assert step(window, hosts, now_s=10.0, next_due_s=next_due_s) == expected


@given(
    st.lists(st.sampled_from([A1, A2, B1]), max_size=6),
    st.dictionaries(st.sampled_from("ab"), st.floats(0, 100)),
    st.floats(0, 100),
)
def test_no_host_is_asked_before_it_is_ready_and_no_wait_is_empty(
    window: list[Page], ready: dict[str, float], now: float
) -> None:
    hosts = {host: HostState(ready_at_s=moment) for host, moment in ready.items()}
    match step(window, hosts, now_s=now):
        case Fetch(page):
            assert ready.get(page.host, 0.0) <= now
            assert page in window
        case Wait(seconds):
            assert seconds > 0
            assert all(ready.get(page.host, 0.0) >= now + seconds - 1e-9 for page in window)
        case Done():
            assert not window
