"""`warchouse watch` as a user runs it, against a stand-in of the API: real processes, real tables."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.fetch.pubg.api import KEY, Api, match_id, serving
from tests.fetch.pubg.test_roster_fetch import ALPHA, put
from warc.lock import FolderLock

ROOT = Path(__file__).resolve().parents[3]
LIMIT_S = 60.0


@pytest.fixture
def api() -> Iterator[Api]:
    with serving(Api(players={"Alpha": (1, [5, 4]), "bravo": (2, [6])})) as served:
        yield served


class Watching:
    """A watch that runs; what it says is read from a file."""

    def __init__(self, api: Api, folder: Path, *words: str, key: str = KEY) -> None:
        self.folder = folder
        self._said = folder / "said.txt"
        command = [sys.executable, "-m", "warchouse", "watch", "--pause", "0.2", *words]
        environ = {**os.environ, "PYTHONPATH": str(ROOT), "PUBG_API_KEY": key}
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [*command, "--", "--base-url", api.api_url, "--every", "0.01"],
                cwd=folder,
                env=environ,
                stdout=said,
                stderr=said,
            )

    @property
    def said(self) -> str:
        return self._said.read_text("utf-8")

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so."""
        until_s = time.monotonic() + LIMIT_S
        while not is_so():
            assert time.monotonic() < until_s, self.said
            assert self.process.poll() is None, self.said
            time.sleep(0.1)

    def matches(self) -> set[str]:
        """The matches in the tables."""
        current = self.folder / "warehouse/data/CURRENT"
        if not current.exists():
            return set()
        table = self.folder / "warehouse/data/snapshots" / current.read_text().strip()
        query = f"SELECT match_id FROM '{table}/pubg_matches/*.parquet'"
        return {found for (found,) in duckdb.connect().execute(query).fetchall()}

    def snapshots(self) -> int:
        return self.said.count("tables: snapshot ")


@contextmanager
def watching(api: Api, folder: Path, *words: str, key: str = KEY) -> Iterator[Watching]:
    """A watch that is ended, whatever comes."""
    one = Watching(api, folder, *words, key=key)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
            one.process.send_signal(signal.SIGTERM)
        one.process.wait(LIMIT_S)


def ids(*numbers: int) -> set[str]:
    return {match_id(number) for number in numbers}


@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_a_match_that_appears_is_soon_in_the_tables(number: int, api: Api, tmp_path: Path) -> None:
    put(tmp_path, ALPHA)
    with watching(api, tmp_path) as watch:
        watch.until(lambda: watch.matches() == ids(4, 5))
        before = watch.snapshots()
        api.players["Alpha"] = (1, [7, 5, 4])
        watch.until(lambda: watch.matches() == ids(4, 5, 7))
        watch.until(lambda: watch.snapshots() > before)
        assert watch.snapshots() <= before + 3
        put(tmp_path, replace(ALPHA, account=ALPHA.account[:-1] + "2", name="bravo"))
        watch.until(lambda: watch.matches() == ids(4, 5, 6, 7))
        assert "the roster has changed" in watch.said
        watch.process.send_signal(number)
        assert watch.process.wait(LIMIT_S) == 130
    assert "Stopping after what is in flight" in watch.said
    assert "Leaving at once" not in watch.said
    assert not [*(tmp_path / "archives/pubg").glob("*.open")]
    assert "Traceback" not in watch.said
    assert sum("/matches/" in one.target for one in api.log) == 4


def test_a_second_watch_goes_on_where_the_first_was_killed(api: Api, tmp_path: Path) -> None:
    put(tmp_path, ALPHA)
    with watching(api, tmp_path) as watch:
        watch.until(lambda: watch.matches() == ids(4, 5))
        watch.process.kill()
        watch.process.wait()
    api.players["Alpha"] = (1, [7, 5, 4])
    with watching(api, tmp_path) as watch:
        watch.until(lambda: watch.matches() == ids(4, 5, 7))
    assert len(api.targets("/matches/")) == 3


def test_children_do_not_outlive_a_watch_that_was_killed(api: Api, tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells children of it")
    put(tmp_path, ALPHA)
    with watching(api, tmp_path) as watch:
        watch.until(lambda: watch.matches() == ids(4, 5))
        watch.process.kill()
        watch.process.wait()
    until_s = time.monotonic() + LIMIT_S
    while [*(tmp_path / "archives/pubg").glob("*.open")]:
        assert time.monotonic() < until_s
        time.sleep(0.1)
    lock = FolderLock(tmp_path / "archives/pubg/collection.lock")
    lock.take("test")
    lock.release()


def test_a_key_that_is_refused_ends_it(api: Api, tmp_path: Path) -> None:
    put(tmp_path, ALPHA)
    with watching(api, tmp_path, key="wrong-key") as watch:
        assert watch.process.wait(LIMIT_S) == 3
    assert "fetch: The key in PUBG_API_KEY is not one that the API takes" in watch.said


def test_with_nobody_to_watch_it_says_what_to_do(api: Api, tmp_path: Path) -> None:
    with watching(api, tmp_path, "--quiet") as watch:
        assert watch.process.wait(LIMIT_S) == 2
    assert watch.said.startswith("fetch: error: nobody is named and nothing is queued")
    assert watch.said.count("\n") == 1


def test_a_fetch_that_cannot_begin_is_tried_again(api: Api, tmp_path: Path) -> None:
    put(tmp_path, ALPHA)
    lock = FolderLock(tmp_path / "archives/pubg/collection.lock")
    lock.path.parent.mkdir(parents=True)
    lock.take("test")
    try:
        with watching(api, tmp_path) as watch:
            watch.until(lambda: "fetch ended with code 4; again in 5.0 s" in watch.said)
            assert "fetch: error: archives/pubg is in use by test" in watch.said
            lock.release()
            watch.until(lambda: watch.matches() == ids(4, 5))
    finally:
        lock.release()


def test_a_source_that_is_none_is_a_line(tmp_path: Path) -> None:
    for words in (["nonsense"], ["--archives", "s3://bucket"]):
        done = subprocess.run(
            [sys.executable, "-m", "warchouse", "watch", *words],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith("error: ")
