"""How a record lies in its file: the bytes of its head, what follows it, its gzip member or frame.

The reader (`warc.reader`) gives what a record says; verifying and repairing also need how it is
written. Compressed units are inflated again for that, piece by piece, and only their ends are kept;
a run of units that holds many records is kept whole while its records are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from warc.arc import is_arc
from warc.archives.findings import Finding
from warc.archives.targets import final_name
from warc.head import HEAD_LIMIT_BYTES
from warc.inflated import Inflated
from warc.members import Members, Packing
from warc.record import Record
from warc.window import FileWindow, Window

TRAILER = b"\r\n\r\n"

_TAIL_BYTES = 256
_HEAD_END = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How a record is written.

    head     bytes of its head, empty line included; b"" for ARC, which has no such head
    trailer  the line ends that follow its block
    size     bytes of head and block
    packing  the kind of compressed unit it lies in, "" if in none
    is_sole  whether that unit, if it lies in one, holds all of it and nothing else
    is_stray whether it is packed otherwise than the file is
    is_checked whether that unit says its length and a checksum, as gzip members always do
    """

    head: bytes
    trailer: bytes
    size: int
    packing: Packing
    is_sole: bool
    is_stray: bool = False
    is_checked: bool = True

    @property
    def is_kept(self) -> bool:
        """Whether the record can stay as it lies: every reader finds it, and where it ends."""
        return self.is_sole and not self.is_stray and self.trailer == TRAILER


class Framer:
    """Looks at records of one open file; give it records in order, and close it.

    packing  how its records are to be packed: as its name says, or as its first is
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        """Look at this open file."""
        self.window = FileWindow(file)
        self.is_arc = is_arc(self.window)
        self.members = Members(self.window, str(path))
        name = final_name(path)
        named: Packing = "gzip" if name.endswith(".gz") else "zstd" if name.endswith(".zst") else ""
        self.packing: Packing = named or self.members.packing(0)
        self._kept_at = -1
        self._kept = Inflated()
        self._kept_is_one = True

    def close(self) -> None:
        """Let go of what is kept."""
        self._kept.close()

    def framing(self, record: Record) -> Framing:
        """How a record that was read from this file is written."""
        packing = self.members.packing(record.offset)
        if self.is_arc:
            return Framing(head=b"", trailer=TRAILER, size=0, packing=packing, is_sole=True)
        if not packing:
            return self._cut(self.window, record.offset, record, packing)
        if not record.inner and record.offset != self._kept_at:
            sole = self._sole(record, packing)
            if sole is not None:
                return sole
        return self._cut(self._run(record.offset), record.inner, record, packing)

    def _sole(self, record: Record, packing: Packing) -> Framing | None:
        """How the only record of a unit is written; None where there is more in it, or less."""
        beginning = tail = b""
        total = 0
        for piece in self.members.pieces(record.offset):
            if len(beginning) < HEAD_LIMIT_BYTES and not _HEAD_END.search(beginning):
                beginning += piece
            tail = (tail + piece[-_TAIL_BYTES:])[-_TAIL_BYTES:]
            total += len(piece)
        head = _head_of(beginning)
        size = len(head) + len(record.block)
        after = total - size
        if not 0 <= after <= len(tail):
            return None
        trailer = tail[len(tail) - after :] if after else b""
        if trailer.strip(b"\r\n"):
            return None
        return Framing(
            head=head,
            trailer=trailer,
            size=size,
            packing=packing,
            is_sole=True,
            is_stray=packing != self.packing,
            is_checked=self.members.is_checked(record.offset),
        )

    def _cut(self, window: Window, start: int, record: Record, packing: Packing) -> Framing:
        """How a record among others is written."""
        head = _head_of(bytes(window.view(start, HEAD_LIMIT_BYTES)))
        size = len(head) + len(record.block)
        after = bytes(window.view(start + size, _TAIL_BYTES))
        trailer = after[: len(after) - len(after.lstrip(b"\r\n"))]
        is_whole = start == 0 and size + len(trailer) == window.size
        # The specification of .warc.zst lets a record take several frames; no gzip reader would.
        is_sole = not packing or (is_whole and (packing == "zstd" or self._kept_is_one))
        return Framing(
            head=head,
            trailer=trailer,
            size=size,
            packing=packing,
            is_sole=is_sole,
            is_stray=packing != self.packing,
            is_checked=self.members.is_checked(record.offset),
        )

    def _run(self, offset: int) -> Window:
        """The inflated run of units at an offset; kept until another is asked for."""
        if offset != self._kept_at:
            self._kept.close()
            self._kept, end = self.members.inflate(offset)
            self._kept_is_one = self.members.complete(self._kept, end) == end
            self._kept_at = offset
        return self._kept.window()

    def raw(self, record: Record) -> bytes:
        """The record as it is written, uncompressed, trailer included; ARC records too."""
        if not self.members.packing(record.offset):
            return bytes(self.window.view(record.offset, record.length))
        if self.is_arc:
            return b"".join(self.members.pieces(record.offset))
        told = self.framing(record)
        window = self._run(record.offset)
        return bytes(window.view(record.inner, told.size + len(told.trailer)))


_MANY = {"gzip": "gzip-many", "zstd": "zstd-many", "": "gzip-many"}


def framing_findings(record: Record, told: Framing) -> Iterator[Finding]:
    """Yield what is wrong with how a record lies in its file."""
    if record.inner == 0 and not told.is_sole:
        unit = "zstd frame" if told.packing == "zstd" else "gzip member"
        detail = f"other than exactly one record in one {unit}"
        yield Finding(
            kind=_MANY[told.packing], detail=detail, file=record.file, offset=record.offset
        )
    if record.inner == 0 and told.is_stray:
        detail = f"a record lies {'compressed' if told.packing else 'uncompressed'}"
        yield Finding(kind="gzip-mixed", detail=detail, file=record.file, offset=record.offset)
    if record.inner == 0 and not told.is_checked:
        detail = "the frame lacks Content_Checksum or Frame_Content_Size"
        yield Finding(kind="zstd-unchecked", detail=detail, file=record.file, offset=record.offset)
    if told.trailer != TRAILER:
        detail = f"the block is followed by {told.trailer[:12]!r}"
        yield Finding(kind="no-trailer", detail=detail, file=record.file, offset=record.offset)


def _head_of(data: bytes) -> bytes:
    """The head at the start of the data; empty where it does not end."""
    # The first empty line, as the reader finds it: CRLF CRLF before any other.
    end = data.find(b"\r\n\r\n")
    bare = _HEAD_END.search(data)
    if bare is None:
        return b""
    if end >= 0 and data.count(b"\n", 0, end) == data.count(b"\r\n", 0, end):
        return data[: end + 4]
    return data[: bare.end()]
