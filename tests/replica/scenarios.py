"""Which odd things happen in which match: a forced list per era first, natural shares after it.

A season is cut into four eras by position: Global Offensive, Counter-Strike 2 under rating 2.1,
the tables of autumn 2025, and the layout after November 2025 (spec/hltv.md section 0). The first
matches of every era walk through its list below, commonest traps first, so that 24 matches hold
the common ones and 200 hold all.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

ERAS = ("go", "cs2", "autumn", "late")
SHARES = (15, 25, 10, 50)

Scenario = tuple[str, tuple[str, ...]]

SCENARIOS: dict[str, tuple[Scenario, ...]] = {
    "go": (
        ("bo3", ()),
        ("bo3", ("go_new_layout",)),
        ("bo1", ("substitute_in_map", "empty_countdown")),
        ("bo3", ("absolute_links",)),
        ("bo3", ("no_round_history", "tbody")),
        ("bo3", ("go_new_layout", "no_economy", "display_dash")),
        ("bo1", ("overtime", "history_padded")),
        ("bo5", ("standin_zero",)),
        ("bo3", ("go_new_layout", "go_eco_columns", "substitute_in_series")),
        ("bo1", ("go_new_layout", "overtime", "go_eco_columns")),
        ("bo3", ("left_is_team2", "display_dash")),
    ),
    "cs2": (
        ("bo3", ()),
        ("bo3", ("recaptured", "substitute_in_series")),
        ("bo1", ("overtime", "history_padded")),
        ("bo3", ("full_forfeit",)),
        ("bo3", ("recaptured", "one_table")),
        ("bo3", ("multi_overtime", "tbody")),
        ("bo3", ("standin_no_link", "display_dash")),
        ("bo3", ("economy_renamed_title", "side_tables_first")),
        ("bo3", ("rating_drift", "substitute_in_map")),
        ("bo5", ("left_is_team2",)),
    ),
    "autumn": (
        ("bo3", ()),
        ("bo3", ("overtime", "tbody")),
        ("bo1", ("history_partly_padded",)),
        ("bo3", ("standin_zero", "no_economy")),
        ("bo3", ("substitute_in_series", "side_tables_first", "absolute_links")),
    ),
    "late": (
        ("bo3", ("overtime", "tbody", "history_unpadded")),
        ("bo1", ("no_economy",)),
        ("bo3", ("full_forfeit", "forfeit_0_1")),
        ("bo3", ("substitute_in_map", "eco_kast_over_100")),
        ("bo5", ("history_padded",)),
        ("bo3", ("forfeit_walkout",)),
        ("bo3", ("no_lineups",)),
        ("bo3", ("multi_overtime", "economy_renamed_title")),
        ("bo3", ("standin_no_link", "absolute_links")),
        ("bo3", ("no_veto", "history_partly_padded")),
        ("bo3", ("one_table",)),
        ("bo3", ("left_is_team2", "rating_drift")),
        ("bo3", ("full_forfeit", "deleted")),
        ("bo5", ("forfeit_map_advantage",)),
        ("bo3", ("forfeit_first_map",)),
        ("bo3", ("short_veto", "spaced_text")),
        ("bo3", ("veto_unknown_name",)),
        ("bo2", ("draw",)),
        ("bo3", ("no_boxes", "kast_zero")),
        ("bo1", ("lan_unknown",)),
        ("bo3", ("economy_renamed_winners",)),
        ("bo3", ("economy_renamed_position", "no_round_history")),
        ("bo3", ("no_round_history",)),
        ("bo3", ("side_tables_first", "display_dash")),
        ("bo1", ("unusual_halves",)),
        ("bo1", ("overtime", "overtime_inline")),
        ("bo3", ("economy_null_value", "graph_div")),
        ("bo3", ("standin_zero", "forfeit_walkout", "forfeit_0_1")),
        ("bo3", ("substitute_in_series", "multi_overtime")),
        ("bo1", ("short_veto", "no_lineups")),
        ("bo3", ("full_forfeit", "deleted", "forfeit_0_1", "no_lineups")),
    ),
}

NATURAL: tuple[tuple[str, float], ...] = (
    ("no_economy", 0.02),
    ("one_table", 0.004),
    ("no_round_history", 0.004),
    ("no_lineups", 0.15),
    ("no_veto", 0.02),
    ("short_veto", 0.01),
    ("lan_unknown", 0.02),
    ("tbody", 0.1),
    ("absolute_links", 0.03),
    ("display_dash", 0.02),
    ("rating_drift", 0.06),
    ("spaced_text", 0.03),
    ("side_tables_first", 0.02),
    ("left_is_team2", 0.001),
    ("graph_div", 0.1),
)
EXCLUSIVE: tuple[tuple[str, float], ...] = (
    ("substitute_in_map", 0.01),
    ("substitute_in_series", 0.02),
    ("standin_no_link", 0.01),
    ("standin_zero", 0.01),
    ("economy_renamed_title", 0.02),
    ("economy_renamed_winners", 0.005),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimensions:
    """What a season is computed from; `shares` are percents of matches an era, oldest first."""

    seed: int
    matches: int
    traps: bool
    shares: tuple[int, int, int, int] = SHARES


@dataclass(frozen=True, slots=True)
class Place:
    """Where a match stands: its era, its place in the era, and the era's size."""

    era: str
    place: int
    size: int


