"""Which pages a parse says are worth fetching again, and why."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from parse.cli import app
from parse.refetch import REFETCH_NAME
from tests.parse.bench import SITE, Bench, game, games, page, record

UNREADABLE = page(("unreadable", {}))
NO_TOPIC = ("issue", ["missing", "fake_notes.topic"])
NO_TITLE = ("issue", ["missing", "fake_games.title"])


def listed(bench: Bench) -> dict[str, str]:
    """What the current snapshot lists: reasons by path."""
    text = (bench.snapshot / REFETCH_NAME).read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines()]
    assert lines == sorted(lines)
    return {url.removeprefix(SITE): reason for url, reason in lines}


def sheet(number: int, *said: object, second: int = 0, shown: bool = False) -> bytes:
    url = f"{SITE}/sheet/{number}"
    body = page(game(number), *said)  # type: ignore[arg-type]
    if shown:
        return record(f"urn:dom:{url}", body, second=second, kind="resource", http=False)
    return record(url, body, second=second)


def test_whole_pages_are_not_listed(bench: Bench) -> None:
    bench.put("a.warc.gz", games(3))
    outcome = bench.parse()
    assert listed(bench) == {}
    assert outcome.refetch.count == 0


def test_pages_that_cannot_be_parsed_are_listed(bench: Bench) -> None:
    bench.put(
        "a.warc.gz",
        [
            record(f"{SITE}/game/1", UNREADABLE, second=9),
            record(f"{SITE}/game/2", page(game(2)), second=1),
            record(f"{SITE}/game/2", UNREADABLE, second=9),
            record(f"{SITE}/game/3", UNREADABLE, second=1),
            record(f"{SITE}/game/3", page(game(3)), second=9),
            record(f"{SITE}/game/4", UNREADABLE, second=1),
            record(f"{SITE}/game/4", b"", second=9, status=403),
            record(f"{SITE}/game/5", page(("bug", {})), second=1),
        ],
    )
    bench.parse()
    assert listed(bench) == {
        "/game/1": "not parsed: nothing makes sense",
        "/game/2": "not parsed: nothing makes sense",
        "/game/4": "not parsed: nothing makes sense",
        "/game/5": "not parsed: ZeroDivisionError: planted",
    }


def test_pages_without_any_content_are_listed_unless_they_are_refused(bench: Bench) -> None:
    cut = {"WARC-Truncated": "disconnect"}
    bench.put(
        "a.warc.gz",
        [
            *games(1),
            record(f"{SITE}/game/2", page(game(2)), fields=cut),
            record(f"{SITE}/game/3", b"gone", status=404),
            record(f"{SITE}/game/4", b"no mark"),
            record(f"{SITE}/game/5", b"denied", status=403),
            record(f"{SITE}/game/6", b"denied", second=1, status=403),
            record(f"{SITE}/game/6", b"no mark", second=2),
            record(f"{SITE}/game/1", b"no mark", second=99),
            record("http://other.test/game/7", b"gone", status=404),
            record(f"{SITE}/odd/8", page(game(8))),
        ],
    )
    bench.parse()
    assert listed(bench) == {
        "/game/2": "truncated: cut while it was fetched: disconnect",
        "/game/3": "error: 404",
        "/game/4": "wrong_page: no <pre> on the game page",
        "/game/6": "wrong_page: no <pre> on the game page",
    }


def test_pages_that_lack_a_section_are_listed(bench: Bench) -> None:
    bench.put(
        "a.warc.gz",
        [
            sheet(1, NO_TOPIC),
            sheet(2, NO_TITLE),
            sheet(3, ("issue", ["missing", "fake_games.score"]), NO_TOPIC, NO_TITLE),
            sheet(4, ("issue", ["unexpected", "fake_notes.topic"])),
            record(f"{SITE}/game/5", page(game(5), NO_TOPIC)),
        ],
    )
    bench.parse()
    assert listed(bench) == {
        "/sheet/1": "missing: fake_notes.topic",
        "/sheet/3": "missing: fake_games.score; missing: fake_notes.topic",
    }


def test_pages_with_values_that_cannot_be_read_are_listed(bench: Bench) -> None:
    unread = ("issue", ["unreadable", "fake_games.score"])
    bench.put(
        "a.warc.gz",
        [sheet(1, unread), sheet(2, unread, second=1), sheet(2, second=2), sheet(3)],
    )
    bench.parse()
    assert listed(bench) == {"/sheet/1": "unreadable: fake_games.score"}


def test_a_section_that_any_capture_has_is_not_missing(bench: Bench) -> None:
    bench.put(
        "a.warc.gz",
        [
            sheet(1, NO_TOPIC, second=5),
            sheet(1, second=5, shown=True),
            sheet(2, second=1),
            sheet(2, NO_TOPIC, second=9),
            sheet(3, NO_TOPIC, second=5),
            sheet(3, NO_TOPIC, second=5, shown=True),
        ],
    )
    bench.parse()
    assert listed(bench) == {"/sheet/3": "missing: fake_notes.topic"}


def test_a_page_whose_dom_is_whole_needs_no_response(bench: Bench) -> None:
    bare = record(f"{SITE}/sheet/1", b"a script does the rest", second=5)
    broken = record(f"{SITE}/sheet/2", UNREADABLE, second=5)
    doms = [sheet(number, second=5, shown=True) for number in (1, 2)]
    bench.put("a.warc.gz", [*doms, bare, broken])
    bench.parse()
    assert listed(bench) == {}


def test_the_url_is_that_of_the_page_and_the_newest(bench: Bench) -> None:
    url = f"{SITE}/sheet/1"
    dom = record(f"urn:dom:{url}", UNREADABLE, second=5, kind="resource", http=False)
    bench.put("a.warc.gz", [*games(1), dom])
    bench.parse()
    assert list(listed(bench)) == ["/sheet/1"]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_list_is_the_same_bytes_for_the_same_archives(bench: Bench, workers: int) -> None:
    made = []
    for number in range(1, 30):
        made.append(sheet(number, *([NO_TOPIC] if number % 3 else [])))
        made.append(record(f"{SITE}/game/{number}", UNREADABLE if number % 4 else b"no mark"))
    bench.put("a.warc.gz", made)
    bench.parse()
    first = (bench.snapshot / REFETCH_NAME).read_bytes()
    assert first.count(b"\n") == 29 + 20
    bench.parse(workers=workers, range_bytes=500)
    assert (bench.snapshot / REFETCH_NAME).read_bytes() == first


def test_a_reason_stays_on_its_line(bench: Bench) -> None:
    said = page(("note", {"game_id": "a\tb\nc", "topic": "x" * 300, "number": 1, "text": "y"}))
    bench.put("a.warc.gz", [*games(1), record(f"{SITE}/game/2", said)])
    bench.parse()
    (reason,) = listed(bench).values()
    assert "\t" not in reason
    assert len(reason) <= 120


URL = "https://www.hltv.org/stats/matches/mapstatsid/9/a-vs-b"


def test_the_command_names_the_list_and_what_to_do_with_it(bench: Bench) -> None:
    bench.put("a.warc.gz", [record(URL, b"gone", status=404)])
    where = ["--archives", str(bench.archives), "--warehouse", str(bench.warehouse)]
    shown = CliRunner().invoke(app, where)
    file = bench.warehouse / "snapshots" / "000001" / REFETCH_NAME
    lines = shown.stdout.splitlines()
    assert f"1 page is worth fetching again: {file}" in lines
    assert f"  warchouse fetch hltv --refetch-from {file}" in lines
    assert file.read_text(encoding="utf-8") == f"{URL}\terror: status 404\n"
    said = json.loads(CliRunner().invoke(app, [*where, "--json"]).stdout)
    assert said["unchanged"]
    assert said["refetch"] == {"count": 1, "file": str(file)}
