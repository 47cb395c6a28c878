"""Tournaments and their matches: what the API lists, archived or not."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from warehouse.column import Doc, Key, Row
from warehouse.rows.pubg.words import MatchId

TOURNAMENT = ("tournament", "tournament_id")

TournamentId = Annotated[str, Key(), Doc("The API's id of the tournament: `eu-pecs26`.")]


class PubgTournamentRow(Row, frozen=True):
    """One tournament, as the API lists it or as it was asked for."""

    table: ClassVar[str] = "pubg_tournaments"
    contributors: ClassVar[tuple[str, ...]] = ("tournaments", "tournament")

    tournament_id: TournamentId
    created_at: Annotated[
        datetime | None, Doc("When it was created; null of one that no archived list has.")
    ]
    match_count: Annotated[
        int | None, Doc("Matches in the newest reply about it; null if none is archived.")
    ]


class PubgTournamentMatchRow(Row, frozen=True):
    """One match that was ever listed as a tournament's; whether it is archived is not said."""

    table: ClassVar[str] = "pubg_tournament_matches"
    contributors: ClassVar[tuple[str, ...]] = ("tournament",)
    entity: ClassVar[tuple[str, str]] = TOURNAMENT
    section: ClassVar[tuple[str, ...]] = ("match_id",)
    references: ClassVar[tuple[type[Row], ...]] = (PubgTournamentRow,)

    tournament_id: TournamentId
    match_id: MatchId
    created_at: Annotated[datetime | None, Doc("When the match began.")]
