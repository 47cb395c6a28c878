"""docs/adding-a-source.md, step by step as a reader takes them: what it says is what happens."""

from __future__ import annotations

import difflib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from tests.new_source.a_tree import ROOT, checks, copy_tree, environment, run_in
from tests.new_source.plan import plan_source
from tests.new_source.walk import Step, changed, says, steps_of
from tests.replica.chess.site import ChessSite

DOCUMENT = (ROOT / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
SITE, PRINTED = "http://127.0.0.1:8766", "serving http://127.0.0.1:8766\n"


@contextmanager
def served(tree: Path) -> Iterator[str]:
    """The site, on a port that is free; its base URL."""
    command = (sys.executable, "-m", "tests.replica.chess", "--port", "0")
    with subprocess.Popen(
        command, cwd=tree, env=environment(tree), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            assert line.startswith("serving http://127.0.0.1:"), line
            yield line.split()[1]
        finally:
            process.terminate()


def words_of(command: str) -> list[str]:
    """A command as it is run in a copy of the tree, which has no environment of its own."""
    first, *rest = shlex.split(command)
    if first == "make":
        folder = Path(sys.executable).parent
        return ["make", "--no-print-directory", "READY=", f"BIN={folder}", *rest]
    if first == "warchouse":
        return [sys.executable, "-m", "warchouse", *rest]
    assert first == ".venv/bin/python", command
    return [sys.executable, *rest]


def take(step: Step, tree: Path, base_url: str) -> None:
    """Do what a step says."""
    where = f"docs/adding-a-source.md, line {step.line}: {step.about}"
    if step.kind == "command":
        done = run_in(tree, *words_of(step.about.replace(SITE, base_url)))
        printed = done.stdout.replace(base_url, SITE)
        assert done.returncode == 0, f"{where}\n{printed}"
        assert says(step.text, printed), f"{where} printed\n{printed}"
    elif step.kind == "whole":
        assert (tree / step.about).exists(), where
        (tree / step.about).write_text(step.text, encoding="utf-8")
    elif step.kind == "change":
        text = (tree / step.about).read_text(encoding="utf-8")
        try:
            text = changed(text, step.text)
        except ValueError as error:
            raise AssertionError(f"{where}: {error}") from error
        (tree / step.about).write_text(text, encoding="utf-8")


@pytest.mark.skipif((ROOT / "warc/sites/chess.py").exists(), reason="somebody has walked here")
def test_the_walk_leads_from_an_empty_site_to_its_first_table(tmp_path: Path) -> None:
    tree, site = copy_tree(tmp_path / "tree"), ChessSite()
    made = plan_source("chess", "game", tree).made
    first, *steps = [step for step in steps_of(DOCUMENT) if step.kind != "page"]
    assert (first.about, first.text) == (".venv/bin/python -m tests.replica.chess", PRINTED)
    with served(tree) as base_url:
        for step in steps:
            take(step, tree, base_url)
    snapshot = tree / "warehouse/data/snapshots/000001"
    truth = site.truth()
    table = pl.read_parquet(snapshot / "chess_games" / "*.parquet")
    assert table.select(list(truth[0])).to_dicts() == truth
    captures = pl.read_parquet(snapshot / "captures" / "*.parquet")
    asked = captures.filter(pl.col("verdict") == "content")["url"].str.replace(base_url, "")
    assert sorted(set(asked)) == sorted(site.targets())
    assert checks(tree, made) == ""
    told = re.search(r"some (\d+) lines", DOCUMENT)
    assert told is not None
    assert abs(written(made, tree) - int(told[1])) <= 5


def written(made: dict[str, str], tree: Path) -> int:
    """How many lines a reader writes: those that the files of a new source do not have."""
    return sum(
        line.startswith("+ ")
        for path, text in made.items()
        for line in difflib.ndiff(text.splitlines(), (tree / path).read_text("utf-8").splitlines())
    )


def test_the_pages_are_as_the_document_shows_them() -> None:
    shown = [step.text for step in steps_of(DOCUMENT) if step.kind == "page"]
    pages = [ChessSite().page(target) for target in ("/results", "/game/1008")]
    for text, page in zip(shown, pages, strict=True):
        assert page is not None
        lines = iter(page.body.decode().splitlines())
        assert [line for line in text.splitlines() if line not in lines] == []


@pytest.mark.parametrize(
    ("expected", "printed", "told"),
    [
        ("a\n…\nz\n", "a\nb\nc\nz\n", True),
        ("a\n…\nz\n", "a\nz\n", True),
        ("a\n…\nz\n", "a\nb\nz\ny\n", False),
        ("in … s\n", "in 0.5 s\n", True),
        ("in … s\n", "in 0.5 s\nmore\n", False),
        ("a.c\n", "abc\n", False),
        ("", "", True),
        ("", "a warning\n", False),
    ],
)
def test_what_is_printed_is_compared_line_by_line(
    expected: str, printed: str, *, told: bool
) -> None:
    assert says(expected, printed) is told


def test_a_change_wants_one_place() -> None:
    change = " kept\n-old\n+new\n+\n"
    assert changed("kept\nold\nend\n", change) == "kept\nnew\n\nend\n"
    for text in ("kept\nolder\n", "kept\nold\nkept\nold\n"):
        with pytest.raises(ValueError, match="places read"):
            changed(text, change)
