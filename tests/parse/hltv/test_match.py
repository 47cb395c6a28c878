"""The match page: head, veto and maps, with the traps of spec/hltv.md section 4."""

from __future__ import annotations

import pytest

from parse.errors import ParseError
from parse.model import Issue
from parse.sources.hltv.fragments import DemoLink, TeamSighting
from tests.parse.hltv.pages import (
    START_MS,
    half_spans,
    issues,
    match_half,
    match_html,
    match_map,
    only,
    parse_html,
    stats_link,
)
from warehouse.rows.hltv import MapRow, MatchRow, VetoRow


def head(text: str) -> MatchRow:
    return only(parse_html("match", text, key="77"), MatchRow)[0]


def one_map(text: str, **page: str) -> MapRow:
    return only(parse_html("match", match_html(maps=text, **page)), MapRow)[0]


def test_a_completed_match_gives_every_column() -> None:
    demo = (
        '<a class="stream-box" data-demo-link-button data-demo-link="/download/demo/102981">x</a>'
    )
    found = parse_html("match", match_html(maps=match_map(link=stats_link(9)), demo=demo), key="77")
    assert only(found, MatchRow) == [
        MatchRow(
            match_id=77,
            date="2025-12-14",
            date_unix_ms=START_MS,
            event_id=5,
            event_name="Cup",
            team1_id=11,
            team1_name="A",
            team2_id=22,
            team2_name="B",
            team1_score=2,
            team2_score=0,
            best_of=3,
            is_lan=True,
            stage="Final",
            notes=None,
            match_url="/matches/77/a-vs-b",
            status="over",
            forfeit="none",
            team1_rank=None,
            team2_rank=None,
            demo_id=None,
        )
    ]
    assert only(found, DemoLink) == [DemoLink(match_id=77, demo_id=102981)]
    assert issues(found) == []


def test_teams_are_sighted_with_their_flag() -> None:
    found = only(parse_html("match", match_html()), TeamSighting)
    assert [(team.team_num, team.team_id, team.team_name, team.country) for team in found] == [
        (1, 11, "A", "Norway"),
        (2, 22, "B", "Norway"),
    ]


def test_saved_pages_have_absolute_links() -> None:
    text = match_html(maps=match_map(link=stats_link(9, "https://www.hltv.org")))
    text = text.replace('href="/', 'href="https://www.hltv.org/')
    assert (head(text).team1_id, head(text).event_id) == (11, 5)
    assert only(parse_html("match", text), MapRow)[0].mapstatsid == 9


def test_an_opponent_to_be_decided_has_no_id_and_is_not_sighted() -> None:
    found = parse_html("match", match_html(half2=match_half(2, None, "TBD")))
    assert only(found, MatchRow)[0].team2_id is None
    assert only(found, MatchRow)[0].team2_name == "TBD"
    assert [team.team_num for team in only(found, TeamSighting)] == [1]


@pytest.mark.parametrize(
    ("countdown", "status", "count"),
    [
        ('<div class="countdown">Match over</div>', "over", 0),
        ('<div class="countdown" data-time-countdown="LIVE" data-unix="1">LIVE</div>', "live", 0),
        ('<div class="countdown" data-time-countdown="LIVE">11h : 6m : 15s</div>', "upcoming", 0),
        ('<div class="countdown">1d : 11h : 6m : 15s</div>', "upcoming", 0),
        ('<div class="countdown">Match deleted</div>', "deleted", 0),
        ('<div class="countdown">Match postponed</div>', "postponed", 0),
        ('<div class="countdown"></div>', "unknown", 0),
        ("", "unknown", 0),
        ('<div class="countdown">Match moved</div>', "unknown", 1),
    ],
)
def test_status_is_the_text_of_the_countdown(countdown: str, status: str, count: int) -> None:
    found = parse_html("match", match_html(countdown=countdown))
    assert only(found, MatchRow)[0].status == status
    assert len(issues(found)) == count


