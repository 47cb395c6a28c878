"""Where a reply about a match contradicts itself.

In 15 real replies of 2018 to 2026 a fifth of all participants at most left before their team (their
own placement is another), nobody survived longer than the match by more than two minutes, nobody
walked faster than 4.3 m/s, all together were on their way at 1.1 m/s or more, and no kill was from
farther than 670 m (spec/pubg.md 1.8). The bounds are far from that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parse.model import Issue
from warehouse.rows.pubg.matches import PubgMatchRow, PubgParticipantRow, PubgRosterRow

LATE_SHARE, LATE_S = 1.5, 120
"""So much longer than the match nobody survives."""

WALKED_MPS, MOVED_MPS, LONG_S = 9.0, 0.03, 60
"""Nobody walks faster; all together are not slower. Of those who lived long enough to tell."""

FEW = 3
"""So many more or less are no contradiction."""

SHOT_M = 9_000
"""Farther than the largest map is wide."""


def contradictions(
    match: PubgMatchRow, teams: Sequence[PubgRosterRow], players: Sequence[PubgParticipantRow]
) -> Iterator[Issue]:
    """What teams, participants and the match say too differently of one thing."""
    if len({one.team_id for one in teams}) < len(teams):
        yield from _of_both("team_id", "of several teams")
    placed = [one for one in players if one.win_place is not None]
    apart = sum(one.win_place != one.team_rank for one in placed)
    if apart > len(placed) / 2:
        yield from _of_both("rank", f"{apart} of {len(placed)} have another place")
    survived = max((one.time_survived_s or 0 for one in players), default=0)
    duration = match.duration_s
    if duration is not None and survived > LATE_SHARE * duration + LATE_S:
        found = f"survived {survived:.0f} of {duration} s"
        yield Issue("unexpected", "pubg_participants.time_survived_s", found)
        yield Issue("unexpected", "pubg_matches.duration_s", found)
    yield from _distances(players)
    yield from _deaths(players)


def _deaths(players: Sequence[PubgParticipantRow]) -> Iterator[Issue]:
    """Whether as many were killed as killed; not where the dead come back at once."""
    kills = sum(one.kills or 0 for one in players)
    killed = sum(one.death_type == "byplayer" for one in players)
    if kills > len(players) or abs(kills - killed) <= max(FEW, max(kills, killed) / 2):
        return
    for name in ("kills", "death_type"):
        yield Issue("unexpected", f"pubg_participants.{name}", f"{kills} kills, {killed} killed")


def _distances(players: Sequence[PubgParticipantRow]) -> Iterator[Issue]:
    """Whether ways and shots are in metres."""
    ways = [
        (one.walk_distance or 0.0, one.ride_distance or 0.0, one.time_survived_s)
        for one in players
        if one.time_survived_s is not None and one.time_survived_s > LONG_S
    ]
    fastest = max((walked / time_s for walked, _, time_s in ways), default=0.0)
    moved, time_s = sum(walked + ridden for walked, ridden, _ in ways), sum(one[2] for one in ways)
    if fastest > WALKED_MPS or 0 < moved < MOVED_MPS * time_s:
        for name in ("walk_distance", "ride_distance"):
            yield Issue("unexpected", f"pubg_participants.{name}", f"up to {fastest:.3g} m/s")
    longest = max((one.longest_kill or 0 for one in players), default=0)
    if longest > SHOT_M:
        yield Issue("unexpected", "pubg_participants.longest_kill", f"{longest:.0f} m")


def _of_both(what: str, found: str) -> Iterator[Issue]:
    """What concerns the teams and who is in them."""
    yield Issue("unexpected", f"pubg_rosters.{what}", found)
    yield Issue("unexpected", f"pubg_participants.{what}", found)
