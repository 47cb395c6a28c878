"""The round history of a map page: icons in two rows, padded or not (section 5.5)."""

from __future__ import annotations

from tests.replica.lines import Board
from tests.replica.markup import logo
from tests.replica.plan import MapPlan, MatchPlan
from tests.replica.play import RoundPlay

ICONS = {
    ("CT", "elimination"): "ct_win",
    ("T", "elimination"): "t_win",
    ("T", "bomb_planted"): "bomb_exploded",
    ("CT", "defuse"): "bomb_defused",
    ("CT", "time"): "stopwatch",
}
BAR = '<div class="round-history-bar"></div>'

Half = tuple[list[RoundPlay], int]


def padding_of(match: MatchPlan) -> str:
    """How regulation is padded: `full` to the half's size, `partly`, or `none`."""
    if match.layout == "old" or "history_padded" in match.flags:
        return "full"
    if "history_partly_padded" in match.flags:
        return "partly"
    return "none" if match.index % 2 or "history_unpadded" in match.flags else "full"


def round_history(match: MatchPlan, one: MapPlan, board: Board) -> str:
    """The block of regulation and, after its own headline, that of all overtimes."""
    rounds = board.plays[one.number].rounds
    halves = _regulation(match, one, rounds)
    extra = _overtime(rounds[one.regulation :])
    if "overtime_inline" in match.flags:
        halves, extra = halves + extra, []
    parts = ['<div class="standard-headline">Round history</div>']
    parts.append(_container(match, halves, (0, 0), ""))
    if extra:
        score = tuple(one.rounds_won(team, 0, one.regulation) for team in _order(match))
        parts.append('<div class="standard-headline">Overtime</div>')
        parts.append(_container(match, extra, (score[0], score[1]), " round-history-overtime"))
    return "".join(parts)


def _order(match: MatchPlan) -> tuple[int, int]:
    return match.left, 3 - match.left


def _regulation(match: MatchPlan, one: MapPlan, rounds: list[RoundPlay]) -> list[Half]:
    padding = padding_of(match)
    first = rounds[: one.half]
    second = rounds[one.half : one.regulation]
    size = one.regulation - one.half
    slots = {"full": size, "partly": min(size, len(second) + 2), "none": len(second)}[padding]
    return [(first, one.half), (second, slots)]


def _overtime(rounds: list[RoundPlay]) -> list[Half]:
    return [(rounds[start : start + 3], 3) for start in range(0, len(rounds), 3)]


def _container(match: MatchPlan, halves: list[Half], score: tuple[int, int], classes: str) -> str:
    rows = []
    for team in _order(match):
        image = logo(match.teams[team - 1], "round-history-team")
        icons = _icons(match, halves, score, team)
        rows.append(f'<div class="round-history-team-row">{image}{icons}</div>')
    return f'<div class="standard-box round-history-con{classes}">{"".join(rows)}</div>'


def _icons(match: MatchPlan, halves: list[Half], score: tuple[int, int], team: int) -> str:
    order = _order(match)
    running = list(score)
    parts = []
    for rounds, slots in halves:
        parts.append(BAR)
        for one in rounds:
            running[order.index(one.winner)] += 1
            if one.winner == team:
                title = f"{running[0]}-{running[1]}"
                parts.append(_icon(ICONS[one.side, one.win_type], title))
            else:
                parts.append(_icon("emptyHistory", ""))
        parts.extend([_icon("emptyHistory", "")] * (slots - len(rounds)))
    return "".join(parts)


def _icon(name: str, title: str) -> str:
    return (
        f'<img src="/img/static/scoreboard/{name}.svg" class="round-history-outcome"'
        f' title="{title}">'
    )
