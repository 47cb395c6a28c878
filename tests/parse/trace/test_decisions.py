"""Which captures competed, which won, and why: recaptures, revisits, DOMs, copies, evidence."""

from __future__ import annotations

from typing import Any

import pytest

from parse.registry import load_registry
from parse.trace.archive import Archive
from parse.trace.cli import trace_any
from parse.trace.decisions import Competitor, Decision
from parse.trace.gathered import trace_gathered
from parse.trace.rows import Roots, RowTrace, trace_row
from parse.trace.wording import capture_facts
from tests.parse.bench import REGISTRY, SITE, Bench, game, page, record
from tests.parse.fake_source import GameRow, NoteRow, RoundRow, TeamRow
from tests.parse.hltv.test_recaptures import (
    BUILT_IN,
    DEMO,
    MAP,
    MATCH,
    RESULTS,
    listing,
    map_page,
    match_page,
    recaptures,
    whole,
)
from tests.parse.hltv.test_rendered import CHART, ECONOMY, economy, shown
from warc.errors import CollectionError
from warehouse.column import Row
from warehouse.snapshot import current_snapshot, row_named


def roots_of(bench: Bench, registry: str = BUILT_IN) -> Roots:
    snapshot = current_snapshot(bench.warehouse)
    return Roots(Archive(snapshot, bench.archives, load_registry(registry)))


def trace_of(bench: Bench, table: str, **key: object) -> RowTrace:
    (row,) = [one for one in bench.table(table) if all(one[name] == key[name] for name in key)]
    return trace_any(roots_of(bench), row_named(table), row)


def fake_trace(bench: Bench, kind: type[Row], **key: object) -> RowTrace:
    roots = roots_of(bench, REGISTRY)
    source = roots.archive.registry.sources[0]
    (row,) = [one for one in bench.table(kind.table) if all(one[name] == key[name] for name in key)]
    tracing = trace_gathered if kind.dimension else trace_row
    return tracing(roots, source, kind, row)


def behind(trace: RowTrace, column: str) -> Decision:
    (found,) = [one for one in trace.decisions if column in one.columns]
    return found


def stood(decision: Decision) -> list[tuple[int, str]]:
    """Second of the capture and how it stood, as listed."""
    return [(one.visit.capture.fetched_at.second, one.standing) for one in decision.competitors]


def why(decision: Decision, standing: str) -> list[str]:
    return [one.why for one in decision.competitors if one.standing == standing]


@pytest.fixture
def recaptured(bench: Bench) -> Bench:
    bench.put("a.warc.gz", recaptures(), collection="hltv")
    bench.parse(registry=BUILT_IN)
    return bench


def test_the_newest_capture_with_the_section_wins(recaptured: Bench) -> None:
    trace = trace_of(recaptured, "hltv_matches", match_id=1)
    assert trace.remarks == []
    decision = behind(trace, "status")
    # Seen at 25 again: the capture of second 20 stands before that of 10, but after 40.
    assert stood(decision) == [(40, "won"), (25, "revisit"), (20, "older"), (10, "older")]
    assert why(decision, "won") == ["the newest good capture that has this section"]
    assert why(decision, "revisit") == [
        "a revisit: the page was as in the capture of 2026-11-01 00:00:20Z"
    ]


def test_a_newer_page_without_a_part_leaves_it_to_the_older_one(recaptured: Bench) -> None:
    decision = behind(trace_of(recaptured, "hltv_matches", match_id=1), "demo_id")
    assert stood(decision) == [(40, "lacks"), (25, "revisit"), (20, "won"), (10, "lacks")]
    (won,) = why(decision, "won")
    assert won.startswith("the only good capture that has this section; 1 newer one lacks it")
    assert won.endswith("; seen again unchanged at 2026-11-01 00:00:25Z")


