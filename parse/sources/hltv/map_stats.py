"""The map stats page: score, scoreboards and round history of one map.

Source: spec/hltv.md section 5. Two layouts of the scoreboard are known; the classes of the header's
cells tell them apart, cell by cell. The page's team names and links are repeated in hidden
tooltips, so they are read as children of the box they belong to.

Version 2 reads the scoreboards per side and the rows below the score, which version 1
(map_stats_1.py) leaves; all else is `read_map`, which both share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from parse.errors import ParseError
from parse.model import Extracted
from parse.page import Element, HtmlPage
from parse.sources.hltv.fragments import MapScore, MapStatsPlayer, RoundWin
from parse.sources.hltv.layouts import map_stats_layout
from parse.sources.hltv.map_figures import map_figures
from parse.sources.hltv.scoreboard import Scoreboards, TeamName, scoreboard_players
from parse.values import Reading, integer, path_id
from warehouse.rows.hltv import MapRow, PlayerSideStatsRow, PlayerStatsRow, RoundRow

VERSION = 2

SECTIONS_1 = frozenset({"hltv_player_stats.team_id", "hltv_round_history.round_number"})
SECTIONS = SECTIONS_1 | {"hltv_player_side_stats.side"}
"""Missing fields that say: a whole section is not there."""

_SIDES = {"CT": "ctstats", "T": "tstats"}
_BOXES = ("match-info-box", "round-history-con", "totalstats", *_SIDES.values())

_GROUP = re.compile(r"\(\s*([0-9]{1,4})\s*:\s*([0-9]{1,4})\s*\)")

OUTCOMES = {
    "ct_win.svg": ("CT", "elimination"),
    "t_win.svg": ("T", "elimination"),
    "bomb_exploded.svg": ("T", "bomb_planted"),
    "bomb_defused.svg": ("CT", "defuse"),
    "stopwatch.svg": ("CT", "time"),
}
"""Winner's side and kind of win by file name of the icon (section 5.5)."""

EMPTY_OUTCOME = "emptyHistory.svg"


@dataclass(frozen=True, slots=True, kw_only=True)
class _PageTeam:
    """The left or right team of the page."""

    team_id: int | None
    name: str
    rounds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPage:
    """A map stats page taken apart, once for all that is read of it.

    boxes   its parts by class
    around  what stands beside the box with the score, by class
    teams   left, right
    """

    mapstatsid: int
    frame: Element
    box: Element
    boxes: dict[str, list[Element]]
    around: dict[str, list[Element]]
    teams: tuple[_PageTeam, _PageTeam]
    reading: Reading

    @property
    def names(self) -> tuple[TeamName, ...]:
        """Id and name of both teams."""
        return tuple((team.team_id, team.name) for team in self.teams)


def parse(page: HtmlPage) -> Iterator[Extracted]:
    """The score, one row per player, per player and side, and per played round.

    raises  ParseError if the page does not name the two teams
    """
    parts = map_page(page)
    yield from read_map(parts)
    reading = Reading(MapRow.table)
    figures = map_figures(parts.mapstatsid, parts.around["match-info-row"], reading)
    if figures is not None:
        yield figures
    sides = Reading(PlayerSideStatsRow.table)
    if parts.boxes["totalstats"] or any(parts.boxes[name] for name in _SIDES.values()):
        for side in _SIDES:
            yield from sides.kept("player_name", _side_players(parts, side, sides))
    yield from (*reading.issues, *sides.issues)


def map_page(page: HtmlPage) -> MapPage:
    """Take a page apart; ParseError if it does not name the two teams."""
    frame = page.frame(".stats-match")
    boxes = frame.grouped(*_BOXES)
    if len(boxes["match-info-box"]) != 1:
        raise ParseError(f"{len(boxes['match-info-box'])} map boxes, not 1", field="hltv_maps")
    box = boxes["match-info-box"][0]
    reading = Reading(MapRow.table)
    return MapPage(
        mapstatsid=integer(page.key),
        frame=frame,
        box=box,
        boxes=boxes,
        around=(box.parent or box).grouped("match-info-row", "match-page-link"),
        teams=(_page_team(box, "left", reading), _page_team(box, "right", reading)),
        reading=reading,
    )


