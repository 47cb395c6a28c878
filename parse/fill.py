"""Brings the cache up to date with the files: reads what is new, parses what its parser has not.

A file that the cache knows whole is not opened. Of a page type whose parser is another version or
has other code than before, the records alone are read, by their offsets.
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from typing import Protocol

from parse.basis import Pins
from parse.cache import Cache, Known, range_key
from parse.extract import PicksResult, RangeResult, extract_picks, extract_range
from parse.inputs import Input
from parse.prints import parser_print, reading_print
from parse.registry import load_registry
from parse.replay import Extent, Pick, Picks, Range, plan_ranges, whole_range
from parse.tracked import Tracked, tracked_digest
from warc.errors import ArchiveError
from warehouse.errors import WarehouseError

AHEAD = 3  # pieces of work handed to each worker before the first result is taken
COMMIT_EVERY = 16  # results: some 32 MB of archive are read again at most after a kill

Work = Range | Picks
Result = RangeResult | PicksResult


class Progress(Protocol):
    """Who watches a parse."""

    def expect(self, size: int) -> None:
        """So many bytes of archive will be read."""

    def advance(self, size: int) -> None:
        """So many bytes of archive more are read."""

    def stage(self, text: str) -> None:
        """What is done from here on."""

    def warn(self, text: str) -> None:
        """Something needs a look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How pages are read: by which parsers, and by how many processes.

    executor  the pool of workers; None reads everything in this process
    until     when to stop reading what was read before, by the monotonic clock; None: never
    """

    registry: str
    pins: Pins
    tracked: Tracked
    range_bytes: int
    workers: int
    executor: Executor | None
    until: float | None = None

    @property
    def told(self) -> tuple[str, Pins, Tracked]:
        """What the workers must know of it."""
        return self.registry, self.pins, self.tracked


@dataclass(slots=True)
class ActiveParser:
    """A parser in use: its number in the cache, whose pages it reads, whether detail is asked."""

    id: int
    source: str
    page_type: str
    label: str
    tracks: bool


@dataclass(slots=True)
class Filled:
    """What a fill found: the files and parsers in use, and what was read now."""

    files: list[Known] = field(default_factory=list)
    parsers: list[ActiveParser] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """Labels of parsers whose code is not what it was under the same version."""
    read: int = 0
    """Ranges and batches of records that were read now."""
    parsed: int = 0
    """Pages that a parser read now."""
    picked: int = 0
    """Of them, those read by their offsets."""
    again: int = 0
    """Of them, those read again for the detail of others than before."""
    left: int = 0
    """Pages that were left for another time."""


def fill(
    cache: Cache,
    files: Sequence[tuple[Input, str]],
    reader: Reader,
    progress: Progress,
) -> Filled:
    """Read and parse what the cache lacks of these files, given with their SHA-256.

    raises  ArchiveError where a record that was there is not, WarehouseError where a worker dies
    """
    filled = known_of(cache, files, reader)
    cache.commit()
    _fill(cache, filled, reader, progress)
    return filled


def known_of(cache: Cache, files: Sequence[tuple[Input, str]], reader: Reader) -> Filled:
    """The files and parsers in use, as the cache knows them; nothing is read yet."""
    filled = Filled()
    registry = load_registry(reader.registry)
    for source in registry.sources:
        for parser in source.active(reader.pins):
            code = parser_print(parser)
            if cache.has_other_code(parser, code):
                filled.changed.append(parser.label)
            found = ActiveParser(
                id=cache.parser_id(parser, code),
                source=source.parsing.name,
                page_type=parser.page_type,
                label=parser.label,
                tracks=parser.tracks,
            )
            filled.parsers.append(found)
    reading = reading_print(registry)
    for number, (file, sha256) in enumerate(files):
        file_id = cache.file_id(file, sha256, reading)
        filled.files.append(Known(file_id, number, file, sha256))
    return filled


def _fill(cache: Cache, filled: Filled, reader: Reader, progress: Progress) -> None:
    by_id = {known.id: known for known in reversed(filled.files)}  # of copies, the first is read
    new = {
        known.number: _planned(cache, known, reader)
        for known in sorted(by_id.values(), key=lambda known: known.number)
        if not cache.is_whole(known.id)
    }
    ranges = [one for planned in new.values() for one in planned]
    again = pages_of_others(cache, filled, reader)
    for file_id in again:
        cache.set_tracked(file_id, "")
    picks = [
        one
        for known in by_id.values()
        for one in _picks(cache, known, filled, reader, again.get(known.id, ()))
    ]
    progress.expect(sum(one.end - one.start for one in ranges) + sum(one.size for one in picks))
    files = {known.number: known for known in by_id.values()}
    parsers = {parser.label: parser.id for parser in filled.parsers}
    of_type = {(one.source, one.page_type): one.id for one in filled.parsers}
    stale = {pick.record for pages in again.values() for pick in pages}
    for result in _results([*ranges, *picks], reader):
        if isinstance(result, RangeResult):
            cache.add_range(files[result.work.number].id, result, parsers)
            filled.parsed += sum(facts.parser is not None for facts, _ in result.captures)
            progress.advance(result.work.end - result.work.start)
        else:
            types = {
                pick.record: of_type[pick.source, pick.page_type] for pick in result.work.picks
            }
            for record, extraction, entities in result.extracted:
                cache.add_extraction(record, types[record], extraction, entities)
            filled.parsed += len(result.extracted)
            filled.picked += len(result.extracted)
            filled.again += sum(record in stale for record, _, _ in result.extracted)
            progress.advance(result.work.size)
        filled.read += 1
        if filled.read % COMMIT_EVERY == 0:
            cache.commit()
    for number in new:
        _settle(cache, files[number], reader, parsers)
    filled.left = sum(len(one.picks) for one in picks) - filled.picked
    if not filled.left:
        for file_id in again:
            cache.set_tracked(file_id, tracked_digest(reader.tracked))
    cache.commit()


def pages_of_others(cache: Cache, filled: Filled, reader: Reader) -> dict[int, tuple[Pick, ...]]:
    """By file of which it is not sure: pages read for the detail of others than are tracked."""
    digest = tracked_digest(reader.tracked)
    return {
        known.id: tuple(
            pick
            for parser in filled.parsers
            if parser.tracks
            for pick in cache.with_others(known.id, parser.id, reader.tracked)
        )
        for known in filled.files
        if cache.tracked_of(known.id) != digest
    }


def _planned(cache: Cache, known: Known, reader: Reader) -> list[Range]:
    """The ranges of a file that are still to be read."""
    if not known.file.size:
        return []
    planned = plan_ranges(known.file, known.number, range_bytes=reader.range_bytes)
    done = cache.ranges_of(known.id)
    if not done.keys() <= {range_key(one) for one in planned}:
        cache.drop_file(known.id)  # cut otherwise: by an option, or read whole and not settled
        done = {}
    return [one for one in planned if range_key(one) not in done]


def _settle(cache: Cache, known: Known, reader: Reader, parsers: dict[str, int]) -> None:
    """A file is whole if its ranges met; else it is read again in one piece."""
    file = known.file
    if not _meet(cache.ranges_of(known.id).values(), file):
        cache.drop_file(known.id)
        ranges = plan_ranges(file, known.number, range_bytes=reader.range_bytes)
        result = extract_range(whole_range(ranges), *reader.told)
        cache.add_range(known.id, result, parsers)
    extents = cache.ranges_of(known.id).values()
    whole_to = max((extent.whole_to for extent in extents), default=0)
    cache.set_whole(known.id, up_to=whole_to if file.is_open else None)


def _meet(extents: Iterable[Extent], file: Input) -> bool:
    """Whether the ranges of a file cover it exactly, each record once."""
    position = 0
    for extent in sorted(extents, key=lambda one: (one.begin is None, one.begin or 0)):
        if extent.begin is None:
            continue
        if extent.begin != position:
            return False
        position = extent.reached
    return position >= file.size


def _picks(
    cache: Cache, known: Known, filled: Filled, reader: Reader, again: Sequence[Pick]
) -> Iterator[Picks]:
    """The records of a file that its page types' parsers have not read, in batches.

    One batch goes through all page types in the order of the file: it is read once.

    again  records that they have read, and that are read anew
    """
    wanted = [
        pick
        for parser in filled.parsers
        for pick in cache.missing(known.id, parser.source, parser.page_type, parser.id)
    ]
    wanted += again
    wanted.sort(key=lambda pick: (pick.offset, pick.inner))
    batch: list[Pick] = []
    size = 0
    for offset, picks in itertools.groupby(wanted, key=lambda pick: pick.offset):
        del offset
        batch += picks
        size += batch[-1].length
        if size >= reader.range_bytes:
            yield Picks(str(known.file.path), tuple(batch))
            batch, size = [], 0
    if batch:
        yield Picks(str(known.file.path), tuple(batch))


def _results(work: Sequence[Work], reader: Reader) -> Iterator[Result]:
    """The result of every piece of work; in order, and only a few ahead of who takes them."""
    if reader.executor is None:
        for one in work:
            if _is_late(one, reader):
                return
            yield _extract(one, *reader.told)
        return
    waiting: deque[Future[Result]] = deque()
    try:
        for one in work:
            if _is_late(one, reader):
                break
            waiting.append(reader.executor.submit(_extract, one, *reader.told))
            if len(waiting) >= AHEAD * reader.workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenExecutor as error:
        raise WarehouseError("a worker process was ended from outside; try again") from error
    finally:
        for future in waiting:
            future.cancel()


def _is_late(work: Work, reader: Reader) -> bool:
    """Whether there is no time left for a piece of work: what is new is always read."""
    return reader.until is not None and isinstance(work, Picks) and time.monotonic() >= reader.until


def _extract(work: Work, registry: str, pins: Pins, tracked: Tracked) -> Result:
    """Do one piece of work: the function every worker runs."""
    if isinstance(work, Range):
        return extract_range(work, registry, pins, tracked)
    return extract_picks(work, registry, pins, tracked)


def name_bad(cache: Cache, files: Sequence[Known], progress: Progress) -> int:
    """Name the bad stretches of all files; how many there are.

    raises  ArchiveError where a file that the caller named is nothing but bad
    """
    count = 0
    for known in files:
        file = known.file
        for offset, length, problem in cache.bad_of(known.id):
            if file.named and length >= file.size:
                raise ArchiveError(problem, file=str(file.path), offset=offset)
            count += 1
            bad = "bad byte" if length == 1 else "bad bytes"
            progress.warn(f"{file.path}: {length} {bad} at {offset}: {problem}")
    return count
