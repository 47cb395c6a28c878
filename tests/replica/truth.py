"""All tables of the truth: which there are, how they are keyed and sorted, how matches merge."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.replica.lines import Board
from tests.replica.plan import MatchPlan
from tests.replica.truth_map import (
    economy_rows,
    matrix_rows,
    round_rows,
    side_stats_rows,
    stats_rows,
)
from tests.replica.truth_match import (
    Row,
    entity_rows,
    map_row,
    match_row,
    overview_rows,
    player_rows,
    result_row,
    veto_rows,
)

MAP_KEY = ("match_id", "map_number")
KEYS: dict[str, tuple[str, ...]] = {
    "hltv_results": ("match_id",),
    "hltv_matches": ("match_id",),
    "hltv_maps": MAP_KEY,
    "hltv_vetoes": ("match_id", "step_number"),
    "hltv_match_players": ("match_id", "team_num", "position"),
    "hltv_player_stats": (*MAP_KEY, "player_id", "player_name"),
    "hltv_player_side_stats": (*MAP_KEY, "side", "player_id", "player_name"),
    "hltv_round_history": (*MAP_KEY, "round_number"),
    "hltv_economy": (*MAP_KEY, "round_number", "team_id"),
    "hltv_kill_matrix": (
        *MAP_KEY,
        "matrix_type",
        "player1_id",
        "player1_name",
        "player2_id",
        "player2_name",
    ),
    "hltv_overview_player_stats": (*MAP_KEY, "side", "player_id", "player_name"),
    "hltv_teams": ("team_id",),
    "hltv_players": ("player_id",),
    "hltv_events": ("event_id",),
}
ENTITIES = ("hltv_teams", "hltv_players", "hltv_events")


def sort_key(table: str) -> Callable[[Row], list[tuple[bool, int, str]]]:
    """Order rows by the table's key, nulls last, texts by code point."""
    columns = KEYS[table]

    def key(row: Row) -> list[tuple[bool, int, str]]:
        found: list[tuple[bool, int, str]] = []
        for column in columns:
            value = row[column]
            number = value if isinstance(value, int) else 0
            found.append((value is None, number, value if isinstance(value, str) else ""))
        return found

    return key


def rows_of(match: MatchPlan, board: Board) -> dict[str, list[Row]]:
    """All rows that the pages of one match say."""
    return {
        "hltv_results": [result_row(match)] if match.kind == "over" else [],
        "hltv_matches": [match_row(match)],
        "hltv_maps": [map_row(match, one, board) for one in match.maps],
        "hltv_vetoes": veto_rows(match),
        "hltv_match_players": player_rows(match, board),
        "hltv_player_stats": stats_rows(match, board),
        "hltv_player_side_stats": side_stats_rows(match, board),
        "hltv_round_history": round_rows(match, board),
        "hltv_economy": economy_rows(match, board),
        "hltv_kill_matrix": matrix_rows(match, board),
        "hltv_overview_player_stats": overview_rows(match, board),
        **entity_rows(match, board),
    }


def merge_entities(
    tables: dict[str, list[Row]],
    matches: Iterable[MatchPlan],
    board_for: Callable[[MatchPlan], Board],
) -> None:
    """Replace entity rows by one each: as the newest match shows it, gaps filled from older."""
    merged: dict[str, dict[object, Row]] = {name: {} for name in ENTITIES}
    for match in sorted(matches, key=lambda one: (one.start_ms, one.match_id), reverse=True):
        for name, rows in entity_rows(match, board_for(match)).items():
            for row in rows:
                old = merged[name].setdefault(row[KEYS[name][0]], row)
                for column, value in row.items():
                    if old[column] is None:
                        old[column] = value
    for name in ENTITIES:
        tables[name] = list(merged[name].values())