def test_upcoming_and_live_matches_have_no_invented_score() -> None:
    text = match_html(
        half1=match_half(1, 11, "A"),
        half2=match_half(2, 22, "B"),
        countdown='<div class="countdown">LIVE</div>',
    )
    found = parse_html("match", text)
    assert (only(found, MatchRow)[0].team1_score, issues(found)) == (None, [])


def test_a_finished_match_without_score_is_an_issue() -> None:
    found = parse_html("match", match_html(half1=match_half(1, 11, "A")))
    assert issues(found) == [Issue("missing", "hltv_matches.team1_score")]


@pytest.mark.parametrize(
    ("box", "best_of", "is_lan"),
    [
        ("Best of 3 (LAN)\n\n* Swiss round 5 (teams with a 2-2 record).", 3, True),
        ("Best of 1 (Online)", 1, False),
        ("Best of 5\n* Grand final", 5, None),
    ],
)
def test_format_box(box: str, best_of: int, is_lan: bool | None) -> None:
    row = head(match_html(box=box))
    assert (row.best_of, row.is_lan) == (best_of, is_lan)


def test_a_format_that_is_not_told_is_null_not_a_guess() -> None:
    found = parse_html("match", match_html(box="Showmatch"))
    assert only(found, MatchRow)[0].best_of is None
    assert issues(found) == [Issue("missing", "hltv_matches.best_of", "Showmatch")]


@pytest.mark.parametrize(
    ("lines", "stage", "notes"),
    [
        ("* Grand final", "Grand final", None),
        ("*Final.  Winner\n\n** one\n\n**two ** three", "Final. Winner", "one; two ** three"),
        ("** a note alone", None, "a note alone"),
        ("* Group A\n* Opening match", "Group A; Opening match", None),
        ("", None, None),
    ],
)
def test_stage_and_notes(lines: str, stage: str | None, notes: str | None) -> None:
    found = parse_html("match", match_html(box=f"Best of 3 (LAN)\n\n{lines}"))
    row = only(found, MatchRow)[0]
    assert (row.stage, row.notes) == (stage, notes)
    assert issues(found) == []


def test_a_line_of_the_format_box_that_is_neither_stage_nor_note_is_an_issue() -> None:
    found = parse_html("match", match_html(box="Best of 3 (LAN)\n\n\u2022 Grand final"))
    assert only(found, MatchRow)[0].stage is None
    assert issues(found) == [Issue("unexpected", "hltv_matches.notes", "\u2022 Grand final")]


NO_TIMES = match_html(date="").replace('class="time"', 'class="later"')


@pytest.mark.parametrize(
    ("text", "event", "date", "missing"),
    [
        (match_html(event=""), (None, None), "2025-12-14", ["event_id", "event_name"]),
        (
            match_html(event='<div class="event"><a href="/x">Cup</a></div>'),
            (None, "Cup"),
            "2025-12-14",
            ["event_id"],
        ),
        (
            match_html(event='<div class="event">Cup</div>'),
            (None, "Cup"),
            "2025-12-14",
            ["event_id"],
        ),
        (match_html(date=""), (5, "Cup"), "2025-12-14", []),
        (match_html(date='<div class="date" data-unix="-">x</div>'), (5, "Cup"), "2025-12-14", []),
        (NO_TIMES, (5, "Cup"), None, ["date_unix_ms"]),
    ],
    ids=["no event", "no number", "no link", "no date", "no number of the date", "no time"],
)
def test_what_the_head_lacks_is_null_and_an_issue(
    text: str, event: tuple[int | None, str | None], date: str | None, missing: list[str]
) -> None:
    found = parse_html("match", text)
    row = only(found, MatchRow)[0]
    assert ((row.event_id, row.event_name), row.date) == (event, date)
    assert issues(found) == [Issue("missing", f"hltv_matches.{field}") for field in missing]


def test_several_demo_links_of_one_demo_are_one() -> None:
    link = '<a data-demo-link="/download/demo/5">x</a>'
    found = parse_html("match", match_html(demo=link * 2))
    assert [row.demo_id for row in only(found, DemoLink)] == [5]


