"""What a table accepts, row by row: declared types, closed sets, and where rows may stray."""

from __future__ import annotations

from typing import Any

import pytest

from parse.check import TableCheck, in_key_order, key_getter, row_key, table_name
from parse.model import CaptureRef, Made, Sourced
from tests.parse.fake_source import RULES, GameRow, NoteRow, Round, RoundRow, ShotRow
from warehouse.column import Row

CAPTURE = CaptureRef(
    capture_id=5, page_type="game", fetched_at_us=7, url="http://fake.test/game/1", parser="p/1"
)


def made(row: Row) -> Made:
    return Made(row, (Sourced(row, CAPTURE),))


def note(number: Any, text: Any = "x") -> Made:
    return made(NoteRow(game_id=1, topic="a", number=number, text=text))


def test_one_row_of_a_wrong_type_is_set_aside_and_the_others_stay() -> None:
    rows = [made(GameRow(game_id=1, title="a")), made(GameRow(game_id=2, title="b", score="x"))]  # type: ignore[arg-type]
    checked = TableCheck(GameRow, RULES[GameRow]).check(rows, {})
    assert [one.row for one in checked.good] == [rows[0].row]
    ((refused, (reason,)),) = checked.refused
    assert refused is rows[1]
    assert reason.startswith("a value is not of its column's type")


def test_a_missing_value_is_named() -> None:
    checked = TableCheck(NoteRow, ()).check([note(1, None)], {GameRow: {(1,)}})
    assert [reasons for _, reasons in checked.refused] == [("text is missing",)]


def test_columns_of_good_rows_carry_provenance() -> None:
    checked = TableCheck(NoteRow, ()).check([note(2), note(1)], {GameRow: {(1,)}})
    assert checked.columns.column("number").to_pylist() == [1, 2]
    assert checked.columns.column("game_capture_id").to_pylist() == [5, 5]
    assert checked.columns.column("parser_version").to_pylist() == ["p/1", "p/1"]


def test_a_reference_may_be_to_a_shorter_or_equal_key() -> None:
    shot = made(ShotRow(game_id=1, round_id=2, shot=3))
    check = TableCheck(ShotRow, ())
    assert check.check([shot], {RoundRow: {(1, 2)}}).refused == []
    ((_, reasons),) = check.check([shot], {RoundRow: {(1, 3)}}).refused
    assert reasons == ("refers to no row of fake_rounds",)


def test_published_keys_are_remembered_across_batches() -> None:
    check, keys = TableCheck(GameRow, ()), {}  # type: ignore[var-annotated]
    check.check([made(GameRow(game_id=1, title="a"))], keys)
    ((_, reasons),) = check.check([made(GameRow(game_id=1, title="b"))], keys).refused
    assert reasons == ("key is not unique",)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([3, 1, 2], [1, 2, 3]), ([None, 1], [1, None]), ([2, None, 1, None], [1, 2, None, None])],
)
def test_rows_are_ordered_by_key_with_nulls_last(numbers: list[Any], expected: list[Any]) -> None:
    ordered = in_key_order([note(number) for number in numbers], key_getter(NoteRow))
    assert [one.row.number for one in ordered] == expected  # type: ignore[attr-defined]


def test_names_and_keys_of_rows_and_fragments() -> None:
    assert (table_name(note(1).row), row_key(note(1).row)) == (
        "fake_notes",
        '{"game_id":1,"topic":"a","number":1}',
    )
    fragment = Round(round_id=4, points=1)
    assert (table_name(fragment), row_key(fragment)) == ("Round", '{"round_id":4}')
