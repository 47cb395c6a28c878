"""What a second parse costs: after an upgrade, with nothing new, with two workers; and replay."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.listed import WORK, fresh
from benchmarks.measure import Usage, python, run

ROUNDS = 3
WHOLE_PAGES = 7_500  # of usual size, some 340 kB: so many blocks that two workers share them well
FEW, MANY = 10_000, 100_000  # small pages, about 50 kB
UPGRADED = "hltv.map_stats"
UPGRADE_REASON = (
    "half of it is reading and parsing those pages; all roots are assembled anew, and the three "
    "widest tables are what these pages feed; tables of other pages keep their parts"
)
OLD = ("--pin", f"{UPGRADED}=1")
LOG = "parse.log"


def season(pages: int, *, small: bool) -> Path:
    """The archives of a season, written once."""
    archives = WORK / f"season-{pages}{'-small' if small else ''}"
    if not (archives / "done").exists():
        shutil.rmtree(archives, ignore_errors=True)
        words = [str(archives / "hltv"), "--pages", str(pages), *(["--small"] if small else [])]
        python("benchmarks.seasons", *words, log=WORK / "seasons.log")
        (archives / "done").touch()
    return archives


def parse(archives: Path, tables: Path, *words: str, steady_heap: bool = False) -> Usage:
    """What one parse costs."""
    where = ["--archives", str(archives), "--warehouse", str(tables), "--quiet"]
    return python("warchouse", "parse", *where, *words, log=WORK / LOG, steady_heap=steady_heap)


def share_of_bytes(tables: Path, page_type: str) -> float:
    """How much of the archive's bytes a page type's captures are."""
    snapshot = tables / "snapshots" / (tables / "CURRENT").read_text().strip()
    captures = pl.read_parquet(snapshot / "captures" / "*.parquet")
    of_type = captures.filter(pl.col("page_type") == page_type)
    return int(of_type["length"].sum()) / int(captures["length"].sum())


def upgrading() -> Iterator[Figure]:
    """CPU of a parse after one page type's parser got a new version, against a full one."""
    archives = season(WHOLE_PAGES, small=False)
    ratios, share = [], 0.0
    for _ in range(ROUNDS):
        full = parse(archives, fresh("full"), steady_heap=True)
        tables = fresh("upgraded")
        parse(archives, tables, *OLD)
        upgrade = parse(archives, tables, steady_heap=True)
        share = share_of_bytes(tables, UPGRADED.partition(".")[2])
        print(f"full    {full}\nupgrade {upgrade}", flush=True)
        ratios.append(upgrade.cpu_s / full.cpu_s)
    compared = f"CPU of a full parse; {UPGRADED} pages are {share:.0%} of the bytes"
    aim = round(share + 0.1, 2)
    yield at_most("upgrade CPU", statistics.median(ratios), aim, compared, UPGRADE_REASON)


def workers() -> Iterator[Figure]:
    """What a second worker gains, against what a second bare process gains."""
    archives = season(WHOLE_PAGES, small=False)
    files = sorted(archives.rglob("*.warc.gz"))
    halves = [_half(files[0], number) for number in (0, 1)]
    ratios = []
    for _ in range(ROUNDS):
        one = parse(archives, fresh("one"), steady_heap=True)
        two = parse(archives, fresh("two"), "--workers", "2", steady_heap=True)
        bare_one = run([*_floor(), *map(str, halves)], log=WORK / LOG, steady_heap=True)
        both = " & ".join(" ".join([*_floor(), str(half)]) for half in halves) + " & wait"
        bare_two = run(["sh", "-c", both], log=WORK / LOG, steady_heap=True)
        gains = one.wall_s / two.wall_s, bare_one.wall_s / bare_two.wall_s
        print(f"ours {gains[0]:.2f}, bare {gains[1]:.2f}; two workers {two}", flush=True)
        ratios.append(gains[0] / gains[1])
    compared = "gain of a second bare process that inflates members and builds trees"
    yield at_least("worker gain", statistics.median(ratios), 0.9, compared)


def scale() -> Iterator[Figure]:
    """Peak memory of ten times the pages, and a parse of many pages that has nothing to do."""
    usages = []
    for pages in (FEW, MANY):
        usages.append(parse(season(pages, small=True), fresh(f"scale-{pages}")))
        print(f"{pages} small pages: {usages[-1]}", flush=True)
    compared = f"peak at {MANY} small pages against {FEW}"
    yield at_most("parse peak", usages[1].rss_peak_bytes / usages[0].rss_peak_bytes, 1.1, compared)
    ratios = []
    for _ in range(2 * ROUNDS + 1):
        nothing = parse(season(MANY, small=True), WORK / f"scale-{MANY}")
        start = python("warchouse", "--help", log=WORK / LOG)
        ratios.append(nothing.wall_s / start.wall_s)
    told = (WORK / LOG).read_text(encoding="utf-8")
    assert "warchouse" in told, "the help was not printed"
    compared = f"`warchouse --help`: a parse of {MANY} small pages with nothing new"
    yield at_most("no-op parse", statistics.median(ratios), 3, compared)


def replay() -> Iterator[Figure]:
    """CPU of reading with all checks, against warcio with its digests checked and ISA-L."""
    files = [str(path) for path in sorted(season(WHOLE_PAGES, small=False).rglob("*.warc.gz"))]
    ratios = []
    for _ in range(ROUNDS):
        ours = python("benchmarks.replaying", "ours", *files, log=WORK / LOG, steady_heap=True)
        theirs = python("benchmarks.replaying", "warcio", *files, log=WORK / LOG, steady_heap=True)
        print(f"ours   {ours}\nwarcio {theirs}", flush=True)
        ratios.append(ours.cpu_s / theirs.cpu_s)
    compared = "CPU of warcio with check_digests='raise' and ISA-L, bodies read"
    yield at_most("replay CPU", statistics.median(ratios), 1.2, compared)


def _floor() -> list[str]:
    return [sys.executable, "-m", "benchmarks.floors", "parse"]


def _half(file: Path, number: int) -> Path:
    """One half of an archive's records, in a file of its own."""
    halves = [file.with_name(f"half-{each}.gz") for each in (0, 1)]
    if not all(half.exists() for half in halves):
        from warc.reader import read_records  # noqa: PLC0415 - only here

        data, middle = file.read_bytes(), file.stat().st_size // 2
        cut = next(one.offset for one in read_records(file, start=middle, resync=True))
        halves[0].write_bytes(data[:cut])
        halves[1].write_bytes(data[cut:])
    return halves[number]
