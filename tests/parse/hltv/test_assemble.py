"""Joining the pages of a match: who is believed, what is refused, what is only noted."""

from __future__ import annotations

import msgspec

from parse.sources.hltv import match as match_page
from parse.sources.hltv.fragments import MapScore, PerformancePlayer, RoundWin
from tests.parse.hltv.bundles import MemoryBundle, assembled, made, noted, refused, sourced
from tests.parse.hltv.map_pages import (
    FIGURES,
    NEW_BOARD,
    NEW_LINE,
    board_player,
    card,
    economy_chart,
    economy_line,
    history,
    map_html,
    matrix,
    page_team,
    scoreboard,
)
from tests.parse.hltv.pages import (
    NEW_CELLS,
    lineup,
    match_half,
    match_html,
    match_map,
    parse_html,
    player_cell,
    result_row,
    stats_link,
    stats_table,
    team_link,
)
from tests.parse.hltv.samples import needs_samples, sample_pages
from warehouse.rows.hltv import (
    EconomyRow,
    EventRow,
    KillMatrixRow,
    MapRow,
    MatchPlayerRow,
    MatchRow,
    OverviewPlayerStatsRow,
    PlayerRow,
    PlayerSideStatsRow,
    PlayerStatsRow,
    ResultRow,
    RoundRow,
    TeamRow,
)

EMPTY = ("emptyHistory.svg", "")


def bundle(
    *,
    maps: str = match_map(scores=("2", "1"), link=stats_link(9)),
    stats: str = "",
    lineups: str = "",
    half1: str = match_half(1, 11, "A", '<div class="won">1</div>'),
    map_page: str = "",
    performance: str = "",
    economy: str = "",
    listing: str = "",
) -> MemoryBundle:
    """A match with one map, whose own pages have the number 9."""
    text = match_html(maps=maps, stats=stats, lineups=lineups, half1=half1)
    rows = sourced(parse_html("match", text), "match")
    if listing:
        rows += sourced(parse_html("results", listing), "results")
    own = []
    for page_type, page in (
        ("map_stats", map_page),
        ("performance", performance),
        ("economy", economy),
    ):
        if page:
            own += sourced(parse_html(page_type, page, key="9"), page_type)
    return MemoryBundle(tuple(rows), {9: MemoryBundle(tuple(own))})


def map_page(
    *,
    teams: tuple[tuple[int | None, str, str], tuple[int | None, str, str]] = (
        (11, "A", "2"),
        (22, "B", "1"),
    ),
    players: tuple[tuple[int | None, str], ...] = ((5, "five"),),
    line: tuple[str, ...] = NEW_LINE,
) -> str:
    """Three rounds: left, right, left."""
    (left_id, left, left_rounds), (right_id, right, right_rounds) = teams
    board = scoreboard(left, NEW_BOARD, [(board_player(*player), *line) for player in players])
    return map_html(
        left=page_team("left", left_id, left, left_rounds),
        right=page_team("right", right_id, right, right_rounds),
        breakdown='( <b class="ct-color">2</b> : <b class="t-color">1</b> )',
        tables=board + scoreboard(right, NEW_BOARD, []),
        history=history(
            [("t_win.svg", "1-0"), EMPTY, ("t_win.svg", "2-1")],
            [EMPTY, ("ct_win.svg", "1-1"), EMPTY],
            titles=(left, right),
        ),
    )


def test_a_match_that_only_a_listing_names_gives_its_listing_row() -> None:
    rows = sourced(parse_html("results", result_row(1)), "results")
    found = assembled(MemoryBundle(tuple(rows)))
    assert [type(one) for one in made(found, ResultRow)] == [ResultRow]
    assert len(found) == 1


def test_a_listing_that_slid_may_repeat_a_match() -> None:
    listing = result_row(1) * 2 + result_row(1, scores=("0", "2"))
    found = assembled(bundle(listing=listing))
    assert len(made(found, ResultRow)) == 1
    assert refused(found) == [("ResultRow", "a listing names the match twice, differently")]


