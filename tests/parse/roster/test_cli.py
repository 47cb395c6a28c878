"""The commands `warchouse roster …` as a user runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from tests.parse.roster.test_toml_file import ACCOUNT, OTHER, RIGHT
from tests.warehouse.a_snapshot import snapshot_of
from warc.roster import Roster, read_roster
from warc.roster.reading import journal_path, read_journal

ROOT = Path(__file__).resolve().parents[3]


def roster(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warchouse", "roster", *words],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "WARCHOUSE_ARCHIVES": "held",
            "LOGNAME": "kari",  # as whom the journal knows the user
        },
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def done(folder: Path, *words: str) -> str:
    """What a command prints that goes well."""
    told = roster(folder, *words)
    assert (told.returncode, told.stderr) == (0, "")
    return told.stdout


def refused(folder: Path, *words: str) -> str:
    """The one line of a command that is wrong, and changes nothing."""
    before = state(folder)
    told = roster(folder, *words)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("error: ")
    assert told.stderr.count("\n") == 1
    assert state(folder) == before
    return told.stderr.removeprefix("error: ").strip()


def state(folder: Path) -> Roster:
    return read_roster(folder / "held")


@pytest.fixture
def imported(tmp_path: Path) -> Path:
    """A folder with a roster that was imported."""
    (tmp_path / "roster.toml").write_text(RIGHT)
    done(tmp_path, "import", "roster.toml", "--quiet")
    return tmp_path


def test_an_import_says_what_it_adds_changes_leaves_and_removes(tmp_path: Path) -> None:
    (tmp_path / "roster.toml").write_text(RIGHT)
    said = done(tmp_path, "import", "roster.toml", "--why", "season 3").splitlines()
    assert said == [
        "added lobby division-1 (division 1, shard steam, hours mon-thu,sun 18:00-00:00 Europe/Oslo)",
        f"added player chocoTaco (account {ACCOUNT}, shard steam, tracked since 2026-01-31)",
        f"added player shroud (account {OTHER}, shard kakao, tracked since 2025-06-01)",
        "added tournament player Pro1 (lobby division-1, team Reds, priority 1)",
        "4 added, 0 unchanged",
    ]
    lines = read_journal(journal_path(tmp_path / "held")).lines
    assert {(line.who, line.why) for line in lines} == {("kari", "season 3")}
    assert done(tmp_path, "import", "roster.toml") == "4 unchanged\n"

    (tmp_path / "roster.toml").write_text(
        RIGHT.replace("2026-01-31", "2026-02-01").replace('team = "Reds"', 'team = "Blues"')
    )
    assert done(tmp_path, "import", "roster.toml").splitlines() == [
        "changed player chocoTaco: tracked since 2026-01-31 -> 2026-02-01",
        "changed tournament player Pro1: team Reds -> Blues",
        "2 changed, 2 unchanged",
    ]
    only = RIGHT[: RIGHT.index("[[player]]", 5)]
    (tmp_path / "roster.toml").write_text(only)
    assert done(tmp_path, "import", "roster.toml").splitlines() == [
        "changed player chocoTaco: tracked since 2026-02-01 -> 2026-01-31",
        "1 changed, 0 unchanged",
    ]
    said = done(tmp_path, "import", "roster.toml", "--replace").splitlines()
    assert [line.split(" (")[0] for line in said] == [
        "removed tournament player Pro1",
        "removed player shroud",
        "removed lobby division-1",
        "3 removed, 1 unchanged",
    ]
    assert [one.name for one in state(tmp_path).all] == ["chocoTaco"]
    assert state(tmp_path).entries == 4 + 2 + 1 + 3


def test_an_import_is_told_as_json(tmp_path: Path) -> None:
    (tmp_path / "roster.toml").write_text(RIGHT)
    told = json.loads(done(tmp_path, "import", "roster.toml", "--json"))
    assert [one["kind"] for one in told["added"]] == [
        "lobby", "player", "player", "tournament_player",
    ]  # fmt: skip
    assert (told["changed"], told["removed"], told["unchanged"]) == ([], [], 0)


def test_a_file_with_mistakes_is_not_imported_and_all_are_told(imported: Path) -> None:
    (imported / "bad.toml").write_text("[[player]]\nname = 'x'\nsince = 1\n")
    told = roster(imported, "import", "bad.toml")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.splitlines() == [
        "bad.toml: line 1: [[player]] account: is missing",
        "bad.toml: line 1: [[player]] tracked_since: is missing",
        "bad.toml: line 3: [[player]] since: unknown key; known are account, name, shard, tracked_since",
        "error: bad.toml: 3 mistakes; nothing was imported",
    ]
    (imported / "bad.toml").write_text("players = 1\n")
    assert refused(imported, "import", "bad.toml").startswith("bad.toml: line 1: players: ")
    assert refused(imported, "import", "no.toml") == (
        "no.toml: cannot be read: no such file or directory"
    )


def test_a_player_of_a_lobby_that_an_earlier_import_declared(imported: Path) -> None:
    text = '[[tournament_player]]\nname = "Pro2"\nlobby = "division-1"\nteam = "Reds"\n'
    (imported / "more.toml").write_text(text)
    assert "no [[lobby]] is named" in refused(imported, "import", "more.toml", "--replace")
    assert "1 added" in done(imported, "import", "more.toml")


def test_a_player_is_added_by_account(tmp_path: Path) -> None:
    said = done(tmp_path, "add", "chocoTaco", "--account", ACCOUNT)
    today = datetime.now(UTC).date()
    (player,) = state(tmp_path).players
    assert abs((player.tracked_since - today).days) <= 1  # it may have been midnight
    assert said == (
        f"added player chocoTaco (account {ACCOUNT}, shard steam, tracked since"
        f" {player.tracked_since})\n1 added, 0 unchanged\n"
    )


def test_who_is_added_again_keeps_his_day_and_shard(tmp_path: Path) -> None:
    words = ("add", "shroud", "--account", OTHER)
    done(tmp_path, *words, "--since", "2025-06-01", "--shard", "kakao")
    assert done(tmp_path, *words) == "1 unchanged\n"
    said = done(tmp_path, "add", "shroud2", "--account", OTHER, "--since", "2025-01-01")
    assert said.startswith(
        "changed player shroud2: name shroud -> shroud2, tracked since 2025-06-01 -> 2025-01-01\n"
    )


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["x", "--account", "account.1"], "--account: 'account.1' is not account. and 32"),
        (["x,y", "--account", ACCOUNT], "NAME: 'x,y' cannot be the name of a player"),
        (["x", "--account", ACCOUNT, "--shard", "moon"], "--shard: 'moon' is none of steam"),
        (["x", "--account", ACCOUNT, "--since", "today"], "--since: must be a date like"),
        (
            ["x"],
            "no tables in warehouse/data to look 'x' up in: give --account, or make the name known first: warchouse fetch pubg --player x, then warchouse parse",
        ),
    ],
)
def test_what_is_wrong_with_an_addition_is_one_line(
    words: list[str], problem: str, tmp_path: Path
) -> None:
    assert refused(tmp_path, "add", *words).startswith(problem)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with tables that know three players, two of one name."""
    accounts = [ACCOUNT, OTHER, "account." + "0" * 32]
    snapshot_of(
        tmp_path / "warehouse/data",
        pubg_players=pa.table(
            {
                "account_id": accounts,
                "player_name": ["chocoTaco", "shroud", "shroud"],
                "shard": pa.array([None, "kakao", "steam"]),
            }
        ),
    )
    return tmp_path


