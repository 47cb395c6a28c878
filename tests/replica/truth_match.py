"""The truth of a match page and of its listing row, as plain rows keyed by column name."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.replica.entities import Player
from tests.replica.format_box import notes_of, stage_of
from tests.replica.lines import Board, Line
from tests.replica.match_page import countdown
from tests.replica.match_tables import form_of
from tests.replica.plan import MapPlan, MatchPlan
from tests.replica.results_page import map_text

Row = dict[str, object]
STATUSES = {
    "Match over": "over",
    "LIVE": "live",
    "Match deleted": "deleted",
    "Match postponed": "postponed",
    "": "unknown",
}


def result_row(match: MatchPlan) -> Row:
    """The row of `hltv_results`."""
    left, right = match.listed_score
    return {
        "match_id": match.match_id,
        "match_url": match.path,
        "completed_unix_ms": match.completed_ms,
        "team1_name": match.teams[0].name,
        "team2_name": match.teams[1].name,
        "winner": None if left == right else 1 if left > right else 2,
        "team1_score": left,
        "team2_score": right,
        "event_name": match.event.name,
        "stars": match.stars,
        "map_text": map_text(match),
        "is_forfeit": match.forfeit == "full",
    }


def match_row(match: MatchPlan) -> Row:
    """The row of `hltv_matches`."""
    boxed = "no_boxes" not in match.flags
    ranked = "no_lineups" not in match.flags
    one, two = match.teams
    score = match.score or (None, None)
    return {
        "match_id": match.match_id,
        "date": datetime.fromtimestamp(match.start_ms / 1000, UTC).date().isoformat(),
        "date_unix_ms": match.start_ms,
        "event_id": match.event.id,
        "event_name": match.event.name,
        "team1_id": one.id,
        "team1_name": one.name,
        "team2_id": two.id,
        "team2_name": two.name,
        "team1_score": score[0],
        "team2_score": score[1],
        "best_of": match.best_of if boxed else None,
        "is_lan": match.lan if boxed else None,
        "stage": stage_of(match) if boxed else None,
        "notes": "; ".join(notes_of(match)) or None if boxed else None,
        "match_url": match.path,
        "status": STATUSES.get(countdown(match), "upcoming"),
        "forfeit": match.forfeit,
        "team1_rank": one.rank if ranked else None,
        "team2_rank": two.rank if ranked else None,
        "demo_id": match.demo_id,
    }


def map_row(match: MatchPlan, one: MapPlan, board: Board) -> Row:
    """One row of `hltv_maps`."""
    row: Row = {
        "match_id": match.match_id,
        "map_number": one.number,
        "mapstatsid": one.mapstatsid,
        "map_name": one.name,
        "team1_rounds": one.score[0] if one.score else None,
        "team2_rounds": one.score[1] if one.score else None,
        "team1_ct_rounds": None,
        "team1_t_rounds": None,
        "team2_ct_rounds": None,
        "team2_t_rounds": None,
        "team1_ot_rounds": None,
        "team2_ot_rounds": None,
        "team1_rating": None,
        "team2_rating": None,
        "team_rating_version": None,
        "team1_first_kills": None,
        "team2_first_kills": None,
        "team1_clutches_won": None,
        "team2_clutches_won": None,
        "picked_by": one.picked_by,
        "status": one.state,
    }
    if one.state == "played":
        overtime = len(one.winners) > one.regulation
        if match.layout != "old":
            row["team_rating_version"] = match.rating_version
        for team in (1, 2):
            figures = board.figures(team, one.number)
            row[f"team{team}_rating"] = float(figures.rating)
            row[f"team{team}_first_kills"] = figures.first_kills
            row[f"team{team}_clutches_won"] = figures.clutches_won
            halves = (
                one.rounds_won(team, 0, one.half),
                one.rounds_won(team, one.half, one.regulation),
            )
            ct, t = halves if one.start_ct == team else halves[::-1]
            row[f"team{team}_ct_rounds"], row[f"team{team}_t_rounds"] = ct, t
            if overtime:
                row[f"team{team}_ot_rounds"] = one.rounds_won(team, one.regulation, 999)
    return row


def veto_rows(match: MatchPlan) -> list[Row]:
    """The rows of `hltv_vetoes`."""
    ids = {team.name: team.id for team in match.teams}
    return [
        {
            "match_id": match.match_id,
            "step_number": number,
            "team_name": veto.team,
            "team_id": ids.get(veto.team) if veto.team else None,
            "action": veto.action,
            "map_name": veto.map_name,
        }
        for number, veto in enumerate(match.vetoes, start=1)
    ]


def seen_in_tables(match: MatchPlan, board: Board, team: int) -> dict[str, Player]:
    """Everyone in the match page's statistics tables of a team, by key."""
    if not match.played:
        return {}
    return {player.key: player for player in board.players(team, 0)}


