"""Collections in order: damaged files repaired and the manifest with them, or it made anew.

Both hold the collection's lock, go through `warc.disk.Disk`, and may be killed at any instant: the
files are the truth, and what the manifest has not learnt it learns when the collection is opened.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from warc.archives.repair import Plan, plan, put_in_place, repair_file
from warc.archives.targets import Target
from warc.collection import LOCK_NAME
from warc.disk import Disk, RealDisk
from warc.errors import ArchiveError, CollectionError
from warc.lock import FolderLock
from warc.manifest import MANIFEST_NAME, Manifest
from warc.note import read_note
from warc.reader import read_records
from warc.reconcile import index_files, seal_left_files
from warc.record import Record
from warc.sites import SITES
from warc.sites.page import Site
from warc.writer import OPEN_SUFFIX

_TABLES = ("pages", "captures", "crawls", "files")
_NEW_SUFFIX = ".rebuilding"

# Revisits whose original is gone: their pages are to be asked for again.
_DANGLING = """SELECT DISTINCT file FROM captures AS one
    WHERE record_type = 'revisit' AND verdict = 'content' AND NOT EXISTS
    (SELECT 1 FROM captures AS original WHERE original.record_type <> 'revisit'
     AND (original.record_id = one.refers_to
          OR (original.url = one.url AND original.payload_digest = one.payload_digest)))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What was repaired, or would be: `told` are sentences about open files and the manifest."""

    plans: tuple[Plan, ...]
    told: tuple[str, ...]
    applied: bool


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Rows of each table before and after; None before where there was no manifest to read."""

    before: dict[str, int] | None
    after: dict[str, int]
    told: tuple[str, ...]


def look(target: Target) -> Repaired:
    """What repairing files would do; changes nothing."""
    sealed = [path for path in target.files if not path.name.endswith(OPEN_SUFFIX)]
    told = tuple(
        f"{path.name}: would be kept up to its last whole exchange and sealed"
        for path in target.files
        if path.name.endswith(OPEN_SUFFIX)
    )
    return Repaired(plans=tuple(plan(path) for path in sealed), told=told, applied=False)


def repair(target: Target, disk: Disk | None = None, *, sites: Sequence[Site] = SITES) -> Repaired:
    """Repair a collection's files, or some of them, and bring the manifest into agreement.

    sites   who may judge the captures: the one that the files' warcinfo names, else the first
    raises  CollectionError where the collection is in use or the disk refuses
    """
    disk = disk or RealDisk()
    with _locked(target.folder, "repair"), _manifest_of(target) as manifest:
        told: tuple[str, ...] = ()
        names = {path.name.removesuffix(OPEN_SUFFIX) for path in target.files}
        if any(path.name.endswith(OPEN_SUFFIX) for path in target.files):
            told = _seal(target.folder, manifest, disk)
        paths = [target.folder / name for name in sorted(names)]
        plans = tuple(plan(path) for path in paths if path.is_file())
        for one in plans:
            if one.is_needed and one.is_possible:
                new = repair_file(one.path, disk)
                if manifest is not None:
                    manifest.forget_file(one.path.name)
                    manifest.commit()
                put_in_place(new, one.path, disk)
        if manifest is not None:
            told += _agree(target.folder, manifest, sites)
    return Repaired(plans=plans, told=told, applied=True)


def rebuild_manifest(
    folder: Path, disk: Disk | None = None, *, sites: Sequence[Site] = SITES
) -> Rebuilt:
    """Make the manifest anew from the WARC files; the old one stays until the new one is whole.

    raises  CollectionError where the collection or its manifest is in use, or the disk refuses
    """
    disk = disk or RealDisk()
    path = folder / MANIFEST_NAME
    new = folder / (MANIFEST_NAME + _NEW_SUFFIX)
    with _locked(folder, "rebuild-manifest"):
        before = _settle(path)
        try:
            _remove(new, disk)
            told = _make(folder, new, disk, sites)
            after = _count_rows(new)
            if before is None:
                _remove_logs(path, disk)  # of no database any more; it must not meet the new one
            disk.rename(new, path)
            disk.sync_folder(folder)
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            problem = f"{path} cannot be made anew: {reason} (see --archives)"
            raise CollectionError(problem) from error
    return Rebuilt(before, after, told)


