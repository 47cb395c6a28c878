"""The DOM that a browser made of a page: it adds what the page's own response has not."""

from __future__ import annotations

import pytest

from tests.parse.bench import SITE, Bench, game, games, page, record, sha1, warcinfo
from warc.errors import CollectionError
from warc.format import NOT_MODIFIED

SHEET = f"{SITE}/sheet/1"
DOM = f"urn:dom:{SHEET}"


def note(topic: str, text: str) -> tuple[str, dict[str, object]]:
    return "note", {"game_id": 1, "topic": topic, "number": 1, "text": text}


def dom(body: bytes, *, second: int = 0, url: str = DOM) -> bytes:
    return record(url, body, second=second, kind="resource", http=False)


def notes(bench: Bench) -> dict[str, str]:
    return {row["topic"]: row["text"] for row in bench.table("fake_notes")}


def test_a_dom_is_read_for_a_page_type_that_says_so(bench: Bench) -> None:
    bare = record(SHEET, b"<html>a script does the rest</html>")
    bench.put("a.warc.gz", [dom(page(game(1, title="shown"), note("a", "é"))), bare])
    outcome = bench.parse()
    assert str(outcome.account.captures).startswith("2 captures = 1 parsed + 0 failed + 1 evidence")
    assert bench.column("fake_games", "title") == ["shown"]
    assert notes(bench) == {"a": "é"}
    (row,) = [one for one in bench.table("captures") if one["url"] == DOM]
    assert (row["record_type"], row["page_type"], row["page_key"]) == ("resource", "sheet", "1")
    assert (row["verdict"], row["outcome"], row["status"]) == ("content", "parsed", 200)
    assert row["parser"] == "fake.sheet/1"


@pytest.mark.parametrize("swapped", [False, True])
def test_of_one_visit_the_response_goes_before_the_dom(bench: Bench, *, swapped: bool) -> None:
    """Whatever the ids are: they are hashes, so both orders are tried."""
    response = record(SHEET, page(game(1, title="sent"), note("a", "sent")), second=5)
    shown = dom(page(game(1, title="shown"), note("a", "shown"), note("b", "shown")), second=5)
    bench.put("a.warc.gz", [response, shown] if swapped else [shown, response])
    outcome = bench.parse()
    assert bench.column("fake_games", "title") == ["sent"]
    assert notes(bench) == {"a": "sent", "b": "shown"}
    assert outcome.account.rows.superseded == 2
    assert outcome.account.rows.is_right


@pytest.mark.parametrize("number", range(6))
def test_the_tie_is_not_decided_by_ids(bench: Bench, number: int) -> None:
    ids = {"WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-00000000000{number}>"}
    body = page(game(1, title="shown"))
    shown = record(DOM, body, kind="resource", http=False, fields=ids)
    bench.put("a.warc.gz", [shown, record(SHEET, page(game(1, title="sent")))])
    bench.parse()
    assert bench.column("fake_games", "title") == ["sent"]


def test_a_newer_dom_goes_before_an_older_response(bench: Bench) -> None:
    old = record(SHEET, page(game(1, title="old"), note("a", "old"), note("b", "old")), second=1)
    shown = dom(page(game(1, title="new"), note("b", "new")), second=9)
    new = record(SHEET, page(game(1, title="new")), second=9)
    bench.put("a.warc.gz", [old, shown, new])
    bench.parse()
    assert notes(bench) == {"a": "old", "b": "new"}


def test_doms_of_other_page_types_and_other_resources_are_not_ours(bench: Bench) -> None:
    bench.put(
        "a.warc.gz",
        [
            *games(1),
            dom(page(game(2)), url=f"urn:dom:{SITE}/game/2"),
            dom(b'{"urls": []}', url=f"urn:pageinfo:{SHEET}"),
            dom(b"plain text", url=f"urn:text:{SHEET}"),
            dom(b"\x89PNG\r\n\x1a\n\xff\xfe", url=f"urn:view:{SHEET}"),
            dom(b"", url="urn:dom:"),
            dom(b"x", url="urn:dom:http://[fake.test/sheet/1"),
            dom(page(game(3)), url="urn:dom:http://other.test/sheet/3"),
        ],
    )
    outcome = bench.parse()
    assert outcome.account.captures.not_ours == 7
    assert bench.watch.warnings == []
    assert bench.column("fake_games", "game_id") == [1]


