"""Captures out of WARC files: the records of a byte range, and each response as a page.

The archive's own opinion of a page (the verdict in a metadata record) is not read here: what a
capture is worth is judged again, from its content.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parse.inputs import Input
from warc.errors import ArchiveError
from warc.fields import Fields
from warc.format import ends_group
from warc.http import HttpMessage, decode_body, response_of
from warc.reader import read_at, read_records
from warc.record import BadStretch, Record
from warc.window import open_binary
from warc.zstd import is_frame

CAPTURE_TYPES = frozenset({"response", "revisit", "resource"})
RANGE_BYTES = 2 << 20  # 2 MiB: some 50 pages of usual size; what a worker hands back stays small
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A piece of work: the records of one file that begin in [start, end).

    number     the file's position among the inputs
    name       the file's name once sealed
    stand_ins  base URLs that stand for a source's own hosts, as the file's warcinfo says
    """

    number: int
    path: str
    name: str
    start: int
    end: int
    stand_ins: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One record to be parsed again, and what is known of it; `record` is its number."""

    record: int
    offset: int
    length: int
    inner: int
    source: str
    page_type: str
    page_key: str
    page_url: str


@dataclass(frozen=True, slots=True)
class Picks:
    """A piece of work: records of one file by their offsets, ascending."""

    path: str
    picks: tuple[Pick, ...]

    @property
    def size(self) -> int:
        """Bytes of the file that are read."""
        return sum(pick.length for pick in self.picks)


@dataclass(slots=True)
class Extent:
    """What a range turned out to cover: the ranges of a file must meet exactly.

    whole_to  where an open file's last whole exchange ends: what follows may still be written
    """

    begin: int | None = None
    reached: int = 0
    whole_to: int = 0

    def take(self, found: Record | BadStretch) -> None:
        """Account for what was read next."""
        if self.begin is None:
            self.begin = found.offset
        self.reached = max(self.reached, found.offset + found.length)
        if isinstance(found, Record) and ends_group(found.type, found.target_uri):
            self.whole_to = self.reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The decoded response of a capture; `problem` says why there is none."""

    status: int | None = None
    headers: Mapping[str, str]
    body: bytes = b""
    problem: str = ""

    @property
    def mime(self) -> str | None:
        """The media type, without parameters."""
        found = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return found or None


def plan_ranges(file: Input, number: int, *, range_bytes: int = RANGE_BYTES) -> list[Range]:
    """Cut a file into ranges; a file that is not compressed record by record stays whole."""
    whole = Range(
        number=number,
        path=str(file.path),
        name=file.name,
        start=0,
        end=file.size,
        stand_ins=stand_ins_of(file),
    )
    with open_binary(str(file.path)) as opened:
        start = opened.read(4)
    if not start.startswith(GZIP_MAGIC) and not is_frame(start):
        return [whole]
    cuts = [*range(0, file.size, range_bytes), file.size]
    return [_part(whole, start, end) for start, end in itertools.pairwise(cuts)]


def whole_range(ranges: list[Range]) -> Range:
    """One range in place of all of a file's: for a file whose ranges did not meet."""
    return _part(ranges[0], 0, ranges[-1].end)


def stand_ins_of(file: Input) -> dict[str, str]:
    """What the file's first record, if it is a warcinfo, says about base URLs, by source."""
    first = next(iter(read_records(file.path, start=0, end=1)), None)
    if not isinstance(first, Record) or first.type != "warcinfo":
        return {}
    named: dict[str, str] = {}
    for line in first.block.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        named[name.strip().lower()] = value.strip()
    source, base_url = named.get("source"), named.get("base-url")
    return {source: base_url} if source and base_url else {}


def records_of(work: Range, extent: Extent) -> Iterator[Record | BadStretch]:
    """Every record and bad stretch that begins in a range; `extent` is kept up to date."""
    found: Record | BadStretch
    for found in read_records(work.path, start=work.start, end=work.end, resync=work.start > 0):
        extent.take(found)
        yield found


def picked(work: Picks) -> Iterator[tuple[Pick, Record]]:
    """The records of picks; raises ArchiveError where one is no longer there."""
    at: dict[int, dict[int, Pick]] = {}
    for pick in work.picks:
        at.setdefault(pick.offset, {})[pick.inner] = pick
    for offset, outcomes in read_at(work.path, at):
        wanted = at[offset]
        problem = ArchiveError("a record is no longer there", file=work.path, offset=offset)
        for found in outcomes:
            if isinstance(found, BadStretch):
                problem = found.error  # of a record beside those wanted, as far as is known
            elif found.inner in wanted:
                yield wanted.pop(found.inner), found
        if wanted:
            raise problem


def page_of(record: Record) -> Page:
    """The response of a record, its body decoded; what cannot be read is named in `problem`."""
    if record.type == "resource":
        mime = record.fields.first("Content-Type") or ""
        return Page(status=200, headers={"content-type": mime}, body=record.block)
    try:
        message = response_of(record)
        headers = lower_case(message.fields)
    except ArchiveError as error:
        return Page(headers={}, problem=error.problem)
    if record.type == "revisit":
        return Page(status=message.status, headers=headers)
    return _decoded(message, headers)


def head_of(record: Record) -> Page:
    """As `page_of`, but the body is left alone: for records of no known source."""
    if record.type == "resource":
        return Page(
            status=None, headers={"content-type": record.fields.first("Content-Type") or ""}
        )
    try:
        message = response_of(record)
    except ArchiveError as error:
        return Page(headers={}, problem=error.problem)
    return Page(status=message.status, headers=lower_case(message.fields))


def capture_id_of(record: Record, name: str) -> int:
    """The id of a capture: from its record id, or from its place where it has none."""
    text = record.record_id
    if not text:
        text = f"{name}:{record.offset}" + (f":{record.inner}" if record.inner else "")
    return capture_id(text)


def capture_id(text: str) -> int:
    """First 8 bytes of the SHA-256 of a text, big-endian and signed: an Arrow int64."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def lower_case(fields: Fields) -> dict[str, str]:
    """Header fields by lower-case name; several of one name are joined by commas."""
    headers: dict[str, str] = {}
    for name, value in fields:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _decoded(message: HttpMessage, headers: Mapping[str, str]) -> Page:
    try:
        body = decode_body(message)
    except ArchiveError as error:
        return Page(status=message.status, headers=headers, problem=error.problem)
    return Page(status=message.status, headers=headers, body=body)


def _part(whole: Range, start: int, end: int) -> Range:
    return Range(
        number=whole.number,
        path=whole.path,
        name=whole.name,
        start=start,
        end=end,
        stand_ins=whole.stand_ins,
    )
