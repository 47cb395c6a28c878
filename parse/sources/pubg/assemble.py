"""Joins what all replies say of one match into table rows."""

from __future__ import annotations

from collections.abc import Iterator

from parse.model import Assembled, Bundle, Made, Refused
from parse.times import microseconds
from warehouse.rows.pubg import OF_TELEMETRY
from warehouse.rows.pubg.matches import (
    PubgMatchRow,
    PubgParticipantRow,
    PubgPlayerRow,
    PubgRosterRow,
)


def assemble(match_id: str, bundle: Bundle) -> Iterator[Assembled]:
    """All rows about one match; its players are known by their newest match.

    A file of telemetry whose match no reply tells of waits for that reply.
    """
    del match_id  # every row carries it
    matches = bundle.of(PubgMatchRow)
    if not matches:
        for kind in (PubgRosterRow, PubgParticipantRow, *OF_TELEMETRY):
            yield from (Refused(one, "no reply tells of the match") for one in bundle.of(kind))
    for match in matches:
        yield Made(match.row, (match,))
        yield from (Made(roster.row, (roster,)) for roster in bundle.of(PubgRosterRow))
        held_us = microseconds(match.row.started_at)
        for one in bundle.of(PubgParticipantRow):
            yield Made(one.row, (one,))
            if not one.row.is_bot:
                player = PubgPlayerRow(
                    account_id=one.row.account_id,
                    player_name=one.row.player_name,
                    shard=match.row.shard,
                )
                yield Made(player, (one,), derived=True, held_us=held_us)
        for row in OF_TELEMETRY:
            yield from (Made(one.row, (one,)) for one in bundle.of(row))
