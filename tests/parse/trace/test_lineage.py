"""Lineage found by causality alone: an assembler made up for it, and what it must be said to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, ClassVar

from hypothesis import given
from hypothesis import strategies as st

from parse.model import Assembled, CaptureRef, Fragment, Issue, Made, Noted, Sourced
from parse.trace.lineage import Tracer
from parse.trace.origins import Edits
from warehouse.column import Key, Row


class Card(Fragment, frozen=True):
    """A player's card."""

    entity: ClassVar[tuple[str, str]] = ("game", "game_id")

    game_id: int
    name: str
    kills: int | None
    deaths: int | None
    side: int


class Sheet(Fragment, frozen=True):
    """The same player on another page."""

    entity: ClassVar[tuple[str, str]] = ("game", "game_id")

    game_id: int
    name: str
    kills: int | None
    speed: float | None


class Head(Fragment, frozen=True):
    """The two sides of a game."""

    entity: ClassVar[tuple[str, str]] = ("game", "game_id")

    game_id: int
    left: str
    right: str


class PlayerLine(Row, frozen=True):
    """One player."""

    table: ClassVar[str] = "lines"
    contributors: ClassVar[tuple[str, ...]] = ("card", "sheet")

    game_id: Annotated[int, Key()]
    name: Annotated[str, Key()]
    kills: int | None
    deaths: int | None
    diff: int | None
    speed: float | None
    team: str
    has_sheet: bool
    constant: int


CARD, SHEET, HEAD = (
    CaptureRef(capture_id=number, page_type=name, fetched_at_us=0, url=name, parser=f"{name}/1")
    for number, name in enumerate(("card", "sheet", "head"))
)


class Game:
    """An assembly in memory."""

    def __init__(self, rows: Iterable[Sourced[Row]]) -> None:
        self._rows = list(rows)
        self.first = self.run({}) or []

    @property
    def rows(self) -> Iterator[Sourced[Row]]:
        return iter(self._rows)

    def run(self, edits: Edits) -> list[Assembled] | None:
        rows = [edits.get(id(one), one) for one in self._rows]
        try:
            return list(assemble([one for one in rows if one is not None]))
        except IndexError:
            return None  # a side that there is not


def assemble(rows: list[Sourced[Row]]) -> Iterator[Assembled]:
    heads = [one for one in rows if isinstance(one.row, Head)]
    sheets = {one.row.name: one for one in rows if isinstance(one.row, Sheet)}
    for one in rows:
        card = one.row
        if not isinstance(card, Card):
            continue
        sheet = sheets.get(card.name)
        own = sheet.row if sheet else None
        assert own is None or isinstance(own, Sheet)
        head = heads[0].row if heads else None
        assert head is None or isinstance(head, Head)
        kills = card.kills if card.kills is not None or own is None else own.kills
        counts = (kills, card.deaths)
        yield Made(
            PlayerLine(
                game_id=card.game_id,
                name=card.name,
                kills=kills,
                deaths=card.deaths,
                diff=None if None in counts else counts[0] - counts[1],  # type: ignore[operator]
                speed=own.speed if own else None,
                team="" if head is None else (head.left, head.right)[card.side - 1],
                has_sheet=sheet is not None,
                constant=7,
            ),
            (one,) if sheet is None else (one, sheet),
        )
        if sheet and own and None not in {card.kills, own.kills} and card.kills != own.kills:
            yield Noted(Issue("differs", "lines.kills", f"{own.kills}"), sheet.capture)


def game(
    *,
    kills: int | None = 9,
    deaths: int | None = 4,
    sheet_kills: int | None = 9,
    has_sheet: bool = True,
) -> Game:
    rows: list[Sourced[Row]] = [Sourced(Head(game_id=1, left="A", right="B"), HEAD)]
    for number, name in enumerate(("x", "y", "z"), 1):
        own = kills if name == "y" else number
        card = Card(game_id=1, name=name, kills=own, deaths=deaths, side=1 + number % 2)
        rows.append(Sourced(card, CARD))
        if has_sheet:
            other = Sheet(
                game_id=1, name=name, kills=sheet_kills if name == "y" else number, speed=0.5
            )
            rows.append(Sourced(other, SHEET))
    return Game(rows)


def traced(one: Game, name: str = "y") -> dict[str, str]:
    """By column, what it was made of, as `how page.field`."""
    (target,) = [
        made for made in one.first
        if isinstance(made, Made) and isinstance(made.row, PlayerLine) and made.row.name == name
    ]  # fmt: skip
    return {
        column: ", ".join(
            f"{origin.how} {origin.source.capture.page_type}.{origin.field}" for origin in lineage.origins
        ) + "".join(
            f"; {also.capture.page_type} {'agrees' if also.agrees else 'differs'} {also.found}"
            for also in lineage.also
        )
        for column, lineage in Tracer(one, target).trace().items()
    }  # fmt: skip


def test_each_column_is_traced_to_the_fields_it_is_made_of() -> None:
    assert traced(game()) == {
        "game_id": "copied card.game_id",
        "name": "copied card.name",
        "kills": "copied card.kills; sheet agrees 9",
        "deaths": "copied card.deaths",
        "diff": "computed card.kills, computed card.deaths",
        "speed": "copied sheet.speed",
        "team": "copied head.left, computed card.side",
        "has_sheet": "present sheet.",
        "constant": "",
    }


def test_a_page_that_fills_a_gap_is_the_origin() -> None:
    found = traced(game(kills=None))
    assert found["kills"].startswith("copied sheet.kills")
    assert set(found["diff"].split(", ")) == {"computed card.deaths", "computed sheet.kills"}


def test_a_page_that_differs_is_said_to() -> None:
    assert traced(game(sheet_kills=8))["kills"] == "copied card.kills; sheet differs 8"


def test_a_null_names_the_fields_that_would_fill_it() -> None:
    found = traced(game(kills=None, sheet_kills=None))
    assert found["kills"] == "copied card.kills, copied sheet.kills"
    alone = traced(game(has_sheet=False))
    assert alone["speed"] == ""


def test_a_sum_with_nothing_is_still_a_sum() -> None:
    assert traced(game(deaths=0))["diff"] == "computed card.kills, computed card.deaths"


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40) | st.none())
def test_whatever_the_numbers_the_lineage_is_the_assemblers(
    kills: int, deaths: int, sheet_kills: int | None
) -> None:
    """The truth is the assembler's text: kills are the card's, the difference is of both."""
    found = traced(game(kills=kills, deaths=deaths, sheet_kills=sheet_kills))
    assert found["kills"].split(";")[0] == "copied card.kills"
    assert found["diff"] == "computed card.kills, computed card.deaths"
    assert found["team"] == "copied head.left, computed card.side"
    told = "" if sheet_kills is None else "agrees" if sheet_kills == kills else "differs"
    assert told in found["kills"]
    assert bool(told) == (";" in found["kills"])
