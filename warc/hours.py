"""Hours of the week in which something is done: `mon-thu,sun 18:00-00:00 Europe/Oslo`; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from warc.errors import UsageError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(r"(?:([a-z,-]+)\s+)?(\d\d?:\d\d)-(\d\d?:\d\d)(?:\s+(\S+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """The same hours on some days of each week.

    days   Monday is 0; the day on which the hours begin, where they go on past midnight
    start  on the clocks of `zone`
    end    not later than `start`: on the day after
    """

    days: frozenset[int]
    start: time
    end: time
    zone: tzinfo = UTC

    def next_open(self, at: datetime) -> datetime:
        """The first moment at or after a time that is in the hours; times are aware."""
        today = at.astimezone(self.zone).date()
        # Yesterday's hours may still last; a week from now the days begin anew.
        for day in (today + timedelta(days=number) for number in range(-1, 8)):
            if day.weekday() not in self.days:
                continue
            ends_on = day if self.end > self.start else day + timedelta(days=1)
            # Aware times of one zone are compared by their clocks alone, hence UTC.
            start = datetime.combine(day, self.start, self.zone).astimezone(UTC)
            end = datetime.combine(ends_on, self.end, self.zone).astimezone(UTC)
            if at < end:
                return max(at, start)
        raise AssertionError("some day of each week is one of the days")


def parse_hours(text: str, option: str) -> Hours:
    """Read the hours that an option gives; UsageError naming the option."""
    try:
        return read_hours(text)
    except ValueError as error:
        raise UsageError(f"{option} {error}") from None


def read_hours(text: str) -> Hours:
    """Read hours: days (none: all), from, to, and whose clocks (none: UTC).

    raises  ValueError with an example

    >>> read_hours("sat,sun 9:30-12:00").start
    datetime.time(9, 30)
    """
    days, start, end, zone = (
        found.groups() if (found := _FORM.fullmatch(text.strip())) else (None, "", "", None)
    )
    try:
        return Hours(
            days=_days(days) if days else frozenset(range(7)),
            start=_clock(start),
            end=_clock(end),
            zone=ZoneInfo(zone) if zone else UTC,
        )
    except (ValueError, ZoneInfoNotFoundError, OSError):
        example = "mon-thu,sun 18:00-00:00 Europe/Oslo"
        raise ValueError(f"{text!r} is not like {example!r}") from None


def _days(text: str) -> frozenset[int]:
    """Days by name, single or from one to another; ValueError where one is none."""
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        begin = _DAYS.index(first)
        length = (_DAYS.index(last if dash else first) - begin) % 7
        days |= {(begin + number) % 7 for number in range(length + 1)}
    return frozenset(days)


def _clock(text: str) -> time:
    """A time of day; ValueError where it is none."""
    hour, _, minute = text.partition(":")
    return time() if text == "24:00" else time(int(hour), int(minute))
