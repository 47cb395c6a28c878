"""Files that people name for a command to write: one rule for tables, reports and marked pages.

Missing folders are made. What is kept (exported tables) takes the place of a file with --force
only; what is looked at (an HTML page) takes that of an earlier one, and of nothing else. No file at
all is called like an archive: pages that were fetched once are not written over by mistake. The
commands of archives are held to the same by `warc/output.py`, all of them by tests/test_output.py.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import WarehouseError
from warehouse.store import replace, sync

ARCHIVE = re.compile(r"\.w?arc(\.gz|\.zst)?(\.open)?$", re.IGNORECASE)
PAGES = frozenset({".html", ".htm"})


class OutputError(WarehouseError):
    """The user named a file that is not to be written."""

    exit_code = 2


def refuse_output(path: Path, *, force: bool) -> None:
    """Raise OutputError where a file that is kept may not be written; `force` replaces one."""
    _refuse_any(path)
    if os.path.lexists(path) and not force:
        raise OutputError(f"{path} is there already: --force replaces it")


def refuse_page(path: Path) -> None:
    """Raise OutputError where a page that is looked at may not be written."""
    _refuse_any(path)
    if os.path.lexists(path) and path.suffix.lower() not in PAGES:
        raise OutputError(f"{path} is there and is no .html file: it is not replaced")


def write_page(path: Path, content: bytes) -> None:
    """Write a page; who reads it meanwhile sees the one before.

    raises  OutputError where it may not be written, WarehouseError where the disk refuses
    """
    refuse_page(path)
    aside = aside_of(path)
    with writing(path):
        try:
            aside.write_bytes(content)
            sync(aside)
            replace(aside, path)
        finally:
            aside.unlink(missing_ok=True)


def aside_of(path: Path) -> Path:
    """Where a file is written before it takes its name."""
    return path.with_name(f".{path.name}.{os.getpid()}.partial")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make the folders of a file that is written inside; name the file where the disk refuses."""
    try:
        _make(path.parent)
        yield
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        reason = (error.strerror or str(error)).lower()
        raise WarehouseError(f"cannot write {path}: {reason}") from error


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # as systems say of a file in a folder's place
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error


def _refuse_any(path: Path) -> None:
    if ARCHIVE.search(path.name):
        raise OutputError(f"{path} is called like an archive: nothing else is written there")
    if path.is_dir():
        raise OutputError(f"{path} is a folder, not a file to write")
