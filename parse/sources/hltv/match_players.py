"""The players of a match page: lineups, and the statistics tables per map and side.

Source: spec/hltv.md sections 4.4 and 4.5. Tables are told apart by class and by the team link in
their header, columns by the classes of the header's cells; nothing hangs on an order or a count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from parse.model import Extracted
from parse.page import Element
from parse.sources.hltv.columns import ECO, PLAYER, RATING, TWIN, Columns, headings
from parse.sources.hltv.fragments import LineupHead, LineupPlayer, TablePlayer
from parse.sources.hltv.labels import rating_version
from parse.values import CACHED, Reading, decimal, pair, path_id, percent
from warehouse.rows.hltv import OverviewPlayerStatsRow

T = TypeVar("T")

ALL_MAPS = 0
"""`map_number` of the tables that add up all maps."""

UNLISTED = -1
"""`map_number` of tables whose map this page does not list; the build looks it up or refuses."""

_SIDES = {"totalstats": "both", "ctstats": "CT", "tstats": "T"}
_CONTENT = re.compile(r"([0-9]{1,18})-content")
_RANK = re.compile(r"#([0-9]{1,6})(?![0-9])")
_COLUMNS = frozenset({"kd", "plus-minus", "roundSwing", "adr", "kast", "rating"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two teams, as the head of the page has it."""

    number: int
    team_id: int | None
    name: str


SidedLineups = Sequence[tuple[Side, Element]]
"""Lineups with the team each is of, in the order of the page's teams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """A player as a cell names him."""

    player_id: int | None
    name: str
    full_name: str | None
    country: str | None


@dataclass(slots=True, kw_only=True)
class _Tables:
    """What reading the tables of one page carries along."""

    match_id: int
    teams: tuple[Side, Side]
    reading: Reading
    players: dict[tuple[int | None, str], Player] = field(default_factory=dict)
    """Players by team and cell's text: each is read once, though he stands in a dozen tables."""
    plans: dict[tuple[str, ...], Columns] = field(default_factory=dict)
    """Columns by header labels, for headers whose labels differ."""
    shapes: set[frozenset[str]] = field(default_factory=set)
    """The names of the columns of every kind of table met."""
    sighted: dict[tuple[int, int | str], TablePlayer] = field(default_factory=dict)


def sided_lineups(
    lineups: Sequence[Element], teams: tuple[Side, Side], reading: Reading
) -> SidedLineups:
    """Which team each lineup is of: by the link in its head, else by order where there are two."""
    told: dict[int, Element] = {}
    untold = []
    for lineup in lineups:
        links = [link for head in lineup.many(".box-headline") for link in head.many("a")]
        ids = {path_id(link.attr("href"), "team") for link in links} - {None}
        number = next((side.number for side in teams if side.team_id in ids), None)
        if number is None:
            untold.append(lineup)
        elif number in told:
            reading.unexpected(f"team{number}_id", "a second lineup of the team")
        else:
            told[number] = lineup
    left = [side.number for side in teams if side.number not in told]
    if untold and len(lineups) == len(teams) and len(untold) == len(left):
        told.update(zip(left, untold, strict=True))
    elif untold:
        reading.unexpected("team1_id", f"{len(untold)} lineups of no team")
    return tuple((side, told[side.number]) for side in teams if side.number in told)


def lineup_heads(match_id: int, lineups: SidedLineups, reading: Reading) -> Iterator[LineupHead]:
    """The world rank of each lineup's team; None if it is unranked."""
    for side, lineup in lineups:
        field_name = f"team{side.number}_rank"
        text = reading.only(field_name, (box.text() for box in lineup.many(".teamRanking")))
        found = _RANK.search(text or "")
        if found is None and text is not None and text.lower() != "unranked":
            reading.add("unreadable", field_name, text)
        rank = int(found[1]) if found else None
        yield LineupHead(match_id=match_id, team_num=side.number, rank=rank)


def lineup_players(
    match_id: int, lineups: SidedLineups, reading: Reading
) -> Iterator[LineupPlayer]:
    """The lineups' players; a completed page may have no lineups at all.

    Before a match the cells have no links, and each id stands twice: once over the photo.
    """
    for side, lineup in lineups:
        rows = _lineup_rows(match_id, side, lineup, reading)
        yield from reading.kept(f"team{side.number}_id", rows)


