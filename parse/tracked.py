"""Whose detail is wanted: tracked players, each with the time from which his matches count.

Some rows are many and of use for few players only: each blow, each position. Parsers that `track`
give them of the players of the roster; all else that they give does not depend on it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from parse.times import MICROSECOND, microseconds

DETAIL_BEFORE = timedelta(days=180)
"""How long before the day from which a player is tracked his matches have detail."""

Tracked = tuple[tuple[str, int], ...] | None
"""Accounts in order, each with the time from which pages count, in microseconds since 1970; None
for everyone, always."""

NOBODY: Tracked = ()


def tracked_digest(tracked: Tracked) -> str:
    """SHA-256 of who is tracked since when; never empty."""
    return hashlib.sha256(json.dumps(tracked).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Presence:
    """Of whom a page has detail, and when that was: which rows it gives depends on these alone.

    at_us     microseconds since 1970
    accounts  all of whom it could give detail rows
    """

    at_us: int
    accounts: frozenset[str]

    def detailed(self, tracked: Tracked) -> list[str] | None:
        """Of whom it gives detail, in order; None for all."""
        wanted = tracked_at(tracked, self.at_us)
        return None if wanted is None else sorted(self.accounts.intersection(wanted))


def detail_from_us(since: date) -> int:
    """The time from which matches count of who is tracked since a day, to its first moment UTC."""
    return microseconds(datetime.combine(since, time(), UTC)) - DETAIL_BEFORE // MICROSECOND


def tracked_in(about: dict[str, Any]) -> Tracked:
    """Of whom a snapshot has detail, by its snapshot.json."""
    listed = about.get("tracked", [])
    return None if listed is None else tuple((account, since) for account, since in listed)


def tracked_at(tracked: Tracked, at_us: int) -> frozenset[str] | None:
    """The accounts that are tracked at a time; None for all."""
    if tracked is None:
        return None
    return frozenset(account for account, from_us in tracked if from_us <= at_us)
