"""Repairing WARC files: what is good is kept byte for byte, the rest is set aside.

Theory of operation. A file that needs it is planned first: its good gzip members and plain records
are kept as they lie; records that share a member, are compressed where the file is not (or the
other way round) or lack line ends behind them are written anew, head and block as they are; and
stretches that are no good record are left out. Nothing is mended that would have to be guessed, and
a payload digest that does not agree costs no record whose block digest does. A sealed file is never
changed: the original is copied to `damaged/NAME` and synced, the new file is written beside it and
synced, the manifest forgets the old one, and only then a rename puts the new one in its place. At
every instant NAME is one of the two, whole; what the manifest does not know is indexed again when
the collection is next opened.
"""

from __future__ import annotations

import contextlib
import filecmp
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from warc.archives.framing import TRAILER, Framer
from warc.archives.targets import DAMAGED_FOLDER
from warc.codec import compress_member
from warc.disk import Disk
from warc.errors import CollectionError
from warc.exchange import CHUNK_BYTES
from warc.reader import read_records
from warc.record import BadStretch, Record
from warc.scan import NOT_WARC
from warc.window import open_binary

# Names that no reader takes for a WARC file while they are being written.
_NEW_SUFFIX = ".repairing"
_COPY_SUFFIX = ".copying"

# Stretches of a file that are named one by one; more are counted.
STRETCHES_KEPT = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes of a file that stay as they are."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Repacked:
    """A good record that does not lie as it should, to be written anew: head and block stay."""

    record: Record


@dataclass(frozen=True, slots=True)
class Stuck:
    """A record that cannot be freed: of a damaged ARC member of many records, or of a zstd file."""


Step = Kept | Repacked | Stuck | BadStretch


@dataclass(slots=True, kw_only=True)
class Plan:
    """What repairing a file would do, or did.

    kept, repacked  records
    bad             stretches left out: the first 20 as (offset, length, problem)
    is_foreign      nothing can be kept: no WARC file, or one of a kind that is not written here
    why             what kind of file that is, "" where it is not that
    """

    path: Path
    kept: int = 0
    repacked: int = 0
    bad_stretches: int = 0
    bad_bytes: int = 0
    bad: list[tuple[int, int, str]]
    is_foreign: bool = False
    why: str = ""

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to repair."""
        return bool(self.bad_stretches or self.repacked)

    @property
    def is_possible(self) -> bool:
        """Whether any record is left to keep, in a file of a kind that is written here."""
        return not self.is_foreign and bool(self.kept + self.repacked)


def plan(path: Path) -> Plan:
    """What repairing a file would do; reads it once, changes nothing."""
    made = Plan(path=path, bad=[])
    for step in _steps(path):
        _count(made, step)
    if made.is_needed and _is_zstd(path):
        made.is_foreign, made.why = True, "zstd files are read, not written"
    return made


def repair_file(path: Path, disk: Disk) -> Path:
    """Write the repaired file beside the original, and a copy of the original into `damaged/`.

    The original still stands in its place: `put_in_place` ends the repair.

    returns  the new file
    raises   CollectionError where the disk refuses
    """
    new = path.with_name(path.name + _NEW_SUFFIX)
    damaged = path.parent / DAMAGED_FOLDER
    try:
        damaged.mkdir(exist_ok=True)
        disk.sync_folder(path.parent)
        _set_aside(path, damaged, disk)
        _write(new, _new_bytes(path), disk)
        disk.sync_folder(path.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CollectionError(f"{path} cannot be repaired: {reason} (see --archives)") from error
    return new


def put_in_place(new: Path, path: Path, disk: Disk) -> None:
    """Let the repaired file take the original's place; raises CollectionError."""
    try:
        disk.rename(new, path)
        disk.sync_folder(path.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CollectionError(f"{path} cannot be replaced: {reason} (see --archives)") from error


def _count(made: Plan, step: Step) -> None:
    """Count one step of a plan."""
    if isinstance(step, Kept):
        made.kept += 1
    elif isinstance(step, Repacked):
        made.repacked += 1
    elif isinstance(step, Stuck):
        made.is_foreign = True
    else:
        made.bad_stretches += 1
        made.bad_bytes += step.length
        made.is_foreign |= step.error.problem == NOT_WARC
        if len(made.bad) < STRETCHES_KEPT:
            made.bad.append((step.offset, step.length, step.error.problem))


def _is_zstd(path: Path) -> bool:
    """Whether a file's records are zstd frames."""
    with open_binary(str(path)) as file, closing(Framer(file, path)) as framer:
        return framer.packing == "zstd"


def _steps(path: Path) -> Iterator[Step]:
    """Yield what becomes of each stretch of a file, in order."""
    with open_binary(str(path)) as file, closing(Framer(file, path)) as framer:
        bad_at = -1
        for found in read_records(path):
            if isinstance(found, BadStretch):
                bad_at = found.offset
                yield found
            elif framer.is_arc and found.offset == bad_at:
                yield Stuck()
            elif framer.is_arc or framer.framing(found).is_kept:
                if found.length:  # the first of many in an ARC member accounts for all
                    yield Kept(found.offset, found.length)
            else:
                yield Repacked(found)


def _new_bytes(path: Path) -> Iterator[bytes]:
    """Yield the bytes of the repaired file."""
    with open_binary(str(path)) as file, closing(Framer(file, path)) as framer:
        for step in _steps(path):
            if isinstance(step, Repacked):
                head = framer.framing(step.record).head
                whole = head + step.record.block + TRAILER
                yield compress_member(whole) if framer.packing else whole
            elif isinstance(step, Kept):
                offset, end = step.offset, step.offset + step.length
                while offset < end:
                    view = bytes(framer.window.view(offset, min(CHUNK_BYTES, end - offset)))
                    offset += len(view)
                    yield view


def _chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes as they are."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _write(path: Path, pieces: Iterator[bytes], disk: Disk) -> None:
    """Write a file that is synced when this returns; one left by a repair that died is replaced."""
    with contextlib.suppress(FileNotFoundError):
        disk.remove(path)
    handle = disk.create(path)
    try:
        for piece in pieces:
            written = 0
            while written < len(piece):
                written += disk.write(handle, memoryview(piece)[written:])
        disk.sync(handle)
    finally:
        disk.close(handle)


def _set_aside(path: Path, damaged: Path, disk: Disk) -> None:
    """Copy a file into the folder of damaged ones; one that is there is never overwritten."""
    number, kept = 1, damaged / path.name
    while kept.exists():
        if filecmp.cmp(path, kept, shallow=False):
            return  # by a repair that did not end
        number += 1
        kept = damaged / f"{number}-{path.name}"
    copy = damaged / (path.name + _COPY_SUFFIX)
    _write(copy, _chunks(path), disk)
    disk.rename(copy, kept)
    disk.sync_folder(damaged)
