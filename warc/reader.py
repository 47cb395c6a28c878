"""The accounting reader: every byte of a WARC or ARC file is in exactly one record or bad stretch.

Theory of operation. At a position there is a compressed unit (a gzip member, a zstd frame) or a
plain record; anything else is bad. A unit is inflated whole, so that its checksum and length are
known before any of its bytes are handed on, and should hold one record that ends where its
Content-Length says; a unit of many records, and a record of many units, are read too
(`warc.members`). Where something is wrong, the stretch reaches to the end of the unit if that is
certain, else to the next place at which a record may begin (`warc.scan`). So a torn unit in the
middle, as a killed writer and an appending one leave, costs itself only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from warc.arc import arc_outcomes, is_arc, next_arc_start
from warc.errors import ArchiveError, RecordSyntaxError, TruncatedRecord
from warc.head import (
    HEAD_LIMIT_BYTES,
    Head,
    HeadError,
    check_version,
    content_length,
    read_head,
)
from warc.inflated import Inflated
from warc.members import GZIP_MAGIC, Members, next_line
from warc.record import BadStretch, Record
from warc.scan import foreign, next_start
from warc.verify import check_digests, make_record
from warc.window import FileWindow, Window, open_binary
from warc.zstd import FRAME_MAGIC

_HEAD_BYTES = 8 << 10
_SCATTERED_BYTES = 256 << 10  # what lies between records that are picked is not wanted
_TRAILER = b"\r\n\r\n"
_TRAILER_LIMIT_BYTES = 64

Outcome = Record | BadStretch


def read_records(
    path: str | os.PathLike[str],
    *,
    start: int = 0,
    end: int | None = None,
    verify: bool = True,
    thorough: bool = False,
    resync: bool = False,
) -> Iterator[Outcome]:
    """Yield what a file holds, in order, from `start` up to what begins before `end`.

    The file's size when it is opened counts; lengths add up to it. A file that is no WARC at all
    is one bad stretch, whose error says so.

    verify    compare block digests (payload digests where a record has no other)
    thorough  compare payload digests everywhere
    resync    `start` may lie inside a record: begin at the first record at or after it
    raises    ArchiveError where the file cannot be opened, nothing else
    """
    name = os.fspath(path)
    with open_binary(name) as file:
        window = FileWindow(file)
        reading = _Reading(name, window, verify=verify, thorough=thorough)
        if start == 0 and (problem := foreign(window, reading.members)):
            error = RecordSyntaxError(problem, file=name, offset=0)
            yield BadStretch(file=name, offset=0, length=window.size, error=error)
            return
        limit = window.size if end is None else min(end, window.size)
        position = reading.next_start(start) if resync and start else start
        while position < limit:
            for outcome in reading.outcomes(position):
                yield outcome
                position += outcome.length


def read_at(
    path: str | os.PathLike[str], offsets: Iterable[int]
) -> Iterator[tuple[int, Iterator[Outcome]]]:
    """Yield each offset with what begins there, through one look at the file; digests are compared.

    An offset at or past the end has nothing. Ascending offsets are read fastest.
    raises  ArchiveError where the file cannot be opened
    """
    name = os.fspath(path)
    with open_binary(name) as file:
        window = FileWindow(file, buffer_bytes=_SCATTERED_BYTES)
        reading = _Reading(name, window, verify=True, thorough=False)
        for offset in offsets:
            yield offset, reading.outcomes(offset) if offset < window.size else iter(())


def read_record(
    path: str | os.PathLike[str], offset: int, *, inner: int = 0, verify: bool = True
) -> Record:
    """The record at an offset; raises ArchiveError where there is no good one."""
    name = os.fspath(path)
    with open_binary(name) as file:
        window = FileWindow(file)
        reading = _Reading(name, window, verify=verify, thorough=False)
        for found in reading.outcomes(offset) if offset < window.size else ():
            if isinstance(found, Record) and found.inner == inner:
                return found
            if isinstance(found, BadStretch) and not inner:
                raise found.error
    raise RecordSyntaxError("no record begins here", file=name, offset=offset)


def first_member(path: str | os.PathLike[str], at: int) -> int | None:
    """Where the first record at or after a position begins; None if there is none.

    Found by the magic of gzip or zstd and inflating a head that says WARC/…, or by a line that
    says so.
    """
    name = os.fspath(path)
    with open_binary(name) as file:
        window = FileWindow(file)
        reading = _Reading(name, window, verify=False, thorough=False)
        found = reading.next_start(at)
        return found if found < window.size else None


class _Reading:
    """One pass over a file: what is compared, and where errors say they are."""

    __slots__ = ("file", "is_arc", "members", "thorough", "verify", "window")

    def __init__(self, file: str, window: Window, *, verify: bool, thorough: bool) -> None:
        self.file = file
        self.window = window
        self.verify = verify
        self.thorough = thorough
        self.is_arc = is_arc(window)
        self.members = Members(window, file)

    def next_start(self, position: int) -> int:
        """Where a record may begin, at or after a position; the file's size if nowhere."""
        if self.is_arc and position > 0:
            return next_arc_start(self.window, position)
        return next_start(self.window, self.members, position)

    def outcomes(self, position: int) -> Iterator[Outcome]:
        """Yield what begins at a position: one outcome, or all of a unit of many records."""
        if self.is_arc:
            inflate = self.members.inflate
            yield from arc_outcomes(self.window, position, file=self.file, inflate=inflate)
            return
        try:
            if packing := self.members.packing(position):
                inflated, end = self.members.inflate(position, packing)
            elif bytes(self.window.view(position, 5)).upper() == b"WARC/":
                yield self._cut(self.window, position, None)[0]
                return
            else:
                problem = "neither a gzip member nor a zstd frame nor a record begins here"
                raise RecordSyntaxError(problem, file=self.file, offset=position)
        except ArchiveError as error:
            end = self.next_start(position + 1)
            yield self._bad(error, position, end - position)
            return
        try:
            record = self._sole(inflated.parts, position, end - position)
        except ArchiveError as error:
            yield self._bad(error, position, end - position)
            return
        if record is not None:
            yield record
        else:
            yield from self._run(inflated, position, end)

    def _run(self, inflated: Inflated, position: int, end: int) -> Iterator[Outcome]:
        """Yield what a run of units holds that is not one record in one unit."""
        try:
            end = self.members.complete(inflated, end)
            yield from self._several(inflated.window(), position, end - position)
        finally:
            inflated.close()

    def _sole(self, parts: list[bytes], offset: int, length: int) -> Record | None:
        """The record of a unit that holds exactly one; None where a closer look is needed.

        The block is put together once: a page of 300 KB is not copied to be cut.
        """
        try:
            head, block_length = _warc_head(parts[0]) if parts else (None, 0)
        except HeadError:
            return None
        total = sum(map(len, parts))
        if head is None or total != head.size + block_length + len(_TRAILER):
            return None
        if not parts[-1].endswith(_TRAILER):
            return None
        views = [memoryview(part) for part in parts]
        views[-1] = views[-1][: -len(_TRAILER)]
        views[0] = views[0][head.size :]
        block = b"".join(views)
        record = make_record(head, block, file=self.file, offset=offset, length=length, inner=0)
        if self.verify:
            check_digests(record, thorough=self.thorough)
        return record

    def _several(self, window: Window, offset: int, length: int) -> Iterator[Outcome]:
        """Yield the records of a run that holds many, none, or one that ends oddly."""
        unit = "zstd frame" if self.members.packing(offset) == "zstd" else "gzip member"
        if not window.size:
            error = RecordSyntaxError(f"{unit} is empty", file=self.file, offset=offset)
            yield self._bad(error, offset, length)
        position = 0
        while position < window.size:
            found: Outcome
            try:
                if bytes(window.view(position, 5)).upper() != b"WARC/":
                    problem = f"{unit} holds no record here"
                    raise RecordSyntaxError(problem, file=self.file, offset=offset)
                found, position = self._cut(window, position, (offset, length))
            except ArchiveError as error:
                position = next_line(window, position + 1)
                found = self._bad(error, offset, length)
            yield found
            length = 0

    def _cut(
        self, window: Window, position: int, member: tuple[int, int] | None
    ) -> tuple[Record, int]:
        """The record at a position of a window, and where it ends; raises ArchiveError.

        member  offset and length in the file of the gzip member that the window shows
        """
        offset = position if member is None else member[0]
        try:
            head, block_length = _grown_head(window, position)
        except HeadError as error:
            raise RecordSyntaxError(str(error), file=self.file, offset=offset) from error
        begin = position + head.size
        if begin + block_length > window.size:
            problem = f"Content-Length says {block_length}, {window.size - begin} bytes are there"
            raise TruncatedRecord(problem, file=self.file, offset=offset)
        block = bytes(window.view(begin, block_length))
        trailer, is_followed_well = _trailer(window, begin + block_length)
        end = begin + block_length + len(trailer)
        record = make_record(
            head,
            block,
            file=self.file,
            offset=offset,
            length=end - position if member is None else member[1],
            inner=0 if member is None else position,
        )
        usual = trailer == _TRAILER or (head.bare_lf and trailer == b"\n\n")
        is_whole = len(trailer) < len(_TRAILER) and is_followed_well and not _ends_line(block)
        self._check_cut(record, trailer, trusted=usual or is_whole)
        return record, end

    def _check_cut(self, record: Record, trailer: bytes, *, trusted: bool) -> None:
        """Compare digests; where the trailer cannot be trusted, one must vouch for the block.

        Fewer line ends than due can be trusted behind a block that ends in none, if a record or
        the end follows: a wrong Content-Length would have left a line end in the block, or more
        than due behind it.
        """
        if trusted and not self.verify:
            return
        vouched = check_digests(record, thorough=self.thorough)
        if not trusted and not vouched:
            problem = f"the block is followed by {trailer[:8]!r}, not by two line ends"
            raise RecordSyntaxError(problem, file=record.file, offset=record.offset)

    def _bad(self, error: ArchiveError, offset: int, length: int) -> BadStretch:
        """A stretch of this file that is no good record."""
        return BadStretch(file=self.file, offset=offset, length=length, error=error)


