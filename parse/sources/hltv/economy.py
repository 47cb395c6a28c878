"""The economy page: each team's equipment at the start of each round.

Source: spec/hltv.md section 7. The chart leads; the tables below it name the teams (their titles
may be right where the chart's names are not) and give the site's own band at its exact boundary.
Overtime rounds are not published, so there may be fewer rounds than the score says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from parse.errors import ParseError, ValueFormatError
from parse.model import Extracted
from parse.page import Element, HtmlPage
from parse.sources.hltv.fragments import EconomyPoint
from parse.sources.hltv.layouts import economy_layout
from parse.values import FOUND_LENGTH, Reading, integer
from warehouse.rows.hltv import EconomyRow

VERSION = 2

SECTIONS = frozenset({"hltv_economy.chart"})
"""Missing fields that say: a whole section is not there."""

BANDS = ((5000, "full_eco"), (10_000, "semi_eco"), (20_000, "semi_buy"))
"""Upper ends in $, not included, as the page's own legend has them; above all is `full_buy`."""

NULLS_MAX = 3
"""Points without a value that may be all there are: a map ended early has more rounds."""

_BOUNDARIES = frozenset(end for end, _ in BANDS)

_ICON = re.compile(r"(?:ct|t)(Pistol|ForcePistol|Forcebuy|RifleArmor)(?:Win|Loss)\.svg")
_ICON_BANDS = {
    "Pistol": "full_eco",
    "ForcePistol": "semi_eco",
    "Forcebuy": "semi_buy",
    "RifleArmor": "full_buy",
}
_VALUE = re.compile(r"(?<![0-9])([0-9]{1,9})$")
_WINNER_ICONS = {"ctRoundWon.png": "CT", "tRoundWon.png": "T"}
_OTHER_SIDE = {"CT": "T", "T": "CT"}


class _Point(msgspec.Struct, frozen=True, rename="camel"):
    """A point of a line; only the winner of the round has an anchor image."""

    value: str | int | float | None = None
    anchor_image_url: str | None = None


class _Line(msgspec.Struct, frozen=True):
    seriesname: str = ""
    data: tuple[_Point, ...] = ()


class _Label(msgspec.Struct, frozen=True):
    label: str | int = ""


class _Category(msgspec.Struct, frozen=True):
    category: tuple[_Label, ...] = ()


class _Source(msgspec.Struct, frozen=True):
    categories: tuple[_Category, ...] = ()
    dataset: tuple[_Line, ...] = ()


class _Chart(msgspec.Struct, frozen=True, rename="camel"):
    """The part of a chart's configuration that is read."""

    type: str = ""
    data_source: msgspec.Raw = msgspec.Raw(b"{}")


@dataclass(slots=True, kw_only=True)
class _TableTeam:
    """A team's row of the tables below the chart, over both halves."""

    title: str | None = None
    values: list[int | None] = field(default_factory=list)
    bands: list[str | None] = field(default_factory=list)


_CHARTS = msgspec.json.Decoder(_Chart)
_SOURCES = msgspec.json.Decoder(_Source)


def parse(page: HtmlPage) -> Iterator[Extracted]:
    """Two points per round of the chart.

    A map without economy has a message in place of the chart: one issue, no points. A page with
    neither may be waiting for a script: the issue then says that the chart is missing.
    raises  ParseError if there are charts, but not the one of this page type
    """
    mapstatsid = integer(page.key)
    reading = Reading(EconomyRow.table)
    frame = page.frame(".stats-match")
    charts = frame.many("[data-fusionchart-config]")
    source = _source(charts)
    if source is None and charts:
        raise ParseError("no chart of type msline", field="hltv_economy.equipment_value")
    tables = frame.many("table.equipment-categories")
    has_message = source is None and frame.has(".padding")
    if source is None:
        reading.missing("equipment_value" if has_message else "chart")
    else:
        yield from _points(mapstatsid, source, _table_teams(tables), reading)
    yield economy_layout(
        has_chart=source is not None, has_tables=bool(tables), has_message=has_message
    )
    yield from reading.issues


def _source(charts: Sequence[Element]) -> _Source | None:
    """The data of the line chart; None if no chart is one, for instance on a stale page."""
    for chart in charts:
        config = (chart.attr("data-fusionchart-config") or "").encode()
        try:
            found = _CHARTS.decode(config)
            if found.type == "msline":
                return _SOURCES.decode(found.data_source)
        except msgspec.DecodeError as error:
            problem = f"chart is not readable: {error}"
            raise ParseError(problem, field="hltv_economy.equipment_value") from error
    return None


