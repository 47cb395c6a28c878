"""Damage, the circle, weapons and players' figures: what is gathered over a whole match."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from parse.sources.pubg.telemetry.blows import damage_events
from parse.sources.pubg.telemetry.circle import circle
from parse.sources.pubg.telemetry.events import Telemetry
from parse.sources.pubg.telemetry.kills import Death
from parse.sources.pubg.telemetry.player_stats import player_stats
from parse.sources.pubg.telemetry.weapons import weapons
from warehouse.column import Row


def figures(
    file: Telemetry, deaths: Sequence[Death], tracked: Container[str] | None = None
) -> Iterator[Row]:
    """Detail rows of some players, figures of all.

    tracked  accounts whose damage and positions are kept; None for all
    """
    yield from damage_events(file, tracked)
    positions, ways = circle(file, tracked)
    yield from positions
    yield from weapons(file, deaths)
    yield from player_stats(file, deaths, ways)
