"""ARC files, WARC's forerunner, read into the same records; warcio reads their header lines.

Theory of operation. An ARC record is one line (URL, IP address, 14 digits of time, media type,
length), then as many bytes, then a line end; in .arc.gz each is a gzip member. There are no
digests: a record counts as whole where the line end stands after exactly the bytes that its line
announces. Records get the fields that they would have in WARC, and an id made from their bytes,
the same in every reading.
"""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable, Iterator

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ARC2WARCHeadersParser
from warcio.statusandheaders import StatusAndHeadersParserException

from warc.codec import INFLATE_ERRORS, inflater
from warc.digest import sha1_of
from warc.errors import ArchiveError, RecordSyntaxError, TruncatedRecord
from warc.fields import Fields
from warc.head import Head, HeadError, content_length
from warc.inflated import Inflated
from warc.record import BadStretch, Record
from warc.verify import make_record
from warc.window import Window

_GZIP_MAGIC = b"\x1f\x8b\x08"
_PARSER = ARC2WARCHeadersParser()

# Bytes of a header line: a URL and four short words.
_LINE_BYTES = 64 << 10
_LINE_ENDS_BYTES = 64
_PROBE_BYTES = 4 << 10
_SCAN_BYTES = 1 << 20

_URI = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:")
_HEADER = (
    rb"[A-Za-z][A-Za-z0-9+.-]*:[^\r\n]{1,2000} \d{1,3}(?:\.\d{1,3}){3}"
    rb" \d{8,18} [^\r\n]{0,200}\d\r?\n"
)
_FIRST = re.compile(rb"filedesc:|" + _HEADER)
_LINE = re.compile(rb"(?<=\n)" + _HEADER)

Inflate = Callable[[int], tuple[Inflated, int]]


def is_arc(window: Window) -> bool:
    """Whether a file begins as ARC files do: with its own description, or with any record."""
    view = window.view(0, _PROBE_BYTES)
    if bytes(view[:3]) != _GZIP_MAGIC:
        return _FIRST.match(view) is not None
    try:
        return _FIRST.match(inflater().decompress(view, _PROBE_BYTES)) is not None
    except INFLATE_ERRORS:
        return False


def arc_outcomes(
    window: Window, position: int, *, file: str, inflate: Inflate
) -> Iterator[Record | BadStretch]:
    """Yield what begins at a position: one outcome, or all of a member of many records.

    inflate  the gzip member at a position inflated, and where it ends; raises ArchiveError
    """
    try:
        if bytes(window.view(position, 3)) == _GZIP_MAGIC:
            inflated, end = inflate(position)
        else:
            yield _cut(window, position, file=file, member=None)[0]
            return
    except ArchiveError as error:
        length = next_arc_start(window, position + 1) - position
        yield BadStretch(file=file, offset=position, length=length, error=error)
        return
    try:
        yield from _of_member(inflated.window(), position, end - position, file=file)
    finally:
        inflated.close()


def next_arc_start(window: Window, position: int) -> int:
    """Where a record may begin, at or after a position; the window's size if nowhere.

    A record begins with a gzip member that inflates to a URI, or with a whole header line.
    """
    position = max(position, 1)
    while position < window.size:
        view = bytes(window.view(position - 1, _SCAN_BYTES))
        lines = (found.start() for found in [_LINE.search(view)] if found)
        places = [*lines, *_members(window, view, position - 1)]
        if places:
            return position - 1 + min(places)
        if position - 1 + len(view) >= window.size:
            break
        position += len(view) - _PROBE_BYTES
    return window.size


def _members(window: Window, view: bytes, start: int) -> Iterator[int]:
    """The first place in a view, past its first byte, at which a member of a record begins."""
    place = view.find(_GZIP_MAGIC, 1)
    while place >= 0:
        try:
            beginning = inflater().decompress(window.view(start + place, _PROBE_BYTES), 64)
        except INFLATE_ERRORS:
            beginning = b""
        if _URI.match(beginning):
            yield place
            return
        place = view.find(_GZIP_MAGIC, place + 1)


def _of_member(
    window: Window, offset: int, length: int, *, file: str
) -> Iterator[Record | BadStretch]:
    """Yield the records of a gzip member; the first accounts for its whole length."""
    position = 0
    if not window.size:
        error: ArchiveError = RecordSyntaxError("gzip member is empty", file=file, offset=offset)
        yield BadStretch(file=file, offset=offset, length=length, error=error)
    while position < window.size:
        try:
            record, position = _cut(window, position, file=file, member=(offset, length))
        except ArchiveError as problem:
            position = next_arc_start(window, position + 1)
            yield BadStretch(file=file, offset=offset, length=length, error=problem)
        else:
            yield record
        length = 0


def _cut(
    window: Window, position: int, *, file: str, member: tuple[int, int] | None
) -> tuple[Record, int]:
    """The record at a position of a window, and where it ends; raises ArchiveError.

    member  offset and length in the file of the gzip member that the window shows
    """
    offset = position if member is None else member[0]
    line = bytes(window.view(position, _LINE_BYTES)).partition(b"\n")[0] + b"\n"
    try:
        fields = _fields_of(line)
        block_length = content_length(fields)
    except HeadError as error:
        raise RecordSyntaxError(str(error), file=file, offset=offset) from error
    begin = position + len(line)
    if begin + block_length > window.size:
        problem = f"the line says {block_length} bytes, {window.size - begin} are there"
        raise TruncatedRecord(problem, file=file, offset=offset)
    block = bytes(window.view(begin, block_length))
    after = bytes(window.view(begin + block_length, _LINE_ENDS_BYTES))
    ends = len(after) - len(after.lstrip(b"\r\n"))
    if after and not ends:
        problem = f"the block is followed by {after[:8]!r}, not by a line end"
        raise RecordSyntaxError(problem, file=file, offset=offset)
    end = begin + block_length + ends
    made = Fields((*fields, ("WARC-Record-ID", _id_of(line, block))))
    record = make_record(
        Head("WARC/1.0", made, len(line), bare_lf=True),
        block,
        file=file,
        offset=offset,
        length=end - position if member is None else member[1],
        inner=0 if member is None else position,
    )
    return record, end


def _fields_of(line: bytes) -> Fields:
    """The WARC fields of a header line, without a record id; raises HeadError."""
    if not _URI.match(line):
        raise HeadError("no ARC header line begins here")
    media_type = line.rsplit(b" ", 2)[1:2]
    try:
        parsed = _PARSER.parse(io.BytesIO(), line)
    except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, EOFError) as error:
        raise HeadError(f"not an ARC header line: {line[:60]!r}") from error
    fields = {name: str(value) for name, value in parsed.headers if name != "WARC-Record-ID"}
    if fields["WARC-Type"] == "response" and line[:4].lower() != b"http":
        fields["WARC-Type"] = "resource"  # DNS answers and the like have no HTTP head
        fields["Content-Type"] = media_type[0].decode("latin-1") if media_type else ""
    return Fields(tuple(fields.items()))


def _id_of(line: bytes, block: bytes) -> str:
    """A record id that is the same whenever the record is read."""
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, sha1_of((line, block))).urn}>"
