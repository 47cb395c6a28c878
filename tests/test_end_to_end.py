"""From pages on a server to rows in Parquet: the tables equal the season's truth, cell by cell.

The season is written by other hands than the parsers (tests/replica/README.md), so a misreading of
a page shows here as a difference.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.replica.background import running
from tests.replica.season import Season
from warehouse.column import Row
from warehouse.rows.hltv import ROWS, EconomyRow
from warehouse.schema import key_of

ROOT = Path(__file__).resolve().parent.parent
SEED = 7
MATCHES = 170  # two pages of results, three ranges of a file, two blocks of tables, every trap
DIFFERENCES_SHOWN = 20


def warchouse(
    *words: str, prefix: Sequence[str] = (), expect: Sequence[int] = (0, 1)
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, and insist on its exit code."""
    done = subprocess.run(
        [*prefix, sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode in expect, f"{words}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


@dataclass(frozen=True, slots=True)
class Built:
    """A crawled season and the tables built from it; `account` is what `--json` said."""

    archives: Path
    warehouse: Path
    account: Mapping[str, Any] = field(default_factory=dict)

    @property
    def snapshot(self) -> Path:
        """The folder that CURRENT names."""
        return self.warehouse / "snapshots" / (self.warehouse / "CURRENT").read_text().strip()

    def table(self, name: str) -> pl.DataFrame:
        """One whole table."""
        return pl.read_parquet(self.snapshot / name / "*.parquet")


@pytest.fixture(scope="session")
def season() -> Season:
    return Season(seed=SEED, matches=MATCHES, small=True)


@pytest.fixture(scope="session")
def truth(season: Season) -> dict[str, list[dict[str, object]]]:
    return season.truth()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("season")
    archives, tables = folder / "archives", folder / "warehouse"
    with running(seed=SEED, matches=MATCHES, small=True) as base_url:
        where = ("--archives", str(archives), "--base-url", base_url)
        warchouse("fetch", "hltv", *where, "--pace", "0-0", "--quiet", expect=(0,))
    done = warchouse("parse", "--archives", str(archives), "--warehouse", str(tables), "--json")
    yield Built(archives, tables, json.loads(done.stdout))
    shutil.rmtree(folder)


def differences(
    expected: Sequence[dict[str, object]], found: Sequence[dict[str, object]], keys: Sequence[str]
) -> list[str]:
    """Say which rows and cells differ."""

    def keyed(rows: Sequence[dict[str, object]]) -> dict[tuple[object, ...], dict[str, object]]:
        return {tuple(row[key] for key in keys): row for row in rows}

    wanted, given = keyed(expected), keyed(found)
    lines = [f"missing {key}" for key in wanted if key not in given]
    lines += [f"unexpected {key}" for key in given if key not in wanted]
    for key, row in wanted.items():
        for column, value in row.items():
            if key in given and given[key][column] != value:
                lines.append(f"{key} {column}: expected {value!r}, found {given[key][column]!r}")
    return lines


def has_its_round(truth: Mapping[str, Sequence[dict[str, object]]]) -> Callable[..., bool]:
    """Say whether an economy row's round is in the round history: without it, it is quarantined."""
    key = ("match_id", "map_number", "round_number")
    rounds = {tuple(row[name] for name in key) for row in truth["hltv_round_history"]}
    return lambda row: tuple(row[name] for name in key) in rounds


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.table))
def test_tables_equal_the_truth_cell_by_cell(
    row: type[Row], truth: dict[str, list[dict[str, object]]], built: Built
) -> None:
    expected = truth[row.table]
    if row is EconomyRow:
        expected = list(filter(has_its_round(truth), expected))
    table = built.table(row.table)
    assert set(expected[0]) <= set(table.columns)
    found = table.select(list(expected[0])).to_dicts()
    lines = differences(expected, found, key_of(row))
    assert not lines, f"{len(lines)} differences, for instance\n" + "\n".join(
        lines[:DIFFERENCES_SHOWN]
    )
    assert len(found) == len(expected)


def test_economy_rows_without_their_round_are_quarantined(
    truth: dict[str, list[dict[str, object]]], built: Built
) -> None:
    kept = has_its_round(truth)
    orphans = [row for row in truth["hltv_economy"] if not kept(row)]
    quarantined = built.table("quarantine").filter(pl.col("reasons").str.contains("round not in"))
    assert orphans
    assert quarantined.height == len(orphans)


def test_every_trap_stands_in_the_season(season: Season) -> None:
    present = {trap for match_id in season.match_ids for trap in season.traps(match_id)}
    assert len(present) >= 30


def test_pages_asked_for_are_the_pages_the_season_has(season: Season, built: Built) -> None:
    captures = built.table("captures").filter(pl.col("verdict") == "content")
    asked = captures["url"].str.replace(r"^http://[^/]+", "").to_list()
    assert sorted(asked) == sorted(season.targets())


def parts(snapshot: Path) -> dict[str, bytes]:
    """Every Parquet file of a snapshot, by its path."""
    return {
        path.relative_to(snapshot).as_posix(): path.read_bytes()
        for path in sorted(snapshot.rglob("*.parquet"))
    }


def test_another_number_of_workers_gives_the_same_bytes(built: Built, tmp_path: Path) -> None:
    where = ("--archives", str(built.archives), "--warehouse", str(tmp_path))
    warchouse("parse", *where, "--workers", "3")
    assert parts(Built(built.archives, tmp_path).snapshot) == parts(built.snapshot)


def test_a_parse_without_any_network_interface_gives_the_same_bytes(
    built: Built, tmp_path: Path
) -> None:
    apart = ("unshare", "--user", "--map-root-user", "--net")
    if shutil.which("unshare") is None or subprocess.run([*apart, "true"], check=False).returncode:
        pytest.skip("no network namespaces on this machine")
    where = ("--archives", str(built.archives), "--warehouse", str(tmp_path))
    warchouse("parse", *where, "--workers", "2", prefix=apart)
    assert parts(Built(built.archives, tmp_path).snapshot) == parts(built.snapshot)


def test_the_archive_passes_gzip_and_warcio(built: Built) -> None:
    files = sorted(built.archives.rglob("*.warc.gz"))
    assert files
    for file in files:
        subprocess.run(["gzip", "-t", str(file)], check=True)
        checked = subprocess.run(
            [sys.executable, "-m", "warcio.cli", "check", str(file)],
            check=False,
            capture_output=True,
            text=True,
        )
        assert checked.returncode == 0, checked.stdout


def test_both_sums_are_printed_and_add_up(built: Built) -> None:
    for sum_name, whole in (("captures", "captures"), ("rows", "extracted")):
        counts = dict(built.account[sum_name])
        total = counts.pop(whole)
        assert total == sum(counts.values())
        assert total > 0
