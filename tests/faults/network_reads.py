"""A whole crawl over real sockets whose n-th piece of an answer never comes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fetch.errors import FetchError
from fetch.report import Report
from tests.fakes import FakeClock
from tests.faults.a_run import run_crawl
from tests.faults.cut_site import Asking, Break, CutSite
from tests.faults.nothing_lost import check_nothing_lost, check_tables, tables_of
from tests.faults.tally import Tally

KINDS: tuple[Break, ...] = ("reset", "close")
MOST_WRITES = 1000


@dataclass(slots=True)
class NetworkReads:
    """Crawls under `folder`, one collection a fault."""

    folder: Path
    site: CutSite
    undisturbed: dict[str, pl.DataFrame]
    tally: Tally

    def fails(self, breaks_at: int, kind: Break, *, tables: bool = True) -> bool:
        """Crawl with a fault; False where the server never came to it."""
        archives = self.folder / f"{breaks_at}-{kind}"
        collection = archives / "hltv"
        self.site.begin(breaks_at, kind)
        before = self.site.whole.copy()
        clock = FakeClock()
        report = self._crawl(collection, clock)
        if report is None or report.ending == "refused":
            # Without robots.txt, or with half of it, nothing may be asked for; later it is there.
            clock.elapsed_s += 60.0
            report = self._crawl(collection, clock)
        assert report is not None
        assert (report.ending, report.partial, report.untouched) == ("done", 0, 0)
        check_nothing_lost(collection, must_have={}, sent=self.site, tally=self.tally)
        again = {url for url in self.site.pages() if self.site.whole[url] - before[url] != 1}
        assert not again, "a page that came as a whole was asked for again"
        if self.site.writes < breaks_at:
            return False
        self.tally.faults += 1
        if tables:
            check_tables(archives, self.undisturbed, self.tally)
        return True

    def _crawl(self, folder: Path, clock: FakeClock) -> Report | None:
        """One run; None where robots.txt could not be had, which ends it."""
        self.tally.runs += 1
        transport, base_url = Asking(self.site), self.site.base_url
        try:
            return run_crawl(folder, self.site, clock, transport=transport, base_url=base_url)
        except FetchError:
            return None


def network_reads(folder: Path, *, matches: int = 2) -> NetworkReads:
    """The crawls, with the tables of one that nothing disturbs."""
    site = CutSite(matches=matches)
    site.begin()
    calm = folder / "undisturbed"
    run_crawl(calm / "hltv", site, FakeClock(), transport=Asking(site), base_url=site.base_url)
    return NetworkReads(folder=folder, site=site, undisturbed=tables_of(calm), tally=Tally())
