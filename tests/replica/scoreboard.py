"""The scoreboards of a map page: the layout until 2025 and the one since (sections 5.3, 5.4)."""

from __future__ import annotations

from tests.replica.lines import Board, Line
from tests.replica.markup import linked, logo, player_flag, text
from tests.replica.match_tables import TABLES, rating_class, swing_class
from tests.replica.plan import MapPlan, MatchPlan

FLASH = (
    '<span class="gtSmartphone-only" title="Flash assists, a teammate killed an opponent while'
    ' blinded">({0})</span>'
)
WIDE = '<span class="gtSmartphone-only">({0})</span>'
PLAIN, ECO = "traditional-data", "eco-adjusted-data hidden"
SPACES = ("{} {}", "{}{}", "{}\n {}")


def scoreboards(match: MatchPlan, one: MapPlan, board: Board) -> str:
    """All tables of a map page: left team's total, CT and T, then the right team's."""
    parts = []
    teams = [match.left, 3 - match.left]
    if "one_table" in match.flags and one is match.played[0]:
        teams = teams[:1]
    for team in teams:
        for side, classes in TABLES:
            lines = board.lines(team, one.number, side)
            table = _old_table if match.layout == "old" else _new_table
            parts.append(f'<div class="stats-content ">{table(match, team, classes, lines)}</div>')
            parts.extend(_tooltip(line) for line in lines)
        parts.append('<div class="section-spacer"></div>')
    return "".join(parts)


def _tooltip(line: Line) -> str:
    path = f"/stats/players/{line.player.id or 0}/x"
    return (
        f'<div class="hidden" id="uniqueTooltipId-{line.player.id}"><div class="stats-section'
        f' context-tooltip"><a href="{path}" class="context-button">Go to Player</a>'
        "</div></div>"
    )


def _head(match: MatchPlan, team: int, cells: str) -> str:
    one = match.teams[team - 1]
    rating = f'Rating<span class="ratingDesc">{match.rating_version}</span>'
    return (
        f'<thead><tr><th class="st-teamname text-ellipsis">{logo(one, "logo")}{text(one.name)}'
        f'</th>{cells}<th class="st-rating">{rating}</th></tr></thead>'
    )


def _player(line: Line) -> str:
    player = line.player
    name = linked(player, "/stats/players", text(player.nick), ' class="text-ellipsis"')
    return (
        '<td class="st-player"><div class="flag-align"><span class="gtSmartphone-only">'
        f"{player_flag(player)}</span>{name}</div></td>"
    )


def _signed(value: int) -> tuple[str, str]:
    colour = " won" if value > 0 else " lost" if value < 0 else ""
    return (f"{value:+d}" if value else "0"), colour


def _old_table(match: MatchPlan, team: int, classes: str, lines: list[Line]) -> str:
    names = (
        ("st-kills", 'K<span class="gtSmartphone-only"> (hs)</span>'),
        ("st-assists", 'A<span class="gtSmartphone-only"> (f)</span>'),
        ("st-deaths", "D"),
        ("st-kdratio", "KAST"),
        ("st-kddiff", "K-D Diff"),
        ("st-adr", "ADR"),
        ("st-fkdiff", "FK Diff"),
    )
    head = "".join(f'<th class="{name}">{label}</th>' for name, label in names)
    rows = "".join(_old_row(line) for line in lines)
    return (
        f'<table class="stats-table {classes} ">{_head(match, team, head)}'
        f"<tbody>{rows}</tbody></table>"
    )


def _old_row(line: Line) -> str:
    tally = line.tally
    diff, diff_colour = _signed(tally.kills - tally.deaths)
    firsts, firsts_colour = _signed(tally.opening_kills - tally.opening_deaths)
    hs = f'<span class="gtSmartphone-only"> ({tally.hs})</span>'
    title = f"{tally.opening_kills} first kills, {tally.opening_deaths} first deaths in a round"
    return (
        f'<tr>{_player(line)}<td class="st-kills">{tally.kills}{hs}</td>'
        f'<td class="st-assists">{tally.assists} {FLASH.format(tally.flash)}</td>'
        f'<td class="st-deaths">{tally.deaths}</td><td class="st-kdratio">{line.kast}</td>'
        f'<td class="st-kddiff{diff_colour}" data-sort="{tally.kills - tally.deaths}"'
        f' data-sort-method="number">{diff}</td><td class="st-adr">{line.adr}</td>'
        f'<td class="st-fkdiff{firsts_colour}" data-sort="org.hltv.models.template.stats.Opinion'
        f'atedText$Pos@1d73d743" data-sort-method="number" title="{title}">{firsts}</td>'
        f'<td class="st-rating {rating_class(line.rating)}">{line.rating}</td></tr>'
    )