def test_match_event_and_teams() -> None:
    found = assembled(bundle())
    assert [row.match_id for row in made(found, MatchRow)] == [1]
    assert made(found, EventRow) == [EventRow(event_id=5, event_name="Cup")]
    assert [(row.team_id, row.country) for row in made(found, TeamRow)] == [
        (11, "Norway"),
        (22, "Norway"),
    ]


def test_players_are_the_lineup_then_those_of_the_tables_by_id() -> None:
    players = [(9, "nine"), (None, "zed"), (4, "four"), (None, "ghost"), (3, "three")]
    table = stats_table(team_link(11, "A"), [(player_cell(*one), NEW_CELLS) for one in players])
    found = assembled(
        bundle(
            stats=f'<div class="stats-content" id="all-content">{table}</div>',
            lineups=lineup(11, [(4, "four"), (7, "seven"), (None, "ghost")], "Unranked"),
        )
    )
    assert [
        (row.position, row.player_id, row.player_name, row.in_lineup, row.in_stats)
        for row in made(found, MatchPlayerRow)
    ] == [
        (1, 4, "four", True, True),
        (2, 7, "seven", True, False),
        (3, None, "ghost", True, True),
        (4, 3, "three", False, True),
        (5, 9, "nine", False, True),
        (6, None, "zed", False, True),
    ]
    assert {row.team_id for row in made(found, MatchPlayerRow)} == {11}
    assert sorted(row.player_id for row in made(found, PlayerRow)) == [3, 4, 7, 9]


def test_the_map_page_is_believed_and_differences_are_noted_on_the_other() -> None:
    found = assembled(
        bundle(maps=match_map(scores=("3", "1"), link=stats_link(9)), map_page=map_page())
    )
    row = made(found, MapRow)[0]
    assert (row.team1_rounds, row.team2_rounds, row.team1_ct_rounds) == (2, 1, 2)
    assert ("match", "hltv_maps.team1_rounds", "match page 3, map page 2") in noted(found)
    assert ("match", "hltv_maps.map_name", "match page Nuke, map page Vertigo") in noted(found)


def test_sides_of_the_map_page_are_told_by_id_not_by_position() -> None:
    page = map_page(teams=((22, "B", "2"), (11, "A", "1")))
    found = assembled(
        bundle(maps=match_map("Vertigo", scores=("1", "2"), link=stats_link(9)), map_page=page)
    )
    row = made(found, MapRow)[0]
    assert (row.team1_rounds, row.team2_rounds, row.team2_ct_rounds) == (1, 2, 2)
    assert [one.winner_team_id for one in made(found, RoundRow)] == [22, 11, 22]


def test_sides_of_teams_without_id_are_told_by_name() -> None:
    page = map_page(teams=((None, "B", "2"), (None, "A", "1")))
    found = assembled(
        bundle(maps=match_map("Vertigo", scores=("1", "2"), link=stats_link(9)), map_page=page)
    )
    assert made(found, MapRow)[0].team2_rounds == 2
    assert [one.winner_team_id for one in made(found, RoundRow)] == [22, 11, 22]


def test_a_map_page_with_one_team_of_another_match_is_noted() -> None:
    page = map_html(left=page_team("left", 11, "A", "2"), right=page_team("right", 99, "C", "1"))
    found = assembled(bundle(map_page=page))
    assert ("map_stats", "hltv_maps.team1_id", "99") in noted(found)


def test_a_map_page_of_unknown_teams_changes_no_rounds() -> None:
    page = map_page(teams=((77, "X", "9"), (88, "Y", "8")))
    found = assembled(bundle(map_page=page))
    assert made(found, MapRow)[0].team1_rounds == 2
    assert ("map_stats", "hltv_maps.team1_rounds", "X, Y") in noted(found)


BARS = {
    "KPR": "4.67",
    "DPR": "5.00",
    "KAST": "66.7%",
    "MK rating": "1.43",
    "Swing": "+1.00%",
    "ADR": "69.2",
    "Rating 3.0": "9.99",
}


def cards(*ones: str) -> str:
    return f'<div class="player-overview"><div class="col">{"".join(ones)}</div></div>'


