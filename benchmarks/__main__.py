"""Runs the measurements, prints one line each, and writes build/bench.json.

Every figure is a ratio within one run, because the machines it runs on are shared: wall time and
CPU time are medians of paired runs, memory is the peak of one process.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.backfilling import backfilling
from benchmarks.browsing import browsing
from benchmarks.careers import careers
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.listed import WORK, crawl, fresh, page_server, url_list, write_pages
from benchmarks.measure import ROOT, Usage, python, run
from benchmarks.reparsing import replay, scale, upgrading, workers
from benchmarks.syncing import syncing
from benchmarks.telemetry import telemetry
from tests.replica.background import running
from warehouse.terminal import until_closed

PAGES = 3_000
ROUNDS = 3
FEW, MANY = 2_000, 20_000
PARSE_REASON = (
    "by profile, trees and parsers take a quarter each, merging, checking and writing tables a "
    "fifth, inflating and digests an eighth, start-up a twelfth; each table of a map page is read "
    "three times, for both sides and each, which the floor is not"
)
PAGES_PER_MATCH = 9.2  # of a season: match page, and three pages for each of some 2.7 maps


def crawl_wget(urls: Path) -> Usage:
    """Wget's crawl of the same list into a WARC file."""
    folder = fresh("wget")
    archive, null = folder / "wget", "/dev/null"
    words = ["wget", "--quiet", "--input-file", str(urls), f"--warc-file={archive}"]
    return run([*words, "--output-document", null], log=WORK / "wget.log")


def crawl_floor(urls: Path) -> Usage:
    """A bare loop over the same list."""
    archive = fresh("floor") / "floor.gz"
    return python(
        "benchmarks.floors", "crawl", str(urls), "--archive", str(archive), log=WORK / "floor.log"
    )


def crawling() -> Iterator[Figure]:
    """Speed against wget, CPU against a bare loop."""
    if shutil.which("wget") is None:
        sys.exit("the crawl is measured against wget, which is not installed")
    pages, targets = write_pages()
    faster, dearer = [], []
    with page_server(pages) as base_url:
        urls = url_list(base_url, targets, PAGES)
        for _ in range(ROUNDS):
            ours, wget, floor = crawl(urls, base_url), crawl_wget(urls), crawl_floor(urls)
            print(f"ours  {ours}\nwget  {wget}\nfloor {floor}", flush=True)
            faster.append(wget.wall_s / ours.wall_s)
            dearer.append(ours.cpu_s / floor.cpu_s)
    compared = f"pages/s of `wget --warc-file`, same {PAGES} URLs"
    yield at_least("crawl speed", statistics.median(faster), 3, compared)
    compared = "CPU of a bare aiohttp loop with ISA-L, two SHA-1 and batched fsync"
    yield at_most("crawl CPU", statistics.median(dearer), 2, compared)


def parsing() -> Iterator[Figure]:
    """CPU of a whole parse against reading the members and building the trees."""
    archives = fresh("season")
    with running(seed=7, matches=300) as base_url:
        where = ["--archives", str(archives), "--base-url", base_url]
        words = ["fetch", "hltv", *where, "--pace", "0-0", "--quiet"]
        python("warchouse", *words, log=WORK / "season.log")
    files = [str(path) for path in sorted(archives.rglob("*.warc.gz"))]
    ratios = []
    for _ in range(ROUNDS):
        tables = fresh("tables")
        where = ["--archives", str(archives), "--warehouse", str(tables)]
        words = ["parse", *where, "--quiet"]
        ours = python("warchouse", *words, log=WORK / "parse.log", steady_heap=True)
        words = ["parse", *files]
        floor = python("benchmarks.floors", *words, log=WORK / "floor.log", steady_heap=True)
        print(f"ours  {ours}\nfloor {floor}", flush=True)
        ratios.append(ours.cpu_s / floor.cpu_s)
    compared = "CPU of reading each member and building its Lexbor tree"
    yield at_most("parse CPU", statistics.median(ratios), 2, compared, PARSE_REASON)


def crawl_memory() -> Iterator[Figure]:
    """Peak memory of a crawl of ten times the pages."""
    crawls = []
    for pages in (FEW, MANY):
        archives = fresh(f"small-{pages}")
        with running(seed=7, matches=round(pages / PAGES_PER_MATCH), small=True) as base_url:
            where = ["--archives", str(archives), "--base-url", base_url]
            words = ["fetch", "hltv", *where, "--pace", "0-0", "--quiet", "--max-pages", str(pages)]
            crawls.append(python("warchouse", *words, log=WORK / "small.log"))
        print(f"{pages} pages: crawl {crawls[-1]}")
    compared = f"peak at {MANY} small pages against {FEW}"
    ratio = crawls[1].rss_peak_bytes / crawls[0].rss_peak_bytes
    yield at_most("crawl memory", ratio, 1.1, compared)


MEASUREMENTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "crawl": crawling,
    "parse": parsing,
    "upgrade": upgrading,
    "workers": workers,
    "scale": scale,
    "replay": replay,
    "telemetry": telemetry,
    "backfill": backfilling,
    "careers": careers,
    "memory": crawl_memory,
    "sync": syncing,
    "browser": browsing,
}


def main() -> None:
    """Run what is asked for (all of it by default)."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    names = options.parse_args().names or list(MEASUREMENTS)
    if unknown := set(names) - set(MEASUREMENTS):
        options.error(f"no measurement {min(unknown)!r}; there are {', '.join(MEASUREMENTS)}")
    WORK.mkdir(parents=True, exist_ok=True)
    figures = [figure for name in names for figure in MEASUREMENTS[name]()]
    path = ROOT / "build" / "bench.json"
    path.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n")
    for figure in figures:
        print(figure)


if __name__ == "__main__":
    with until_closed():
        main()
