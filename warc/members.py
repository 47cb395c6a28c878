"""Compressed units of a file by position: gzip members and zstd frames, inflated whole.

Theory of operation. A unit counts only once its end and checksum were read: nothing of it is handed
on before. Most hold one record. One that holds many, or a record that goes on in the units behind
it (as block-wise compressors and the specification of .warc.zst have it), is completed to a *run*:
as many units as it takes until a record ends where a unit ends. A unit that begins as a record does
is never taken for the continuation of another: a wrong Content-Length costs one record. Zstd voids
belong to the run before them, at the start of a file to the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from warc.codec import INFLATE_ERRORS, inflater
from warc.errors import ArchiveError, CorruptMember, TruncatedRecord
from warc.head import HEAD_LIMIT_BYTES, HeadError, check_version, content_length, read_head
from warc.inflated import Inflated
from warc.window import Window
from warc.zstd import FrameError, Frames, is_frame

GZIP_MAGIC = b"\x1f\x8b\x08"
RECORD_START = b"WARC/"
TRAILER = b"\r\n\r\n"

# 16 GiB: more than any WARC file holds whose writer compressed it whole. What inflates further is
# damage or an attack.
RUN_LIMIT_BYTES = 1 << 34

# The first feed covers requests and metadata whole, so that little of the next member is copied
# into `unused_data`; the second covers most pages.
_FEEDS_BYTES = (2 << 10, 128 << 10, 1 << 20)
_HEAD_BYTES = 8 << 10
_PROBE_BYTES = 4 << 10
_BEGINNING_BYTES = 16
_SCAN_BYTES = 1 << 20
_LINE = re.compile(rb"(?<=\n)(?i:WARC)/[01]\.\d")

Packing = Literal["", "gzip", "zstd"]


class Members:
    """The compressed units of one file."""

    __slots__ = ("_file", "_frames", "_window")

    def __init__(self, window: Window, file: str) -> None:
        """Look at these bytes; `file` is named in errors."""
        self._window = window
        self._file = file
        self._frames = Frames(window)

    def packing(self, position: int) -> Packing:
        """What kind of unit begins at a position, "" if none does."""
        start = bytes(self._window.view(position, 4))
        if start[:3] == GZIP_MAGIC:
            return "gzip"
        return "zstd" if is_frame(start) else ""

    def beginning(self, position: int) -> bytes:
        """The first bytes of what a unit inflates to; b"" if it is no good one, as far as seen."""
        packing = self.packing(position)
        if packing == "zstd":
            return self._frames.beginning(self.after_voids(position), _BEGINNING_BYTES)
        if packing != "gzip":
            return b""
        try:
            view = self._window.view(position, _PROBE_BYTES)
            return inflater().decompress(view, _BEGINNING_BYTES)
        except INFLATE_ERRORS:
            return b""

    def inflate(self, position: int, packing: Packing = "") -> tuple[Inflated, int]:
        """What the unit at a position inflates to, and where it ends with the voids behind it.

        packing  of the unit, where the caller has looked already
        raises   ArchiveError where it is damaged, torn or too long
        """
        inflated = Inflated()
        try:
            packing = packing or self.packing(position)
            end = self._add(position, packing, inflated)
            return inflated, end if packing == "gzip" else self.after_voids(end)
        except ArchiveError:
            inflated.close()
            raise

    def complete(self, inflated: Inflated, end: int) -> int:
        """Add the units behind a run's first as long as a record goes on; where the run ends."""
        inner = 0
        while inner < inflated.size or not inflated.size:
            found = record_end(inflated.window(), inner)
            if found is not None and not (found[1] and self._goes_on(end, trailer=True)):
                inner = found[0]
                continue
            if found is None and not self._goes_on(end, trailer=False):
                return end
            whole = inflated.size
            inflated.to_disk()
            try:
                end = self.after_voids(self._add(end, self.packing(end), inflated))
            except ArchiveError:
                inflated.cut(whole)
                return end
        return end

    def pieces(self, position: int) -> Iterator[bytes]:
        """Yield what the unit at a position inflates to, piece by piece.

        raises  ArchiveError, also behind the last piece
        """
        for piece, _ in self._pieces(position, self.packing(position)):
            yield piece

    def after_voids(self, position: int) -> int:
        """Where the voids at a position end; the position itself where there are none."""
        if self.packing(position) != "zstd":
            return position
        while (end := self._frames.void_end(position)) is not None:
            position = end
        return position

    def is_checked(self, position: int) -> bool:
        """Whether a unit says its length and a checksum: every gzip member does."""
        if self.packing(position) != "zstd":
            return True
        head = self._frames.head(self.after_voids(position))
        return head.has_checksum and head.content_size is not None

    def data_start(self, position: int) -> int:
        """Where the first unit of a run begins that is no void: what other readers call its offset.

        At the start of a file a dictionary may lie before it.
        """
        return self.after_voids(position)

    def _goes_on(self, position: int, *, trailer: bool) -> bool:
        """Whether the unit at a position goes on with a record that is not complete.

        trailer  only line ends are missing
        """
        beginning = self.beginning(position)
        if trailer:
            return beginning.startswith((b"\r", b"\n"))
        return bool(beginning) and beginning[:5].upper() != RECORD_START

    def _add(self, position: int, packing: Packing, inflated: Inflated) -> int:
        """Add a unit to what is inflated; where it ends."""
        reached = position
        try:
            for piece, end in self._pieces(position, packing):
                reached = end
                inflated.add(piece)
                if inflated.size > RUN_LIMIT_BYTES:
                    problem = f"it inflates to more than {RUN_LIMIT_BYTES} bytes"
                    raise CorruptMember(problem, file=self._file, offset=position)
        except OSError as error:
            reason = error.strerror or str(error)
            problem = f"no room to inflate it in the folder of temporary files: {reason}"
            raise ArchiveError(problem, file=self._file, offset=position) from error
        return reached

    def _pieces(self, position: int, packing: Packing) -> Iterator[tuple[bytes, int]]:
        """What a unit inflates to in pieces, and how far in the file each reaches."""
        return self._gzip_pieces(position) if packing == "gzip" else self._zstd_pieces(position)

    def _zstd_pieces(self, position: int) -> Iterator[tuple[bytes, int]]:
        """Yield what a frame inflates to, and how far it reaches."""
        try:
            yield from self._frames.pieces(self.after_voids(position))
        except FrameError as error:
            kind = TruncatedRecord if error.is_torn else CorruptMember
            raise kind(str(error), file=self._file, offset=position) from error

    def _gzip_pieces(self, position: int) -> Iterator[tuple[bytes, int]]:
        """Yield what a gzip member inflates to, and how far it reaches."""
        stream = inflater()
        feed, fed = 0, position
        feeds = iter(_FEEDS_BYTES)
        while not stream.eof:
            feed = next(feeds, feed)
            view = self._window.view(fed, feed)
            if not len(view):
                problem = "gzip member ends with the file, before its checksum"
                raise TruncatedRecord(problem, file=self._file, offset=position)
            try:
                part = stream.decompress(view)
            except INFLATE_ERRORS as error:
                problem = f"gzip member cannot be inflated: {error}"
                raise CorruptMember(problem, file=self._file, offset=position) from error
            fed += len(view)
            yield part, fed - len(stream.unused_data)


