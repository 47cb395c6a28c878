"""The match page: its head, maps, lineups and the statistics tables it repeats.

Source: spec/hltv.md section 4. The page prints its head twice (a phone header comes first) and
team names in many places, so everything is read inside the box it belongs to. A part that cannot
be read is an issue, and the others are kept.

Version 2 reads the event's stage and the notes in the format box, which version 1 (match_1.py)
leaves; all else is `read_match`, which both share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from parse.errors import ParseError
from parse.model import Extracted, Issue
from parse.page import Element, HtmlPage
from parse.sources.hltv.fragments import DemoLink, TeamSighting
from parse.sources.hltv.layouts import match_layout
from parse.sources.hltv.match_maps import map_rows
from parse.sources.hltv.match_players import (
    Side,
    lineup_heads,
    lineup_players,
    overview_rows,
    sided_lineups,
)
from parse.sources.hltv.match_veto import best_of_and_place, stage_and_notes, veto_rows
from parse.values import Reading, epoch_ms, integer, iso_day, path_id, path_of
from warehouse.rows.hltv import MapRow, MatchRow

VERSION = 2

SECTIONS = frozenset({"hltv_maps.map_number", "hltv_overview_player_stats.mapstatsid"})
"""Missing fields that say: a whole section is not there."""

_BOXES = ("teamsBox", "veto-box", "mapholder", "lineup", "player-compare", "stats-content")

_CLOCK = re.compile(r"(?:[0-9]+\s*[dhms]\s*:?\s*)+")

_STATUSES = {
    "match over": "over",
    "live": "live",
    "match deleted": "deleted",
    "match postponed": "postponed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What the boxes at the top of the page hold."""

    teams: tuple[Side, Side]
    scores: tuple[int | None, int | None]
    sightings: tuple[TeamSighting, ...]
    time_and_event: Element


def parse(page: HtmlPage) -> Iterator[Extracted]:
    """The match, its teams, veto, maps and players, and the player tables.

    raises  ParseError if the page does not name two teams
    """
    yield from read_match(page, with_notes=True)


def read_match(page: HtmlPage, *, with_notes: bool) -> Iterator[Extracted]:
    """All that a version reads.

    with_notes  whether stage and notes are among it
    """
    match_id = integer(page.key)
    body = page.frame(".match-page")
    boxes = body.grouped(*_BOXES)
    reading = Reading(MatchRow.table)
    head = _head(match_id, boxes["teamsBox"], reading)
    status = _status(head.time_and_event, reading)
    maps = tuple(map_rows(match_id, boxes["mapholder"], is_live=status == "live", reading=reading))
    lineups = sided_lineups(boxes["lineup"], head.teams, reading)
    _check_parts(body, boxes, head, maps, reading)
    demo_id = _demo_id(page, body, reading)
    row = _match(page, head, status, maps, boxes["veto-box"], reading)
    if with_notes:
        stage, notes = stage_and_notes(boxes["veto-box"], reading)
        row = msgspec.structs.replace(row, stage=stage, notes=notes)
    yield row
    yield from head.sightings
    yield from lineup_heads(match_id, lineups, reading)
    if demo_id is not None:
        yield DemoLink(match_id=match_id, demo_id=demo_id)
    yield from maps
    yield from veto_rows(match_id, boxes["veto-box"], head.teams, reading)
    yield from lineup_players(match_id, lineups, reading)
    numbers = {row.mapstatsid: row.map_number for row in maps if row.mapstatsid is not None}
    shapes: set[frozenset[str]] = set()
    contents = boxes["stats-content"]
    yield from overview_rows(match_id, contents, head.teams, numbers, reading, shapes=shapes)
    yield match_layout(
        shapes,
        is_compared=bool(boxes["player-compare"]),
        has_lineups=bool(boxes["lineup"]),
    )
    yield from reading.issues


def _check_parts(
    body: Element,
    boxes: Mapping[str, Sequence[Element]],
    head: _Head,
    maps: Sequence[MapRow],
    reading: Reading,
) -> None:
    """Issues for parts whose frame is there without what it holds.

    raises  ParseError where the maps name the teams the other way round than the head: which is
            right cannot be told, and nearly every row hangs on it
    """
    names = tuple(side.name for side in head.teams)
    for holder in boxes["mapholder"]:
        shown = tuple(found.text() for found in holder.many(".results-teamname"))
        if names[0] != names[1] and shown == names[::-1]:
            problem = "maps and head name the teams the other way round"
            raise ParseError(problem, field="hltv_matches.team1_name")
    if not boxes["lineup"] and body.has("#lineups td.player"):
        for field in ("hltv_matches.team1_rank", "hltv_match_players.in_lineup"):
            reading.issues.append(Issue("missing", field, "lineups"))
    if not boxes["stats-content"] and any(row.mapstatsid is not None for row in maps):
        reading.issues.append(Issue("missing", "hltv_match_players.in_stats", "statistics"))


