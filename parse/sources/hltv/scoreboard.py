"""The scoreboards of a map stats page, in both layouts they have had.

The old one prints KAST in a cell of class `st-kdratio` and opening duels in a tooltip, the new one
(from about November 2025) has more columns and eco-adjusted twins (spec/hltv.md sections 5.3, 5.4).
Beside the tables that cover both sides there is one per side, in the same layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from parse.errors import ValueFormatError
from parse.page import Element
from parse.sources.hltv.columns import ECO, KDRATIO, PLAYER, RATING, TWIN, Columns, headings
from parse.sources.hltv.fragments import MapStatsPlayer
from parse.sources.hltv.labels import rating_version
from parse.values import CACHED, Reading, decimal, integer, pair, path_id, percent, with_bracket

T = TypeVar("T")

_DUELS = re.compile(r"([0-9]{1,4}) first kills, ([0-9]{1,4}) first deaths")
_PLAYER_CLASSES = frozenset({"st-teamname", "st-player"})
_IGNORED = frozenset({"kddiff"})
_KNOWN = frozenset(
    {
        *("kills", "assists", "deaths", KDRATIO, "kddiff", "adr", "fkdiff", "rating"),
        *("opkd", "mks", "kast", "clutches", "roundSwing"),
    }
)
_PROMISED = ("kills", "assists", "deaths", "kast", "adr", "rating")

TeamName = tuple[int | None, str]
"""Id and name of a team of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoreboards:
    """The tables of one side, in page order; two make a whole page, one alone is a partial one.

    teams  left, right
    side   both, CT or T
    """

    mapstatsid: int
    tables: Sequence[Element]
    teams: Sequence[TeamName]
    side: str = "both"


def scoreboard_players(
    boards: Scoreboards, reading: Reading, shapes: set[frozenset[str]]
) -> Iterator[MapStatsPlayer]:
    """The players of every table.

    shapes  is filled with the columns of every kind of table met
    """
    for index, table in enumerate(boards.tables):
        rows = list(table.rows())
        if not rows or not rows[0].children():
            reading.unexpected("player_name", "a scoreboard without header")
            continue
        header, rows = rows[0], rows[1:]
        columns = _columns(header, reading)
        if columns is None:
            continue
        team_id = _team_id(header.children()[columns.player].text(), index, boards, reading)
        shapes.add(frozenset(columns.at))
        columns = columns.checked(rows[0] if rows else None, _named, reading)
        for row in rows:
            texts = row.child_texts()
            if len(texts) == columns.width:
                key = (boards.mapstatsid, team_id, boards.side)
                yield _player(key, row, texts, columns, reading)
            else:
                found = f"{len(texts)} cells under {columns.width} headers"
                reading.unexpected("player_name", found)


def _team_id(name: str, index: int, boards: Scoreboards, reading: Reading) -> int | None:
    """A table's team by the name in its header; by order only where both tables are there."""
    teams = boards.teams
    found = [team_id for team_id, known in teams if known == name]
    if len(found) == 1:
        return found[0]
    reading.unexpected("team_id", name)
    return teams[index][0] if len(boards.tables) == len(teams) else None


@lru_cache(maxsize=CACHED)
def _named(classes: Sequence[str]) -> str | None:
    """The column that a cell's classes name."""
    if _PLAYER_CLASSES.intersection(classes):
        return PLAYER
    name = next((word[3:] for word in classes if word.startswith("st-")), None)
    if name not in _KNOWN:
        return None
    return TWIN + name if ECO in classes else name


def _columns(header: Element, reading: Reading) -> Columns | None:
    """The plan of a table; phones have their own copy of KAST, which comes second."""
    at: dict[str, int] = {}
    version = None
    cells = header.children()
    words = tuple(_named(cell.classes) for cell in cells)
    for index, name, text in headings(cells, words, reading):
        if name == RATING:
            version = rating_version(text)
        if name not in _IGNORED:
            at.setdefault(name, index)
    if PLAYER not in at:
        reading.missing("player_name")
        return None
    for name in _PROMISED:
        if name not in at:
            reading.missing(name)
    if "opkd" not in at and "fkdiff" not in at:
        reading.missing("opening_kills")
    if version is None:
        reading.missing("rating_version")
    return Columns(width=len(cells), at=at, words=words, rating_version=version)


def _player(
    key: tuple[int, int | None, str],
    row: Element,
    texts: Sequence[str],
    columns: Columns,
    reading: Reading,
) -> MapStatsPlayer:
    """One line; a column that the layout does not have is None without an issue."""
    at = columns.at

    def value(name: str, field: str, read: Callable[[str], T]) -> T | None:
        return reading.value(field, texts[at[name]], read) if name in at else None

    def counts(
        name: str, field: str, read: Callable[[str], tuple[int, int | None]]
    ) -> tuple[int | None, int | None]:
        return value(name, field, read) or (None, None)

    mapstatsid, team_id, side = key
    named = row.first_child() if columns.player == 0 else row.children()[columns.player]
    cell = named or row
    link = cell.maybe("a")
    name = (link or cell).text()
    if not name:
        reading.missing("player_name")
    kills, hs_kills = counts("kills", "kills", with_bracket)
    assists, flash_assists = counts("assists", "assists", with_bracket)
    deaths, traded_deaths = counts("deaths", "deaths", with_bracket)
    e_kills, e_hs_kills = counts("e_kills", "e_kills", with_bracket)
    e_deaths, e_traded_deaths = counts("e_deaths", "e_deaths", with_bracket)
    e_opening_kills, e_opening_deaths = counts("e_opkd", "e_opening_kills", _opening)
    opening = counts("opkd", "opening_kills", _opening)
    if "fkdiff" in at and "opkd" not in at:
        title = row.children()[at["fkdiff"]].attr("title")
        opening = reading.value("opening_kills", title, _tooltip_duels) or (None, None)
    return MapStatsPlayer(
        mapstatsid=mapstatsid,
        team_id=team_id,
        side=side,
        player_id=path_id(link.attr("href") if link else None, "players"),
        player_name=name,
        kills=kills,
        deaths=deaths,
        assists=assists,
        flash_assists=flash_assists,
        hs_kills=hs_kills,
        opening_kills=opening[0],
        opening_deaths=opening[1],
        multi_kills=value("mks", "multi_kills", integer),
        clutch_wins=value("clutches", "clutch_wins", integer),
        traded_deaths=traded_deaths,
        adr=value("adr", "adr", decimal),
        kast=value("kast", "kast", percent),
        rating=value("rating", "rating", decimal),
        rating_version=columns.rating_version,
        round_swing=value("roundSwing", "round_swing", percent),
        e_kills=e_kills,
        e_deaths=e_deaths,
        e_hs_kills=e_hs_kills,
        e_opening_kills=e_opening_kills,
        e_opening_deaths=e_opening_deaths,
        e_traded_deaths=e_traded_deaths,
        e_adr=value("e_adr", "e_adr", decimal),
        e_kast=value("e_kast", "e_kast", percent),
    )


def _opening(text: str) -> tuple[int, int]:
    return pair(text, ":")


def _tooltip_duels(text: str) -> tuple[int, int]:
    """Opening kills and deaths from a tooltip: '3 first kills, 1 first deaths in a round'."""
    found = _DUELS.search(text)
    if not found:
        raise ValueFormatError(f"not opening duels: {text[:40]!r}")
    return integer(found[1]), integer(found[2])
