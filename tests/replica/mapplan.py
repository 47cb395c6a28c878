"""Maps, vetoes and scores of one match: who took which round, in which order."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.replica.plan import POOLS, MapPlan, MatchPlan, Veto

LOSER_WEIGHTS = (1, 1, 2, 4, 6, 8, 9, 10, 12, 13, 13, 14)
OVERTIME_SHARE = 0.115


def plan_maps(
    match: MatchPlan, rng: random.Random, first_id: int
) -> tuple[tuple[MapPlan, ...], tuple[Veto, ...]]:
    """Draw the maps in playing order, and the veto lines that led to them."""
    if match.kind in {"upcoming", "postponed"}:
        maps = [MapPlan(number=n + 1, name="TBA", state="unplayed") for n in range(match.best_of)]
        return tuple(maps), ()
    vetoes, picks = _vetoes(match, rng)
    if match.forfeit == "full":
        score = (0, 1) if "forfeit_0_1" in match.flags else (1, 0)
        lines = () if rng.random() < 0.5 else vetoes
        return (MapPlan(number=1, name="Default", state="forfeit", score=score),), lines
    maps = _play_series(match, rng, first_id, picks)
    shown = () if match.flags & {"no_veto", "no_boxes"} else vetoes
    return tuple(maps), shown


def _vetoes(
    match: MatchPlan, rng: random.Random
) -> tuple[tuple[Veto, ...], list[tuple[str, int | None]]]:
    """Return the veto lines and (map, picking team) in playing order."""
    pool = list(POOLS[match.era])
    rng.shuffle(pool)
    actions = {1: "rrrrrr", 2: "rrpprr", 3: "rrpprr", 5: "rrpppp"}[match.best_of]
    if "forfeit_map_advantage" in match.flags:
        actions = "rrpppr"
    if "short_veto" in match.flags:
        actions = {1: "rrrr", 3: "rrppr", 5: "rpppp"}[match.best_of]
    names = [team.name for team in match.teams]
    if "veto_unknown_name" in match.flags:
        names[1] = f"ex-{names[1]} Roster"
    turns = (1, 2, 2, 1, 2, 1) if match.best_of == 1 and rng.random() < 0.6 else (1, 2) * 3
    swap = rng.random() < 0.5
    vetoes, picks = [], list[tuple[str, int | None]]()
    for letter, turn in zip(actions, turns, strict=False):
        team = 3 - turn if swap else turn
        name = pool.pop()
        action = "removed" if letter == "r" else "picked"
        vetoes.append(Veto(team=names[team - 1], action=action, map_name=name))
        if letter == "p":
            picks.append((name, team))
    left = pool.pop()
    vetoes.append(Veto(team=None, action="left_over", map_name=left))
    picks.append((left, None))
    return tuple(vetoes), picks


def _play_series(
    match: MatchPlan, rng: random.Random, first_id: int, picks: list[tuple[str, int | None]]
) -> list[MapPlan]:
    """Play until one team has enough maps; the rest stay optional."""
    need = match.best_of // 2 + 1
    wins = [0, 0]
    maps: list[MapPlan] = []
    queue = iter(picks)
    for number in range(1, match.best_of + 1):
        over = max(wins) == need
        default = None if over else _default_winner(match, number)
        if default is not None:
            if number > 1:
                next(queue, None)
            score = (1, 0) if default == 1 else (0, 1)
            maps.append(MapPlan(number=number, name="Default", state="forfeit", score=score))
            wins[default - 1] += 1
            continue
        name, picked = next(queue)
        if over or (match.kind == "live" and number > 1):
            maps.append(_pending(match, number, name, picked))
            continue
        one = _played(match, rng, number=number, name=name, picked=picked, first_id=first_id)
        maps.append(one)
        wins[one.winners[-1] - 1] += 1
    return maps


def _pending(match: MatchPlan, number: int, name: str, picked: int | None) -> MapPlan:
    """Draw a map without a result: optional, or the one running in a live match."""
    if match.kind != "live" or number > 2:
        return MapPlan(number=number, name=name, state="unplayed", picked_by=picked)
    score = (7, 5) if match.index % 2 else None
    return MapPlan(number=number, name=name, state="running", picked_by=picked, score=score)


def _default_winner(match: MatchPlan, number: int) -> int | None:
    """Say which team gets this map by default, if it is forfeited."""
    direction = 2 if "forfeit_0_1" in match.flags else 1
    if number == 1 and match.flags & {"forfeit_map_advantage", "forfeit_first_map"}:
        return direction
    if number == 2 and "forfeit_walkout" in match.flags:
        return direction
    return None


def _played(
    match: MatchPlan,
    rng: random.Random,
    *,
    number: int,
    name: str,
    picked: int | None,
    first_id: int,
) -> MapPlan:
    winner = rng.choice((1, 2))
    if "draw" in match.flags:
        winner = number
    if "forfeit_walkout" in match.flags:
        winner = 2 if "forfeit_0_1" in match.flags else 1
    half = 15 if match.go or "unusual_halves" in match.flags else 12
    winners = _rounds(match, rng, number, winner)
    return MapPlan(
        number=number,
        name=name,
        state="played",
        mapstatsid=first_id + number - 1,
        picked_by=picked,
        score=(winners.count(1), winners.count(2)),
        winners=winners,
        half=half,
        start_ct=rng.choice((1, 2)),
        overtime_swaps=rng.random() < 0.5,
    )


def _rounds(match: MatchPlan, rng: random.Random, number: int, winner: int) -> tuple[int, ...]:
    loser = 3 - winner
    if "unusual_halves" in match.flags:
        first, second = [winner] * 10 + [loser] * 5, [winner, winner, loser]
        rng.shuffle(first)
        rng.shuffle(second)
        return (*first, *second, winner)
    tie = 15 if match.go else 12
    forced = number == 1 and match.flags & {"overtime", "multi_overtime"}
    if forced or rng.random() < OVERTIME_SHARE:
        return tuple(_overtime(match, rng, winner, tie))
    lost = rng.choices(range(12), LOSER_WEIGHTS)[0] + (3 if match.go and rng.random() < 0.7 else 0)
    order = [winner] * tie + [loser] * lost
    rng.shuffle(order)
    return (*order, winner)


def _overtime(match: MatchPlan, rng: random.Random, winner: int, tie: int) -> Iterator[int]:
    """Yield a tied regulation, tied periods of six, and one period that ends it."""
    order = [1] * tie + [2] * tie
    rng.shuffle(order)
    yield from order
    extra = rng.choices((0, 1, 2, 3), (70, 21, 8, 1))[0]
    if "multi_overtime" in match.flags:
        extra = max(extra, 1)
    for _ in range(extra):
        period = [1] * 3 + [2] * 3
        rng.shuffle(period)
        yield from period
    last = [winner] * 3 + [3 - winner] * rng.randint(0, 2)
    rng.shuffle(last)
    yield from last
    yield winner
