"""The results listing: what is a row, and what only looks like one."""

from __future__ import annotations

import pytest

from parse.errors import ParseError
from parse.model import Issue
from parse.sources.hltv.results import parse
from tests.parse.hltv.pages import START_MS, issues, only, parse_html, result_row
from tests.parse.hltv.samples import FOLDER, needs_samples, sample_page
from warehouse.rows.hltv import ResultRow


def listing(*rows: str) -> str:
    body = "".join(rows)
    return f'<div class="results-holder allres"><div class="results-all">{body}</div></div>'


def one(row: str) -> ResultRow:
    found = parse_html("results", listing(row))
    assert issues(found) == []
    return only(found, ResultRow)[0]


def test_a_row_gives_every_column() -> None:
    assert one(result_row(7, stars=2)) == ResultRow(
        match_id=7,
        match_url="/matches/7/a-vs-b",
        completed_unix_ms=START_MS,
        team1_name="A",
        team2_name="B",
        winner=2,
        team1_score=1,
        team2_score=2,
        event_name="Cup",
        stars=2,
        map_text="bo3",
        is_forfeit=False,
    )


def test_featured_rows_without_time_are_left_out() -> None:
    featured = f'<div class="big-results">{result_row(1, unix="")}</div>'
    found = parse_html("results", featured + listing(result_row(2)))
    assert [row.match_id for row in only(found, ResultRow)] == [2]


def test_links_of_the_sidebar_are_no_results() -> None:
    sidebar = '<a class="a-reset" href="/matches/9/c-vs-d">upcoming</a>'
    found = parse_html("results", sidebar + listing(result_row(2)))
    assert [row.match_id for row in only(found, ResultRow)] == [2]


def test_a_list_of_one_event_has_no_event_names() -> None:
    assert one(result_row(event="")).event_name is None


def test_score_classes_follow_position_not_team() -> None:
    row = one(result_row(scores=("13", "8"), won=1, map_text="nuke"))
    assert (row.winner, row.team1_score, row.team2_score, row.map_text) == (1, 13, 8, "nuke")


def test_a_draw_has_no_winner() -> None:
    assert one(result_row(scores=("1", "1"), won=0, map_text="bo2")).winner is None


def test_def_is_a_forfeit() -> None:
    row = one(result_row(scores=("0", "1"), map_text="def"))
    assert (row.is_forfeit, row.team1_score, row.team2_score, row.winner) == (True, 0, 1, 2)


def test_saved_pages_have_absolute_links() -> None:
    row = one(result_row(5, link="https://www.hltv.org/matches/{}/a-vs-b"))
    assert (row.match_id, row.match_url) == (5, "/matches/5/a-vs-b")


def test_names_keep_their_letters_quotes_and_digits() -> None:
    row = one(result_row(names=("Famalic\u00e3o &amp; Co.", "&quot;777&quot;")))
    assert (row.team1_name, row.team2_name) == ("Famalic\u00e3o & Co.", '"777"')


@pytest.mark.parametrize(
    "row",
    [
        result_row(link="/other/{}/x"),
        result_row(names=("A", "")),
        result_row(scores=("1", "-")),
        result_row(unix='data-zonedgrouping-entry-unix="soon"'),
        '<div class="result-con" data-zonedgrouping-entry-unix="1"><a href="/matches/1/x">x</a></div>',
    ],
    ids=["no number", "no name", "no score", "no time", "another layout"],
)
def test_a_row_that_cannot_be_told_is_an_issue_not_a_loss(row: str) -> None:
    found = parse_html("results", listing(result_row(2), row))
    assert [one.match_id for one in only(found, ResultRow)] == [2]
    assert Issue("unexpected", "hltv_results.match_id", issues(found)[-1].found) in issues(found)


def test_a_page_without_rows_cannot_be_read() -> None:
    with pytest.raises(ParseError, match="0 elements match"):
        parse_html("results", listing())


@needs_samples
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Ma-ve__2cca9a59__results.html.gz", 33),
        ("cybersamuurai__6745d054__debug-results.html.gz", 100),
        ("julian-george__d00def3f__results-browser.html.gz", 100),
        ("vlademaksimovic__d0f33783__mock_results.html.gz", 19),
    ],
)
def test_real_listings(name: str, count: int) -> None:
    page = sample_page(FOLDER / "results" / name)
    found = list(parse(page))
    assert issues(found) == []
    rows = only(found, ResultRow)
    assert len({row.match_id for row in rows}) == count
    assert all(row.winner in {1, 2} for row in rows)
    assert all(
        row.is_forfeit == (row.team1_score + row.team2_score == 1) for row in rows if row.is_forfeit
    )
