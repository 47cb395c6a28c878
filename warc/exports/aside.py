"""A file that is written beside its name and takes it once it is whole and synced."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from warc.disk import RealDisk
from warc.errors import CollectionError, UsageError
from warc.words import reason_of

_SUFFIX = ".writing"


@contextmanager
def written_aside(path: Path) -> Iterator[BinaryIO]:
    """A new file for writing and seeking; it replaces what stands at the path when the block ends.

    Where the block raises, nothing is left and what stood there stays.

    raises  UsageError where the folder is not there, CollectionError where the disk refuses
    """
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else "is in no folder that exists"
        raise UsageError(f"{path} {what}")
    new = path.with_name(path.name + _SUFFIX)
    try:
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
