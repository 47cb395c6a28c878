"""Where a body waits until it is archived: in memory while small, then in a temporary file."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from warc.exchange import Body, SpooledBody

# Bytes held in memory. Every page of a match is below it; only dumps and media are above.
MEMORY_BYTES = 2 * 2**20


class Spool:
    """Collects a body of at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        """Start empty."""
        self._limit = limit
        self._size = 0
        self._parts: list[bytes] = []
        self._file: SpooledTemporaryFile[bytes] | None = None

    def add(self, chunk: bytes) -> bool:
        """Take a piece; False once the limit is passed: what fits was kept, and no more comes."""
        room = self._limit - self._size
        kept = chunk[:room] if len(chunk) > room else chunk
        self._size += len(kept)
        if self._file is None and self._size > MEMORY_BYTES:
            self._file = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115 - kept open
            self._file.writelines(self._parts)
            self._parts.clear()
        if self._file is None:
            self._parts.append(kept)
        else:
            self._file.write(kept)
        return len(kept) == len(chunk)

    def body(self) -> bytes | Body:
        """The whole body: bytes if small, else a file that whoever archives it closes."""
        if self._file is None:
            return b"".join(self._parts)
        # A SpooledTemporaryFile has every method of BinaryIO, but typeshed does not say so.
        return SpooledBody(file=cast("BinaryIO", self._file), size=self._size)

    def close(self) -> None:
        """Forget the body."""
        self._parts.clear()
        if self._file is not None:
            self._file.close()


def release(body: bytes | Body) -> None:
    """Close the file behind a body, once the body is archived."""
    if isinstance(body, SpooledBody):
        body.file.close()
