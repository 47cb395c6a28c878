"""Fights as rows: places are added up, teams and players written down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parse.sources.pubg.telemetry.engagements import Blow
from parse.sources.pubg.telemetry.events import Location
from parse.sources.pubg.telemetry.fights import Outcome, Part, Reason, Tally, fights_of, outcome_of
from parse.sources.pubg.telemetry.sightings import metres_between
from warehouse.rows.pubg.fights import PubgFightParticipantRow, PubgFightRow


def fight_rows(
    match_id: str, blows: Sequence[Blow]
) -> Iterator[PubgFightRow | PubgFightParticipantRow]:
    """Each fight, by its start, and after it who took part."""
    for number, (tally, reason) in enumerate(fights_of(blows), 1):
        outcome = outcome_of(tally)
        yield _fight(match_id, number, tally, reason, outcome)
        for part in tally.parts.values():
            yield _participant(match_id, number, part, outcome)


def _fight(
    match_id: str, number: int, tally: Tally, reason: Reason, outcome: Outcome
) -> PubgFightRow:
    engagement, teams = tally.engagement, list(tally.sides)
    ranked = sorted(tally.sides.values(), key=lambda side: -side.score)
    third = [side.team_id for side in ranked[2:]]
    places = [place for part in tally.parts.values() for place in part.places]
    center = center_of(places)
    return PubgFightRow(
        match_id=match_id,
        fight_number=number,
        started_at=engagement.started_at,
        ended_at=engagement.ended_at,
        duration_s=(engagement.ended_at - engagement.started_at).total_seconds(),
        reason=reason,
        outcome=outcome.ended,
        winning_team_id=outcome.winner,
        losing_team_id=outcome.loser,
        team_count=len(teams),
        team_ids=str(teams),
        primary_team_1=ranked[0].team_id,
        primary_team_2=ranked[1].team_id,
        third_party_teams=str(third) if third else None,
        knocks=tally.knocks,
        kills=tally.kills,
        damage=tally.damage,
        damage_events=tally.damage_events,
        center_x_cm=center.x,
        center_y_cm=center.y,
        spread=max(metres_between(place, center) for place in places),
    )


def _participant(
    match_id: str, number: int, part: Part, outcome: Outcome
) -> PubgFightParticipantRow:
    team_id = part.who.team_id
    center = center_of(part.places)
    return PubgFightParticipantRow(
        match_id=match_id,
        fight_number=number,
        account_id=part.who.account_id,
        player_name=part.who.name,
        team_id=team_id,
        team_outcome=(
            "won" if team_id == outcome.winner else "lost" if team_id == outcome.loser else "draw"
        ),
        knocks=part.knocks,
        kills=part.kills,
        damage_dealt=part.dealt,
        damage_taken=part.taken,
        center_x_cm=center.x,
        center_y_cm=center.y,
        was_knocked=part.knocked_at is not None,
        was_killed=part.killed_at is not None,
        knocked_at=part.knocked_at,
        killed_at=part.killed_at,
    )


def center_of(places: Sequence[Location]) -> Location:
    """The mean place."""
    count = len(places)
    return Location(
        sum(place.x for place in places) / count,
        sum(place.y for place in places) / count,
        sum(place.z for place in places) / count,
    )
