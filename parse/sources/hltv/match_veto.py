"""The format and veto boxes of a match page.

Source: spec/hltv.md sections 4.2 and 4.4. Below the format stand the stage of the event and notes,
a line each. Before about 2018 one box held the veto too, as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parse.page import Element
from parse.sources.hltv.match_players import Side
from parse.values import Reading
from warehouse.rows.hltv import VetoRow

_FORMAT = re.compile(r"Best of ([0-9]{1,2})(?:\s*\((LAN|Online)\))?", re.IGNORECASE)
_PLACE = re.compile(r"\s*\([^()]*\)")
_CHANGED = re.compile(r"([0-9]{1,3})\.\s+(\S.*) (removed|picked) (\S.*)")
_LEFT_OVER = re.compile(r"([0-9]{1,3})\.\s+(\S.*) was left over")

_MARKED = re.compile(r"(\*+)\s*(\S.*)")
"""A line with one star is the stage, one with more is a note."""

_TEXT = ".preformatted-text"
"""What the format box holds; the veto box has a `div` per line instead."""


def best_of_and_place(boxes: Sequence[Element], reading: Reading) -> tuple[int | None, bool | None]:
    """Number of maps at most, and whether on LAN, from the format box."""
    text = next((found.text() for box in boxes for found in box.many(_TEXT)), None)
    found = _FORMAT.search(text or "")
    if not found:
        reading.add("missing", "best_of", text or "")
        return None, None
    if found[2] is None and (other := _PLACE.match(text or "", found.end())):
        reading.unexpected("is_lan", other[0])
    return int(found[1]), None if found[2] is None else found[2].upper() == "LAN"


def stage_and_notes(boxes: Sequence[Element], reading: Reading) -> tuple[str | None, str | None]:
    """Stage of the event, and notes, from the format box; several of a kind are joined by `; `.

    A line below the first that is neither is an issue, except where the box holds a veto.
    """
    lines = [line for box in boxes for text in box.many(_TEXT) for line in text.lines()]
    marked = [found for line in lines if (found := _MARKED.fullmatch(line))]
    stages = [found[2] for found in marked if len(found[1]) == 1]
    notes = [found[2] for found in marked if len(found[1]) > 1]
    others = [line for line in lines[1:] if not _MARKED.fullmatch(line)]
    if others and not any(map(_is_veto, others)):
        reading.unexpected("notes", others[0])
    return "; ".join(stages) or None, "; ".join(notes) or None


def veto_rows(
    match_id: int, boxes: Sequence[Element], teams: tuple[Side, Side], reading: Reading
) -> Iterator[VetoRow]:
    """The lines of the veto; none if it is nowhere written."""
    own = Reading(VetoRow.table)
    plain = [box for box in boxes if not box.has(_TEXT)]
    if plain:
        divs = [line.text() for box in plain for line in box.many(".padding > div")]
        lines = divs or [line for box in plain for line in box.lines()]
    else:
        texts = [found for box in boxes for found in box.many(_TEXT)]
        lines = [line for text in texts for line in text.lines() if _is_veto(line)]
    for line in filter(None, lines):
        row = _veto_row(match_id, line, teams)
        if row is None:
            own.unexpected("action", line)
        else:
            yield row
    reading.issues.extend(own.issues)


def _is_veto(line: str) -> bool:
    return bool(_LEFT_OVER.fullmatch(line) or _CHANGED.fullmatch(line))


def _veto_row(match_id: int, line: str, teams: tuple[Side, Side]) -> VetoRow | None:
    """One line; None if it is of no known kind.

    A team may be named like a keyword or a number: the last keyword of the line is the verb.
    """
    team: str | None
    if found := _LEFT_OVER.fullmatch(line):
        step, team, action, map_name = found[1], None, "left_over", found[2]
    elif found := _CHANGED.fullmatch(line):
        step, team, action, map_name = found.group(1, 2, 3, 4)
    else:
        return None
    ids = {side.team_id for side in teams if side.name == team}
    return VetoRow(
        match_id=match_id,
        step_number=int(step),
        team_name=team,
        team_id=ids.pop() if len(ids) == 1 else None,
        action=action,
        map_name=map_name,
    )
