"""A whole crawl whose n-th disk operation fails; what must hold then (docs/durability.md)."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tests.fakes import FakeClock
from tests.faults.a_run import KeepingSite, SeasonSite, run_crawl
from tests.faults.faulty_disk import FaultyDisk
from tests.faults.next_run import check_next_run
from tests.faults.nothing_lost import (
    Archived,
    check_tables,
    read_all,
    tables_of,
    whole_exchanges,
)
from tests.faults.tally import Tally
from warc.errors import CollectionError

KINDS = ("raise", "short", "late", "once")
CODES = (errno.ENOSPC, errno.EIO)
MOST_OPERATIONS = 500

LEFT_AT = 40
"""The operation at which the crawl ended that `going_on` goes on with."""

TORN = b"\x1f\x8b\x08torn"


@dataclass(slots=True)
class Harness:
    """Crawls under `folder`, one collection a fault.

    left  a collection that every crawl goes on with, repairing it first; None: each begins anew
    """

    folder: Path
    site: KeepingSite
    undisturbed: dict[str, pl.DataFrame]
    tally: Tally
    left: Path | None = None

    def fails(self, fail_at: int, kind: str, code: int, *, tables: bool = True) -> bool:
        """Crawl with a fault, again without; False where the crawl did not come to the fault."""
        archives = self.folder / f"{fail_at}-{kind}-{code}"
        collection = archives / self.site.name
        must_have: dict[str, Archived] = {}
        if self.left is not None:
            shutil.copytree(self.left, collection)
            must_have = whole_exchanges(collection)
        disk = FaultyDisk(fail_at, kind=kind, code=code)
        clock = FakeClock(elapsed_s=60.0 if must_have else 0.0)
        said = str(collection)
        try:
            run_crawl(collection, self.site, clock, disk=disk)
        except CollectionError as error:
            said = str(error)
        assert str(collection) in said
        assert "\n" not in said
        self.tally.runs += 1
        if disk.operations < fail_at:
            return False
        self.tally.faults += 1
        must_have |= synced(disk)
        check_next_run(
            collection, site=self.site, clock=clock, must_have=must_have, tally=self.tally
        )
        if tables:
            check_tables(archives, self.undisturbed, self.tally)
        return True


def harness(folder: Path, site: KeepingSite | None = None) -> Harness:
    """A harness with the tables of a crawl that nothing disturbs, of HLTV if no site is said."""
    site = site or SeasonSite()
    run_crawl(folder / "undisturbed" / site.name, site, FakeClock())
    undisturbed = tables_of(folder / "undisturbed")
    return Harness(folder=folder, site=site, undisturbed=undisturbed, tally=Tally())


def going_on(folder: Path, site: KeepingSite | None = None) -> Harness:
    """The same with crawls that go on where one was killed: its file is open, its end torn."""
    crawls = harness(folder, site)
    crawls.left = folder / "left" / crawls.site.name
    with suppress(CollectionError):
        run_crawl(crawls.left, crawls.site, FakeClock(), disk=FaultyDisk(LEFT_AT, kind="short"))
    (left,) = crawls.left.glob("*.open")
    with left.open("ab") as file:
        file.write(TORN)
    assert whole_exchanges(crawls.left)
    return crawls


def every_fault() -> Iterator[tuple[str, int]]:
    """All ways to fail, for harnesses that have the time."""
    for kind in KINDS:
        for code in CODES:
            yield kind, code


def synced(disk: FaultyDisk) -> dict[str, Archived]:
    """The whole exchanges whose bytes a disk has synced."""
    found: dict[str, Archived] = {}
    for path, size in disk.synced.items():
        sealed = path.with_name(path.name.removesuffix(".open"))
        for candidate in (path, sealed):
            if candidate.exists():
                whole, _ = read_all([candidate])
                found |= {
                    name: one for name, one in whole.items() if one.offset + one.length <= size
                }
                break
        else:
            assert not size, f"{path} had been synced and is gone"
    return found
