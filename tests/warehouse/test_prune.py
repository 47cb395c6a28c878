"""Pruning: what goes, what stays, and what is left whatever fails."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from tests.warehouse.a_snapshot import commit
from tests.warehouse.nth_disk_call import DISK_CALLS, failing_call
from warehouse.errors import TableNotFoundError, WarehouseError
from warehouse.history import history
from warehouse.lease import Gone, InUse, lease_to_read, lease_to_remove
from warehouse.prune import Pruned, Wish, prune
from warehouse.snapshot import current_snapshot, open_snapshot
from warehouse.store import Store

ROOT = Path(__file__).resolve().parents[2]
DAY = timedelta(days=1)
NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
"""Later than any file that a test writes."""
AT_ONCE = Wish(keep=1, min_age=timedelta())


def piece(*numbers: int) -> pa.Table:
    return pa.table({"n": list(numbers)})


def build(folder: Path, days_ago: float, *numbers: int, as_of: str | None = None) -> str:
    """Commit a snapshot some days ago: the part of number 0 never changes."""
    parts = [piece(0), piece(*numbers)]
    made = commit(folder, {"t": parts}, current=as_of is None, as_of=as_of, pins={})
    moment = (NOW - days_ago * DAY).timestamp()
    os.utime(Store(folder).path_of(made) / "snapshot.json", (moment, moment))
    return made


@pytest.fixture
def five(tmp_path: Path) -> Path:
    for days_ago in (5, 4, 3, 2, 1):
        build(tmp_path, days_ago, days_ago)
    return tmp_path


def ids(folder: Path) -> list[str]:
    return Store(folder).ids()


def pruned(folder: Path, wish: Wish, *, dry_run: bool = False) -> Pruned:
    return prune(Store(folder), wish, now=NOW, dry_run=dry_run)


def whole(folder: Path) -> dict[str, dict[str, bytes]]:
    """Every file of every snapshot."""
    return {
        one: {
            str(path.relative_to(Store(folder).path_of(one))): path.read_bytes()
            for path in sorted(Store(folder).path_of(one).rglob("*"))
            if path.is_file()
        }
        for one in ids(folder)
    }


def test_the_newest_stay(five: Path) -> None:
    outcome = pruned(five, Wish())
    assert [entry.id for entry in outcome.removed] == ["000001", "000002"]
    assert ids(five) == ["000003", "000004", "000005"]
    assert (five / "CURRENT").read_text() == "000005\n"
    assert pruned(five, Wish()).removed == []


def test_a_dry_run_says_the_same_and_touches_nothing(five: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in five.rglob("*")}
    said = pruned(five, Wish(keep=2), dry_run=True)
    assert {path: path.stat().st_mtime_ns for path in five.rglob("*")} == before
    done = pruned(five, Wish(keep=2))
    assert said.removed == done.removed
    assert said.freed == done.freed


def taken(folder: Path) -> int:
    """Bytes of all snapshots on the disk, a file of several names once."""
    files = [path.stat() for path in (folder / "snapshots").rglob("*") if path.is_file()]
    return sum({found.st_ino: found.st_size for found in files}.values())


def test_what_is_freed_is_what_the_disk_gets_back(five: Path) -> None:
    first = history(Store(five))[0]
    assert first.size - first.own == (first.folder / "t" / "part-00000.parquet").stat().st_size
    before = taken(five)
    outcome = pruned(five, AT_ONCE)
    assert len(outcome.removed) == 4
    assert outcome.freed == before - taken(five) > 0


def test_the_current_one_is_never_pruned(five: Path) -> None:
    (five / "CURRENT").write_text("000002\n")
    pruned(five, AT_ONCE)
    assert ids(five) == ["000002", "000005"]
    with pytest.raises(TableNotFoundError, match="snapshot 000002 is the current one"):
        pruned(five, Wish(ids=("5", "2"), min_age=timedelta()))
    assert ids(five) == ["000002", "000005"]


@pytest.mark.parametrize("word", ["9", "x", "", "-1", "٣", "../000001"])
def test_an_id_that_is_none_removes_nothing(five: Path, word: str) -> None:
    with pytest.raises(TableNotFoundError, match=r"no snapshot .*: there are 000001, "):
        pruned(five, Wish(ids=("1", word)))
    assert len(ids(five)) == 5


def test_those_named_go_and_no_others(five: Path) -> None:
    outcome = pruned(five, Wish(ids=("000004", "2", "2")))
    assert [entry.id for entry in outcome.removed] == ["000004", "000002"]
    assert ids(five) == ["000001", "000003", "000005"]


def test_builds_as_of_a_day_are_counted_by_themselves(tmp_path: Path) -> None:
    for days_ago, as_of in ((9, None), (8, "2025"), (7, "2024"), (6, None), (5, "2023"), (4, None)):
        build(tmp_path, days_ago, int(days_ago), as_of=as_of)
    assert (tmp_path / "CURRENT").read_text() == "000006\n"
    pruned(tmp_path, Wish(keep=2))
    assert ids(tmp_path) == ["000003", "000004", "000005", "000006"]
    pruned(tmp_path, AT_ONCE)
    assert ids(tmp_path) == ["000005", "000006"]


def test_one_stays_for_a_while_after_it_stopped_being_current(tmp_path: Path) -> None:
    """However old it is itself; a build as of a day, after it was made."""
    build(tmp_path, 100, 1)
    build(tmp_path, 0.01, 2)  # a quarter of an hour ago
    build(tmp_path, 0.005, 3, as_of="2025")
    build(tmp_path, 0, 4)
    outcome = pruned(tmp_path, Wish(keep=1))
    assert outcome.removed == []
    assert [(entry.id, why) for entry, why in outcome.kept] == [
        ("000001", "was current until 14 min ago"),
        ("000002", "was current until 0 s ago"),
    ]
    asked = pruned(tmp_path, Wish(ids=("3",)))
    assert [why for _, why in asked.kept] == ["was made 7 min ago"]
    assert len(pruned(tmp_path, Wish(keep=1, min_age=timedelta(minutes=10))).removed) == 1
    assert ids(tmp_path) == ["000002", "000003", "000004"]


def test_one_that_is_read_stays_until_nobody_reads_it(five: Path) -> None:
    readers = [open_snapshot(five, "1"), open_snapshot(five, "000001")]
    while readers:
        kept = pruned(five, AT_ONCE).kept
        assert [(entry.id, why) for entry, why in kept] == [("000001", "is being read")]
        assert readers.pop().table("t").collect().height == 2
    pruned(five, AT_ONCE)
    assert ids(five) == ["000005"]


@contextmanager
def reading(folder: Path, snapshot: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a snapshot until it is told, or killed."""
    code = (
        "import sys; from pathlib import Path; from warehouse.snapshot import open_snapshot\n"
        "held = open_snapshot(Path(sys.argv[1]), sys.argv[2]); print('holds', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder), snapshot],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "holds\n"
        yield reader
        reader.kill()


def test_a_killed_reader_holds_nothing(five: Path) -> None:
    with reading(five, "2") as reader:
        assert [entry.id for entry, _ in pruned(five, AT_ONCE).kept] == ["000002"]
        reader.kill()
        reader.wait()
        assert [entry.id for entry in pruned(five, AT_ONCE).removed] == ["000002"]


def test_a_snapshot_that_is_being_removed_is_not_opened(five: Path) -> None:
    folder = Store(five).path_of("000001")
    lease = lease_to_remove(folder)
    with pytest.raises(InUse):
        open_snapshot(five, "1")
    folder.rename(folder.with_name(".pruned-000001"))
    with pytest.raises(TableNotFoundError, match="no snapshot '1'"):
        open_snapshot(five, "1")
    with pytest.raises(Gone):
        lease_to_read(folder)
    lease.release()
    lease.release()


def test_a_parse_that_runs_is_not_disturbed(five: Path) -> None:
    with (
        Store(five).building(),
        pytest.raises(WarehouseError, match=rf"another parse holds .*: process {os.getpid()} on"),
    ):
        pruned(five, Wish())
    assert len(ids(five)) == 5
    with (
        Store(five).alone("prune"),
        pytest.raises(WarehouseError, match="another prune holds the warehouse"),
        Store(five).building(),
    ):
        pass


def test_a_warehouse_that_is_none_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="there are no snapshots in"):
        pruned(tmp_path / "nowhere", Wish())
    assert list(tmp_path.iterdir()) == []


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    build(tmp_path, 3, 1)
    build(tmp_path, 2, 2, as_of="2025")
    pruned(tmp_path, Wish(ids=("2",)))
    assert build(tmp_path, 1, 3) == "000003"
    pruned(tmp_path, Wish(ids=("1",)))
    assert build(tmp_path, 0, 4) == "000004"


