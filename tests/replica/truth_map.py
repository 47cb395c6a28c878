"""The truth of the three pages of a map: statistics, performance, economy."""

from __future__ import annotations

from tests.replica.economy_page import (
    buy_type,
    chart_name,
    dataset_order,
    is_renamed,
    printed_value,
    regulation,
)
from tests.replica.lines import Board, Line, per_round
from tests.replica.performance_page import (
    MATRICES,
    extra_rating,
    is_dashed,
    matrix_order,
)
from tests.replica.plan import MapPlan, MatchPlan
from tests.replica.truth_match import Row, percent


def stats_rows(match: MatchPlan, board: Board) -> list[Row]:
    """The rows of `hltv_player_stats`: whoever stands in a total table of a map page."""
    return [
        _line_row(match, one, team, line) | _per_round(match, one, line)
        for one, team in _boards(match)
        for line in board.lines(team, one.number, "both")
    ]


def side_stats_rows(match: MatchPlan, board: Board) -> list[Row]:
    """The rows of `hltv_player_side_stats`: the tables beside the total ones."""
    return [
        _line_row(match, one, team, line) | {"side": side}
        for one, team in _boards(match)
        for side in ("CT", "T")
        for line in board.lines(team, one.number, side)
    ]


def _boards(match: MatchPlan) -> list[tuple[MapPlan, int]]:
    """The maps with the teams whose tables their pages have, in the order of the page."""
    found = []
    for one in match.played:
        teams = [match.left, 3 - match.left]
        if "one_table" in match.flags and one is match.played[0]:
            teams = teams[:1]
        found += [(one, team) for team in teams]
    return found


def _line_row(match: MatchPlan, one: MapPlan, team: int, line: Line) -> Row:
    row: Row = {"match_id": match.match_id, "map_number": one.number}
    row |= {"player_id": line.player.id, "player_name": line.player.nick}
    row |= {"mapstatsid": one.mapstatsid, "team_id": match.teams[team - 1].id}
    return row | _counts(match, line) | _rates(match, line) | _eco(line)


def _counts(match: MatchPlan, line: Line) -> Row:
    tally = line.tally
    new = match.layout != "old"
    return {
        "kills": tally.kills,
        "deaths": tally.deaths,
        "assists": tally.assists,
        "flash_assists": tally.flash,
        "hs_kills": tally.hs,
        "kd_diff": tally.kills - tally.deaths,
        "opening_kills": tally.opening_kills,
        "opening_deaths": tally.opening_deaths,
        "fk_diff": tally.opening_kills - tally.opening_deaths,
        "multi_kills": tally.multi if new else None,
        "clutch_wins": tally.clutches if new else None,
        "traded_deaths": tally.traded if new else None,
    }


def _rates(match: MatchPlan, line: Line) -> Row:
    return {
        "adr": float(line.adr),
        "kast": percent(line.kast),
        "rating": float(line.rating),
        "rating_version": match.rating_version,
        "round_swing": percent(line.swing),
    }


def _per_round(match: MatchPlan, one: MapPlan, line: Line) -> Row:
    """What the performance page adds."""
    rounds = len(one.winners)
    extra = None if is_dashed(match, line) else float(extra_rating(line))
    newest = match.rating_version == "3.0"
    return {
        "kpr": float(per_round(line.tally.kills, rounds)),
        "dpr": float(per_round(line.tally.deaths, rounds)),
        "impact": None if newest else extra,
        "mk_rating": extra if newest else None,
    }


def _eco(line: Line) -> Row:
    eco = line.eco
    return {
        "e_kills": eco.kills if eco else None,
        "e_deaths": eco.deaths if eco else None,
        "e_hs_kills": eco.hs if eco else None,
        "e_kd_diff": eco.kills - eco.deaths if eco else None,
        "e_opening_kills": eco.opening_kills if eco else None,
        "e_opening_deaths": eco.opening_deaths if eco else None,
        "e_fk_diff": eco.opening_kills - eco.opening_deaths if eco else None,
        "e_traded_deaths": eco.traded if eco else None,
        "e_adr": float(eco.adr) if eco else None,
        "e_kast": percent(eco.kast) if eco else None,
    }


def round_rows(match: MatchPlan, board: Board) -> list[Row]:
    """The rows of `hltv_round_history`, overtime included."""
    if "no_round_history" in match.flags:
        return []
    return [
        {
            "match_id": match.match_id,
            "map_number": one.number,
            "round_number": number,
            "mapstatsid": one.mapstatsid,
            "winner_side": play.side,
            "win_type": play.win_type,
            "winner_team_id": match.teams[play.winner - 1].id,
        }
        for one in match.played
        for number, play in enumerate(board.plays[one.number].rounds, start=1)
    ]


def _resolution(match: MatchPlan, team: int) -> str:
    if not is_renamed(match, team):
        return "name"
    if "economy_renamed_title" in match.flags:
        return "title"
    return "winners" if "economy_renamed_winners" in match.flags else "position"


def economy_rows(match: MatchPlan, board: Board) -> list[Row]:
    """The rows of `hltv_economy`: regulation rounds of the maps that have the page."""
    rows: list[Row] = []
    for one in match.played:
        if "no_economy" in match.flags and one is match.played[0]:
            continue
        for place, play in enumerate(regulation(one, board)):
            for team in dataset_order(match):
                won = play.winner == team
                value = printed_value(match, play, place, team)
                rows.append(
                    {
                        "match_id": match.match_id,
                        "map_number": one.number,
                        "round_number": place + 1,
                        "team_id": match.teams[team - 1].id,
                        "mapstatsid": one.mapstatsid,
                        "team_name": chart_name(match, team),
                        "team_resolved_by": _resolution(match, team),
                        "side": play.side if won else ("T" if play.side == "CT" else "CT"),
                        "equipment_value": value,
                        "buy_type": None if value is None else buy_type(value),
                        "won": won,
                    }
                )
    return rows


def matrix_rows(match: MatchPlan, board: Board) -> list[Row]:
    """The rows of `hltv_kill_matrix`: player1 of the page's second team, player2 of its first."""
    rows: list[Row] = []
    for one in match.played:
        columns = matrix_order(one, board, match.left)
        lines = matrix_order(one, board, 3 - match.left)
        for kind, _, _ in MATRICES:
            kills = board.plays[one.number].kills[kind]
            rows.extend(
                {
                    "match_id": match.match_id,
                    "map_number": one.number,
                    "matrix_type": kind,
                    "player1_id": row.id,
                    "player1_name": row.nick,
                    "player2_id": column.id,
                    "player2_name": column.nick,
                    "mapstatsid": one.mapstatsid,
                    "player1_kills": kills[row.key, column.key],
                    "player2_kills": kills[column.key, row.key],
                }
                for row in lines
                for column in columns
            )
    return rows
