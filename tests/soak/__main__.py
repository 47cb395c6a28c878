"""`python -m tests.soak`: the figures behind docs/durability.md, as long as one likes."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from itertools import product
from pathlib import Path
from random import Random

from tests.faults.a_run import SeasonSite
from tests.faults.network_reads import KINDS, MOST_WRITES, network_reads
from tests.faults.nth_operation import MOST_OPERATIONS, every_fault, going_on, harness
from tests.faults.power_cuts import power_cuts
from tests.faults.pubg_site import PubgSite
from tests.faults.tally import Tally
from tests.soak.kills import hltv, survive_kills
from tests.soak.pages import crawl_pages
from tests.soak.pubg import pubg
from warehouse.terminal import until_closed


def say(line: str) -> None:
    """One line at once."""
    print(line, flush=True)


def fail_everything(folder: Path) -> Tally:
    """Every n in every way: the disk of a crawl, then its network."""
    tally = Tally()
    makes = (("disk", harness), ("disk, going on", going_on))
    sites = (SeasonSite(), PubgSite())
    for (what, made), site in product(makes, sites):
        name = f"{what}, {site.name}"
        disk = made(folder / name, site)
        for kind, code in every_fault():
            for fail_at in range(1, MOST_OPERATIONS):
                if not disk.fails(fail_at, kind, code):
                    break
            else:
                raise AssertionError("the crawl never got through")
            say(f"{name}, {kind}, error {code}: {disk.tally}")
        tally.add(disk.tally)
    network = network_reads(folder / "network")
    with closing(network.site):
        for way in KINDS:
            for breaks_at in range(1, MOST_WRITES):
                if not network.fails(breaks_at, way):
                    break
            else:
                raise AssertionError("the crawl never got through")
            say(f"network, {way}: {network.tally}")
    tally.add(network.tally)
    return tally


def cut_power(folder: Path, cuts: int, seed: int) -> Tally:
    """Power cuts at random operations, behind up to two kills."""
    chance = Random(seed)
    sites = [power_cuts(folder / site.name, site) for site in (SeasonSite(), PubgSite())]
    for number in range(cuts):
        crawls = sites[number % len(sites)]
        ends = [chance.randint(1, 90) for _ in range(chance.randint(1, 3))]
        with tempfile.TemporaryDirectory(dir=folder) as place:
            crawls.survives(Path(place), ends, chance.randrange(1 << 32))
        if number % 100 == 99:
            say(f"power cuts: {crawls.tally}")
    tally = Tally()
    for crawls in sites:
        tally.add(crawls.tally)
    return tally


def kill(folder: Path, kills: int, seed: int) -> Tally:
    """Kills of crawls of either site, most of HLTV's: it has more pages."""
    tally = Tally()
    for serving, share in ((hltv, 4), (pubg, 1)):
        place = folder / serving.__name__
        place.mkdir()
        wanted = max(1, kills * share // 5)
        tally.add(survive_kills(place, wanted, seed=seed, serving=serving, say=say))
    return tally


def count_pages(folder: Path, pages: int, seed: int) -> int:
    """A crawl of many pages; its accounting is printed. The exit code."""
    account = crawl_pages(folder, pages, seed=seed, say=say)
    for line in account.lines():
        say(line)
    left = account.known - account.standing["archived"] - account.standing["revisit"]
    return 1 if left or account.again or account.known < pages else 0


def main() -> int:
    """Read the options and run what they name; without any, a little of everything."""
    options = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    options.add_argument("--faults", action="store_true", help="every n-th operation, every way")
    options.add_argument("--cuts", type=int, default=0, help="so many power cuts")
    options.add_argument("--kills", type=int, default=0, help="so many kills of a crawl")
    options.add_argument("--pages", type=int, default=0, help="a crawl of so many pages")
    options.add_argument("--seed", type=int, default=7)
    chosen = options.parse_args()
    if not (chosen.faults or chosen.cuts or chosen.kills or chosen.pages):
        chosen.faults, chosen.cuts, chosen.kills, chosen.pages = True, 50, 40, 500
    code = 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        parts: list[tuple[bool, str, Callable[[], Tally]]] = [
            (chosen.faults, "faults", lambda: fail_everything(folder / "faults")),
            (chosen.cuts > 0, "cuts", lambda: cut_power(folder / "cuts", chosen.cuts, chosen.seed)),
            (
                chosen.kills > 0,
                "kills",
                lambda: kill(folder / "kills", chosen.kills, chosen.seed),
            ),
        ]
        for wanted, name, work in parts:
            if wanted:
                (folder / name).mkdir()
                say(f"{name}: nothing lost: {work()}")
        if chosen.pages:
            code = count_pages(folder / "pages", chosen.pages, chosen.seed)
    return code


if __name__ == "__main__":
    with until_closed():
        sys.exit(main())