def record_end(window: Window, inner: int) -> tuple[int, bool] | None:
    """Where the record or the bad stretch at a position of inflated bytes ends.

    returns  None where it goes on beyond the window; also whether line ends behind it are missing
    """
    start = bytes(window.view(inner, len(RECORD_START))).upper()
    if start != RECORD_START:
        is_cut = RECORD_START.startswith(start)
        return None if is_cut else (next_line(window, inner + 1), False)
    try:
        head = grown_head(window, inner)
    except HeadError:
        return next_line(window, inner + 1), False
    if head is None or inner + head[0] + head[1] > window.size:
        return None
    end = inner + head[0] + head[1]
    after = bytes(window.view(end, len(TRAILER)))
    run = len(after) - len(after.lstrip(b"\r\n"))
    return end + run, end + run == window.size and run < len(TRAILER)


def grown_head(window: Window, position: int) -> tuple[int, int] | None:
    """Sizes of the head and the block of a record; None where its head ends behind the window.

    raises  HeadError where it is no head
    """
    looked = _HEAD_BYTES
    while True:
        data = bytes(window.view(position, looked))
        head = read_head(data, "utf-8")
        if head is not None:
            check_version(head.first_line)
            return head.size, content_length(head.fields)
        if looked >= HEAD_LIMIT_BYTES:
            raise HeadError("the record's head has no end")
        if len(data) < looked:
            return None
        looked *= 8


def next_line(window: Window, position: int) -> int:
    """Where a line that begins a record begins, at or after a position past 0; else the size."""
    while position < window.size:
        view = bytes(window.view(position - 1, _SCAN_BYTES))
        if found := _LINE.search(view):
            return position - 1 + found.start()
        if position - 1 + len(view) >= window.size:
            break
        position += len(view) - _BEGINNING_BYTES
    return window.size
