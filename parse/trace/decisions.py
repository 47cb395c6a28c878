"""Which captures competed for a section of a page, which one won, and why.

The rule is the build's (parse/merge.py): the newest good capture that has a section supplies all of
its rows; of one visit the response goes before the DOM, which only fills gaps (docs/adr/0007).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from parse.model import CaptureRef, Sourced
from parse.trace.archive import Archive, is_dom
from parse.trace.bundle import Entities, Said
from parse.trace.visits import Visit, ranked
from warc.words import counted
from warehouse.column import Row
from warehouse.rows.archive import CaptureRow

Standing = Literal["won", "older", "lacks", "good", "failed", "evidence", "revisit", "copy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of what is said about an entity that is replaced as a whole."""

    kind: type[Row]
    about: tuple[str, int]
    names: tuple[tuple[str, object], ...]

    @classmethod
    def of(cls, row: Row) -> Section:
        """The section that an extracted row belongs to."""
        kind = type(row)
        names = tuple((name, getattr(row, name)) for name in kind.section)
        return cls(kind=kind, about=(row.entity[0], getattr(row, row.entity[1])), names=names)

    def __str__(self) -> str:
        """The section in words: `MapStatsPlayer of map 9, team_id 11`."""
        within = "".join(f", {name} {value}" for name, value in self.names)
        return f"{self.kind.__name__} of {self.about[0]} {self.about[1]}{within}"

    def rows_in(self, rows: Sequence[Sourced[Row]]) -> list[Sourced[Row]]:
        """Those of a capture's rows that are of this section."""
        return [one for one in rows if Section.of(one.row) == self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Competitor:
    """A capture and how it stood; `rows` of the section are in it."""

    visit: Visit
    standing: Standing
    why: str
    rows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who competed for a section, newest first; the columns that came from it.

    section  the section, or the whole page in words where no row is asked about
    """

    section: Section | str
    columns: tuple[str, ...]
    competitors: tuple[Competitor, ...]


def decide(
    archive: Archive,
    entities: Entities,
    section: Section,
    winner: CaptureRef,
    columns: Sequence[str],
) -> Decision:
    """Tell how the captures of the pages that may have a section stood against the winner."""
    said = entities.about(*section.about)
    competing = [
        one
        for one in said
        if one.visit.capture.page_type == winner.page_type or section.rows_in(one.rows)
    ]
    competitors = tuple(_competitors(archive, competing, section, winner.capture_id))
    return Decision(section=section, columns=tuple(columns), competitors=competitors)


def standing_of_page(
    archive: Archive, capture: CaptureRow, captures: Sequence[CaptureRow]
) -> Decision:
    """How all captures of one page stand, newest first, without a section in question."""
    competitors = []
    for visit in ranked(archive, captures):
        if visit.capture.outcome == "parsed":
            why = f"{counted(visit.capture.rows, 'row', 'rows')} extracted"
            if visit.renewed_by:
                at = max(by.fetched_at for by in visit.renewed_by)
                why += f"; seen again unchanged at {at:%Y-%m-%d %H:%M:%SZ}"
            competitors.append(Competitor(visit=visit, standing="good", why=why))
        else:
            competitors.append(_not_read(visit))
        competitors.extend(_copies(visit))
    title = f"the {capture.page_type} page {capture.page_key}"
    return Decision(section=title, columns=(), competitors=tuple(competitors))


def _competitors(
    archive: Archive, said: Sequence[Said], section: Section, winner: int
) -> Iterator[Competitor]:
    newer_without = 0
    won: Visit | None = None
    is_alone = sum(bool(section.rows_in(one.rows)) for one in said) == 1
    for one in said:
        capture, rows = one.visit.capture, len(section.rows_in(one.rows))
        if capture.capture_id == winner:
            won = one.visit
            why = _why_won(one.visit, newer_without, is_alone=is_alone)
            yield Competitor(visit=one.visit, standing="won", why=why, rows=rows)
        elif capture.outcome == "parsed":
            newer_without += won is None and not rows
            yield _good(archive, one, rows, won)
        else:
            yield _not_read(one.visit)
        yield from _copies(one.visit)


def _copies(visit: Visit) -> Iterator[Competitor]:
    """The second copies of a capture's record."""
    for copy in visit.copies:
        why = f"a second copy of the record at {visit.capture.file}:{visit.capture.offset}"
        again = Visit(capture=copy, seen_at=copy.fetched_at)
        yield Competitor(visit=again, standing="copy", why=why)


def _why_won(visit: Visit, newer_without: int, *, is_alone: bool) -> str:
    """Why the winner won, in a sentence."""
    which = "only" if is_alone else "newest"
    parts = [f"the {which} good capture that has this section"]
    if newer_without:
        parts.append(f"{counted(newer_without, 'newer one lacks', 'newer ones lack')} it")
    if is_dom(visit.capture):
        parts.append("a DOM fills what its response has not")
    if visit.renewed_by:
        at = max(by.fetched_at for by in visit.renewed_by)
        parts.append(f"seen again unchanged at {at:%Y-%m-%d %H:%M:%SZ}")
    return "; ".join(parts)


def _good(archive: Archive, said: Said, rows: int, won: Visit | None) -> Competitor:
    """A good capture that did not win."""
    visit = said.visit
    if problem := archive.extraction(visit.capture).problem:
        return Competitor(visit=visit, standing="lacks", why=f"cannot be read again: {problem}")
    if not rows:
        return Competitor(visit=visit, standing="lacks", why="good, but has no such section")
    has = counted(rows, "row is", "rows are")
    if won and won.seen_at == visit.seen_at and is_dom(visit.capture) > is_dom(won.capture):
        why = f"the DOM of the same visit: the response goes first, {has} superseded"
    else:
        why = f"older: {has} superseded"
    return Competitor(visit=visit, standing="older", why=why, rows=rows)


def _not_read(visit: Visit) -> Competitor:
    """A capture that no row was read from."""
    capture = visit.capture
    if capture.outcome == "revisit":
        original = visit.renews
        why = (
            "a revisit whose original is in no archive read"
            if original is None
            else "a revisit: the page was as in the capture of"
            f" {original.fetched_at:%Y-%m-%d %H:%M:%SZ}"
        )
        return Competitor(visit=visit, standing="revisit", why=why)
    reason = capture.verdict_reason or "no reason given"
    if capture.outcome == "failed":
        return Competitor(visit=visit, standing="failed", why=f"could not be parsed: {reason}")
    why = f"{capture.verdict or 'evidence'}: {reason}"
    return Competitor(visit=visit, standing="evidence", why=why)
