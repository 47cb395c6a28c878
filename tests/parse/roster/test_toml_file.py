"""Rosters as TOML: what they say, and every mistake with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from parse.roster.toml_file import RosterFileError, read_roster_file
from tests.warc.roster.named import lobby, of_tournament
from warc.errors import UsageError
from warc.roster import TrackedPlayer
from warc.roster.entries import Entry
from warc.sites.pubg import SHARDS

ACCOUNT = "account.15cbf322a9bc45e88b0cd9f12ef4188e"
HOURS = "mon-thu,sun 18:00-00:00 Europe/Oslo"
OTHER = "account.c0e530e9b7244b358def282782f893af"
RIGHT = f"""\
[[player]]
account = "{ACCOUNT}"
name = "chocoTaco"
tracked_since = 2026-01-31

[[player]]
account = "{OTHER}"
name = "shroud"
shard = "kakao"
tracked_since = "2025-06-01"

[[tournament_player]]
name = "Pro1"
lobby = "division-1"
team = "Reds"

[[lobby]]
name = "division-1"
division = "1"
hours = "mon-thu,sun 18:00-00:00 Europe/Oslo"
"""


def read(tmp_path: Path, text: str, *lobbies: str) -> tuple[Entry, ...]:
    path = tmp_path / "roster.toml"
    path.write_text(text, encoding="utf-8")
    return read_roster_file(path, lobbies=lobbies)


def mistakes(tmp_path: Path, text: str, *lobbies: str) -> list[str]:
    with pytest.raises(RosterFileError) as caught:
        read(tmp_path, text, *lobbies)
    assert caught.value.exit_code == 2
    return [line.removeprefix(f"{tmp_path / 'roster.toml'}: ") for line in caught.value.lines]


def test_a_roster_is_read_lobbies_first(tmp_path: Path) -> None:
    assert read(tmp_path, RIGHT) == (
        lobby(),
        TrackedPlayer(
            account=ACCOUNT, name="chocoTaco", shard="steam", tracked_since=date(2026, 1, 31)
        ),
        TrackedPlayer(account=OTHER, name="shroud", shard="kakao", tracked_since=date(2025, 6, 1)),
        of_tournament(),
    )


def test_an_empty_file_names_nobody(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ()
    assert read(tmp_path, "\ufeff# nobody\r\n") == ()


def test_all_mistakes_are_told_at_once_each_with_its_line_and_key(tmp_path: Path) -> None:
    text = """\
colour = "red"
[[player]]
acount = "x"
account = "account.12"
name = 5
tracked_since = "soon"

[[player]]
name = "x"
shard = "moon"

[[lobby]]
name = "a"
hours = "always"
division = 1

[[tournament_player]]
name = "Pro"
lobby = "b"
team = "Reds"
priority = -1

[[tournament_player]]
name = "Pro"
lobby = "a"
team = "Reds"
[[players]]
"""
    assert mistakes(tmp_path, text) == [
        "line 1: colour: unknown key; known are [[player]], [[tournament_player]], [[lobby]]",
        "line 3: [[player]] acount: unknown key; known are account, name, shard, tracked_since",
        "line 4: [[player]] account: 'account.12' is not account. and 32 hexadecimal digits",
        "line 5: [[player]] name: must be text, not a number",
        "line 6: [[player]] tracked_since: must be a date like 2026-01-31, not 'soon'",
        "line 8: [[player]] account: is missing",
        "line 8: [[player]] tracked_since: is missing",
        f"line 10: [[player]] shard: 'moon' is none of {', '.join(SHARDS)}",
        "line 14: [[lobby]] hours: 'always' is not like 'mon-thu,sun 18:00-00:00 Europe/Oslo'",
        "line 15: [[lobby]] division: must be text, not a number",
        "line 19: [[tournament_player]] lobby: no [[lobby]] is named 'b'",
        "line 21: [[tournament_player]] priority: -1 is not from 0 to 1,000,000",
        "line 24: [[tournament_player]] name: 'Pro' is in line 18 already",
        "line 27: players: unknown key; known are [[player]], [[tournament_player]], [[lobby]]",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[player]\nname = 'x'", "line 1: player: must be tables, each headed [[player]]"),
        ("\nlobby = 5", "line 2: lobby: must be tables, each headed [[lobby]]"),
        ("\nlobby = [1]", "line 2: lobby: must be tables, each headed [[lobby]]"),
        (
            "\nlobby = [{ name = 'a', division = '1', hours = '25:00-26:00' }]",
            f"line 2: [[lobby]] hours: '25:00-26:00' is not like {HOURS!r}",
        ),
        (
            RIGHT + f"[[player]]\nname = 'x'\ntracked_since = 2026-01-01\naccount = '{OTHER}'",
            f"line 24: [[player]] account: '{OTHER}' is in line 7 already",
        ),
        (
            RIGHT.replace("2026-01-31", "2026-01-31T10:00:00"),
            "line 4: [[player]] tracked_since: must be a date without a time: 2026-01-31",
        ),
        (
            RIGHT.replace('hours = "', 'hours = "x').replace('name = "division-1"', "name = 'q'"),
            "line 14: [[tournament_player]] lobby: no [[lobby]] is named 'division-1'",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    assert told in mistakes(tmp_path, text)


def test_a_single_mistake_is_the_message(tmp_path: Path) -> None:
    with pytest.raises(RosterFileError) as caught:
        read(tmp_path, RIGHT.replace("team =", "tame ="))
    assert len(caught.value.lines) == 2
    assert str(caught.value) == f"{tmp_path}/roster.toml: 2 mistakes; nothing was imported"
    with pytest.raises(RosterFileError, match=r"line 9: .* shard: 'moon'.*; nothing was imported"):
        read(tmp_path, RIGHT.replace("kakao", "moon"))


def test_a_lobby_that_is_declared_elsewhere_will_do(tmp_path: Path) -> None:
    text = '[[tournament_player]]\nname = "Pro"\nlobby = "a"\nteam = "Reds"\n'
    assert len(read(tmp_path, text, "a")) == 1
    assert mistakes(tmp_path, text) == [
        "line 3: [[tournament_player]] lobby: no [[lobby]] is named 'a'"
    ]


def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"roster\.toml: not TOML: .*line 2"):
        read(tmp_path, "[[player]]\nname = \n")
    with pytest.raises(UsageError, match=r"x\.toml: cannot be read: no such file"):
        read_roster_file(tmp_path / "x.toml", lobbies=())
    (tmp_path / "y.toml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match=r"y\.toml: cannot be read: not utf-8 at byte 0"):
        read_roster_file(tmp_path / "y.toml", lobbies=())
