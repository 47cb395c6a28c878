"""A prune in a process of its own whose n-th change on the disk fails or is its end."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warehouse.errors import WarehouseError
from warehouse.prune import Wish, prune
from warehouse.store import Store

ROOT = Path(__file__).resolve().parents[2]
DISK_CALLS = 60
"""More changes than such a prune makes."""

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.chmod", "os.truncate"}
KILLED, FAILED, DONE = 9, 4, 0


def failing_call(folder: Path, number: int, *, how: str) -> bool:
    """Prune snapshots 1 and 4 in a warehouse; False where it did not come to the n-th change."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.warehouse.nth_disk_call", str(folder), str(number), how],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in {KILLED, FAILED, DONE}
    return "reached" in done.stdout


def main(folder: str, number: str, how: str) -> int:
    """Count what would change the disk; at the n-th, fail or die."""
    count = 0

    def change(event: str, args: tuple[object, ...]) -> None:
        nonlocal count
        writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wxa+")
        if event not in CHANGES and not (writes and str(args[0]).startswith(folder)):
            return
        count += 1
        if count == int(number):
            os.write(1, b"reached\n")
            if how == "kill":
                os._exit(KILLED)
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    sys.addaudithook(change)
    wish = Wish(ids=("1", "4"), min_age=timedelta())
    try:
        prune(Store(Path(folder)), wish, now=datetime.now(UTC))
    except WarehouseError as error:
        os.write(2, f"{error}\n".encode())
        return FAILED
    return DONE


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
