"""The performance page: kill matrices and one chart card a player (section 6)."""

from __future__ import annotations

import json

from tests.replica.entities import Player
from tests.replica.lines import Board, Line, per_round
from tests.replica.map_menu import menu
from tests.replica.markup import (
    linked,
    logo,
    long_name,
    player_flag,
    style_of,
    text,
)
from tests.replica.plan import MapPlan, MatchPlan

MATRICES = (
    ("all", "ALL", "All"),
    ("first_kill", "FIRST_KILL", "First kills"),
    ("awp", "AWP", "AWP kills"),
)


def performance_content(match: MatchPlan, one: MapPlan, board: Board) -> str:
    """Everything between the navigation and the footer of a performance page."""
    return (
        '<div class="stats-section stats-match stats-match-performance">'
        f"{menu(match, one, 'performance')}"
        '<div class="standard-headline">Performance overview</div>'
        f"{_overview(match, one, board)}"
        '<div class="standard-headline"><span>Kill matrix</span></div>'
        f"{_matrix_menu()}{_matrices(match, one, board)}"
        '<div class="standard-headline">Player performance overview</div>'
        f'<div class="player-overview columns">{_column(match, one, board, match.left)}'
        f"{_column(match, one, board, 3 - match.left)}</div></div>"
    )


def _overview(match: MatchPlan, one: MapPlan, board: Board) -> str:
    order = (match.left, 3 - match.left)
    lines = [board.lines(team, one.number, "both") for team in order]
    rows = []
    for name in ("Kills", "Deaths", "Assists"):
        counts = [sum(getattr(line.tally, name.lower()) for line in side) for side in lines]
        share = 100 * counts[0] / max(1, sum(counts))
        rows.append(
            f'<tr><td class="name-column">{name}</td><td class="team1-column">{counts[0]}</td>'
            f'<td class="chart-column"><span class="chart chart1" data-inline-style="{{&quot;width'
            f'&quot;:&quot;{share:.6f}%&quot;}}"> </span></td>'
            f'<td class="team2-column">{counts[1]}</td></tr>'
        )
    logos = [logo(match.teams[team - 1], "team-logo") for team in order]
    return (
        '<div class="overview standard-box"><table class="overview-table"><tr>'
        f'<th class="name-column"></th><th class="team1-column">{logos[0]}</th>'
        f'<th class="chart-column"></th><th class="team2-column">{logos[1]}</th></tr>'
        f"{''.join(rows)}</table></div>"
    )


def matrix_order(one: MapPlan, board: Board, team: int) -> list[Player]:
    """Players in the matrix' own order, which is not that of the cards."""
    players = board.players(team, one.number)
    return sorted(players, key=lambda one: (one.id is None, (one.id or 0) * 7919 % 1009, one.nick))


def _matrix_menu() -> str:
    links = "".join(
        f'<div class="killmatrix-menu-link{" bold" if place == 0 else ""}" id="{name}">{label}</div>'
        for place, (_, name, label) in enumerate(MATRICES)
    )
    return f'<div class="killmatrix-menu">{links}</div>'


def _matrices(match: MatchPlan, one: MapPlan, board: Board) -> str:
    columns = matrix_order(one, board, match.left)
    rows = matrix_order(one, board, 3 - match.left)
    top = "".join(f'<td class="text-center team1">{_name(player)}</td>' for player in columns)
    parts = []
    for place, (kind, name, _) in enumerate(MATRICES):
        kills = board.plays[one.number].kills[kind]
        body = [f'<tr class="killmatrix-topbar"><td class=""></td>{top}</tr>']
        for row in rows:
            cells = [f'<td class="team2">{_name(row)}</td>']
            for column in columns:
                given, taken = kills[row.key, column.key], kills[column.key, row.key]
                cells.append(_cell(row, column, given, taken))
            body.append(f"<tr>{''.join(cells)}</tr>")
        hidden = "hidden" if place else ""
        parts.append(
            f'<div class="killmatrix-content {hidden}" id="{name}-content">'
            f'<table class="stats-table"><tbody>{"".join(body)}</tbody></table></div>'
        )
    return "".join(parts)


