"""A host's own count of requests, as the fields of an answer tell it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.allowance import patience_asked, pause_allowed

NOW = datetime(2018, 9, 7, 14, 38, 46, tzinfo=UTC)
REAL = {
    "date": "Fri, 07 Sep 2018 14:38:46 GMT",
    "x-ratelimit-limit": "200",
    "x-ratelimit-remaining": "194",
    "x-ratelimit-reset": "1536331160",
}


def told(**fields: str) -> dict[str, str]:
    """The real fields, some of them otherwise."""
    named = {f"x-ratelimit-{name}": value for name, value in fields.items() if name != "date"}
    return {**REAL, **named, **({"date": fields["date"]} if "date" in fields else {})}


@pytest.mark.parametrize(
    ("fields", "pause_s"),
    [
        (REAL, 34 / 195),
        (told(remaining="0"), 35.0),
        (told(remaining="1"), 17.0),
        (told(reset="1536331126", limit="10"), 6.0),  # begins anew just now
        (told(reset="1536331100", limit="0"), None),
        (told(reset="1536331160000000"), None),  # microseconds
        (told(reset="soon"), None),
        (told(remaining="-1"), None),
        ({}, None),
    ],
)
def test_what_is_left_is_spread(fields: dict[str, str], pause_s: float | None) -> None:
    assert pause_allowed(fields, now=NOW) == (None if pause_s is None else pytest.approx(pause_s))


def test_the_clock_of_the_host_counts_and_ours_where_it_tells_none() -> None:
    wrong = NOW.replace(year=2019)
    assert pause_allowed(REAL, now=wrong) == pause_allowed(REAL, now=NOW)
    silent = {name: value for name, value in REAL.items() if name != "date"}
    assert pause_allowed(silent, now=NOW) == pytest.approx(34 / 195)


def test_who_was_counted_out_waits_until_the_count_begins_anew() -> None:
    assert patience_asked(REAL, now=NOW) == 35.0
    assert patience_asked(told(reset="1536331100"), now=NOW) == 1.0
    assert patience_asked({}, now=NOW) is None


@given(st.dictionaries(st.sampled_from(sorted(REAL)), st.text(max_size=20)))
def test_any_fields_give_a_pause_or_none(fields: dict[str, str]) -> None:
    pause_s = pause_allowed(fields, now=NOW)
    assert pause_s is None or 0 <= pause_s <= 901
