"""Memory of a process and all processes below it, as Linux counts it."""

from __future__ import annotations

import contextlib
from pathlib import Path

PROC = Path("/proc")


def tree_of(pid: int) -> list[int]:
    """Process ids of a process and all below it."""
    children: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name in brackets may hold anything; the parent is the second field after it.
            parent = int(path.read_text("utf-8", "replace").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(children.get(found[-1], ()))
    return found


def pss_bytes(pid: int) -> int:
    """Memory of one process, pages shared by n processes counted as an n-th; 0 if it is gone."""
    with contextlib.suppress(OSError):
        for line in (PROC / str(pid) / "smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def tree_pss_bytes(pid: int) -> int:
    """Memory of a process and all processes below it."""
    return sum(pss_bytes(one) for one in tree_of(pid))