def test_older_pages_link_the_demo_plainly() -> None:
    demo = (
        '<div class="stream-box"><a href="https://www.hltv.org/download/demo/5">GOTV Demo</a></div>'
    )
    forum = '<p><a href="/download/demo/6">another match</a></p>'
    found = parse_html("match", match_html(demo=demo, stats=forum))
    assert [row.demo_id for row in only(found, DemoLink)] == [5]


def test_two_demos_are_an_issue_not_a_guess() -> None:
    demo = '<a href="/download/demo/5">x</a><a href="/download/demo/6">x</a>'
    found = parse_html("match", match_html(demo=demo))
    assert only(found, DemoLink) == []
    assert issues(found) == [Issue("unexpected", "hltv_matches.demo_id", "5 6")]


@pytest.mark.parametrize(
    "broken",
    [
        match_html(half1=match_half(1, 11, "")),
        match_html().replace("teamsBox", "otherBox"),
        "<p>Something went wrong</p>",
    ],
    ids=["no name", "no head", "another page"],
)
def test_a_page_without_its_head_cannot_be_read(broken: str) -> None:
    with pytest.raises(ParseError):
        parse_html("match", broken)


# vetoes


def vetoes(*lines: str) -> list[VetoRow]:
    return only(parse_html("match", match_html(vetoes=lines)), VetoRow)


def test_veto_lines() -> None:
    rows = vetoes("1. B removed Train", "2. A picked Nuke", "7. Mirage was left over")
    assert [
        (row.step_number, row.team_name, row.team_id, row.action, row.map_name) for row in rows
    ] == [
        (1, "B", 22, "removed", "Train"),
        (2, "A", 11, "picked", "Nuke"),
        (7, None, None, "left_over", "Mirage"),
    ]


@pytest.mark.parametrize(
    ("line", "team", "action", "map_name"),
    [
        ("1. Team removed picked Nuke", "Team removed", "picked", "Nuke"),
        ("2. picked removed Train", "picked", "removed", "Train"),
        ("3. 33 removed Dust2", "33", "removed", "Dust2"),
        ("4. 7. Sky removed Dust2", "7. Sky", "removed", "Dust2"),
        ("5. X was left over removed Nuke", "X was left over", "removed", "Nuke"),
        ("6. Nuke picked Nuke", "Nuke", "picked", "Nuke"),
    ],
)
def test_team_names_may_hold_keywords_digits_and_maps(
    line: str, team: str, action: str, map_name: str
) -> None:
    row = vetoes(line)[0]
    assert (row.team_name, row.action, row.map_name) == (team, action, map_name)


def test_a_renamed_team_in_the_veto_has_no_id() -> None:
    assert vetoes("1. Old A removed Train")[0].team_id is None


def test_a_page_with_the_format_box_only_has_no_veto() -> None:
    found = parse_html("match", match_html())
    assert (only(found, VetoRow), issues(found)) == ([], [])


def test_an_unknown_veto_line_is_kept_as_an_issue() -> None:
    found = parse_html("match", match_html(vetoes=["A banned Nuke"]))
    assert issues(found) == [Issue("unexpected", "hltv_vetoes.action", "A banned Nuke")]


# maps


def test_a_played_map_with_halves() -> None:
    halves = half_spans(("ct", 8), ("t", 4), ("t", 5), ("ct", 3))
    row = one_map(match_map(link=stats_link(9), halves=halves, marks=("won", "lost pick")))
    assert row == MapRow(
        match_id=1,
        map_number=1,
        mapstatsid=9,
        map_name="Nuke",
        team1_rounds=13,
        team2_rounds=7,
        team1_ct_rounds=8,
        team1_t_rounds=5,
        team2_ct_rounds=3,
        team2_t_rounds=4,
        team1_ot_rounds=None,
        team2_ot_rounds=None,
        team1_rating=None,
        team2_rating=None,
        team_rating_version=None,
        team1_first_kills=None,
        team2_first_kills=None,
        team1_clutches_won=None,
        team2_clutches_won=None,
        picked_by=2,
        status="played",
    )


