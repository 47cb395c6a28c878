"""What a snapshot says is archived, and the records themselves: captures found and read again.

The table `captures` is the index; a record is read by its offset and parsed by the parser that the
snapshot says read it. Pages are parsed once and remembered, as several rows may ask for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from parse.inputs import OPEN_SUFFIX
from parse.model import EntityId, Issue, Parser
from parse.registry import Registry
from parse.replay import capture_id_of, page_of
from parse.tracked import Tracked, tracked_in
from warc.errors import ArchiveError, CollectionError, WarchouseError
from warc.reader import read_records
from warc.record import BadStretch, Record
from warc.sites.page import DOM_SCHEME
from warehouse.column import Row
from warehouse.errors import WarehouseError
from warehouse.rows.archive import CaptureRow
from warehouse.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What a parser makes of a capture: rows in the order yielded; `problem` says why none."""

    rows: tuple[Row, ...] = ()
    issues: tuple[Issue, ...] = ()
    problem: str = ""


def page_url(capture: CaptureRow) -> str:
    """The URL of the page, also where the capture is what a browser rendered of it."""
    return capture.url.removeprefix(DOM_SCHEME)


def is_dom(capture: CaptureRow) -> bool:
    """Whether a capture is the DOM that a browser rendered."""
    return capture.url.startswith(DOM_SCHEME)