def test_a_player_row_is_the_scoreboard_joined_with_the_card() -> None:
    found = assembled(bundle(map_page=map_page(), performance=cards(card(5, "five", BARS))))
    row = made(found, PlayerStatsRow)[0]
    assert (row.match_id, row.map_number, row.mapstatsid, row.team_id) == (1, 1, 9, 11)
    assert (row.kd_diff, row.fk_diff, row.e_kd_diff, row.e_fk_diff) == (-1, -3, -3, -1)
    assert (row.kpr, row.dpr, row.mk_rating, row.impact) == (4.67, 5.0, 1.43, None)
    assert (row.rating, row.round_swing) == (1.14, 2.9), "the map page is believed"


def test_recomputed_ratings_and_swing_are_not_noted() -> None:
    found = assembled(bundle(map_page=map_page(), performance=cards(card(5, "five", BARS))))
    assert not [one for one in noted(found) if one[0] == "performance"]


def test_a_card_that_contradicts_the_counts_is_noted() -> None:
    players = tuple((number, f"p{number}") for number in range(10))
    page = map_page(players=players)
    bars = {**BARS, "ADR": "70.0", "KPR": "4.60"}
    found = assembled(bundle(map_page=page, performance=cards(card(5, "p5", bars))))
    assert [one for one in noted(found) if one[0] == "performance"] == [
        ("performance", "hltv_player_stats.adr", "performance page 70.0, map page 69.2"),
        ("performance", "hltv_player_stats.kpr", "4.6, not 14/3"),
    ]


def test_the_card_fills_what_the_scoreboard_leaves_out() -> None:
    line = (*NEW_LINE[:-2], "-", "-")
    found = assembled(
        bundle(map_page=map_page(line=line), performance=cards(card(5, "five", BARS)))
    )
    row = made(found, PlayerStatsRow)[0]
    assert (row.round_swing, row.rating, row.rating_version) == (1.0, 9.99, "3.0")


def test_players_without_id_are_joined_by_name() -> None:
    found = assembled(
        bundle(
            map_page=map_page(players=((None, "ghost"),)),
            performance=cards(card(None, "ghost", BARS)),
        )
    )
    row = made(found, PlayerStatsRow)[0]
    assert (row.player_id, row.player_name, row.kpr) == (None, "ghost", 4.67)


def test_cards_without_a_scoreboard_line_are_refused() -> None:
    found = assembled(
        bundle(
            map_page=map_page(),
            performance=cards(card(5, "five", BARS), card(6, "six", BARS), card(5, "five", BARS)),
        )
    )
    assert refused(found) == [
        ("PerformancePlayer", "a second card of the player"),
        ("PerformancePlayer", "no map stats row"),
    ]


def test_another_number_of_players_than_ten_is_noted() -> None:
    found = assembled(bundle(map_page=map_page()))
    assert ("map_stats", "hltv_player_stats.player_id", "1 players") in noted(found)


def test_tables_of_the_match_page_are_compared_with_the_map_page() -> None:
    table = stats_table(team_link(11, "A"), [(player_cell(5, "five"), NEW_CELLS)])
    stats = f'<div class="stats-content" id="9-content">{table}</div>'
    found = assembled(bundle(stats=stats, map_page=map_page()))
    notes = [one for one in noted(found) if one[1].startswith("hltv_overview")]
    assert [(field, text) for _, field, text in notes] == [
        ("hltv_overview_player_stats.kills", "match page 54, map page 14"),
        ("hltv_overview_player_stats.deaths", "match page 33, map page 15"),
        ("hltv_overview_player_stats.adr", "match page 73.0, map page 69.2"),
        ("hltv_overview_player_stats.kast", "match page 79.2, map page 66.7"),
    ]
    assert [row.map_number for row in made(found, OverviewPlayerStatsRow)] == [1]


def test_tables_of_an_unlisted_map_are_refused() -> None:
    table = stats_table(team_link(11, "A"), [(player_cell(5, "five"), NEW_CELLS)])
    found = assembled(bundle(stats=f'<div class="stats-content" id="404-content">{table}</div>'))
    assert refused(found) == [("OverviewPlayerStatsRow", "its map is not listed by the match page")]


