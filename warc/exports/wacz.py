"""A WACZ file: WARC files, their index and a list of pages in one ZIP, with a digest of each.

WARC files and the compressed index are stored, not deflated, so that a player can read a record by
its offset in the ZIP; entries may be longer than 4 GiB. Nothing depends on when it was made.
Source: the WACZ specification 1.1.1 (webrecorder).
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from warc.exchange import CHUNK_BYTES

VERSION = "1.1.1"

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP can name
_UNIX = 3
_MODE = 0o100644 << 16
_NAME = re.compile(r"[^a-z0-9._-]+")


class WaczWriter:
    """One WACZ file being written; `close` adds what describes it, `abandon` lets go of it."""

    def __init__(self, out: BinaryIO) -> None:
        """Write into this file."""
        self._zip = zipfile.ZipFile(out, "w", allowZip64=True)
        self._resources: list[dict[str, object]] = []

    def add(
        self, path: str, chunks: Iterable[bytes], *, stored: bool, size: int | None = None
    ) -> None:
        """Add an entry.

        stored  not deflated
        size    in bytes, where it is known
        """
        entry = _entry(path, stored=stored)
        digest, written = hashlib.sha256(), 0
        with self._zip.open(entry, "w", force_zip64=size is None or size >= 1 << 31) as out:
            for chunk in chunks:
                digest.update(chunk)
                written += out.write(chunk)
        self._resources.append(
            {
                "name": _NAME.sub("-", path.rpartition("/")[2].lower()),
                "path": path,
                "hash": f"sha256:{digest.hexdigest()}",
                "bytes": written,
            }
        )

    def close(self, *, title: str, created: str, software: str) -> None:
        """Describe what was added, and end the file."""
        package = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": title,
            "created": created,
            "software": software,
            "resources": self._resources,
        }
        data = json.dumps(package, indent=2, ensure_ascii=False).encode("utf-8")
        digest = {
            "path": "datapackage.json",
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        }
        self._zip.writestr(_entry("datapackage.json", stored=False), data)
        described = json.dumps(digest, indent=2).encode("utf-8")
        self._zip.writestr(_entry("datapackage-digest.json", stored=False), described)
        self._zip.close()

    def abandon(self) -> None:
        """Let go of a file that will not be whole."""
        with contextlib.suppress(OSError, ValueError):  # what led here says what is wrong
            self._zip.close()


def chunks_of(path: Path, size: int, progress: Callable[[int], None]) -> Iterator[bytes]:
    """Yield the first bytes of a file; raises OSError."""
    left = size
    with path.open("rb") as file:
        while left and (chunk := file.read(min(left, CHUNK_BYTES))):
            left -= len(chunk)
            progress(len(chunk))
            yield chunk


def _entry(path: str, *, stored: bool) -> zipfile.ZipInfo:
    """An entry's description, the same whoever makes it and when."""
    made = zipfile.ZipInfo(path, date_time=_EPOCH)
    made.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    made.create_system = _UNIX
    made.external_attr = _MODE
    return made
