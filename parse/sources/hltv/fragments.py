"""What pages say that is no table row by itself: the build joins these (assemble.py).

A map page does not know which map of its match it is about, and a lineup does not know who else
will appear in the statistics: such facts leave their page as fragments, keyed by what it knows.
"""

from __future__ import annotations

from typing import ClassVar

from parse.model import Fragment

MATCH = ("match", "match_id")
MAP = ("map", "mapstatsid")


class TeamSighting(Fragment, frozen=True):
    """A team of the match, from the head of the match page; TBD opponents are not sighted."""

    entity: ClassVar[tuple[str, str]] = MATCH

    match_id: int
    team_num: int
    team_id: int
    team_name: str
    country: str | None


class LineupHead(Fragment, frozen=True):
    """The head of a lineup; a page without lineups leaves what an older one said."""

    entity: ClassVar[tuple[str, str]] = MATCH

    match_id: int
    team_num: int
    rank: int | None


class DemoLink(Fragment, frozen=True):
    """The demo a match page offers; a page that offers none leaves what an older one said."""

    entity: ClassVar[tuple[str, str]] = MATCH

    match_id: int
    demo_id: int


class LineupPlayer(Fragment, frozen=True):
    """A player of a lineup; `position` counts from 1 in page order."""

    entity: ClassVar[tuple[str, str]] = MATCH

    match_id: int
    team_num: int
    position: int
    player_id: int | None
    player_name: str
    full_name: str | None
    country: str | None


class TablePlayer(Fragment, frozen=True):
    """A player in any of the match page's statistics tables of a team."""

    entity: ClassVar[tuple[str, str]] = MATCH

    match_id: int
    team_num: int
    player_id: int | None
    player_name: str
    full_name: str | None
    country: str | None


class MapScore(Fragment, frozen=True):
    """The head of a map stats page; left and right need not be the match page's teams 1 and 2."""

    entity: ClassVar[tuple[str, str]] = MAP

    mapstatsid: int
    match_id: int | None
    map_name: str | None
    left_id: int | None
    left_name: str
    right_id: int | None
    right_name: str
    left_rounds: int | None
    right_rounds: int | None
    left_ct_rounds: int | None
    left_t_rounds: int | None
    right_ct_rounds: int | None
    right_t_rounds: int | None
    left_ot_rounds: int | None
    right_ot_rounds: int | None


class MapFigures(Fragment, frozen=True):
    """What the rows below the score say of both teams; a page without them leaves older ones."""

    entity: ClassVar[tuple[str, str]] = MAP

    mapstatsid: int
    left_rating: float | None
    right_rating: float | None
    rating_version: str | None
    left_first_kills: int | None
    right_first_kills: int | None
    left_clutches_won: int | None
    right_clutches_won: int | None


class MapStatsPlayer(Fragment, frozen=True):
    """A player's line of a scoreboard, of one side or `both`; a table's are replaced together."""

    entity: ClassVar[tuple[str, str]] = MAP
    section: ClassVar[tuple[str, ...]] = ("team_id", "side")

    mapstatsid: int
    team_id: int | None
    side: str
    player_id: int | None
    player_name: str
    kills: int | None
    deaths: int | None
    assists: int | None
    flash_assists: int | None
    hs_kills: int | None
    opening_kills: int | None
    opening_deaths: int | None
    multi_kills: int | None
    clutch_wins: int | None
    traded_deaths: int | None
    adr: float | None
    kast: float | None
    rating: float | None
    rating_version: str | None
    round_swing: float | None
    e_kills: int | None
    e_deaths: int | None
    e_hs_kills: int | None
    e_opening_kills: int | None
    e_opening_deaths: int | None
    e_traded_deaths: int | None
    e_adr: float | None
    e_kast: float | None


class RoundWin(Fragment, frozen=True):
    """A played round; `winner` is 1 for the page's left (upper) team, 2 for the right one."""

    entity: ClassVar[tuple[str, str]] = MAP

    mapstatsid: int
    round_number: int
    winner: int
    winner_side: str
    win_type: str
    score: str | None
    """Running score `left-right` as the page's tooltip has it."""


class PerformancePlayer(Fragment, frozen=True):
    """A player's card of the performance page."""

    entity: ClassVar[tuple[str, str]] = MAP

    mapstatsid: int
    team_name: str
    player_id: int | None
    player_name: str
    kpr: float | None
    dpr: float | None
    kast: float | None
    impact: float | None
    mk_rating: float | None
    round_swing: float | None
    adr: float | None
    rating: float | None
    rating_version: str | None


class KillCell(Fragment, frozen=True):
    """A cell of a kill matrix: player 1 is the row's, player 2 the column's."""

    entity: ClassVar[tuple[str, str]] = MAP
    section: ClassVar[tuple[str, ...]] = ("matrix_type",)

    mapstatsid: int
    matrix_type: str
    player1_id: int | None
    player1_name: str
    player2_id: int | None
    player2_name: str
    player1_kills: int
    player2_kills: int


class EconomyPoint(Fragment, frozen=True):
    """A point of the equipment chart; `line` is 1 or 2, in the chart's order.

    series_name  the team as the chart names it
    title_name   the team as the tables below the chart name their row of that number, if they do
    """

    entity: ClassVar[tuple[str, str]] = MAP

    mapstatsid: int
    line: int
    series_name: str
    title_name: str | None
    round_number: int
    equipment_value: int | None
    buy_type: str | None
    side: str | None
    won: bool | None


FRAGMENTS: tuple[type[Fragment], ...] = (
    TeamSighting,
    LineupHead,
    DemoLink,
    LineupPlayer,
    TablePlayer,
    MapScore,
    MapFigures,
    MapStatsPlayer,
    RoundWin,
    PerformancePlayer,
    KillCell,
    EconomyPoint,
)
