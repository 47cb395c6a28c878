"""What the rows made of scoreboards have in common: their map, their player, their numbers."""

from __future__ import annotations

from typing import Any, Protocol, TypedDict

from parse.sources.hltv.fragments import MapStatsPlayer

BOTH = "both"
"""The side of a table that covers both."""

Identity = int | str


class MapKey(TypedDict):
    """The columns that say which map a row is about."""

    match_id: int
    map_number: int
    mapstatsid: int


class Player(Protocol):
    """A row about a player."""

    @property
    def player_id(self) -> int | None:
        """His number, if he has one."""

    @property
    def player_name(self) -> str:
        """His nickname."""


def identity_of(row: Player) -> Identity:
    """What a player is joined by: his id, or the name of one who has none."""
    return row.player_name if row.player_id is None else row.player_id


def line_values(row: MapStatsPlayer) -> dict[str, Any]:
    """The columns that a scoreboard's line fills, by name, differences included."""
    return {
        "player_id": row.player_id,
        "player_name": row.player_name,
        "team_id": row.team_id,
        "kills": row.kills,
        "deaths": row.deaths,
        "assists": row.assists,
        "flash_assists": row.flash_assists,
        "hs_kills": row.hs_kills,
        "kd_diff": difference(row.kills, row.deaths),
        "opening_kills": row.opening_kills,
        "opening_deaths": row.opening_deaths,
        "fk_diff": difference(row.opening_kills, row.opening_deaths),
        "multi_kills": row.multi_kills,
        "clutch_wins": row.clutch_wins,
        "traded_deaths": row.traded_deaths,
        "adr": row.adr,
        "kast": row.kast,
        "rating": row.rating,
        "rating_version": row.rating_version,
        "round_swing": row.round_swing,
        "e_kills": row.e_kills,
        "e_deaths": row.e_deaths,
        "e_hs_kills": row.e_hs_kills,
        "e_kd_diff": difference(row.e_kills, row.e_deaths),
        "e_opening_kills": row.e_opening_kills,
        "e_opening_deaths": row.e_opening_deaths,
        "e_fk_diff": difference(row.e_opening_kills, row.e_opening_deaths),
        "e_traded_deaths": row.e_traded_deaths,
        "e_adr": row.e_adr,
        "e_kast": row.e_kast,
    }


def difference(left: int | None, right: int | None) -> int | None:
    """The first less the second; None if either is not known."""
    return None if left is None or right is None else left - right