def _lineup_rows(
    match_id: int, side: Side, lineup: Element, reading: Reading
) -> Iterator[LineupPlayer]:
    cells = lineup.many("td.player")
    photos = [cell for cell in cells if "player-image" in cell.classes]
    names = [cell for cell in cells if "player-image" not in cell.classes]
    if photos and len(photos) != len(names):
        reading.unexpected(f"team{side.number}_id", f"{len(photos)} photos, {len(names)} names")
    position = 0
    for index, cell in enumerate(names):
        player = _lineup_player(cell, photos[index] if len(photos) == len(names) else None)
        if not player.name:
            continue
        position += 1
        yield LineupPlayer(
            match_id=match_id,
            team_num=side.number,
            position=position,
            player_id=player.player_id,
            player_name=player.name,
            full_name=player.full_name,
            country=player.country,
        )


def _lineup_player(cell: Element, photo: Element | None) -> Player:
    """The player of one cell; id from the link or, before a match, from an attribute."""
    link = cell.maybe("a")
    player_id = path_id(link.attr("href") if link else None, "player")
    if player_id is None:
        marked = cell.maybe("[data-player-id]")
        number = (marked.attr("data-player-id") or "") if marked else ""
        player_id = path_id(f"/player/{number}", "player")
    picture = photo.maybe("img.player-photo") if photo else None
    flag = cell.maybe("img.flag")
    return Player(
        player_id=player_id,
        name=cell.text(),
        full_name=(picture.attr("alt") or None) if picture else None,
        country=(flag.attr("alt") or None) if flag else None,
    )


def overview_rows(
    match_id: int,
    contents: Sequence[Element],
    teams: tuple[Side, Side],
    numbers: Mapping[int, int],
    reading: Reading,
    *,
    shapes: set[frozenset[str]],
) -> Iterator[Extracted]:
    """The rows of all tables, then each player of a team once.

    numbers  position of the map by its statistics number, as the page's map list has them
    shapes   is filled with the columns of every kind of table met
    """
    own = Reading(OverviewPlayerStatsRow.table)
    tables = _Tables(match_id=match_id, teams=teams, reading=own)
    names: set[str] = set()
    unread = dict(numbers)
    for content in contents:
        name = content.attr("id") or ""
        found = _CONTENT.fullmatch(name)
        if (not found and name != "all-content") or name in names:
            own.unexpected("mapstatsid", name)
            continue
        names.add(name)
        unread.pop(int(found[1]) if found else ALL_MAPS, None)
        mapstatsid = int(found[1]) if found else None
        number = ALL_MAPS if mapstatsid is None else numbers.get(mapstatsid, UNLISTED)
        for table in content.many("table"):
            rows = _table_rows(table, mapstatsid=mapstatsid, number=number, tables=tables)
            yield from own.kept("side", rows)
    if unread:
        own.add("missing", "mapstatsid", " ".join(map(str, unread)))
    yield from tables.sighted.values()
    shapes.update(tables.shapes)
    reading.issues.extend(own.issues)


def _table_rows(
    table: Element, *, mapstatsid: int | None, number: int, tables: _Tables
) -> Iterator[OverviewPlayerStatsRow]:
    """The players of one team on one side."""
    reading = tables.reading
    side = next((_SIDES[name] for name in table.classes if name in _SIDES), None)
    rows = table.rows()
    header = next(rows, None)
    if side is None or header is None or header.first_child() is None:
        reading.unexpected("side", " ".join(table.classes))
        return
    team_id, team_num = _team(header, tables)
    columns = _columns(header, tables)
    if columns is None:
        reading.missing("player_name")
        return
    lines = [(row, row.child_texts()) for row in rows]
    columns = columns.checked(lines[0][0] if lines else None, _named, reading)
    at = columns.player
    # Namesakes of one team in one table can be told apart by their links only.
    are_distinct = len({texts[at] for _, texts in lines if at < len(texts)}) == len(lines)
    for row, texts in lines:
        if len(texts) != columns.width:
            reading.unexpected("player_name", f"{len(texts)} cells under {columns.width} headers")
            continue
        player = tables.players.get((team_id, texts[at])) if are_distinct else None
        if player is None:
            player = _table_player(row.children()[at])
            if not player.name:
                reading.missing("player_name")
            tables.players[team_id, texts[at]] = player
        _sight(player, team_num, tables)
        yield _overview_row(
            texts,
            columns,
            reading,
            key=(tables.match_id, number, side, mapstatsid, team_id),
            player=player,
        )


