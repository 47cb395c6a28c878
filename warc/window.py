"""Bytes by position: of a file, through a buffer, or of an inflated member in memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Protocol

from warc.errors import ArchiveError

_BUFFER_BYTES = 1 << 20


class Window(Protocol):
    """A run of bytes of known size that can be looked at anywhere."""

    @property
    def size(self) -> int:
        """Bytes in all."""

    def view(self, offset: int, length: int) -> bytes | memoryview:
        """The bytes from an offset; fewer than asked only at the end."""


class BytesWindow:
    """A window onto bytes in memory."""

    __slots__ = ("_view", "size")

    def __init__(self, data: bytes) -> None:
        """Look at these bytes."""
        self._view = memoryview(data)
        self.size = len(data)

    def view(self, offset: int, length: int) -> memoryview:
        """The bytes from an offset; fewer than asked only at the end."""
        return self._view[offset : offset + length]


class FileWindow:
    """A window onto a file as long as it was when opened; later growth is not seen.

    Reads through a buffer and maps nothing: a mapped file that another process shortens
    would end this one.
    """

    __slots__ = ("_buffer", "_buffer_bytes", "_file", "_start", "size")

    def __init__(self, file: BinaryIO, *, buffer_bytes: int = _BUFFER_BYTES) -> None:
        """Look at this open file."""
        self._file = file
        self._buffer_bytes = buffer_bytes
        self.size = os.fstat(file.fileno()).st_size
        self._start = 0
        self._buffer = memoryview(b"")

    def view(self, offset: int, length: int) -> memoryview:
        """The bytes from an offset; fewer than asked only at the end."""
        length = max(0, min(length, self.size - offset))
        begin = offset - self._start
        if begin < 0 or begin + length > len(self._buffer):
            self._fill(offset, max(length, self._buffer_bytes))
            begin = 0
        return self._buffer[begin : begin + length]

    def _fill(self, offset: int, length: int) -> None:
        """Read a new buffer that begins at an offset."""
        self._file.seek(offset)
        self._buffer = memoryview(self._file.read(min(length, self.size - offset)))
        self._start = offset


def open_binary(path: str) -> BinaryIO:
    """A file opened for reading, without a buffer of its own.

    raises  ArchiveError where it cannot be opened
    """
    try:
        return Path(path).open("rb", buffering=0)
    except OSError as error:
        raise ArchiveError(f"cannot be read: {error.strerror}", file=path, offset=0) from error
