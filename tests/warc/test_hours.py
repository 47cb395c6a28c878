"""Hours of the week, on the clocks of a place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warc.errors import UsageError
from warc.hours import parse_hours

LEAGUE = parse_hours("mon-thu,sun 18:00-00:00 Europe/Oslo", "--hours")


def opens(text: str, at: str) -> str:
    """When hours open next after a time of UTC."""
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return f"{parse_hours(text, '--hours').next_open(moment):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        ("2026-11-23 16:59", "Mon 2026-11-23 17:00"),  # Oslo is one hour ahead in winter
        ("2026-11-23 17:30", "Mon 2026-11-23 17:30"),
        ("2026-11-23 22:59", "Mon 2026-11-23 22:59"),
        ("2026-11-23 23:00", "Tue 2026-11-24 17:00"),
        ("2026-11-26 23:00", "Sun 2026-11-29 17:00"),
        ("2026-07-06 15:59", "Mon 2026-07-06 16:00"),  # two in summer
    ],
)
def test_the_hours_of_the_league(at: str, opened: str) -> None:
    assert opens("mon-thu,sun 18:00-00:00 Europe/Oslo", at) == opened


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        ("2026-11-21 01:30", "Sat 2026-11-21 01:30"),  # still Friday's
        ("2026-11-21 02:00", "Fri 2026-11-27 22:00"),
        ("2026-11-27 21:00", "Fri 2026-11-27 22:00"),
    ],
)
def test_hours_past_midnight_belong_to_the_day_they_began(at: str, opened: str) -> None:
    assert opens("fri 22:00-2:00", at) == opened


def test_without_days_and_place_it_is_every_day_in_utc() -> None:
    assert opens("9:00-10:00", "2026-11-21 10:00") == "Sun 2026-11-22 09:00"


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001 - made aware below
def test_what_is_open_stays_so_until_then_it_is_shut(moment: datetime) -> None:
    at = moment.replace(tzinfo=UTC)
    opened = LEAGUE.next_open(at)
    assert at <= opened < at + timedelta(days=4)
    assert LEAGUE.next_open(opened) == opened


@pytest.mark.parametrize(
    "text",
    ["", "18:00", "mon 25:00-26:00", "mo 18:00-19:00", "18:00-19:00 Oslo/Europe", "mon- 1:00-2:00",
     "18:00-19:00 ../etc/passwd", "18:60-19:00"],
)  # fmt: skip
def test_what_is_no_hours_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"--hours .* is not like 'mon-thu,sun"):
        parse_hours(text, "--hours")
