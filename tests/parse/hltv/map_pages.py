"""Tiny hand-made map stats, performance and economy pages with the outlines of spec/hltv.md."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence

from tests.parse.hltv.pages import START_MS

BREAKDOWN = (
    '<span class="won">16</span> : <span class="lost">5</span> '
    '( <span class="t-color">14</span> : <span class="ct-color">1</span> ) '
    '( <span class="ct-color">2</span> : <span class="t-color">4</span> )'
)


def info_row(value: str, label: str) -> str:
    """A row below the score."""
    return f'<div class="match-info-row"><div class="right">{value}</div><div class="bold">{label}</div></div>'


FIGURES = (
    info_row("1.48 : 0.66", "Team rating 2.0")
    + info_row("9 : 12", "First kills")
    + info_row("3 : 2", "Clutches won")
)


def page_team(side: str, team_id: int | None, name: str, rounds: str) -> str:
    """A team of the map page's box."""
    link = f'<a class="block" href="/stats/teams/{team_id}/x">{name}</a>' if team_id else ""
    return f"""<div class="team-{side}"><img class="team-logo day-only" title="{name}">
    <img class="team-logo night-only" title="{name}">{link}<div class="bold won">{rounds}</div></div>"""


def map_html(
    *,
    left: str = page_team("left", 11, "A", "16"),
    right: str = page_team("right", 22, "B", "5"),
    map_name: str = "Vertigo",
    breakdown: str = BREAKDOWN,
    tables: str = "",
    history: str = "",
    figures: str = FIGURES,
    match_link: str = '<a class="match-page-link button" href="/matches/1/a-vs-b">More</a>',
) -> str:
    """A map stats page; its hidden tooltip repeats links of teams.

    Scoreboards per side are added, without players, where there are scoreboards and none of these.
    """
    if "totalstats" in tables and "tstats" not in tables.replace("totalstats", ""):
        names = [(team, side) for team in "AB" for side in ("ctstats", "tstats")]
        tables += "".join(scoreboard(team, OLD_BOARD, [], side) for team, side in names)
    return f"""<div class="stats-section stats-match"><div class="match-info-box-con">
    <div class="match-info-box"><a class="block" href="/stats?event=5">Cup</a>
      <div class="small-text"><span data-unix="{START_MS}">x</span><br><span class="bold">Map</span></div>
      {map_name}
      {left}{right}
      <div class="hidden"><a href="/stats/teams/99/x">Go to Team</a></div></div>
    <div class="match-info-row"><div class="right">{breakdown}</div><div class="bold">Breakdown</div></div>
    {figures}{match_link}</div>{history}{tables}</div>"""


def scoreboard(
    team: str,
    head: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[str]],
    side: str = "totalstats",
) -> str:
    """A scoreboard; a row's texts are whole cells where they begin with `<td`."""
    names = "".join(f'<th class="{classes}">{label}</th>' for classes, label in head)
    lines = ""
    for row in rows:
        cells = [text if text.startswith("<td") else f"<td>{text}</td>" for text in row]
        lines += f"<tr>{''.join(cells)}</tr>"
    return f"""<div class="stats-content"><table class="stats-table {side}"><thead><tr>
    <th class="st-teamname"><img class="logo day-only"><img class="logo night-only">{team}</th>{names}
    </tr></thead><tbody>{lines}</tbody></table></div>"""


def board_player(player_id: int | None, nick: str) -> str:
    """The first cell of a scoreboard's row."""
    inner = nick if player_id is None else f'<a href="/stats/players/{player_id}/x">{nick}</a>'
    return f'<td class="st-player"><div class="flag-align"><img class="flag">{inner}</div></td>'


OLD_BOARD = (
    ("st-kills", "K (hs)"),
    ("st-assists", "A (f)"),
    ("st-deaths", "D"),
    ("st-kdratio", "KAST"),
    ("st-kddiff", "K-D Diff"),
    ("st-adr", "ADR"),
    ("st-fkdiff", "FK Diff"),
    ("st-rating", 'Rating<span class="ratingDesc">2.0</span>'),
)
OLD_LINE = (
    '<td>25<span class="gtSmartphone-only"> (19)</span></td>',
    '<td>3 <span title="Flash assists">(0)</span></td>',
    "10",
    "90.5%",
    "+15",
    "119.3",
    '<td data-sort="org.x.Pos@1" title="3 first kills, 1 first deaths in a round">+2</td>',
    "1.95",
)
NEW_BOARD = (
    ("st-opkd gtSmartphone-only traditional-data", "Op.K-D"),
    ("st-opkd gtSmartphone-only eco-adjusted-data hidden", "Op.eK-eD"),
    ("st-mks gtSmartphone-only", "MKs"),
    ("st-kast gtSmartphone-only traditional-data", "KAST"),
    ("st-kast gtSmartphone-only eco-adjusted-data hidden", "eKAST"),
    ("st-clutches gtSmartphone-only", "1vsX"),
    ("st-kills traditional-data", "K(hs)"),
    ("st-kills eco-adjusted-data hidden", "eK(hs)"),
    ("st-assists", "A(f)"),
    ("st-deaths traditional-data", "D(t)"),
    ("st-deaths eco-adjusted-data hidden", "eD(t)"),
    ("st-adr traditional-data", "ADR"),
    ("st-adr eco-adjusted-data hidden", "eADR"),
    ("st-kast smartphone-only traditional-data", "KAST"),
    ("st-kast smartphone-only eco-adjusted-data hidden", "eKAST"),
    ("st-roundSwing", "Swing"),
    ("st-rating", 'Rating<span class="ratingDesc">3.0</span>'),
)
NEW_LINE = (
    *(
        "2 : 5",
        "3 : 4",
        "4",
        "66.7%",
        "104.9%",
        "2",
        "14 (9)",
        "13 (8)",
        "2 (0)",
        "15 (2)",
        "16 (3)",
    ),
    *("69.2", "70.4", "66.7%", "104.9%", "+2.90%", "1.14"),
)


