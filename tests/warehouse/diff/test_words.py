"""Which capture an example leads to, and texts that cannot be taken for something else."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.diff.model import Diff, Example, Place
from warehouse.diff.words import key_text, place_of, printable, value_text


def place(capture_id: int, page_type: str) -> Place:
    return Place(
        capture_id=capture_id, page_type=page_type, url="u", collection="c", file="f", offset=0
    )


PLACES = {1: place(1, "match"), 2: place(2, "map_stats"), 3: place(3, "map_stats")}


@pytest.mark.parametrize(
    ("before", "after", "versions", "expected"),
    [
        ((1, 2), (1, 2), (1, 1), 1),  # nothing tells: the primary one
        ((1, 2), (1, 3), (1, 1), 3),  # the page that is new
        ((1, 2), (1, 2), (1, 2), 2),  # the page whose parser is new
        ((1, 2), (), (1, 1), 1),
        ((), (9,), (1, 1), None),
    ],
)
def test_an_example_leads_to_the_capture_that_made_the_difference(
    before: tuple[int, ...],
    after: tuple[int, ...],
    versions: tuple[int, int],
    expected: int | None,
) -> None:
    diff = Diff(
        before="a",
        after="b",
        parsers_before={"hltv.map_stats": versions[0]},
        parsers_after={"hltv.map_stats": versions[1]},
        places_before=PLACES,
        places_after=PLACES,
    )
    example = Example(key=(1,), before=1, after=2, captures_before=before, captures_after=after)
    found = place_of(diff, example)
    assert (found.capture_id if found else None) == expected


@given(st.text())
def test_no_text_moves_the_cursor(text: str) -> None:
    assert all(one.isprintable() for one in printable(text) + value_text(text) + key_text((text,)))


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "Zs"])), min_size=1))
def test_a_key_is_one_word_per_column_for_the_shell(key: list[str]) -> None:
    read = shlex.split(key_text(key))
    assert len(read) == len(key)
    assert [
        word for word, part in zip(read, key, strict=True) if part.isascii() and word != part
    ] == []


def test_texts_and_values_are_told_apart() -> None:
    assert value_text(None) != value_text("null")
    assert value_text("a b") != value_text("a  b")
    assert value_text(float("nan")) == "nan"
    assert len(value_text("x" * 500)) == 60
