"""A crawl of many small pages with faults by chance, until every URL is accounted for.

The command is run as a user would: again, while it says that something is left. At the end
known = archived + revisit + failed + skipped, with none failed and none skipped, and every page
that came as a whole was asked for once.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.nothing_lost import check_nothing_lost
from tests.faults.tally import Tally
from tests.replica.background import control, running
from tests.replica.season import Season
from tests.soak.kills import ROOT, Server

MOST_PER_MATCH = 8
"""More pages than a match has on average: where to begin to look for the size of a season."""

LISTING_ROWS = 100
MOST_RUNS = 60
FAULTS = {
    "share": 0.02,
    "kinds": ["500", "429", "truncated", "reset"],
    "retry_after": "0",
}

# How the pages of the manifest stand; each in one way only.
_STANDING = """
SELECT CASE
    WHEN EXISTS (SELECT 1 FROM captures AS c WHERE c.page_url = pages.url
                 AND c.verdict = 'content' AND c.record_type = 'response') THEN 'archived'
    WHEN EXISTS (SELECT 1 FROM captures AS c WHERE c.page_url = pages.url
                 AND c.verdict = 'content') THEN 'revisit'
    WHEN skipped <> '' THEN 'skipped'
    WHEN failure <> '' THEN 'failed'
    ELSE 'queued' END, count(*)
FROM pages GROUP BY 1
"""


@dataclass(slots=True)
class Accounting:
    """How a crawl ended; `memory` is the most that any of its processes held, in bytes."""

    known: int = 0
    standing: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: object = None
    runs: int = 0
    wall_s: float = 0.0
    memory: int = 0
    again: int = 0
    checked: Tally = field(default_factory=Tally)

    def lines(self) -> tuple[str, ...]:
        """The accounting for people."""
        names = ("archived", "revisit", "failed", "skipped")
        parts = " + ".join(f"{self.standing[name]:,} {name}" for name in names)
        statuses = ", ".join(
            f"{status or 'reset'}: {count:,}" for status, count in sorted(self.statuses.items())
        )
        return (
            f"{self.known:,} URLs known = {parts}",
            f"{self.requests:,} requests ({statuses}) in {self.runs} runs, {self.wall_s:,.0f} s",
            f"faults met: {json.dumps(self.faults)}",
            f"whole pages asked for again: {self.again}; {self.checked}",
            f"most memory of a crawl process: {self.memory / 2**20:.0f} MiB",
        )


def crawl_pages(
    folder: Path, pages: int, *, seed: int, say: Callable[[str], None] = lambda _line: None
) -> Accounting:
    """Crawl a season of at least so many pages to its end."""
    account, began = Accounting(), time.monotonic()
    matches = _matches(pages, seed)
    with running(seed=seed, matches=matches, page_size=LISTING_ROWS, light=True) as base_url:
        server = Server(base_url)
        control(base_url, "chaos", {"seed": seed, **FAULTS})
        while account.runs < MOST_RUNS and not _run(folder, base_url, account):
            say(f"run {account.runs}: {_standing(folder / 'hltv')}")
        account.wall_s = time.monotonic() - began
        account.faults = control(base_url, "chaos", method="GET")
        control(base_url, "chaos", method="DELETE")
        _look(folder / "hltv", server, account)
    return account


def _matches(pages: int, seed: int) -> int:
    """How many matches make a season of at least so many pages."""
    matches = pages // MOST_PER_MATCH + 1
    while True:
        season = Season(seed=seed, matches=matches, page_size=LISTING_ROWS, light=True)
        there = sum(not target.startswith("/results") for target in season.targets())
        if there >= pages:
            return matches
        matches += (pages - there) // MOST_PER_MATCH + 1


def _run(folder: Path, base_url: str, account: Accounting) -> bool:
    """The command once; whether it says that nothing is left."""
    command = [sys.executable, "-m", "warchouse", "fetch", "hltv", "--pace", "0-0", "--json"]
    command += ["--base-url", base_url, "--archives", str(folder), "--retry-failed"]
    account.runs += 1
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        told = process.stdout.read()
        if hasattr(os, "wait4"):
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            unit = 1 if sys.platform == "darwin" else 1024
            account.memory = max(account.memory, used.ru_maxrss * unit)
    assert process.returncode in {0, 1}, told
    report = json.loads(told)
    standing = _standing(folder / "hltv")
    left = standing["queued"] + standing["failed"]
    return process.returncode == 0 and report["ending"] == "done" and not left


def _standing(collection: Path) -> Counter[str]:
    """How many pages stand how."""
    with closing(sqlite3.connect(collection / "manifest.sqlite")) as connection:
        return Counter(dict(connection.execute(_STANDING).fetchall()))


def _look(collection: Path, server: Server, account: Accounting) -> None:
    """Count, and compare everything that was archived."""
    account.standing = _standing(collection)
    account.known = sum(account.standing.values())
    log = control(server.base_url, "log", method="GET")
    assert isinstance(log, list)
    account.requests = len(log)
    account.statuses = Counter(int(status) for _, status in log)
    found = check_nothing_lost(collection, must_have={}, sent=server, tally=account.checked)
    # What came whole came last, or it would have been asked for again.
    whole = Counter(
        one.url for one in found.values() if not one.is_cut and server.is_page(one.url, one.body)
    )
    account.again = sum(count - 1 for count in whole.values())
