"""What replies and files say that is no table row by itself: assembling joins it (assemble.py)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from parse.model import Fragment
from warehouse.rows.pubg.tournaments import TOURNAMENT


class TelemetryRead(Fragment, frozen=True):
    """That the telemetry of a match was read, whatever it holds."""

    entity: ClassVar[tuple[str, str]] = ("match", "match_id")

    match_id: str


class TournamentListed(Fragment, frozen=True):
    """A tournament in the list of all."""

    entity: ClassVar[tuple[str, str]] = TOURNAMENT

    tournament_id: str
    created_at: datetime | None


class TournamentAsked(Fragment, frozen=True):
    """A tournament as the reply about it alone tells it; none so far says when it was created."""

    entity: ClassVar[tuple[str, str]] = TOURNAMENT

    tournament_id: str
    created_at: datetime | None
    match_count: int


FRAGMENTS = (TelemetryRead, TournamentListed, TournamentAsked)
