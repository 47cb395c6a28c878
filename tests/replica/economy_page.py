"""The economy page: the chart of equipment values and the tables below it (section 7)."""

from __future__ import annotations

import json

from tests.replica.lines import Board
from tests.replica.map_menu import menu
from tests.replica.markup import logo, style_of, text
from tests.replica.plan import MapPlan, MatchPlan
from tests.replica.play import RoundPlay

BANDS = ((5000, "full_eco"), (10_000, "semi_eco"), (20_000, "semi_buy"))
ICONS = {
    "full_eco": "Pistol",
    "semi_eco": "ForcePistol",
    "semi_buy": "Forcebuy",
    "full_buy": "RifleArmor",
}
LABELS = (
    ("full_eco", "Total full eco rounds [0-5k] "),
    ("semi_eco", "Total semi-eco rounds [5-10k] "),
    ("semi_buy", "Total semi-buy rounds [10-20k] "),
    ("full_buy", "Total full buy rounds [20k+] "),
)
LINES = ((5000, "Semi-eco"), (10_000, "Semi-buy"), (20_000, "Full buy"))


def buy_type(value: int) -> str:
    """The band of an equipment value, lower bounds included."""
    for bound, name in BANDS:
        if value < bound:
            return name
    return "full_buy"


def is_renamed(match: MatchPlan, team: int) -> bool:
    """Whether the chart prints another name for the team than the match page."""
    if match.flags & {"economy_renamed_winners", "economy_renamed_position"}:
        return True
    return "economy_renamed_title" in match.flags and team == 1


def chart_name(match: MatchPlan, team: int) -> str:
    """The name of a team's line in the chart."""
    name = match.teams[team - 1].name
    if not is_renamed(match, team):
        return name
    return (
        f"{name} powered by BRICK" if "economy_renamed_title" in match.flags else f"Ex-Org {team}"
    )


def dataset_order(match: MatchPlan) -> tuple[int, int]:
    """Teams in the chart's order: as on the page, or turned round where winners must tell."""
    if "economy_renamed_winners" in match.flags:
        return 3 - match.left, match.left
    return match.left, 3 - match.left


def regulation(one: MapPlan, board: Board) -> list[RoundPlay]:
    """The rounds the page publishes: no overtime."""
    return [play for play in board.plays[one.number].rounds if play.values]


def printed_value(match: MatchPlan, play: RoundPlay, place: int, team: int) -> int | None:
    """The equipment value of a team in a round; None where the chart's point is empty."""
    if "economy_null_value" in match.flags and place == 4 and team == 2:
        return None
    return play.values[team - 1] if play.values else None


def has_chart(match: MatchPlan, one: MapPlan) -> bool:
    """Whether the map has an economy at all."""
    return not ("no_economy" in match.flags and one is match.played[0])


def economy_content(match: MatchPlan, one: MapPlan, board: Board) -> str:
    """Everything between the navigation and the footer of an economy page."""
    head = (
        f'<div class="stats-section stats-match stats-match-economy">{menu(match, one, "economy")}'
    )
    if not has_chart(match, one):
        return (
            f'{head}<div class="standard-box"><div class="padding">No economy data is available'
            " for this map.</div></div></div>"
        )
    tag = style_of(match).graph_tag
    config = text(json.dumps(_chart(match, one, board), separators=(",", ":")))
    rounds = regulation(one, board)
    return (
        f'{head}<div class="standard-headline">Round start equipment value</div>'
        f'<div class="standard-box"><{tag} class="graph" id="uniqueChartId9"'
        f' data-fusionchart-config="{config}"></{tag}></div>'
        '<div class="standard-headline">Round breakdown by round start equipment value</div>'
        f"{_breakdown(match, one, board)}"
        '<div class="standard-headline">First half round history</div>'
        f"{_table(match, rounds[: one.half], 0)}"
        '<div class="standard-headline">Second half round history</div>'
        f"{_table(match, rounds[one.half :], one.half)}</div>"
    )