def test_of_a_refetched_page_each_scoreboard_is_decided_by_itself(recaptured: Bench) -> None:
    newer = behind(trace_of(recaptured, "hltv_player_stats", player_id=5), "kills")
    assert stood(newer) == [(50, "won"), (30, "older")]
    assert str(newer.section).startswith("MapStatsPlayer of map 9, team_id 11")
    older = behind(trace_of(recaptured, "hltv_player_stats", player_id=6), "kills")
    assert stood(older) == [(50, "lacks"), (30, "won")]


def test_sightings_of_other_listings_compete(recaptured: Bench) -> None:
    decision = behind(trace_of(recaptured, "hltv_results", match_id=1), "stars")
    assert stood(decision) == [(45, "won"), (15, "older")]


def test_a_listing_under_another_offset_is_found(bench: Bench) -> None:
    slid = RESULTS.replace("offset=0", "offset=100")
    bench.put(
        "a.warc.gz",
        [
            record(MATCH, match_page(live=False, lineups=True), second=10),
            record(RESULTS, listing(1), second=15),
            record(slid, listing(2), second=45),
        ],
        collection="hltv",
    )
    bench.parse(registry=BUILT_IN)
    decision = behind(trace_of(bench, "hltv_results", match_id=1), "stars")
    assert stood(decision) == [(45, "won"), (15, "older")]


def test_failed_and_refused_captures_are_named_with_their_reason(bench: Bench) -> None:
    final = match_page(live=False, lineups=True, demo=DEMO)
    headless = whole('<div class="team1-gradient">')
    bench.put(
        "a.warc.gz",
        [
            record(MATCH, final, second=10),
            record(MATCH, b"<html>denied</html>", second=20, status=403),
            record(MATCH, headless, second=30),
        ],
        collection="hltv",
    )
    bench.parse(registry=BUILT_IN)
    decision = behind(trace_of(bench, "hltv_matches", match_id=1), "status")
    assert stood(decision) == [(30, "failed"), (20, "evidence"), (10, "won")]
    assert why(decision, "failed") == ["could not be parsed: 0 header boxes, not 1"]
    assert why(decision, "evidence")[0].startswith("block: ")


def test_a_second_copy_of_a_record_is_told_from_a_recapture(bench: Bench) -> None:
    same = record(MATCH, match_page(live=False, lineups=True), second=10)
    bench.put("a.warc.gz", [same], collection="hltv")
    bench.put("b.warc.gz", [same], collection="hltv")
    bench.parse(registry=BUILT_IN)
    decision = behind(trace_of(bench, "hltv_matches", match_id=1), "status")
    assert [one.standing for one in decision.competitors] == ["won", "copy"]
    assert why(decision, "copy") == ["a second copy of the record at a.warc.gz:0"]
    assert decision.competitors[1].visit.capture.file == "b.warc.gz"


def test_a_revisit_without_original_says_so(bench: Bench) -> None:
    lost = record(MATCH, second=50, kind="revisit", fields={"WARC-Refers-To": "<urn:uuid:0>"})
    first = record(MATCH, match_page(live=False, lineups=True), second=10)
    bench.put("a.warc.gz", [first, lost], collection="hltv")
    bench.parse(registry=BUILT_IN)
    decision = behind(trace_of(bench, "hltv_matches", match_id=1), "status")
    assert stood(decision) == [(50, "revisit"), (10, "won")]
    assert why(decision, "revisit") == ["a revisit whose original is in no archive read"]


def test_a_dom_that_fills_a_gap_says_so(bench: Bench) -> None:
    pages = [
        record(MATCH, match_page(live=False, lineups=True), second=10),
        record(MAP, map_page("14 (9)"), second=30),
        shown(CHART, second=40),
        record(ECONOMY, economy("<script>x</script>"), second=40),
    ]
    bench.put("a.warc.gz", pages, collection="hltv")
    bench.parse(registry=BUILT_IN)
    row = bench.table("hltv_economy")[0]
    trace = trace_any(roots_of(bench), row_named("hltv_economy"), row)
    decision = behind(trace, "equipment_value")
    assert [one.standing for one in decision.competitors] == ["lacks", "won"]
    assert "a DOM fills what its response has not" in why(decision, "won")[0]


