"""What a host's own count of requests allows: X-RateLimit-Limit, -Remaining and -Reset; pure.

Facts: spec/pubg.md sections 1.1 and 1.2. The reset is in seconds since 1970 of the host's clock,
which its Date field shows: ours may be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Seconds that limits are counted over (spec/pubg.md 1.2).
_WINDOW_S = 60.0

# Seconds. A reset beyond is of another unit, or of a clock that is wrong: it is not believed.
_LONGEST_S = 900.0

# Seconds on top of a reset, which is rounded.
_MARGIN_S = 1.0

# Digits of a count that are read: those of a time in seconds have ten.
_DIGITS = 15


def pause_allowed(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds until the next request: what is left is spread over what is left of the window.

    headers  lower-case names
    now      wall time at which the answer came, for hosts that tell none
    returns  None where the host keeps no count that can be read

    >>> told = {"x-ratelimit-remaining": "9", "x-ratelimit-reset": "60"}
    >>> pause_allowed(told, now=datetime.fromtimestamp(0, UTC))
    6.0
    """
    remaining, left_s = _count(headers, "remaining"), _left_s(headers, now)
    if remaining is None or left_s is None:
        return None
    if left_s <= 0:
        limit = _count(headers, "limit")
        return _WINDOW_S / limit if limit else None
    return left_s / (remaining + 1) if remaining else left_s + _MARGIN_S


def patience_asked(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds until a host that counted too many requests begins anew; None if it does not say."""
    left_s = _left_s(headers, now)
    return None if left_s is None else max(left_s, 0.0) + _MARGIN_S


def _left_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the count begins anew, below 0 if it has; None where that is not told."""
    reset = _count(headers, "reset")
    if reset is None:
        return None
    left_s = reset - _clock_of(headers, now).timestamp()
    return left_s if left_s <= _LONGEST_S else None


def _count(headers: Mapping[str, str], name: str) -> int | None:
    """One of the three numbers."""
    text = headers.get(f"x-ratelimit-{name}", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _clock_of(headers: Mapping[str, str], now: datetime) -> datetime:
    """The time at the host, where it tells one."""
    try:
        told = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, OverflowError):
        return now
    return told if told.tzinfo else told.replace(tzinfo=UTC)
