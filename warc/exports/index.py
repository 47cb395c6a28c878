"""Lines of an index, sorted and each once, on disk: memory does not grow with their number."""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
from collections.abc import Iterator

from warc.codec import compress_member

# Lines to a block of a compressed index: what the makers of WACZ files use.
BLOCK_LINES = 1024

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
PRAGMA temp_store = FILE;
CREATE TABLE lines (line TEXT PRIMARY KEY, file TEXT NOT NULL) WITHOUT ROWID;
"""


class SortedLines:
    """Lines in the order of their code points, without repetitions."""

    def __init__(self) -> None:
        """Begin with nothing; the file goes when this is closed or the process ends."""
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.executescript(_TABLES)
        # One transaction that never ends: nothing of this is to be kept.
        self._connection.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    def add(self, line: str, *, file: str) -> None:
        """Keep a line, line end included, that is about a file."""
        self._connection.execute("INSERT OR IGNORE INTO lines VALUES (?, ?)", (line, file))

    def forget(self, file: str) -> None:
        """Drop the lines about a file."""
        self._connection.execute("DELETE FROM lines WHERE file = ?", (file,))

    def __len__(self) -> int:
        """How many lines there are."""
        return int(self._connection.execute("SELECT count(*) FROM lines").fetchone()[0])

    def __iter__(self) -> Iterator[str]:
        """Yield the lines in order."""
        for (line,) in self._connection.execute("SELECT line FROM lines ORDER BY line"):
            yield line


def blocks_of(lines: SortedLines, *, filename: str, described: list[bytes]) -> Iterator[bytes]:
    """Yield lines as blocks of gzip members (ZipNum).

    filename   what the file of these blocks will be called
    described  to which the index of the blocks is added, line by line
    """
    about = json.dumps({"format": "cdxj-gzip-1.0", "filename": filename})
    described.append(f"!meta 0 {about}\n".encode())
    offset, waiting = 0, iter(lines)
    while block := list(itertools.islice(waiting, BLOCK_LINES)):
        member = compress_member("".join(block).encode("utf-8"))
        place = {
            "offset": offset,
            "length": len(member),
            "digest": f"sha256:{hashlib.sha256(member).hexdigest()}",
        }
        described.append(f"{block[0].partition('{')[0].strip()} {json.dumps(place)}\n".encode())
        yield member
        offset += len(member)
