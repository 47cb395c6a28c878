"""Times as builds count them: microseconds since 1970, UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from warc.errors import UsageError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
EVER_US = (1 << 63) - 1
"""In place of a time: everything that is archived."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WANTED = "2026-03-01 or 2026-03-01T12:00:00Z"


def microseconds(date: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    return (date - EPOCH) // MICROSECOND


_FIRST_US = microseconds(datetime.min.replace(tzinfo=UTC))
_LAST_US = microseconds(datetime.max.replace(tzinfo=UTC))
"""Of what can be written as a time."""


def as_of_us(word: str) -> int:
    """Read `--as-of`: a day, to its end (UTC), or a time, with the second it names.

    >>> iso_time(as_of_us("9999-12-31")), iso_time(as_of_us("0001-01-01T00:00:00+05:00"))
    ('9999-12-31T23:59:59.999999+00:00', '0001-01-01T00:00:00+00:00')

    raises  UsageError on anything else
    """
    try:
        time = datetime.fromisoformat(word)
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError(f"a time is written as {WANTED}, not {word!r} (--as-of)") from error
    reach = timedelta(days=1) if _DAY.fullmatch(word) else timedelta(seconds=1)
    last = microseconds(time) + reach // MICROSECOND - 1
    return max(_FIRST_US, min(last, _LAST_US))


def iso_time(us: int) -> str | None:
    """A time as ISO 8601; None for `EVER_US`."""
    return None if us == EVER_US else (EPOCH + us * MICROSECOND).isoformat()
