"""Tournaments as the API tells them: the list of all, and the matches of one.

Source: spec/pubg.md 1.7. Of a match only its start is told there, beside the list of links.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from parse.errors import ParseError
from parse.json_page import JsonPage, moment
from parse.model import Extracted, Issue, Layout
from parse.sources.pubg.fragments import TournamentAsked, TournamentListed
from parse.sources.pubg.shapes import DOCUMENT, Document, Resource
from warehouse.rows.pubg.tournaments import PubgTournamentMatchRow, PubgTournamentRow

VERSION = 1


def parse_list(page: JsonPage) -> Iterator[Extracted]:
    """A row for every tournament of the list.

    raises  ParseError where the reply is about no tournaments
    """
    for one in _tournaments(page.read(DOCUMENT)):
        created_at = moment(one.attributes.get("createdAt"))
        if created_at is None:
            yield _no_time(PubgTournamentRow.table, one)
        yield TournamentListed(tournament_id=one.id, created_at=created_at)


def parse_one(page: JsonPage) -> Iterator[Extracted]:
    """The matches of a tournament.

    raises  ParseError where the reply is about no tournament
    """
    document = page.read(DOCUMENT)
    beside = {one.id: one for one in document.included if one.type == "match"}
    for one in _tournaments(document):
        matches = dict.fromkeys(ref.id for ref in one.linked("matches") if ref.type == "match")
        created_at = moment(one.attributes.get("createdAt"))
        yield TournamentAsked(tournament_id=one.id, created_at=created_at, match_count=len(matches))
        for match_id in matches:
            started_at: datetime | None = None
            if (match := beside.get(match_id)) is not None:
                started_at = moment(match.attributes.get("createdAt"))
            if started_at is None:
                yield _no_time(PubgTournamentMatchRow.table, match)
            yield PubgTournamentMatchRow(
                tournament_id=one.id, match_id=match_id, created_at=started_at
            )
    yield Layout("with times" if beside else "without times")


def _tournaments(document: Document) -> Iterator[Resource]:
    for one in document.resources:
        if one.type != "tournament":
            raise ParseError(f"the reply is of type {one.type!r}, not 'tournament'", field="page")
        yield one


def _no_time(table: str, one: Resource | None) -> Issue:
    """What is wrong with the time that is told of an object, if there is one."""
    field = f"{table}.created_at"
    if one is None or "createdAt" not in one.attributes:
        return Issue("missing", field)
    return Issue("unreadable", field, repr(one.attributes["createdAt"])[:40])
