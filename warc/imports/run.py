"""One import: files into resource records of a collection, each page or document once.

Theory of operation. What the collection holds already is read first, as digests of URL and payload:
an import that is done again adds nothing. Files are taken one by one; records are synced every 32
files, a file of the archive is sealed at 1 GiB and at the end. A killed import leaves an open file
of whole records: the next one seals it, and goes on behind it.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Literal, Self

from warc.collection import COMMIT_EXCHANGES, LOCK_NAME, MAX_FILE_BYTES
from warc.digest import sha1_of
from warc.disk import Disk, RealDisk
from warc.errors import CollectionError, UsageError
from warc.exchange import CrawlInfo
from warc.format import clean_uri
from warc.imports.naming import Naming
from warc.imports.payload import SUFFIXES, Payload, Unfit, kind_of, read_payload
from warc.lock import FolderLock
from warc.reader import read_records
from warc.reconcile import make_folder, seal_left, warc_files
from warc.record import Record
from warc.sites import SITES
from warc.sites.page import Site
from warc.writer import WarcWriter, next_name

OTHER_SOURCE = "saved"
"""What the files are called whose records are of no known site."""

What = Literal["archived", "known", "refused"]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file.

    what    archived; known: there already; refused: not archived, `reason` says why
    size    bytes of the payload
    """

    path: Path
    what: What
    url: str = ""
    size: int = 0
    reason: str = ""


def found_files(folder: Path) -> tuple[Path, ...]:
    """The files of a folder and those below it that may be taken, in order of their paths.

    What a browser saved beside a page (`NAME_files/` of `NAME.html`) is part of that page.

    raises  UsageError where it is no folder, or has no such file
    """
    if not folder.exists():
        raise UsageError(f"there is no folder {str(folder)!r} to import from")
    if not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is a file: name the folder that it is in")
    taken = (path for path in folder.rglob("*") if kind_of(path) and path.is_file())
    found = sorted(path for path in taken if not _is_part(path, folder))
    if not found:
        raise UsageError(f"no {', '.join(SUFFIXES)} file (or .gz of one) in {str(folder)!r}")
    return tuple(found)


def _is_part(path: Path, folder: Path) -> bool:
    """Whether a browser saved a file beside a page, as a part of it."""
    for above in path.relative_to(folder).parents:
        if above.name.endswith("_files"):
            page = folder / above.parent / above.name.removesuffix("_files")
            if any(page.with_name(page.name + suffix).is_file() for suffix in (".html", ".htm")):
                return True
    return False


