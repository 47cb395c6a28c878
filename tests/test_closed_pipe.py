"""Programs whose reader has seen enough, as `| head` has: they end, with 1 and without a word."""

from __future__ import annotations

import functools
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpus.__main__ import CORPUS

ROOT = Path(__file__).resolve().parent.parent


def into_closed_pipe(*words: str, warehouse: Path | None = None) -> tuple[int, str]:
    """The exit code of `python -m WORDS` whose output nobody reads, and its words on errors."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            check=False,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            env={**os.environ, "WARCHOUSE_WAREHOUSE": str(warehouse)} if warehouse else None,
        )
    finally:
        os.close(writer)
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two snapshots of the tracked collection."""
    folder = tmp_path_factory.mktemp("closed") / "warehouse"
    for said in (["--pin", "hltv.match=1"], []):
        words = ["parse", "demo", "--warehouse", str(folder), "--accept", "--quiet", *said]
        subprocess.run([sys.executable, "-m", "warchouse", *words], cwd=ROOT, check=True)
    return folder


@pytest.mark.parametrize(
    "words",
    [
        "--help",
        "tables --help",
        "tables list",
        "tables show captures --all",
        "tables describe hltv_maps --stats",
        "tables query 'FROM captures'",
        "tables query 'FROM captures' --csv",
        "tables quarantine",
        "tables snapshots",
        "tables prune --dry-run",
        "report",
        "report --json",
        "diff 1 2",
        "parse demo",
        "parse demo --dry-run --accept",
        "trace captures -- {capture}",
        "status",
        "archives list",
        "archives verify",
        "archives stats",
    ],
)
def test_every_command_ends_without_a_word(words: str, tables: Path) -> None:
    listed = shlex.split(words.format(capture=a_capture(tables)))
    assert into_closed_pipe("warchouse", *listed, warehouse=tables) == (1, "")


@functools.cache
def a_capture(tables: Path) -> str:
    """The id of a parsed capture."""
    query = "SELECT min(capture_id) FROM captures WHERE outcome = 'parsed'"
    words = ["tables", "query", query, "--csv", "--warehouse", str(tables)]
    done = subprocess.run(
        [sys.executable, "-m", "warchouse", *words], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    return done.stdout.decode().split()[-1]


def test_the_programs_behind_make_do_too(tmp_path: Path) -> None:
    shutil.copytree(CORPUS / "hltv" / "match" / "eco", tmp_path / "c" / "hltv" / "match" / "eco")
    (tmp_path / "c" / "hltv" / "match" / "eco" / "expected.json").unlink()
    for words in (
        ("warehouse.describe",),
        ("tests.corpus", "--corpus", str(tmp_path / "c")),
        ("tests.replica", "--matches", "2", "--small"),
        ("tests.demo", "--archive", str(tmp_path / "demo")),
        ("tests.soak", "--cuts", "1"),
    ):
        assert into_closed_pipe(*words) == (1, ""), words
