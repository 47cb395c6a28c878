"""Where a walk along the listing ends, and when it counts as complete."""

from __future__ import annotations

import pytest

from fetch.walk import Ending, Entry, Listing, Walk, WalkPlan, advance, failed, start


def listing(*times: int, next_offset: int | None = None, is_last: bool = False) -> Listing:
    entries = tuple(
        Entry(url=f"u{time}", key=str(time), completed_ms=time * 1000) for time in times
    )
    return Listing(entries=entries, next_offset=next_offset, is_last=is_last)


@pytest.mark.parametrize(
    ("plan", "page", "covered", "ending", "offset"),
    [
        (WalkPlan(), listing(9, 8, next_offset=100), False, "", 100),
        (WalkPlan(), listing(9, 8, next_offset=20), False, "", 20),
        (WalkPlan(), listing(9, 8), False, "", 100),
        (WalkPlan(), listing(9, 8, next_offset=100), True, "covered", 0),
        (WalkPlan(full=True), listing(9, 8, next_offset=100), True, "", 100),
        (WalkPlan(full=True), listing(9, 8, is_last=True), True, "end", 0),
        (WalkPlan(), listing(9, 8, is_last=True), False, "end", 0),
        (WalkPlan(), listing(9, 8, next_offset=0), False, "end", 0),
        (WalkPlan(), listing(), False, "end", 0),
        (WalkPlan(stop_offset=100), listing(9, next_offset=100), False, "range", 0),
        (WalkPlan(stop_offset=200), listing(9, next_offset=100), False, "", 100),
        (WalkPlan(since_ms=8500), listing(9, 8, next_offset=100), False, "since", 0),
        (WalkPlan(since_ms=8000), listing(9, 8, next_offset=100), False, "", 100),
    ],
)
def test_steps(plan: WalkPlan, page: Listing, covered: bool, ending: Ending, offset: int) -> None:
    walk = advance(start(plan), page, full=100, all_covered=covered)
    assert (walk.ending, walk.offset) == (ending, offset)


@pytest.mark.parametrize(
    ("plan", "ending", "complete"),
    [
        (WalkPlan(), "covered", True),
        (WalkPlan(full=True), "end", True),
        (WalkPlan(), "", False),
        (WalkPlan(), "failed", False),
        (WalkPlan(first_offset=100), "end", False),
        (WalkPlan(stop_offset=900), "end", False),
        (WalkPlan(since_ms=5), "end", False),
        (WalkPlan(until_ms=5), "covered", False),
    ],
)
def test_a_walk_is_complete_when_nothing_was_left_out(
    plan: WalkPlan, ending: Ending, complete: bool
) -> None:
    assert Walk(plan=plan, offset=0, ending=ending).is_complete is complete


def test_an_empty_page_is_the_end_only_where_no_link_led_to_it() -> None:
    short = advance(start(WalkPlan()), listing(9), full=100, all_covered=False)
    linked = advance(start(WalkPlan()), listing(9, next_offset=5), full=100, all_covered=False)
    full = advance(start(WalkPlan()), listing(*range(200, 100, -1)), full=100, all_covered=False)
    assert failed(short, empty=True).ending == "end"
    assert failed(linked, empty=True).ending == "failed"
    assert failed(full, empty=True).ending == "failed"
    assert failed(start(WalkPlan()), empty=True).ending == "failed"
    assert failed(short, empty=False).ending == "failed"


def test_newest_entries_come_first_and_the_next_listing_page_after_them() -> None:
    page = listing(9, 8, 7, next_offset=100)
    priorities = [entry.priority for entry in page.entries]
    assert priorities == sorted(priorities)
    walk = advance(start(WalkPlan()), page, full=100, all_covered=False)
    assert start(WalkPlan()).priority < priorities[0]
    assert max(priorities) + 2 < walk.priority < listing(6).entries[0].priority


def test_the_pages_of_a_match_fit_between_two_matches_of_one_second() -> None:
    first = Entry(url="", key="2391141", completed_ms=1_773_588_379_000)
    second = Entry(url="", key="2391140", completed_ms=1_773_588_379_000)
    assert first.priority + 7 < second.priority
    assert first.priority > -(2**62)


def test_entries_told_by_a_text_have_their_place_too() -> None:
    newer, older = (Entry(url="", key="zdk8e91m", completed_ms=time) for time in (2_000, 1_000))
    other = Entry(url="", key="zdk8e91n", completed_ms=1_000)
    assert newer.priority < older.priority != other.priority
    assert older.priority == Entry(url="elsewhere", key="zdk8e91m", completed_ms=1_000).priority


def test_dates_choose_entries() -> None:
    plan = WalkPlan(since_ms=10, until_ms=20)
    assert [plan.wants(time) for time in (9, 10, 19, 20)] == [False, True, True, False]


def test_an_offset_behind_the_end_of_the_list_is_the_end() -> None:
    assert failed(start(WalkPlan(first_offset=900)), empty=True).ending == "end"
    assert failed(start(WalkPlan()), empty=True).ending == "failed"
