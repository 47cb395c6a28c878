"""Which files a command is about: collections by name, folders and files by path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warc.errors import UsageError
from warc.manifest import MANIFEST_NAME
from warc.reconcile import WARC_SUFFIXES
from warc.writer import OPEN_SUFFIX

# Where repair keeps the originals of what it replaced: never read as part of a collection.
DAMAGED_FOLDER = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """WARC files of one folder that are looked at together.

    files     in order of their names, files still open included
    is_whole  whether they are all the folder has: then its manifest can be compared with them
    """

    folder: Path
    files: tuple[Path, ...]
    is_whole: bool

    @property
    def name(self) -> str:
        """The folder's name, for people."""
        return self.folder.resolve().name

    @property
    def manifest(self) -> Path | None:
        """The folder's manifest, if it has one."""
        path = self.folder / MANIFEST_NAME
        return path if path.is_file() else None


def final_name(path: Path) -> str:
    """A file's name once it is sealed: what the manifest calls it."""
    return path.name.removesuffix(OPEN_SUFFIX)


def is_warc_file(path: Path) -> bool:
    """Whether a file is named as WARC and ARC files are, sealed or open."""
    return final_name(path).endswith(WARC_SUFFIXES) and path.is_file()


def collections_of(archives: Path) -> tuple[Target, ...]:
    """Every collection of a folder of collections; UsageError where there is no such folder."""
    if not archives.is_dir():
        raise UsageError(f"no folder of archives: {archives} (see --archives)")
    return tuple(
        target
        for folder in sorted(path for path in archives.iterdir() if path.is_dir())
        if (target := _of_folder(folder)).files or target.manifest
    )


def targets_of(words: Sequence[str], archives: Path) -> tuple[Target, ...]:
    """What the words of a command line mean: collections, folders, files; all if there are none.

    raises  UsageError where a word means nothing
    """
    if not words:
        found = collections_of(archives)
        if not found:
            raise UsageError(f"no collection in {archives} (see --archives)")
        return found
    targets: dict[Path, Target] = {}
    for word in words:
        for target in _meant(word, archives):
            known = targets.get(target.folder.resolve())
            targets[target.folder.resolve()] = _joined(known, target) if known else target
    return tuple(targets.values())


def collection_of(word: str, archives: Path) -> Target:
    """The one collection a word means: its name, or the path of its folder."""
    for folder in (archives / word, Path(word)):
        if folder.is_dir():
            target = _of_folder(folder)
            if target.files or target.manifest:
                return target
    raise UsageError(f"no collection {word!r} in {archives} (see --archives)")


def _meant(word: str, archives: Path) -> tuple[Target, ...]:
    """What one word means."""
    for path in (Path(word), archives / word):
        if path.is_file():
            return (Target(folder=path.parent, files=(path,), is_whole=False),)
        if path.is_dir():
            found = tuple(target for target in _below(path) if target.files or target.manifest)
            if not found:
                raise UsageError(f"no WARC files in {path}")
            return found
    raise UsageError(f"no collection, folder or file {word!r} (collections are in {archives})")


def _below(folder: Path) -> tuple[Target, ...]:
    """A folder and those below it, without what repair has set aside."""
    folders = sorted(path for path in folder.rglob("*") if path.is_dir())
    kept = [path for path in folders if DAMAGED_FOLDER not in path.relative_to(folder).parts]
    return tuple(_of_folder(path) for path in (folder, *kept))


def _of_folder(folder: Path) -> Target:
    """All WARC files right in a folder."""
    files = tuple(sorted(path for path in folder.iterdir() if is_warc_file(path)))
    return Target(folder=folder, files=files, is_whole=True)


def _joined(one: Target, other: Target) -> Target:
    """Two targets of one folder as one."""
    files = tuple(sorted({path.name: path for path in (*one.files, *other.files)}.values()))
    return Target(folder=one.folder, files=files, is_whole=one.is_whole or other.is_whole)