def sided_page(ct_kills: str = "8 (5)", figures: str = FIGURES) -> str:
    """A map page with tables per side: the player has 14 kills, 6 of them as T."""
    line = dict(enumerate(NEW_LINE))

    def row(kills: str, **cells: str) -> tuple[str, ...]:
        found = {**line, 6: kills, **{int(at[1:]): text for at, text in cells.items()}}
        return (board_player(5, "five"), *(found[at] for at in range(len(NEW_LINE))))

    half = {"_0": "1 : 2", "_2": "2", "_5": "1", "_8": "1 (0)", "_9": "7 (1)"}
    rest = {"_0": "1 : 3", "_2": "2", "_5": "1", "_8": "1 (0)", "_9": "8 (1)"}
    tables = scoreboard("A", NEW_BOARD, [(board_player(5, "five"), *NEW_LINE)])
    tables += scoreboard("A", NEW_BOARD, [row(ct_kills, **half)], side="ctstats hidden")
    tables += scoreboard("A", NEW_BOARD, [row("6 (4)", **rest)], side="tstats hidden")
    for side in ("totalstats", "ctstats", "tstats"):
        tables += scoreboard("B", NEW_BOARD, [], side=side)
    return map_html(
        left=page_team("left", 11, "A", "2"),
        right=page_team("right", 22, "B", "1"),
        breakdown='( <b class="ct-color">2</b> : <b class="t-color">1</b> )',
        tables=tables,
        history=history(
            [("t_win.svg", "1-0"), EMPTY, ("t_win.svg", "2-1")],
            [EMPTY, ("ct_win.svg", "1-1"), EMPTY],
        ),
        figures=figures,
    )


GOOD_FIGURES = FIGURES.replace("9 : 12", "2 : 1").replace("3 : 2", "2 : 0")


def test_a_row_per_side_with_its_differences() -> None:
    found = assembled(bundle(map_page=sided_page(figures=GOOD_FIGURES)))
    ct, t = made(found, PlayerSideStatsRow)
    assert (ct.side, ct.player_id, ct.team_id, ct.kills, ct.deaths, ct.kd_diff) == (
        "CT",
        5,
        11,
        8,
        7,
        1,
    )
    assert (t.side, t.kills, t.fk_diff, t.e_kills) == ("T", 6, -2, 13)
    assert (ct.match_id, ct.map_number, ct.mapstatsid) == (1, 1, 9)
    assert not [field for _, field, _ in noted(found) if "side" in field or "team" in field]


def test_sides_that_do_not_add_up_are_noted() -> None:
    found = assembled(bundle(map_page=sided_page("7 (5)", GOOD_FIGURES)))
    assert ("map_stats", "hltv_player_side_stats.kills", "CT 7 + T 6, both 14") in noted(found)


def test_figures_go_to_the_teams_of_the_match_and_are_compared_with_its_players() -> None:
    found = assembled(bundle(map_page=sided_page()))
    (row,) = made(found, MapRow)
    assert (row.team1_rating, row.team2_rating, row.team_rating_version) == (1.48, 0.66, "2.0")
    assert (row.team1_first_kills, row.team2_clutches_won) == (9, 2)
    assert ("map_stats", "hltv_maps.team1_first_kills", "9, its players 2") in noted(found)
    assert ("map_stats", "hltv_maps.team1_clutches_won", "3, its players 2") in noted(found)
    turned = sided_page().replace("/teams/11/", "/teams/0/").replace("/teams/22/", "/teams/11/")
    (row,) = made(assembled(bundle(map_page=turned.replace("/teams/0/", "/teams/22/"))), MapRow)
    assert (row.team1_rating, row.team2_rating) == (0.66, 1.48)


def test_side_tables_of_the_match_page_are_compared_too() -> None:
    other = ("9-7", *NEW_CELLS[1:])
    table = stats_table(
        team_link(11, "A"), [(player_cell(5, "five"), other)], side="ctstats hidden"
    )
    content = f'<div class="stats-content" id="9-content">{table}</div>'
    found = assembled(bundle(map_page=sided_page(), stats=content))
    field = "hltv_overview_player_stats.kills"
    assert ("match", field, "CT: match page 9, map page 8") in noted(found)


