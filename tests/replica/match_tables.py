"""The statistics tables of the match page, in the three forms they have had (section 4.5)."""

from __future__ import annotations

from tests.replica.lines import Board, Line
from tests.replica.markup import (
    Style,
    logo,
    long_name,
    player_flag,
    player_path,
    team_path,
    text,
)
from tests.replica.plan import CODES, MatchPlan

TABLES = (("both", "totalstats"), ("CT", "ctstats hidden"), ("T", "tstats hidden"))
ECO = "eco-adjusted-data hidden"
TRADITIONAL = "traditional-data"


def form_of(match: MatchPlan) -> str:
    """Say how the tables are drawn: `old`, `autumn`, `new`, or `new` with empty eco cells."""
    if match.go and match.layout == "new":
        return "empty_eco" if "go_eco_columns" in match.flags else "old"
    return match.layout


def statistics(match: MatchPlan, board: Board, style: Style) -> str:
    """The block `#match-stats`: a menu, then one content per map and one for all."""
    entries: list[tuple[int | None, str, str]] = [(None, "All", "All maps")]
    entries += [(one.mapstatsid, CODES[one.name], one.name) for one in match.played]
    menu = "".join(
        '<div class="small-padding"><div class="stats-menu-link ">'
        f'<div class="{number or "all"} dynamic-map-name-short" id="{number or "all"}">{short}'
        f'</div><div class="{number or "all"} dynamic-map-name-full" id="{number or "all"}">'
        f"{full}</div></div></div>"
        for number, short, full in entries
    )
    detailed = f"/stats/matches/{20_000 + match.index}/{match.teams[0].slug}-vs-x"
    if len(match.played) == 1:
        detailed = match.stats_path(match.played[0])
    contents = [_content("all-content", match, board, style, 0)]
    contents += [
        _content(f"{one.mapstatsid}-content", match, board, style, one.number)
        for one in match.played
    ]
    return (
        '<div class="spoiler"><div class="matchstats" id="match-stats"><div class="section-header">'
        '<div class="headline">Match stats</div></div><div class="box-headline flexbox nowrap'
        f' header"><div class="flexbox nowrap">{menu}</div><div class="small-padding'
        f' stats-detailed-stats"><a href="{detailed}">Detailed stats</a></div></div>'
        f"{''.join(contents)}</div></div>"
    )


def _content(name: str, match: MatchPlan, board: Board, style: Style, number: int) -> str:
    tables = []
    order = (1, 2, 0) if "side_tables_first" in match.flags else (0, 1, 2)
    for team in (1, 2):
        for place in order:
            side, classes = TABLES[place]
            rows = board.overview_lines(team, number, side)
            tables.append(_table(match, team, classes, rows, style))
    hidden = "" if name == "all-content" else ' style="display:none"'
    return f'<div class="stats-content" id="{name}"{hidden}>{"".join(tables)}</div>'


def _table(match: MatchPlan, number: int, classes: str, lines: list[Line], style: Style) -> str:
    form = form_of(match)
    rows = "".join(_row(line, form) for line in lines)
    return (
        f'<table class="table {classes}">{style.open_body}{_header(match, number, form)}{rows}'
        f"{style.close_body}</table>"
    )


def _header(match: MatchPlan, number: int, form: str) -> str:
    team = match.teams[number - 1]
    size = ' height="25px" width="25px"'
    link = f'<a href="{team_path(team)}" class="teamName team">{text(team.name)}</a>'
    image = logo(team, "logo", size)
    cells = [f'<td class="players"><div class="align-logo">{image}{link}</div></td>']
    if form in {"old", "autumn"}:
        cells.append('<td class="kd text-center">K-D</td>')
        cells.append('<td class="plus-minus text-center gtSmartphone-only">+/-</td>')
        cells.append('<td class="adr text-center">ADR</td><td class="kast text-center">KAST</td>')
        if form == "autumn":
            cells.append('<td class="roundSwing text-center">Swing</td>')
    else:
        cells.append(_twins("kd", "K-D", "eK-eD"))
        if form == "new":
            cells.append('<td class="roundSwing text-center">Swing</td>')
        cells.append(_twins("adr", "ADR", "eADR") + _twins("kast", "KAST", "eKAST"))
    cells.append(
        '<td class="rating text-center">Rating<span class="ratingDesc">'
        f"{match.rating_version}</span></td>"
    )
    return f'<tr class="header-row">{"".join(cells)}</tr>'


def _twins(name: str, plain: str, eco: str) -> str:
    return (
        f'<td class="{name} text-center {TRADITIONAL}">{plain}</td>'
        f'<td class="{name} text-center {ECO}">{eco}</td>'
    )


def _player_cell(line: Line, form: str) -> str:
    player = line.player
    wide = f'<div class="gtSmartphone-only statsPlayerName">{long_name(player)}</div>'
    narrow = f'<div class="smartphone-only statsPlayerName">{text(player.nick)}</div>'
    path = player_path(player, "/player")
    if form == "old":
        href = f' href="{path}"' if path else ""
        inner = (
            f'<a{href} class="flagAlign no-maps-indicator-offset">'
            f"{player_flag(player, 'flag flag')}{wide}{narrow}</a>"
        )
    else:
        tag = f'a href="{path}" class="text-ellipsis"' if path else 'span class="text-ellipsis"'
        inner = f"{player_flag(player)}<{tag}>{wide}{narrow}</{tag.split(maxsplit=1)[0]}>"
    return f'<td class="players"><div class="flagAlign">{inner}</div></td>'


def swing_class(swing: str) -> str:
    """Colour of a swing value: beyond one percent either way."""
    value = float(swing.rstrip("%"))
    return " won" if value > 1 else " lost" if value < -1 else ""


def rating_class(rating: str) -> str:
    """Colour of a rating."""
    value = float(rating)
    if value >= 1.05:
        return "ratingPositive"
    return "ratingNegative" if value <= 0.95 else "ratingNeutral"


def _row(line: Line, form: str) -> str:
    kills, deaths = line.tally.kills, line.tally.deaths
    kd, swing = f"{kills}-{deaths}", line.swing or ""
    cells = [_player_cell(line, form)]
    if form in {"old", "autumn"}:
        diff = f"{kills - deaths:+d}" if kills != deaths else "0"
        cells.append(f'<td class="kd text-center">{kd}</td>')
        cells.append(
            f'<td class="plus-minus text-center gtSmartphone-only"><span>{diff}</span></td>'
        )
        cells.append(f'<td class="adr text-center ">{line.adr}</td>')
        cells.append(f'<td class="kast text-center">{line.kast}</td>')
        if form == "autumn":
            cells.append(f'<td class="roundSwing text-center{swing_class(swing)}">{swing}</td>')
    else:
        eco = line.eco
        twins = ("-", "-", "-")
        if eco:
            twins = (f"{eco.kills}-{eco.deaths}", eco.adr, eco.kast)
        cells.append(_twins("kd", kd, twins[0]))
        if form == "new":
            cells.append(f'<td class="roundSwing text-center{swing_class(swing)}">{swing}</td>')
        cells.append(_twins("adr", line.adr, twins[1]) + _twins("kast", line.kast, twins[2]))
    cells.append(f'<td class="rating text-center {rating_class(line.rating)}">{line.rating}</td>')
    return f"<tr class=''>{''.join(cells)}</tr>"
