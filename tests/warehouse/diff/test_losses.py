"""What is lost: the cheap answer is the whole comparison's, and reads only what it must."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.diff.sides import ThingRow, Values, side, thing
from tests.warehouse.diff.test_snapshots import pairs
from warehouse.diff.compare import Wanted
from warehouse.diff.losses import Limits, TableLoss, held_back, losses, losses_of
from warehouse.diff.snapshots import diff_snapshots
from warehouse.snapshot import Snapshot

ROWS = (ThingRow,)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Folders that nobody has used."""
    numbers = itertools.count()
    base = tmp_path_factory.mktemp("sides")
    return lambda: base / f"{next(numbers):06d}"


def reasons(before: Snapshot, after: Snapshot, limits: Limits = Limits()) -> tuple[str, ...]:  # noqa: B008 - frozen
    """Why it would be held back, both ways, which must agree."""
    cheap = held_back(losses(before, after, limits, rows=ROWS), limits)
    whole = diff_snapshots(before, after, Wanted(examples=0), rows=ROWS)
    assert held_back(losses_of(whole), limits) == cheap
    return cheap


@settings(max_examples=100)
@given(
    pairs,
    st.sampled_from([0.0, 0.05, 0.3]),
    st.sampled_from([0.0, 0.05, 0.3]),
    st.sampled_from([1, 2, 5]),
)
def test_the_cheap_answer_is_that_of_the_whole_comparison(
    fresh: Callable[[], Path],
    pair: tuple[list[Values], list[Values]],
    share: float,
    rise: float,
    least: int,
) -> None:
    limits = Limits(max_lost_share=share, max_null_rise=rise, min_lost=least)
    reasons(side(fresh(), pair[0]), side(fresh(), pair[1]), limits)


def things(count: int, **said: Any) -> list[Values]:
    return [thing(at, **said) for at in range(count)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (things(200), things(200), ()),
        (things(200), things(250), ()),
        (things(200), things(190), ()),
        (things(200), things(189), ("things loses 11 of 200 rows (5.5 %, the limit is 5 %)",)),
        (things(9), things(2), ()),  # fewer than ten rows
        (things(9), [], ("things loses all its rows (9)",)),
        ([], things(9), ()),
        (
            things(200),  # as many come as go: they do not cover up
            [thing(at) for at in range(11, 211)],
            ("things loses 11 of 200 rows (5.5 %, the limit is 5 %)",),
        ),
        (
            things(200, text="x"),  # every key is renamed
            things(200, text="x", name="b"),
            ("things loses 200 of 200 rows (100 %, the limit is 5 %)",),
        ),
        (
            things(200, score=1),
            [*things(11), *things(200, score=1)[11:]],
            ("things.score loses 11 of 200 values (5.5 %, the limit is 5 %)",),
        ),
        (things(200, score=1), [*things(10), *things(200, score=1)[10:]], ()),
        (
            things(100, score=1),  # rows of another time lack the value: no loss
            [*things(100, score=1), *things(300)[100:]],
            (),
        ),
        (
            [*things(10, rate=1.0), *things(1000)[10:]],  # one in a hundred, but all there was
            things(1000),
            ("things.rate loses all its values (10)",),
        ),
        (
            things(200, score=1),  # where a row comes from is no value
            things(200, score=1, page_capture_id=None),
            (),
        ),
    ],
)
def test_what_is_held_back(
    tmp_path: Path, before: list[Values], after: list[Values], expected: tuple[str, ...]
) -> None:
    assert reasons(side(tmp_path / "a", before), side(tmp_path / "b", after)) == expected


def test_a_table_that_is_not_there_any_more_is_lost(tmp_path: Path) -> None:
    before = side(tmp_path / "a", things(3))
    after = Snapshot("b", tmp_path / "b", {"tables": {}, "inputs": [], "parts": []})
    assert reasons(before, after) == ("things loses all its rows (3)",)


@pytest.mark.parametrize("table", ["issues", "quarantine"])
def test_fewer_troubles_are_no_loss(table: str) -> None:
    before = Snapshot("a", Path("a"), {"tables": {table: 50}, "inputs": [], "parts": []})
    after = Snapshot("b", Path("b"), {"tables": {table: 0}, "inputs": [], "parts": []})
    assert losses(before, after, Limits()) == ()


def test_captures_go_by_their_number_and_no_part_is_opened() -> None:
    def snapshot(name: str, rows: int) -> Snapshot:
        part = {"table": "captures", "name": "part-00000.parquet", "sha256": name}
        return Snapshot(name, Path(name), {"tables": {"captures": rows}, "parts": [part]})

    found = losses(snapshot("a", 100), snapshot("b", 90), Limits())
    assert found == (TableLoss(table="captures", rows=100, lost=10),)


def damage_rows(snapshot: Snapshot) -> None:
    """Make every row unreadable, and leave the footers as they are."""
    for path in (snapshot.folder / "things").iterdir():
        data = bytearray(path.read_bytes())
        footer = int.from_bytes(data[-8:-4], "little") + 8
        data[4:-footer] = b"\xff" * (len(data) - footer - 4)
        path.write_bytes(data)


def test_where_little_can_be_lost_no_row_is_read(tmp_path: Path) -> None:
    before, after = things(300, score=1), things(330, score=1)
    after[7]["score"] = None
    sides = side(tmp_path / "a", before), side(tmp_path / "b", after)
    for one in sides:
        damage_rows(one)
    assert held_back(losses(*sides, Limits(), rows=ROWS), Limits()) == ()


def test_losses_are_bounds_within_a_limit_and_exact_beyond(tmp_path: Path) -> None:
    before, after = things(200, score=1), things(200, score=1)[20:]
    after[3]["score"] = None
    [loss] = losses(side(tmp_path / "a", before), side(tmp_path / "b", after), Limits(), rows=ROWS)
    assert loss.lost == 20
    assert 1 <= loss.nulls["score"] <= 21


def test_an_upgrade_that_blanks_nothing_has_only_its_keys_read(tmp_path: Path) -> None:
    """Every part differs, by parser version; the column with many nulls still has as many."""
    before = [thing(at, score=at if at % 2 else None) for at in range(40)]
    after = [row | {"parser_version": "fake.page/2"} for row in before]
    sides = side(tmp_path / "a", before), side(tmp_path / "b", after)
    [loss] = losses(*sides, Limits(max_null_rise=0.0, min_lost=1), rows=ROWS)
    assert (loss.lost, loss.nulls["score"]) == (0, 0)
