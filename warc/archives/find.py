"""Records of archives, found by URL, by record id or by place; what is near where a URL is not.

A collection's manifest is asked where it has one that can be read; files it does not know, and
record ids of types it does not keep, are looked for by reading.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from warc.archives.targets import Target, final_name
from warc.errors import ArchiveError, UnresolvedRevisit, UsageError
from warc.head import bare
from warc.http import decode_body, read_request, response_of
from warc.manifest_rows import from_us
from warc.reader import read_record, read_records
from warc.record import Record
from warc.surt import surt
from warc.writer import OPEN_SUFFIX

# URLs named where the one asked for is not archived.
NEAR_MISSES = 5

_CAPTURES = frozenset({"response", "revisit", "resource"})
_COLUMNS = "file, offset, inner, url, fetched_at, verdict, page_type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a capture lies; `verdict` is "" where no manifest says one."""

    path: Path
    offset: int
    inner: int
    url: str
    at: datetime
    verdict: str = ""
    page_type: str = ""


def captures_of(url: str, targets: Sequence[Target]) -> tuple[Place, ...]:
    """All captures of a URL, the newest first."""
    found: list[Place] = []
    for target in targets:
        known = _indexed(target)
        found += _rows(target, "WHERE url = ?", (url,))
        found += [_place(one) for one in _read(_unknown(target, known)) if one.target_uri == url]
    return tuple(sorted(found, key=lambda one: (one.at, str(one.path), one.offset), reverse=True))


def record_named(record_id: str, targets: Sequence[Target]) -> Record | None:
    """The record of an id, whatever its type; None where there is none."""
    for target in targets:
        for place in _rows(target, "WHERE record_id = ?", (record_id,)):
            return read_record(place.path, place.offset, inner=place.inner)
    for target in targets:
        for record in _read(target.files, types=None):
            if record.record_id == record_id:
                return record
    return None


def record_at(word: str, targets: Sequence[Target]) -> Record:
    """The record at FILE:OFFSET, the file by its path or its name in a collection.

    raises  UsageError where no such file is there, ArchiveError where no good record begins
    """
    name, _, offset = word.rpartition(":")
    paths = [path for target in targets for path in target.files if final_name(path) == name]
    path = Path(name) if Path(name).is_file() else next(iter(paths), None)
    if path is None:
        raise UsageError(f"no WARC file {name!r}")
    return read_record(path, int(offset))


def is_place(word: str) -> bool:
    """Whether a word means FILE:OFFSET.

    >>> is_place("a.warc.gz:12"), is_place("http://a.example:80")
    (True, False)
    """
    name, _, offset = word.rpartition(":")
    return bool(name) and "://" not in name and offset.isascii() and offset.isdigit()


def record_of(place: Place) -> Record:
    """The record of a capture; raises ArchiveError where it is damaged."""
    return read_record(place.path, place.offset, inner=place.inner)


def payload_of(record: Record, targets: Sequence[Target]) -> bytes:
    """The payload of a record, decoded; a revisit has its original's, other blocks are as they lie.

    raises  ArchiveError where a response cannot be read or decoded, UnresolvedRevisit
    """
    if record.type == "revisit":
        original = _original(record, targets)
        if original is None:
            problem = "the original of the revisit is in no collection"
            raise UnresolvedRevisit(problem, file=record.file, offset=record.offset)
        return payload_of(original, targets)
    content_type = (record.fields.first("Content-Type") or "").lower()
    if not content_type.startswith("application/http"):
        return record.block
    is_request = record.type == "request"
    message = read_request(record.block) if is_request else response_of(record)
    return decode_body(message, file=record.file, offset=record.offset)


def near_misses(url: str, targets: Sequence[Target]) -> tuple[str, ...]:
    """Archived URLs whose SURT has most in common with that of a URL, of the same host at least."""
    wanted = surt(url)
    host = wanted.partition(")")[0] + ")"
    keys = ((surt(one), one) for one in set(_urls(targets)))
    near = ((_shared(wanted, key), one) for key, one in keys if key.startswith(host))
    best = heapq.nsmallest(NEAR_MISSES, near, key=lambda pair: (-pair[0], pair[1]))
    return tuple(one for _, one in best)


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next(
        (place for place, (left, right) in enumerate(pairs) if left != right),
        min(len(one), len(other)),
    )


