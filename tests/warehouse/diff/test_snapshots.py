"""Two snapshots compared: against dictionaries, against themselves, and the other way round."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.diff.sides import (
    PROVENANCE,
    Naive,
    ThingRow,
    Values,
    in_order,
    key_of_thing,
    side,
    snapshot_of,
    thing,
)
from warehouse.column import Key, Row
from warehouse.diff.as_json import as_json
from warehouse.diff.compare import Wanted
from warehouse.diff.model import Diff, TableDiff
from warehouse.diff.pieces import pieces_of, portions
from warehouse.diff.snapshots import diff_snapshots
from warehouse.errors import TableNotFoundError, WarehouseError
from warehouse.parts import TableWriter
from warehouse.snapshot import Snapshot

ALL = Wanted(examples=1000)
FEW = settings(max_examples=50)  # each writes and reads a dozen files

rows = st.builds(
    thing,
    st.integers(-7, 12),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["a", "b", "é"]),
    score=st.sampled_from([None, 0, 1]),
    rate=st.sampled_from([None, 0.0, 0.1, float("nan"), float("inf")]),
    text=st.sampled_from([None, "", "x"]),
    flag=st.sampled_from([None, True, False]),
    parser_version=st.sampled_from(["fake.page/1", "fake.page/2"]),
    page_capture_id=st.sampled_from([1, 2]),
)
tables = st.lists(rows, max_size=20, unique_by=key_of_thing)


@st.composite
def edited(draw: st.DrawFn) -> tuple[list[Values], list[Values]]:
    """A table, and the same after some edits: most rows stay, so that parts are shared."""
    before = draw(tables)
    after = {key_of_thing(row): dict(row) for row in before}
    for row in draw(st.lists(rows, max_size=4)):
        after[key_of_thing(row)] = row
    for key in (
        draw(st.lists(st.sampled_from(sorted(after, key=repr)), max_size=3)) if after else ()
    ):
        after.pop(key, None)
    return before, list(after.values())


pairs = st.one_of(edited(), st.tuples(tables, tables))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Folders that nobody has used."""
    numbers = itertools.count()
    base = tmp_path_factory.mktemp("sides")
    return lambda: base / f"{next(numbers):06d}"


def compare(before: Snapshot, after: Snapshot, wanted: Wanted = ALL) -> TableDiff:
    [table] = diff_snapshots(before, after, wanted, rows=(ThingRow,)).tables
    return table


@FEW
@given(pairs, st.sampled_from([1, 2, 3, 100]))
def test_a_diff_equals_a_comparison_of_dictionaries(
    fresh: Callable[[], Path], pair: tuple[list[Values], list[Values]], ids: int
) -> None:
    """Also where parts are cut elsewhere on the other side."""
    naive = Naive(*pair)
    before, after = side(fresh(), pair[0]), side(fresh(), pair[1], ids=ids)
    found = compare(before, after)
    json.dumps(as_json(Diff(before="a", after="b", tables=(found,))), allow_nan=False)
    assert (found.rows_before, found.rows_after) == (len(pair[0]), len(pair[1]))
    assert (found.added, found.removed) == (len(naive.added), len(naive.removed))
    assert (found.changed, found.moved) == (len(naive.rows), len(naive.moved))
    assert {one.key for one in found.rows_added} == naive.added.keys()
    assert {one.key for one in found.rows_removed} == naive.removed.keys()
    by_name = {column.name: column for column in found.columns}
    for name in ("score", "rate", "text", "flag"):
        changes = naive.changed.get(name, {})
        nulls = [sum(row[name] is None for row in rows) for rows in pair]
        if name not in by_name:
            assert not changes
            assert nulls[0] * len(pair[1]) == nulls[1] * len(pair[0])
            continue
        column = by_name[name]
        assert (column.nulls_before, column.nulls_after) == tuple(nulls)
        assert column.blanked == sum(new is None for _, new in changes.values())
        assert column.filled == sum(old is None for old, _ in changes.values())
        assert column.total == len(changes)
        told = {one.key: repr((one.before, one.after)) for one in column.examples}
        assert told == {key: repr(values) for key, values in changes.items()}


@FEW
@given(tables)
def test_a_table_does_not_differ_from_itself(fresh: Callable[[], Path], rows: list[Values]) -> None:
    found = compare(side(fresh(), rows), side(fresh(), rows))
    assert found.is_equal
    assert (found.added, found.removed, found.changed, found.moved) == (0, 0, 0, 0)