def _points(
    mapstatsid: int, source: _Source, tables: Sequence[_TableTeam], reading: Reading
) -> Iterator[EconomyPoint]:
    """The points of both lines, round by round; the label says which round, not the position."""
    labels = [label.label for category in source.categories for label in category.category]
    lines = source.dataset
    if len(lines) != 2:
        reading.unexpected("team_name", f"{len(lines)} lines")
        lines = lines[:2]
    if any(len(line.data) != len(labels) for line in lines):
        reading.unexpected("round_number", f"{len(labels)} labels, another number of points")
    for one in lines:
        if not one.seriesname:
            reading.missing("team_name")
        if len(one.data) > NULLS_MAX and all(point.value is None for point in one.data):
            reading.missing("equipment_value")
    teams = _aligned(lines, tables, reading)
    for index, label in enumerate(labels):
        number = reading.value("round_number", str(label), integer)
        points = [line.data[index] if index < len(line.data) else None for line in lines]
        if number is None:
            continue
        side_of, has_winner = _sides(points, reading)
        for line, point in enumerate(points):
            if point is None:
                continue
            value = _dollars(point, reading)
            yield EconomyPoint(
                mapstatsid=mapstatsid,
                line=line + 1,
                series_name=lines[line].seriesname,
                title_name=teams[line].title,
                round_number=number,
                equipment_value=value,
                buy_type=_buy_type(value, teams[line], index),
                side=side_of[line],
                won=bool(point.anchor_image_url) if has_winner else None,
            )


def _sides(points: Sequence[_Point | None], reading: Reading) -> tuple[list[str | None], bool]:
    """Side of each line in one round, told by the winner's image; and whether there is a winner.

    The file's whole name is compared: `ctRoundWon` has `tRoundWon` in it.
    """
    sides: list[str | None] = [None] * len(points)
    urls = [point.anchor_image_url if point else None for point in points]
    winners = [index for index, url in enumerate(urls) if url]
    if len(winners) != 1:
        reading.unexpected("won", f"{len(winners)} winners")
        return sides, False
    url = urls[winners[0]] or ""
    side = _WINNER_ICONS.get(url.partition("?")[0].rpartition("/")[2])
    if side is None:
        reading.unexpected("side", url[-FOUND_LENGTH:])
        return sides, True
    return [side if index == winners[0] else _OTHER_SIDE[side] for index in range(len(sides))], True


def _dollars(point: _Point, reading: Reading) -> int | None:
    """Equipment value; the chart writes it as text, and nothing where it does not know it."""
    return (
        None if point.value is None else reading.value("equipment_value", str(point.value), _whole)
    )


def _whole(text: str) -> int:
    return integer(text.removesuffix(".0"))


def _buy_type(value: int | None, team: _TableTeam, index: int) -> str | None:
    """Band of a value; at an exact boundary the table's icon decides, if it is there."""
    if value is None:
        return None
    if value in _BOUNDARIES and index < len(team.bands):
        shown = team.bands[index]
        if shown is not None and team.values[index] == value:
            return shown
    return next((name for end, name in BANDS if value < end), "full_buy")


def _table_teams(tables: Sequence[Element]) -> list[_TableTeam]:
    """The rows of the tables, halves put together: the first row of each is one team's."""
    teams: list[_TableTeam] = []
    for table in tables:
        for index, row in enumerate(table.rows()):
            if index == len(teams):
                teams.append(_TableTeam())
            _read_row(row, teams[index])
    return teams


def _read_row(row: Element, team: _TableTeam) -> None:
    """One team's cells of one half; the first cell has its logo, maybe one for day and night."""
    for cell in row.children():
        attributes = cell.attributes
        if "team" in (attributes.get("class") or "").split():
            images = cell.children()
            titles = {image.attr("title") or image.attr("alt") for image in images} - {None, ""}
            team.title = titles.pop() if len(titles) == 1 else team.title
            continue
        found = _VALUE.search(attributes.get("title") or "")
        value = int(found[1]) if found else None
        team.values.append(value)
        team.bands.append(_icon_band(cell) if value in _BOUNDARIES else None)


def _icon_band(cell: Element) -> str | None:
    """The band that a cell's icon stands for."""
    images = cell.children()
    icon = images[0].attr("src") or "" if images else ""
    band = _ICON.fullmatch(icon.partition("?")[0].rpartition("/")[2])
    return _ICON_BANDS[band[1]] if band else None


def _aligned(
    lines: Sequence[_Line], tables: Sequence[_TableTeam], reading: Reading
) -> list[_TableTeam]:
    """The tables' rows in the order of the chart's lines, told by their equal values."""
    teams = [*tables[: len(lines)], *(_TableTeam() for _ in lines[len(tables) :])]
    charted = [[_number(point) for point in line.data] for line in lines]
    if len(tables) == 2 == len(lines) and not _agree(charted, teams):
        if _agree(charted, teams[::-1]):
            teams.reverse()
        else:
            reading.add("differs", "equipment_value", "tables and chart")
    return teams


def _agree(charted: Sequence[Sequence[int | None]], teams: Sequence[_TableTeam]) -> bool:
    """Whether the tables print the chart's values, where the chart has one."""
    return all(
        len(line) == len(team.values)
        and all(value in {None, shown} for value, shown in zip(line, team.values, strict=True))
        for line, team in zip(charted, teams, strict=True)
    )


def _number(point: _Point) -> int | None:
    try:
        return None if point.value is None else _whole(str(point.value))
    except ValueFormatError:
        return None