def test_kill_matrix_rows() -> None:
    text = matrix("AWP", [(1, "one")], [((None, "ghost"), ["2:3"])])
    found = assembled(bundle(map_page=map_page(), performance=text))
    assert made(found, KillMatrixRow) == [
        KillMatrixRow(
            match_id=1,
            map_number=1,
            matrix_type="awp",
            player1_id=None,
            player1_name="ghost",
            player2_id=1,
            player2_name="one",
            mapstatsid=9,
            player1_kills=2,
            player2_kills=3,
        )
    ]


def test_a_history_that_does_not_make_the_score_is_noted() -> None:
    page = map_page(teams=((11, "A", "3"), (22, "B", "1")))
    fields = {
        field: text
        for kind, field, text in noted(assembled(bundle(map_page=page)))
        if kind == "map_stats"
    }
    assert fields["hltv_round_history.round_number"] == "history 3, score 4"


def test_a_pick_mark_that_contradicts_the_veto_is_noted() -> None:
    text = match_html(vetoes=["1. A picked Nuke"], maps=match_map(marks=("won", "lost pick")))
    rows = sourced(parse_html("match", text), "match")
    assert noted(assembled(MemoryBundle(tuple(rows)))) == [
        ("match", "hltv_maps.picked_by", "veto 1, mark 2")
    ]


# economy

CT, T = "ctRoundWon.png", "tRoundWon.png"


def economy(first: str, second: str, *, labels: tuple[str, ...] = ("1", "2", "3")) -> str:
    """A chart whose first line wins rounds 1 and 3, as the left team of `map_page` does."""
    return economy_chart(
        labels,
        economy_line(first, [("4000", T), ("9000", ""), ("25000", T), ("1", "")][: len(labels)]),
        economy_line(second, [("4100", ""), ("9100", CT), ("25100", ""), ("1", T)][: len(labels)]),
    )


def test_economy_rows() -> None:
    found = assembled(bundle(map_page=map_page(), economy=economy("A", "B")))
    assert made(found, EconomyRow)[0] == EconomyRow(
        match_id=1,
        map_number=1,
        round_number=1,
        team_id=11,
        mapstatsid=9,
        team_name="A",
        team_resolved_by="name",
        side="T",
        equipment_value=4000,
        buy_type="full_eco",
        won=True,
    )
    assert len(made(found, EconomyRow)) == 6


def test_rounds_that_the_history_does_not_have_are_refused() -> None:
    found = assembled(
        bundle(map_page=map_page(), economy=economy("A", "B", labels=("1", "2", "3", "4")))
    )
    assert refused(found) == [("EconomyPoint", "round not in history")] * 2


def test_economy_without_a_map_page_is_refused() -> None:
    found = assembled(bundle(economy=economy("A", "B")))
    assert refused(found) == [("EconomyPoint", "round not in history")] * 6


def test_economy_of_a_team_without_id_is_refused() -> None:
    page = map_page(teams=((None, "A", "2"), (22, "B", "1")))
    found = assembled(
        bundle(half1=match_half(1, None, "A"), map_page=page, economy=economy("A", "B"))
    )
    assert refused(found) == [("EconomyPoint", "its team has no id")] * 3
    assert {row.team_id for row in made(found, EconomyRow)} == {22}


def test_fragments_travel_as_tagged_arrays() -> None:
    kinds = MapScore | PerformancePlayer | RoundWin
    win = RoundWin(
        mapstatsid=9,
        round_number=1,
        winner=1,
        winner_side="T",
        win_type="elimination",
        score=None,
    )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(win), type=kinds) == win


@needs_samples
def test_real_match_pages_are_accounted_for() -> None:
    for page in sample_pages("match"):
        rows = sourced(match_page.parse(page), "match")
        found = assembled(MemoryBundle(tuple(rows)), int(page.key))
        assert refused(found) == []
        assert len(made(found, MatchPlayerRow)) == 10
        assert noted(found) == []