class Archive:
    """The captures of a snapshot, with the records they were read from."""

    def __init__(self, snapshot: Snapshot, folder: Path, registry: Registry) -> None:
        """Read no file yet.

        folder  where collections lie now; files that moved elsewhere are looked for where the
                build found them
        """
        self.snapshot = snapshot
        self.registry = registry
        self._folder = folder
        self._extractions: dict[int, Extraction] = {}
        self._pages: dict[tuple[str, str | None, str | None], tuple[CaptureRow, ...]] = {}

    @property
    def tracked(self) -> Tracked:
        """Of whom the snapshot has detail."""
        return tracked_in(self.snapshot.about)

    def capture(self, capture_id: int) -> CaptureRow:
        """A capture by its id: the copy that was read; WarehouseError if there is none."""
        read = without_copies(tuple(self._where(pl.col("capture_id") == capture_id)))
        if not read:
            raise WarehouseError(f"snapshot {self.snapshot.id} has no capture {capture_id}")
        return read[0]

    def of_page(self, source: str, *, page_type: str | None, key: str) -> tuple[CaptureRow, ...]:
        """Every capture of a page, of whatever outcome; of all page types of that key if None."""
        place = source, page_type, key
        if place not in self._pages:
            wanted = (pl.col("source") == source) & (pl.col("page_key") == key)
            if page_type is not None:
                wanted &= pl.col("page_type") == page_type
            self._pages[place] = tuple(self._where(wanted))
        return self._pages[place]

    def of_type(self, source: str, page_type: str) -> tuple[CaptureRow, ...]:
        """Every capture of a page type, of whatever outcome."""
        place = source, page_type, None
        if place not in self._pages:
            wanted = (pl.col("source") == source) & (pl.col("page_type") == page_type)
            self._pages[place] = tuple(self._where(wanted))
        return self._pages[place]

    def newest(self, ids: Collection[int], limit: int) -> tuple[CaptureRow, ...]:
        """Of captures by their ids, so many that were fetched last, the newest first."""
        wanted = pl.col("capture_id").is_in(list(ids)) & (pl.col("outcome") != "duplicate")
        found = sorted(
            self._where(wanted), key=lambda one: (one.fetched_at, one.capture_id), reverse=True
        )
        return tuple(found[:limit])

    def seen_at(self, url: str) -> tuple[CaptureRow, ...]:
        """Every capture of one URL that holds a page of its own: no revisit, no second copy."""
        wanted = (pl.col("url") == url) & pl.col("outcome").is_in(["parsed", "failed", "evidence"])
        return tuple(self._where(wanted))

    def _where(self, wanted: pl.Expr) -> Iterator[CaptureRow]:
        table = self.snapshot.table("captures")
        names = set(table.collect_schema().names())
        for found in table.filter(wanted).collect().iter_rows(named=True):
            known = {name: found[name] for name in CaptureRow.__struct_fields__ if name in names}
            yield CaptureRow(**{"inner": 0, **known})  # snapshots of old did not say it

    def path_of(self, capture: CaptureRow) -> Path:
        """Where a capture's file lies now; CollectionError if it is gone."""
        places = [self._folder / capture.collection / capture.file]
        if built := self.snapshot.path_of(capture.collection, capture.file):
            places.append(built)
        for place in places:
            for path in (place, place.with_name(place.name + OPEN_SUFFIX)):
                if path.is_file():
                    return path
        gone = f"the file of capture {capture.capture_id} is gone: {places[0]}"
        raise CollectionError(gone)

    def record_of(self, capture: CaptureRow) -> Record:
        """A capture's record; raises ArchiveError where the file holds another one there."""
        path, at = str(self.path_of(capture)), capture.offset
        for found in read_records(path, start=at, end=at + 1):
            if isinstance(found, BadStretch):
                raise found.error
            if capture_id_of(found, capture.file) == capture.capture_id:
                return found
        problem = f"no record of capture {capture.capture_id} begins here"
        raise ArchiveError(problem, file=path, offset=at)

    def body_of(self, capture: CaptureRow) -> bytes:
        """The decoded page; raises ArchiveError where it cannot be decoded."""
        page = page_of(self.record_of(capture))
        if page.problem:
            raise ArchiveError(page.problem, file=capture.file, offset=capture.offset)
        return page.body

    def parser_of(self, capture: CaptureRow) -> Parser | None:
        """The parser that read a capture, if it is still registered."""
        return self.registry.parser_named(capture.parser) if capture.parser else None

    def extraction(self, capture: CaptureRow) -> Extraction:
        """What a capture's own parser makes of it now; a problem instead of an exception."""
        known = self._extractions.get(capture.capture_id)
        if known is None:
            try:
                known = self._extract(capture)
            except WarchouseError as error:
                known = Extraction(problem=str(error))
            self._extractions[capture.capture_id] = known
        return known

    def _extract(self, capture: CaptureRow) -> Extraction:
        parser = self.parser_of(capture)
        if parser is None:
            return Extraction(problem=f"the parser {capture.parser} is not registered any more")
        return extract(parser, self.body_of(capture), capture, self.tracked)


def extract(parser: Parser, body: bytes, capture: CaptureRow, tracked: Tracked) -> Extraction:
    """Run a parser over a page, as the build did; whatever it raises is the problem."""
    rows: list[Row] = []
    issues: list[Issue] = []
    try:
        page = parser.page(
            body,
            url=page_url(capture),
            page_type=capture.page_type or "",
            key=capture.page_key or "",
        )
        for found in parser.run(page, tracked):
            if isinstance(found, Issue):
                issues.append(found)
            elif isinstance(found, Row):
                rows.append(found)
    except Exception as error:  # noqa: BLE001 - as where pages are first read: their own failure
        return Extraction(issues=tuple(issues), problem=f"{type(error).__name__}: {error}")
    return Extraction(rows=tuple(rows), issues=tuple(issues))


def rows_about(extraction: Extraction, kind: str, entity_id: EntityId) -> Iterator[Row]:
    """The rows about one entity, in the order of the page."""
    for row in extraction.rows:
        if row.entity[0] == kind and getattr(row, row.entity[1]) == entity_id:
            yield row


def without_copies(captures: Sequence[CaptureRow]) -> tuple[CaptureRow, ...]:
    """The captures that were read: second copies of a record left out."""
    return tuple(one for one in captures if one.outcome != "duplicate")
