"""The results listing: one row per finished match.

Source: spec/hltv.md section 3. Only rows that carry the time of their end are taken: the featured
('big results') rows above the list have none, and may repeat it or be unrelated to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parse.model import Extracted
from parse.page import Element, HtmlPage
from parse.sources.hltv.layouts import results_layout
from parse.values import Reading, epoch_ms, pair, path_id, path_of
from warehouse.rows.hltv import ResultRow

VERSION = 2

ROWS = ".result-con[data-zonedgrouping-entry-unix]"

PAGING = ".pagination-component"

_PARTS = ("team1", "team2", "result-score", "team-won", "event-name", "star-cell", "map-text")
"""Classes within a row; the first three are always there once."""

_FORMAT = re.compile(r"bo[1-9]|[a-z0-9]{1,4}|-")
"""`bo3`, the code of a best of one's map, `def`, or `-` (section 3.2)."""

FORFEIT_TEXT = "def"
"""What stands in place of the format of a match won by default."""


def parse(page: HtmlPage) -> Iterator[Extracted]:
    """One row per match of the list, in page order.

    A row that lacks a name, a score or its link is left out, with an issue that says so.
    raises  ParseError if the list is empty: a page past the end, or a layout not known
    """
    reading = Reading(ResultRow.table)
    rows = (_result(row, reading) for row in page.many(ROWS, at_least=1))
    results = [result for result in rows if result is not None]
    # A listing of one event leaves the event out, but then of every row.
    has_events = any(result.event_name is not None for result in results)
    has_paging = page.frame(".results").has(PAGING)
    if results and has_paging and not has_events:
        reading.missing("event_name")
    for result in results:
        if has_events and result.event_name is None:
            reading.add("missing", "event_name", result.match_url)
        if result.winner is None and result.team1_score != result.team2_score:
            reading.add("missing", "winner", result.match_url)
        yield result
    yield results_layout(has_paging=has_paging)
    yield from reading.issues


def _result(row: Element, reading: Reading) -> ResultRow | None:
    """The match of one line of the list; None with an issue if it cannot be told."""
    parts = row.grouped(*_PARTS)
    links = [child.attr("href") or "" for child in row.children() if child.tag == "a"]
    if any(len(parts[name]) != 1 for name in _PARTS[:3]) or len(links) != 1:
        reading.unexpected("match_id", row.text())
        return None
    names = [parts[name][0].text() for name in ("team1", "team2")]
    score = reading.value("team1_score", parts["result-score"][0].text(), _score)
    match_id = path_id(links[0], "matches")
    unix = row.attr("data-zonedgrouping-entry-unix")
    completed = reading.value("completed_unix_ms", unix, epoch_ms)
    if not (match_id and completed and score and all(names)):
        reading.unexpected("match_id", f"{links[0]} {' '.join(names)}")
        return None
    map_text = _only_text(parts["map-text"])
    is_format = bool(map_text and _FORMAT.fullmatch(map_text.lower()))
    if not map_text:
        reading.missing("map_text")
    elif not is_format:
        reading.unexpected("map_text", map_text)
    return ResultRow(
        match_id=match_id,
        match_url=path_of(links[0]),
        completed_unix_ms=completed,
        team1_name=names[0],
        team2_name=names[1],
        winner=_winner(parts["team-won"]),
        team1_score=score[0],
        team2_score=score[1],
        event_name=_only_text(parts["event-name"]),
        stars=_stars(parts["star-cell"], reading),
        map_text=map_text,
        is_forfeit=map_text.lower() == FORFEIT_TEXT if map_text and is_format else None,
    )


def _stars(cells: Sequence[Element], reading: Reading) -> int:
    """How many stars the last cell shows; one without stars holds the format alone."""
    boxes = [box for cell in cells for box in cell.many(".stars")]
    if not boxes and any(cell.has("i, img, svg") for cell in cells):
        reading.unexpected("stars", "icons without their box")
    return sum("faded" not in star.classes for box in boxes for star in box.children())


def _score(text: str) -> tuple[int, int]:
    return pair(text, "-")


def _only_text(found: Sequence[Element]) -> str | None:
    return found[0].text() or None if len(found) == 1 else None


def _winner(marked: Sequence[Element]) -> int | None:
    """1 or 2; None if neither team is marked, as in a draw, or both are."""
    parents = [mark.parent for mark in marked]
    if len(parents) != 1 or parents[0] is None:
        return None
    return next((number for number in (1, 2) if f"team{number}" in parents[0].classes), None)
