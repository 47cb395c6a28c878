"""What a parser makes of a page now against what it made before: case by row and field, old -> new.

Rows are paired by what tells them apart (a player, a round, a side …), so that a row that came or
went is one line, and not a difference in every row behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = dict[str, Any]

IDENTITY = (
    *("match_id", "mapstatsid", "map_number", "step_number", "team_num", "team_id", "team_name"),
    *("position", "side", "matrix_type", "player_id", "player_name", "player1_name"),
    *("player2_name", "round_number", "line"),
)
"""Columns that tell the rows of a page apart, as far as a class has them."""


def rows_differ(
    kind: str, old: Mapping[str, list[Any]] | None, new: Mapping[str, list[Any]] | None
) -> Iterator[str]:
    """The differences among the rows of one class, a line each.

    old, new  `columns` and `rows`; None where the page has no row of the class
    """
    columns = [one["columns"] if one else [] for one in (old, new)]
    for name in columns[0] if new else ():
        if name not in columns[1]:
            yield f"{kind}.{name} is gone"
    before, after = _named(old), _named(new)
    gone = [name for name in before if name not in after]
    came = [name for name in after if name not in before]
    # As many came as went: what tells the rows apart is what has changed.
    partner = dict(zip(gone, came, strict=True)) if len(gone) == len(came) else {}
    for name, row in before.items():
        other = after.get(partner.get(name, name))
        if other is None:
            yield f"{kind} {name}: gone"
            continue
        for field, value in other.items():
            was = row.get(field)
            if was != value or type(was) is not type(value):
                yield f"{kind} {name}, {field}: {was!r} -> {value!r}"
    if not partner:
        yield from (f"{kind} {name}: new" for name in came)
    if set(before) == set(after) and list(before) != list(after):
        yield f"{kind}: the same rows in another order"


def _named(listed: Mapping[str, list[Any]] | None) -> dict[str, Row]:
    """Rows by what tells them apart; a number behind it where that is not enough."""
    named: dict[str, Row] = {}
    counts: Counter[str] = Counter()
    for values in listed["rows"] if listed else ():
        row = dict(zip(listed["columns"], values, strict=True)) if listed else {}
        name = _identity(row)
        counts[name] += 1
        named[name if counts[name] == 1 else f"{name} #{counts[name]}"] = row
    return named


def _identity(row: Row) -> str:
    known: Sequence[str] = [part for part in IDENTITY if row.get(part) is not None]
    return " ".join(f"{part}={row[part]}" for part in known)
