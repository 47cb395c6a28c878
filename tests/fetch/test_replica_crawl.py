"""The whole command against the replica: real HTTP, real files, exit codes."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.replica.background import control, running
from tests.replica.season import Season
from warc.http import decode_body, response_of
from warc.manifest import Manifest
from warc.reader import read_records
from warc.record import Record

ROOT = Path(__file__).resolve().parents[2]
MATCHES = 12
PAGE_SIZE = 5
COMMAND = [sys.executable, "-c", "from fetch.cli import app; app()", "hltv"]


@pytest.fixture
def base() -> Iterator[str]:
    with running(matches=MATCHES, page_size=PAGE_SIZE, small=True) as url:
        yield url


def fetch(base: str, archives: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "--base-url", base, "--archives", str(archives), *options]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def log_of(base: str) -> list[tuple[str, int]]:
    answer = control(base, "log", method="GET")
    assert isinstance(answer, list)
    return [(str(target), int(status)) for target, status in answer]


def season() -> Season:
    return Season(seed=7, matches=MATCHES, page_size=PAGE_SIZE, small=True)


def expected() -> set[str]:
    made = season()
    return {
        target
        for match_id in made.match_ids
        for target in made.match_targets(match_id)
        if not target.startswith("/results")
    }


def records(archives: Path) -> Iterator[Record]:
    for path in sorted((archives / "hltv").glob("*.warc.gz")):
        for record in read_records(str(path)):
            assert isinstance(record, Record)
            yield record


def test_every_target_is_asked_for_once_and_archived_as_sent(base: str, tmp_path: Path) -> None:
    done = fetch(base, tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"matches: {MATCHES} whole, 0 partial, 0 untouched" in done.stdout
    assert f"Contacting {base} as 'Warchouse/0.1'" in done.stderr
    asked = Counter(target for target, _ in log_of(base))
    content = {target: count for target, count in asked.items() if "/results" not in target}
    assert content == {**dict.fromkeys(expected(), 1), "/robots.txt": 1}
    made = season()
    seen = set()
    for record in records(tmp_path):
        target = record.target_uri.removeprefix(base)
        page = made.page(target)
        if record.type == "response" and page is not None:
            assert decode_body(response_of(record)) == page.body
            seen.add(target)
    assert seen >= expected()


def test_a_second_run_has_nothing_to_do(base: str, tmp_path: Path) -> None:
    fetch(base, tmp_path)
    before = len(log_of(base))
    again = fetch(base, tmp_path, "--json")
    assert again.returncode == 0
    told: dict[str, Any] = json.loads(again.stdout)
    assert (told["ending"], told["processed"], told["listed"]) == ("done", 0, 1)
    assert (told["whole"], told["exit_code"]) == (MATCHES, 0)
    assert [target for target, _ in log_of(base)[before:]] == ["/results?offset=0"]
    assert "Nothing to do." in fetch(base, tmp_path).stdout


def test_the_archive_says_nothing_of_the_operators_disk(base: str, tmp_path: Path) -> None:
    control(base, "faults", {"pattern": "/economy/", "kind": "block", "times": 1})
    assert fetch(base, tmp_path).returncode == 3
    for record in records(tmp_path):
        assert str(tmp_path).encode() not in record.block


@pytest.mark.parametrize("kind", ["block", "challenge", "challenge_localized"])
def test_a_wall_stops_the_crawl_with_its_evidence(base: str, tmp_path: Path, kind: str) -> None:
    control(base, "faults", {"pattern": "/stats/matches/mapstatsid/", "kind": kind, "times": 1})
    done = fetch(base, tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "does not solve or dodge challenges" in done.stderr
    found = re.search(r"kept as evidence in (\S+)", done.stderr)
    assert found
    assert Path(ROOT, found[1]).is_file()
    assert log_of(base)[-1][1] == 403
    assert fetch(base, tmp_path).returncode == 0


def test_throttling_is_waited_for(base: str, tmp_path: Path) -> None:
    fault = {"pattern": "/matches/", "kind": "429", "times": 1, "retry_after": "1"}
    control(base, "faults", fault)
    done = fetch(base, tmp_path, "--json", "--max-pages", "8")
    assert done.returncode == 0, done.stderr
    assert 429 in [status for _, status in log_of(base)]


def test_a_missing_page_is_named_and_the_rest_goes_on(base: str, tmp_path: Path) -> None:
    target = season().match_path(season().match_ids[3])
    control(base, "faults", {"pattern": re.escape(target), "kind": "404", "times": 9})
    done = fetch(base, tmp_path)
    assert done.returncode == 1
    assert f"failed: {base}{target}" in done.stderr
    assert f"matches: {MATCHES - 1} whole, 0 partial, 1 untouched" in done.stdout


def test_an_interrupt_seals_and_the_same_command_continues(tmp_path: Path) -> None:
    with running(matches=MATCHES, page_size=PAGE_SIZE, small=True, latency_ms=30) as base:
        command = [*COMMAND, "--base-url", base, "--archives", str(tmp_path)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        while len(log_of(base)) < 12:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert "Interrupted" in out
        assert not list((tmp_path / "hltv").glob("*.open"))
        done = fetch(base, tmp_path)
        assert done.returncode == 0
        asked = Counter(target for target, _ in log_of(base) if "/results" not in target)
        assert set(asked.values()) == {1}
        assert set(asked) == {*expected(), "/robots.txt"}


KILLS = 8
"""Of one crawl; every one at another moment, chosen by a seed."""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9 on Windows")
def test_a_run_killed_again_and_again_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    moments = random.Random(7)
    with running(matches=MATCHES, page_size=PAGE_SIZE, small=True, latency_ms=10) as base:
        command = [*COMMAND, "--base-url", base, "--archives", str(tmp_path)]
        kills = 0
        for _ in range(KILLS):
            known = acknowledged(base, tmp_path)
            before = len(log_of(base))
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            wanted = before + moments.randint(2, 16)
            while len(log_of(base)) < wanted and process.poll() is None:
                time.sleep(moments.random() / 50)
            kills += process.poll() is None
            process.kill()
            process.wait()
            assert not known & {target for target, _ in log_of(base)[before:]}
        assert kills >= KILLS // 2
        known = acknowledged(base, tmp_path)
        before = len(log_of(base))
        assert fetch(base, tmp_path).returncode == 0
        assert not known & {target for target, _ in log_of(base)[before:]}
        assert acknowledged(base, tmp_path) == expected()
    for _ in records(tmp_path):
        pass  # every record of every file is whole, or this raises


def acknowledged(base: str, archives: Path) -> set[str]:
    """The content pages that the manifest knows to be archived."""
    path = archives / "hltv" / "manifest.sqlite"
    if not path.exists():
        return set()
    manifest = Manifest(path, read_only=True)
    try:
        return {
            target
            for target in expected()
            if any(one.verdict == "content" for one in manifest.captures_of(base + target))
        }
    finally:
        manifest.close()


def test_a_listing_that_shifts_while_it_is_read_costs_no_match(tmp_path: Path) -> None:
    """A match ends after every second listing page: rows slide down, and some are met twice."""
    with running(matches=MATCHES, page_size=3, small=True, shift_every=2, held_back=4) as base:
        assert fetch(base, tmp_path).returncode == 0
        assert fetch(base, tmp_path).returncode == 0
        control(base, "release", {"count": MATCHES})
        assert fetch(base, tmp_path).returncode == 0
        asked = Counter(target for target, _ in log_of(base) if "/results" not in target)
    assert {target for target in asked if target.startswith("/matches/")} == {
        target for target in expected() if target.startswith("/matches/")
    }
    assert {count for target, count in asked.items() if target != "/robots.txt"} == {1}


@pytest.mark.parametrize(
    ("options", "code", "problem"),
    [
        (("--pace", "quick"), 2, "pace 'quick' is not MIN-MAX in seconds"),
        (("--since", "yesterday"), 2, "--since 'yesterday' is not a date"),
        (("--refetch", "everything"), 2, "--refetch 'everything' is not all"),
        (("--from-offset", "-100"), 2, "--from-offset -100 is below 0"),
        (("--to-offset", "0"), 2, "--to-offset 0 leaves nothing"),
        (("--collection", "../x"), 2, "is not the name of a folder"),
        (("--collection", "admin"), 2, "is where the roster is kept"),
        (("--contact", "mé"), 2, "must be printable ASCII"),
        (("--settings", "none.toml"), 2, "none.toml: no such settings file"),
        (("--base-url", "http://127.0.0.1:1/x"), 2, "must end after the host and port"),
        (("--base-url", "http://127.0.0.1:1"), 1, "no connection"),
        (("--max-pages", "0"), 2, "max-pages"),
    ],
)
def test_mistakes_are_one_clear_line(
    tmp_path: Path, options: tuple[str, ...], code: int, problem: str
) -> None:
    done = fetch("http://127.0.0.1:1", tmp_path, "--quiet", *options)
    assert done.returncode == code
    assert problem in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    done = fetch("http://127.0.0.1:1", tmp_path / "file")
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "file" in done.stderr


def test_a_collection_of_another_base_url_is_refused(base: str, tmp_path: Path) -> None:
    fetch(base, tmp_path, "--max-pages", "1")
    done = fetch("http://127.0.0.1:1", tmp_path)
    assert done.returncode == 4
    assert base in done.stderr


def test_a_fixed_list_is_archived_without_following_links(base: str, tmp_path: Path) -> None:
    wanted = sorted(expected())[:9]
    file = tmp_path / "urls.txt"
    file.write_text("".join(f"{base}{target}\n" for target in wanted), "utf-8")
    command = [*COMMAND[:-1], "urls", str(file), "--base-url", base, "--connections", "3"]
    command += ["--archives", str(tmp_path), "--collection", "hltv", "--json"]
    for processed in (9, 0):
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["processed"] == processed
    asked = Counter(target for target, _ in log_of(base))
    assert asked == {**dict.fromkeys(wanted, 1), "/robots.txt": 1}


def test_a_fixed_list_of_a_host_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "urls.txt"
    file.write_text("http://127.0.0.1:1/a\n", "utf-8")
    command = [*COMMAND[:-1], "urls", str(file), "--base-url", "http://127.0.0.1:1", "--quiet"]
    command += ["--archives", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "no connection: Connection refused" in done.stderr


def test_pages_that_did_not_change_are_not_sent_again(tmp_path: Path) -> None:
    with running(matches=MATCHES, page_size=PAGE_SIZE, small=True, etag=True) as base:
        assert fetch(base, tmp_path).returncode == 0
        before = len(log_of(base))
        done = fetch(base, tmp_path, "--refetch", "all", "--connections", "4", "--json")
        assert done.returncode == 0, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        assert told["processed"] == told["unchanged"] == len(expected())
        assert {status for _, status in log_of(base)[before:]} == {304}


def test_a_full_disk_is_never_reached(base: str, tmp_path: Path) -> None:
    done = fetch(base, tmp_path, "--keep-free", "900000TB")
    assert done.returncode == 1, done.stderr
    assert "Stopped before the disk is full." in done.stdout
    assert "are free on the disk of" in done.stdout
    assert log_of(base) == []


def test_a_host_that_asks_for_patience_is_left_alone_by_the_next_run(
    base: str, tmp_path: Path
) -> None:
    fault = {"pattern": "/matches/", "kind": "429", "times": 1, "retry_after": "7200"}
    control(base, "faults", fault)
    assert fetch(base, tmp_path).returncode == 3
    before = len(log_of(base))
    done = fetch(base, tmp_path)
    assert done.returncode == 3
    assert "nothing was asked for now" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(log_of(base)) == before


def test_a_list_of_pages_is_fetched_again(base: str, tmp_path: Path) -> None:
    assert fetch(base, tmp_path).returncode == 0
    target = season().match_path(season().match_ids[2])
    file = tmp_path / "refetch.tsv"
    file.write_text(f"{base}{target}\tpartial\n", "utf-8")
    before = len(log_of(base))
    done = fetch(base, tmp_path, "--refetch-from", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert target in [asked for asked, _ in log_of(base)[before:]]
    assert json.loads(done.stdout)["processed"] == 1
    again = fetch(base, tmp_path, "--refetch-from", str(file))
    assert "left out 1 of the list" in again.stdout


def test_what_a_parse_lists_is_fetched_again_and_mends_the_tables(
    base: str, tmp_path: Path
) -> None:
    def parsed() -> Path:
        command = [sys.executable, "-m", "warchouse", "parse", "--archives", str(tmp_path)]
        command += ["--warehouse", str(tmp_path / "tables"), "--quiet"]
        subprocess.run(command, cwd=ROOT, check=False, capture_output=True, timeout=60)
        return max((tmp_path / "tables" / "snapshots").iterdir()) / "refetch.tsv"

    control(base, "faults", {"pattern": "/economy/", "kind": "unparsable", "times": 1})
    assert fetch(base, tmp_path).returncode == 0
    file = parsed()
    (line,) = file.read_text("utf-8").splitlines()
    url = line.partition("\t")[0]
    before = len(log_of(base))
    done = fetch(base, tmp_path, "--refetch-from", str(file))
    assert done.returncode == 0, done.stderr
    assert f"matches: {MATCHES} whole" in done.stdout
    assert url.removeprefix(base) in [target for target, _ in log_of(base)[before:]]
    assert parsed().read_text("utf-8") == ""
