"""Joins what all replies say of one match, one player or one tournament into table rows."""

from __future__ import annotations

from collections.abc import Iterator

from parse.model import Assembled, Bundle, Made, Refused
from parse.sources.pubg.fragments import TournamentAsked, TournamentListed
from parse.times import microseconds
from warehouse.rows.pubg import OF_MATCHES, OF_TELEMETRY
from warehouse.rows.pubg.matches import (
    PubgMatchRow,
    PubgParticipantRow,
    PubgPlayerRow,
    PubgRosterRow,
)
from warehouse.rows.pubg.tournaments import PubgTournamentMatchRow, PubgTournamentRow


def assemble_match(match_id: str, bundle: Bundle) -> Iterator[Assembled]:
    """All rows about one match; each sights its players as of its start.

    Rows of a match of which no reply tells are refused: its telemetry says neither kind nor teams.
    """
    del match_id  # every row carries it
    if not bundle.of(PubgMatchRow):
        for row in (*OF_MATCHES, *OF_TELEMETRY):
            for one in bundle.of(row):
                yield Refused(one, "no reply about the match is archived")
    for match in bundle.of(PubgMatchRow):
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