def test_a_name_is_looked_up_in_the_tables(tables: Path) -> None:
    done(tables, "add", "chocoTaco", "--since", "2026-01-01")
    done(tables, "add", "shroud", "--shard", "kakao", "--since", "2026-01-01")
    assert [(one.account, one.shard) for one in state(tables).players] == [
        (ACCOUNT, "steam"),
        (OTHER, "kakao"),
    ]
    several = refused(tables, "add", "shroud")
    assert re.match(r"'shroud' is the name of several accounts: .* \(kakao\), .*; give", several)
    assert "no player called 'Shroud' (there is shroud): give --account" in refused(
        tables, "add", "Shroud"
    )
    assert "no player of psn called 'shroud'" in refused(tables, "add", "shroud", "--shard", "psn")


def test_removal_is_by_name_or_account(imported: Path) -> None:
    assert refused(imported, "remove", "division-1").startswith("lobby 'division-1' has 1 player")
    assert done(imported, "remove", ACCOUNT, "--why", "left").startswith("removed player chocoTaco")
    done(imported, "remove", "Pro1")
    done(imported, "remove", "shroud")
    done(imported, "remove", "division-1")
    assert state(imported).all == ()
    line = read_journal(journal_path(imported / "held")).lines[4]
    assert (line.why, line.change.entry.key) == ("left", ACCOUNT)
    assert refused(imported, "remove", "shroud") == "nobody is in the roster of held (--archives)"


