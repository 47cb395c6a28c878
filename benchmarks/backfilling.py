"""What detail costs: with and without the roster, for players who are new on it, and to new work.

A hundred made-up matches of some 2.7 MB of telemetry each. Run as a program it builds tables with
the detail of everyone, which no command does.
"""

from __future__ import annotations

import dataclasses
import shutil
import statistics
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.figures import Figure, at_most
from benchmarks.listed import WORK, fresh
from benchmarks.measure import Usage, python

if TYPE_CHECKING:
    from tests.replica.pubg.season import PubgSeason

ROUNDS = 3
MATCHES = 118
TRACKED_TEAMS = range(1, 5)  # of four players each
NEW_TEAM = 0  # its players are in all matches but solos and those of the tournament
DETAIL = ("pubg_damage_events", "pubg_circle_positions")
SINCE = "2026-05-14"


def backfilling() -> Iterator[Figure]:
    """Rows and bytes of detail, CPU of a backfill, and how long new matches wait for one."""
    archives = _archives()
    tables = fresh("tracked")
    full = _warchouse("parse", archives, tables)
    everyone = fresh("everyone")
    python("benchmarks.backfilling", str(archives), str(everyone), log=WORK / "everyone.log")
    (rows, size), (all_rows, all_size) = _detail(tables), _detail(everyone)
    print(
        f"detail of 16 players: {rows:,} rows, {size:,} bytes; of all: {all_rows:,}, {all_size:,}"
    )
    compared = "of all players' rows of detail, for 16 tracked players of a league"
    yield at_most("detail rows", rows / all_rows, 0.5, compared)
    yield at_most("detail bytes", size / all_size, 0.5, "bytes of their tables, likewise")
    waits, costs = [], []
    for _ in range(ROUNDS):
        nothing_due, due = (
            _with_new_match(archives, tables, backfill=one) for one in (False, True)
        )
        waits.append(due[0].wall_s / nothing_due[0].wall_s)
        costs.append(due[1].cpu_s / full.cpu_s)
        print(f"new match {nothing_due[0]}\nwith due  {due[0]}\nbackfill  {due[1]}\nfull {full}")
    compared = f"wall time till a new match is in the tables, with {MATCHES} matches to read again"
    yield at_most("new match", statistics.median(waits), 1.1, compared)
    compared = f"CPU of a full parse of the {MATCHES} matches: reading all again for a new team"
    yield at_most("backfill CPU", statistics.median(costs), 1, compared)


def _with_new_match(archives: Path, tables: Path, *, backfill: bool) -> tuple[Usage, Usage]:
    """Parse one match that is new, then what is due for a team that is new on the roster."""
    ours, own_tables = fresh("grown"), fresh("grown-tables")
    shutil.copytree(archives, ours, dirs_exist_ok=True)
    shutil.copytree(tables, own_tables, dirs_exist_ok=True)
    _write(ours / "pubg" / "002.warc.gz", MATCHES, 1)
    if backfill:
        _track(ours, NEW_TEAM)
    first = _warchouse("parse", ours, own_tables, "--no-backfill")
    return first, _warchouse("backfill", ours, own_tables)


def _warchouse(command: str, archives: Path, tables: Path, *words: str) -> Usage:
    where = ["--archives", str(archives), "--warehouse", str(tables), "--quiet"]
    return python("warchouse", command, *where, *words, log=WORK / f"{command}.log")


def _archives() -> Path:
    """The archived matches, and a roster of four teams; written once."""
    archives = WORK / f"matches-{MATCHES}"
    if not (archives / "done").exists():
        shutil.rmtree(archives, ignore_errors=True)
        _write(archives / "pubg" / "001.warc.gz", 0, MATCHES)
        for team in TRACKED_TEAMS:
            _track(archives, team)
        (archives / "done").touch()
    return archives


@cache
def _season() -> PubgSeason:
    from tests.replica.pubg.season import PubgSeason  # noqa: PLC0415 - only where it is needed

    return PubgSeason(seed=7, matches=MATCHES + 1)


def _write(path: Path, first: int, count: int) -> None:
    """Archive some matches with their telemetry."""
    import json  # noqa: PLC0415

    from tests.parse.bench import record  # noqa: PLC0415
    from tests.replica.pubg.documents import match_document, telemetry_path  # noqa: PLC0415

    cdn = "https://telemetry-cdn.pubg.com"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for number in range(first, first + count):
            match = _season().match(number)
            url = f"https://api.pubg.com/shards/{match.row.shard}/matches/{match.row.match_id}"
            reply = json.dumps(match_document(match, nonce=1, cdn=cdn)).encode()
            file.write(record(url, reply, second=number))
            file.write(record(cdn + telemetry_path(match), match.telemetry, second=number))


def _track(archives: Path, team: int) -> None:
    from datetime import date  # noqa: PLC0415

    from warc.roster import Change, TrackedPlayer  # noqa: PLC0415
    from warc.roster.appending import open_journal  # noqa: PLC0415

    changes = [
        Change(
            "add",
            TrackedPlayer(
                account=who.account,
                name=who.name,
                shard="steam",
                tracked_since=date.fromisoformat(SINCE),
            ),
        )
        for who in _season().team(team)
    ]
    with open_journal(archives) as journal:
        journal.append(changes, who="bench", why="")


def _detail(tables: Path) -> tuple[int, int]:
    """Rows and bytes of the tables of detail."""
    snapshot = tables / "snapshots" / (tables / "CURRENT").read_text().strip()
    files = [path for name in DETAIL for path in (snapshot / name).glob("*.parquet")]
    rows = sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in files)
    return rows, sum(path.stat().st_size for path in files)


def _build_of_everyone(archives: Path, tables: Path) -> None:
    """Build with the detail of everyone."""
    from parse.console import Watcher  # noqa: PLC0415
    from parse.inputs import find_inputs  # noqa: PLC0415
    from parse.run import ParseOptions, parse_archives  # noqa: PLC0415

    inputs = dataclasses.replace(find_inputs((), archives=archives), tracked=None)
    parse_archives(inputs, ParseOptions(warehouse=tables), Watcher(quiet=True))


if __name__ == "__main__":
    _build_of_everyone(Path(sys.argv[1]), Path(sys.argv[2]))
