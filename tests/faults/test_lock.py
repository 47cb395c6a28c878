"""The lock of a collection where the disk is full."""

from __future__ import annotations

from pathlib import Path

import pytest

from warc.lock import FolderLock


def test_a_full_disk_keeps_the_holders_name_out_of_the_lock_and_nothing_else() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full")
    lock = FolderLock(full)
    lock.take("fetch")
    lock.release()