def _original(record: Record, targets: Sequence[Target]) -> Record | None:
    """The record a revisit refers to: by id, else by URL and digest or time."""
    if refers_to := bare(record.fields.first("WARC-Refers-To") or ""):
        found = record_named(refers_to, targets)
        if found is not None and found.type != "revisit":
            return found
    url = bare(record.fields.first("WARC-Refers-To-Target-URI") or "") or record.target_uri
    digest = record.fields.first("WARC-Payload-Digest")
    at = record.fields.first("WARC-Refers-To-Date")
    for place in captures_of(url, targets):
        one = record_of(place)
        same = (
            digest and one.fields.first("WARC-Payload-Digest") == digest,
            at and one.fields.first("WARC-Date") == at,
        )
        if one.type != "revisit" and any(same):
            return one
    return None


def _indexed(target: Target) -> frozenset[str]:
    """The files of a folder that its manifest knows to their ends."""
    if target.manifest is None:
        return frozenset()
    sizes = {final_name(path): path.stat().st_size for path in target.files}
    try:
        with closing(_connect(target.manifest)) as connection:
            rows = connection.execute("SELECT name, size FROM files").fetchall()
    except sqlite3.Error:
        return frozenset()
    return frozenset(name for name, size in rows if sizes.get(name) == size)


def _unknown(target: Target, known: Iterable[str]) -> tuple[Path, ...]:
    """The files of a folder that must be read."""
    return tuple(path for path in target.files if final_name(path) not in known)


def _rows(target: Target, where: str, values: tuple[str, ...]) -> list[Place]:
    """Captures as the manifest has them, of files it knows to their ends."""
    known = _indexed(target)
    if not known or target.manifest is None:
        return []
    paths = {final_name(path): path for path in target.files if final_name(path) in known}
    with closing(_connect(target.manifest)) as connection:
        statement = f"SELECT {_COLUMNS} FROM captures {where}"  # noqa: S608 - names of our own
        rows = connection.execute(statement, values).fetchall()
    return [
        Place(
            path=paths[file],
            offset=offset,
            inner=inner,
            url=url,
            at=from_us(at),
            verdict=verdict,
            page_type=page_type,
        )
        for file, offset, inner, url, at, verdict, page_type in rows
        if file in paths
    ]


def _read(paths: Sequence[Path], *, types: frozenset[str] | None = _CAPTURES) -> Iterator[Record]:
    """Yield the good records of files, captures only unless told otherwise."""
    for path in paths:
        try:
            for found in read_records(path, verify=False):
                if isinstance(found, Record) and (types is None or found.type in types):
                    yield found
        except ArchiveError:
            continue  # a file that cannot be opened holds nothing to find; verify names it


def _urls(targets: Sequence[Target]) -> Iterator[str]:
    """Yield the URLs of all captures, some of them often."""
    for target in targets:
        known = _indexed(target)
        if known and target.manifest is not None:
            with closing(_connect(target.manifest)) as connection:
                for (url,) in connection.execute("SELECT DISTINCT url FROM captures"):
                    yield url
        yield from (record.target_uri for record in _read(_unknown(target, known)))


def _place(record: Record) -> Place:
    """Where a record that was read lies."""
    return Place(
        path=Path(record.file),
        offset=record.offset,
        inner=record.inner,
        url=record.target_uri,
        at=record.date,
    )


def _connect(manifest: Path) -> sqlite3.Connection:
    """A connection that only reads."""
    return sqlite3.connect(f"{manifest.absolute().as_uri()}?mode=ro", uri=True)


def is_open(path: Path) -> bool:
    """Whether a file is still being written, or was left by a killed writer."""
    return path.name.endswith(OPEN_SUFFIX)
