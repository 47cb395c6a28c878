"""Matches that are wanted: the telemetry of the others is left out, and that is remembered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.sources.pubg import SOURCE, kind_of_match
from fetch.sources.pubg_choice import choosing
from tests.fetch.pubg.api import Api, match_id, serving
from tests.fetch.pubg.test_fetch_pubg import both, command, fetch, numbers, pages
from tests.parse.pubg.replies import reply
from warc.errors import UsageError
from warc.reader import read_records
from warc.record import Record
from warc.sites.page import PageRef

LEAGUE = ("custom", "esports-squad-fpp")
CUSTOM = ("--match-type", "custom")


@pytest.fixture
def api() -> Iterator[Api]:
    players = {"Alpha": (1, [5, 4, 3]), "bravo": (2, [6, 4])}
    kinds = {4: LEAGUE, 6: ("custom", "solo")}
    with serving(Api(players=players, kinds=kinds)) as served:
        yield served


def forget(folder: Path) -> None:
    """Lose the manifest: it is made again from the archive."""
    for left in (folder / "archives/pubg").glob("manifest.sqlite*"):
        left.unlink()


def telemetry(api: Api) -> list[int]:
    """The matches whose telemetry was asked for since the log was cleared, and no others were."""
    asked = sorted(numbers(api, "telemetry"))
    api.log.clear()
    return asked


def test_telemetry_of_other_matches_is_not_asked_for(api: Api, tmp_path: Path) -> None:
    done = both(api, tmp_path, *CUSTOM, "--game-mode", LEAGUE[1])
    assert done.returncode == 0, done.stderr
    assert numbers(api, "/matches/") == [5, 6, 4, 3]
    assert telemetry(api) == [4]
    assert "matches: 4 whole, 0 partial, 0 untouched" in done.stdout
    assert command(tmp_path, "archives", "verify").returncode == 0


@pytest.mark.parametrize("lost", [False, True])
def test_what_is_archived_gone_or_not_wanted_is_never_asked_for_again(
    lost: bool, api: Api, tmp_path: Path
) -> None:
    api.gone = {3}
    both(api, tmp_path, *CUSTOM)
    assert (numbers(api, "/matches/"), telemetry(api)) == ([5, 6, 4, 3], [4, 6])
    for _ in range(2):
        if lost:
            forget(tmp_path)
        done = both(api, tmp_path, *CUSTOM)
        assert done.returncode == 0, done.stderr
        assert [one for one in api.targets() if "/players?" not in one] == []
        api.log.clear()


@pytest.mark.parametrize("lost", [False, True])
def test_a_wider_choice_lets_telemetry_be_fetched_a_narrower_one_does_not_mind(
    lost: bool, api: Api, tmp_path: Path
) -> None:
    both(api, tmp_path, *CUSTOM, "--game-mode", LEAGUE[1])
    assert telemetry(api) == [4]
    for words, wanted in (((*CUSTOM,), [6]), ((*CUSTOM,), []), ((), [3, 5]), ((*CUSTOM,), [])):
        if lost:
            forget(tmp_path)
        done = both(api, tmp_path, *words)
        assert done.returncode == 0, done.stderr
        told = f"telemetry that were not wanted before, and are now: {len(wanted)}."
        assert (told in done.stderr) == bool(wanted)
        assert numbers(api, "/matches/")[4:] == []
        assert telemetry(api) == wanted
    notes = [one for one in records(tmp_path) if re.search(rb"reason: not wanted", one.block)]
    assert len(notes) == 3


def records(folder: Path) -> Iterator[Record]:
    for path in sorted((folder / "archives/pubg").glob("*.warc.gz")):
        for found in read_records(path):
            assert isinstance(found, Record)
            if found.type == "metadata":
                yield found


def test_a_wider_choice_needs_nobody_to_be_named(api: Api, tmp_path: Path) -> None:
    both(api, tmp_path, *CUSTOM)
    telemetry(api)
    assert fetch(api, tmp_path, *CUSTOM, key="").returncode == 2
    assert fetch(api, tmp_path, key="").returncode == 0
    assert telemetry(api) == [3, 5]


def test_what_was_queued_before_is_left_out_too(api: Api, tmp_path: Path) -> None:
    api.answers = {f"{match_id(one)}-telemetry.json": [] for one in (3, 5)}
    both(api, tmp_path, "--max-pages", "2")
    assert (numbers(api, "/matches/"), telemetry(api)) == ([5], [])
    done = both(api, tmp_path, *CUSTOM)
    assert "telemetry that were wanted before, and are not now: 1." in done.stderr
    assert telemetry(api) == [4, 6]
    done = both(api, tmp_path, *CUSTOM, "--retry-failed")
    assert "telemetry that were wanted before, and are not now: 2." in done.stderr
    assert telemetry(api) == []


def test_a_match_of_another_shard_is_the_same_match(api: Api, tmp_path: Path) -> None:
    """Players find it on theirs, the tournament on its own."""
    api.tournaments["eu-pecs26"] = {40: "2026-04-15T10:00:00Z", 6: "2026-04-15T11:00:00Z"}
    fetch(api, tmp_path, "--player", "bravo")
    fetch(api, tmp_path, "--tournament", "eu-pecs26")
    assert numbers(api, "/matches/") == [6, 4, 40]
    finders = {page.key: page.discovered_by for page in pages(tmp_path)}
    assert finders[match_id(6)].endswith(",tournament:eu-pecs26")


def test_a_match_that_another_shard_does_not_have_is_asked_for_on_its_own(
    api: Api, tmp_path: Path
) -> None:
    api.gone = {6}
    fetch(api, tmp_path, "--player", "bravo")
    api.gone = set()
    api.tournaments["eu-pecs26"] = {6: "2026-04-15T11:00:00Z"}
    fetch(api, tmp_path, "--tournament", "eu-pecs26")
    fetch(api, tmp_path, "--player", "bravo", "--tournament", "eu-pecs26")
    assert [one.split("/")[2] for one in api.targets("/matches/") if match_id(6) in one] == [
        "steam",
        "pc-tournament",
    ]


PAGE = PageRef(source="pubg", page_type="match", key=match_id(1))


def left_out(document: object, *types: str, modes: tuple[str, ...] = ()) -> list[str]:
    body = json.dumps(document).encode()
    links = choosing(types, modes).links["match"](PAGE, body, SOURCE.base_url)
    return [link.left_out for link in links]


def test_both_kinds_of_choice_must_hold() -> None:
    match = reply({}, matchType="custom", gameMode="esports-squad-fpp")
    why = "not wanted: match type custom, game mode esports-squad-fpp"
    assert left_out(match) == [""]
    assert left_out(match, "custom") == [""]
    assert left_out(match, "competitive", "Custom") == [""]
    assert left_out(match, "competitive") == [why]
    assert left_out(match, modes=("esports-squad-fpp",)) == [""]
    assert left_out(match, "custom", modes=("squad",)) == [why]
    assert left_out(match, "competitive", modes=("esports-squad-fpp",)) == [why]


def test_a_match_that_does_not_tell_its_type_is_of_none() -> None:
    old = reply({})
    del old["data"]["attributes"]["matchType"]
    assert left_out(old, "official") == ["not wanted: match type -, game mode squad-fpp"]
    assert left_out(old, modes=("squad-fpp",)) == [""]


@given(
    st.binary(max_size=30)
    | st.text(max_size=9).map(lambda one: json.dumps(reply({}, matchType=one)).encode())
)
def test_whatever_a_reply_says_a_kind_is_a_word(body: bytes) -> None:
    for word in kind_of_match(body):
        assert re.fullmatch(r"[a-z0-9-]+", word)


def test_a_reason_says_what_it_was() -> None:
    choice = choosing(["custom"], []).choice
    assert choice is not None
    assert choice.admits("not wanted: match type custom, game mode squad")
    assert not choice.admits("not wanted: match type official, game mode squad")
    assert not choice.is_open


@pytest.mark.parametrize("words", [["a b"], [""], ["official,custom"]])
def test_what_can_be_no_type_is_refused(words: list[str]) -> None:
    with pytest.raises(UsageError, match=r"--match-type '.*' is not like custom"):
        choosing(words, [])
    with pytest.raises(UsageError, match="--game-mode"):
        choosing([], words)