def history(
    *rows: Sequence[tuple[str, str]], classes: str = "", titles: Sequence[str] = ("A", "B")
) -> str:
    """A box of round history: two rows of (icon, tooltip)."""
    lines = ""
    for title, row in zip(titles, rows, strict=True):
        images = "".join(
            f'<img class="round-history-outcome" src="/img/static/scoreboard/{icon}" title="{tip}">'
            for icon, tip in row
        )
        lines += f"""<div class="round-history-team-row"><img class="round-history-team day-only" title="{title}">
        <img class="round-history-team night-only" title="{title}"><div class="round-history-bar"></div>{images}</div>"""
    return f'<div class="standard-box round-history-con {classes}">{lines}</div>'


def chart(config: object, tag: str = "div") -> str:
    """A chart element with its configuration as the page escapes it."""
    text = html.escape(json.dumps(config), quote=True)
    return f'<{tag} class="graph" data-fusionchart-config="{text}"></{tag}>'


def card(player_id: int | None, nick: str, bars: Mapping[str, str | None], tag: str = "div") -> str:
    """A player's card of the performance page."""
    names = f"<span class='gtSmartphone-only'>Jo '<span class='player-nick'>{nick}</span>' Doe</span><span class='smartphone-only'>{nick}</span>"
    link = names if player_id is None else f'<a href="/player/{player_id}/x">{names}</a>'
    data = [{"label": label, "value": "1.0", "displayValue": text} for label, text in bars.items()]
    graph = chart({"type": "bar2D", "dataSource": {"chart": {}, "data": data}}, tag)
    return f"""<div class="highlighted-player"><div class="standard-box"><div class="headline"><span>
    <img class="flag">{link}</span></div><div class="facts">{graph}</div></div></div>"""


def no_kills(*names: str) -> str:
    """The matrices of these names, without players."""
    return "".join(matrix(name, [], []) for name in names)


def matrix(
    name: str,
    columns: Sequence[tuple[int | None, str]],
    rows: Sequence[tuple[tuple[int | None, str], Sequence[str]]],
) -> str:
    """A kill matrix: columns are team 1's players, rows team 2's."""

    def cell(classes: str, player: tuple[int | None, str]) -> str:
        player_id, nick = player
        inner = nick if player_id is None else f'<a href="/stats/players/{player_id}/x">{nick}</a>'
        return f'<td class="{classes}"><span><img class="flag"></span>{inner}</td>'

    top = "".join(cell("text-center team1", player) for player in columns)
    lines = ""
    for player, texts in rows:
        pairs = [text.split(":") for text in texts]
        cells = "".join(
            f'<td class="text-center"><span class="team2-player-score">{own}</span>:<span class="team1-player-score">{other}</span></td>'
            for own, other in pairs
        )
        lines += f"<tr>{cell('team2', player)}{cells}</tr>"
    return f"""<div id="{name}-content" class="killmatrix-content"><table class="stats-table"><tbody>
    <tr class="killmatrix-topbar"><td></td>{top}</tr>{lines}</tbody></table></div>"""


def economy_line(name: str, points: Sequence[tuple[str | None, str]]) -> dict[str, object]:
    """A line of the equipment chart: (value, winner's image or nothing) by round."""
    data: list[dict[str, object]] = []
    for value, anchor in points:
        point: dict[str, object] = {"value": value, "anchorBgAlpha": 100}
        if anchor:
            point["anchorImageUrl"] = f"https://www.hltv.org/img/static/economy/{anchor}"
        data.append(point)
    return {"seriesname": name, "color": "#aeaeae", "data": data}


def economy_chart(
    labels: Sequence[str], *lines: dict[str, object], tag: str = "worker-ignore"
) -> str:
    """The equipment chart."""
    source = {
        "chart": {"yAxisMaxValue": "40000"},
        "categories": [{"category": [{"label": label} for label in labels]}],
        "dataset": list(lines),
    }
    return chart({"type": "msline", "dataSource": source}, tag)


def economy_table(*rows: tuple[str, Sequence[tuple[int, str]]]) -> str:
    """A half's table: (team's title, cells of (value, icon))."""
    lines = ""
    for title, cells in rows:
        images = "".join(
            f'<td class="equipment-category-td" title="Equipment value: {value}"><img class="equipment-category" src="/img/static/equipmentcategories/{icon}"></td>'
            for value, icon in cells
        )
        lines += f"""<tr class="team-categories"><td class="team"><img class="team-logo day-only" title="{title}">
        <img class="team-logo night-only" title="{title}"></td>{images}</tr>"""
    return f'<table class="standard-box equipment-categories"><tbody>{lines}</tbody></table>'