def test_overtimes_are_one_group_without_sides() -> None:
    halves = half_spans(("t", 5), ("ct", 7), ("ct", 7), ("t", 5), overtime=(9, 13))
    row = one_map(match_map(scores=("21", "25"), link=stats_link(9), halves=halves))
    assert (row.team1_t_rounds, row.team1_ct_rounds, row.team1_ot_rounds) == (5, 7, 9)
    assert (row.team2_ct_rounds, row.team2_t_rounds, row.team2_ot_rounds) == (7, 5, 13)


def test_halves_need_not_sum_to_twelve_but_to_the_total() -> None:
    odd = half_spans(("ct", 10), ("t", 5), ("t", 3), ("ct", 1))
    found = parse_html("match", match_html(maps=match_map(scores=("13", "6"), halves=odd)))
    assert issues(found) == []
    found = parse_html("match", match_html(maps=match_map(scores=("13", "7"), halves=odd)))
    assert issues(found) == [Issue("differs", "hltv_maps.team2_rounds", "halves 6, total 7")]


def test_an_unplayed_map_keeps_its_pick() -> None:
    row = one_map(match_map(box="optional", scores=("-", "-"), marks=("tie", "tie pick")))
    assert (row.status, row.team1_rounds, row.picked_by) == ("unplayed", None, 2)


def test_an_upcoming_map_has_no_results_box() -> None:
    upcoming = '<div class="countdown">1h : 2m : 3s</div>'
    row = one_map(match_map("TBA", scores=None), countdown=upcoming)
    assert (row.map_name, row.status, row.team1_rounds) == ("TBA", "unplayed", None)


@pytest.mark.parametrize("scores", [("-", "-"), ("5", "3")])
def test_a_running_map_is_played_without_link(scores: tuple[str, str]) -> None:
    live = '<div class="countdown">LIVE</div>'
    row = one_map(match_map(scores=scores, marks=("tie", "tie")), countdown=live)
    assert (row.status, row.mapstatsid) == ("running", None)


def test_a_finished_map_of_a_live_match_is_played() -> None:
    live = '<div class="countdown">LIVE</div>'
    assert one_map(match_map(link=stats_link(9)), countdown=live).status == "played"


def test_a_finished_map_without_link_is_played() -> None:
    assert one_map(match_map()).status == "played"


def test_a_map_that_ended_level_is_played() -> None:
    row = one_map(match_map(scores=("15", "15"), marks=("tie", "tie")))
    assert (row.status, row.team1_rounds) == ("played", 15)


DEFAULT = match_map("Default", scores=("0", "1"), marks=("lost", "won"))
REAL = match_map(link=stats_link(9))
LEFT = match_map("Dust2", box="optional", scores=("-", "-"), marks=("tie", "tie"))


@pytest.mark.parametrize(
    ("maps", "forfeit", "statuses"),
    [
        (DEFAULT, "full", ["forfeit"]),
        (DEFAULT + REAL, "partial", ["forfeit", "played"]),
        (REAL + DEFAULT + LEFT, "partial", ["played", "forfeit", "unplayed"]),
        (REAL + LEFT, "none", ["played", "unplayed"]),
    ],
)
def test_forfeits_are_told_by_the_map_name(maps: str, forfeit: str, statuses: list[str]) -> None:
    found = parse_html("match", match_html(maps=maps))
    assert only(found, MatchRow)[0].forfeit == forfeit
    assert [row.status for row in only(found, MapRow)] == statuses


def test_a_deleted_match_has_a_forfeit_and_no_score() -> None:
    text = match_html(
        half1=match_half(1, 11, "A"),
        half2=match_half(2, 22, "B"),
        countdown='<div class="countdown">Match deleted</div>',
        maps=DEFAULT,
    )
    found = parse_html("match", text)
    row = only(found, MatchRow)[0]
    assert (row.status, row.forfeit, row.team1_score, issues(found)) == (
        "deleted",
        "full",
        None,
        [],
    )
    assert only(found, MapRow)[0].team2_rounds == 1