def test_what_a_name_means_is_asked_where_several_have_it(imported: Path) -> None:
    done(imported, "add", "Pro1", "--account", "account." + "0" * 32)
    assert refused(imported, "remove", "Pro1").endswith(": say which with --kind")
    done(imported, "remove", "Pro1", "--kind", "player")
    done(imported, "remove", "Pro1", "--kind", "tournament_player")
    assert refused(imported, "remove", "Pro1") == (
        "no player or lobby 'Pro1' is in the roster (warchouse roster list)"
    )


def test_nothing_is_made_where_nobody_can_be_removed(tmp_path: Path) -> None:
    assert "nobody is in the roster" in refused(tmp_path, "remove", "x")
    assert not (tmp_path / "held").exists()


def test_the_roster_is_listed(imported: Path) -> None:
    lines = done(imported, "list").splitlines()
    assert lines[0].split() == ["name", "account", "shard", "tracked", "since"]
    assert lines[1].split() == ["chocoTaco", ACCOUNT, "steam", "2026-01-31"]
    assert lines[4].split() == ["name", "lobby", "team", "priority", "account"]
    assert lines[5].split() == ["Pro1", "division-1", "Reds", "1", "-"]
    told = json.loads(done(imported, "list", "--json"))
    assert told["digest"] == state(imported).digest
    assert told["entries"] == 4
    assert [one["name"] for one in told["players"]] == ["chocoTaco", "shroud"]
    assert done(imported, "list", "--quiet") == ""


def test_an_empty_roster_says_what_to_do(tmp_path: Path) -> None:
    assert done(tmp_path, "list") == (
        "nobody is in the roster of held (warchouse roster import, add)\n"
    )
    assert json.loads(done(tmp_path, "list", "--json"))["players"] == []


def test_an_entry_that_was_cut_off_is_named(imported: Path) -> None:
    with journal_path(imported / "held").open("a") as file:
        file.write('{"when"')
    told = roster(imported, "list", "--quiet")
    assert told.returncode == 1
    assert told.stderr == (
        "needs a look: 7 bytes of an entry that was cut off; the next import, add or remove sets"
        " them aside\n"
    )
    told = roster(imported, "remove", "shroud", "--quiet")
    assert told.returncode == 0
    assert re.fullmatch(
        r"roster\.jsonl: 7 torn bytes set aside as roster\.jsonl\.torn-\d+\n", told.stderr
    )
    assert roster(imported, "list", "--quiet").returncode == 0


def test_a_damaged_line_is_one_line_and_exit_code_4(imported: Path) -> None:
    with journal_path(imported / "held").open("a") as file:
        file.write("{}\n")
    for words in (["list"], ["remove", "shroud"], ["import", "roster.toml"]):
        told = roster(imported, *words)
        assert (told.returncode, told.stdout) == (4, "")
        assert re.fullmatch(r"error: held/admin/roster\.jsonl: line 5: [^\n]*\n", told.stderr)
