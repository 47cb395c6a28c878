"""What is compared or looked for is not pruned meanwhile, by another process neither."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from parse.basis import basis_of, snapshot_of
from parse.inputs import find_inputs
from parse.run import ParseOptions, building
from parse.sides import built_sides, snapshots_in, versions_in
from parse.times import as_of_us
from tests.parse.bench import REGISTRY, Bench, Watch, games
from tests.parse.fake_source import REGISTRY as FAKE
from warehouse.diff.snapshots import diff_snapshots
from warehouse.history import history
from warehouse.rows import archive
from warehouse.store import Store

ROOT = Path(__file__).resolve().parents[2]
ROWS = (*FAKE.tables, *archive.ROWS)
UPGRADED = "tests.parse.fake_source:UPGRADED"


@pytest.fixture
def three(tmp_path: Path) -> Bench:
    """Three snapshots, each with more games than the one before."""
    bench = Bench(tmp_path)
    for number in range(3):
        bench.put(f"{number}.warc.gz", games(4, first=1 + 4 * number))
        bench.parse()
    return bench


def pruned(warehouse: Path, *ids: str) -> tuple[int, str]:
    """What another process says that is to prune at once, and its exit code."""
    words = ["tables", "prune", *ids, "--min-age", "0", "--warehouse", str(warehouse)]
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_neither_side_of_a_diff_is_pruned_while_it_is_read(three: Bench) -> None:
    both = snapshots_in(("1", "2"), three.warehouse)
    code, said = pruned(three.warehouse, "1", "2")
    assert (code, said.count(": it is being read")) == (1, 2)
    assert not diff_snapshots(*both, rows=ROWS).is_equal
    del both
    assert pruned(three.warehouse, "1", "2")[0] == 0
    assert Store(three.warehouse).ids() == ["000003"]


def test_nothing_is_pruned_while_versions_or_a_dry_run_are_compared(three: Bench) -> None:
    versions = versions_in(("fake.game=2",), registry=UPGRADED)
    assert versions is not None
    options = ParseOptions(warehouse=three.warehouse, registry=UPGRADED)
    inputs = find_inputs((), archives=three.archives)
    with built_sides(versions, inputs, options, Watch()) as both:
        code, said = pruned(three.warehouse, "1")
        assert (code, "another parse holds the warehouse" in said) == (4, True)
        diff_snapshots(*both, rows=ROWS)
    with building(inputs, options, Watch()) as built:
        before = built.before
        assert before is not None
        assert pruned(three.warehouse, "1")[0] == 4
        diff_snapshots(before, built.snapshot, rows=ROWS)
    assert pruned(three.warehouse, "1")[0] == 0


class Racing(Store):
    """A store of whose snapshots the first goes between its being named and its being read."""

    def ids(self) -> list[str]:
        """Name all; the first is gone by then."""
        found = super().ids()
        code, said = pruned(self.folder, found[0])
        assert code == 0, said
        return found


def test_a_snapshot_that_goes_while_one_is_looked_for_is_not_there(three: Bench) -> None:
    as_of = as_of_us("2999-01-01")
    three.parse(as_of_us=as_of)
    inputs = find_inputs((), archives=three.archives)
    store = Racing(three.warehouse)
    basis = basis_of(
        inputs.files, cache=store.cache, registry=REGISTRY, as_of_us=as_of, tracked=None
    )
    found = snapshot_of(basis, store)
    assert found is not None
    assert found[0] == "000004"
    assert Store(three.warehouse).ids() == ["000002", "000003", "000004"]


def test_a_snapshot_that_goes_while_all_are_listed_is_left_out(three: Bench) -> None:
    assert [one.id for one in history(Racing(three.warehouse))] == ["000002", "000003"]
