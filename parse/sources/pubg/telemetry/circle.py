"""Where players were, seen from the blue circle. Source: spec/pubg.md 2.3, 3.7.

Positions come every 10 s for each player, the state of the circle every 10 s for all. A position is
held against the first state that is no older than it, or the last there is; a file without states
tells nothing of circles.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Container
from dataclasses import dataclass
from operator import attrgetter

from parse.sources.pubg.telemetry.events import Character, GameState, Telemetry
from parse.sources.pubg.telemetry.kills import CM
from warehouse.rows.pubg.figures import PubgCirclePositionRow


@dataclass(slots=True)
class Way:
    """What all samples of one player come to; distances are metres."""

    who: Character
    samples: int = 0
    center_sum: float = 0.0
    center_max: float = -math.inf
    edge_sum: float = 0.0
    edge_min: float = math.inf

    def add(self, center: float, edge: float) -> None:
        """Take a sample."""
        self.samples += 1
        self.center_sum += center
        self.center_max = max(self.center_max, center)
        self.edge_sum += edge
        self.edge_min = min(self.edge_min, edge)


def circle(
    file: Telemetry, tracked: Container[str] | None
) -> tuple[list[PubgCirclePositionRow], dict[str, Way]]:
    """Rows of some players, and the ways of all by account.

    tracked  accounts that get rows; None for all
    """
    states = _states(file)
    times = [state.elapsed_time for state in states]
    last = len(states) - 1
    rows: list[PubgCirclePositionRow] = []
    ways: dict[str, Way] = {}
    for _, event in file.of("LogPlayerPosition"):
        who = event.character
        if who is None or not who.is_contender or not event.is_in_match:
            continue
        if (way := ways.get(who.account_id)) is None:
            way = ways[who.account_id] = Way(who)
        if not states:
            continue
        state = states[min(bisect_left(times, event.elapsed_time), last)]
        x, y = who.location.x / CM, who.location.y / CM
        middle, radius = state.safety_zone_position, state.safety_zone_radius / CM
        circle_x, circle_y = middle.x / CM, middle.y / CM
        center = math.hypot(x - circle_x, y - circle_y)
        edge = radius - center
        way.add(center, edge)
        if tracked is None or who.account_id in tracked:
            row = PubgCirclePositionRow(
                match_id=file.match_id,
                account_id=who.account_id,
                sample_number=way.samples,
                player_name=who.name,
                team_id=who.team_id,
                elapsed_s=int(event.elapsed_time),
                phase=event.phase,
                x=x,
                y=y,
                circle_x=circle_x,
                circle_y=circle_y,
                circle_radius=radius,
                distance_from_center=center,
                distance_from_edge=edge,
                is_in_circle=edge >= 0,
            )
            rows.append(row)
    return rows, ways


def _states(file: Telemetry) -> list[GameState]:
    """The states of the match, in order of time."""
    found = [
        event.game_state
        for _, event in file.of("LogGameStatePeriodic")
        if event.game_state is not None and event.is_in_match
    ]
    return sorted(found, key=attrgetter("elapsed_time"))