def era_sizes(
    matches: int, shares: tuple[int, int, int, int] = SHARES
) -> tuple[int, int, int, int]:
    """Divide a season among the four eras; the last takes the remainder."""
    go, cs2, autumn = (matches * share // 100 for share in shares[:3])
    return go, cs2, autumn, matches - go - cs2 - autumn


def place_of(index: int, season: Dimensions) -> Place:
    """Find the era of the index-th match, counted from the oldest."""
    start = 0
    sizes = era_sizes(season.matches, season.shares)
    for era, size in zip(ERAS, sizes, strict=True):
        if index < start + size:
            return Place(era, index - start, size)
        start += size
    return Place("late", index - start + sizes[3], sizes[3])


def scenario_of(season: Dimensions, index: int, place: Place) -> tuple[str, frozenset[str]]:
    """Say the format and the traps of a match."""
    scenarios = SCENARIOS[place.era]
    if season.traps and place.place < len(scenarios):
        name, flags = scenarios[place.place]
        return name, frozenset(flags)
    rng = random.Random(f"{season.seed}:{index}:scenario")
    name = rng.choices(("bo3", "bo1", "bo5"), (81, 17, 2))[0]
    if not season.traps:
        return name, frozenset()
    chosen = {flag for flag, share in NATURAL if rng.random() < share}
    chosen.update(_one_of(rng))
    if "economy_renamed_winners" in chosen:
        chosen.discard("no_round_history")
    if place.era == "go" and rng.random() < 0.3:
        chosen.add("go_new_layout")
    if place.era == "cs2" and rng.random() < 0.4:
        chosen.add("recaptured")
    forfeit, direction = _forfeit(rng, name), rng.random() < 0.5
    if forfeit:
        chosen.difference_update(flag for flag, _ in EXCLUSIVE)
        chosen.add(forfeit)
        if direction:
            chosen.add("forfeit_0_1")
    return name, frozenset(chosen)


def _one_of(rng: random.Random) -> set[str]:
    drawn = rng.random()
    for flag, share in EXCLUSIVE:
        drawn -= share
        if drawn < 0:
            return {flag}
    return set()


def _forfeit(rng: random.Random, name: str) -> str | None:
    drawn = rng.random()
    if drawn < 0.03:
        return "full_forfeit"
    if drawn < 0.04:
        return {"bo3": "forfeit_walkout", "bo5": "forfeit_map_advantage"}.get(name)
    return None