def note(topic: str, text: str) -> tuple[str, dict[str, object]]:
    return "note", {"game_id": 1, "topic": topic, "number": 1, "text": text}


def test_of_one_visit_the_response_goes_before_the_dom(bench: Bench) -> None:
    sheet = f"{SITE}/sheet/1"
    sent = page(game(1, title="sent"), note("a", "sent"))
    rendered = page(game(1, title="shown"), note("a", "shown"), note("b", "shown"))
    bench.put(
        "a.warc.gz",
        [
            record(f"urn:dom:{sheet}", rendered, second=5, kind="resource", http=False),
            record(sheet, sent, second=5),
        ],
    )
    bench.parse()
    decision = behind(fake_trace(bench, NoteRow, topic="a"), "text")
    assert [one.standing for one in decision.competitors] == ["won", "older"]
    assert decision.competitors[1].why == (
        "the DOM of the same visit: the response goes first, 1 row is superseded"
    )
    filled = behind(fake_trace(bench, NoteRow, topic="b"), "text")
    assert [one.standing for one in filled.competitors] == ["lacks", "won"]


def test_a_joined_row_names_both_pages(bench: Bench) -> None:
    said = page(game(1), ("link", {"game_id": 1, "round_id": 7}))
    points = [page(("round", {"round_id": 7, "points": number})) for number in (3, 4)]
    bench.put(
        "a.warc.gz",
        [
            record(f"{SITE}/game/1", said, second=1),
            record(f"{SITE}/round/7", points[0], second=2),
            record(f"{SITE}/round/7", points[1], second=3),
        ],
    )
    bench.parse()
    trace = fake_trace(bench, RoundRow, round_id=7)
    (origin,) = trace.lineages["points"].origins
    assert (origin.how, origin.source.capture.page_type, origin.value) == ("copied", "round", 4)
    assert trace.lineages["round_id"].origins[0].source.capture.page_type == "game"
    assert stood(behind(trace, "points")) == [(3, "won"), (2, "older")]


def team(game_id: int, **fields: Any) -> tuple[str, dict[str, object]]:
    return "team", {"game_id": game_id, "team_id": 9, **fields}


def test_a_dimensions_column_comes_from_the_newest_root_that_fills_it(bench: Bench) -> None:
    bench.put(
        "a.warc.gz",
        [
            record(f"{SITE}/game/1", page(game(1), team(1, name="old", country="PL")), second=9),
            record(f"{SITE}/game/2", page(game(2)), second=8),
            record(f"{SITE}/game/3", page(game(3), team(3, name="new")), second=1),
        ],
    )
    bench.parse()
    trace = fake_trace(bench, TeamRow, team_id=9)
    assert trace.remarks == []
    found = {
        name: (one.value, one.origins[0].source.capture.url) for name, one in trace.lineages.items()
    }
    assert found == {
        "team_id": (9, f"{SITE}/game/3"),
        "name": ("new", f"{SITE}/game/3"),
        "country": ("PL", f"{SITE}/game/1"),
    }


def test_code_that_changed_since_is_said_and_what_is_known_is_shown(bench: Bench) -> None:
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", page(game(1, score=5)), second=1)])
    bench.parse()
    roots = roots_of(bench, REGISTRY)
    source = roots.archive.registry.sources[0]
    (row,) = bench.table("fake_games")
    trace = trace_row(roots, source, GameRow, {**row, "score": 6, "title": "x"})
    told = "title is game 1 now, x in the snapshot; score is 5 now, 6 in the snapshot"
    assert trace.remarks == [f"rebuilt with other code: {told}"]
    assert trace.lineages["score"].origins
    gone = trace_row(roots, source, GameRow, {**row, "game_id": 2})
    assert gone.remarks == ["rebuilt with other code: no row of this key is made now"]


