"""The map statistics page: meta box, round history, scoreboards in three layouts (section 5)."""

from __future__ import annotations

from tests.replica.entities import Team
from tests.replica.lines import Board
from tests.replica.map_menu import menu
from tests.replica.markup import logo, style_of, text
from tests.replica.plan import MapPlan, MatchPlan
from tests.replica.round_history import round_history
from tests.replica.scoreboard import scoreboards


def map_content(match: MatchPlan, one: MapPlan, board: Board) -> str:
    """Everything between the navigation and the footer of a map statistics page."""
    history = "" if "no_round_history" in match.flags else round_history(match, one, board)
    return (
        f'<div class="stats-section stats-match">{menu(match, one, "")}'
        f'<div class="wide-grid">{_info_column(match, one, board)}{_top_players(match, one, board)}'
        f"</div>{history}{_rating_chart(match)}"
        '<div class="standard-headline"><span>Players</span><div class="ct-t-stats-container">'
        f'<div class="description">Side</div></div></div>{scoreboards(match, one, board)}</div>'
    )


def page_teams(match: MatchPlan) -> tuple[int, int]:
    """The teams (1, 2) standing left and right on the map pages."""
    return match.left, 3 - match.left


def _tooltip(number: int, links: tuple[tuple[str, str], ...]) -> str:
    buttons = "".join(f'<a href="{path}" class="context-button">{name}</a>' for path, name in links)
    return (
        f'<div class="hidden" id="uniqueTooltipId-{number}">'
        f'<div class="stats-section context-tooltip">{buttons}</div></div>'
    )


def _team_box(team: Team, name: str, rounds: int, *, won: bool) -> str:
    return (
        f'<div class="team-{name}">{logo(team, "team-logo")}'
        f'<a href="/stats/teams/{team.id}/{team.slug}" class="block text-ellipsis"'
        f' data-tooltip-id="uniqueTooltipId-{team.id}">{text(team.name)}</a>'
        f'<div class="bold {"won" if won else "lost"}">{rounds}</div></div>'
    )


def _info_column(match: MatchPlan, one: MapPlan, board: Board) -> str:
    left, right = page_teams(match)
    teams = match.teams[left - 1], match.teams[right - 1]
    rounds = one.winners.count(left), one.winners.count(right)
    event, path = match.event, match.stats_path(one)
    start = match.start_ms + (one.number - 1) * 3_900_000
    tooltips = _tooltip(event.id, ((f"/stats?event={event.id}", "Go to Event"),))
    for team in teams:
        links = (
            (f"/stats/teams/{team.id}/{team.slug}", "Go to Team"),
            (f"{path}?contextIds={team.id}&amp;contextTypes=team", "Add to context"),
        )
        tooltips += _tooltip(team.id or 0, links)
    flags = "".join(
        f'<img alt="{text(team.country)}" src="/img/static/flags/300x200/{team.code}.png"'
        f' class="match-info-flag-{name} flag" title="{text(team.country)}">'
        for team, name in zip(teams, ("left", "right"), strict=True)
    )
    return (
        f'<div class="col match-info-box-col"><div class="match-info-box-con">{flags}'
        f'<div class="match-info-box"><a href="/stats?event={event.id}" class="block text-ellipsis"'
        f' data-tooltip-id="uniqueTooltipId-{event.id}">{text(event.name)}</a>'
        f'<div class="small-text"><span data-time-format="yyyy-MM-dd HH:mm" data-unix="{start}">'
        f'2025-01-01 18:00</span><br><br><span class="bold">Map</span></div>\n{one.name}\n'
        f"{_team_box(teams[0], 'left', rounds[0], won=rounds[0] > rounds[1])}"
        f"{_team_box(teams[1], 'right', rounds[1], won=rounds[1] > rounds[0])}{tooltips}</div>"
        f"{_info_rows(match, one, board, (left, right))}</div>"
        f'<a href="{match.path}" class="match-page-link button">More info on match page</a></div>'
    )


def _info_row(value: str, label: str) -> str:
    return (
        f'<div class="match-info-row"><div class="right">{value}</div>'
        f'<div class="bold">{label}</div></div>'
    )


def _breakdown(one: MapPlan, order: tuple[int, int]) -> str:
    left, right = order
    total = [one.winners.count(team) for team in order]
    classes = ("won", "lost") if total[0] > total[1] else ("lost", "won")
    parts = [f'<span class="{classes[0]}">{total[0]}</span> : ']
    parts.append(f'<span class="{classes[1]}">{total[1]}</span>')
    for first, last in ((0, one.half), (one.half, one.regulation)):
        spans = []
        for team in (left, right):
            side = "ct" if one.ct_team(first) == team else "t"
            won = one.rounds_won(team, first, last)
            spans.append(f'<span class="{side}-color">{won}</span>')
        parts.append(f" ( {spans[0]} : {spans[1]} )")
    if len(one.winners) > one.regulation:
        extra = [one.rounds_won(team, one.regulation, 999) for team in order]
        parts.append(f" ( {extra[0]} : {extra[1]} )")
    return "".join(parts)


def _info_rows(match: MatchPlan, one: MapPlan, board: Board, order: tuple[int, int]) -> str:
    left, right = (board.figures(team, one.number) for team in order)
    label = "Team rating" if match.layout == "old" else f"Team rating {match.rating_version}"
    return (
        _info_row(_breakdown(one, order), "Breakdown")
        + _info_row(f"{left.rating} : {right.rating}", label)
        + _info_row(f"{left.first_kills} : {right.first_kills}", "First kills")
        + _info_row(f"{left.clutches_won} : {right.clutches_won}", "Clutches won")
    )


def _top_players(match: MatchPlan, one: MapPlan, board: Board) -> str:
    best = board.lines(match.left, one.number, "both")[0]
    boxes = "".join(
        '<div class="most-x-box standard-box"><div class="name">'
        f'{text(best.player.nick)}<br><span class="most-x-title">{title}</span></div>'
        f'<div class="value"><span class="valueName">{best.tally.kills}</span></div></div>'
        for title in ("Most kills", "Most damage", "Most assists", "Most AWP kills")
    )
    return f'<div class="col top-players">{boxes}</div>'


def _rating_chart(match: MatchPlan) -> str:
    version, tag = match.rating_version, style_of(match).graph_tag
    config = "{&quot;type&quot;:&quot;bar2D&quot;,&quot;dataSource&quot;:{&quot;data&quot;:[]}}"
    return (
        f'<div class="standard-headline">Performance - rating {version}</div>'
        f'<div class="standard-box"><{tag} class="graph" id="uniqueChartId1"'
        f' data-fusionchart-config="{config}"></{tag}></div>'
    )
