"""Appending to the roster's journal: any operation may fail, the process may die, power be cut."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.faulty_disk import FaultyDisk
from tests.warc.roster.named import lobby, of_tournament, player
from tests.warc.roster.test_reading import put
from warc.errors import CollectionError
from warc.roster import Change, read_roster
from warc.roster.appending import open_journal
from warc.roster.reading import journal_path

ROOT = Path(__file__).resolve().parents[2]
BEFORE = (player(1), player(2))
WANTED = [Change("add", lobby()), *(Change("add", of_tournament(number)) for number in range(20))]
WANTED += [Change("remove", player(1))]

# What an append that went well leaves.
DONE = (player(2), *sorted((one.entry for one in WANTED[1:21]), key=lambda one: one.key), lobby())


def append(archives: Path, disk: FaultyDisk | None = None) -> None:
    with open_journal(archives, disk=disk) as journal:
        journal.append(WANTED, who="tester", why="a test")


def failure(archives: Path, disk: FaultyDisk) -> str:
    """What an append says that fails, "" if it does not."""
    try:
        append(archives, disk)
    except CollectionError as error:
        return str(error)
    return ""


def check_next_append(archives: Path) -> None:
    """What was acknowledged is there, and the same command again does what is missing."""
    left = read_roster(archives)
    assert set(left.players) <= set(BEFORE)
    assert player(2) in left.players
    lines = journal_path(archives).read_bytes()
    append(archives)
    assert journal_path(archives).read_bytes().startswith(lines[: lines.rfind(b"\n") + 1])
    assert read_roster(archives).all == DONE
    assert read_roster(archives).unfinished_bytes == 0


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("kind", ["raise", "short", "late", "once"])
@pytest.mark.parametrize("torn", [b"", b'{"when": "2026'])
def test_an_append_whose_nth_operation_fails_loses_nothing(
    torn: bytes, kind: str, code: int, tmp_path: Path
) -> None:
    for fail_at in range(1, 50):
        archives = tmp_path / str(fail_at)
        put(archives, *BEFORE)
        with journal_path(archives).open("ab") as file:
            file.write(torn)
        before = read_roster(archives)
        disk = FaultyDisk(fail_at, kind=kind, code=code)
        said = failure(archives, disk)
        if not said:
            assert disk.operations < fail_at
            assert read_roster(archives).all == DONE
            break
        assert str(archives) in said
        assert "\n" not in said
        if kind == "once":
            assert read_roster(archives).all == before.all
        check_next_append(archives)
        aside = list(journal_path(archives).parent.glob("*.torn-*"))
        assert not torn or torn in [path.read_bytes() for path in aside]
    else:
        pytest.fail("an append takes more operations than any should")
    assert fail_at > 3


def test_a_first_append_that_fails_leaves_an_empty_roster(tmp_path: Path) -> None:
    for fail_at in range(1, 9):
        archives = tmp_path / str(fail_at)
        disk = FaultyDisk(fail_at, kind="once")
        if failure(archives, disk):
            assert read_roster(archives).all == ()
        append(archives)
        assert read_roster(archives).lobbies == (lobby(),)


def test_wherever_a_write_is_cut_the_next_append_goes_on(tmp_path: Path) -> None:
    put(tmp_path, *BEFORE)
    path = journal_path(tmp_path)
    synced = path.stat().st_size
    append(tmp_path)
    data = path.read_bytes()
    for size in range(synced, len(data), 13):
        path.write_bytes(data[:size])
        check_next_append(tmp_path)


@pytest.mark.parametrize("keep", [lambda data: data[:0], lambda data: b"\x00" * len(data)])
def test_a_power_cut_takes_only_what_was_not_acknowledged(
    keep: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    put(tmp_path, *BEFORE)
    disk = FaultyDisk()
    append(tmp_path, disk)
    disk.cut_power(keep)
    assert read_roster(tmp_path).all == DONE
    # Of the next append the bytes reach the file, and are not synced.
    disk.fail_at = disk.operations + 3
    with pytest.raises(CollectionError), open_journal(tmp_path, disk=disk) as journal:
        journal.append([Change("remove", player(2))], who="tester", why="")
    disk.cut_power(keep)
    assert read_roster(tmp_path).all == DONE


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.faults.test_roster import append
from warc.disk import RealDisk

class Killer(RealDisk):
    def write(self, handle, data):
        super().write(handle, data[: int(sys.argv[2])])
        os.kill(os.getpid(), signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

append(Path(sys.argv[1]), Killer())
"""


@pytest.mark.parametrize("written", [0, 1, 300, 2000])
def test_a_process_killed_in_the_middle_of_an_append_loses_nothing(
    written: int, tmp_path: Path
) -> None:
    put(tmp_path, *BEFORE)
    size = journal_path(tmp_path).stat().st_size
    words = [sys.executable, "-c", KILLED, str(tmp_path), str(written)]
    assert subprocess.run(words, cwd=ROOT, check=False).returncode != 0
    assert journal_path(tmp_path).stat().st_size == size + written
    check_next_append(tmp_path)
