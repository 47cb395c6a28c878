"""Joins what all replies say of one match, one player or one tournament into table rows."""

from __future__ import annotations

from collections.abc import Iterator

from parse.model import Assembled, Bundle, Made, Refused
from parse.sources.pubg.agreement import agreement
from parse.sources.pubg.fragments import TelemetryRead, TournamentAsked, TournamentListed
from parse.times import microseconds
from warehouse.column import Row
from warehouse.rows.pubg import OF_MATCHES, OF_TELEMETRY
from warehouse.rows.pubg.figures import PubgPlayerMatchStatsRow
from warehouse.rows.pubg.matches import (
    PubgMatchRow,
    PubgParticipantRow,
    PubgPlayerRow,
    PubgRosterRow,
)
from warehouse.rows.pubg.tournaments import PubgTournamentMatchRow, PubgTournamentRow

OF_MATCH: tuple[type[Row], ...] = (TelemetryRead, *OF_MATCHES, *OF_TELEMETRY)
"""All that pages about a match give."""

NO_REPLY = "no reply about the match is archived"


def assemble_match(match_id: str, bundle: Bundle) -> Iterator[Assembled]:
    """All rows about one match; each sights its players as of its start.

    Rows of a match of which no reply tells are refused: its telemetry says neither kind nor teams.
    Where the telemetry was read, every participant has figures: zeros if it tells nothing of him.
    """
    del match_id  # every row carries it
    telemetry = bundle.of(TelemetryRead)
    if not bundle.of(PubgMatchRow):
        for row in OF_MATCH:
            yield from (Refused(one, NO_REPLY) for one in bundle.of(row))
    for match in bundle.of(PubgMatchRow):
        yield Made(match.row, (match, *telemetry))
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
        yield from agreement(match.row, bundle)
        for row in OF_TELEMETRY:
            yield from (Made(one.row, (one,)) for one in bundle.of(row))
        told = {one.row.account_id for one in bundle.of(PubgPlayerMatchStatsRow)}
        for one in bundle.of(PubgParticipantRow) if telemetry else ():
            if one.row.account_id not in told:
                yield Made(_nothing_of(one.row), (*telemetry, one), derived=True)


def _nothing_of(one: PubgParticipantRow) -> PubgPlayerMatchStatsRow:
    """The figures of a participant of whom the telemetry tells nothing."""
    return PubgPlayerMatchStatsRow(
        match_id=one.match_id,
        account_id=one.account_id,
        player_name=one.player_name,
        team_id=one.team_id,
        is_bot=one.is_bot,
    )


def assemble_player(account_id: str, bundle: Bundle) -> Iterator[Assembled]:
    """A player as the newest reply about him tells, as of when it was last seen to tell so."""
    del account_id
    for one in bundle.of(PubgPlayerRow):
        held_us = max(one.capture.fetched_at_us, one.capture.renewed_at_us)
        yield Made(one.row, (one,), held_us=held_us)


def assemble_tournament(tournament_id: str, bundle: Bundle) -> Iterator[Assembled]:
    """A tournament, of the list of all and the reply about it, and every match it ever listed."""
    listed, asked = bundle.of(TournamentListed), bundle.of(TournamentAsked)
    times = [*(one.row.created_at for one in asked), *(one.row.created_at for one in listed)]
    row = PubgTournamentRow(
        tournament_id=tournament_id,
        created_at=next(filter(None, times), None),
        match_count=asked[0].row.match_count if asked else None,
    )
    yield Made(row, (*listed, *asked))
    for match in bundle.of(PubgTournamentMatchRow):
        yield Made(match.row, (match,))