def _warc_head(data: bytes) -> tuple[Head | None, int]:
    """The head at the start of the data, None if it does not end there; and its block's length.

    raises  HeadError
    """
    head = read_head(data, "utf-8")
    if head is None:
        return None, 0
    check_version(head.first_line)
    return head, content_length(head.fields)


def _grown_head(window: Window, position: int) -> tuple[Head, int]:
    """The head at a position, however long; raises HeadError where it does not end."""
    looked = _HEAD_BYTES
    while True:
        data = bytes(window.view(position, looked))
        head, block_length = _warc_head(data)
        if head is not None:
            return head, block_length
        if len(data) < looked or looked >= HEAD_LIMIT_BYTES:
            check_version(data.partition(b"\n")[0].decode("latin-1").rstrip("\r"))
            raise HeadError("the record's head has no end")
        looked *= 8


def _ends_line(block: bytes) -> bool:
    """Whether a block ends in a line end."""
    return block.endswith((b"\r", b"\n"))


def _trailer(window: Window, position: int) -> tuple[bytes, bool]:
    """The line ends that follow a block, and whether a record or the end comes after them."""
    after = bytes(window.view(position, _TRAILER_LIMIT_BYTES))
    run = len(after) - len(after.lstrip(b"\r\n"))
    if after.startswith(_TRAILER) and after[4:5] not in {b"\r", b"\n"}:
        run = len(_TRAILER)
    rest = after[run : run + 5].upper()
    return after[:run], not rest or rest == b"WARC/" or rest.startswith((GZIP_MAGIC, FRAME_MAGIC))