def _match(  # noqa: PLR0917 - the parts of one page
    page: HtmlPage,
    head: _Head,
    status: str,
    maps: Sequence[MapRow],
    boxes: Sequence[Element],
    reading: Reading,
) -> MatchRow:
    """The row of the match itself; ranks and demo are joined by the build, from their own parts."""
    event_id, event_name = _event(head.time_and_event, reading)
    started = _start(head.time_and_event, reading)
    if status == "over" and None in head.scores:
        reading.missing("team1_score" if head.scores[0] is None else "team2_score")
    best_of, is_lan = best_of_and_place(boxes, reading)
    return MatchRow(
        match_id=integer(page.key),
        date=None if started is None else iso_day(started),
        date_unix_ms=started,
        event_id=event_id,
        event_name=event_name,
        team1_id=head.teams[0].team_id,
        team1_name=head.teams[0].name,
        team2_id=head.teams[1].team_id,
        team2_name=head.teams[1].name,
        team1_score=head.scores[0],
        team2_score=head.scores[1],
        best_of=best_of,
        is_lan=is_lan,
        stage=None,
        notes=None,
        match_url=path_of(page.url),
        status=status,
        forfeit=_forfeit(maps, status),
        team1_rank=None,
        team2_rank=None,
        demo_id=None,
    )


def _head(match_id: int, boxes: Sequence[Element], reading: Reading) -> _Head:
    """Teams and score, from the one header box that is not for phones."""
    boxes = [box for box in boxes if "smartphone-only" not in box.classes]
    if len(boxes) != 1:
        raise ParseError(f"{len(boxes)} header boxes, not 1", field="hltv_matches.team1_name")
    box = boxes[0]
    halves = [box.one(f".team{number}-gradient") for number in (1, 2)]
    teams = [_side(number, half, reading) for number, half in enumerate(halves, 1)]
    scores = [_series_score(number, half, reading) for number, half in enumerate(halves, 1)]
    sightings = [
        TeamSighting(
            match_id=match_id,
            team_num=side.number,
            team_id=side.team_id,
            team_name=side.name,
            country=_country(side.number, box, reading),
        )
        for side in teams
        if side.team_id is not None
    ]
    return _Head(
        teams=(teams[0], teams[1]),
        scores=(scores[0], scores[1]),
        sightings=tuple(sightings),
        time_and_event=box.maybe(".timeAndEvent") or box,
    )


def _side(number: int, half: Element, reading: Reading) -> Side:
    """One team; ParseError if it has no name."""
    field = f"team{number}_name"
    name = reading.only(field, (found.text() for found in half.many(".teamName")))
    if name is None:
        raise ParseError("a team has no name", field=f"hltv_matches.{field}")
    ids = (path_id(link.attr("href"), "team") for link in half.many("a"))
    return Side(number=number, team_id=reading.only(f"team{number}_id", ids), name=name)


def _series_score(number: int, half: Element, reading: Reading) -> int | None:
    """A team's score; None where none is printed."""
    field = f"team{number}_score"
    text = reading.only(field, (found.text() for found in half.many(".won, .lost, .tie")))
    return None if text is None else reading.value(field, text, integer)


def _country(number: int, box: Element, reading: Reading) -> str | None:
    flags = (flag.attributes for flag in box.many(f"img.team{number}"))
    return reading.only(
        f"team{number}_id", (flag.get("alt") or flag.get("title") for flag in flags)
    )


def _event(box: Element, reading: Reading) -> tuple[int | None, str | None]:
    """Id and name of the event; the name stands without a link, too."""
    places = box.many(".event")
    links = [link for place in places for link in place.many("a")]
    event_id = reading.only("event_id", (path_id(link.attr("href"), "events") for link in links))
    name = reading.only("event_name", (found.text() for found in links or places))
    if event_id is None:
        reading.missing("event_id")
    if name is None:
        reading.missing("event_name")
    return event_id, name


def _start(box: Element, reading: Reading) -> int | None:
    """When the match starts: the date and the clock beside it carry the same time."""
    for css in (".date[data-unix]", ".time[data-unix]"):
        text = reading.only("date_unix_ms", (found.attr("data-unix") for found in box.many(css)))
        value = None if text is None else reading.value("date_unix_ms", text, epoch_ms)
        if value is not None:
            return value
    reading.missing("date_unix_ms")
    return None


def _status(box: Element, reading: Reading) -> str:
    """What the countdown's text says; its attributes say LIVE on upcoming matches, too."""
    text = reading.only("status", (found.text() for found in box.many(".countdown"))) or ""
    if (status := _STATUSES.get(text.lower())) is not None:
        return status
    if _CLOCK.fullmatch(text):
        return "upcoming"
    if text:
        reading.unexpected("status", text)
    return "unknown"


def _forfeit(maps: Sequence[MapRow], status: str) -> str:
    """How much was won by default: told by maps named so, never by missing scores (4.7).

    A match that is still to be played may have its first map given to the upper bracket's winner.
    """
    statuses = {row.status for row in maps}
    if "forfeit" not in statuses:
        return "none"
    is_open = status in {"upcoming", "live"} and "unplayed" in statuses
    return "partial" if is_open or statuses & {"played", "running"} else "full"


def _demo_id(page: HtmlPage, body: Element, reading: Reading) -> int | None:
    """Number of the demo; None if none is offered.

    A button's attribute names it or, on older pages, a plain link among the streams.
    """
    if not page.contains(b"/download/demo/"):
        return None
    places = [child for child in body.children() if "maps" in child.classes] or [
        *body.many(".streams")
    ]
    css = '[data-demo-link], a[href*="/download/demo/"]'
    links = (found.attributes for place in places for found in place.many(css))
    numbers = [path_id(link.get("data-demo-link") or link.get("href"), "demo") for link in links]
    if not any(numbers) and any(_names_demo(place) for place in places):
        reading.missing("demo_id")
    return reading.only("demo_id", numbers)


def _names_demo(place: Element) -> bool:
    """Whether any attribute there names a demo, under whatever name."""
    boxes = place.many(".stream-box, a")
    values = (value for box in boxes for value in box.attributes.values())
    return any(path_id(value, "demo") for value in values)
