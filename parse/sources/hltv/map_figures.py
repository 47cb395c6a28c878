"""The rows below a map's score that compare its teams: rating, first kills, clutches won.

Source: spec/hltv.md sections 5.1 and 5.2. The rows are told by their labels, never by their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from parse.errors import ValueFormatError
from parse.page import Element
from parse.sources.hltv.fragments import MapFigures
from parse.sources.hltv.labels import rating_version
from parse.values import Reading, decimal, pair

T = TypeVar("T")

_RATING = "Team rating"
_FIRST_KILLS = "First kills"
_CLUTCHES = "Clutches won"
_READ_ELSEWHERE = "Breakdown"


def map_figures(mapstatsid: int, rows: Sequence[Element], reading: Reading) -> MapFigures | None:
    """The figures of both teams; None, and issues, where the page has no row of them.

    A rating's version is known where its label ends in one: 'Team rating 3.0'.
    """
    values = _values(rows, reading)
    ratings = [label for label in values if label.startswith(_RATING)]
    if len(ratings) > 1:
        reading.unexpected("team1_rating", " ".join(ratings))
    rating = ratings[0] if len(ratings) == 1 else _RATING
    rated = _both("team1_rating", values.get(rating), _decimals, reading)
    first_kills = _both("team1_first_kills", values.get(_FIRST_KILLS), _counts, reading)
    clutches = _both("team1_clutches_won", values.get(_CLUTCHES), _counts, reading)
    if not {rating, _FIRST_KILLS, _CLUTCHES} & set(values):
        return None
    return MapFigures(
        mapstatsid=mapstatsid,
        left_rating=rated[0],
        right_rating=rated[1],
        rating_version=rating_version(rating),
        left_first_kills=first_kills[0],
        right_first_kills=first_kills[1],
        left_clutches_won=clutches[0],
        right_clutches_won=clutches[1],
    )


def _values(rows: Sequence[Element], reading: Reading) -> Mapping[str, str | None]:
    """The text of each row by its label; None where it has none, or a label stands twice."""
    values: dict[str, str | None] = {}
    for row in rows:
        label = " ".join(part.text() for part in row.many("div.bold"))
        texts = [part.text() for part in row.many("div.right")]
        is_known = label.startswith(_RATING) or label in {_FIRST_KILLS, _CLUTCHES, _READ_ELSEWHERE}
        if not is_known or label in values:
            reading.unexpected("team1_rating", f"row {label}")
        values[label] = texts[0] if len(texts) == 1 and label not in values else None
    return values


def _both(
    field: str, text: str | None, read: Callable[[str], tuple[T, T]], reading: Reading
) -> tuple[T | None, T | None]:
    """One figure of the left and of the right team."""
    return reading.value(field, text, read) or (None, None)


def _counts(text: str) -> tuple[int, int]:
    return pair(text, ":")


def _decimals(text: str) -> tuple[float, float]:
    left, found, right = text.partition(":")
    if not found:
        raise ValueFormatError(f"not two numbers: {text[:40]!r}")
    return decimal(left), decimal(right)
