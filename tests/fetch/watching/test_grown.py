"""What a watch runs, and when it takes the archives to have grown."""

from __future__ import annotations

from pathlib import Path

import pytest

from fetch.watching.commands import PARSE, commands_for
from fetch.watching.grown import Standing, standing_of
from tests.warc.roster.named import player
from tests.warc.roster.test_reading import put


def test_files_count_by_folder_name_and_size_whether_open_or_sealed(tmp_path: Path) -> None:
    assert standing_of(tmp_path / "nowhere") == Standing(frozenset(), 0)
    for name in ("pubg/a.warc.gz.open", "demo/x.warc.gz", "pubg/manifest.sqlite", "b.warc.gz"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"12345")
    before = standing_of(tmp_path)
    assert before.files == {("pubg", "a.warc.gz", 5)}
    (tmp_path / "pubg/a.warc.gz.open").rename(tmp_path / "pubg/a.warc.gz")
    assert standing_of(tmp_path) == before
    (tmp_path / "pubg/a.warc.gz").write_bytes(b"123456")
    assert standing_of(tmp_path) != before


def test_the_roster_counts_too(tmp_path: Path) -> None:
    put(tmp_path, player())
    standing = standing_of(tmp_path)
    assert standing.files == frozenset()
    assert standing.roster > 0


@pytest.mark.parametrize(("source", "goes_on"), [("pubg", True), ("hltv", False)])
def test_words_for_fetch_are_passed_on(source: str, goes_on: bool) -> None:
    told = commands_for(
        source,
        ["--max-pages", "5"],
        archives=Path("a"),
        warehouse=Path("w"),
        workers=2,
        keep=7,
        quiet=True,
    )
    watch = ["--watch"] if goes_on else []
    assert " ".join(told.fetch) == " ".join(
        ["fetch", source, *watch, "--archives a --json --quiet --max-pages 5"]
    )
    building = "--archives a --warehouse w --workers 2 --json --quiet"
    assert " ".join(told.parse) == " ".join([*PARSE, building])
    assert " ".join(told.prune) == "tables prune --keep 7 --warehouse w --json --quiet"
    assert (told.goes_on, told.follows_roster) == (goes_on, goes_on)
