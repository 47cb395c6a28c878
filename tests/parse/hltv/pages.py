"""Tiny hand-made listing and match pages with the outlines of spec/hltv.md, part by part."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from parse.model import Extracted, Issue, Parser
from parse.page import HtmlPage
from parse.sources.hltv import SOURCE
from warehouse.column import Row

R = TypeVar("R", bound=Row)

START_MS = 1765731600000


def parser_of(page_type: str) -> Parser:
    """The newest parser of a page type."""
    having = [parser for parser in SOURCE.parsers if parser.page_type == page_type]
    return max(having, key=lambda parser: parser.version)


def parse_html(page_type: str, text: str, *, key: str = "1") -> list[Extracted]:
    """All that the parser yields for a page."""
    url = f"https://www.hltv.org/matches/{key}/a-vs-b?x=1" if page_type == "match" else "/x"
    page = HtmlPage(f"<html><body>{text}</body></html>", url=url, page_type=page_type, key=key)
    return list(parser_of(page_type).parse(page))


def only(found: Iterable[Extracted], kind: type[R]) -> list[R]:
    """The rows of one class, in order."""
    return [row for row in found if isinstance(row, kind)]


def issues(found: Iterable[Extracted]) -> list[Issue]:
    """The issues, in order."""
    return [issue for issue in found if isinstance(issue, Issue)]


# results ------------------------------------------------------------------------------------------


def result_row(
    match_id: int = 1,
    *,
    unix: str = f'data-zonedgrouping-entry-unix="{START_MS}"',
    link: str = "/matches/{}/a-vs-b",
    names: tuple[str, str] = ("A", "B"),
    scores: tuple[str, str] = ("1", "2"),
    won: int = 2,
    event: str = '<td class="event"><span class="event-name">Cup</span></td>',
    stars: int = 0,
    map_text: str = "bo3",
) -> str:
    """One line of the listing."""
    marks = ["team team-won" if won == number else "team " for number in (1, 2)]
    text = f'<div class="map map-text">{map_text}</div>'
    if stars:
        icons = '<i class="fa fa-star star"></i>' * stars
        text = f'<div class="map-and-stars"><div class="stars">{icons}</div>{text}</div>'
    return f"""<div class="result-con" {unix}><a class="a-reset" href="{link.format(match_id)}">
    <div class="result"><table><tr>
    <td class="team-cell"><div class="line-align team1"><div class="{marks[0]}">{names[0]}</div>
      <img class="team-logo day-only" alt="x"><img class="team-logo night-only" alt="x"></div></td>
    <td class="result-score"><span class="score-lost">{scores[0]}</span> -
      <span class="score-won">{scores[1]}</span></td>
    <td class="team-cell"><div class="line-align team2"><img class="team-logo" alt="x">
      <div class="{marks[1]}">{names[1]}</div></div></td>
    {event}<td class="star-cell">{text}</td></tr></table></div></a></div>"""


# match --------------------------------------------------------------------------------------------


def match_half(
    number: int, team_id: int | None, name: str, score: str = "", flag: str = "Norway"
) -> str:
    """One team's half of the header."""
    inner = f'<img class="logo day-only"><img class="logo night-only"><div class="teamName">{name}</div>'
    if team_id is not None:
        inner = f'<a href="/team/{team_id}/x">{inner}</a>'
    return f"""<div class="team"><img class="team{number}" alt="{flag}">
    <div class="team{number}-gradient">{inner}{score}</div></div>"""


def match_html(
    *,
    half1: str = match_half(1, 11, "A", '<div class="won">2</div>'),
    half2: str = match_half(2, 22, "B", '<div class="lost">0</div>'),
    countdown: str = '<div class="countdown">Match over</div>',
    date: str = f'<div class="date" data-unix="{START_MS}">14th of December 2025</div>',
    event: str = '<div class="event"><a href="/events/5/cup">Cup</a></div>',
    box: str = "Best of 3 (LAN)\n\n* Final",
    vetoes: Sequence[str] = (),
    maps: str = '<div class="mapholder"><div class="optional"><div class="mapname">TBA</div></div></div>',
    demo: str = "",
    stats: str = "",
    lineups: str = "",
) -> str:
    """A match page with the phone header that repeats the names and a wrong time."""
    for number in re.findall(r"mapstatsid/(\d+)", maps):
        if f'id="{number}-content"' not in stats:
            stats += f'<div class="stats-content" id="{number}-content"></div>'
    lines = "".join(f"<div>{html.escape(line)}</div>" for line in vetoes)
    veto = f'<div class="standard-box veto-box"><div class="padding">{lines}</div></div>'
    return f"""<div class="date" data-unix="1000000000000">news</div>
    <div class="match-page" data-match-page="">
    <div class="standard-box teamsBoxDropdown smartphone-only">
      <a class="dropdownTeam team1"><div class="teamName">phone</div></a>
      <div class="date" data-unix="1000000000000">x</div></div>
    <div class="standard-box teamsBox">{half1}
      <div class="timeAndEvent"><div class="time" data-unix="{START_MS}">18:00</div>{date}{event}
        {countdown}</div>{half2}</div>
    <div class="g-grid maps"><div class="standard-box veto-box">
      <div class="padding preformatted-text">{box}</div></div>
      {veto if vetoes else ""}<div class="flexbox-column">{maps}</div>
      <div class="streams">{demo}</div></div>
    {stats}<div id="lineups" class="lineups">{lineups}</div></div>"""


