"""How a record lies in its file: the bytes of its head, what follows it, its gzip member.

The reader (`warc.reader`) gives what a record says; verifying and repairing also need how it is
written. Members are inflated again for that, piece by piece, and only their ends are kept; the one
member of a file that holds many records is kept whole while its records are looked at.
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
from warc.codec import inflater
from warc.head import HEAD_LIMIT_BYTES
from warc.record import Record
from warc.scan import GZIP_MAGIC
from warc.window import BytesWindow, FileWindow, Window

TRAILER = b"\r\n\r\n"

_FEED_BYTES = 64 << 10
_TAIL_BYTES = 256
_HEAD_END = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """How a record is written.

    head     bytes of its head, empty line included; b"" for ARC, which has no such head
    trailer  the line ends that follow its block
    size     bytes of head and block
    is_gzip  whether it lies in a gzip member
    is_sole  whether that member, if it lies in one, holds nothing else
    is_stray whether it is compressed and the file is not, or the other way round
    """

    head: bytes
    trailer: bytes
    size: int
    is_gzip: bool
    is_sole: bool
    is_stray: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether the record can stay as it lies: every reader finds it, and where it ends."""
        return self.is_sole and not self.is_stray and self.trailer == TRAILER


class Framer:
    """Looks at records of one open file; give it records in order.

    is_gzip  whether its records are to be gzip members: its name says so, or its first is one
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        """Look at this open file."""
        self.window = FileWindow(file)
        self.is_arc = is_arc(self.window)
        self.is_gzip = final_name(path).endswith(".gz") or self._is_member(0)
        self._kept_at = -1
        self._kept: Window = BytesWindow(b"")

    def framing(self, record: Record) -> Framing:
        """How a record that was read from this file is written."""
        is_gzip = self._is_member(record.offset)
        if self.is_arc:
            return Framing(head=b"", trailer=TRAILER, size=0, is_gzip=is_gzip, is_sole=True)
        if not is_gzip:
            return self._cut(self.window, record.offset, record, is_gzip=False)
        if not record.inner and record.offset != self._kept_at:
            sole = self._sole(record)
            if sole is not None:
                return sole
        return self._cut(self._member(record.offset), record.inner, record, is_gzip=True)

    def _is_member(self, offset: int) -> bool:
        """Whether a gzip member begins at an offset."""
        return bytes(self.window.view(offset, len(GZIP_MAGIC))) == GZIP_MAGIC

    def _sole(self, record: Record) -> Framing | None:
        """How the only record of a member is written; None where there is more in it."""
        beginning = tail = b""
        total = 0
        for piece in self._pieces(record.offset):
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
            is_gzip=True,
            is_sole=True,
            is_stray=not self.is_gzip,
        )

    def _cut(self, window: Window, start: int, record: Record, *, is_gzip: bool) -> Framing:
        """How a record among others is written."""
        head = _head_of(bytes(window.view(start, HEAD_LIMIT_BYTES)))
        size = len(head) + len(record.block)
        after = bytes(window.view(start + size, _TAIL_BYTES))
        trailer = after[: len(after) - len(after.lstrip(b"\r\n"))]
        is_sole = not is_gzip or (start == 0 and size + len(trailer) == window.size)
        return Framing(
            head=head,
            trailer=trailer,
            size=size,
            is_gzip=is_gzip,
            is_sole=is_sole,
            is_stray=is_gzip != self.is_gzip,
        )

    def _member(self, offset: int) -> Window:
        """The inflated member at an offset; kept until another is asked for."""
        if offset != self._kept_at:
            self._kept = BytesWindow(b"".join(self._pieces(offset)))
            self._kept_at = offset
        return self._kept

    def _pieces(self, offset: int) -> Iterator[bytes]:
        """Inflate the member at an offset; the reader has seen that it is whole."""
        stream = inflater()
        while not stream.eof:
            view = self.window.view(offset, _FEED_BYTES)
            if not len(view):
                return
            offset += len(view)
            yield stream.decompress(view)

    def raw(self, record: Record) -> bytes:
        """The record as it is written, uncompressed, trailer included; ARC records too."""
        if not self._is_member(record.offset):
            return bytes(self.window.view(record.offset, record.length))
        if self.is_arc:
            return b"".join(self._pieces(record.offset))
        told = self.framing(record)
        start, end = record.inner, record.inner + told.size + len(told.trailer)
        return bytes(self._member(record.offset).view(start, end - start))


def framing_findings(record: Record, told: Framing) -> Iterator[Finding]:
    """Yield what is wrong with how a record lies in its file."""
    if record.inner == 0 and not told.is_sole:
        detail = "more than one record, or other bytes, in one gzip member"
        yield Finding(kind="gzip-many", detail=detail, file=record.file, offset=record.offset)
    if record.inner == 0 and told.is_stray:
        detail = f"a record lies {'compressed' if told.is_gzip else 'uncompressed'}"
        yield Finding(kind="gzip-mixed", detail=detail, file=record.file, offset=record.offset)
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
