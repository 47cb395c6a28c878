"""The vocabulary of parsing: what a parser is, what it yields, what assembling yields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from parse.page import HtmlPage
from parse.tracked import Presence, Tracked
from warehouse.column import Row

R_co = TypeVar("R_co", bound=Row, covariant=True)
K = TypeVar("K", bound=Row)

EntityId = int | str
"""What a page is about is told by a number or a text, the same for all of a kind."""

BLOCK_IDS = 500
"""Numbered roots per block: about half a month of matches in 2025."""

IssueKind = Literal["missing", "unreadable", "unexpected", "differs"]


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a page did not say the way its parser expects, or two pages say differently.

    field   the column it would have filled, or the part of the page: `hltv_maps.team1_rounds`
    found   what stood there, at most 40 characters
    """

    kind: IssueKind
    field: str
    found: str = ""


class Fragment(Row, frozen=True):
    """A row that a page cannot key by itself: the build joins it into a table row.

    Declares `entity` and, where needed, `section`; has no table of its own.
    """


@dataclass(frozen=True, slots=True)
class Layout:
    """Which of the shapes its page type has had a page is of: a parser says so once a page."""

    name: str


Extracted = Row | Issue | Layout | Presence
"""What a parser yields: rows, fragments, issues, the page's layout, of whom it has detail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """One version of the code that reads one page type.

    parse     a pure function of the page; raises ParseError where the page is not readable at all.
              One that `tracks` takes whose detail is wanted (`Tracked`) as a second argument, all
              where it is left out, and yields the page's `Presence`
    page      what the page is given as: made of `body, url=, page_type=, key=`
    sections  fields of its 'missing' issues that say: a whole section of the page is not there
    """

    name: str
    version: int
    page_type: str
    parse: Callable[..., Iterator[Extracted]]
    page: Callable[..., Any] = HtmlPage
    tracks: bool = False
    sections: frozenset[str] = frozenset()

    def run(self, page: Any, tracked: Tracked = None) -> Iterator[Extracted]:
        """What the parser yields of a page, with the detail of those who are tracked."""
        return self.parse(page, tracked) if self.tracks else self.parse(page)

    @property
    def label(self) -> str:
        """Name and version, as rows name their parser: `hltv.match/1`."""
        return f"{self.name}/{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRef:
    """The capture a row was extracted from, as far as rows must name it."""

    capture_id: int
    page_type: str
    fetched_at_us: int
    url: str
    parser: str
    """Name and version: `hltv.match/1`."""
    renewed_at_us: int = 0
    """When a revisit last saw the page so; 0 if none did."""


@dataclass(frozen=True, slots=True, eq=False)
class Sourced(Generic[R_co]):
    """An extracted row with its capture; compared by identity, so that each is counted once."""

    row: R_co
    capture: CaptureRef


class Bundle(Protocol):
    """All that the newest captures say about one entity, merged by section."""

    def of(self, kind: type[K]) -> tuple[Sourced[K], ...]:
        """The rows of one class, in the order the page gave them."""

    def child(self, kind: str, entity_id: EntityId) -> Bundle:
        """The bundle of an entity that belongs to this one; empty if no page was about it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A table row, and what it was made of: the first source is the primary one.

    derived  True for rows beside the account: their sources are published elsewhere
    held_us  for rows of dimension tables, when this was so, in microseconds since 1970: of several
             that differ the latest counts. Roots that are numbered in order of time need none
    """

    row: Row
    sources: tuple[Sourced[Row], ...]
    derived: bool = False
    held_us: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An extracted row that cannot become a table row, and the rule it breaks."""

    source: Sourced[Row]
    rule: str


@dataclass(frozen=True, slots=True)
class Noted:
    """An issue seen only when pages are put together, on the capture that is not believed."""

    issue: Issue
    capture: CaptureRef


Assembled = Made | Refused | Noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A kind of entity that leads the build: of each, with all that belongs to it, rows are made.

    kind      for instance `match`; tables whose key begins with its id are cut into parts by it
    assemble  the rows that an entity of the kind comes to, given its id and all that is said of it
    block_of  the number of the block that an id falls into; never falling as ids rise
    """

    kind: str
    assemble: Callable[[Any, Bundle], Iterable[Assembled]]
    block_of: Callable[[Any], int] = lambda found: int(found) // BLOCK_IDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseSource:
    """One site's way from pages to tables.

    roots     the kinds of entities that lead the build, one after the other; the first is the one
              whose pages entities that nobody asks for are waiting for
    extracts  every class its parsers yield
    tables    every table row class its assembling makes
    """

    name: str
    parsers: tuple[Parser, ...]
    roots: tuple[Root, ...]
    extracts: tuple[type[Row], ...]
    tables: tuple[type[Row], ...]
