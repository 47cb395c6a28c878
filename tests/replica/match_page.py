"""The match page: header, format and veto boxes, maps, demo, lineups, other matches' boxes.

Outline after spec/hltv.md section 4; the statistics tables are drawn in `match_tables`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from tests.replica.chrome import ad
from tests.replica.entities import Player, Team
from tests.replica.format_box import format_text
from tests.replica.lines import Board
from tests.replica.markup import (
    Style,
    event_path,
    linked,
    logo,
    long_name,
    ordinal,
    player_flag,
    style_of,
    team_path,
    text,
)
from tests.replica.match_tables import statistics
from tests.replica.plan import MapPlan, MatchPlan

COUNTDOWN_ATTRIBUTES = ' data-time-countdown="LIVE" data-unix="{start}"'


def match_content(match: MatchPlan, board: Board, others: Iterable[MatchPlan]) -> str:
    """Everything between the navigation and the forum of a match page."""
    style = style_of(match)
    nearby = list(others)
    parts = [
        '<div class="match-page" data-match-page="">',
        _phone_header(match),
        _header(match),
        '<div class="section-spacer gtSmartphone-only"></div>',
        '<div class="g-grid maps"><div class="col-6 col-7-small"><span class="headline">Maps</span>',
        _boxes(match),
        f'<div class="flexbox-column">{"".join(_holder(match, one) for one in match.maps)}</div>',
        "</div>",
        _rewatch(match),
        "</div>",
        ad("MatchMiddle"),
        statistics(match, board, style) if board.plays else "",
        _potm(board) if board.plays else "",
        _lineups(match, style),
        _past_matches(match, nearby),
        _head_to_head(match, nearby),
        "</div>",
    ]
    return "".join(parts)


def countdown(match: MatchPlan) -> str:
    """The status text of the header."""
    if match.kind != "over":
        texts = {"live": "LIVE", "upcoming": "11h : 6m : 15s", "postponed": "Match postponed"}
        return texts[match.kind]
    if "deleted" in match.flags:
        return "Match deleted"
    return "" if "empty_countdown" in match.flags else "Match over"


def _date_text(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return f"{ordinal(moment.day)} of {moment:%B %Y}"


def _phone_header(match: MatchPlan) -> str:
    def team(number: int) -> str:
        one = match.teams[number - 1]
        href = f' href="{team_path(one)}"' if one.id else ""
        return (
            f'<a{href} class="dropdownTeam team{number} text-ellipsis">{logo(one, "logo")}'
            f'<div class="teamName">{text(one.name)}</div></a>'
        )

    score = match.score or (0, 0)
    return (
        f'<div class="standard-box teamsBoxDropdown smartphone-only">{team(1)}'
        '<div class="dropdownTimeAndEvent"><div class="withScore"><div class="score">'
        f'<span class="spoiler">{score[0]}</span> : <span class="spoiler">{score[1]}</span></div>'
        f'<div class="date" data-time-format="d MMM" data-unix="{match.start_ms + 7_200_000}">'
        f"today</div></div></div>{team(2)}"
        '<div class="dropdownNav"><a href="#match-stats">Match stats</a></div></div>'
    )


def _header_team(match: MatchPlan, number: int) -> str:
    team = match.teams[number - 1]
    country = text(team.country)
    score = ""
    if match.score:
        own, other = match.score[number - 1], match.score[2 - number]
        result = "won" if own > other else "lost" if own < other else "tie"
        score = f'<div class="{result}">{own}</div>'
    inner = f'{logo(team, "logo")}<div class="teamName">{text(team.name)}</div>'
    link = f'<a href="{team_path(team)}">{inner}</a>' if team.id else inner
    return (
        f'<div class="team"><img alt="{country}" src="/img/static/flags/300x200/{team.code}.png"'
        f' class="team{number}" title="{country}">'
        f'<div class="team{number}-gradient">{link}{score}</div></div>'
    )


def _header(match: MatchPlan) -> str:
    start = match.start_ms
    moment = datetime.fromtimestamp(start / 1000, UTC)
    ticking = match.kind in {"live", "upcoming"}
    attributes = COUNTDOWN_ATTRIBUTES.format(start=start) if ticking else ""
    name = text(match.event.name)
    return (
        f'<div class="standard-box teamsBox">{_header_team(match, 1)}'
        '<div class="timeAndEvent">'
        f'<div class="time" data-time-format="HH:mm" data-unix="{start}">{moment:%H:%M}</div>'
        f'<div class="date" data-time-format="do &#x27;of&#x27; MMMM y" data-unix="{start}">'
        f"{_date_text(start)}</div>"
        f'<div class="event text-ellipsis"><a href="{event_path(match.event)}" title="{name}">'
        f"{name}</a></div>"
        '<div class="text dummy-spacer"> </div>'
        f'<div class="countdown"{attributes}>{countdown(match)}</div></div>'
        f"{_header_team(match, 2)}</div>"
    )


def _boxes(match: MatchPlan) -> str:
    if "no_boxes" in match.flags:
        return ""
    box = '<div class="standard-box veto-box"><div class="padding preformatted-text">'
    first = f"{box}{text(format_text(match))}</div></div>"
    if not match.vetoes:
        return first
    steps = []
    for number, veto in enumerate(match.vetoes, start=1):
        if veto.team is None:
            steps.append(f"<div>{number}. {veto.map_name} was left over</div>")
        else:
            team = text(veto.team)
            steps.append(f"<div>{number}. {team} {veto.action} {veto.map_name}</div>")
    second = f'<div class="standard-box veto-box"><div class="padding">{"".join(steps)}</div></div>'
    return first + second


def half_spans(one: MapPlan) -> str:
    """The half-score spans of a played map (section 4.3)."""
    spans = ["<span> (</span>"]
    bounds = ((0, one.half), (one.half, one.regulation))
    for place, (first, last) in enumerate(bounds):
        for team in (1, 2):
            side = "ct" if one.ct_team(first) == team else "t"
            won = one.rounds_won(team, first, last)
            spans.append(f'<span class="{side}">{won}</span>')
            if team == 1:
                spans.append('<span class="">:</span>')
        spans.append("<span>; </span>" if place == 0 else "<span></span><span>)</span>")
    if len(one.winners) > one.regulation:
        left, right = (one.rounds_won(team, one.regulation, 999) for team in (1, 2))
        spans.append(f'<span> (</span><span>{left}</span><span class="">:</span>')
        spans.append(f"<span>{right}</span><span>)</span>")
    return "".join(spans)


def _holder(match: MatchPlan, one: MapPlan) -> str:
    optional = one.state == "unplayed" and match.kind not in {"upcoming", "postponed"}
    state = "optional" if optional else "played"
    head = (
        f'<div class="mapholder"><div class="{state}"><div class="map-name-holder">'
        f'<img alt="{one.name}" src="/img/static/maps/{one.name.lower()}.png" class="minimap"'
        f' title="{one.name}"><div class="mapname">{one.name}</div></div></div>'
    )
    if one.name == "TBA":
        return f"{head}</div>"
    center = ""
    if one.state == "played":
        center = (
            '<div class="results-center-stats"><a class="results-stats"'
            f' href="{match.stats_path(one)}">STATS</a></div>'
            f'<div class="results-center-half-score">{half_spans(one)}</div>'
        )
    return (
        f'{head}<div class="results {state}">'
        f'<div class="results-left {_result(one, 1)}">{_holder_team(match, one, 1)}</div>'
        f'<div class="results-center">{center}</div>'
        f'<span class="results-right {_result(one, 2)}">{_holder_team(match, one, 2)}</span>'
        "</div></div>"
    )


def _result(one: MapPlan, team: int) -> str:
    pick = " pick" if one.picked_by == team else " "
    if one.score is None or one.state == "running":
        return f"tie{pick}"
    return ("won" if one.score[team - 1] > one.score[2 - team] else "lost") + pick


def _holder_team(match: MatchPlan, one: MapPlan, number: int) -> str:
    team = match.teams[number - 1]
    score = "-" if one.score is None else one.score[number - 1]
    return (
        f'<div class="results-teamlogo-container">{logo(team, "logo team1Logo")}</div>'
        '<div class="results-teamname-container text-ellipsis">'
        f'<div class="results-teamname text-ellipsis">{text(team.name)}</div>'
        f'<div class="results-team-score">{score}</div></div>'
    )


def _rewatch(match: MatchPlan) -> str:
    if match.demo_id is None:
        return '<div class="col-6 col-5-small"><span class="headline">Streams</span></div>'
    return (
        '<div class="col-6 col-5-small"><span class="headline">Rewatch</span><div class="streams">'
        f'<a class="stream-box" data-demo-link-button="" data-demo-link="/download/demo/'
        f'{match.demo_id}"><div class="flexbox left-right-padding">Demo</div></a></div></div>'
    )


def _potm(board: Board) -> str:
    best = board.lines(1, 0, "both")[0]
    name = linked(
        best.player,
        "/player",
        f'<span class="gtSmartphone-only">{long_name(best.player)}</span>'
        f'<span class="smartphone-only">{text(best.player.nick)}</span>',
    )
    return (
        '<div class="spoiler"><div class="highlighted-player potm-container"><div class='
        f'"standard-box"><div class="headline"><span>{player_flag(best.player)}{name}</span>'
        f'<span class="header-info">({len(board.plays)} maps)</span></div></div></div></div>'
    )


def _lineups(match: MatchPlan, style: Style) -> str:
    if "no_lineups" in match.flags:
        return ""
    compare = match.kind != "over"
    boxes = "".join(
        _lineup(match, number, style, compare=compare)
        for number in (1, 2)
        if match.teams[number - 1].players
    )
    extra = '<div class="lineups-compare-container" data-compare-links="{}"></div>'
    return (
        '<div class="lineups" id="lineups" data-content-block=""><span class="headline">Lineups'
        f'</span><div class="">{boxes}</div>{extra if compare else ""}</div>'
    )


def _ranking(match: MatchPlan, team: Team) -> str:
    if team.rank is None:
        return '<div class="teamRanking">Unranked</div>'
    moment = datetime.fromtimestamp(match.start_ms / 1000, UTC)
    path = f"/ranking/teams/{moment.year}/{moment:%B}/{moment.day}/{team.id}".lower()
    return (
        f'<div class="teamRanking"><a href="{path}" class="a-reset"><span>World rank: </span>'
        f"#{team.rank}</a></div>"
    )


def _lineup(match: MatchPlan, number: int, style: Style, *, compare: bool) -> str:
    team = match.teams[number - 1]
    cell = _compare_cell if compare else _lineup_cell
    players = match.lineup(number)
    photos = "".join(
        f'<td class="player player-image">{cell(player, number, photo=True)}</td>'
        for player in players
    )
    names = "".join(
        f'<td class="player">{cell(player, number, photo=False)}</td>' for player in players
    )
    return (
        '<div class="lineup standard-box"><div class="box-headline flex-align-center">'
        f'<div class="flex-align-center">{logo(team, "logo")}'
        f'<a href="{team_path(team)}" class="text-ellipsis">{text(team.name)}</a></div>'
        f"{_ranking(match, team)}</div>"
        f'<div class="players"><table class="table">{style.open_body}<tr>{photos}</tr>'
        f"<tr>{names}</tr>{style.close_body}</table></div></div>"
    )


def _photo(player: Player) -> str:
    name = text(player.full_name)
    source = "/img/static/player/player_silhouette.png"
    if player.id is not None:
        source = f"https://img-cdn.hltv.org/playerbodyshot/p{player.id}.png"
    return f'<img alt="{name}" src="{source}" class="player-photo" title="{name}" loading="lazy">'


def _lineup_cell(player: Player, number: int, *, photo: bool) -> str:
    if photo:
        return linked(player, "/player", f"<div>{_photo(player)}</div>")
    data = "" if player.id is None else f' data-player-id="{player.id}"'
    flag = player_flag(player, "flag gtSmartphone-only flag")
    return linked(
        player,
        "/player",
        f'<div class="flagAlign"{data} data-team-ordinal="{number}">{flag}'
        f'<div class="text-ellipsis">{text(player.nick)}</div></div>',
    )


def _compare_cell(player: Player, number: int, *, photo: bool) -> str:
    data = f' data-player-id="{player.id}" data-team-ordinal="{number}"'
    if photo:
        return f'<div class="player-compare"{data}>{_photo(player)}</div>'
    flag = player_flag(player, "flag gtSmartphone-only flag")
    return (
        f'<div class="player-compare flagAlign"{data}>{flag}'
        f'<div class="text-ellipsis">{text(player.nick)}</div></div>'
    )


def _past_matches(match: MatchPlan, others: list[MatchPlan]) -> str:
    boxes = []
    for team in match.teams:
        rows = "".join(
            '<tr class=""><td class="past-matches-team text-ellipsis"><span class="text-ellipsis">'
            f'<a href="{team_path(other.teams[0])}" class="text-ellipsis">'
            f"{text(other.teams[0].name)}</a></span></td>"
            f'<td class="past-matches-map"><a href="{other.path}">bo{other.best_of}</a></td>'
            f'<td class="past-matches-score"><a href="{other.path}" class="past-matches-cell won">'
            "2 - 0</a></td></tr>"
            for other in others
        )
        boxes.append(
            '<div class="past-matches-box text-ellipsis"><div class="past-matches-headline">'
            f'<div class="past-matches-teamname">{text(team.name)}</div></div>'
            f'<table class="past-matches-table"><tbody>{rows}</tbody></table></div>'
        )
    grid = "".join(boxes)
    return (
        '<div class="past-matches spoiler" data-content-block=""><div class="past-matches-grid '
        f'hidden">{grid}</div><div class="past-matches-grid">{grid}</div></div>'
    )


def _head_to_head(match: MatchPlan, others: list[MatchPlan]) -> str:
    one, two = match.teams
    rows = "".join(
        f'<tr class="row nowrap"><td class="date"><a href="{other.path}"><span'
        f' data-time-format="d/M yy" data-unix="{other.start_ms}">1/1 25</span></a></td>'
        f'<td class="team1"><div class="flagAlign">{text(one.name)}</div></td>'
        f'<td class="team2 winner"><div class="flagAlign">{text(two.name)}</div></td></tr>'
        for other in others[:12]
    )
    return (
        '<div class="standard-box head-to-head-listing spoiler"><table class="table">'
        f"{rows}</table></div>"
    )