def player_rows(match: MatchPlan, board: Board) -> list[Row]:
    """The rows of `hltv_match_players`: lineup first, then who only stands in tables, by id."""
    rows: list[Row] = []
    for team in (1, 2):
        lineup = () if "no_lineups" in match.flags else match.lineup(team)
        seen = seen_in_tables(match, board, team)
        keys = {player.key for player in lineup}
        rest = [player for key, player in seen.items() if key not in keys]
        rest.sort(key=lambda one: (one.id is None, one.id or 0, one.nick))
        for position, player in enumerate((*lineup, *rest), start=1):
            rows.append(
                {
                    "match_id": match.match_id,
                    "team_num": team,
                    "position": position,
                    "player_id": player.id,
                    "player_name": player.nick,
                    "team_id": match.teams[team - 1].id,
                    "in_lineup": player.key in keys,
                    "in_stats": player.key in seen,
                }
            )
    return rows


def overview_rows(match: MatchPlan, board: Board) -> list[Row]:
    """The rows of `hltv_overview_player_stats`, map 0 for all maps together."""
    rows: list[Row] = []
    numbers = [0, *board.plays] if board.plays else []
    ids: dict[int, int | None] = {one.number: one.mapstatsid for one in match.played}
    for number in numbers:
        for side in ("both", "CT", "T"):
            for team in (1, 2):
                for line in board.overview_lines(team, number, side):
                    row = _overview_row(match, line, team)
                    rows.append(row | {"map_number": number, "side": side})
                    rows[-1]["mapstatsid"] = ids.get(number)
    return rows


def percent(printed: str | None) -> float | None:
    """A printed percentage as a number."""
    return None if printed is None else float(printed.rstrip("%"))


def _overview_row(match: MatchPlan, line: Line, team: int) -> Row:
    form = form_of(match)
    eco = line.eco if form == "new" else None
    kills, deaths = line.tally.kills, line.tally.deaths
    return {
        "match_id": match.match_id,
        "player_id": line.player.id,
        "player_name": line.player.nick,
        "team_id": match.teams[team - 1].id,
        "kills": kills,
        "deaths": deaths,
        "kd_diff": kills - deaths,
        "adr": float(line.adr),
        "kast": percent(line.kast),
        "rating": float(line.rating),
        "rating_version": match.rating_version,
        "round_swing": percent(line.swing) if form in {"new", "autumn"} else None,
        "e_kills": eco.kills if eco else None,
        "e_deaths": eco.deaths if eco else None,
        "e_adr": float(eco.adr) if eco else None,
        "e_kast": percent(eco.kast) if eco else None,
    }


def entity_rows(match: MatchPlan, board: Board) -> dict[str, list[Row]]:
    """What one match page says of teams, players and its event."""
    teams: list[Row] = [
        {"team_id": team.id, "team_name": team.name, "country": team.country}
        for team in match.teams
        if team.id is not None
    ]
    players: list[Row] = []
    for team in (1, 2):
        seen = seen_in_tables(match, board, team)
        lineup = () if "no_lineups" in match.flags else match.lineup(team)
        named = {player.key: player for player in lineup} | seen
        for player in named.values():
            if player.id is not None:
                known = player.key in seen
                players.append(
                    {
                        "player_id": player.id,
                        "player_name": player.nick,
                        "full_name": player.full_name if known else None,
                        "country": player.country if known else None,
                    }
                )
    events: list[Row] = [{"event_id": match.event.id, "event_name": match.event.name}]
    return {"hltv_teams": teams, "hltv_players": players, "hltv_events": events}
