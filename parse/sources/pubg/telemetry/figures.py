"""Damage, the circle, weapons and players' figures: what is gathered over a whole match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from parse.sources.pubg.telemetry.blows import damage_events
from parse.sources.pubg.telemetry.circle import Way, circle
from parse.sources.pubg.telemetry.events import Telemetry
from parse.sources.pubg.telemetry.kills import Death
from parse.sources.pubg.telemetry.player_stats import player_stats
from parse.sources.pubg.telemetry.weapons import weapons
from parse.tracked import Presence, Tracked, tracked_at
from warehouse.column import Row


def figures(file: Telemetry, deaths: Sequence[Death], tracked: Tracked) -> Iterator[Row | Presence]:
    """Detail rows of those who are tracked, figures of all."""
    at_us = file.started_us
    wanted = tracked_at(tracked, at_us)
    yield from damage_events(file, wanted)
    positions, ways = circle(file, wanted)
    yield from positions
    yield Presence(at_us, frozenset(_persons(file, ways)))
    yield from weapons(file, deaths)
    yield from player_stats(file, deaths, ways)


def _persons(file: Telemetry, ways: Mapping[str, Way]) -> Iterator[str]:
    """The accounts of persons who have positions, or part in blows."""
    yield from (way.who.account_id for way in ways.values() if way.who.is_player)
    for _, event in file.of("LogPlayerTakeDamage"):
        for one in (event.attacker, event.victim):
            if one is not None and one.is_player:
                yield one.account_id
