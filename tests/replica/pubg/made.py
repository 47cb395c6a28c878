"""Matches that tests look at again and again, and their events as read back from the bytes."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from tests.replica.pubg.match import SMALL, Match, make_match

Event = dict[str, Any]


@cache
def match(kind: str = "squad", era: str = "modern", size: float = SMALL) -> Match:
    """A match of seed 7."""
    return make_match(7, kind, era=era, size=size)


@cache
def events(kind: str = "squad", era: str = "modern", size: float = SMALL) -> list[Event]:
    """Its events."""
    found: list[Event] = json.loads(match(kind, era, size).telemetry)
    return found


def of(kind: str, *types: str) -> list[Event]:
    """The events of some types of today's match of a kind."""
    return [one for one in events(kind) if one["_T"] in types]
