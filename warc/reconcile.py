"""Putting a collection in order when it is opened: torn tails set aside, files indexed.

Theory of operation. A file still named .open was left by a writer that did not end. What the
manifest had committed of it was synced and is not read again; from there on every whole exchange
is kept, what is torn is moved to NAME.torn-OFFSET (`warc.torn`), and the file is synced and
sealed. After that every file is compared with the manifest by name and size; what is new is
indexed, what is gone is forgotten. The metadata records say for which page a capture was made, so
a deleted manifest can be made again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from warc.disk import Disk
from warc.errors import CollectionError
from warc.indexing import Indexing
from warc.manifest import MANIFEST_NAME, Manifest
from warc.sites.page import Site
from warc.torn import set_aside, whole_part
from warc.writer import OPEN_SUFFIX

WARC_SUFFIXES = (".warc.gz", ".warc", ".warc.zst", ".arc.gz", ".arc")


def warc_files(folder: Path) -> Iterator[Path]:
    """The WARC files of a folder that are not being written, in order of their names."""
    yield from sorted(
        path for path in folder.iterdir() if path.name.endswith(WARC_SUFFIXES) and path.is_file()
    )


def make_folder(folder: Path, disk: Disk) -> None:
    """Make a collection's folder, each new folder synced into the one above; raises OSError."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / MANIFEST_NAME).exists():  # also where a run died before it had synced
        for one in missing or [folder]:
            disk.sync_folder(one.parent)


def seal_left_files(folder: Path, manifest: Manifest, disk: Disk) -> tuple[str, ...]:
    """Repair and seal what a writer left open; one sentence for each tail that was set aside."""
    return seal_left(folder, manifest.files(), disk)


def seal_left(folder: Path, known: Mapping[str, int], disk: Disk) -> tuple[str, ...]:
    """Repair and seal what a writer left open, with or without a manifest.

    known  bytes of each file that are known to be synced
    """
    told: list[str] = []
    for path in sorted(folder.glob(f"*.warc.gz{OPEN_SUFFIX}")):
        name = path.name.removesuffix(OPEN_SUFFIX)
        try:
            told += _seal_left(path, name, known.get(name), disk)
        except OSError as error:
            problem = f"{path} cannot be repaired: {error.strerror} (see --archives)"
            raise CollectionError(problem) from error
    return tuple(told)


def _seal_left(path: Path, name: str, committed: int | None, disk: Disk) -> Iterator[str]:
    """Repair and seal one file.

    committed  bytes of it that the manifest knows to be synced; where the file is shorter, it was
               shortened, and the manifest proves nothing
    """
    sealed = path.with_name(name)
    if sealed.exists():
        raise CollectionError(f"{path} and {name} are both there: move one of them elsewhere")
    is_known = committed is not None and committed <= path.stat().st_size
    whole = whole_part(path, synced=(committed or 0) if is_known else 0)
    yield from set_aside(path, name, whole, disk)
    if whole.has_exchanges:
        # A killed writer leaves bytes that only the system's memory has: once the manifest knows
        # them they must not be lost.
        handle = disk.reopen(path)
        try:
            disk.sync(handle)
        finally:
            disk.close(handle)
        disk.rename(path, sealed)
    else:
        disk.remove(path)
    disk.sync_folder(path.parent)


def index_files(folder: Path, manifest: Manifest, site: Site) -> tuple[str, ...]:
    """Make the manifest agree with the files; one sentence for each change a person may want."""
    known = manifest.files()
    told = []
    present = {path.name: path for path in warc_files(folder)}
    for name in known.keys() - present.keys():
        manifest.forget_file(name)
        told.append(f"{name}: the file is gone, its captures are forgotten")
    for name, path in present.items():
        size = path.stat().st_size
        indexed = known.get(name, 0)
        if indexed == size and name in known:
            continue
        if indexed > size:
            manifest.forget_file(name)
            told.append(f"{name}: the file is shorter than it was, it is read again")
            indexed = 0
        told += Indexing(manifest, site, path).run(start=indexed)
    return tuple(told)


def refuse_mixture(folder: Path, manifest: Manifest, base_url: str) -> None:
    """Raise CollectionError where a file holds pages of another base URL."""
    for other, name in manifest.base_urls():
        if other.rstrip("/") != base_url.rstrip("/"):
            raise CollectionError(f"{folder} holds pages of {other} ({name}), not of {base_url}")