def test_a_damaged_snapshot_can_go(five: Path) -> None:
    (Store(five).path_of("000001") / "snapshot.json").write_text("{")
    (Store(five).path_of("000002") / "snapshot.json").unlink()
    said = {entry.id: entry.problem for entry in history(Store(five))}
    assert said["000001"] == "its snapshot.json is damaged"
    assert said["000002"] == "its snapshot.json is missing or unreadable"
    pruned(five, Wish(min_age=timedelta()))
    assert ids(five) == ["000003", "000004", "000005"]


@pytest.mark.parametrize("how", ["fail", "kill"])
def test_whatever_fails_leaves_every_snapshot_whole_or_gone(tmp_path: Path, how: str) -> None:
    """The n-th change on the disk fails, or the process dies at it, for every n."""
    for number in range(1, DISK_CALLS):
        folder = tmp_path / str(number)
        for days_ago in (5, 4, 3):
            build(folder, days_ago, days_ago)
        build(folder, 2, 2, as_of="2025")
        before = whole(folder)
        came_to_it = failing_call(folder, number, how=how)
        left = whole(folder)
        assert left == {one: before[one] for one in left}
        assert set(left) >= {"000002", "000003"}
        assert current_snapshot(folder).table("t").collect().height == 2
        rest = tuple(one for one in ("000001", "000004") if one in left)
        pruned(folder, Wish(ids=rest, min_age=timedelta()) if rest else Wish())
        assert sorted(path.name for path in (folder / "snapshots").iterdir()) == [
            "000002",
            "000003",
        ]
        assert build(folder, 0, 9) == "000005"
        if not came_to_it:
            break
    assert number > 12, "the removal of two snapshots takes more changes than these"
    assert not came_to_it
