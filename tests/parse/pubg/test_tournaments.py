"""Tournaments as the API tells them: the list of all, and the matches of one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from parse.errors import ParseError
from parse.json_page import JsonPage
from parse.model import Extracted, Issue, Layout
from parse.registry import BUILT_IN
from parse.sources.pubg.fragments import TournamentAsked, TournamentListed
from parse.sources.pubg.tournaments import parse_list, parse_one
from parse.trace.cli import trace_any
from tests.parse.bench import Bench, record
from tests.parse.trace.test_decisions import roots_of
from warehouse.rows.pubg.tournaments import PubgTournamentMatchRow, PubgTournamentRow

LIST = "https://api.pubg.com/tournaments"
FIRST, SECOND = (f"0b5f8ad2-7f3c-4c3e-9c57-0b4a7f4a9d1{digit}" for digit in "01")
CREATED, BEGAN = "2026-03-01T00:00:00Z", "2026-03-07T18:00:00Z"


def listed(*ids: str, **attributes: object) -> dict[str, Any]:
    """The list of tournaments."""
    said = {"createdAt": CREATED, **attributes}
    return {"data": [{"type": "tournament", "id": one, "attributes": said} for one in ids]}


def told(name: str, matches: Sequence[str]) -> dict[str, Any]:
    """The reply about one tournament."""
    links = [{"type": "match", "id": one} for one in matches]
    beside = [{**link, "attributes": {"createdAt": BEGAN}} for link in reversed(links)]
    relations = {"matches": {"data": links}}
    data = {"type": "tournament", "id": name, "relationships": relations}
    return {"data": data, "included": beside}


def of(document: object, url: str, second: int = 0) -> bytes:
    return record(url, json.dumps(document).encode(), second=second)


def read(document: object, *, lists: bool = False) -> list[Extracted]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    page = JsonPage(body, url="", page_type="", key="")
    return list(parse_list(page) if lists else parse_one(page))


def build(bench: Bench, *records: bytes) -> None:
    bench.put("a.warc.gz", records, collection="pubg")
    outcome = bench.parse(registry=BUILT_IN)
    assert outcome.account.rows.is_right
    assert outcome.account.rows.quarantined == 0


def test_a_list_and_a_tournament() -> None:
    first, _ = read(listed("a", "b"), lists=True)
    assert isinstance(first, TournamentListed)
    assert (first.tournament_id, str(first.created_at)) == ("a", "2026-03-01 00:00:00+00:00")
    asked, *matches, layout = read(told("a", [FIRST, SECOND, FIRST]))
    assert asked == TournamentAsked(tournament_id="a", created_at=None, match_count=2)
    assert [one.match_id for one in matches if isinstance(one, PubgTournamentMatchRow)] == [
        FIRST,
        SECOND,
    ]
    assert layout == Layout("with times")


def test_a_time_that_is_not_told_is_an_issue_and_null() -> None:
    reply = told("a", [FIRST])
    reply["included"] = []
    assert Issue("missing", "pubg_tournament_matches.created_at") in read(reply)
    found = read(listed("a", createdAt="soon"), lists=True)
    assert found[0] == Issue("unreadable", "pubg_tournaments.created_at", "'soon'")


@pytest.mark.parametrize("lists", [True, False])
def test_a_reply_about_something_else_fails(lists: bool) -> None:
    with pytest.raises(ParseError, match="'match', not 'tournament'"):
        read({"data": [{"type": "match", "id": FIRST}]}, lists=lists)


def test_a_tournament_is_joined_from_the_list_and_its_own_reply(bench: Bench) -> None:
    build(bench, of(listed("a", "b"), LIST), of(told("a", [FIRST]), f"{LIST}/a"))
    rows = {row["tournament_id"]: row for row in bench.table("pubg_tournaments")}
    assert {name: row["match_count"] for name, row in rows.items()} == {"a": 1, "b": None}
    assert rows["a"]["created_at"].isoformat() == "2026-03-01T00:00:00+00:00"
    assert None not in {rows["a"]["tournaments_capture_id"], rows["a"]["tournament_capture_id"]}
    (match,) = bench.table("pubg_tournament_matches")
    assert (match["match_id"], match["created_at"].isoformat()) == (
        FIRST,
        "2026-03-07T18:00:00+00:00",
    )


def test_a_tournament_that_no_list_has_is_there_too(bench: Bench) -> None:
    build(bench, of(told("a", []), f"{LIST}/a"))
    (row,) = bench.table("pubg_tournaments")
    assert (row["created_at"], row["match_count"]) == (None, 0)
    assert bench.table("pubg_tournament_matches") == []


def test_a_match_that_is_listed_no_more_stays(bench: Bench) -> None:
    old, new = (
        of(told("a", [one]), f"{LIST}/a", second) for second, one in ((1, FIRST), (2, SECOND))
    )
    build(bench, old, new)
    assert bench.column("pubg_tournament_matches", "match_id") == [FIRST, SECOND]
    assert bench.column("pubg_tournaments", "match_count") == [1]


def test_tournaments_are_traced(bench: Bench) -> None:
    build(bench, of(listed("a", "b"), LIST), of(told("a", [FIRST]), f"{LIST}/a"))
    (row, _) = bench.table("pubg_tournaments")
    trace = trace_any(roots_of(bench), PubgTournamentRow, row)
    assert trace.remarks == []
    assert {one.page_type for one in trace.captures} == {"tournaments", "tournament"}
    (match,) = bench.table("pubg_tournament_matches")
    trace = trace_any(roots_of(bench), PubgTournamentMatchRow, match)
    assert trace.remarks == []
    assert trace.lineages["match_id"].origins


def test_every_real_reply_about_tournaments_is_read_without_issues(samples: Path) -> None:
    count = 0
    for path in sorted((samples / "pubg" / "tournaments").iterdir()):
        document = json.loads(path.read_bytes())
        if "data" not in document:
            continue  # no reply of the API
        found = read(document, lists=isinstance(document["data"], list))
        assert [one for one in found if isinstance(one, Issue)] == [], path.name
        there = document.get("included", document["data"])
        kinds = (TournamentListed, PubgTournamentMatchRow)
        assert len([one for one in found if isinstance(one, kinds)]) == len(there)
        count += 1
    assert count >= 4
