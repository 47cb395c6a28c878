"""The state a history of changes comes to, and the lines it is kept in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.warc.roster.named import lobby, of_tournament, player
from warc.roster.entries import Entry, EntryError, Kind, entry_table, read_entry
from warc.roster.lines import Line, read_line, write_line
from warc.roster.state import Change, Fold, Roster

numbers = st.integers(1, 4)
entries: st.SearchStrategy[Entry] = st.one_of(
    st.builds(player, numbers, since=st.sampled_from(["2025-01-01", "2026-06-30"])),
    st.builds(of_tournament, numbers, team=st.sampled_from(["Reds", "Blues"])),
    st.builds(lobby, numbers, hours=st.sampled_from(["10:00-12:00", "mon 18:00-00:00"])),
)
changes = st.builds(Change, st.sampled_from(["add", "remove"]), entries)


def folded(history: list[Change]) -> Roster:
    fold = Fold()
    for change in history:
        fold.apply(change)
    return fold.roster(entries=len(history))


@given(st.lists(changes))
def test_any_history_comes_to_the_last_word_about_each_key(history: list[Change]) -> None:
    last = {(one.entry.kind, one.entry.key): one for one in history}
    named = [one.entry for one in last.values() if one.what == "add"]
    roster = folded(history)
    assert sorted(roster.all, key=repr) == sorted(named, key=repr)
    for group in (roster.players, roster.tournament_players, roster.lobbies):
        assert [one.key for one in group] == sorted(one.key for one in group)


@given(st.lists(changes), st.lists(changes))
def test_the_digest_is_of_the_state_alone(one: list[Change], other: list[Change]) -> None:
    first, second = folded(one), folded(other)
    assert (first.digest == second.digest) == (first.all == second.all)
    named = [Change("add", entry) for entry in reversed(first.all)]
    assert folded(named).digest == first.digest


@given(st.lists(changes))
def test_what_makes_no_difference_could_be_left_out(history: list[Change]) -> None:
    fold = Fold()
    assert folded([one for one in history if fold.apply(one)]).all == folded(history).all


def test_an_empty_roster_has_a_digest_too() -> None:
    assert len(Roster().digest) == 64
    assert Roster().digest == folded([Change("add", player()), Change("remove", player())]).digest


texts = st.text(st.characters(codec="utf-8"), max_size=30)


@given(changes, texts, texts)
def test_a_line_is_read_as_it_was_written(change: Change, who: str, why: str) -> None:
    line = Line(when=datetime(2026, 11, 21, 20, 5, 12, tzinfo=UTC), who=who, why=why, change=change)
    data = write_line(line)
    assert data.endswith(b"\n")
    assert data.count(b"\n") == 1
    assert read_line(data[:-1]) == line


def test_what_no_encoding_has_is_escaped() -> None:
    line = Line(
        when=datetime(2026, 1, 1, tzinfo=UTC), who="x", why="\udce9", change=Change("add", player())
    )
    assert read_line(write_line(line)[:-1]) == line


@given(entries)
def test_an_entry_is_read_as_it_was_written(entry: Entry) -> None:
    assert read_entry(entry.kind, entry_table(entry)) == entry


def mistakes(kind: Kind, table: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(EntryError) as caught:
        read_entry(kind, table)
    return {one.key: one.problem for one in caught.value.mistakes}


def test_all_mistakes_of_an_entry_are_named_at_once() -> None:
    assert mistakes(
        "player", {"acount": "x", "account": "account.12", "name": 5, "tracked_since": "soon"}
    ) == {
        "acount": "unknown key; known are account, name, shard, tracked_since",
        "account": "'account.12' is not account. and 32 hexadecimal digits",
        "name": "must be text, not a number",
        "shard": "is missing",
        "tracked_since": "must be a date like 2026-01-31, not 'soon'",
    }


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("account", "account.0123456789ABCDEF0123456789ABCDEF", "is not account. and 32"),
        ("account", True, "must be text, not true or false"),
        ("name", "", "is no text of one line"),
        ("name", "two\nlines", "is no text of one line"),
        ("name", " blank", "is no text of one line"),
        ("name", "one,two", "cannot be the name of a player"),
        ("shard", ["steam"], "must be text, not a list"),
        ("tracked_since", datetime(2026, 1, 1, tzinfo=UTC), "a date without a time"),
        ("tracked_since", "2026-02-30", "must be a date like"),
        ("tracked_since", "20260131", "must be a date like"),
        ("tracked_since", 20260131, "must be a date like 2026-01-31, not a number"),
    ],
)
def test_each_mistake_has_its_words(key: str, value: object, problem: str) -> None:
    assert problem in mistakes("player", entry_table(player()) | {key: value})[key]


@pytest.mark.parametrize("value", [True, 1.0, "1", -1, 10**7])
def test_a_priority_is_a_number_in_its_range(value: object) -> None:
    table = entry_table(of_tournament()) | {"priority": value}
    assert list(mistakes("tournament_player", table)) == ["priority"]


def test_dates_are_read_as_text_and_as_dates() -> None:
    for since in ("2026-01-31", date(2026, 1, 31)):
        assert read_entry("player", entry_table(player()) | {"tracked_since": since}) == player()


def test_what_may_be_left_out_is_none() -> None:
    assert "group" not in entry_table(lobby())
    assert entry_table(replace(lobby(), group="A"))["group"] == "A"
    assert "account" not in entry_table(of_tournament())
