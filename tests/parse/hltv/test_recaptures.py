"""Pages captured several times over a match's life: the newest part wins, and nothing is blanked."""

from __future__ import annotations

from tests.parse.bench import Bench, record
from tests.parse.hltv.map_pages import (
    NEW_BOARD,
    NEW_LINE,
    board_player,
    history,
    map_html,
    page_team,
    scoreboard,
)
from tests.parse.hltv.pages import (
    NEW_CELLS,
    half_spans,
    lineup,
    match_half,
    match_html,
    match_map,
    player_cell,
    result_row,
    stats_link,
    stats_table,
    team_link,
)

BUILT_IN = "parse.registered:REGISTRY"
MATCH = "https://www.hltv.org/matches/1/a-vs-b"
MAP = "https://www.hltv.org/stats/matches/mapstatsid/9/b-vs-a"
RESULTS = "https://www.hltv.org/results?offset=0"
EMPTY = ("emptyHistory.svg", "")
BREAKDOWN = """2 : 1 ( <span class="t-color">2</span> : <span class="ct-color">1</span> )
( <span class="ct-color">0</span> : <span class="t-color">0</span> )"""


def whole(text: str) -> bytes:
    """A page of the least size that a genuine one has, and that names its match."""
    filler = "<!-- " + "x" * 11_000 + " -->"
    return f'<html><body>{filler}<a href="/matches/1/a-vs-b">x</a>{text}</body></html>'.encode()


def match_page(*, live: bool, lineups: bool, demo: str = "") -> bytes:
    """The match while its second map runs, or after it."""
    halves = half_spans(("t", 2), ("ct", 1), ("ct", 0), ("t", 0))
    first = match_map("Nuke", scores=("2", "1"), link=stats_link(9), halves=halves)
    second = match_map("Train", scores=("-", "-"), marks=("tie", "tie"))
    if not live:
        second = match_map("Train", scores=("13", "4"), link=stats_link(10))
    both = lineup(11, [(5, "x")], "World rank: #3") + lineup(22, [(6, "y")], "Unranked")
    table = stats_table(team_link(11, "A"), [(player_cell(5, "x"), NEW_CELLS)])
    return whole(
        match_html(
            half1=match_half(1, 11, "A", "" if live else '<div class="won">2</div>'),
            half2=match_half(2, 22, "B", "" if live else '<div class="lost">0</div>'),
            countdown=f'<div class="countdown">{"LIVE" if live else "Match over"}</div>',
            maps=first + second,
            lineups=both if lineups else "",
            demo=demo,
            stats=f'<div class="stats-content" id="9-content">{table}</div>',
            vetoes=["1. A removed Cache"] if live else (),
        )
    )


def map_page(kills: str) -> bytes:
    """The first map's page; with one team's scoreboard only where no kills are given."""
    line = [*NEW_LINE]
    line[6] = kills or line[6]
    tables = scoreboard("A", NEW_BOARD, [(board_player(5, "x"), *line)])
    if kills:
        tables += scoreboard("B", NEW_BOARD, [(board_player(6, "y"), *NEW_LINE)])
    rounds = history(
        [("t_win.svg", "1-0"), EMPTY, ("t_win.svg", "2-1")], [EMPTY, ("ct_win.svg", "1-1"), EMPTY]
    )
    text = map_html(
        left=page_team("left", 11, "A", "2"),
        right=page_team("right", 22, "B", "1"),
        breakdown=BREAKDOWN,
        tables=tables,
        history=rounds,
    )
    return whole(text + '<a href="/stats/matches/mapstatsid/9/b-vs-a">x</a>')


def listing(stars: int) -> bytes:
    return whole(result_row(1, stars=stars))


DEMO = '<div class="stream-box"><a href="/download/demo/77">GOTV Demo</a></div>'


