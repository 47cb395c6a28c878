"""What compressed bytes inflate to: in memory while it is one unit of usual size, else on disk.

Memory is then bounded by the largest record, however many records one gzip member or a run of zstd
frames holds. The temporary file has no name where the system allows it, and goes with its owner.
"""

from __future__ import annotations

import tempfile
from typing import BinaryIO

from warc.window import BytesWindow, FileWindow, Window

# 64 MiB: pages, API answers and telemetry are far below (spec/warc.md 3a: 300 KB).
KEPT_LIMIT_BYTES = 64 << 20


class Inflated:
    """Bytes that are added piece by piece and then looked at anywhere."""

    __slots__ = ("_file", "_window", "parts", "size")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.parts: list[bytes] = []
        """The pieces, while they are in memory; empty once they are on disk."""
        self.size = 0
        self._file: BinaryIO | None = None
        self._window: Window | None = None

    @property
    def is_in_memory(self) -> bool:
        """Whether `parts` holds it all."""
        return self._file is None

    def add(self, part: bytes) -> None:
        """Append a piece; raises OSError where the disk for temporary files refuses."""
        self.size += len(part)
        self._window = None
        if self._file is None and self.size <= KEPT_LIMIT_BYTES:
            self.parts.append(part)
        else:
            self.to_disk().write(part)

    def to_disk(self) -> BinaryIO:
        """Move what is in memory to a temporary file, before much more comes."""
        if self._file is None:
            made: BinaryIO = tempfile.TemporaryFile(prefix="warchouse-")  # noqa: SIM115 - closed with its owner
            made.writelines(self.parts)
            self.parts = []
            self._file = made
        return self._file

    def cut(self, size: int) -> None:
        """Forget what lies beyond a size; only once it is on disk."""
        file = self.to_disk()
        file.seek(size)
        file.truncate()
        self.size = size
        self._window = None

    def window(self) -> Window:
        """All of it, by position."""
        if self._window is None:
            if self._file is None:
                self._window = BytesWindow(b"".join(self.parts))
            else:
                self._file.flush()
                self._window = FileWindow(self._file)
        return self._window

    def close(self) -> None:
        """Let go of the temporary file, if there is one."""
        if self._file is not None:
            self._file.close()
