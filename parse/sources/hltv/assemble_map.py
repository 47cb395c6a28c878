"""Joins the pages of one map: map stats, performance and economy.

Which of the match's two teams stood left on the map page is told by team ids, then by names, and
never by position: one real map in 1,597 has them the other way round (spec/hltv.md section 5.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from parse.model import Assembled, Bundle, Issue, Made, Noted, Refused, Sourced
from parse.sources.hltv.assemble_checks import (
    economy_checks,
    matrix_checks,
    running_score_checks,
    side_checks,
)
from parse.sources.hltv.assemble_lines import BOTH, MapKey
from parse.sources.hltv.assemble_players import player_rows
from parse.sources.hltv.assemble_sides import figure_checks
from parse.sources.hltv.economy_teams import Team, resolve_teams
from parse.sources.hltv.fragments import (
    EconomyPoint,
    KillCell,
    MapFigures,
    MapScore,
    MapStatsPlayer,
    RoundWin,
)
from warehouse.rows.hltv import (
    EconomyRow,
    KillMatrixRow,
    MapRow,
    MatchRow,
    OverviewPlayerStatsRow,
    RoundRow,
)

_PERIODS = ("rounds", "ct_rounds", "t_rounds", "ot_rounds")
_FIGURES = ("rating", "first_kills", "clutches_won")


@dataclass(frozen=True, slots=True, kw_only=True)
class MapContext:
    """What the match page knows of a map, for the rows that need it."""

    match: MatchRow
    map_number: int
    mapstatsid: int
    rounds: int | None
    """Rounds played, both teams together."""

    @property
    def key(self) -> MapKey:
        """The columns that say which map a row is about."""
        return {
            "match_id": self.match.match_id,
            "map_number": self.map_number,
            "mapstatsid": self.mapstatsid,
        }

    @classmethod
    def of(cls, match: MatchRow, row: MapRow, *, mapstatsid: int) -> MapContext:
        """The context of a map whose row is final."""
        scores = (row.team1_rounds, row.team2_rounds)
        rounds = None if scores[0] is None or scores[1] is None else scores[0] + scores[1]
        return cls(match=match, map_number=row.map_number, mapstatsid=mapstatsid, rounds=rounds)


def left_is_team(match: MatchRow, score: MapScore) -> int | None:
    """Which team of the match page stands left on the map page: 1, 2, or None if untold."""
    ids = (match.team1_id, match.team2_id)
    names = (match.team1_name, match.team2_name)
    for left, right, known in (
        (score.left_id, score.right_id, ids),
        (score.left_name, score.right_name, names),
    ):
        straight = left == known[0] or right == known[1]
        crossed = left == known[1] or right == known[0]
        if straight != crossed and left is not None and right is not None:
            return 1 if straight else 2
    return None


def join_map_row(
    match: MatchRow, listed: Sourced[MapRow], child: Bundle
) -> tuple[MapRow, tuple[Assembled, ...]]:
    """The map's row with the map page's values, then what was made and noted."""
    scores, figures = child.of(MapScore), child.of(MapFigures)
    if not scores:
        return listed.row, (Made(listed.row, (listed, *figures)),)
    score = scores[0]
    left = left_is_team(match, score.row)
    values: dict[str, int | float | str | None] = {"map_name": score.row.map_name}
    notes: list[Noted] = []
    if left is None:
        found = f"{score.row.left_name}, {score.row.right_name}"[:40]
        notes.append(Noted(Issue("differs", "hltv_maps.team1_rounds", found), score.capture))
    else:
        for period in _PERIODS:
            values[f"team{left}_{period}"] = getattr(score.row, f"left_{period}")
            values[f"team{3 - left}_{period}"] = getattr(score.row, f"right_{period}")
        for figure in figures:
            values |= _figure_values(figure.row, left)
            numbers = {"left": left, "right": 3 - left}
            players = [one for one in child.of(MapStatsPlayer) if one.row.side == BOTH]
            notes += figure_checks(score.row, figure, players, numbers)
    strangers = {score.row.left_id, score.row.right_id} - {None, match.team1_id, match.team2_id}
    if strangers and None not in {match.team1_id, match.team2_id}:
        found = " ".join(map(str, sorted(number for number in strangers if number)))
        notes.append(Noted(Issue("differs", "hltv_maps.team1_id", found[:40]), score.capture))
    if score.row.match_id not in {None, match.match_id}:
        issue = Issue("differs", "hltv_maps.match_id", f"map page {score.row.match_id}")
        notes.append(Noted(issue, score.capture))
    believed = {name: value for name, value in values.items() if value is not None}
    for name, value in believed.items():
        listed_value = getattr(listed.row, name)
        if listed_value is not None and listed_value != value:
            found = f"match page {listed_value}, map page {value}"[:40]
            notes.append(Noted(Issue("differs", f"hltv_maps.{name}", found), listed.capture))
    row = msgspec.structs.replace(listed.row, **believed)
    return row, (Made(row, (listed, score, *figures)), *notes)


def _figure_values(figures: MapFigures, left: int) -> dict[str, int | float | str | None]:
    """What the map page says of its teams, by column of the match's.

    left  which team of the match stands left
    """
    values: dict[str, int | float | str | None] = {"team_rating_version": figures.rating_version}
    for name in _FIGURES:
        values[f"team{left}_{name}"] = getattr(figures, f"left_{name}")
        values[f"team{3 - left}_{name}"] = getattr(figures, f"right_{name}")
    return values


def assemble_map(
    context: MapContext, child: Bundle, overview: Sequence[Sourced[OverviewPlayerStatsRow]]
) -> Iterator[Assembled]:
    """Players, rounds, kill matrices and economy of one map."""
    scores = child.of(MapScore)
    score = scores[0].row if scores else None
    yield from player_rows(child, overview, context.key, rounds=context.rounds)
    wins = child.of(RoundWin)
    left, right = _team_ids(context.match, score)
    for win in wins:
        yield Made(
            RoundRow(
                match_id=context.match.match_id,
                map_number=context.map_number,
                round_number=win.row.round_number,
                mapstatsid=context.mapstatsid,
                winner_side=win.row.winner_side,
                win_type=win.row.win_type,
                winner_team_id=left if win.row.winner == 1 else right,
            ),
            (win,),
        )
    yield from _history_checks(wins, score, context)
    cells = child.of(KillCell)
    for cell in cells:
        yield _kill_row(context, cell)
    lines = child.of(MapStatsPlayer)
    yield from matrix_checks(cells, [line for line in lines if line.row.side == BOTH])
    yield from _economy(context, child.of(EconomyPoint), wins, score)


def _team_ids(match: MatchRow, score: MapScore | None) -> tuple[int | None, int | None]:
    """Ids of the left and right team of the map page, from the match page where it has none."""
    if score is None:
        return None, None
    left = left_is_team(match, score)
    by_side = {1: (match.team1_id, match.team2_id), 2: (match.team2_id, match.team1_id)}
    known = by_side.get(left or 0, (None, None))
    return (
        known[0] if score.left_id is None else score.left_id,
        known[1] if score.right_id is None else score.right_id,
    )


def _history_checks(
    wins: Sequence[Sourced[RoundWin]], score: MapScore | None, context: MapContext
) -> Iterator[Noted]:
    """Notes where the round history does not add up to the score."""
    if not wins or score is None:
        return
    capture = wins[0].capture
    if context.rounds is not None and len(wins) != context.rounds:
        found = f"history {len(wins)}, score {context.rounds}"
        yield Noted(Issue("differs", "hltv_round_history.round_number", found), capture)
    left_wins = sum(win.row.winner == 1 for win in wins)
    if score.left_rounds is not None and left_wins != score.left_rounds:
        found = f"history {left_wins}, score {score.left_rounds}"
        yield Noted(Issue("differs", "hltv_round_history.winner_team_id", found), capture)
    final = f"{score.left_rounds}-{score.right_rounds}"
    if context.rounds is not None and wins[-1].row.score not in {None, final}:
        found = f"last round {wins[-1].row.score}, score {final}"[:40]
        yield Noted(Issue("differs", "hltv_round_history.winner_team_id", found), capture)
    yield from running_score_checks(wins)
    yield from side_checks(wins, score)


def _kill_row(context: MapContext, cell: Sourced[KillCell]) -> Made:
    row = cell.row
    made = KillMatrixRow(
        match_id=context.match.match_id,
        map_number=context.map_number,
        matrix_type=row.matrix_type,
        player1_id=row.player1_id,
        player1_name=row.player1_name,
        player2_id=row.player2_id,
        player2_name=row.player2_name,
        mapstatsid=context.mapstatsid,
        player1_kills=row.player1_kills,
        player2_kills=row.player2_kills,
    )
    return Made(made, (cell,))


def _economy(
    context: MapContext,
    points: Sequence[Sourced[EconomyPoint]],
    wins: Sequence[Sourced[RoundWin]],
    score: MapScore | None,
) -> Iterator[Assembled]:
    """Equipment by round and team; rounds that the history does not have are refused."""
    if not points:
        return
    rounds = {win.row.round_number for win in wins}
    resolved = resolve_teams(
        [point.row for point in points],
        [win.row for win in wins],
        _teams(context.match, score),
    )
    yield from _economy_checks(context.match, score, points, wins, resolved)
    for point in points:
        team_id, how = resolved.get(point.row.line, (None, ""))
        if point.row.round_number not in rounds:
            yield Refused(point, "round not in history")
        elif team_id is None:
            yield Refused(point, "its team has no id")
        else:
            yield _economy_row(context, point, team_id=team_id, how=how)


def _teams(match: MatchRow, score: MapScore | None) -> tuple[Team, Team]:
    """The two teams in the order of the map page, by all names that pages give them."""
    names = (match.team1_name, match.team2_name)
    if score is None:
        ids = (match.team1_id, match.team2_id)
        return Team(ids[0], (names[0],)), Team(ids[1], (names[1],))
    left = left_is_team(match, score)
    ids = _team_ids(match, score)
    listed = {1: names, 2: names[::-1]}.get(left or 0)
    own = (score.left_name, score.right_name)
    both = [(own[index], listed[index]) if listed else (own[index],) for index in (0, 1)]
    return Team(ids[0], tuple(both[0])), Team(ids[1], tuple(both[1]))


def _economy_checks(
    match: MatchRow,
    score: MapScore | None,
    points: Sequence[Sourced[EconomyPoint]],
    wins: Sequence[Sourced[RoundWin]],
    resolved: Mapping[int, tuple[int | None, str]],
) -> Iterator[Noted]:
    """Notes where the chart's lines, by the teams they were told to be, win other rounds."""
    places = {id_: place for place, id_ in enumerate(_team_ids(match, score), 1) if id_ is not None}
    lines = {line: places[id_] for line, (id_, _) in resolved.items() if id_ in places}
    yield from economy_checks(points, wins, lines)


def _economy_row(
    context: MapContext, point: Sourced[EconomyPoint], *, team_id: int, how: str
) -> Made:
    row = point.row
    made = EconomyRow(
        match_id=context.match.match_id,
        map_number=context.map_number,
        round_number=row.round_number,
        team_id=team_id,
        mapstatsid=context.mapstatsid,
        team_name=row.series_name,
        team_resolved_by=how,
        side=row.side,
        equipment_value=row.equipment_value,
        buy_type=row.buy_type,
        won=row.won,
    )
    return Made(made, (point,))