@FEW
@given(pairs)
def test_the_other_way_round_everything_is_mirrored(
    fresh: Callable[[], Path], pair: tuple[list[Values], list[Values]]
) -> None:
    before, after = (side(fresh(), rows) for rows in pair)
    there, back = compare(before, after), compare(after, before)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert (there.changed, there.moved) == (back.changed, back.moved)
    assert there.rows_added == back.rows_removed or "nan" in repr(there.rows_added)
    for one, other in zip(there.columns, back.columns, strict=True):
        assert one.name == other.name
        assert (one.changed, one.blanked, one.filled) == (
            other.changed,
            other.filled,
            other.blanked,
        )
        assert (one.nulls_before, one.nulls_after) == (other.nulls_after, other.nulls_before)


@FEW
@given(pairs)
def test_what_a_diff_says_done_to_one_side_gives_the_other(
    fresh: Callable[[], Path], pair: tuple[list[Values], list[Values]]
) -> None:
    before, after = (side(fresh(), rows) for rows in pair)
    found = compare(before, after, Wanted(provenance=True, examples=1000))
    built = {key_of_thing(row): dict(row) for row in pair[0]}
    for gone in found.rows_removed:
        del built[gone.key]
    for new in found.rows_added:
        built[new.key] = dict(new.row)
    for column in found.columns:
        for example in column.examples:
            built[example.key][column.name] = example.after
    for row in built.values():
        if isinstance(row["fetched_at"], datetime):
            row["fetched_at"] = 0
    assert repr(in_order(built.values())) == repr(in_order(pair[1]))


@FEW
@given(pairs, st.integers(0, 3))
def test_few_examples_are_the_first_by_key(
    fresh: Callable[[], Path], pair: tuple[list[Values], list[Values]], few: int
) -> None:
    before, after = (side(fresh(), rows) for rows in pair)
    full, cut = compare(before, after), compare(before, after, Wanted(examples=few))
    naive = Naive(*pair)
    first = [key_of_thing(row) for row in in_order(naive.added.values())][:few]
    assert [one.key for one in cut.rows_added] == first
    for one, other in zip(full.columns, cut.columns, strict=True):
        assert repr(other.examples) == repr(one.examples[:few])
        assert (one.total, one.nulls_after) == (other.total, other.nulls_after)


def test_where_a_row_comes_from_is_counted_and_shown_if_asked(tmp_path: Path) -> None:
    before = side(tmp_path / "a", [thing(1), thing(2, score=1)])
    now = [thing(1, page_capture_id=9, parser_version="fake.page/2"), thing(2, score=2)]
    after = side(tmp_path / "b", now)
    quiet = compare(before, after)
    assert (quiet.changed, quiet.moved) == (1, 1)
    assert [column.name for column in quiet.columns] == ["score"]
    loud = compare(before, after, Wanted(provenance=True))
    assert (loud.changed, loud.moved) == (2, 0)
    assert [column.name for column in loud.columns] == [
        "score",
        "parser_version",
        "page_capture_id",
    ]
    assert {column.name for column in loud.columns} <= {"score", *PROVENANCE}


def test_parts_that_both_sides_hold_are_not_read(tmp_path: Path) -> None:
    """A shared part may even be unreadable: only its footer tells of nulls."""
    few, more = [thing(1), thing(4, score=1)], [thing(1), thing(4, score=2)]
    before, after = side(tmp_path / "a", few), side(tmp_path / "b", more)
    for one in (before, after):
        path = one.folder / "things" / "part-00000.parquet"
        data = bytearray(path.read_bytes())
        data[4:40] = b"\xff" * 36
        path.write_bytes(data)
    found = compare(before, after)
    assert (found.changed, found.columns[0].changed) == (1, 1)
    for one in (before, after):
        (one.folder / "things" / "part-00000.parquet").unlink()
    assert compare(before, before).is_equal


def test_a_missing_or_broken_part_is_named(tmp_path: Path) -> None:
    before, after = side(tmp_path / "a", [thing(1)]), side(tmp_path / "b", [thing(2)])
    part = after.folder / "things" / "part-00000.parquet"
    part.write_bytes(b"PAR1 this is none")
    with pytest.raises(WarehouseError, match=r"cannot read .*part-00000\.parquet: "):
        compare(before, after)
    part.unlink()
    with pytest.raises(WarehouseError, match=r"cannot read .*part-00000\.parquet: no such file"):
        compare(before, after)


class OlderRow(Row, frozen=True):
    """A thing as it was declared once."""

    table: ClassVar[str] = "things"
    contributors: ClassVar[tuple[str, ...]] = ("page",)

    thing_id: Annotated[int, Key()]
    player_id: Annotated[int | None, Key()]
    name: Annotated[str, Key()]
    score: float | None
    text: int | None
    gone: str | None


def old(thing_id: int, **said: Any) -> Values:
    row = thing(thing_id) | {"gone": "x"} | said
    return {name: value for name, value in row.items() if name not in {"rate", "flag"}}


