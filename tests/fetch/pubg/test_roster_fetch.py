"""`fetch pubg` with a roster: whole commands against a stand-in of the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fetch.pubg.api import Api, serving
from tests.fetch.pubg.test_fetch_pubg import PLAYERS, fetch, numbers, pages
from tests.parse.pubg.replies import account
from tests.warc.roster.named import lobby, of_tournament, player
from warc.roster import Change
from warc.roster.appending import open_journal
from warc.roster.entries import Entry

BY_ID = PLAYERS.replace("Names", "Ids")


@pytest.fixture
def api() -> Iterator[Api]:
    with serving(Api(players={"Alpha": (1, [5, 4, 3]), "bravo": (2, [6, 4])})) as served:
        yield served


def put(folder: Path, *entries: Entry) -> None:
    with open_journal(folder / "archives") as journal:
        journal.append([Change("add", one) for one in entries], who="tester", why="")


ALPHA = replace(player(), account=account(1), name="Alpha")
BRAVO = replace(of_tournament(), name="bravo")


def test_players_of_the_roster_are_asked_for_tournaments_first(api: Api, tmp_path: Path) -> None:
    put(tmp_path, ALPHA, lobby(), BRAVO)
    done = fetch(api, tmp_path)
    assert done.returncode == 0, done.stderr
    assert api.targets("players") == [f"{PLAYERS}bravo", f"{BY_ID}{account(1)}"]
    assert numbers(api, "/matches/") == [6, 4, 5, 3]
    finders = {one.discovered_by for one in pages(tmp_path)}
    assert f"tournament:{account(2)},main:{account(1)}" in finders


def test_a_name_on_the_command_line_is_the_account_on_the_roster(api: Api, tmp_path: Path) -> None:
    put(tmp_path, ALPHA)
    fetch(api, tmp_path, "--player", "Alpha", "--account", account(1))
    assert api.targets("players") == [f"{BY_ID}{account(1)}"]


def test_the_roster_can_be_left_out(api: Api, tmp_path: Path) -> None:
    put(tmp_path, ALPHA)
    fetch(api, tmp_path, "--player", "bravo", "--no-roster")
    assert api.targets("players") == [f"{PLAYERS}bravo"]


@pytest.mark.parametrize("words", [(), ("--watch",), ("--no-roster",)])
def test_with_nobody_to_ask_for_it_says_what_to_do(
    words: tuple[str, ...], api: Api, tmp_path: Path
) -> None:
    if words:
        put(tmp_path, *([ALPHA] if words == ("--no-roster",) else []))
    done = fetch(api, tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: nobody is named and nothing is queued: name --player, --account or --tournament,"
        " or put players on the roster (warchouse roster import, add)\n"
    )
    assert api.log == []
    assert not (tmp_path / "archives/pubg").exists()


def test_with_nobody_named_and_all_done_it_says_what_to_do(api: Api, tmp_path: Path) -> None:
    fetch(api, tmp_path, "--player", "bravo")
    api.log.clear()
    done = fetch(api, tmp_path, key="")
    assert done.returncode == 2
    assert done.stderr.startswith("error: nobody is named and nothing is queued")
    assert done.stderr.count("\n") == 1
    assert api.log == []


def test_a_damaged_roster_is_a_line_and_nothing_is_asked(api: Api, tmp_path: Path) -> None:
    put(tmp_path, ALPHA)
    with (tmp_path / "archives/admin/roster.jsonl").open("a") as file:
        file.write("?\n")
    done = fetch(api, tmp_path)
    assert done.returncode == 4
    assert "roster.jsonl: line 2: no JSON" in done.stderr
    assert api.log == []
