"""Printed values read as numbers: what is accepted, and that nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parse.errors import ValueFormatError
from parse.model import Issue
from parse.values import (
    Reading,
    decimal,
    epoch_ms,
    integer,
    is_blank,
    iso_day,
    pair,
    path_id,
    path_of,
    percent,
    with_bracket,
)

READERS: tuple[Callable[[str], object], ...] = (
    integer,
    decimal,
    percent,
    with_bracket,
    epoch_ms,
    lambda text: pair(text, "-"),
)


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (integer, "16", 16),
        (integer, " 0\n", 0),
        (decimal, "98.2", 98.2),
        (decimal, "0", 0.0),
        (percent, "+5.26%", 5.26),
        (percent, "-0.99 %", -0.99),
        (percent, "100.0%", 100.0),
        (percent, "116.2%", 116.2),
        (with_bracket, "14 (9)", (14, 9)),
        (with_bracket, "14(9)", (14, 9)),
        (with_bracket, "14\n   (9) ", (14, 9)),
        (with_bracket, "10", (10, None)),
        (with_bracket, "14 (-)", (14, None)),
        (epoch_ms, "1765731600000", 1765731600000),
    ],
)
def test_reads(read: Callable[[str], object], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (integer, ""),
        (integer, "-"),
        (integer, "1_000"),
        (integer, "\u0663"),
        (integer, "\u00b2"),
        (integer, "-1"),
        (decimal, "1,5"),
        (decimal, "nan"),
        (decimal, "1e5"),
        (percent, "73.5"),
        (percent, "%"),
        (with_bracket, "null(null)"),
        (with_bracket, "(9)"),
        (epoch_ms, "1765731600"),
        (epoch_ms, "1765731600000000"),
    ],
)
def test_refuses(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueFormatError):
        read(text)


@pytest.mark.parametrize(
    ("text", "separator", "value"), [("54-33", "-", (54, 33)), ("2 : 5", ":", (2, 5))]
)
def test_reads_a_pair(text: str, separator: str, value: tuple[int, int]) -> None:
    assert pair(text, separator) == value


@pytest.mark.parametrize("text", ["54", "54-", "-33", "54-33-1", "54:33"])
def test_refuses_what_is_no_pair(text: str) -> None:
    with pytest.raises(ValueFormatError):
        pair(text, "-")


@pytest.mark.parametrize("text", ["", " - ", "null", "null(null)", "null : null", "null (-)", "-%"])
def test_blank_texts_say_that_there_is_no_value(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["0", "n/a", "nul", "null(3)"])
def test_other_texts_are_not_blank(text: str) -> None:
    assert not is_blank(text)


@given(st.text(max_size=30))
def test_any_text_gives_a_value_or_the_error_of_this_module(text: str) -> None:
    for read in READERS:
        with suppress(ValueFormatError):
            read(text)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_printed_count_is_read_back(value: int) -> None:
    assert integer(str(value)) == value
    assert with_bracket(f"{value} ({value})") == (value, value)


@pytest.mark.parametrize(
    ("url", "folder", "number"),
    [
        ("/team/9565/vitality", "team", 9565),
        ("https://www.hltv.org/team/9565/vitality", "team", 9565),
        ("/stats/players/21711/33", "players", 21711),
        ("/download/demo/102981", "demo", 102981),
        ("/stats/players/0/nobody", "players", None),
        ("/teams/9565/vitality", "team", None),
        ("/team/x/9565", "team", None),
        ("", "team", None),
        (None, "team", None),
    ],
)
def test_number_after_a_folder(url: str | None, folder: str, number: int | None) -> None:
    assert path_id(url, folder) == number


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/matches/1/a-vs-b", "/matches/1/a-vs-b"),
        ("https://www.hltv.org/matches/1/a-vs-b?x=1#top", "/matches/1/a-vs-b"),
        ("http://127.0.0.1:8000/matches/1/a", "/matches/1/a"),
        ("/matches/1/a?contextIds=4", "/matches/1/a"),
    ],
)
def test_path_of_a_url(url: str, path: str) -> None:
    assert path_of(url) == path


@pytest.mark.parametrize(
    ("unix_ms", "day"),
    [(1765731600000, "2025-12-14"), (1765756799999, "2025-12-14"), (1765756800000, "2025-12-15")],
)
def test_day_is_that_of_utc(unix_ms: int, day: str) -> None:
    assert iso_day(unix_ms) == day


def test_reading_keeps_issues_in_order() -> None:
    reading = Reading("hltv_maps")
    assert reading.value("a", "7", integer) == 7
    assert reading.value("b", None, integer) is None
    assert reading.value("c", "seven\n (7)", integer) is None
    assert reading.value("d", " - ", integer) is None
    reading.unexpected("e", "x" * 50)
    assert reading.issues == [
        Issue("missing", "hltv_maps.b"),
        Issue("unreadable", "hltv_maps.c", "seven (7)"),
        Issue("unexpected", "hltv_maps.e", "x" * 40),
    ]
