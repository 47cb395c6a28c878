"""Joins the scoreboards per side, and compares them with those over both sides.

What a side's table counts is part of what the table of both sides counts, overtime included: CT and
T add up, player by player. Rates and eco-adjusted numbers do not, so they are not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from parse.model import Assembled, Issue, Made, Noted, Sourced
from parse.sources.hltv.assemble_lines import Identity, MapKey, identity_of, line_values
from parse.sources.hltv.fragments import MapFigures, MapScore, MapStatsPlayer
from warehouse.rows.hltv import SIDES, PlayerSideStatsRow

SUMMED = (
    *("kills", "deaths", "assists", "flash_assists", "hs_kills", "opening_kills"),
    *("opening_deaths", "multi_kills", "clutch_wins", "traded_deaths"),
)
"""Columns of which CT and T add up."""


def side_rows(
    key: MapKey,
    lines: Sequence[Sourced[MapStatsPlayer]],
    players: Sequence[Sourced[MapStatsPlayer]],
) -> Iterator[Assembled]:
    """One row per line of a side's table, then what does not add up.

    players  the lines of the tables over both sides
    """
    for line in lines:
        yield Made(PlayerSideStatsRow(**key, side=line.row.side, **line_values(line.row)), (line,))
    if not lines:
        return
    sides: dict[tuple[str, Identity], Sourced[MapStatsPlayer]] = {
        (line.row.side, identity_of(line.row)): line for line in lines
    }
    for player in players:
        identity = identity_of(player.row)
        parts = [sides.pop((side, identity), None) for side in SIDES]
        yield from _sum_checks(player.row, [part for part in parts if part is not None])
    for line in sides.values():
        if players:
            found = f"{line.row.player_name}: on side {line.row.side} only"
            yield _differs("player_id", found, line)


def _sum_checks(total: MapStatsPlayer, parts: Sequence[Sourced[MapStatsPlayer]]) -> Iterator[Noted]:
    """Notes where the sides of a player do not add up; a side he never played has no line."""
    for name in SUMMED:
        whole = getattr(total, name)
        counts = [getattr(part.row, name) for part in parts]
        if whole is None or None in counts or not parts:
            continue
        if sum(counts) != whole:
            added = " + ".join(
                f"{part.row.side} {count}" for part, count in zip(parts, counts, strict=True)
            )
            yield _differs(name, f"{added}, both {whole}", parts[0])


def _differs(name: str, found: str, line: Sourced[MapStatsPlayer]) -> Noted:
    return Noted(Issue("differs", f"hltv_player_side_stats.{name}", found[:40]), line.capture)


def figure_checks(
    score: MapScore,
    figures: Sourced[MapFigures],
    players: Sequence[Sourced[MapStatsPlayer]],
    numbers: Mapping[str, int],
) -> Iterator[Noted]:
    """Notes where a team's figures are not the sums of what its players did.

    numbers  the match's team (1, 2) that stands `left` and `right` on the map page
    """
    for place, team_id in (("left", score.left_id), ("right", score.right_id)):
        own = [player.row for player in players if player.row.team_id == team_id]
        for name, part in (("first_kills", "opening_kills"), ("clutches_won", "clutch_wins")):
            figure = getattr(figures.row, f"{place}_{name}")
            counts = [getattr(row, part) for row in own]
            if figure is None or not counts or None in counts or sum(counts) == figure:
                continue
            found = f"{figure}, its players {sum(counts)}"
            fields = (f"hltv_maps.team{numbers[place]}_{name}", f"hltv_player_stats.{part}")
            for field in fields:  # either of the two may be wrong
                yield Noted(Issue("differs", field, found), figures.capture)
