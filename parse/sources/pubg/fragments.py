"""What two replies say of a tournament, each in part: assembling joins it (assemble.py)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from parse.model import Fragment
from warehouse.rows.pubg.tournaments import TOURNAMENT


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


FRAGMENTS = (TournamentListed, TournamentAsked)
