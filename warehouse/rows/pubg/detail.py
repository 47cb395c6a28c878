"""Whose detail there is: worked out of the tables of matches and the roster."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from warehouse.column import Doc, Key, OneOf, Row

DONE, NO_TELEMETRY, FAILED = "done", "no telemetry", "failed"

PARTS = "damage+circle"
"""What a file gives of a player, all of it at once."""


class PubgBackfillStatusRow(Row, frozen=True):
    """One match of a tracked player that counts for his detail, and whether the detail is there.

    A match counts if it began no earlier than 180 days before the day since which the player is
    tracked.
    """

    table: ClassVar[str] = "pubg_backfill_status"
    contributors: ClassVar[tuple[str, ...]] = ()
    detail: ClassVar[bool] = True

    account_id: Annotated[str, Key(), Doc("The account of a tracked player.")]
    match_id: Annotated[str, Key(), Doc("As in `pubg_matches`.")]
    player_name: Annotated[str, Doc("The name in that match.")]
    started_at: Annotated[datetime, Doc("When the match began.")]
    state: Annotated[
        str,
        OneOf((DONE, NO_TELEMETRY, FAILED)),
        Doc("`no telemetry`: none is archived. `failed`: what is archived cannot be parsed."),
    ]
    parts_done: Annotated[
        str | None,
        OneOf((PARTS,)),
        Doc("Whose rows are there: `pubg_damage_events`, `pubg_circle_positions`; null for none."),
    ]
    damage_rows: Annotated[int, Doc("Rows of `pubg_damage_events` that name him.")]
    circle_rows: Annotated[int, Doc("Rows of `pubg_circle_positions` that are his.")]
