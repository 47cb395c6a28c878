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


def as_of_us(word: str) -> int:
    """Read `--as-of`: a day, to its end (UTC), or a time, with the second it names.

    raises  UsageError on anything else
    """
    try:
        time = datetime.fromisoformat(word)
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
        reach = timedelta(days=1) if _DAY.fullmatch(word) else timedelta(seconds=1)
        return microseconds(time + reach) - 1
    except (ValueError, OverflowError) as error:
        raise UsageError(f"a time is written as {WANTED}, not {word!r} (--as-of)") from error


def iso_time(us: int) -> str | None:
    """A time as ISO 8601; None for `EVER_US`."""
    return None if us == EVER_US else (EPOCH + us * MICROSECOND).isoformat()
