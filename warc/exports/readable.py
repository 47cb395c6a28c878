"""WARC files as other tools can read them: each record by its offset, in a gzip member or plain.

Files that can be read so stay as they lie, byte for byte; one that is still being written counts up
to its last whole exchange. Others are written anew, one gzip member per record, head and block as
they are, bad stretches left out: damaged files, zstd, gzip members of many records or blocks of
none, and ARC, whose heads are made.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from warc.archives.find import is_open
from warc.archives.framing import TRAILER, Framer
from warc.archives.targets import final_name
from warc.codec import compress_member
from warc.errors import CollectionError
from warc.exports.cdxj import Place
from warc.format import ends_group
from warc.reader import read_records
from warc.record import BadStretch, Record
from warc.window import open_binary
from warc.words import reason_of

# Bad stretches that are named one by one; more are counted.
BAD_NAMED = 20

_ARC_HEAD = "WARC/1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file to be exported.

    name  what it is called in an index: its name once it is sealed
    size  bytes that count: of an open file, up to its last whole exchange
    """

    path: Path
    name: str
    size: int
    is_cut: bool = False


@dataclass(slots=True)
class Troubles:
    """What of the sources is not exported.

    bad     stretches that are no good record: (file, offset, length, problem), the first few
    shared  records that no offset leads to, by file
    """

    bad: list[tuple[str, int, int, str]] = field(default_factory=list)
    bad_stretches: int = 0
    shared: dict[str, int] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        """Whether there is anything that other tools would stumble over."""
        return bool(self.bad_stretches or self.shared)

    def take(self, other: Troubles) -> None:
        """Count what another has counted, too."""
        self.bad += other.bad[: BAD_NAMED - len(self.bad)]
        self.bad_stretches += other.bad_stretches
        self.shared |= other.shared

    def add_bad(self, found: BadStretch) -> None:
        """Count a bad stretch; the first twenty are named."""
        self.bad_stretches += 1
        if len(self.bad) < BAD_NAMED:
            self.bad.append((found.file, found.offset, found.length, found.error.problem))


def source_of(path: Path) -> Source:
    """A file as it is to be exported; raises ArchiveError where it cannot be opened."""
    size = path.stat().st_size
    if not is_open(path):
        return Source(path=path, name=final_name(path), size=size)
    whole = position = 0
    for found in read_records(path, verify=False):
        position += found.length
        if isinstance(found, Record) and ends_group(found.type, found.target_uri):
            whole = position
    return Source(path=path, name=final_name(path), size=whole, is_cut=whole < size)


def records_of(source: Source, troubles: Troubles) -> Iterator[tuple[Record, Place]]:
    """Yield the good records of a source and where each lies for other tools."""
    with (
        open_binary(str(source.path)) as file,
        closing(Framer(file, source.path)) as framer,
    ):
        for found in read_records(source.path, end=source.size):
            if isinstance(found, BadStretch):
                troubles.add_bad(found)
            elif found.inner or not _is_alone(framer, found):
                troubles.shared[source.name] = troubles.shared.get(source.name, 0) + 1
            else:
                yield found, _place(framer, found, source.name)


def is_foreign(source: Source) -> bool:
    """Whether a file is of a kind that few tools read: zstd, or ARC."""
    with (
        open_binary(str(source.path)) as file,
        closing(Framer(file, source.path)) as framer,
    ):
        return framer.is_arc or framer.packing == "zstd"


@contextmanager
def rewritten(
    source: Source, name: str, progress: Callable[[int], None]
) -> Iterator[tuple[Source, Troubles]]:
    """The records of a file written anew, each in a gzip member, into a temporary file.

    name    of that file
    yields  it, and what was left out
    """
    troubles = Troubles()
    with tempfile.TemporaryDirectory(prefix="warchouse-") as folder:
        path = Path(folder) / name
        try:
            with path.open("wb") as out:
                for member in _members(source, troubles, progress):
                    out.write(member)
        except OSError as error:
            problem = f"{source.path} cannot be written anew in the folder of temporary files"
            raise CollectionError(f"{problem}: {reason_of(error)}") from error
        yield Source(path=path, name=name, size=path.stat().st_size), troubles


def _members(
    source: Source, troubles: Troubles, progress: Callable[[int], None]
) -> Iterator[bytes]:
    """Yield the good records of a file as gzip members; those that are one stay as they are."""
    with (
        open_binary(str(source.path)) as file,
        closing(Framer(file, source.path)) as framer,
    ):
        for found in read_records(source.path, end=source.size):
            progress(found.length)
            if isinstance(found, BadStretch):
                troubles.add_bad(found)
                continue
            if framer.is_arc:
                if found.type != "warcinfo":  # what an ARC file says of itself is no such block
                    yield compress_member(_made_head(found) + found.block + TRAILER)
                continue
            framing = framer.framing(found)
            if framing.is_kept and framing.packing == "gzip":
                yield bytes(framer.window.view(found.offset, found.length))
            else:
                yield compress_member(framing.head + found.block + TRAILER)


def _made_head(record: Record) -> bytes:
    """The head of a record of an ARC file, as WARC has it."""
    lines = (f"{name}: {value}\r\n" for name, value in record.fields)
    return f"{_ARC_HEAD}\r\n{''.join(lines)}\r\n".encode()


def _is_alone(framer: Framer, record: Record) -> bool:
    """Whether a record has a compressed unit to itself, or lies plain."""
    if framer.is_arc:
        return record.length > 0
    return framer.framing(record).is_sole


def _place(framer: Framer, record: Record, name: str) -> Place:
    """Where a record lies for other tools: behind a dictionary, without the line ends behind it."""
    offset, length = framer.members.data_start(record.offset), record.length
    if framer.is_arc and not framer.members.packing(record.offset):
        line = bytes(framer.window.view(record.offset, record.length)).index(b"\n") + 1
        length = line + len(record.block)
    elif not framer.members.packing(record.offset):
        length = framer.framing(record).size
    return Place(name, offset, record.offset + length - offset)