class Import:
    """One run; use as a context manager, and give it file by file."""

    def __init__(
        self,
        folder: Path,
        source: Path,
        naming: Naming,
        *,
        software: str,
        dry: bool = False,
        disk: Disk | None = None,
        max_file_bytes: int = MAX_FILE_BYTES,
    ) -> None:
        """Prepare to archive files of a folder into a collection.

        folder  of the collection
        source  folder of the files, to which their paths are relative
        dry     only say what would be done
        """
        self.folder = folder
        self.source = source
        self.naming = naming
        self.files: list[str] = []
        """Names of the WARC files written, those still open included."""
        self.told: tuple[str, ...] = ()
        """What was found to be mended in the collection."""
        self.is_dry = dry
        self._software = software
        self._disk = disk or RealDisk()
        self._max_file_bytes = max_file_bytes
        self._lock = FolderLock(folder / LOCK_NAME)
        self._writers: dict[str, WarcWriter] = {}
        self._seen: set[bytes] = set()
        self._pending = 0

    def __enter__(self) -> Self:
        """Take the collection; raises CollectionError where it is in use or cannot be written."""
        if self.is_dry:
            return self
        try:
            make_folder(self.folder, self._disk)
        except OSError as error:
            raise CollectionError(f"{self.folder} cannot be created: {error.strerror}") from error
        self._lock.take("import")
        try:
            self.told = seal_left(self.folder, {}, self._disk)
        except BaseException:
            self._lock.release()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Seal what was written; after an error, as far as the disk lets us."""
        if self.is_dry:
            return
        try:
            for writer in self._writers.values():
                if kind is None:
                    writer.seal()
                else:
                    with contextlib.suppress(CollectionError):
                        writer.seal()
        finally:
            self._lock.release()

    def learn(self, progress: Progress = lambda _: None) -> None:
        """Read what is archived already: nothing is archived twice."""
        if not self.folder.is_dir():
            return
        for record in _resources(self.folder, progress):
            digest = record.fields.first("WARC-Payload-Digest") or sha1_of((record.block,))
            self._seen.add(_identity(record.target_uri, digest))

    def take(self, path: Path) -> Outcome:
        """Archive one file, unless it is there already or cannot be.

        raises  CollectionError where the disk refuses
        """
        relative = PurePosixPath(path.relative_to(self.source).as_posix())
        try:
            kind = kind_of(path)
            assert kind is not None, path
            payload = read_payload(path, kind)
            url, site = self._placed(relative, payload)
            at = self._time(path, relative, payload)
        except Unfit as error:
            return Outcome(path=path, what="refused", reason=str(error))
        size = len(payload.data)
        identity = _identity(url, sha1_of((payload.data,)))
        if identity in self._seen:
            return Outcome(path=path, what="known", url=url, size=size)
        if not self.is_dry:
            self._write(site, url, payload, at)
        self._seen.add(identity)
        return Outcome(path=path, what="archived", url=url, size=size)

    def _placed(self, relative: PurePosixPath, payload: Payload) -> tuple[str, Site | None]:
        """The URL of a file and its site, None for one that nobody knows but the user."""
        listed, template = self.naming.of(relative), self.naming.template
        url = listed.url if listed else template.url_of(relative) if template else None
        if url is None and template is not None:
            raise Unfit("its name does not fit --name")
        named, url = url is not None, url or payload.url
        if not url:
            problem = "does not say where it came from; name its URL with --urls or --url"
            raise Unfit(problem)
        site = next((one for one in SITES if one.locate(url) is not None), None)
        if site is None and not named:
            raise Unfit(f"no page of a known site: {url[:80]} (--urls or --url may name it)")
        return url, site

    def _time(self, path: Path, relative: PurePosixPath, payload: Payload) -> datetime:
        """The time of a record: what the user says, else the page, else the file."""
        listed = self.naming.of(relative)
        said = (listed.at if listed else None) or self.naming.at or payload.saved_at
        return said or datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _write(self, site: Site | None, url: str, payload: Payload, at: datetime) -> None:
        """Append a record; synced with others, or once enough have come together."""
        writer = self._writer(site)
        writer.resource(url, payload.data, content_type=payload.content_type, at=at)
        self._pending += 1
        if self._pending >= COMMIT_EXCHANGES:
            self._pending = 0
            for one in self._writers.values():
                one.sync()
        if writer.size >= self._max_file_bytes:
            writer.seal()
            del self._writers[site.name if site else OTHER_SOURCE]

    def _writer(self, site: Site | None) -> WarcWriter:
        """The file for a site's pages, or for those of no known site."""
        source = site.name if site else OTHER_SOURCE
        if source not in self._writers:
            now = datetime.now(UTC)
            base_url = site_url(site) if site else ""
            info = CrawlInfo(software=self._software, source=source, base_url=base_url)
            name = next_name(self.folder, source, now)
            self._writers[source] = WarcWriter(self.folder, name, info, at=now, disk=self._disk)
            self.files.append(name)
        return self._writers[source]


def site_url(site: Site) -> str:
    """The site's own base URL: the longest of its host names."""
    return f"https://{max(site.hosts, key=lambda host: (len(host), host))}"


def _identity(url: str, digest: str) -> bytes:
    """What makes a record the same as another: 16 bytes, so that a million take 100 MB."""
    return hashlib.sha256(f"{clean_uri(url)} {digest}".encode("utf-8", "surrogatepass")).digest()[
        :16
    ]


def _resources(folder: Path, progress: Progress) -> Iterator[Record]:
    """Yield the resource records of a collection."""
    for path in warc_files(folder):
        for found in read_records(path, verify=False):
            progress(found.length)
            if isinstance(found, Record) and found.type == "resource":
                yield found
