"""The trace of a row of a dimension: each column is the newest sighting's value that is not null.

As parse/dimensions.py folds sightings: the root with the highest id counts as newest, or where ids
are not in order of time, what was so last; of one root the capture fetched last. The row names the
newest sighting's capture; a column that is null there comes from an older one, which is looked for
among the pages of the same type, or of every type that rows are sighted on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from parse.model import EntityId, Made, Root
from parse.registry import Source
from parse.trace.archive import Archive
from parse.trace.rows import Roots, RowTrace, entity_of, follow, ids_in, is_listing
from warc.errors import WarchouseError
from warehouse.column import Row
from warehouse.rows.archive import CaptureRow
from warehouse.schema import key_of

OLDER_MAX = 200
"""Pages of older roots that are looked through for a column's value: about two seconds."""


@dataclass(frozen=True, slots=True)
class _Sighter:
    """A root entity that may have sighted the row, and a capture that has rows about it."""

    root: Root
    entity_id: EntityId
    capture: CaptureRow


class _Gathering:
    """The trace of one row, as far as it was followed."""

    def __init__(self, roots: Roots, source: Source, kind: type[Row], row: dict[str, Any]) -> None:
        self._roots = roots
        self._archive: Archive = roots.archive
        self._source = source
        self._kind = kind
        self._key: Any = row[key_of(kind)[0]]
        captures = tuple(self._archive.capture(found) for found in ids_in(row))
        self.trace = RowTrace(table=kind.table, row=row, captures=captures)
        self.wanted = {name for name in kind.__struct_fields__ if row[name] is not None}
        """The columns whose origin is not found yet."""

    def follow(self) -> None:
        """Follow every column: through the row's own sighting first, then through older ones."""
        own = [one for capture in self.trace.captures for one in self._sighters(capture)]
        own.sort(key=lambda one: (isinstance(one.entity_id, int), one.entity_id), reverse=True)
        if not own:
            return
        self._take(own[0], is_newest=True)
        newest = own[0].entity_id
        is_numbered = isinstance(newest, int)
        older = self._lower_ids(newest) if isinstance(newest, int) else self._fetched_before()
        for number, capture in enumerate(older, 1):
            if not self.wanted or number > OLDER_MAX:
                break
            if self._names(capture):
                for one in self._sighters(capture):
                    self._take(one, is_newest=is_numbered)

    def _take(self, sighter: _Sighter, *, is_newest: bool) -> None:
        """Follow the columns that a root's sightings are the newest to fill.

        is_newest  whether no newer one is left; else only what says the same as the row is its
        """
        kind, row = self._kind, self.trace.row
        about = sighter.root.kind, sighter.entity_id
        listing = sighter.capture if is_listing(self._archive, sighter.capture, about) else None
        found = self._roots.get(self._source, sighter.root, sighter.entity_id, listing)
        seen = [
            one
            for one in found.assembly.first
            if isinstance(one, Made)
            and type(one.row) is kind
            and getattr(one.row, key_of(kind)[0]) == self._key
        ]
        # The first of one time stands, so a stable sort by time alone gives the build's choice.
        seen.sort(key=_stamp, reverse=True)
        for made in seen:
            now = {name: getattr(made.row, name) for name in self.wanted}
            filled = [name for name, value in now.items() if value is not None]
            if not is_newest:
                filled = [name for name in filled if now[name] == row[name]]
            if not filled:
                continue
            follow(self.trace, self._archive, found, made, filled)
            self.trace.remarks.extend(
                f"rebuilt with other code: {name} is {now[name]} now, {row[name]} in the snapshot"
                for name in filled
                if now[name] != row[name]
            )
            self.wanted.difference_update(filled)

    def _sighters(self, capture: CaptureRow) -> list[_Sighter]:
        """The roots that a capture has rows about; of a list of rows like this one, its own."""
        about = set(map(entity_of, self._archive.extraction(capture).rows))
        found = [
            _Sighter(root, entity_id, capture)
            for root in self._source.parsing.roots
            for kind, entity_id in about
            if kind == root.kind
        ]
        return [one for one in found if one.entity_id == self._key] or found

    def _lower_ids(self, newest: int) -> Iterator[CaptureRow]:
        """Pages of roots that are numbered in order of time, below the newest, the highest first.

        The own pages of roots are meant: those whose key is a root's id.
        """
        older: dict[int, CaptureRow] = {}
        types = [one.page_type for one in self.trace.captures if one.page_type]
        for page_type in dict.fromkeys(types):
            for one in self._archive.of_type(self._source.parsing.name, page_type):
                if one.outcome == "parsed" and one.page_key and one.page_key.isdigit():
                    older.setdefault(int(one.page_key), one)
        for number in sorted(older, reverse=True):
            if number < newest:
                yield older[number]

    def _fetched_before(self) -> Iterator[CaptureRow]:
        """Pages of every type that rows are sighted on, those fetched last first."""
        pages = [
            one
            for page_type in self._kind.contributors
            for one in self._archive.of_type(self._source.parsing.name, page_type)
            if one.outcome == "parsed"
        ]
        pages.sort(key=lambda one: (one.fetched_at, one.capture_id), reverse=True)
        yield from pages

    def _names(self, capture: CaptureRow) -> bool:
        try:
            return str(self._key).encode() in self._archive.body_of(capture)
        except WarchouseError:
            return False


def trace_gathered(roots: Roots, source: Source, kind: type[Row], row: dict[str, Any]) -> RowTrace:
    """The trace of a row of a dimension."""
    gathering = _Gathering(roots, source, kind, row)
    gathering.follow()
    trace = gathering.trace
    for name in sorted(gathering.wanted):
        trace.remarks.append(
            f"the page that {name} comes from was not found among {OLDER_MAX} older ones"
        )
    return trace


def _stamp(made: Made) -> tuple[int, int]:
    capture = made.sources[0].capture
    return capture.fetched_at_us, capture.capture_id
