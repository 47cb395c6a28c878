"""A new source is written whole and passes every check, or nothing is written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.new_source.__main__ import TABLES, carry_out, new_source, write_whole
from tests.new_source.a_tree import checks, contents, copy_tree, run_in
from tests.new_source.plan import LISTINGS, plan_source
from warc.errors import UsageError

WRITES = 14
"""Eight files, five listings, the reference of tables."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return copy_tree(tmp_path / "tree")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that nothing is written to."""
    return copy_tree(tmp_path_factory.mktemp("new_source") / "tree")


@pytest.mark.parametrize(
    ("name", "page"),
    [("sweetshop", "item"), ("items", "sweetshop"), ("a1", "page_of_a_very_long_name")],
)
def test_what_is_written_passes_all_checks_whatever_it_is_called(
    tree: Path, name: str, page: str
) -> None:
    plan = new_source(name, page, tree)
    assert len(plan.made) + len(plan.entered) + 1 == WRITES
    assert checks(tree, plan.made) == ""
    tests = (f"tests/parse/{name}", "tests/test_layout.py", "tests/test_docs.py")
    known = "not modules and not posix and not readme and not command and not lock"
    done = run_in(tree, sys.executable, "-m", "pytest", "-q", "-k", known, *tests)
    assert done.returncode == 0, done.stdout
    done = run_in(tree, sys.executable, "-m", "warchouse", "fetch", name, "--help")
    assert f"warchouse fetch {name} --refetch 1" in done.stdout


def test_templates_leave_no_word_of_theirs(untouched: Path) -> None:
    plan = plan_source("darts", "match", untouched)
    text = "\n".join((*plan.made, *plan.made.values())).lower()
    assert [word for word in ("shop", "item") if word in text] == []
    assert "darts_matches" in text


@pytest.mark.parametrize(
    ("name", "page", "message"),
    [
        ("", "item", "a new source wants a name"),
        ("Shop", "item", "NAME='Shop' is not a word of at most 24 small letters"),
        ("../shop", "item", "is not a word"),
        ("a b", "item", "is not a word"),
        ("class", "item", "is not a word"),
        ("naïve", "item", "is not a word"),
        ("s" * 25, "item", "is not a word"),
        ("shop\n", "item", "is not a word"),
        ("hltv", "item", "the name 'hltv' is taken"),
        ("page", "item", "the name 'page' is taken: there is warc/sites/page.py"),
        ("urls", "item", "NAME='urls' is taken"),
        ("sweetshop", "list", "PAGE='list' is taken"),
        ("sweetshop", "", "PAGE"),
    ],
)
def test_a_bad_name_is_one_line_and_writes_nothing(
    untouched: Path, name: str, page: str, message: str
) -> None:
    before = contents(untouched)
    done = run_in(untouched, sys.executable, "-m", "tests.new_source", name, page)
    assert (done.returncode, done.stdout.count("\n")) == (2, 1)
    assert done.stdout.startswith("error: ")
    assert message in done.stdout
    assert contents(untouched) == before


def test_a_source_that_is_there_is_left_as_it_is(tree: Path) -> None:
    new_source("sweetshop", "item", tree)
    with pytest.raises(UsageError, match="all of it is there already: fetch/sources/sweetshop"):
        new_source("sweetshop", "item", tree)
    (tree / "warc/sites/sweetshop.py").write_text("# mine\n", "utf-8")
    before = contents(tree)
    with pytest.raises(UsageError, match="is taken: there is warc/sites/sweetshop"):
        new_source("sweetshop", "item", tree)
    assert contents(tree) == before


def failing_at(number: int, error: BaseException) -> Iterator[bool]:
    """Raises at the n-th step."""
    yield from (True for _ in range(number))
    raise error


def test_whichever_write_fails_nothing_is_left(tree: Path) -> None:
    before, plan = contents(tree), plan_source("sweetshop", "item", tree)
    for number in range(WRITES):
        error = KeyboardInterrupt() if number % 2 else OSError(28, "No space left on device")
        steps = failing_at(number, error)

        def write(path: Path, text: str, steps: Iterator[bool] = steps) -> None:
            next(steps)
            write_whole(path, text)

        with pytest.raises(type(error)):
            carry_out(plan, tree, write)
        assert contents(tree) == before, number
    assert not (tree / "tests/parse/sweetshop").exists()


def test_what_a_killed_run_left_is_finished(tree: Path) -> None:
    before, plan = contents(tree), plan_source("sweetshop", "item", tree)
    wanted = before | {path: text.encode() for path, text in (plan.made | plan.entered).items()}
    for written in (3, 10, WRITES - 1):
        for path, text in list((plan.made | plan.entered).items())[:written]:
            write_whole(tree / path, text)
        new_source("sweetshop", "item", tree)
        after = contents(tree)
        assert b"## sweetshop_items\n" in after.pop(TABLES)
        assert after == {path: text for path, text in wanted.items() if path != TABLES}
        for path in plan.made:
            (tree / path).unlink()
        for path, body in before.items():
            (tree / path).write_bytes(body)


def test_code_that_does_not_run_takes_no_source(tree: Path) -> None:
    (tree / "warehouse/rows/archive.py").write_text("ROWS = gone\n", "utf-8")
    before = contents(tree)
    with pytest.raises(UsageError, match="name 'gone' is not defined"):
        new_source("sweetshop", "item", tree)
    assert contents(tree) == before


def test_a_listing_of_another_shape_is_named(tree: Path) -> None:
    listing = tree / LISTINGS[0].path
    listing.write_text(listing.read_text("utf-8").replace("SITES", "ALL"), "utf-8")
    before = contents(tree)
    with pytest.raises(UsageError, match=r"warc/sites/__init__\.py has no place that reads"):
        new_source("sweetshop", "item", tree)
    assert contents(tree) == before