def _new_table(match: MatchPlan, team: int, classes: str, lines: list[Line]) -> str:
    eco = match.layout == "new"
    wide = "gtSmartphone-only"
    narrow = "smartphone-only"
    dead = "eD" if match.go else "eD(t)"
    plan = (
        (f"st-opkd {wide}", "Op.K-D", "Op.eK-eD"),
        (f"st-mks {wide}", "MKs", None),
        (f"st-kast {wide}", "KAST", "eKAST"),
        (f"st-clutches {wide}", "1vsX", None),
        ("st-kills", "K(hs)", "eK(hs)"),
        ("st-assists", "A(f)", None),
        ("st-deaths", "D(t)", dead),
        ("st-adr", "ADR", "eADR"),
        (f"st-kast {narrow}", "KAST", "eKAST"),
    )
    cells = []
    for name, label, twin in plan:
        plain = f" {PLAIN}" if twin and eco else ""
        cells.append(f'<th class="{name}{plain}">{label}</th>')
        if twin and eco:
            cells.append(f'<th class="{name} {ECO}">{twin}</th>')
    if match.rating_version == "3.0":
        cells.append('<th class="st-roundSwing">Swing</th>')
    rows = "".join(_new_row(match, place, line, eco=eco) for place, line in enumerate(lines))
    return (
        f'<table class="stats-table {classes} ">{_head(match, team, "".join(cells))}'
        f"<tbody>{rows}</tbody></table>"
    )


def _new_row(match: MatchPlan, place: int, line: Line, *, eco: bool) -> str:
    tally, twin = line.tally, line.eco
    spaces = SPACES[(match.index + place) % 3]
    plain = {
        "st-opkd": f"{tally.opening_kills} : {tally.opening_deaths}",
        "st-kast": line.kast,
        "st-kills": spaces.format(tally.kills, WIDE.format(tally.hs)),
        "st-deaths": spaces.format(tally.deaths, WIDE.format(tally.traded)),
        "st-adr": line.adr,
    }
    adjusted = {
        "st-opkd": "null",
        "st-kast": "-",
        "st-kills": "null(null)",
        "st-deaths": "null" if place % 2 else "null(null)",
        "st-adr": "-",
    }
    if twin:
        adjusted = {
            "st-opkd": f"{twin.opening_kills} : {twin.opening_deaths}",
            "st-kast": twin.kast,
            "st-kills": spaces.format(twin.kills, WIDE.format(twin.hs)),
            "st-deaths": spaces.format(twin.deaths, WIDE.format(twin.traded)),
            "st-adr": twin.adr,
        }

    def pair(name: str, classes: str = "") -> str:
        cell = f'<td class="{name}{classes}{f" {PLAIN}" if eco else ""}">{plain[name]}</td>'
        return cell + (f'<td class="{name}{classes} {ECO}">{adjusted[name]}</td>' if eco else "")

    wide = " gtSmartphone-only"
    swing = line.swing
    cells = [
        _player(line),
        pair("st-opkd", wide),
        f'<td class="st-mks{wide}">{tally.multi}</td>',
        pair("st-kast", wide),
        f'<td class="st-clutches{wide}">{tally.clutches}</td>',
        pair("st-kills"),
        f'<td class="st-assists">{spaces.format(tally.assists, FLASH.format(tally.flash))}</td>',
        pair("st-deaths"),
        pair("st-adr"),
        pair("st-kast", " smartphone-only"),
        f'<td class="st-roundSwing{swing_class(swing)}">{swing}</td>' if swing else "",
        f'<td class="st-rating {rating_class(line.rating)}">{line.rating}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"