def two_files(bench: Bench) -> Bench:
    final = match_page(live=False, lineups=True)
    bench.put("a.warc.gz", [record(MATCH, final, second=10)], collection="hltv")
    bench.put("b.warc.gz", [record(MAP, map_page("14 (9)"), second=30)], collection="hltv")
    bench.parse(registry=BUILT_IN)
    return bench


def test_the_file_of_the_rows_own_page_must_be_there(bench: Bench) -> None:
    (two_files(bench).archives / "hltv" / "b.warc.gz").unlink()
    trace = trace_of(bench, "hltv_player_stats", player_id=5)
    with pytest.raises(CollectionError, match=r"the file of capture -?\d+ is gone: .*b\.warc\.gz"):
        capture_facts(roots_of(bench).archive, trace.captures[0])


def test_a_page_that_leads_to_the_row_is_named_if_its_file_is_gone(bench: Bench) -> None:
    (two_files(bench).archives / "hltv" / "a.warc.gz").unlink()
    trace = trace_of(bench, "hltv_player_stats", player_id=5)
    (remark,) = trace.remarks
    assert remark.startswith("the match page cannot be read again: the file of capture ")
    assert remark.endswith("a.warc.gz")


def test_an_overwritten_record_is_not_taken_for_the_one_that_was_read(bench: Bench) -> None:
    two_files(bench)
    other = record(MAP, map_page("15 (9)"), second=31)
    bench.put("b.warc.gz", [other], collection="hltv")
    (remark,) = trace_of(bench, "hltv_player_stats", player_id=5).remarks
    assert "no record of capture " in remark
    assert "begins here (" in remark


def test_a_parser_that_is_gone_is_named(bench: Bench) -> None:
    bench.put(
        "a.warc.gz",
        [record(MATCH, match_page(live=False, lineups=True), second=1)],
        collection="hltv",
    )
    bench.parse(registry=BUILT_IN)
    roots = roots_of(bench, REGISTRY)  # knows nothing of hltv's parsers
    source = load_registry(BUILT_IN).source_named("hltv")
    (row,) = bench.table("hltv_matches")
    trace = trace_row(roots, source, row_named("hltv_matches"), row)
    gone = f"the parser {row['parser_version']} is not registered any more"
    assert trace.remarks[0] == f"the match page cannot be read again: {gone}"
    assert trace.captures[0].url == MATCH


def test_a_quarantined_row_is_followed_to_its_fields(bench: Bench) -> None:
    said = page(game(1, score=-5, title="bad"), ("shot", {"game_id": 1, "round_id": 3, "shot": 1}))
    bench.put("a.warc.gz", [record(f"{SITE}/game/1", said, second=1)])
    bench.parse()
    roots = roots_of(bench, REGISTRY)
    for row in bench.table("quarantine"):
        trace = trace_any(roots, row_named("quarantine"), row)
        assert trace.remarks == []
        assert all(one.origins[0].how == "copied" for one in trace.lineages.values())
        assert set(trace.lineages) >= {"game_id"}
    (game_row,) = [row for row in bench.table("quarantine") if row["table_name"] == "fake_games"]
    trace = trace_any(roots, row_named("quarantine"), game_row)
    assert trace.lineages["score"].value == -5
    assert [one.standing for one in trace.decisions[0].competitors] == ["won"]


def test_every_competitor_says_why(recaptured: Bench) -> None:
    every: list[Competitor] = [
        one
        for table in ("hltv_matches", "hltv_maps", "hltv_player_stats")
        for row in recaptured.table(table)
        for decision in trace_any(roots_of(recaptured), row_named(table), row).decisions
        for one in decision.competitors
    ]
    assert every
    assert all(one.why for one in every)
    assert {one.standing for one in every} >= {"won", "older", "lacks", "revisit"}