def _overview_row(
    texts: Sequence[str],
    columns: Columns,
    reading: Reading,
    *,
    key: tuple[int, int, str, int | None, int | None],
    player: Player,
) -> OverviewPlayerStatsRow:
    """One line of a table; a column that the layout does not have is None without an issue."""
    at = columns.at

    def value(name: str, field: str, read: Callable[[str], T]) -> T | None:
        return reading.value(field, texts[at[name]], read) if name in at else None

    match_id, number, side, mapstatsid, team_id = key
    kills, deaths = value("kd", "kills", _kills_deaths) or (None, None)
    e_kills, e_deaths = value("e_kd", "e_kills", _kills_deaths) or (None, None)
    return OverviewPlayerStatsRow(
        match_id=match_id,
        map_number=number,
        side=side,
        player_id=player.player_id,
        player_name=player.name,
        mapstatsid=mapstatsid,
        team_id=team_id,
        kills=kills,
        deaths=deaths,
        kd_diff=None if kills is None or deaths is None else kills - deaths,
        adr=value("adr", "adr", decimal),
        kast=value("kast", "kast", percent),
        rating=value("rating", "rating", decimal),
        rating_version=columns.rating_version,
        round_swing=value("roundSwing", "round_swing", percent),
        e_kills=e_kills,
        e_deaths=e_deaths,
        e_adr=value("e_adr", "e_adr", decimal),
        e_kast=value("e_kast", "e_kast", percent),
    )


def _kills_deaths(text: str) -> tuple[int, int]:
    return pair(text, "-")


def _team(header: Element, tables: _Tables) -> tuple[int | None, int | None]:
    """Id of a table's team by its header's link, and which of the two it is; None if neither."""
    link = header.maybe("a")
    team_id = path_id(link.attr("href") if link else None, "team")
    cell = header.first_child()
    name = cell.text() if cell else ""
    for side in tables.teams:
        if (team_id is not None and team_id == side.team_id) or (
            (team_id is None or side.team_id is None) and name == side.name
        ):
            return side.team_id if team_id is None else team_id, side.number
    tables.reading.unexpected("team_id", name)
    return team_id, None


@lru_cache(maxsize=CACHED)
def _named(classes: Sequence[str]) -> str | None:
    """The column that a cell's classes name."""
    if "players" in classes:
        return PLAYER
    name = next((word for word in classes if word in _COLUMNS), None)
    return TWIN + name if name and ECO in classes else name


def _columns(header: Element, tables: _Tables) -> Columns | None:
    """The plan of a table, None if none names players; the many of a page mostly share one."""
    labels = tuple(header.child_texts()[1:])
    plan = tables.plans.get(labels)
    if plan is None:
        plan = _read_columns(header, tables.reading)
        if plan is None:
            return None
        tables.shapes.add(frozenset(plan.at))
        if len(set(labels)) == len(labels):
            tables.plans[labels] = plan
    return plan


def _read_columns(header: Element, reading: Reading) -> Columns | None:
    """Reads the plan of a table from the classes of its header's cells."""
    at: dict[str, int] = {}
    version = None
    cells = header.children()
    words = tuple(_named(cell.classes) for cell in cells)
    for index, name, text in headings(cells, words, reading):
        if name == RATING:
            version = rating_version(text)
        at.setdefault(name, index)
    if PLAYER not in at:
        return None
    if version is None:
        reading.missing("rating_version")
    for name, field_name in (("kd", "kills"), ("adr", "adr"), ("rating", "rating")):
        if name not in at:
            reading.missing(field_name)
    return Columns(width=len(cells), at=at, words=words, rating_version=version)


def _table_player(cell: Element) -> Player:
    """The player of a cell; the nickname stands twice, for wide and for narrow screens."""
    link = cell.maybe("a")
    nick = cell.maybe(".player-nick")
    wide, narrow = cell.maybe("div.gtSmartphone-only"), cell.maybe("div.smartphone-only")
    flag = cell.maybe("img.flag")
    return Player(
        player_id=path_id(link.attr("href") if link else None, "player"),
        name=(nick or narrow or cell).text(),
        full_name=(wide.text() or None) if nick and wide else None,
        country=(flag.attr("alt") or None) if flag else None,
    )


def _sight(player: Player, team_num: int | None, tables: _Tables) -> None:
    """Note a player for the account of who stood in the tables of which team."""
    if team_num is None:
        return
    key = (team_num, player.name if player.player_id is None else player.player_id)
    if key not in tables.sighted:
        tables.sighted[key] = TablePlayer(
            match_id=tables.match_id,
            team_num=team_num,
            player_id=player.player_id,
            player_name=player.name,
            full_name=player.full_name,
            country=player.country,
        )
