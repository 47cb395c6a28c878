"""What each player made of his knocks. Source: spec/pubg.md 3.8."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import fmean

from parse.sources.pubg.telemetry.events import Character
from parse.sources.pubg.telemetry.kills import Death
from parse.sources.pubg.telemetry.knocks import Knock
from parse.sources.pubg.telemetry.weapon_kills import HEADSHOT
from warehouse.rows.pubg.combat import PubgFinishingRow, PubgKnockRow

_BOUNDS = (0, 10, 50, 100, 200, float("inf"))  # metres, the lower one inside


def finishing_rows(
    match_id: str, rows: Iterable[PubgKnockRow], knocks: Sequence[Knock], deaths: Iterable[Death]
) -> Iterator[PubgFinishingRow]:
    """One row per person or bot who knocked somebody down or killed at once.

    rows    of the knocks, in the order of the file
    """
    ids = {knock.event.dbno_id for knock in knocks if knock.event.dbno_id > 0}
    players: dict[str, Character] = {}
    of_account: defaultdict[str, list[PubgKnockRow]] = defaultdict(list)
    instant: defaultdict[str, int] = defaultdict(int)
    for knock in knocks:
        if knock.knocker is not None and knock.knocker.is_contender:
            players.setdefault(knock.knocker.account_id, knock.knocker)
    for row in rows:
        of_account[row.knocker_account_id].append(row)
    for death in deaths:
        finisher = death.finisher
        if finisher is None or not finisher.is_contender or death.event.dbno_id in ids:
            continue
        if finisher.account_id != death.victim.account_id:
            players.setdefault(finisher.account_id, finisher)
            instant[finisher.account_id] += 1
    for account_id, player in players.items():
        yield _summary(match_id, player, of_account[account_id], instant[account_id])


def _summary(
    match_id: str, player: Character, knocks: Sequence[PubgKnockRow], instant_kills: int
) -> PubgFinishingRow:
    def count(holds: Callable[[PubgKnockRow], bool]) -> int:
        return sum(map(holds, knocks))

    finished = [one for one in knocks if one.finisher_is_self]
    by_mates = [one for one in knocks if one.finisher_is_teammate]
    distances = [one.distance for one in knocks if one.distance is not None]
    nearest = [one.knocker_mates_nearest for one in knocks if one.knocker_mates_nearest is not None]
    buckets = [sum(low <= one < high for one in distances) for low, high in pairwise(_BOUNDS)]
    return PubgFinishingRow(
        match_id=match_id,
        account_id=player.account_id,
        player_name=player.name,
        team_id=player.team_id,
        knocks=len(knocks),
        finished_self=len(finished),
        finished_by_teammates=len(by_mates),
        revived=count(lambda one: one.outcome == "revived"),
        instant_kills=instant_kills,
        finishing_rate=100 * len(finished) / len(knocks) if knocks else None,
        mean_time_to_finish_self_s=_mean(one.time_to_finish_s for one in finished),
        mean_time_to_finish_teammate_s=_mean(one.time_to_finish_s for one in by_mates),
        mean_distance=_mean(distances),
        min_distance=min(distances, default=None),
        max_distance=max(distances, default=None),
        knocks_0_10m=buckets[0],
        knocks_10_50m=buckets[1],
        knocks_50_100m=buckets[2],
        knocks_100_200m=buckets[3],
        knocks_200m=buckets[4],
        mean_nearest_mate=_mean(nearest),
        mean_mates_distance=_mean(one.knocker_mates_mean for one in knocks),
        knocks_mate_50m=sum(one <= 50 for one in nearest),
        knocks_mate_100m=sum(one <= 100 for one in nearest),
        knocks_isolated=sum(one >= 200 for one in nearest),
        headshot_knocks=count(lambda one: one.reason == HEADSHOT),
        wall_knocks=count(lambda one: one.is_through_wall is True),
        vehicle_knocks=count(lambda one: one.knocker_in_vehicle is True),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    """The mean of the values that are known; None if none is."""
    known = [one for one in values if one is not None]
    return fmean(known) if known else None
