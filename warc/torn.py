"""What a writer left behind in a file: which of it is whole, and how the rest is set aside.

Theory of operation. Whole is what was written together and has come together: an exchange up to
the metadata record that ends it, a record that stands alone. What lies between is torn, at the end
of the file nearly always; where something was appended behind a tear, the tear is cut out and what
follows moves up. Every torn stretch is first copied to NAME.torn-OFFSET and synced; only then is
the file cut or replaced, so that a repair may die at any instant and be done again.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from warc.disk import Disk
from warc.exchange import CHUNK_BYTES
from warc.format import ends_group
from warc.head import bare
from warc.reader import read_records
from warc.record import BadStretch, Record

REPAIRED_SUFFIX = ".repaired"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of bytes in a file, `end` not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WholePart:
    """What of a file is whole: stretches in order that do not touch; `size` is the file's."""

    stretches: tuple[Stretch, ...]
    has_exchanges: bool
    size: int

    @property
    def torn(self) -> tuple[Stretch, ...]:
        """What lies before, between and behind the whole stretches."""
        ends = (0, *(one.end for one in self.stretches))
        starts = (*(one.start for one in self.stretches), self.size)
        pairs = zip(ends, starts, strict=True)
        return tuple(Stretch(end, start) for end, start in pairs if end < start)


def whole_part(path: Path, *, synced: int) -> WholePart:
    """What of a file is whole, its first `synced` bytes taken on trust; raises ArchiveError."""
    stretches = [Stretch(0, synced)] if synced else []
    has_exchanges, position = synced > 0, synced
    waiting: list[tuple[int, frozenset[str]]] = []
    for found in read_records(path, start=synced):
        start, position = position, position + found.length
        if isinstance(found, BadStretch):
            waiting.clear()
            continue
        waiting.append((start, frozenset({found.record_id, _partner(found)})))
        if not ends_group(found.type, found.target_uri):
            continue
        begin = _beginning(found, waiting)
        waiting.clear()
        if begin is None:
            continue
        has_exchanges = has_exchanges or found.type != "warcinfo"
        if stretches and stretches[-1].end == begin:
            begin = stretches.pop().start
        stretches.append(Stretch(begin, position))
    return WholePart(tuple(stretches), has_exchanges, max(position, synced))


def _partner(record: Record) -> str:
    """The record id that a record says it was written together with, "" if none."""
    return bare(record.fields.first("WARC-Concurrent-To") or "")


def _beginning(last: Record, waiting: list[tuple[int, frozenset[str]]]) -> int | None:
    """Where the group that a record ends begins; None where its response is not there."""
    of = _partner(last) if last.type == "metadata" else ""
    if not of:
        return waiting[-1][0]
    if len(waiting) < 2 or not any(of in names for _, names in waiting[:-1]):
        return None
    return next(start for start, names in waiting if of in names)


def set_aside(path: Path, name: str, whole: WholePart, disk: Disk) -> Iterator[str]:
    """Move the torn stretches of a file into files of their own; one sentence for each.

    name    the file's, once it is sealed
    raises  OSError; the file is then as it was, or repaired
    """
    torn = whole.torn
    aside = [_place_for(stretch, path, name) for stretch in torn]
    for stretch, target in zip(torn, aside, strict=True):
        _copy(path, target, (stretch,), disk)
    if torn and torn[-1].end == whole.size and len(torn) == 1:
        handle = disk.reopen(path)
        try:
            disk.truncate(handle, torn[0].start)
            disk.sync(handle)
        finally:
            disk.close(handle)
    elif torn:
        repaired = path.with_name(name + REPAIRED_SUFFIX)
        _copy(path, repaired, whole.stretches, disk)
        disk.rename(repaired, path)
        disk.sync_folder(path.parent)
    for stretch, target in zip(torn, aside, strict=True):
        size = stretch.end - stretch.start
        yield f"{name}: {size} torn bytes set aside as {target.name}"


def _place_for(stretch: Stretch, source: Path, name: str) -> Path:
    """Where a torn stretch goes: a new file, or one that a repair which did not end has begun.

    What an earlier repair set aside at the same offset stays, and a number tells the two apart.
    """
    for number in itertools.count(1):
        more = f"-{number}" if number > 1 else ""
        target = source.with_name(f"{name}.torn-{stretch.start}{more}")
        if not target.exists() or _is_copy_begun(target, source, stretch):
            return target
    raise AssertionError("counting ends nowhere")


def _is_copy_begun(target: Path, source: Path, stretch: Stretch) -> bool:
    """Whether a file holds the beginning of a stretch, or all of it."""
    if target.stat().st_size > stretch.end - stretch.start:
        return False
    with target.open("rb") as copied, source.open("rb") as original:
        original.seek(stretch.start)
        while chunk := copied.read(CHUNK_BYTES):
            if original.read(len(chunk)) != chunk:
                return False
    return True


def _copy(source: Path, target: Path, stretches: Iterable[Stretch], disk: Disk) -> None:
    """Copy stretches of a file into a file of their own, synced."""
    with contextlib.suppress(FileNotFoundError):
        disk.remove(target)  # left by a repair that did not end; the bytes are still in the source
    handle = disk.create(target)
    try:
        with source.open("rb") as file:
            for stretch in stretches:
                file.seek(stretch.start)
                left = stretch.end - stretch.start
                while chunk := file.read(min(left, CHUNK_BYTES)):
                    left -= len(chunk)
                    written = 0
                    while written < len(chunk):
                        written += disk.write(handle, memoryview(chunk)[written:])
        disk.sync(handle)
    finally:
        disk.close(handle)
    disk.sync_folder(target.parent)
