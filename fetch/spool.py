"""Where a body waits until it is archived: in memory while small, then in a temporary file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from warc.errors import CollectionError
from warc.exchange import Body, SpooledBody

# Bytes held in memory. Every page of a match is below it; only dumps and media are above.
MEMORY_BYTES = 2 * 2**20


class Spool:
    """Collects a body of at most `limit` bytes.

    folder  where a large one waits: on the disk of the archive; None: the system's place
    """

    def __init__(self, limit: int, folder: Path | None = None) -> None:
        """Start empty."""
        self._limit = limit
        self._folder = folder
        self._size = 0
        self._parts: list[bytes] = []
        self._file: BinaryIO | None = None

    def add(self, chunk: bytes) -> bool:
        """Take a piece; False once the limit is passed: what fits was kept, and no more comes.

        raises  CollectionError where the disk refuses
        """
        room = self._limit - self._size
        kept = chunk[:room] if len(chunk) > room else chunk
        self._size += len(kept)
        self._parts.append(kept)
        if self._file is not None or self._size > MEMORY_BYTES:
            self._move_out()
        return len(kept) == len(chunk)

    def _move_out(self) -> None:
        """Move what is in memory into the file."""
        try:
            if self._file is None:
                # Unbuffered: whatever a full disk refuses, it refuses here.
                made = TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - kept open
                # typeshed does not say that an unbuffered file is a BinaryIO.
                self._file = cast("BinaryIO", made)
            for part in self._parts:
                written = 0
                while written < len(part):
                    written += self._file.write(memoryview(part)[written:])
        except OSError as error:
            where = self._folder or "the system's temporary folder"
            problem = f"a large body cannot be kept in {where}: {error.strerror} (see --archives)"
            raise CollectionError(problem) from error
        self._parts.clear()

    def body(self) -> bytes | Body:
        """The whole body: bytes if small, else a file that whoever archives it closes."""
        if self._file is None:
            return b"".join(self._parts)
        return SpooledBody(file=self._file, size=self._size)

    def close(self) -> None:
        """Forget the body."""
        self._parts.clear()
        if self._file is not None:
            self._file.close()


def release(body: bytes | Body) -> None:
    """Close the file behind a body, once the body is archived."""
    if isinstance(body, SpooledBody):
        body.file.close()
