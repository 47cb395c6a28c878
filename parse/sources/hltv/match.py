"""The match page: its head, veto, maps, lineups and the statistics tables it repeats.

Source: spec/hltv.md section 4. The page prints its head twice (a phone header comes first) and
team names in many places, so everything is read inside the box it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parse.errors import ParseError
from parse.model import Extracted
from parse.page import Element, HtmlPage
from parse.sources.hltv.fragments import TeamSighting
from parse.sources.hltv.match_maps import map_rows
from parse.sources.hltv.match_players import Side, lineup_players, overview_rows
from parse.values import Reading, epoch_ms, integer, iso_day, path_id, path_of
from warehouse.rows.hltv import MapRow, MatchRow, VetoRow

VERSION = 1

_FORMAT = re.compile(r"Best of ([0-9]{1,2})(?:\s*\((LAN|Online)\))?")
_RANK = re.compile(r"#([0-9]{1,6})(?![0-9])")
_CHANGED = re.compile(r"([0-9]{1,3})\.\s+(\S.*) (removed|picked) (\S.*)")
_LEFT_OVER = re.compile(r"([0-9]{1,3})\.\s+(\S.*) was left over")
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

    raises  ParseError if the page does not name two teams, a start and an event
    """
    match_id = integer(page.key)
    body = page.frame(".match-page")
    boxes = body.grouped("teamsBox", "veto-box", "mapholder", "lineup", "stats-content")
    reading = Reading(MatchRow.table)
    head = _head(match_id, boxes["teamsBox"], reading)
    status = _status(head.time_and_event, reading)
    maps = tuple(map_rows(match_id, boxes["mapholder"], is_live=status == "live", reading=reading))
    yield _match(page, body, boxes, head=head, status=status, maps=maps, reading=reading)
    yield from head.sightings
    yield from maps
    yield from _vetoes(match_id, boxes["veto-box"], head.teams, reading)
    yield from lineup_players(match_id, boxes["lineup"], head.teams, reading)
    numbers = {row.mapstatsid: row.map_number for row in maps if row.mapstatsid is not None}
    yield from overview_rows(match_id, boxes["stats-content"], head.teams, numbers, reading)
    yield from reading.issues


def _match(
    page: HtmlPage,
    body: Element,
    boxes: dict[str, list[Element]],
    *,
    head: _Head,
    status: str,
    maps: Sequence[MapRow],
    reading: Reading,
) -> MatchRow:
    """The row of the match itself."""
    event = head.time_and_event.one(".event a")
    event_id = path_id(event.attr("href"), "events")
    started = epoch_ms(head.time_and_event.one(".date[data-unix]").attr("data-unix") or "")
    if event_id is None:
        raise ParseError("the event's link has no number", field="hltv_matches.event_id")
    if status == "over" and None in head.scores:
        reading.missing("team1_score" if head.scores[0] is None else "team2_score")
    best_of, is_lan = _format(boxes["veto-box"], reading)
    ranks = _ranks(boxes["lineup"], reading)
    return MatchRow(
        match_id=integer(page.key),
        date=iso_day(started),
        date_unix_ms=started,
        event_id=event_id,
        event_name=event.text(),
        team1_id=head.teams[0].team_id,
        team1_name=head.teams[0].name,
        team2_id=head.teams[1].team_id,
        team2_name=head.teams[1].name,
        team1_score=head.scores[0],
        team2_score=head.scores[1],
        best_of=best_of,
        is_lan=is_lan,
        match_url=path_of(page.url),
        status=status,
        forfeit=_forfeit(maps),
        team1_rank=ranks.get(1),
        team2_rank=ranks.get(2),
        demo_id=_demo_id(page, body, reading),
    )