def _chart(match: MatchPlan, one: MapPlan, board: Board) -> dict[str, object]:
    rounds = regulation(one, board)
    datasets = []
    for place, team in enumerate(dataset_order(match)):
        points = []
        for number, play in enumerate(rounds):
            value = printed_value(match, play, number, team)
            point: dict[str, object] = {"value": "" if value is None else str(value)}
            point["anchorBgAlpha"] = 100
            if play.winner == team:
                name = f"{play.side.lower()}RoundWon.png"
                point["anchorImageUrl"] = f"https://www.hltv.org/img/static/economy/{name}"
                point["anchorImageScale"] = 15
            points.append(point)
        color, dashed = (("#aeaeae", 0), ("#525252", 1))[place]
        name = chart_name(match, team)
        datasets.append({"seriesname": name, "color": color, "dashed": dashed, "data": points})
    lines = [
        {"startvalue": str(value), "displayValue": label, "color": "#999999"}
        for value, label in LINES
    ]
    return {
        "type": "msline",
        "renderAt": "uniqueChartId9",
        "dataSource": {
            "chart": {"yAxisMaxValue": "40000", "theme": "fint", "showLegend": "1"},
            "categories": [
                {"category": [{"label": str(number + 1)} for number in range(len(rounds))]}
            ],
            "dataset": datasets,
            "trendlines": [{"line": lines}],
        },
        "width": "100%",
        "height": "300",
        "dataFormat": "json",
    }


def _breakdown(match: MatchPlan, one: MapPlan, board: Board) -> str:
    columns = []
    for team in dataset_order(match):
        owner = match.teams[team - 1]
        rows = []
        for name, label in LABELS:
            numbers, won = [], 0
            for place, play in enumerate(regulation(one, board), start=1):
                if play.values and buy_type(play.values[team - 1]) == name:
                    numbers.append(str(place))
                    won += play.winner == team
            rows.append(
                f'<div class="stats-row team-economy-stat" title="Rounds: {",".join(numbers)}">'
                f'<span><span>{text(label)}</span></span><span><span title="Played">'
                f'{len(numbers)}</span><span title="Won"> ({won})</span></span></div>'
            )
        columns.append(
            '<div class="col standard-box stats-rows"><div class="stats-row"><span class='
            f'"label-and-text">{text(chart_name(match, team))}</span>{logo(owner, "team-logo")}'
            f"</div>{''.join(rows)}</div>"
        )
    return f'<div class="columns">{"".join(columns)}</div>'


def _table(match: MatchPlan, rounds: list[RoundPlay], first: int) -> str:
    rows = []
    for team in dataset_order(match):
        title = match.teams[team - 1].name
        if match.flags & {"economy_renamed_winners", "economy_renamed_position"}:
            title = chart_name(match, team)
        name = text(title)
        source = "/img/static/team/placeholder.svg"
        image = f'<img alt="{name}" src="{source}" class="team-logo" title="{name}">'
        cells = [f'<td class="team">{image}</td>']
        for place, play in enumerate(rounds, start=first):
            value = printed_value(match, play, place, team)
            cells.append(_category(play, team, value))
        rows.append(f'<tr class="team-categories">{"".join(cells)}</tr>')
    return (
        f'<table class="standard-box equipment-categories"><tbody>{"".join(rows)}</tbody></table>'
    )


def _category(play: RoundPlay, team: int, value: int | None) -> str:
    won = play.winner == team
    side = play.side if won else ("T" if play.side == "CT" else "CT")
    icon = ICONS[buy_type(value or 0)]
    outcome, lost = ("Win", "") if won else ("Loss", " lost")
    source = f"/img/static/equipmentcategories/{side.lower()}{icon}{outcome}.svg"
    return (
        f'<td class="equipment-category-td" title="Equipment value: {value or 0}">'
        f'<img class="equipment-category{lost}" src="{source}"></td>'
    )
