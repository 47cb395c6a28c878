"""What a map's or match's pages print twice, compared: where they contradict each other, a note.

Each of these holds on every page known. A site that exchanges two columns, names, icons or numbers
may leave every value readable; then it is the sums that no longer agree. One note says it per kind
of contradiction and map: a page that is wrong throughout need not say so in every row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from parse.model import Issue, Noted, Sourced
from parse.sources.hltv.assemble_lines import Identity, identity_of
from parse.sources.hltv.fragments import (
    EconomyPoint,
    KillCell,
    MapScore,
    MapStatsPlayer,
    RoundWin,
)
from warehouse.column import Row
from warehouse.rows.hltv import MapRow, MatchRow, ResultRow, VetoRow

_COUNTED = {"all": ("kills", 3), "first_kill": ("opening_kills", 1)}
"""By matrix, what the scoreboard counts, and how many of it a matrix may lack, which has opponents
only: one real page lacks none (spec/hltv.md section 6.3)."""


def result_checks(results: Sequence[Sourced[ResultRow]], match: MatchRow) -> Iterator[Noted]:
    """Notes where the listing has the match's teams or score the other way round.

    A team may have been renamed since, so other names are no contradiction.
    """
    for result in results[:1]:
        row = result.row
        listed = (row.team1_name, row.team2_name)
        if listed[0] != listed[1] and listed == (match.team2_name, match.team1_name):
            yield _differs("hltv_results.team1_name", f"match page has {listed[1]} first", result)
        score, own = (row.team1_score, row.team2_score), (match.team1_score, match.team2_score)
        if match.status == "over" and None not in own and score != own:
            found = f"{score[0]}-{score[1]}, match page {own[0]}-{own[1]}"
            yield _differs("hltv_results.team1_score", found, result)


def order_checks(
    maps: Sequence[Sourced[MapRow]], vetoes: Sequence[Sourced[VetoRow]]
) -> Iterator[Noted]:
    """Notes where the maps are not listed in the order in which the veto has them played."""
    steps = sorted(vetoes, key=lambda veto: veto.row.step_number)
    ways = ("picked", "left_over")
    veto_order = [veto.row.map_name for way in ways for veto in steps if veto.row.action == way]
    listed = [one.row.map_name for one in maps if one.row.map_name in veto_order]
    expected = [name for name in veto_order if name in listed]
    if listed != expected and len(set(expected)) == len(expected):
        found = f"veto {' '.join(expected)}, listed {' '.join(listed)}"
        yield _differs("hltv_maps.map_number", found, maps[0])


def side_checks(wins: Sequence[Sourced[RoundWin]], score: MapScore) -> Iterator[Noted]:
    """Notes where the rounds' sides do not add up to the score per side, overtime left out."""
    if not wins or score.left_rounds is None or score.right_rounds is None:
        return
    printed = {
        (winner, side): getattr(score, f"{place}_{name}_rounds")
        for winner, place in ((1, "left"), (2, "right"))
        for side, name in (("CT", "ct"), ("T", "t"))
    }
    if None in printed.values():
        return
    regulation = sum(printed.values())
    if len(wins) < regulation:
        return  # that rounds are missing is noted already
    counted = Counter((win.row.winner, win.row.winner_side) for win in wins[:regulation])
    if any(counted[key] != count for key, count in printed.items()):
        shown = " ".join(f"{counted[key]}/{count}" for key, count in printed.items())
        yield _differs("hltv_round_history.winner_side", f"history/score {shown}", wins[0])


def running_score_checks(wins: Sequence[Sourced[RoundWin]]) -> Iterator[Noted]:
    """Notes where a round's tooltip is not the score as the rounds before it have made it."""
    score = [0, 0]
    for win in wins:
        score[win.row.winner - 1] += 1
        if win.row.score not in {None, f"{score[0]}-{score[1]}"}:
            found = f"round {win.row.round_number} says {win.row.score}"
            yield _differs("hltv_round_history.winner_team_id", found, win)
            return


def matrix_checks(
    cells: Sequence[Sourced[KillCell]], players: Sequence[Sourced[MapStatsPlayer]]
) -> Iterator[Noted]:
    """Notes where a matrix has more than that of all kills, or not the scoreboard's kills."""
    every = {_pair(cell.row): cell.row for cell in cells if cell.row.matrix_type == "all"}
    for cell in cells:
        whole = every.get(_pair(cell.row))
        own = cell.row.player1_kills, cell.row.player2_kills
        if whole and (own[0] > whole.player1_kills or own[1] > whole.player2_kills):
            found = f"{cell.row.matrix_type} {own[0]}:{own[1]} of all"
            found = f"{found} {whole.player1_kills}:{whole.player2_kills}"
            yield _differs("hltv_kill_matrix.player1_kills", found, cell)
            break
    for matrix_type in _COUNTED:
        own_cells = [cell for cell in cells if cell.row.matrix_type == matrix_type]
        yield from _sum_checks(matrix_type, own_cells, players)


def _sum_checks(
    matrix_type: str,
    cells: Sequence[Sourced[KillCell]],
    players: Sequence[Sourced[MapStatsPlayer]],
) -> Iterator[Noted]:
    """Notes on both pages where a player's cells do not add up to what the scoreboard counts."""
    name, lacking_max = _COUNTED[matrix_type]
    sums: Counter[Identity] = Counter()
    for cell in cells:
        row = cell.row
        sums[_identity(row.player1_id, row.player1_name)] += row.player1_kills
        sums[_identity(row.player2_id, row.player2_name)] += row.player2_kills
    for player in players:
        count, summed = getattr(player.row, name), sums.get(identity_of(player.row))
        if count is None or summed is None or count - lacking_max <= summed <= count:
            continue
        found = f"{player.row.player_name}: {matrix_type} {summed}, scoreboard {count}"
        yield _differs("hltv_kill_matrix.player1_kills", found, cells[0])
        yield _differs(f"hltv_player_stats.{name}", found, player)
        return


def economy_checks(
    points: Sequence[Sourced[EconomyPoint]],
    wins: Sequence[Sourced[RoundWin]],
    teams: Mapping[int, int],
) -> Iterator[Noted]:
    """Notes where the chart has other winners or sides than the round history.

    teams  the page's team (1 left, 2 right) by number of the chart's line
    """
    history = {win.row.round_number: win.row for win in wins}
    for name in ("won", "side"):
        for point in points:
            win, team = history.get(point.row.round_number), teams.get(point.row.line)
            if win is None or team is None:
                continue
            is_winner = win.winner == team
            said = point.row.won if name == "won" else (point.row.side == win.winner_side)
            known = point.row.won is not None if name == "won" else point.row.side is not None
            if known and said != is_winner:
                found = f"round {win.round_number}, line {point.row.line}"
                yield _differs(f"hltv_economy.{name}", found, point)
                break


def _pair(row: KillCell) -> tuple[Identity, Identity]:
    one = _identity(row.player1_id, row.player1_name)
    return one, _identity(row.player2_id, row.player2_name)


def _identity(player_id: int | None, name: str) -> Identity:
    return name if player_id is None else player_id


def _differs(field: str, found: str, source: Sourced[Row]) -> Noted:
    return Noted(Issue("differs", field, found[:40]), source.capture)