def _head(match_id: int, boxes: Sequence[Element], reading: Reading) -> _Head:
    """Teams and score, from the one header box that is not for phones."""
    boxes = [box for box in boxes if "smartphone-only" not in box.classes]
    if len(boxes) != 1:
        raise ParseError(f"{len(boxes)} header boxes, not 1", field="hltv_matches.team1_name")
    box = boxes[0]
    teams, scores, sightings = [], [], []
    for number in (1, 2):
        half = box.one(f".team{number}-gradient")
        name = half.one(".teamName").text()
        if not name:
            raise ParseError("a team has no name", field=f"hltv_matches.team{number}_name")
        link = half.maybe("a")
        team_id = path_id(link.attr("href") if link else None, "team")
        score = half.maybe(".won, .lost, .tie")
        scores.append(
            reading.value(f"team{number}_score", score.text(), integer) if score else None
        )
        teams.append(Side(number=number, team_id=team_id, name=name))
        if team_id is not None:
            flag = box.maybe(f"img.team{number}")
            country = (flag.attr("alt") or flag.attr("title") or None) if flag else None
            sightings.append(
                TeamSighting(
                    match_id=match_id,
                    team_num=number,
                    team_id=team_id,
                    team_name=name,
                    country=country,
                )
            )
    return _Head(
        teams=(teams[0], teams[1]),
        scores=(scores[0], scores[1]),
        sightings=tuple(sightings),
        time_and_event=box.one(".timeAndEvent"),
    )


def _status(box: Element, reading: Reading) -> str:
    """What the countdown's text says; its attributes say LIVE on upcoming matches, too."""
    countdown = box.maybe(".countdown")
    text = countdown.text() if countdown else ""
    if (status := _STATUSES.get(text.lower())) is not None:
        return status
    if _CLOCK.fullmatch(text):
        return "upcoming"
    if text:
        reading.unexpected("status", text)
    return "unknown"


def _format(boxes: Sequence[Element], reading: Reading) -> tuple[int | None, bool | None]:
    """Number of maps at most, and whether on LAN, from the first line of the format box."""
    text = next((found.text() for box in boxes for found in box.many(".preformatted-text")), None)
    found = _FORMAT.search(text or "")
    if not found:
        reading.add("missing", "best_of", text or "")
        return None, None
    return int(found[1]), None if found[2] is None else found[2] == "LAN"


def _forfeit(maps: Sequence[MapRow]) -> str:
    """How much was won by default: told by maps named so, never by missing scores (4.7)."""
    statuses = {row.status for row in maps}
    if "forfeit" not in statuses:
        return "none"
    return "partial" if statuses & {"played", "running"} else "full"


def _ranks(lineups: Sequence[Element], reading: Reading) -> dict[int, int]:
    """World rank by number of the team; unranked teams are left out."""
    ranks: dict[int, int] = {}
    for number, lineup in enumerate(lineups, 1):
        box = lineup.maybe(".teamRanking")
        text = box.text() if box else "Unranked"
        if found := _RANK.search(text):
            ranks[number] = int(found[1])
        elif text.lower() != "unranked":
            reading.add("unreadable", f"team{number}_rank", text)
    return ranks


def _demo_id(page: HtmlPage, body: Element, reading: Reading) -> int | None:
    """Number of the demo; None if none is offered."""
    if not page.contains(b"data-demo-link="):
        return None
    places = [child for child in body.children() if "maps" in child.classes] or [body]
    boxes = [box for place in places for box in place.many("[data-demo-link]")]
    links = {box.attr("data-demo-link") or "" for box in boxes}
    numbers = {path_id(link, "demo") for link in links}
    if len(numbers) == 1:
        return numbers.pop()
    if links:
        reading.unexpected("demo_id", " ".join(sorted(links)))
    return None


def _vetoes(
    match_id: int, boxes: Sequence[Element], teams: tuple[Side, Side], reading: Reading
) -> Iterator[VetoRow]:
    """The lines of the veto; none if the page has only the format box."""
    own = Reading(VetoRow.table)
    lines = [line.text() for box in boxes[1:] for line in box.many(".padding > div")]
    for line in filter(None, lines):
        team: str | None
        # A team may be named like a keyword or a number: the last keyword of the line is the verb.
        if found := _LEFT_OVER.fullmatch(line):
            step, team, action, map_name = found[1], None, "left_over", found[2]
        elif found := _CHANGED.fullmatch(line):
            step, team, action, map_name = found.group(1, 2, 3, 4)
        else:
            own.unexpected("action", line)
            continue
        ids = {side.team_id for side in teams if side.name == team}
        yield VetoRow(
            match_id=match_id,
            step_number=int(step),
            team_name=team,
            team_id=ids.pop() if len(ids) == 1 else None,
            action=action,
            map_name=map_name,
        )
    reading.issues.extend(own.issues)
