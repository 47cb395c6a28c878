"""Where a table of players has what: told by its header, for every row of it.

A header's cell names its column twice, by class and by text, and the cells below repeat the class.
A column is read where all that is there agrees; one that contradicts itself is an issue and null in
every row, for a value under the wrong name is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from parse.page import Element
from parse.values import CACHED, Reading

Named = Callable[[Sequence[str]], str | None]
"""Tells the column that a cell's classes name, `e_` before eco-adjusted twins; None if none."""

PLAYER = "player"
"""The column that names the player."""

ECO = "eco-adjusted-data"
TWIN = "e_"
RATING = "rating"
KDRATIO = "kdratio"
"""The class under which the old scoreboard prints KAST."""

_TEXTS = {
    "k": "kills",
    "k(hs)": "kills",
    "ek(hs)": "e_kills",
    "a": "assists",
    "a(f)": "assists",
    "d": "deaths",
    "d(t)": "deaths",
    "ed": "e_deaths",
    "ed(t)": "e_deaths",
    "kast": "kast",
    "ekast": "e_kast",
    "k-ddiff": "kddiff",
    "adr": "adr",
    "eadr": "e_adr",
    "fkdiff": "fkdiff",
    "op.k-d": "opkd",
    "op.ek-ed": "e_opkd",
    "mks": "mks",
    "1vsx": "clutches",
    "swing": "roundSwing",
    "k-d": "kd",
    "ek-ed": "e_kd",
    "+/-": "plus-minus",
}
"""Columns by the text of their header, without spaces and in lower case."""

_FIELDS = {
    "kd": "kills",
    "kddiff": "kd_diff",
    "plus-minus": "kd_diff",
    "opkd": "opening_kills",
    "fkdiff": "opening_kills",
    "mks": "multi_kills",
    "clutches": "clutch_wins",
    "roundSwing": "round_swing",
}
"""The table's column that a page's fills, where the two have different names."""

TWICE = frozenset({"kast", "e_kast"})
"""Columns with a copy for phones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The plan of one table.

    width           cells in a whole row
    at              position in a row by name of the column; `e_` begins eco-adjusted twins
    words           the column that each header cell's class names, by position
    rating_version  as the header prints it; None if it does not
    """

    width: int
    at: Mapping[str, int]
    words: tuple[str | None, ...]
    rating_version: str | None

    @property
    def player(self) -> int:
        """Position of the cell that names the player."""
        return self.at[PLAYER]

    def checked(self, row: Element | None, named: Named, reading: Reading) -> Columns:
        """The plan without the columns whose cells, in a row of the table, name another one.

        Cells without a class that names a column are taken as their header says.
        """
        if row is None:
            return self
        cells = row.children()
        if len(cells) != self.width:
            return self
        words = tuple(named(cell.classes) for cell in cells)
        if words == self.words:
            return self
        at = dict(self.at)
        for name, index in self.at.items():
            if words[index] not in {None, self.words[index]} and name != PLAYER:
                reading.unexpected(field_of(name), f"{words[index]} under {self.words[index]}")
                del at[name]
        return replace(self, at=at)


def field_of(name: str) -> str:
    """The table's column that a page's column fills."""
    plain = name.removeprefix(TWIN)
    return name.removesuffix(plain) + _FIELDS.get(plain, plain)


def headings(
    cells: Sequence[Element], words: Sequence[str | None], reading: Reading
) -> Iterator[tuple[int, str, str]]:
    """Position, name and text of every column whose class and text agree.

    words  the column that each cell's class names
    A text that is not known is an issue, but the class is believed; a text that names another
    column is an issue, and neither is.
    """
    seen: set[str] = set()
    for index, (cell, word) in enumerate(zip(cells, words, strict=True)):
        text = cell.text()
        if word is None:
            reading.unexpected("player_name", f"column {text}")
            continue
        if word == PLAYER:
            yield index, word, text
            continue
        said, is_blank = _said(text)
        name = word
        if word == KDRATIO:
            if said != "kast":
                reading.unexpected("player_name", f"column {text}")
                continue
            name = "kast"
        if said is None and not is_blank:
            reading.unexpected(field_of(name), f"column {text}, class {word}")
        elif said not in {None, name}:
            reading.unexpected(field_of(name), f"column {text}, class {word}")
            continue
        if name in seen and name not in TWICE:
            reading.unexpected(field_of(name), f"a second column {text}")
            continue
        seen.add(name)
        yield index, name, text


@lru_cache(maxsize=CACHED)
def _said(text: str) -> tuple[str | None, bool]:
    """The column that a header's text names, and whether there is no text."""
    label = "".join(text.split()).lower()
    return (RATING if label.startswith(RATING) else _TEXTS.get(label)), not label