def test_a_dom_in_another_encoding_than_it_names_is_read_as_utf_8(bench: Bench) -> None:
    """The page said windows-1252; what a browser hands over is UTF-8 all the same."""
    said = b'<meta charset="windows-1252">' + page(game(1, title="Łódź"))
    bench.put("a.warc.gz", [dom(said)])
    bench.parse()
    assert bench.column("fake_games", "title") == ["Łódź"]


def test_the_page_that_a_dom_is_of_decides_whose_it_is(bench: Bench) -> None:
    base = "http://127.0.0.1:8000"
    shown = dom(page(game(1, title="shown")), url=f"urn:dom:{base}/sheet/1")
    bench.put("a.warc.gz", [warcinfo(source="fake", base_url=base), shown])
    bench.parse()
    assert bench.column("fake_games", "title") == ["shown"]
    bench.put("b.warc.gz", games(1))
    with pytest.raises(CollectionError, match="cannot be built together"):
        bench.parse()


@pytest.mark.parametrize(
    "reference",
    [
        {"WARC-Refers-To": "<urn:uuid:0a0a0a0a-0000-4000-8000-000000000001>"},
        {"WARC-Refers-To-Target-URI": f"{SITE}/game/1", "WARC-Refers-To-Date": "2026-11-01T00:00:10Z"},
    ],
    ids=["id", "date"],
)  # fmt: skip
def test_an_unmodified_page_is_as_new_as_its_304(bench: Bench, reference: dict[str, str]) -> None:
    named = {"WARC-Record-ID": "<urn:uuid:0a0a0a0a-0000-4000-8000-000000000001>"}
    first = record(f"{SITE}/game/1", page(game(1, title="first")), second=10, fields=named)
    changed = record(f"{SITE}/game/1", page(game(1, title="changed")), second=20)
    again = record(
        f"{SITE}/game/1", second=30, kind="revisit", status=304,
        fields={"WARC-Profile": NOT_MODIFIED, **reference, "WARC-Payload-Digest": ""},
    )  # fmt: skip
    bench.put("a.warc.gz", [first, changed, again])
    outcome = bench.parse()
    assert (outcome.account.captures.revisits, outcome.unresolved_revisits) == (1, 0)
    assert bench.column("fake_games", "title") == ["first"]
    (row,) = [one for one in bench.table("captures") if one["outcome"] == "revisit"]
    assert (row["status"], row["verdict"]) == (304, "content")


def test_a_digest_of_nothing_names_no_original(bench: Bench) -> None:
    """Some writers give a 304 the digest of its own, empty payload."""
    empty = record(f"{SITE}/game/1", b"", second=5, status=403)
    again = record(
        f"{SITE}/game/1", second=30, kind="revisit", status=304,
        fields={"WARC-Profile": NOT_MODIFIED, "WARC-Payload-Digest": sha1(b"")},
    )  # fmt: skip
    bench.put("a.warc.gz", [*games(1), empty, again])
    assert bench.parse().unresolved_revisits == 1


def test_a_dom_is_read_the_same_in_any_number_of_ranges(bench: Bench) -> None:
    made = []
    for number in range(1, 12):
        url = f"{SITE}/sheet/{number}"
        shown = page(
            game(number, title="shown"),
            ("note", {"game_id": number, "topic": "a", "number": 1, "text": "x"}),
        )
        made += [
            dom(shown, second=number, url=f"urn:dom:{url}"),
            record(url, page(game(number, title="sent")), second=number),
        ]  # fmt: skip
    bench.put("a.warc.gz", made)
    bench.parse()
    whole = bench.parts()
    bench.parse(range_bytes=300)
    assert bench.parts() == whole
    assert set(bench.column("fake_games", "title")) == {"sent"}
    assert len(bench.table("fake_notes")) == 11
