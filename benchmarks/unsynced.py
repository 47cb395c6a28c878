"""Runs the command with syncing left out, and says how often it would have synced.

Files and the manifest are written as always, but nothing waits for the disk: what a crawl saves
this way is what its promise to survive a power cut costs.
"""

from __future__ import annotations

import atexit
import functools
import os
import sqlite3
import sys
from collections import Counter
from typing import Any

from warchouse import main

LEFT_OUT: Counter[str] = Counter()


class UnsyncedConnection(sqlite3.Connection):
    """A connection that cannot be told to sync."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Run a statement; one that asks for syncing asks for none."""
        if "synchronous" in sql.lower():
            sql = "PRAGMA synchronous = OFF"
        return super().execute(sql, parameters)

    def commit(self) -> None:
        """Commit, and count it: with syncing on, each waits for the disk."""
        LEFT_OUT["commits"] += 1
        super().commit()


def no_sync(fd: object) -> None:  # noqa: ARG001 - the signature of os.fsync
    """Count a file's sync in place of doing it."""
    LEFT_OUT["files"] += 1


if __name__ == "__main__":
    os.fsync = no_sync
    sqlite3.connect = functools.partial(sqlite3.connect, factory=UnsyncedConnection)  # type: ignore[assignment]
    atexit.register(
        lambda: print(f"left out: {LEFT_OUT['files']} + {LEFT_OUT['commits']}", file=sys.stderr)
    )
    main()
