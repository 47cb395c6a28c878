"""Which team a line of the equipment chart is about: four ways, in order of trust."""

from __future__ import annotations

import pytest

from parse.sources.hltv.economy_teams import Team, resolve_teams
from parse.sources.hltv.fragments import EconomyPoint, RoundWin

TEAMS = (Team(11, ("A", "Alpha")), Team(22, ("B",)))
WINS = [
    RoundWin(
        mapstatsid=9,
        round_number=number,
        winner=winner,
        winner_side="T",
        win_type="elimination",
        score=None,
    )
    for number, winner in ((1, 1), (2, 2), (3, 1))
]


def points(
    line: int, series: str, title: str | None, won: tuple[bool | None, ...]
) -> list[EconomyPoint]:
    return [
        EconomyPoint(
            mapstatsid=9,
            line=line,
            series_name=series,
            title_name=title,
            round_number=number,
            equipment_value=1,
            buy_type="full_eco",
            side=None,
            won=flag,
        )
        for number, flag in enumerate(won, 1)
    ]


LEFT_WON, RIGHT_WON, UNTOLD = (True, False, True), (False, True, False), (None, None, None)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("A", None, LEFT_WON), ("B", None, RIGHT_WON), {1: (11, "name"), 2: (22, "name")}),
        (("b", None, RIGHT_WON), ("alpha", None, LEFT_WON), {1: (22, "name"), 2: (11, "name")}),
        (("Old", "B", RIGHT_WON), ("A", "A", LEFT_WON), {1: (22, "title"), 2: (11, "name")}),
        (("Old", "Old", RIGHT_WON), ("A", "A", LEFT_WON), {1: (22, "winners"), 2: (11, "name")}),
        (("X", None, RIGHT_WON), ("Y", None, LEFT_WON), {1: (22, "winners"), 2: (11, "winners")}),
        (("X", None, UNTOLD), ("Y", None, UNTOLD), {1: (11, "position"), 2: (22, "position")}),
        (("B", None, UNTOLD), ("Y", None, UNTOLD), {1: (22, "name"), 2: (11, "position")}),
        (("A", None, LEFT_WON), ("A", None, RIGHT_WON), {1: (11, "winners"), 2: (22, "winners")}),
    ],
    ids=[
        "names",
        "crossed names",
        "title",
        "winners of one",
        "winners",
        "position",
        "the one left",
        "one name twice",
    ],
)
def test_economy_teams(
    first: tuple[str, str | None, tuple[bool | None, ...]],
    second: tuple[str, str | None, tuple[bool | None, ...]],
    expected: dict[int, tuple[int, str]],
) -> None:
    chart = points(1, *first) + points(2, *second)
    assert resolve_teams(chart, WINS, TEAMS) == expected
