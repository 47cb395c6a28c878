"""`warchouse status`: how collections stand, told to people and programs."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fetch.collection_status import status_of
from fetch.status import app
from tests.fakes import START, FakeAnswer, FakeClock
from tests.fetch.crawling import crawl, open_collection, options
from tests.fetch.tiny_site import BASE, TinySite
from tests.warc.roster.named import player
from warc.errors import UsageError
from warc.manifest import MANIFEST_NAME
from warc.roster import Change
from warc.roster.appending import open_journal


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    """Four matches done or not: one page is missing, one refused, one forbidden."""

    def fault(url: str, _before: int) -> FakeAnswer | None:
        if "/matches/3/" in url:
            return FakeAnswer(status=404)
        if "/matches/1/" in url:
            return FakeAnswer(status=403, body=b"error code: 1020")
        return None

    robots = FakeAnswer(body=b"User-agent: *\nDisallow: /stats/matches/economy/mapstatsid/21")
    crawl(tmp_path / "hltv", TinySite(matches=4, fault=fault, robots=robots))
    return tmp_path


def test_admin_data_is_no_collection(archives: Path) -> None:
    with open_journal(archives) as journal:
        journal.append([Change("add", player())], who="tester", why="")
    code, said = run("--archives", str(archives))
    assert code == 0
    assert str(archives / "admin") not in said


def test_plain_lines_in_a_pipe(archives: Path) -> None:
    code, out = run("--archives", str(archives))
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == f"{archives / 'hltv'}: 1 file"
    assert "hltv economy: 1 done, 0 pending, 0 failed, 1 skipped, 0 blocked" in lines
    (match,) = [line for line in lines if line.startswith("hltv match: ")]
    assert match.startswith("hltv match: 2 done, 0 pending, 1 failed (last: ")
    assert match.endswith(", 0 skipped, 1 blocked")
    assert "hltv matches: 1 whole, 1 partial, 2 untouched" in lines
    (last,) = [line for line in lines if "last crawl" in line]
    assert last.startswith("hltv last crawl: began 2026-11-21 12:00 UTC, ended after ")
    assert last.endswith("the site refused")
    (left,) = [line for line in lines if "time left" in line]
    assert "1 known pages at" in left


def test_json_says_the_same(archives: Path) -> None:
    code, out = run("hltv", "--archives", str(archives), "--json")
    told: dict[str, Any] = json.loads(out)[0]
    assert code == 0
    assert told["collection"] == "hltv"
    assert told["pages"]["match"]["blocked"] == 1
    assert told["families"]["match"] == {"whole": 1, "partial": 1, "untouched": 2}
    assert told["last_crawl"]["why"] == "refused"
    assert told["left_s"] == told["pace_s"] > 0
    assert told["problem"] == ""


def test_what_a_host_asked_for_is_told_while_it_lasts(archives: Path) -> None:
    now = status_of(archives / "hltv", now=START)
    (rest,) = now.rests
    assert rest[0] == "www.hltv.org"
    assert "1020" in rest[2]
    assert status_of(archives / "hltv", now=START + timedelta(hours=2)).rests == ()


def test_it_can_be_asked_while_a_fetch_is_running(tmp_path: Path) -> None:
    with open_collection(tmp_path / "hltv", FakeClock()) as collection:
        collection.start_crawl(options().as_json())
        collection.commit()
        _, out = run("--archives", str(tmp_path))
        assert "it is running, or was killed" in out
        collection.finish_crawl("done", counts={})
    assert "nothing was left to do" in run("--archives", str(tmp_path))[1]


def test_a_collection_without_a_manifest_is_told(archives: Path) -> None:
    for path in (archives / "hltv").glob("manifest*"):
        path.unlink()
    code, out = run("--archives", str(archives))
    assert code == 0
    assert "hltv no manifest yet; the next fetch makes one" in out


def test_a_damaged_manifest_is_one_line_and_exit_code_4(archives: Path) -> None:
    (archives / "hltv" / MANIFEST_NAME).write_bytes(b"not a database" * 99)
    code, out = run("--archives", str(archives), "--quiet")
    assert code == 4
    assert out.startswith("error: ")
    assert out.count("\n") == 1


@pytest.mark.parametrize(
    ("folder", "words", "problem"),
    [
        ("missing", (), "no such folder of collections"),
        ("empty", (), "nothing is archived there yet"),
        ("full", ("pubg",), "has no collection 'pubg'"),
        ("full", ("../full",), "has no collection '../full'"),
    ],
)
def test_where_there_is_nothing_to_tell_it_says_so(
    tmp_path: Path, folder: str, words: tuple[str, ...], problem: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full" / "hltv").mkdir(parents=True)
    (tmp_path / "full" / "hltv" / "a.warc").write_bytes(b"")
    with pytest.raises(UsageError, match=problem) as caught:
        run(*words, "--archives", str(tmp_path / folder))
    assert caught.value.exit_code == 2


def test_it_loads_no_http_client() -> None:
    code = "import sys, fetch.status; print({'aiohttp', 'nodriver'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path.cwd()
    )
    assert done.stdout.strip() == "set()"


def test_the_help_has_an_example() -> None:
    code, out = run("--help")
    assert code == 0
    assert "warchouse status hltv --json" in out
    assert BASE not in out