def read_map(parts: MapPage) -> Iterator[Extracted]:
    """What all versions read: score, players over both sides, rounds."""
    yield _score(parts)
    players = Reading(PlayerStatsRow.table)
    tables = parts.boxes["totalstats"] or _unsided_tables(parts.frame)
    if len(tables) != len(parts.teams):
        players.add("missing", "team_id", f"{len(tables)} scoreboards")
    boards = Scoreboards(mapstatsid=parts.mapstatsid, tables=tables, teams=parts.names)
    shapes: set[frozenset[str]] = set()
    yield from players.kept("player_name", scoreboard_players(boards, players, shapes))
    rounds = Reading(RoundRow.table)
    wins = _rounds(parts.mapstatsid, parts.boxes["round-history-con"], parts.teams, rounds)
    yield from rounds.kept("round_number", wins)
    yield map_stats_layout(shapes, is_sided=bool(parts.boxes["totalstats"]))
    yield from (*parts.reading.issues, *players.issues, *rounds.issues)


def _side_players(parts: MapPage, side: str, reading: Reading) -> Iterator[MapStatsPlayer]:
    """The players of the scoreboards of one side."""
    tables = parts.boxes[_SIDES[side]]
    if len(tables) != len(parts.teams):
        reading.add("missing", "side", f"{len(tables)} scoreboards of {side}")
    boards = Scoreboards(mapstatsid=parts.mapstatsid, tables=tables, teams=parts.names, side=side)
    yield from scoreboard_players(boards, reading, set())


def _unsided_tables(frame: Element) -> list[Element]:
    """The scoreboards of a page from before there were tables per side, and a class to tell."""
    tables = frame.many("table.stats-table")
    return [table for table in tables if not {"ctstats", "tstats"} & set(table.classes)]


def _page_team(box: Element, side: str, reading: Reading) -> _PageTeam:
    """One team of the page; only the box's own children count, not those of tooltips."""
    parts = box.one(f".team-{side}").children()
    link = next((part for part in parts if part.tag == "a"), None)
    logos = [part.attr("title") or part.attr("alt") or "" for part in parts if part.tag == "img"]
    score = next((part.text() for part in parts if "bold" in part.classes), None)
    name = link.text() if link else next(filter(None, logos), "")
    if not name:
        raise ParseError(f"the {side} team has no name", field="hltv_maps")
    return _PageTeam(
        team_id=path_id(link.attr("href") if link else None, "teams"),
        name=name,
        rounds=reading.value("team1_rounds" if side == "left" else "team2_rounds", score, integer),
    )


def _score(parts: MapPage) -> MapScore:
    """The head of the page; the map's name stands in the box without a tag around it."""
    reading, teams = parts.reading, parts.teams
    texts = parts.box.own_texts()
    if not texts:
        reading.missing("map_name")
    left, right = teams
    halves = _breakdown(parts.around["match-info-row"], reading)
    for index, team in enumerate(teams):
        side = "left" if index == 0 else "right"
        printed = [count for name, count in halves.items() if name.startswith(side)]
        if printed and team.rounds is not None and sum(printed) != team.rounds:
            found = f"halves {sum(printed)}, total {team.rounds}"
            reading.add("differs", f"team{index + 1}_rounds", found)
    links = {path_id(link.attr("href"), "matches") for link in parts.around["match-page-link"]}
    return MapScore(
        mapstatsid=parts.mapstatsid,
        match_id=links.pop() if len(links) == 1 else None,
        map_name=texts[0] if texts else None,
        left_id=left.team_id,
        left_name=left.name,
        right_id=right.team_id,
        right_name=right.name,
        left_rounds=left.rounds,
        right_rounds=right.rounds,
        left_ct_rounds=halves.get("left_ct"),
        left_t_rounds=halves.get("left_t"),
        right_ct_rounds=halves.get("right_ct"),
        right_t_rounds=halves.get("right_t"),
        left_ot_rounds=halves.get("left_ot"),
        right_ot_rounds=halves.get("right_ot"),
    )


