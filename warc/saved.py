"""Saved pages into an archive: each file becomes a resource record under the URL it came from.

Where a page came from is said by a mapping the user gives, by the comment a browser leaves when it
saves a page (`saved from url=(0025)https://…`), or by the page's own canonical link, in this order.
A page that nobody can place, or whose place is no page of a known site, is not archived but named.
"""

from __future__ import annotations

import gzip
import html
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warc.digest import sha1_of
from warc.disk import RealDisk
from warc.errors import CollectionError, UsageError
from warc.exchange import CrawlInfo
from warc.lock import FolderLock
from warc.reader import read_records
from warc.record import Record
from warc.sites import SITES
from warc.sites.page import PageRef, Site
from warc.writer import WarcWriter, next_name

SUFFIXES = (".html", ".htm", ".html.gz", ".htm.gz")
LOOKED_AT_BYTES = 1 << 17  # the head of a page: real ones have their canonical link in 20 kB

_SAVED_FROM = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_CANONICAL = re.compile(
    rb"""<link\b(?=[^>]*\brel=["']?canonical\b)[^>]*\bhref=["']([^"'>]+)""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A saved page with its URL."""

    path: Path
    url: str
    site: Site
    page: PageRef


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not archived, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a folder of saved pages: every file is in exactly one of the three.

    files  names of the WARC files written
    """

    archived: tuple[Placed, ...]
    known: tuple[Placed, ...]
    refused: tuple[Refused, ...]
    files: tuple[str, ...]


def saved_files(folder: Path) -> tuple[Path, ...]:
    """The saved pages of a folder and those below it, in order of their paths."""
    if not folder.is_dir():
        raise UsageError(f"no folder of saved pages: {folder}")
    named = (path for path in folder.rglob("*") if path.name.lower().endswith(SUFFIXES))
    found = sorted(path for path in named if path.is_file())
    if not found:
        raise UsageError(f"no saved pages ({', '.join(SUFFIXES)}) in {folder}")
    return tuple(found)


def read_mapping(path: Path) -> dict[str, str]:
    """URLs by file name, from lines of `file<TAB>URL`; UsageError names a wrong line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the mapping {path}: {error}") from error
    urls: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        name, tab, url = line.partition("\t")
        if line.strip() and not (tab and "://" in url):
            raise UsageError(f"{path}, line {number}: not 'file<TAB>URL': {line[:40]!r}")
        if line.strip():
            urls[name.strip()] = url.strip()
    return urls


def address_of(page: bytes) -> str:
    """The URL a saved page says it came from; '' if it does not say."""
    head = page[:LOOKED_AT_BYTES]
    found = _SAVED_FROM.search(head) or _CANONICAL.search(head)
    return html.unescape(found.group(1).decode("utf-8", "replace")) if found else ""


def import_pages(
    paths: Sequence[Path], urls: Mapping[str, str], folder: Path, *, software: str
) -> Imported:
    """Archive saved pages into a collection; a page that is there already is left alone.

    urls    URL by file name, before what the page says
    folder  of the collection, made where it is missing
    raises  CollectionError where the collection is in use or cannot be written
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CollectionError(f"{folder} cannot be created: {error.strerror}") from error
    lock = FolderLock(folder / "collection.lock")
    lock.take("import")
    try:
        return _Import(folder, software).run(paths, urls)
    finally:
        lock.release()


class _Import:
    """One run: what is archived already, and a file per source."""

    def __init__(self, folder: Path, software: str) -> None:
        self.folder = folder
        self.software = software
        self.seen = {
            (record.target_uri, record.fields.first("WARC-Payload-Digest"))
            for record in _resources(folder)
        }
        self.writers: dict[str, WarcWriter] = {}

    def run(self, paths: Sequence[Path], urls: Mapping[str, str]) -> Imported:
        """Take the files one by one; what was written is sealed at the end."""
        archived: list[Placed] = []
        known: list[Placed] = []
        refused: list[Refused] = []
        try:
            for path in paths:
                outcome, page = _place(path, urls)
                if isinstance(outcome, Refused):
                    refused.append(outcome)
                elif self._archive(outcome, page):
                    archived.append(outcome)
                else:
                    known.append(outcome)
        finally:
            files = tuple(writer.seal().name for writer in self.writers.values())
        return Imported(
            archived=tuple(archived), known=tuple(known), refused=tuple(refused), files=files
        )

    def _archive(self, placed: Placed, page: bytes) -> bool:
        """Write a page down, unless the same page is there under the same URL."""
        identity = (placed.url, sha1_of((page,)))
        if identity in self.seen:
            return False
        self.seen.add(identity)
        saved_at = datetime.fromtimestamp(placed.path.stat().st_mtime, UTC)
        self._writer(placed.site).resource(placed.url, page, content_type="text/html", at=saved_at)
        return True

    def _writer(self, site: Site) -> WarcWriter:
        """The file for a site's pages."""
        if site.name not in self.writers:
            now = datetime.now(UTC)
            info = CrawlInfo(software=self.software, source=site.name, base_url=site_url(site))
            name = next_name(self.folder, site.name, now)
            self.writers[site.name] = WarcWriter(self.folder, name, info, at=now, disk=RealDisk())
        return self.writers[site.name]


def site_url(site: Site) -> str:
    """The site's own base URL: the longest of its host names."""
    return f"https://{max(site.hosts, key=lambda host: (len(host), host))}"


def _resources(folder: Path) -> Iterator[Record]:
    """The resource records of a collection."""
    for path in sorted(folder.glob("*.warc.gz")):
        for found in read_records(path, verify=False):
            if isinstance(found, Record) and found.type == "resource":
                yield found


def _place(path: Path, urls: Mapping[str, str]) -> tuple[Placed | Refused, bytes]:
    """A file's page and its URL, or why it cannot be archived."""
    try:
        page = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            page = gzip.decompress(page)
    except (OSError, EOFError, zlib.error) as error:
        return Refused(path, f"cannot be read: {error}"), b""
    url = urls.get(path.name) or address_of(page)
    if not url:
        return Refused(path, "does not say where it was saved from; name its URL with --urls"), b""
    for site in SITES:
        located = site.locate(url)
        if located is not None:
            return Placed(path, url, site, located), page
    return Refused(path, f"no page of a known site: {url[:80]}"), b""