def test_columns_of_one_side_and_columns_of_another_type(tmp_path: Path) -> None:
    before = side(
        tmp_path / "a", [old(1, score=1.0, text=7), old(2, score=2.5, text=8)], row=OlderRow
    )
    after = side(tmp_path / "b", [thing(1, score=1, text="7"), thing(2, score=2, flag=True)])
    found = compare(before, after)
    columns = {column.name: column for column in found.columns}
    assert (found.changed, columns["score"].changed, columns["text"].blanked) == (1, 1, 1)
    assert (columns["score"].type_before, columns["score"].type_after) == ("double", "int64")
    assert [(c.name, c.only_in) for c in found.columns if c.only_in] == [
        ("rate", "after"),
        ("flag", "after"),
        ("gone", "before"),
    ]
    assert columns["flag"].nulls_after == 1
    assert not found.is_equal


class RekeyedRow(Row, frozen=True):
    """A thing under a key of text."""

    table: ClassVar[str] = "things"
    contributors: ClassVar[tuple[str, ...]] = ()

    thing_id: Annotated[str, Key()]
    score: int | None


def test_a_table_whose_key_changed_or_that_nobody_declares_is_counted(tmp_path: Path) -> None:
    before = side(tmp_path / "a", [thing(1, score=1), thing(2)])
    after = side(tmp_path / "b", [thing(1)])
    [undeclared] = diff_snapshots(before, after, rows=()).tables
    assert "no row class declares it" in undeclared.note
    assert (undeclared.rows_before, undeclared.rows_after, undeclared.is_equal) == (2, 1, False)
    assert [column.name for column in undeclared.columns] == ["score"]
    writer = TableWriter(tmp_path / "c", RekeyedRow)
    writer.add_columns({"thing_id": ["1"], "score": [1]})
    writer.finish_part(0)
    writer.close()
    rekeyed = compare(before, snapshot_of(tmp_path / "c", writer.parts))
    assert "its key changed (thing_id: int64 before, string after)" in rekeyed.note


def test_tables_of_one_side_and_tables_asked_for(tmp_path: Path) -> None:
    before = side(tmp_path / "a", [thing(1)])
    after = Snapshot("b", tmp_path / "b", {"tables": {"others": 5}, "inputs": [], "parts": []})
    found = diff_snapshots(before, after, rows=(ThingRow,))
    assert [(t.name, t.only_in, t.added, t.removed) for t in found.tables] == [
        ("others", "after", 5, 0),
        ("things", "before", 0, 1),
    ]
    [one] = diff_snapshots(before, after, tables=("others",)).tables
    assert one.name == "others"
    with pytest.raises(TableNotFoundError, match="no table 'x' in snapshots a and b: there are"):
        diff_snapshots(before, after, tables=("x",))


def test_an_empty_table_and_a_full_one(tmp_path: Path) -> None:
    empty, full = side(tmp_path / "a", []), side(tmp_path / "b", [thing(1), thing(9)])
    assert compare(empty, full).added == 2
    assert compare(full, empty).removed == 2
    assert compare(empty, empty).is_equal


def test_a_diff_is_the_same_value_every_time(tmp_path: Path) -> None:
    before = side(tmp_path / "a", [thing(at, score=at, text="x") for at in range(30)])
    after = side(tmp_path / "b", [thing(at, score=at + at % 2) for at in range(2, 33)])
    first: Diff = diff_snapshots(before, after, rows=(ThingRow,))
    assert diff_snapshots(before, after, rows=(ThingRow,)) == first


@pytest.mark.parametrize(
    ("ids", "sizes"),
    [
        (3, [(1, 1)] * 4),  # cut alike: a part against a part, however many there are
        (6, [(2, 1)] * 2),
        (2, [(2, 3), (2, 3)]),
        (12, [(4, 1)]),
    ],
)
def test_a_portion_holds_no_more_parts_than_overlap(
    tmp_path: Path, ids: int, sizes: list[tuple[int, int]]
) -> None:
    before = side(tmp_path / "a", [thing(at, score=1) for at in range(12)])
    after = side(tmp_path / "b", [thing(at, score=2) for at in range(12)], ids=ids)
    found = portions(pieces_of(before, after, "things"), "thing_id")
    assert [(len(one.before), len(one.after)) for one in found] == sizes


def test_copies_of_one_key_are_matched_in_their_order(tmp_path: Path) -> None:
    """No table has any; were there one, nothing would be multiplied or lost."""
    before = side(tmp_path / "a", [thing(1, score=1), thing(1, score=2), thing(2)])
    after = side(tmp_path / "b", [thing(1, score=1), thing(2), thing(2)])
    found = compare(before, after)
    assert (found.added, found.removed, found.changed) == (1, 1, 0)
