"""What each version of each parser makes of the corpus is what is written: or it is another version."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parse.corpus import (
    EXPECTED,
    differences,
    expected_text,
    output_of,
    outputs_of,
    parsers_of,
    read_case,
    read_expected,
)
from parse.corpus_diff import rows_differ
from parse.model import Extracted
from parse.page import HtmlPage
from parse.registered import REGISTRY
from parse.sources.hltv.layouts import LAYOUTS
from tests.corpus.__main__ import CORPUS, cases, stale, update
from warehouse.rows.hltv import MatchRow

SIZE_MAX = 2_000_000
PUBG_LAYOUTS = {
    *(("match", name) for name in ("new", "old", "empty")),
    ("matches", "old"),
    *(("telemetry", name) for name in ("kill_v2", "kill")),
    *(("players", name) for name in ("with clan", "without clan")),
    ("tournament", "with times"),
}


@pytest.mark.parametrize("folder", cases(), ids=lambda path: path.relative_to(CORPUS).as_posix())
def test_output_changes_with_the_version_only(folder: Path) -> None:
    expected, found = read_expected(folder), outputs_of(read_case(folder, REGISTRY), REGISTRY)
    assert expected.keys() >= found.keys(), "a version is new: run make corpus-update"
    changed = [
        f"{label}: {line}"
        for label, output in found.items()
        for line in differences(expected[label], output)
    ]
    assert not changed, (
        "output changed under its version; raise the version and run make corpus-update:\n  "
        + "\n  ".join(changed)
    )


def test_no_expectation_outlives_its_version() -> None:
    left = stale(CORPUS, REGISTRY)
    assert not left, "no parser is of that version; run make corpus-update:\n  " + "\n  ".join(left)


def test_an_expectation_whose_version_is_gone_is_named_with_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "hltv" / "match" / "eco"
    shutil.copytree(CORPUS / "hltv" / "match" / "eco", folder)
    expected = read_expected(folder)
    old = {"hltv.match/0": expected["hltv.match/1"], **expected}
    (folder / EXPECTED).write_text(expected_text(old), encoding="utf-8")
    assert stale(tmp_path, REGISTRY) == ["hltv/match/eco/expected.json: hltv.match/0"]
    assert update(tmp_path, same_version=False) == 0
    assert "hltv/match/eco/expected.json: hltv.match/0 is gone\n" in capsys.readouterr().out
    assert stale(tmp_path, REGISTRY) == []
    assert read_expected(folder) == expected


def held_layouts(source: str) -> set[tuple[str, object]]:
    """Page type and layout of every case of a source."""
    return {
        (folder.parent.name, output.get("layout"))
        for folder in cases()
        if folder.parent.parent.name == source
        for output in read_expected(folder).values()
    }


def test_every_layout_has_a_case() -> None:
    promised = {(kind, name) for kind, names in LAYOUTS.items() for name in names}
    assert promised - held_layouts("hltv") == set()
    assert PUBG_LAYOUTS - held_layouts("pubg") == set()
    page_types = {one.page_type for source in REGISTRY.sources for one in source.active()}
    assert page_types == {folder.parent.name for folder in cases()}


def test_every_row_class_of_a_source_is_in_a_case() -> None:
    for source in REGISTRY.sources:
        held = {
            kind
            for folder in cases()
            if folder.parent.parent.name == source.parsing.name
            for output in read_expected(folder).values()
            for kind in output.get("rows", {})
        }
        assert {row.__name__ for row in source.parsing.extracts} - held == set()


def test_a_page_that_cannot_be_parsed_is_a_case_too() -> None:
    errors = [
        output["error"]
        for folder in cases()
        for output in read_expected(folder).values()
        if "error" in output
    ]
    assert errors


def test_expectations_are_written_as_they_are_read() -> None:
    for folder in cases():
        assert expected_text(read_expected(folder)) == (folder / EXPECTED).read_text("utf-8")


def test_rows_that_an_older_version_gives_alike_are_written_once() -> None:
    folder = CORPUS / "hltv" / "map_stats" / "new_eco"
    text = (folder / EXPECTED).read_text("utf-8")
    assert '"RoundWin": "as hltv.map_stats/1"' in text
    old, new = (read_expected(folder)[f"hltv.map_stats/{version}"]["rows"] for version in (1, 2))
    assert old["RoundWin"] == new["RoundWin"]
    assert old["MapStatsPlayer"] != new["MapStatsPlayer"]


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < SIZE_MAX


def louder(page: HtmlPage) -> Iterator[Extracted]:
    """What the newest match parser yields, but for one field."""
    (newest,) = [one for one in REGISTRY.sources[0].active() if one.page_type == "match"]
    for found in newest.parse(page):
        if isinstance(found, MatchRow):
            yield msgspec.structs.replace(found, team1_name=found.team1_name + "!")
        else:
            yield found


def test_the_check_fails_and_names_the_row_and_the_field() -> None:
    folder = CORPUS / "hltv" / "match" / "eco"
    capture = read_case(folder, REGISTRY)
    parser = parsers_of(capture, REGISTRY)[-1]
    expected = read_expected(folder)[parser.label]
    changed = output_of(capture, replace(parser, parse=louder), REGISTRY)
    (line,) = differences(expected, changed)
    assert line.startswith(f"MatchRow match_id={capture.ref.key}, team1_name: ")
    assert line.endswith("!'")


def listed(*rows: tuple[object, ...]) -> dict[str, list[Any]]:
    return {"columns": ["player_id", "side", "kills"], "rows": [list(row) for row in rows]}


def test_a_row_that_is_gone_is_one_line_whatever_stands_behind_it() -> None:
    old = listed((1, "CT", 5), (2, "CT", 6), (3, "CT", 7))
    assert list(rows_differ("Player", old, listed((2, "CT", 6), (3, "CT", 8)))) == [
        "Player side=CT player_id=1: gone",
        "Player side=CT player_id=3, kills: 7 -> 8",
    ]
    assert next(rows_differ("Player", None, old)) == "Player side=CT player_id=1: new"


def test_what_tells_rows_apart_may_be_what_changed() -> None:
    lines = rows_differ("Player", listed((1, "CT", 5)), listed((1, "T", 5)))
    assert list(lines) == ["Player side=CT player_id=1, side: 'CT' -> 'T'"]


def test_orders_columns_and_kinds_of_number_are_told() -> None:
    old = listed((1, "CT", 5), (2, "CT", 6))
    assert list(rows_differ("Player", old, listed((2, "CT", 6), (1, "CT", 5)))) == [
        "Player: the same rows in another order"
    ]
    narrow: dict[str, list[Any]] = {
        "columns": ["player_id", "side"],
        "rows": [[1, "CT"], [2, "CT"]],
    }
    assert list(rows_differ("Player", old, narrow)) == ["Player.kills is gone"]
    wide = {"columns": [*old["columns"], "adr"], "rows": [[*row, None] for row in old["rows"]]}
    assert list(rows_differ("Player", old, wide)) == []
    (line,) = rows_differ("Player", listed((1, "CT", 5)), listed((1, "CT", 5.0)))
    assert line.endswith("kills: 5 -> 5.0")


def test_an_update_refuses_what_changed_under_its_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "hltv" / "match" / "eco"
    shutil.copytree(CORPUS / "hltv" / "match" / "eco", folder)
    right = (folder / EXPECTED).read_text("utf-8")
    wrong = right.replace("2394", "1394")
    (folder / EXPECTED).write_text(wrong, encoding="utf-8")
    assert update(tmp_path, same_version=False) == 1
    told = capsys.readouterr()
    assert "changed" in told.out
    assert "raise the version" in told.err
    assert (folder / EXPECTED).read_text("utf-8") == wrong
    assert update(tmp_path, same_version=True) == 0
    assert (folder / EXPECTED).read_text("utf-8") == right
    (folder / EXPECTED).unlink()
    assert update(tmp_path, same_version=False) == 0
    assert (folder / EXPECTED).read_text("utf-8") == right
