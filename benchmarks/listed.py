"""A fixed list of pages, the server that has them ready, and our crawl of such a list."""

from __future__ import annotations

import itertools
import pickle
import shutil
import signal
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import ROOT, Usage, python
from tests.replica.season import Season

WORK = ROOT / "build" / "bench"
DISTINCT_PAGES = 300  # of about 400 kB: what the server holds in memory


def fresh(name: str) -> Path:
    """An empty folder under build/bench/."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_pages() -> tuple[Path, list[str]]:
    """Render pages of every type at their usual sizes; gives the file and the targets."""
    season = Season(seed=7, matches=120)
    targets, bodies = [], []
    for target in itertools.islice(season.targets(), DISTINCT_PAGES):
        page = season.page(target)
        if page is not None and page.status == 200:
            targets.append(target)
            bodies.append(page.body)
    path = WORK / "pages.pickle"
    path.write_bytes(pickle.dumps(bodies))
    mean_kb = statistics.mean(len(body) for body in bodies) / 1000
    median_kb = statistics.median(len(body) for body in bodies) / 1000
    print(f"{len(bodies)} pages, median {median_kb:.0f} kB, mean {mean_kb:.0f} kB")
    return path, targets


@contextmanager
def page_server(pages: Path) -> Iterator[str]:
    """Serve ready-made pages in another process; gives the base URL."""
    words = [sys.executable, "-m", "benchmarks.server", str(pages)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def url_list(base_url: str, targets: list[str], count: int) -> Path:
    """A file of so many different URLs."""
    path = WORK / f"urls-{count}.txt"
    urls = []
    for number in range(count):
        target = targets[number % len(targets)]
        urls.append(f"{base_url}{target}{'&' if '?' in target else '?'}n={number}")
    path.write_text("\n".join(urls) + "\n", encoding="utf-8")
    return path


def crawl_words(urls: Path, base_url: str, *options: str) -> list[str]:
    """Arguments of our crawl of a fixed list into an empty folder, link discovery off."""
    where = ["--archives", str(fresh("ours")), "--base-url", base_url]
    return ["fetch", "urls", str(urls), *where, "--pace", "0-0", "--quiet", *options]


def crawl(urls: Path, base_url: str, *options: str, module: str = "warchouse") -> Usage:
    """What our crawl of a fixed list costs.

    module  the command, or a launcher that changes something before it runs the command
    """
    return python(module, *crawl_words(urls, base_url, *options), log=WORK / "ours.log")