def recaptures() -> list[bytes]:
    """A live match, then over, then without lineups and demo; the map page twice; two sightings."""
    final = match_page(live=False, lineups=True, demo=DEMO)
    return [
        record(MATCH, match_page(live=True, lineups=True), second=10),
        record(RESULTS, listing(1), second=15),
        record(MATCH, final, second=20),
        record(
            MATCH,
            kind="revisit",
            second=25,
            fields={
                "WARC-Refers-To-Target-URI": MATCH,
                "WARC-Refers-To-Date": "2026-11-01T00:00:20Z",
            },
        ),
        record(MAP, map_page("14 (9)"), second=30),
        record(MATCH, match_page(live=False, lineups=False), second=40),
        record(RESULTS, listing(2), second=45),
        record(MAP, map_page(""), second=50),
    ]


def test_the_newest_part_of_each_page_wins(bench: Bench) -> None:
    bench.put("a.warc.gz", recaptures(), collection="hltv")
    account = bench.parse(registry=BUILT_IN).account
    assert (account.captures.captures, account.captures.parsed, account.captures.revisits) == (
        8,
        7,
        1,
    )
    assert account.rows.superseded > 0
    assert (account.rows.quarantined, account.rows.is_right) == (0, True)
    (match,) = bench.table("hltv_matches")
    assert (match["status"], match["team1_score"], match["team1_rank"], match["demo_id"]) == (
        "over",
        2,
        3,
        77,
    )
    assert match["fetched_at"].second == 40
    assert bench.column("hltv_vetoes", "map_name") == ["Cache"]
    assert bench.column("hltv_match_players", "player_name") == ["x", "y"]
    assert bench.column("hltv_results", "stars") == [2]
    maps = [(row["map_name"], row["status"], row["mapstatsid"]) for row in bench.table("hltv_maps")]
    assert maps == [("Vertigo", "played", 9), ("Train", "played", 10)]


def test_a_refetched_page_with_one_scoreboard_keeps_the_other(bench: Bench) -> None:
    bench.put("a.warc.gz", recaptures(), collection="hltv")
    bench.parse(registry=BUILT_IN)
    seen = [
        (row["player_id"], row["kills"], row["fetched_at"].second)
        for row in bench.table("hltv_player_stats")
    ]
    assert seen == [(5, 14, 50), (6, 14, 30)]
    assert len(bench.table("hltv_round_history")) == 3


def test_a_revisit_makes_its_page_the_newest(bench: Bench) -> None:
    again = {"WARC-Refers-To-Target-URI": MATCH, "WARC-Refers-To-Date": "2026-11-01T00:00:20Z"}
    later = record(MATCH, kind="revisit", second=55, fields=again)
    bench.put("a.warc.gz", [*recaptures(), later], collection="hltv")
    bench.parse(registry=BUILT_IN)
    (match,) = bench.table("hltv_matches")
    assert (match["fetched_at"].second, match["demo_id"]) == (20, 77)


def test_files_in_any_order_and_any_number_of_workers_give_the_same_bytes(bench: Bench) -> None:
    records = recaptures()
    bench.put("a.warc.gz", records[:4], collection="hltv")
    bench.put("b.warc.gz", records[4:], collection="hltv")
    bench.parse(registry=BUILT_IN)
    alone = bench.parts()
    bench.parse(registry=BUILT_IN, workers=2, range_bytes=3_000)
    assert bench.parts() == alone


def test_bytes_that_are_no_text_are_an_issue(bench: Bench) -> None:
    spoilt = match_page(live=False, lineups=True).replace(b">Cup<", b">C\xfcp<")
    bench.put("a.warc.gz", [record(MATCH, spoilt)], collection="hltv")
    bench.parse(registry=BUILT_IN)
    assert bench.column("hltv_matches", "event_name") == ["C\N{REPLACEMENT CHARACTER}p"]
    assert ("unexpected", "page", "bytes that are no text") in [
        (row["kind"], row["field"], row["found"]) for row in bench.table("issues")
    ]