def _cell(row: Player, column: Player, given: int, taken: int) -> str:
    title = text(
        f"{row.nick} killed {column.nick} {given} times, {column.nick} killed {row.nick}"
        f" {taken} times"
    )
    return (
        f'<td class="text-center" title="{title}"><span class="team2-player-score">{given}</span>'
        f':<span class="team1-player-score">{taken}</span></td>'
    )


def _name(player: Player) -> str:
    link = linked(player, "/stats/players", text(player.nick))
    return f'<span class="gtSmartphone-only">{player_flag(player)}</span>{link}'


def _column(match: MatchPlan, one: MapPlan, board: Board, team: int) -> str:
    owner = match.teams[team - 1]
    cards = "".join(_card(match, one, line) for line in board.lines(team, one.number, "both"))
    return (
        '<div class="col"><div class="players-team-header"><span class="label-and-text">'
        f"{text(owner.name)}</span>{logo(owner, 'team-logo')}</div>{cards}</div>"
    )


def is_dashed(match: MatchPlan, line: Line) -> bool:
    """Whether this player's impact or multi-kill bar prints no value."""
    return "display_dash" in match.flags and line.player.key == match.teams[0].players[2].key


def extra_rating(line: Line) -> str:
    """The impact (2.x) or multi-kill rating (3.0) of a card."""
    share = line.tally.multi / line.tally.rounds
    return f"{max(0.0, 0.3 + 4.1 * share + line.tally.opening_kills * 0.03):.2f}"


def bars(match: MatchPlan, one: MapPlan, line: Line) -> list[tuple[str, str]]:
    """Labels and printed values of a card, in order."""
    rounds = len(one.winners)
    extra = "-" if is_dashed(match, line) else extra_rating(line)
    values = [("KPR", per_round(line.tally.kills, rounds))]
    values += [("DPR", per_round(line.tally.deaths, rounds)), ("KAST", line.kast)]
    if line.swing:
        values += [("MK rating", extra), ("Swing", line.swing), ("ADR", line.adr)]
    else:
        values += [("Impact", extra), ("ADR", line.adr)]
    return [*values, (f"Rating {match.rating_version}", line.rating)]


def _card(match: MatchPlan, one: MapPlan, line: Line) -> str:
    player = line.player
    data = []
    for place, (label, value) in enumerate(bars(match, one, line)):
        bar = {"label": label, "value": f"{1 + place * 0.07:.2f}", "color": "00707b"}
        if not label.startswith("Rating "):
            bar["tooltext"] = f"{label} of the map: {value}"
        elif match.layout != "old":
            bar["tooltext"] = ""
        data.append(bar | {"displayValue": value})
    chart = f"uniqueChartId{player.id}"
    config = {
        "type": "bar2D",
        "renderAt": chart,
        "dataSource": {
            "chart": {"yAxisMaxValue": "2.15", "theme": "fint", "decimals": 2},
            "data": data,
            "trendlines": [{"line": [{"startvalue": "1.0", "displayValue": "Avg"}]}],
        },
        "heightOverride": True,
        "width": "100%",
        "dataFormat": "json",
    }
    tag = style_of(match).graph_tag
    name = linked(
        player,
        "/player",
        f'<span class="gtSmartphone-only">{long_name(player)}</span>'
        f'<span class="smartphone-only">{text(player.nick)}</span>',
    )
    return (
        '<div class="highlighted-player"><div class="standard-box"><div class="headline"><span>'
        f'{player_flag(player)}{name}</span></div><div class="picture-and-chart"><div class="facts">'
        f'<{tag} class="graph small" id="{chart}" data-fusionchart-config="'
        f'{text(json.dumps(config, separators=(",", ":")))}"></{tag}></div></div></div></div>'
    )
