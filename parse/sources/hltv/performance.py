"""The performance page: kill matrices, and a card with per-round rates for each player.

Source: spec/hltv.md section 6. Cards are in another order than the matrix, and either may hold
other numbers of players than five.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from parse.errors import ParseError
from parse.model import Extracted
from parse.page import Element, HtmlPage
from parse.sources.hltv.fragments import KillCell, PerformancePlayer
from parse.sources.hltv.labels import rating_version
from parse.sources.hltv.layouts import performance_layout
from parse.values import Reading, decimal, integer, pair, path_id, percent
from warehouse.rows.hltv import KillMatrixRow, PlayerStatsRow

VERSION = 2

SECTIONS = frozenset({"hltv_kill_matrix.player1_kills", "hltv_player_stats.kpr"})
"""Missing fields that say: a whole section is not there."""

_MATRICES = {"ALL-content": "all", "FIRST_KILL-content": "first_kill", "AWP-content": "awp"}

_CELL_MARKS = ("team2-player-score", "team1-player-score")
"""Classes of a cell's two numbers, the row's player first."""

_BARS: Mapping[str, tuple[str, Callable[[str], float]]] = {
    "KPR": ("kpr", decimal),
    "DPR": ("dpr", decimal),
    "KAST": ("kast", percent),
    "Impact": ("impact", decimal),
    "MK rating": ("mk_rating", decimal),
    "Swing": ("round_swing", percent),
    "ADR": ("adr", decimal),
}
"""Field and format by label; the rating's label ends in its version, and is treated apart."""

_RATING = "Rating "


class _Bar(msgspec.Struct, frozen=True, rename="camel"):
    """A bar of a card's chart; its `value` is the bar's length and means nothing."""

    label: str = ""
    display_value: str | int | float | None = None


class _Source(msgspec.Struct, frozen=True):
    data: tuple[_Bar, ...] = ()


class _Chart(msgspec.Struct, frozen=True, rename="camel"):
    """The part of a chart's configuration that is read."""

    data_source: _Source = _Source()


_CHARTS = msgspec.json.Decoder(_Chart)


def parse(page: HtmlPage) -> Iterator[Extracted]:
    """The cells of all kill matrices and one fragment per player's card.

    raises  ParseError if the page has neither
    """
    mapstatsid = integer(page.key)
    boxes = page.frame(".stats-match").grouped("killmatrix-content", "player-overview")
    matrices, overviews = boxes["killmatrix-content"], boxes["player-overview"]
    if not matrices and not overviews:
        raise ParseError("neither kill matrix nor player cards", field="page")
    cells = Reading(KillMatrixRow.table)
    if not matrices:
        cells.missing("player1_kills")
    elif lacking := _MATRICES.keys() - {matrix.attr("id") for matrix in matrices}:
        cells.add("missing", "matrix_type", " ".join(sorted(lacking)))
    for matrix in matrices:
        yield from cells.kept("matrix_type", _matrix(mapstatsid, matrix, cells))
    cards = Reading(PlayerStatsRow.table)
    if not overviews:
        cards.missing("kpr")
    shapes: set[frozenset[str]] = set()
    for overview in overviews:
        for team in overview.many(".col"):
            yield from cards.kept("player_name", _cards(mapstatsid, team, cards, shapes))
    yield performance_layout(shapes)
    yield from (*cells.issues, *cards.issues)


def _matrix(mapstatsid: int, matrix: Element, reading: Reading) -> Iterator[KillCell]:
    """One fragment per cell: rows are the page's second team, columns its first."""
    matrix_type = _MATRICES.get(matrix.attr("id") or "")
    rows = [row for table in matrix.many("table") for row in table.rows()]
    if matrix_type is None or not rows or "killmatrix-topbar" not in rows[0].classes:
        reading.unexpected("matrix_type", matrix.attr("id") or "")
        return
    columns = [_player(cell) for cell in rows[0].children()[1:]]
    if not all(name for _, name in columns):
        reading.missing("player2_name")
    _check_marks(rows, reading)
    for row in rows[1:]:
        texts = row.child_texts()
        if len(texts) != len(columns) + 1:
            reading.unexpected("player2_name", f"{len(texts)} cells, {len(columns)} columns")
            continue
        own_id, own_name = _player(row.first_child() or row)
        if not own_name:
            reading.missing("player1_name")
        for (other_id, other_name), text in zip(columns, texts[1:], strict=True):
            kills = reading.value("player1_kills", text, _kills)
            if kills is None:
                continue
            yield KillCell(
                mapstatsid=mapstatsid,
                matrix_type=matrix_type,
                player1_id=own_id,
                player1_name=own_name,
                player2_id=other_id,
                player2_name=other_name,
                player1_kills=kills[0],
                player2_kills=kills[1],
            )