def _make(folder: Path, new: Path, disk: Disk, sites: Sequence[Site]) -> tuple[str, ...]:
    """Make a manifest of a folder's files, synced; what sealing and indexing told."""
    manifest = Manifest(new, disk=disk)
    try:
        told = seal_left_files(folder, manifest, disk)
        told += _agree(folder, manifest, sites)
    finally:
        manifest.close()
    handle = disk.reopen(new)
    try:
        disk.sync(handle)
    finally:
        disk.close(handle)
    return told


@contextmanager
def _locked(folder: Path, purpose: str) -> Iterator[None]:
    """Hold a folder's lock."""
    lock = FolderLock(folder / LOCK_NAME)
    lock.take(purpose)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _manifest_of(target: Target) -> Iterator[Manifest | None]:
    """The folder's manifest, if it has one."""
    if target.manifest is None:
        yield None
        return
    manifest = Manifest(target.manifest)
    try:
        yield manifest
    finally:
        manifest.close()


def _seal(folder: Path, manifest: Manifest | None, disk: Disk) -> tuple[str, ...]:
    """Seal what a killed writer left open, in a collection that has a manifest."""
    if manifest is None:
        return ("files left open were not touched: there is no manifest beside them",)
    return seal_left_files(folder, manifest, disk)


def _agree(folder: Path, manifest: Manifest, sites: Sequence[Site]) -> tuple[str, ...]:
    """Index what the manifest does not know; revisits whose original is gone are judged again."""
    site = _site_of(folder, sites)
    told = index_files(folder, manifest, site)
    lost = [name for (name,) in _rows(manifest, _DANGLING)]
    for name in lost:
        manifest.forget_file(name)
    if lost:
        told += index_files(folder, manifest, site)
    manifest.refresh()
    manifest.commit()
    return told


def _rows(manifest: Manifest, statement: str) -> Sequence[tuple[str]]:
    """Rows of a manifest as it stands on disk, after a commit."""
    manifest.commit()
    try:
        with contextlib.closing(sqlite3.connect(manifest.path)) as connection:
            found: Sequence[tuple[str]] = connection.execute(statement).fetchall()
    except sqlite3.Error as error:
        raise CollectionError(f"{manifest.path} cannot be used: {error}") from error
    return found


def _site_of(folder: Path, sites: Sequence[Site]) -> Site:
    """The site of a collection: the source that one of its warcinfo records names."""
    by_name = {site.name: site for site in sites}
    for path in sorted(folder.glob("*.warc*")):
        with contextlib.suppress(ArchiveError):
            first = next(read_records(path, verify=False), None)
            if isinstance(first, Record) and first.type == "warcinfo":
                source = read_note(first).first("source") or ""
                if source in by_name:
                    return by_name[source]
    return sites[0]


def _settle(path: Path) -> dict[str, int] | None:
    """Bring a manifest's log into it, so that it can be replaced; its rows, None if unreadable.

    raises  CollectionError where another process is reading it
    """
    if not path.is_file():
        return None
    with contextlib.suppress(sqlite3.Error):
        counts = _count_rows(path)
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
        if Path(f"{path}-wal").exists():
            raise CollectionError(f"{path} is being read by another process; try again later")
        return counts
    return None


def _count_rows(path: Path) -> dict[str, int]:
    """The rows of each table; raises sqlite3.Error."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {
            table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - names of our own
            for table in _TABLES
        }


def _remove(path: Path, disk: Disk) -> None:
    """Remove a database that a rebuilding left when it died."""
    with contextlib.suppress(FileNotFoundError):
        disk.remove(path)
    _remove_logs(path, disk)


def _remove_logs(path: Path, disk: Disk) -> None:
    """Remove the files SQLite keeps beside a database."""
    for left in (Path(f"{path}-wal"), Path(f"{path}-shm")):
        with contextlib.suppress(FileNotFoundError):
            disk.remove(left)
