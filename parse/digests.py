"""What must not be worked out twice: the digests of files, and of the program.

Both are remembered in small files of the warehouse's cache folder, together with what the system
says of the files they stand for. A file whose size, times and inode are the same has the digest it
had: an archive's files are written once, so that is as sure here as in any build tool. Deleting the
folder costs the time to read the files again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from warehouse.part import file_sha256

FILES = "files.json"
PROGRAM = "program.json"

T = TypeVar("T")

Mark = list[int]
"""What the system says of a file: size, modified, changed (both in ns), inode."""


class Program(msgspec.Struct):
    """What is remembered of a program: its fingerprint, and its files with their marks."""

    fingerprint: str
    files: dict[str, Mark]


class FileDigests:
    """SHA-256 of files by their paths, as far as they are the same."""

    def __init__(self, cache: Path) -> None:
        """Read what is remembered; what is not readable counts as nothing."""
        self._path = cache / FILES
        self._known = _read(self._path, dict[str, tuple[Mark, str]]) or {}
        self._is_new = False

    def sha256(self, path: Path, size: int) -> str:
        """The digest of a file's first `size` bytes.

        raises  OSError where the file cannot be read
        """
        key, mark = str(path.resolve()), mark_of(path)
        if mark[0] != size:
            return file_sha256(path, size=size)  # it grew since it was found: not remembered
        if key in self._known and self._known[key][0] == mark:
            return self._known[key][1]
        digest = file_sha256(path, size=size)
        if mark == mark_of(path):
            self._known[key] = mark, digest
            self._is_new = True
        return digest

    def save(self) -> None:
        """Remember what was worked out; a disk that refuses costs the next parse some time."""
        if self._is_new:
            _write(self._path, self._known)


def remembered_program(
    cache: Path, name: str, make: Callable[[], tuple[str, Iterable[Path]]]
) -> str:
    """The fingerprint of a program, worked out anew if any of its source files changed.

    make  gives the fingerprint and the files it covers
    """
    path = cache / PROGRAM
    remembered = _read(path, dict[str, Program]) or {}
    known = remembered.get(name)
    with contextlib.suppress(OSError):
        if known and all(mark_of(Path(file)) == mark for file, mark in known.files.items()):
            return known.fingerprint
    fingerprint, files = make()
    marks = {str(file): mark_of(file) for file in files}
    _write(path, remembered | {name: Program(fingerprint, marks)})
    return fingerprint


def mark_of(path: Path) -> Mark:
    """What the system says of a file."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, ValueError):
        return None


def _write(path: Path, value: object) -> None:
    aside = path.with_name(f"{path.name}-{os.getpid()}")
    with contextlib.suppress(OSError):
        if path.parent.is_dir():
            aside.write_bytes(msgspec.json.encode(value))
            aside.replace(path)
