"""The journal as a file: read, appended to, damaged."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.warc.roster.named import lobby, of_tournament, player
from warc.errors import CollectionError, JournalError
from warc.lock import FolderLock
from warc.roster import Change, Roster, read_roster
from warc.roster.appending import LOCK_NAME, open_journal
from warc.roster.entries import Entry
from warc.roster.reading import journal_path, read_journal

ROOT = Path(__file__).resolve().parents[3]


def put(archives: Path, *entries: Entry, what: str = "add", why: str = "") -> int:
    """Append entries; how many lines that made."""
    changes = [Change("remove" if what == "remove" else "add", one) for one in entries]
    with open_journal(archives) as journal:
        return len(journal.append(changes, who="tester", why=why))


def test_without_a_folder_or_a_file_nobody_is_named(tmp_path: Path) -> None:
    assert read_roster(tmp_path / "nowhere") == Roster()
    (tmp_path / "admin").mkdir()
    assert read_roster(tmp_path) == Roster()
    assert read_roster(tmp_path, entries=0).entries == 0


def test_what_was_appended_is_read(tmp_path: Path) -> None:
    assert put(tmp_path, player(2), player(1), lobby(), of_tournament()) == 4
    roster = read_roster(tmp_path)
    assert roster.players == (player(1), player(2))
    assert roster.lobbies == (lobby(),)
    assert roster.tournament_players == (of_tournament(),)
    assert roster.entries == 4


def test_a_line_says_when_who_and_why(tmp_path: Path) -> None:
    when = datetime(2026, 11, 21, 20, 5, 12, 7, tzinfo=UTC)
    with open_journal(tmp_path, clock=lambda: when) as journal:
        journal.append([Change("add", player())], who="kari", why="captain")
    assert json.loads(journal_path(tmp_path).read_text("utf-8")) == {
        "when": "2026-11-21T20:05:12Z",
        "who": "kari",
        "why": "captain",
        "what": "add",
        "kind": "player",
        "entry": {
            "account": "account." + "0" * 31 + "1",
            "name": "Player1",
            "shard": "steam",
            "tracked_since": "2026-01-31",
        },
    }


def test_an_earlier_state_is_the_first_lines(tmp_path: Path) -> None:
    states = []
    for change in (
        Change("add", player(1)),
        Change("add", player(2)),
        Change("remove", player(1)),
        Change("add", player(2, since="2026-03-01")),
    ):
        states.append(read_roster(tmp_path))
        with open_journal(tmp_path) as journal:
            journal.append([change], who="tester", why="")
    for number, state in enumerate(states):
        assert read_roster(tmp_path, entries=number) == state
    with pytest.raises(JournalError, match="5 entries are wanted, there are 4"):
        read_roster(tmp_path, entries=5)


def test_saying_the_same_again_appends_nothing(tmp_path: Path) -> None:
    put(tmp_path, player(1), lobby())
    before = journal_path(tmp_path).read_bytes()
    assert put(tmp_path, lobby(), player(1), player(1)) == 0
    assert put(tmp_path, player(3), what="remove") == 0
    assert journal_path(tmp_path).read_bytes() == before
    assert put(tmp_path, player(1), player(2)) == 1


LINE = json.dumps(
    {
        "when": "2026-11-21T20:05:12Z",
        "who": "kari",
        "why": "",
        "what": "add",
        "kind": "lobby",
        "entry": {"name": "a", "division": "1", "shard": "steam", "hours": "10:00-12:00"},
    }
)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("\x00" * 20, "no JSON"),
        ("[]", "not an object of entry, kind, what, when, who, why"),
        (LINE.replace('"who"', '"whom"'), "not an object of"),
        (LINE.replace('"kari"', "5"), "who: not text"),
        (LINE.replace("2026-11-21T", "2026-11-41T"), "when: no time"),
        (LINE.replace("12Z", "12"), "when: a time without a zone"),
        (LINE.replace('"add"', '"ad"'), "what: 'ad' is neither"),
        (LINE.replace('"add"', "[]"), "what: [] is neither"),
        (LINE.replace('"lobby"', '"hall"'), "kind: 'hall' is none of"),
        (LINE.replace('{"name', '[], "x": {"name'), "not an object"),
        (LINE.replace('"division"', '"divison"'), "entry: divison: unknown key"),
    ],
)
def test_a_damaged_line_is_named(line: str, problem: str, tmp_path: Path) -> None:
    put(tmp_path, player(1))
    path = journal_path(tmp_path)
    with path.open("ab") as file:
        file.write(line.encode() + b"\n" + LINE.encode() + b"\n")
    before = path.read_bytes()
    with pytest.raises(JournalError) as caught:
        read_roster(tmp_path)
    assert str(caught.value).startswith(f"{path}: line 2: ")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 4
    with pytest.raises(JournalError, match="line 2"), open_journal(tmp_path):
        pass
    assert path.read_bytes() == before


def test_bytes_that_are_no_text_are_a_damaged_line(tmp_path: Path) -> None:
    put(tmp_path, player(1))
    with journal_path(tmp_path).open("ab") as file:
        file.write(b'{"who": "\xff"}\n')
    with pytest.raises(JournalError, match="line 2: no JSON"):
        read_roster(tmp_path)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    journal_path(tmp_path).mkdir(parents=True)
    with pytest.raises(JournalError, match=r"roster\.jsonl: cannot be read: "):
        read_roster(tmp_path)


@pytest.mark.parametrize("left", [b"{", b"\x00\x00", LINE.encode()])
def test_an_unfinished_line_is_no_entry_and_is_set_aside(left: bytes, tmp_path: Path) -> None:
    put(tmp_path, player(1))
    path = journal_path(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + left)
    roster = read_roster(tmp_path)
    assert roster.players == (player(1),)
    assert roster.unfinished_bytes == len(left)
    with open_journal(tmp_path) as journal:
        aside = path.with_name(f"roster.jsonl.torn-{len(whole)}")
        assert journal.told == (f"roster.jsonl: {len(left)} torn bytes set aside as {aside.name}",)
        assert aside.read_bytes() == left
        journal.append([Change("add", player(2))], who="tester", why="")
    assert read_roster(tmp_path).players == (player(1), player(2))
    assert read_roster(tmp_path).unfinished_bytes == 0
    assert read_journal(path).lines[1].change.entry == player(2)


def test_a_file_of_nothing_but_the_beginning_of_a_line_is_put_in_order(tmp_path: Path) -> None:
    path = journal_path(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"{")
    with open_journal(tmp_path) as journal:
        assert journal.told == ("roster.jsonl: 1 torn bytes set aside as roster.jsonl.torn-0",)
    assert path.read_bytes() == b""


def test_one_process_at_a_time_appends(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "admin" / LOCK_NAME)
    lock.path.parent.mkdir()
    lock.take("test")
    try:
        with pytest.raises(CollectionError, match="admin is in use by test, process"):
            put(tmp_path, player(1))
    finally:
        lock.release()
    assert put(tmp_path, player(1)) == 1


def test_reading_imports_little() -> None:
    code = "import sys\nfrom warc.roster import read_roster\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    heavy = {"sqlite3", "zoneinfo", "warcio", "isal", "platform", "warc.sites", "warc.lock"}
    assert heavy.isdisjoint(done.stdout.split())
