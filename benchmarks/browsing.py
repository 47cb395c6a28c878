"""The browser transport: pages a second with one tab and four, and memory over many pages.

Takes some ten minutes, most of it resting: a page is read half a second after its last request.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.listed import WORK, crawl, crawl_words, page_server, url_list, write_pages
from benchmarks.measure import ROOT, Usage, python
from benchmarks.process_tree import tree_pss_bytes
from fetch.browsing.page import Patience

PAGES = 60
ROUNDS = 3
FEW, MANY = 50, 500
REST_S = Patience().quiet_s
SAMPLE_S = 0.25  # between two looks at memory; a page takes about 0.1 s


def browsing() -> Iterator[Figure]:
    """Speed against a bare browser, four tabs against one, memory of 500 pages against 50."""
    if shutil.which("chromium") is None:
        sys.exit("the browser is measured with Debian's chromium, which is not installed")
    pages, targets = write_pages()
    with page_server(pages) as base_url:
        yield from _speed(base_url, targets)
        yield _memory(base_url, targets)


def _speed(base_url: str, targets: list[str]) -> Iterator[Figure]:
    """Pages a second with one tab and with four, start and end of the browser included.

    A page is read once it has been quiet for a while. One tab is therefore measured against a
    bare one that rests as long on each page; four tabs, whose rests overlap, against one that
    never rests.
    """
    urls = url_list(base_url, targets, PAGES)
    ones, fours, gains = [], [], []
    for _ in range(ROUNDS):
        bare = _bare(urls, 0.0)
        resting = _bare(urls, REST_S)
        one = crawl(urls, base_url, "--browser", "--tabs", "1")
        four = crawl(urls, base_url, "--browser", "--tabs", "4")
        ones.append(resting.wall_s / one.wall_s)
        fours.append(bare.wall_s / four.wall_s)
        gains.append(one.wall_s / four.wall_s)
        rates = [f"{PAGES / usage.wall_s:.1f}" for usage in (bare, resting, one, four)]
        print(
            f"pages/s: bare tab {rates[0]}, bare tab that rests {rates[1]}, ours with 1 tab "
            f"{rates[2]}, with 4 tabs {rates[3]}",
            flush=True,
        )
    floor = f"of a bare Chromium tab that records nothing, {PAGES} pages"
    rests = f"pages/s {floor}, resting {REST_S:g} s on each like ours"
    yield at_least("browser 1 tab", statistics.median(ones), 0.75, rests)
    yield at_least("browser 4 tabs", statistics.median(fours), 0.5, f"pages/s {floor}")
    yield at_least("4 tabs to 1", statistics.median(gains), 2.0, "pages/s of one tab")


def _bare(urls: Path, rest_s: float) -> Usage:
    """What the floor costs."""
    words = [str(urls), "--rest-s", str(rest_s)]
    return python("benchmarks.bare_browser", *words, log=WORK / "floor.log")


def _memory(base_url: str, targets: list[str]) -> Figure:
    """Peak memory of the crawl and all its browser's processes over many pages."""
    urls = url_list(base_url, targets, MANY)
    begun = _served(base_url)
    few = many = 0
    words = [sys.executable, "-m", "warchouse", *crawl_words(urls, base_url, "--browser")]
    with (WORK / "ours.log").open("wb") as log:
        process = subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log)
        while process.poll() is None:
            many = max(many, tree_pss_bytes(process.pid))
            few = many if _served(base_url) - begun <= FEW else few
            time.sleep(SAMPLE_S)
    if process.returncode != 0:
        sys.exit(f"failed ({process.returncode}), see {WORK / 'ours.log'}")
    assert _served(base_url) - begun == MANY
    print(f"PSS of the tree: {few / 2**20:.0f} MiB at {FEW}, {many / 2**20:.0f} MiB at {MANY}")
    compared = f"peak PSS of all processes over {MANY} pages against the first {FEW}, one tab"
    return at_most("browser memory", many / few, 1.5, compared)


def _served(base_url: str) -> int:
    """How many pages the server has answered with."""
    with urllib.request.urlopen(f"{base_url}/served", timeout=10) as answer:
        return int(answer.read())
