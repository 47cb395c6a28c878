"""Which team a line of the equipment chart is about.

The chart has names only, and they may be old ones, aliases or carry a sponsor. Four ways are tried
in order of trust, each for every line not yet told (spec/hltv.md section 7.3, trap 3); a team that
is taken by a more trusted way is no candidate any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from parse.sources.hltv.fragments import EconomyPoint, RoundWin


@dataclass(frozen=True, slots=True)
class Team:
    """A team by all names its map's pages give it; the first of two stands left on them."""

    team_id: int | None
    names: tuple[str, ...]


def resolve_teams(
    points: Sequence[EconomyPoint], wins: Sequence[RoundWin], teams: tuple[Team, Team]
) -> Mapping[int, tuple[int | None, str]]:
    """Team id and the way it was told, by number of the chart's line.

    returns  only lines that could be told; 'position' tells all that are left
    """
    lines: dict[int, list[EconomyPoint]] = {}
    for point in points:
        lines.setdefault(point.line, []).append(point)
    ways: tuple[tuple[str, Callable[[list[EconomyPoint]], int | None]], ...] = (
        ("name", lambda line: _by_name(line[0].series_name, teams)),
        ("title", lambda line: _by_name(line[0].title_name, teams)),
        ("winners", lambda line: _by_winners(line, wins)),
    )
    taken: dict[int, tuple[int, str]] = {}
    for how, tell in ways:
        told = {number: tell(line) for number, line in lines.items() if number not in taken}
        used = {index for index, _ in taken.values()}
        for number, index in told.items():
            rivals = [other for other in told if other != number and told[other] == index]
            if index is not None and index not in used and not rivals:
                taken[number] = (index, how)
    for number in lines:
        if number not in taken:
            used = {index for index, _ in taken.values()}
            free = [index for index in (number - 1, 2 - number) if index in {0, 1} - used]
            if free:
                taken[number] = (free[0], "position")
    return {number: (teams[index].team_id, how) for number, (index, how) in taken.items()}


def _by_name(name: str | None, teams: tuple[Team, Team]) -> int | None:
    """Index of the only team that bears a name, letter case aside."""
    if not name:
        return None
    wanted = name.casefold()
    found = [
        index
        for index, team in enumerate(teams)
        if wanted in {known.casefold() for known in team.names}
    ]
    return found[0] if len(found) == 1 else None


def _by_winners(line: Sequence[EconomyPoint], wins: Sequence[RoundWin]) -> int | None:
    """Index of the team that won exactly the rounds that the chart marks as this line's."""
    winners = {win.round_number: win.winner for win in wins}
    known = [point for point in line if point.won is not None and point.round_number in winners]
    found = [
        index
        for index in (0, 1)
        if known and all((winners[point.round_number] == index + 1) == point.won for point in known)
    ]
    return found[0] if len(found) == 1 else None
