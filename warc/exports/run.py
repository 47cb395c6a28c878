"""One export: every file read once, its captures indexed, and packed if that is wanted."""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from warc.archives.targets import Target
from warc.errors import CollectionError, UsageError
from warc.exports.cdxj import line_of
from warc.exports.index import SortedLines, blocks_of
from warc.exports.pages import Pages, page_of
from warc.exports.readable import (
    Source,
    Troubles,
    is_foreign,
    records_of,
    rewritten,
    source_of,
)
from warc.exports.wacz import WaczWriter, chunks_of
from warc.note import read_note
from warc.output import written_aside
from warc.software import SOFTWARE
from warc.words import reason_of

Progress = Callable[[int], None]
"""Told how many bytes more are done."""


@dataclass(slots=True, kw_only=True)
class Exported:
    """What an export came to.

    cut        open files, with the bytes of them that are exported
    rewritten  files that were written anew, with their names in the package
    """

    files: int = 0
    captures: int = 0
    pages: int = 0
    troubles: Troubles = field(default_factory=Troubles)
    cut: dict[str, int] = field(default_factory=dict)
    rewritten: dict[str, str] = field(default_factory=dict)


def sources_of(targets: Sequence[Target]) -> tuple[Source, ...]:
    """The files of targets, in order of their names.

    raises  UsageError where two have one name: no index could tell them apart
    """
    made: dict[str, Source] = {}
    for target in targets:
        for path in target.files:
            source = source_of(path)
            if source.name in made:
                both = f"{made[source.name].path}, {path}"
                raise UsageError(f"two files are called {source.name}: {both}")
            made[source.name] = source
    return tuple(made[name] for name in sorted(made))


def export_cdxj(sources: Sequence[Source], out: Path, progress: Progress) -> Exported:
    """Write the sorted index of the captures that other tools can find by their offsets."""
    told = _begun(sources)
    with _room(), closing(SortedLines()) as lines, written_aside(out) as file:
        for source in sources:
            for record, place in records_of(source, told.troubles):
                progress(record.length)
                if line := line_of(record, place):
                    lines.add(line, file=source.name)
        told.captures = len(lines)
        file.writelines(line.encode("utf-8") for line in lines)
    return told


def export_wacz(sources: Sequence[Source], out: Path, progress: Progress) -> Exported:
    """Write one package of the files, their index and their pages.

    raises  UsageError where there is no capture to be packed
    """
    told = _begun(sources)
    with (
        _room(),
        closing(SortedLines()) as lines,
        closing(Pages()) as pages,
        written_aside(out) as file,
    ):
        wacz = WaczWriter(file)
        try:
            packing = _Packing(wacz, lines, pages, told, progress)
            packing.names = {source.name for source in sources}
            for source in sources:
                packing.add(source)
            told.captures = _some(len(lines))
            _add_index(wacz, lines)
            wacz.add("pages/pages.jsonl", _counted(pages, told), stored=False)
            folders = dict.fromkeys(source.path.resolve().parent.name for source in sources)
            wacz.close(title=", ".join(folders), created=packing.newest, software=SOFTWARE)
        except BaseException:
            wacz.abandon()
            raise
    return told


class _Packing:
    """The files that go into a package, one after the other."""

    def __init__(
        self,
        wacz: WaczWriter,
        lines: SortedLines,
        pages: Pages,
        told: Exported,
        progress: Progress,
    ) -> None:
        self.wacz = wacz
        self.lines = lines
        self.pages = pages
        self.told = told
        self.progress = progress
        self.newest = ""
        self.names: set[str] = set()

    def add(self, source: Source) -> None:
        """Index a file and put it into the package; one that few can read is written anew."""
        with ExitStack() as stack:
            packed, troubles = source, Troubles()
            if is_foreign(source) or not self._index(source, troubles):
                self._forget(source)
                name = self._free_name(source)
                packed, troubles = stack.enter_context(rewritten(source, name, self.progress))
                self.told.rewritten[source.name] = packed.name
                self._index(packed, Troubles())
            self.told.troubles.take(troubles)
            if not packed.size:
                return
            try:
                chunks = chunks_of(packed.path, packed.size, self.progress)
                self.wacz.add(f"archive/{packed.name}", chunks, stored=True, size=packed.size)
            except OSError as error:
                raise CollectionError(f"{source.path}: {reason_of(error)}") from error

    def _index(self, source: Source, troubles: Troubles) -> bool:
        """Index a file's captures and pages; whether other tools can read it as it lies."""
        base_url = ""
        for record, place in records_of(source, troubles):
            self.progress(record.length)
            if record.type == "warcinfo":
                base_url = read_note(record).first("base-url") or base_url
            if line := line_of(record, place):
                self.newest = max(self.newest, record.date.strftime("%Y-%m-%dT%H:%M:%SZ"))
                self.lines.add(line, file=source.name)
                if page := page_of(record, base_url):
                    self.pages.add(record, page, file=source.name)
            if troubles.found:
                return False
        return not troubles.found

    def _free_name(self, source: Source) -> str:
        """What a file is called once it is written anew: NAME.warc.gz, or with a number."""
        stem = re.sub(r"(\.w?arc)?(\.gz|\.zst)?$", "", source.name)
        taken = (self.names - {source.name}) | set(self.told.rewritten.values())
        wanted = f"{stem}.warc.gz"
        numbered = (f"{stem}-{number}.warc.gz" for number in itertools.count(2))
        return wanted if wanted not in taken else next(one for one in numbered if one not in taken)

    def _forget(self, source: Source) -> None:
        """Drop what was indexed of a file that is written anew."""
        self.lines.forget(source.name)
        self.pages.forget(source.name)


def _begun(sources: Sequence[Source]) -> Exported:
    """What can be said before anything is read."""
    if not sources:
        raise UsageError("no WARC file in what is to be exported; nothing was written")
    cut = {source.name: source.size for source in sources if source.is_cut}
    return Exported(files=len(sources), cut=cut)


def _some(captures: int) -> int:
    """The number of captures; UsageError where there is none to be packed."""
    if not captures:
        raise UsageError("no captures in what is to be exported; nothing was written")
    return captures


@contextmanager
def _room() -> Iterator[None]:
    """Name a disk for temporary files that refuses."""
    try:
        yield
    except sqlite3.Error as error:
        problem = f"the index cannot be sorted in the folder of temporary files: {error}"
        raise CollectionError(problem) from error


def _add_index(wacz: WaczWriter, lines: SortedLines) -> None:
    """Add the compressed index and the index of its blocks."""
    described: list[bytes] = []  # a line for 1,024 of the index
    name = "index.cdx.gz"
    blocks = blocks_of(lines, filename=name, described=described)
    wacz.add(f"indexes/{name}", blocks, stored=True)
    wacz.add("indexes/index.idx", described, stored=False)


def _counted(pages: Pages, told: Exported) -> Iterator[bytes]:
    """Yield the lines of pages as bytes, counting them."""
    told.pages = -1  # the first line describes the others
    for line in pages.lines():
        told.pages += 1
        yield line.encode("utf-8")
