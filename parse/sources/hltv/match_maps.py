"""The maps of a match page: one row per map holder, played or not.

Source: spec/hltv.md sections 4.3 and 4.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parse.errors import ParseError
from parse.page import Element
from parse.values import Reading, integer, path_id
from warehouse.rows.hltv import MapRow

FORFEITED = "Default"
"""What stands in place of the name of a map that was won by default."""

REGULATION_NUMBERS = 4
"""Two halves of two numbers; further ones are of overtime."""

HalfScores = dict[str, int | None]
"""Rounds by column name (`team1_ct_rounds`); a side that is not printed is not there."""


def map_rows(
    match_id: int, holders: Sequence[Element], *, is_live: bool, reading: Reading
) -> Iterator[MapRow]:
    """The maps in order; issues go to a reading of their own table, and end in `reading`."""
    own = Reading(MapRow.table)
    if not holders:
        own.missing("map_number")
    seen: set[int] = set()
    for number, holder in enumerate(holders, 1):
        try:
            row = _map_row(match_id, number, holder, is_live=is_live, reading=own)
            if row.mapstatsid in seen:
                own.unexpected("mapstatsid", f"{row.mapstatsid} twice")
                continue
            if row.mapstatsid is not None:
                seen.add(row.mapstatsid)
                _check_whole(row, own)
            yield row
        except ParseError as error:
            own.add("unreadable", "map_number", f"map {number}: {error.problem}")
    reading.issues.extend(own.issues)


def _check_whole(row: MapRow, reading: Reading) -> None:
    """Issues for a map with statistics whose score or halves are not there."""
    if row.team1_rounds is None or row.team2_rounds is None:
        reading.missing("team1_rounds" if row.team1_rounds is None else "team2_rounds")
    elif row.team1_ct_rounds is None and row.team1_t_rounds is None:
        reading.missing("team1_ct_rounds")


def _map_row(
    match_id: int, number: int, holder: Element, *, is_live: bool, reading: Reading
) -> MapRow:
    """One map; an upcoming match's holder has no results box at all."""
    name = holder.one(".mapname").text()
    both = [holder.maybe(css) for css in (".results-left", ".results-right")]
    sides = [side for side in both if side is not None]
    if len(sides) == 1:  # which of the two is lost must not be guessed from its place
        reading.unexpected("team1_rounds", "one result alone")
        sides = []
    links = (link.attr("href") for link in holder.many("a.results-stats"))
    mapstatsid = reading.only("mapstatsid", (path_id(link, "mapstatsid") for link in links))
    rounds = [_rounds(index, side, reading) for index, side in enumerate(sides, 1)]
    results = [set(side.classes) for side in sides]
    is_final = None not in rounds and any({"won", "lost"} & classes for classes in results)
    if name.casefold() == FORFEITED.casefold():
        status = "forfeit"
    elif mapstatsid is not None or (is_final and rounds):
        status = "played"
    elif is_live and holder.has("div.played"):
        status = "running"
    else:
        status = "played" if rounds and None not in rounds and not is_live else "unplayed"
    halves = _half_scores(holder, rounds, reading)
    picks = [index for index, classes in enumerate(results, 1) if "pick" in classes]
    if len(picks) > 1:
        reading.unexpected("picked_by", "both teams")
    return MapRow(
        match_id=match_id,
        map_number=number,
        mapstatsid=mapstatsid,
        map_name=name,
        team1_rounds=rounds[0] if rounds else None,
        team2_rounds=rounds[1] if len(rounds) > 1 else None,
        team1_ct_rounds=halves.get("team1_ct_rounds"),
        team1_t_rounds=halves.get("team1_t_rounds"),
        team2_ct_rounds=halves.get("team2_ct_rounds"),
        team2_t_rounds=halves.get("team2_t_rounds"),
        team1_ot_rounds=halves.get("team1_ot_rounds"),
        team2_ot_rounds=halves.get("team2_ot_rounds"),
        team1_rating=None,
        team2_rating=None,
        team_rating_version=None,
        team1_first_kills=None,
        team2_first_kills=None,
        team1_clutches_won=None,
        team2_clutches_won=None,
        picked_by=picks[0] if len(picks) == 1 else None,
        status=status,
    )


def _rounds(number: int, side: Element, reading: Reading) -> int | None:
    """A team's rounds; `-` while there is no result."""
    score = side.maybe(".results-team-score")
    return reading.value(f"team{number}_rounds", score.text(), integer) if score else None


def _half_scores(holder: Element, rounds: Sequence[int | None], reading: Reading) -> HalfScores:
    """Rounds per side, and of all overtimes together.

    A number's class is the side on which its team won those rounds; the numbers come in pairs,
    team 1 first; overtime has numbers without a side.
    """
    halves: HalfScores = {}
    numbers = [
        (span.classes, span.text())
        for span in holder.many(".results-center-half-score span")
        if span.text().isdecimal()
    ]
    sides = [next((name for name in ("ct", "t") if name in classes), "") for classes, _ in numbers]
    told = list(zip(sides, [0, 1, 0, 1], strict=False))
    if len(numbers) % 2 or "" in sides[:REGULATION_NUMBERS] or len(set(told)) != len(told):
        reading.unexpected("team1_ct_rounds", " ".join(text for _, text in numbers))
        return halves
    for index, (_, text) in enumerate(numbers):
        period = sides[index] if index < REGULATION_NUMBERS else "ot"
        field = f"team{index % 2 + 1}_{period}_rounds"
        halves[field] = (halves.get(field) or 0) + integer(text)
    for team, total in enumerate(rounds, 1):
        printed = [count or 0 for name, count in halves.items() if name.startswith(f"team{team}")]
        if printed and total is not None and sum(printed) != total:
            reading.add("differs", f"team{team}_rounds", f"halves {sum(printed)}, total {total}")
    return halves