def match_map(
    name: str = "Nuke",
    *,
    box: str = "played",
    scores: tuple[str, str] | None = ("13", "7"),
    marks: tuple[str, str] = ("won", "lost"),
    link: str = "",
    halves: str = "",
) -> str:
    """One map holder; `marks` are the classes of both sides."""
    results = ""
    if link and scores and not halves and all(score.isdigit() for score in scores):
        first = ("ct", int(scores[0])), ("t", int(scores[1]))
        halves = half_spans(*first, ("t", 0), ("ct", 0))
    if scores is not None:
        sides = [
            f"""<div class="results-teamname-container"><div class="results-teamname">x</div>
            <div class="results-team-score">{score}</div></div>"""
            for score in scores
        ]
        results = f"""<div class="results {box}"><div class="results-left {marks[0]}">{sides[0]}</div>
        <div class="results-center"><div class="results-center-stats">{link}</div>
        <div class="results-center-half-score">{halves}</div></div>
        <span class="results-right {marks[1]}">{sides[1]}</span></div>"""
    return f"""<div class="mapholder"><div class="{box}"><div class="map-name-holder">
    <img class="minimap"><div class="mapname">{name}</div></div></div>{results}</div>"""


def stats_link(mapstatsid: int, host: str = "") -> str:
    """The link from a map holder to the map's statistics."""
    return f'<a class="results-stats" href="{host}/stats/matches/mapstatsid/{mapstatsid}/b-vs-a">STATS</a>'


def half_spans(*numbers: tuple[str, int], overtime: tuple[int, int] | None = None) -> str:
    """Spans of a half score: four numbers with their side, and one group for all overtimes."""
    spans = [f'<span class="{side}">{count}</span>' for side, count in numbers]
    halves = "<span class=''>:</span>".join(spans[:2]), "<span>:</span>".join(spans[2:])
    text = f"<span> (</span>{halves[0]}<span>; </span>{halves[1]}<span></span><span>)</span>"
    if overtime:
        text += f"<span> (</span><span>{overtime[0]}</span><span>:</span><span>{overtime[1]}</span><span>)</span>"
    return text


def player_cell(player_id: int | None, nick: str, flag: str = "Norway") -> str:
    """The first cell of a row in the match page's tables."""
    names = f"""<div class="gtSmartphone-only statsPlayerName">Jo '<span class="player-nick">{nick}</span>' Doe</div>
    <div class="smartphone-only statsPlayerName">{nick}</div>"""
    link = names if player_id is None else f'<a href="/player/{player_id}/x">{names}</a>'
    return f'<td class="players"><div class="flagAlign"><img class="flag" alt="{flag}">{link}</div></td>'


NEW_HEAD = (
    ("kd traditional-data", "K-D"),
    ("kd eco-adjusted-data hidden", "eK-eD"),
    ("roundSwing", "Swing"),
    ("adr traditional-data", "ADR"),
    ("adr eco-adjusted-data hidden", "eADR"),
    ("kast traditional-data", "KAST"),
    ("kast eco-adjusted-data hidden", "eKAST"),
    ("rating", 'Rating<span class="ratingDesc">3.0</span>'),
)
NEW_CELLS = ("54-33", "53-34", "+5.26%", "73.0", "71.5", "79.2%", "116.2%", "1.41")
OLD_HEAD = (
    ("kd", "K-D"),
    ("plus-minus gtSmartphone-only", "+/-"),
    ("adr", "ADR"),
    ("kast", "KAST"),
    ("rating", 'Rating<span class="ratingDesc">2.0</span>'),
)
OLD_CELLS = ("49-56", '<span class="lost">-7</span>', "68.0", "67.6%", "0.92")


def stats_table(
    team: str,
    rows: Iterable[tuple[str, Sequence[str]]],
    *,
    side: str = "totalstats",
    head: Sequence[tuple[str, str]] = NEW_HEAD,
    body: str = "",
) -> str:
    """A table of the match page; `team` is the header's link, `body` an optional tbody tag."""
    names = "".join(f'<td class="{classes} text-center">{label}</td>' for classes, label in head)
    lines = "".join(
        f"<tr>{cell}{''.join(f'<td>{text}</td>' for text in cells)}</tr>" for cell, cells in rows
    )
    return f"""<table class="table {side}">{body}<tr class="header-row"><td class="players">
    <div class="align-logo"><img class="logo day-only"><img class="logo night-only">{team}</div></td>
    {names}</tr>{lines}</table>"""


def team_link(team_id: int, name: str) -> str:
    """A team's link in the header of a table."""
    return f'<a class="teamName team" href="/team/{team_id}/x">{name}</a>'


def lineup(team_id: int, players: Sequence[tuple[int | None, str]], rank: str) -> str:
    """A lineup of a completed match; players without id have no link."""
    photos, names = "", ""
    for player_id, nick in players:
        photo = f"<img class='player-photo' alt=\"Jo '{nick}' Doe\">"
        name = f'<div class="flagAlign"><img class="flag gtSmartphone-only" alt="Norway"><div class="text-ellipsis">{nick}</div></div>'
        if player_id is not None:
            photo, name = (f'<a href="/player/{player_id}/x">{part}</a>' for part in (photo, name))
        photos += f'<td class="player player-image">{photo}</td>'
        names += f'<td class="player">{name}</td>'
    return f"""<div class="lineup standard-box"><div class="box-headline">
    <a href="/team/{team_id}/x">x</a><div class="teamRanking">{rank}</div></div>
    <div class="players"><table class="table"><tr>{photos}</tr><tr>{names}</tr></table></div></div>"""