def _check_marks(rows: Sequence[Element], reading: Reading) -> None:
    """Issues where the edges or the first cell are not marked as the second team by the first.

    Numbers without marks are believed all the same: older pages may have had none.
    """
    corner = rows[1].children() if len(rows) > 1 else ()
    marks = (
        *("player2_name" for cell in rows[0].children()[1:] if "team2" in cell.classes),
        *("player1_name" for cell in corner[:1] if "team1" in cell.classes),
    )
    for name in dict.fromkeys(marks):
        reading.unexpected(name, "the edge of the other team")
    if len(corner) > 1:
        spans = [word for part in corner[1].children() for word in part.classes]
        if spans != list(_CELL_MARKS):
            reading.unexpected("player1_kills", f"a cell marked {' '.join(spans) or 'by nothing'}")


def _kills(text: str) -> tuple[int, int]:
    return pair(text, ":")


def _player(cell: Element) -> tuple[int | None, str]:
    """Id and name of a player at the edge of a matrix."""
    link = next((part for part in cell.children() if part.tag == "a"), None) or cell.maybe("a")
    return path_id(link.attr("href") if link else None, "players"), (link or cell).text()


def _cards(
    mapstatsid: int, team: Element, reading: Reading, shapes: set[frozenset[str]]
) -> Iterator[PerformancePlayer]:
    """The cards of one team; its header has the team's name, but no id.

    shapes  is filled with the fields of every kind of card met
    """
    header = team.maybe(".players-team-header")
    team_name = header.text() if header else ""
    for card in team.many(".highlighted-player"):
        try:
            yield _card(mapstatsid, team_name, card, reading, shapes)
        except ParseError as error:
            reading.add("unreadable", "player_name", error.problem)


def _card(
    mapstatsid: int,
    team_name: str,
    card: Element,
    reading: Reading,
    shapes: set[frozenset[str]],
) -> PerformancePlayer:
    """One player's card."""
    headline = card.one(".headline")
    link = headline.maybe("a")
    nick = headline.maybe(".player-nick") or headline.maybe(".smartphone-only")
    name = (nick or headline).text()
    if not name:
        reading.missing("player_name")
    values, version = _bars(card.many("[data-fusionchart-config]", at_most=1), reading)
    shapes.add(frozenset(values))
    return PerformancePlayer(
        mapstatsid=mapstatsid,
        team_name=team_name,
        player_id=path_id(link.attr("href") if link else None, "player"),
        player_name=name,
        kpr=values.get("kpr"),
        dpr=values.get("dpr"),
        kast=values.get("kast"),
        impact=values.get("impact"),
        mk_rating=values.get("mk_rating"),
        round_swing=values.get("round_swing"),
        adr=values.get("adr"),
        rating=values.get("rating"),
        rating_version=version,
    )


def _bars(
    charts: Sequence[Element], reading: Reading
) -> tuple[Mapping[str, float | None], str | None]:
    """The statistics of a card by field, and the version of its rating.

    A label that is not known is kept as an issue: the site has renamed bars before.
    """
    values: dict[str, float | None] = {}
    version = None
    if not charts:
        reading.missing("kpr")
        return values, version
    config = charts[0].attr("data-fusionchart-config") or ""
    try:
        bars = _CHARTS.decode(config.encode()).data_source.data
    except msgspec.DecodeError:
        reading.add("unreadable", "kpr", config)
        return values, version
    for bar in bars:
        text = "" if bar.display_value is None else str(bar.display_value)
        if bar.label.startswith(_RATING):
            version = rating_version(bar.label)
            values["rating"] = reading.value("rating", text, decimal)
        elif bar.label in _BARS:
            field, read = _BARS[bar.label]
            values[field] = reading.value(field, text, read)
        else:
            reading.unexpected("kpr", f"bar {bar.label}")
    for field in ("kpr", "dpr", "rating"):
        if field not in values:
            reading.missing(field)
    return values, version
