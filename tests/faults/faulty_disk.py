"""A disk that fails on demand, and forgets what was not synced when the power is cut."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

from warc.disk import RealDisk


class FaultyDisk:
    """Real files; operation number `fail_at` (from 1) and all after it fail.

    kind  "raise" fails before anything happens, "short" writes half first, "late" does the work
          and then fails, as a cable that is pulled during the answer; "once" fails that one only
    """

    def __init__(self, fail_at: int = 0, *, kind: str = "raise", code: int = errno.ENOSPC) -> None:
        self.fail_at = fail_at
        self.kind = kind
        self.code = code
        self.operations = 0
        self.synced: dict[Path, int] = {}
        self._real = RealDisk()
        self._paths: dict[int, Path] = {}

    def _fails(self) -> bool:
        self.operations += 1
        if self.kind == "once":
            return self.operations == self.fail_at
        return 0 < self.fail_at <= self.operations

    def _error(self) -> OSError:
        return OSError(self.code, "no space left (planted)")

    def _run(self, work: Callable[[], None]) -> None:
        fails = self._fails()
        if not fails or (self.kind == "late" and self.operations == self.fail_at):
            work()
        if fails:
            raise self._error()

    def create(self, path: Path) -> int:
        handles: list[int] = []
        try:
            self._run(lambda: handles.append(self._real.create(path)))
        except OSError:
            for handle in handles:
                self._real.close(handle)
            raise
        self._paths[handles[0]] = path
        self.synced[path] = 0
        return handles[0]

    def reopen(self, path: Path) -> int:
        handle = self._real.reopen(path)
        self._paths[handle] = path
        return handle

    def write(self, handle: int, data: bytes | memoryview) -> int:
        if self._fails():
            if self.kind != "raise":
                self._real.write(handle, data[: len(data) // 2])
            raise self._error()
        if self.kind == "short" and len(data) > 1000:
            return self._real.write(handle, data[: len(data) // 2])
        return self._real.write(handle, data)

    def sync(self, handle: int) -> None:
        self._run(lambda: self._real.sync(handle))
        path = self._paths[handle]
        self.synced[path] = path.stat().st_size

    def truncate(self, handle: int, size: int) -> None:
        self._run(lambda: self._real.truncate(handle, size))

    def close(self, handle: int) -> None:
        self._paths.pop(handle, None)
        self._real.close(handle)

    def rename(self, source: Path, target: Path) -> None:
        self._run(lambda: self._real.rename(source, target))
        if source in self.synced:
            self.synced[target] = self.synced.pop(source)

    def remove(self, path: Path) -> None:
        self._run(lambda: self._real.remove(path))

    def sync_folder(self, path: Path) -> None:
        self._run(lambda: self._real.sync_folder(path))

    def commit(self, connection: sqlite3.Connection) -> None:
        fails = self._fails()
        if not fails or (self.kind == "late" and self.operations == self.fail_at):
            connection.commit()
        if fails:
            raise sqlite3.OperationalError("disk I/O error (planted)")

    def cut_power(self, keep: Callable[[bytes], bytes]) -> None:
        """Change what was not synced of each file as `keep` says."""
        for path, size in self.synced.items():
            if path.exists():
                data = path.read_bytes()
                path.write_bytes(data[:size] + keep(data[size:]))
