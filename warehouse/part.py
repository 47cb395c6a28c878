"""One Parquet file of a table, as a snapshot lists it. Loads no Parquet library."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

HASH_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One written Parquet file: its table, name, row count, and the SHA-256 of its bytes."""

    table: str
    name: str
    rows: int
    size: int
    sha256: str


def is_whole(part: Part, path: Path) -> bool:
    """Whether a file is a part, byte for byte; a part that is not there is not."""
    try:
        return path.stat().st_size == part.size and file_sha256(path) == part.sha256
    except OSError:
        return False


def file_sha256(path: Path, *, size: int | None = None) -> str:
    """SHA-256 of a file's first `size` bytes (all by default), as hexadecimal digits."""
    made = hashlib.sha256()
    left = path.stat().st_size if size is None else size
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(left, HASH_BYTES))):
            made.update(piece)
            left -= len(piece)
    return made.hexdigest()
