"""Draw any match of a season from (seed, index): era, teams, time, event, maps."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from tests.replica.entities import (
    OLD_NAME,
    RENAMED_TEAM,
    TBD,
    TEAM_NAMES,
    Team,
    event,
    team_pool,
)
from tests.replica.mapplan import plan_maps
from tests.replica.plan import MatchPlan
from tests.replica.scenarios import Dimensions, place_of, scenario_of

ERA_ENDS = {
    "go": datetime(2023, 9, 20, tzinfo=UTC),
    "cs2": datetime(2025, 8, 15, tzinfo=UTC),
    "autumn": datetime(2025, 10, 25, tzinfo=UTC),
    "late": datetime(2026, 6, 15, tzinfo=UTC),
}
ERA_DAYS = {"go": 600, "cs2": 600, "autumn": 60, "late": 215}
SPECIALS = ("live", "live", "upcoming", "upcoming", "upcoming", "postponed")
LAST_MATCH_ID = 2_395_000
HOUR = 3_600_000


def match_id_of(index: int, matches: int) -> int:
    """The number of the index-th match, the oldest first."""
    return LAST_MATCH_ID - (matches - index) * 3


def first_map_id(matches: int) -> int:
    """The map statistics number of the first map of the first match."""
    return max(130_000, 232_000 - 5 * (matches + len(SPECIALS)))


def completed_of(season: Dimensions, index: int) -> int:
    """When the match ended; grows with the index."""
    place = place_of(index, season)
    spacing = min(40 * 60_000, ERA_DAYS[place.era] * 24 * HOUR // max(place.size, 1))
    jitter = random.Random(f"{season.seed}:{index}:end").randrange(spacing // 2) // 1000 * 1000
    end = int(ERA_ENDS[place.era].timestamp()) * 1000
    return end - (place.size - place.place) * spacing // 1000 * 1000 + jitter


def event_of(index: int) -> int:
    """The number of the event of a match: three events run side by side."""
    return index // 48 * 3 + (index * 7 + index // 5) % 3


def _teams(season: Dimensions, index: int) -> tuple[Team, Team]:
    pool = team_pool(season.seed)
    per_turn = len(TEAM_NAMES) // 2
    order = list(range(len(TEAM_NAMES)))
    random.Random(f"{season.seed}:{index // per_turn}:pairs").shuffle(order)
    place = index % per_turn * 2
    first, second = order[place], order[place + 1]
    teams = []
    for number in (first, second):
        team = pool[number]
        if number == RENAMED_TEAM and index * 2 < season.matches:
            team = replace(team, name=OLD_NAME)
        teams.append(team)
    return teams[0], teams[1]


@lru_cache(maxsize=512)
def plan_match(season: Dimensions, index: int) -> MatchPlan:
    """Draw the index-th match; indexes from `matches` on are the live and upcoming ones."""
    matches = season.matches
    place = place_of(index, season)
    kind = SPECIALS[index - matches] if index >= matches else "over"
    name, flags = ("bo3", frozenset[str]()) if kind != "over" else scenario_of(season, index, place)
    rng = random.Random(f"{season.seed}:{index}:plan")
    one, two = _teams(season, index)
    if index - matches == 3:
        two = TBD
    completed = completed_of(season, index)
    start = completed - rng.randrange(2 * HOUR, 5 * HOUR) // 60_000 * 60_000
    start -= start % 60_000
    draft = MatchPlan(
        seed=season.seed,
        index=index,
        match_id=match_id_of(index, matches),
        era=place.era,
        kind=kind,
        flags=flags,
        teams=(one, two),
        event=event(event_of(index)),
        start_ms=start,
        completed_ms=completed,
        best_of=int(name[2]),
        lan=None if "lan_unknown" in flags or "no_boxes" in flags else rng.random() < 0.4,
        maps=(),
        vetoes=(),
        stars=rng.choices(range(6), (50, 20, 12, 8, 6, 4))[0],
        demo_id=70_000 + index if kind == "over" and "full_forfeit" not in flags else None,
        forfeit=_forfeit(flags),
        stage=rng.choice(("Grand final", "Lower bracket round 2", "Swiss round 5 (2-2 teams)")),
    )
    maps, vetoes = plan_maps(draft, rng, first_map_id(matches) + 5 * index)
    return replace(draft, maps=maps, vetoes=vetoes)


def _forfeit(flags: frozenset[str]) -> str:
    if "full_forfeit" in flags:
        return "full"
    partial = {"forfeit_walkout", "forfeit_map_advantage", "forfeit_first_map"}
    return "partial" if flags & partial else "none"
