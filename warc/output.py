"""Files that people name for a command about archives to write.

Missing folders are made. What is kept (an index, a package) takes the place of a file only with
--force; what is looked at (a plot) takes that of an earlier one. No file is called like an archive,
for none is written over by mistake. `warehouse/output.py` holds all other commands to the same.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from warc.disk import RealDisk
from warc.errors import CollectionError, UsageError
from warc.words import reason_of

ARCHIVE = re.compile(r"\.w?arc(\.gz|\.zst)?(\.open)?$", re.IGNORECASE)
_SUFFIX = ".writing"


def refuse_output(path: Path, *, force: bool) -> None:
    """Raise UsageError where a file may not be written; `force` replaces one that is there."""
    if ARCHIVE.search(path.name):
        raise UsageError(f"{path} is called like an archive: nothing else is written there")
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a file to write")
    if os.path.lexists(path) and not force:
        raise UsageError(f"{path} is there already: --force replaces it")


@contextmanager
def written_aside(path: Path) -> Iterator[BinaryIO]:
    """A new file for writing and seeking; it replaces what stands at the path when the block ends.

    Where the block raises, nothing is left and what stood there stays.

    raises  CollectionError where the disk refuses
    """
    new = path.with_name(path.name + _SUFFIX)
    try:
        _make(path.parent)
        try:
            with new.open("w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            RealDisk().rename(new, path)
            RealDisk().sync_folder(path.parent)
        except BaseException:
            with contextlib.suppress(OSError):
                new.unlink()
            raise
    except OSError as error:
        raise CollectionError(f"{path} cannot be written: {reason_of(error)}") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # as systems say of a file in a folder's place
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error