def _breakdown(rows: Sequence[Element], reading: Reading) -> dict[str, int]:
    """Rounds by team and side (`left_ct`), and of all overtimes (`left_ot`).

    The first two brackets are the halves, and their numbers have a side; further ones are overtime.
    """
    labelled = {label.text(): row for row in rows for label in row.many("div.bold")}
    row = labelled.get("Breakdown")
    value = row.maybe("div.right") if row else None
    if value is None:
        reading.missing("team1_ct_rounds")
        return {}
    groups = [(integer(left), integer(right)) for left, right in _GROUP.findall(value.text())]
    sides = [
        "ct" if "ct-color" in span.classes else "t" for span in value.many(".ct-color, .t-color")
    ]
    if not groups:
        reading.add("unreadable", "team1_ct_rounds", value.text())
    counts: dict[str, int] = {}
    for index, group in enumerate(groups):
        periods = sides[2 * index : 2 * index + 2] if index < 2 else ["ot", "ot"]
        if len(periods) != 2:
            reading.unexpected("team1_ct_rounds", value.text())
            return {}
        for team, period, count in zip(("left", "right"), periods, group, strict=True):
            name = f"{team}_{period}"
            if name in counts and period != "ot":
                reading.unexpected("team1_ct_rounds", value.text())
                return {}
            counts[name] = counts.get(name, 0) + count
    return counts


def _rounds(
    mapstatsid: int,
    histories: Sequence[Element],
    teams: tuple[_PageTeam, _PageTeam],
    reading: Reading,
) -> Iterator[RoundWin]:
    """The played rounds; slots that are empty in both rows are padding and are not counted.

    Overtime stands in a box of its own or follows in the first one: the boxes are put in a row.
    """
    if not histories:
        reading.missing("round_number")
    number = 0
    for history in histories:
        lines = history.many(".round-history-team-row")
        if len(lines) != 2:
            reading.unexpected("round_number", f"{len(lines)} rows of round history")
            continue
        slots = zip_longest(*_upper_first(lines, teams), fillvalue=(EMPTY_OUTCOME, ""))
        for upper, lower in slots:
            if upper[0] == lower[0] == EMPTY_OUTCOME:
                continue
            number += 1
            winner, (icon, score) = (1, upper) if lower[0] == EMPTY_OUTCOME else (2, lower)
            if icon not in OUTCOMES or (winner == 2 and upper[0] != EMPTY_OUTCOME):
                reading.unexpected("win_type", f"{upper[0]} {lower[0]}")
                continue
            side, win_type = OUTCOMES[icon]
            yield RoundWin(
                mapstatsid=mapstatsid,
                round_number=number,
                winner=winner,
                winner_side=side,
                win_type=win_type,
                score=score or None,
            )


Slot = tuple[str, str]
"""Icon's file name, and tooltip."""


def _upper_first(
    lines: Sequence[Element], teams: tuple[_PageTeam, _PageTeam]
) -> tuple[list[Slot], list[Slot]]:
    """The slots of both rows, the left team's first: the upper row, unless the logos say else."""
    rows: list[list[Slot]] = []
    titles: list[str | None] = []
    for line in lines:
        slots: list[Slot] = []
        title = None
        for image in line.children():
            attributes = image.attributes
            classes = (attributes.get("class") or "").split()
            if "round-history-outcome" in classes:
                source = (attributes.get("src") or "").partition("?")[0].rpartition("/")[2]
                slots.append((source, attributes.get("title") or ""))
            elif "round-history-team" in classes:
                title = attributes.get("title")
        rows.append(slots)
        titles.append(title)
    names = [team.name for team in teams]
    if names[0] != names[1] and titles == names[::-1]:
        rows.reverse()
    return rows[0], rows[1]
