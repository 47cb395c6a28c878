"""What any disturbed crawl is held to: the same command again, and everything is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.fakes import FakeClock
from tests.faults.a_run import KeepingSite, run_crawl
from tests.faults.nothing_lost import Archived, check_nothing_lost
from tests.faults.tally import Tally


def check_next_run(
    folder: Path,
    *,
    site: KeepingSite,
    clock: FakeClock,
    must_have: Mapping[str, Archived],
    tally: Tally,
) -> None:
    """Run the crawl again, undisturbed: it ends the job and asks for no archived page.

    must_have  the exchanges that were acknowledged before
    """
    before = site.asked.copy()
    clock.elapsed_s += 60.0
    report = run_crawl(folder, site, clock)
    tally.runs += 1
    assert (report.ending, report.partial, report.untouched) == ("done", 0, 0)
    check_nothing_lost(folder, must_have=must_have, sent=site, tally=tally)
    known = {one.url for one in must_have.values()} & site.pages()
    again = {url for url in known if site.asked[url] > before[url]}
    assert not again, "archived pages were asked for again"
