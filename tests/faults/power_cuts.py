"""Whole crawls that are killed, go on, and lose power; what must hold then (docs/durability.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import polars as pl

from tests.fakes import FakeClock
from tests.faults.a_run import KeepingSite, SeasonSite, run_crawl
from tests.faults.lossy_disk import LossyDisk, PowerCut
from tests.faults.next_run import check_next_run
from tests.faults.nothing_lost import (
    Archived,
    check_tables,
    read_all,
    tables_of,
)
from tests.faults.tally import Tally


@dataclass(slots=True)
class PowerCuts:
    """Crawls of one small season; `undisturbed` are the tables of a crawl without a cut."""

    site: KeepingSite = field(repr=False)
    undisturbed: dict[str, pl.DataFrame] = field(repr=False)
    tally: Tally

    def survives(self, folder: Path, ends: Sequence[int], seed: int) -> None:
        """Crawl with processes that die at these disk operations; the last one loses power.

        ends  in operations of each process; one that ends before closes its collection in order
        seed  decides what is left of what was not synced
        """
        running, left = (folder / name / self.site.name for name in ("running", "left"))
        disk, clock = LossyDisk(running), FakeClock()
        for ends_at in ends:
            disk.begin(ends_at)
            clock.elapsed_s += 60.0
            try:
                run_crawl(running, self.site, clock, disk=disk)
            except PowerCut:
                self.tally.kills += 1
            self.tally.runs += 1
        must_have = self._acknowledged(disk, folder / "synced")
        disk.cut(left, Random(seed))
        self.tally.cuts += 1
        check_next_run(left, site=self.site, clock=clock, must_have=must_have, tally=self.tally)
        check_tables(left.parent, self.undisturbed, self.tally)

    def _acknowledged(self, disk: LossyDisk, scratch: Path) -> dict[str, Archived]:
        """The exchanges whose bytes were synced; every row that was committed is among them."""
        disk.synced(scratch)
        synced, _ = read_all(scratch.iterdir())
        assert disk.claimed <= synced.keys(), "the manifest claims what was never synced"
        return synced


def power_cuts(folder: Path, site: KeepingSite | None = None) -> PowerCuts:
    """The crawls, of HLTV if no site is said, with the tables of one that nothing disturbs."""
    site = site or SeasonSite()
    run_crawl(folder / "undisturbed" / site.name, site, FakeClock())
    return PowerCuts(site=site, undisturbed=tables_of(folder / "undisturbed"), tally=Tally())
