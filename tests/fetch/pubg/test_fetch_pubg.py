"""The whole command against a stand-in of API and CDN: real HTTP, real files, words, exit codes."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.fetch.pubg.api import KEY, Api, match_id, serving
from tests.parse.pubg.replies import account
from tests.secret_traces import at_rest, found_in
from warc.http import response_of
from warc.manifest import Manifest
from warc.manifest_rows import QueuedPage
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parents[3]
PLAYERS = "/shards/steam/players?filter%5BplayerNames%5D="


@pytest.fixture
def api() -> Iterator[Api]:
    with serving(Api(players={"Alpha": (1, [5, 4, 3]), "bravo": (2, [6, 4])})) as served:
        yield served


def command(folder: Path, *words: str, key: str = KEY) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PUBG_API_KEY": key}
    return subprocess.run(
        [sys.executable, "-m", "warchouse", *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def fetch(api: Api, folder: Path, *words: str, key: str = KEY) -> subprocess.CompletedProcess[str]:
    return command(folder, "fetch", "pubg", "--base-url", api.api_url, *words, key=key)


def both(api: Api, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return fetch(api, folder, "--player", "Alpha", "--player", "bravo", *words)


def numbers(api: Api, part: str) -> list[int]:
    """The matches that were asked for, in order."""
    return [int(target.split("/")[-1].split("-")[0], 16) for target in api.targets(part)]


def test_players_lead_to_matches_and_those_to_telemetry_each_once(api: Api, tmp_path: Path) -> None:
    done = both(api, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "matches: 4 whole, 0 partial, 0 untouched" in done.stdout
    assert api.targets("players") == [f"{PLAYERS}Alpha,bravo"]
    assert numbers(api, "/matches/") == [5, 6, 4, 3]
    assert Counter(numbers(api, "telemetry")) == Counter([5, 6, 4, 3])
    api.log.clear()
    api.players["bravo"] = (2, [7, 6, 4])
    again = both(api, tmp_path)
    assert again.returncode == 0, again.stderr
    assert "processed 2 and 1 of the listing" in again.stdout
    assert api.targets("players") == [f"{PLAYERS}Alpha,bravo"]
    assert (numbers(api, "/matches/"), numbers(api, "telemetry")) == ([7], [7])


def test_what_was_fetched_stands_in_the_tables(api: Api, tmp_path: Path) -> None:
    both(api, tmp_path)
    command(tmp_path, "parse")
    now = (tmp_path / "warehouse/data/CURRENT").read_text().strip()
    table = tmp_path / "warehouse/data/snapshots" / now / "pubg_matches" / "*.parquet"
    found = duckdb.connect().execute(f"SELECT match_id FROM '{table}'").fetchall()
    assert {one for (one,) in found} == {match_id(number) for number in (3, 4, 5, 6)}


def test_every_run_first_finishes_the_match_that_the_one_before_was_in(tmp_path: Path) -> None:
    with serving(Api(players={"Alpha": (1, [9, 8, 7, 6])})) as api:
        half = fetch(api, tmp_path, "--player", "Alpha", "--max-pages", "4")
        assert "matches: 1 whole, 1 partial, 2 untouched" in half.stdout
        time.sleep(1.1)  # a later second finds the same matches anew, before all that are queued
        more = fetch(api, tmp_path, "--player", "Alpha", "--max-pages", "4")
        assert "matches: 3 whole, 0 partial, 1 untouched" in more.stdout


def test_telemetry_is_stored_as_sent(api: Api, tmp_path: Path) -> None:
    api.telemetry = b"[" + b",".join([b'{"_T":"LogX","_D":"%d"}' % n for n in range(9)]) + b"]"
    fetch(api, tmp_path, "--player", "bravo")
    stored = [
        response_of(record)
        for path in (tmp_path / "archives/pubg").glob("*.warc.gz")
        for record in read_records(path)
        if isinstance(record, Record)
        and record.type == "response"
        and record.target_uri.endswith("-telemetry.json")
    ]
    assert [one.fields.first("Content-Encoding") for one in stored] == ["gzip", "gzip"]
    assert {one.body for one in stored} == {gzip.compress(api.telemetry, 1, mtime=0)}


def test_the_key_goes_to_limited_pages_of_the_api_alone_and_rests_nowhere(
    api: Api, tmp_path: Path
) -> None:
    api.tournaments["eu-pecs26"] = {40: "2026-04-15T10:00:00Z"}
    done = both(api, tmp_path, "--tournament", "eu-pecs26")
    with_key = {one.target for one in api.log if "Authorization" in one.headers}
    assert with_key == {f"{PLAYERS}Alpha,bravo", "/tournaments/eu-pecs26"}
    assert {one.headers["Accept"] for one in api.log} == {"application/vnd.api+json"}
    assert not any(KEY in str(one.headers) for one in api.log if one.server == "cdn")
    said = [("stdout", done.stdout.encode()), ("stderr", done.stderr.encode())]
    assert found_in([*at_rest(tmp_path), *said], [KEY]) == []


def test_ten_players_are_asked_for_at_a_time(api: Api, tmp_path: Path) -> None:
    api.players |= {f"p{number:02}": (100 + number, []) for number in range(21)}
    (tmp_path / "names.txt").write_text("# ours\n" + "\n".join(api.players) + "\n")
    fetch(api, tmp_path, "--players", "names.txt")
    asked = [target.removeprefix(PLAYERS).split(",") for target in api.targets("players")]
    assert [len(names) for names in asked] == [10, 10, 3]
    assert {name for names in asked for name in names} == set(api.players)


def test_a_name_that_nobody_has_is_not_asked_for_again(api: Api, tmp_path: Path) -> None:
    done = both(api, tmp_path, "--player", "alpha")
    assert (done.returncode, len(numbers(api, "/matches/"))) == (1, 4)
    assert f"failed: {api.api_url}{PLAYERS}alpha: there is no such thing" in done.stderr
    api.log.clear()
    told = both(api, tmp_path, "--player", "alpha").stderr
    assert api.targets() == [f"{PLAYERS}Alpha,bravo"]
    assert "Not asked for again, because they were not there (--retry-failed asks): 1." in told
    api.log.clear()
    both(api, tmp_path, "--player", "alpha", "--retry-failed")
    assert api.targets() == [f"{PLAYERS}Alpha,alpha,bravo"]


def test_a_bad_name_that_spoils_its_question_is_found(api: Api, tmp_path: Path) -> None:
    api.whole = True
    done = both(api, tmp_path, "--player", "nobody", "--player", "zulu")
    assert len(numbers(api, "/matches/")) == 4
    assert done.stderr.count("status 404") == 2, done.stderr
    assert done.returncode == 1
    api.log.clear()
    assert both(api, tmp_path, "--player", "nobody", "--player", "zulu").returncode == 0
    assert api.targets() == [f"{PLAYERS}Alpha,bravo"]


def test_a_player_of_a_tournament_is_asked_for_once(api: Api, tmp_path: Path) -> None:
    (tmp_path / "league.txt").write_text("bravo\n")
    both(api, tmp_path, "--tournament-players", "league.txt")
    assert api.targets("players") == [f"{PLAYERS}bravo", f"{PLAYERS}Alpha"]


def test_players_are_given_up_by_404_alone(api: Api, tmp_path: Path) -> None:
    api.answers["players"] = [403]
    done = both(api, tmp_path, "--max-failures", "1")
    assert done.returncode == 1
    assert api.targets("players") == [f"{PLAYERS}Alpha,bravo"]
    assert both(api, tmp_path).returncode == 0
    assert len(numbers(api, "/matches/")) == 4


def test_tournaments_go_first_and_every_finder_is_kept(api: Api, tmp_path: Path) -> None:
    api.tournaments["eu-pecs26"] = {40: "2026-04-15T10:00:00Z", 41: "2026-04-15T11:00:00Z"}
    (tmp_path / "league.txt").write_text("bravo\n")
    words = ("--tournament", "eu-pecs26", "--tournament-players", "league.txt")
    fetch(api, tmp_path, "--player", "Alpha", *words)
    assert numbers(api, "/matches/") == [41, 40, 6, 4, 5, 3]
    finders = {page.key: page.discovered_by for page in pages(tmp_path)}
    assert finders[match_id(41)] == "tournament:eu-pecs26"
    assert finders[match_id(4)] == f"tournament:{account(2)},main:{account(1)}"
    assert finders[match_id(5)] == f"main:{account(1)}"


def pages(folder: Path) -> list[QueuedPage]:
    manifest = Manifest(folder / "archives/pubg/manifest.sqlite", read_only=True)
    try:
        return [page for n in range(50) for page in manifest.named("match", match_id(n))]
    finally:
        manifest.close()


def test_a_manifest_that_is_made_again_knows_what_the_archive_tells(
    api: Api, tmp_path: Path
) -> None:
    api.gone, api.whole = {3}, True
    both(api, tmp_path, "--player", "nobody")
    before = [(page.key, page.discovered_by) for page in pages(tmp_path)]
    for left in (tmp_path / "archives/pubg").glob("manifest.sqlite*"):
        left.unlink()
    api.log.clear()
    done = both(api, tmp_path, "--player", "nobody")
    assert (done.returncode, api.targets()) == (0, [f"{PLAYERS}Alpha,bravo"])
    assert [(page.key, page.discovered_by) for page in pages(tmp_path)] == before


def test_a_watch_archives_what_is_new_until_it_is_stopped(api: Api, tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PUBG_API_KEY": KEY}
    words = ["fetch", "pubg", "--base-url", api.api_url, "--player", "bravo"]
    words += ["--watch", "--every", "0.01"]
    with subprocess.Popen(
        [sys.executable, "-m", "warchouse", *words],
        cwd=tmp_path,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        until(lambda: len(api.targets("telemetry")) == 2)
        api.players["bravo"] = (2, [7, 6, 4])
        until(lambda: len(api.targets("telemetry")) == 3)
        process.send_signal(signal.SIGTERM)
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "matches: 3 whole, 0 partial, 0 untouched" in told
    assert numbers(api, "/matches/") == [6, 4, 7]


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(200):
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail("it never was so")


def test_seeds_that_are_named_no_more_are_accounted_for(api: Api, tmp_path: Path) -> None:
    both(api, tmp_path, "--tournament", "eu-pecs26", "--max-pages", "1")
    done = fetch(api, tmp_path, "--player", "bravo")
    assert done.returncode == 0, done.stderr
    assert api.targets("players") == [f"{PLAYERS}bravo"]
    verified = command(tmp_path, "archives", "verify", "pubg")
    assert verified.returncode == 0, verified.stdout


def test_all_tournaments_are_found_by_their_list(api: Api, tmp_path: Path) -> None:
    api.tournaments |= {f"t-{year}": {year: ""} for year in range(10, 25)}
    fetch(api, tmp_path, "--tournament", "all")
    assert api.targets("/tournaments")[:3] == [
        "/tournaments",
        "/tournaments/t-24",
        "/tournaments/t-23",
    ]
    assert numbers(api, "/matches/") == [*range(24, 14, -1)]
    api.log.clear()
    api.tournaments["t-20"] = {20: "", 50: "2026"}
    fetch(api, tmp_path, "--tournament", "all")
    assert numbers(api, "/matches/") == [50]


def test_what_is_gone_is_said_and_not_asked_for_again(api: Api, tmp_path: Path) -> None:
    api.gone, api.expired = {4}, {3}
    done = both(api, tmp_path)
    assert done.returncode == 1
    assert (
        "status 404: not found: unknown, of another shard, or more than 14 days old" in done.stderr
    )
    assert "status 403: refused, as expired telemetry is" in done.stderr
    api.log.clear()
    again = both(api, tmp_path)
    assert (again.returncode, api.targets()) == (0, [f"{PLAYERS}Alpha,bravo"])


def test_a_list_of_a_parse_is_fetched_again_where_its_pages_were(api: Api, tmp_path: Path) -> None:
    api.expired = {3}
    both(api, tmp_path)
    command(tmp_path, "parse")
    now = (tmp_path / "warehouse/data/CURRENT").read_text().strip()
    listed = f"warehouse/data/snapshots/{now}/refetch.tsv"
    assert match_id(3) not in (tmp_path / listed).read_text(), "what has expired is gone for good"
    parts = (tmp_path / listed).parent.glob("captures/*.parquet")
    captures = pl.concat([pl.read_parquet(part) for part in parts])
    is_expired = (pl.col("status") == 403) & (pl.col("page_type") == "telemetry")
    urls = captures.filter(is_expired)["url"]
    (tmp_path / "list.tsv").write_text("".join(f"{url}\tasked for\n" for url in urls))
    api.expired = set()
    api.log.clear()
    done = fetch(api, tmp_path, "--refetch-from", "list.tsv", key="")
    assert "matches: 4 whole" in done.stdout
    assert [(one.server, one.status) for one in api.log] == [("cdn", 200)]


def test_a_missing_key_is_said_before_anything_is_asked(api: Api, tmp_path: Path) -> None:
    done = fetch(api, tmp_path, "--player", "Alpha", key="")
    assert done.returncode == 3
    assert done.stderr.startswith("error: the environment variable PUBG_API_KEY is not set")
    assert (api.log, [*tmp_path.iterdir()]) == ([], [])


def test_a_key_that_is_refused_ends_the_crawl_and_the_next_run_may_ask(
    api: Api, tmp_path: Path
) -> None:
    done = fetch(api, tmp_path, "--player", "Alpha", key="wrong-key")
    assert done.returncode == 3
    assert "status 401: the API key is missing or not known" in done.stderr
    assert "The key in PUBG_API_KEY is not one that the API takes" in done.stderr
    assert len(api.targets()) == 1
    assert fetch(api, tmp_path, "--player", "Alpha").returncode == 0


def test_a_media_type_that_is_refused_ends_the_crawl(api: Api, tmp_path: Path) -> None:
    api.answers["players"] = [415]
    done = both(api, tmp_path)
    assert done.returncode == 3
    assert "The API does not take the media type" in done.stderr


def test_without_a_name_and_a_key_the_queue_is_worked_off(api: Api, tmp_path: Path) -> None:
    both(api, tmp_path, "--max-pages", "3")
    assert len(numbers(api, "telemetry")) < 4
    done = fetch(api, tmp_path, key="")
    assert done.returncode == 0, done.stderr
    assert "matches: 4 whole" in done.stdout
    assert len(api.targets("players")) == 1


def test_the_count_of_the_api_is_believed(api: Api, tmp_path: Path) -> None:
    api.players |= {f"p{number:02}": (100 + number, []) for number in range(39)}
    api.limit, api.reset_s = 3, 2.0
    (tmp_path / "names.txt").write_text("\n".join(api.players))
    done = fetch(api, tmp_path, "--players", "names.txt")
    assert done.returncode == 0, done.stderr
    assert [one.status for one in api.log if "players" in one.target] == [200] * 5


def test_429_is_said_and_waited_for(api: Api, tmp_path: Path) -> None:
    api.limit, api.reset_s = 0, 1.0
    done = both(api, tmp_path, "--max-pages", "1")
    assert "of patience: status 429: more requests than the key allows" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--player", "a,b"),
        ("--account", "account.1"),
        ("--tournament", "a/b"),
        ("--player", "a", "--shard", "pc"),
    ],
)
def test_wrong_words_are_a_line(api: Api, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = fetch(api, tmp_path, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
