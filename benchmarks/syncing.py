"""The cost of syncing: a crawl against the same crawl that never waits for the disk."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator

from benchmarks.figures import Figure, at_most
from benchmarks.listed import WORK, crawl, page_server, url_list, write_pages

PAGES = 3_000
ROUNDS = 3
REASON = (
    "each batch of 32 exchanges is synced twice, file and manifest: the figure grows with what the "
    "disk takes for one sync"
)


def syncing() -> Iterator[Figure]:
    """Wall time and CPU of a crawl that syncs, against one that does not."""
    pages, targets = write_pages()
    slower, dearer = [], []
    with page_server(pages) as base_url:
        urls = url_list(base_url, targets, PAGES)
        for _ in range(ROUNDS):
            unsynced = crawl(urls, base_url, module="benchmarks.unsynced")
            said = (WORK / "ours.log").read_text(encoding="utf-8")
            synced = crawl(urls, base_url)
            print(f"synced   {synced}\nunsynced {unsynced}", flush=True)
            slower.append(synced.wall_s / unsynced.wall_s)
            dearer.append(synced.cpu_s / unsynced.cpu_s)
    files, commits = _left_out(said)
    compared = (
        f"the same crawl of {PAGES} pages with its {files} syncs of files and folders "
        f"and {commits} of the manifest left out"
    )
    yield at_most("sync time", statistics.median(slower), 1.25, f"wall time of {compared}", REASON)
    yield at_most("sync CPU", statistics.median(dearer), 1.1, f"CPU of {compared}")


def _left_out(said: str) -> tuple[int, int]:
    """What the run without syncing left out, as it says at its end."""
    found = re.search(r"left out: (\d+) \+ (\d+)", said)
    assert found, said
    return int(found[1]), int(found[2])
