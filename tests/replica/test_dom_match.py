"""Match and results pages, read by the selectors of spec/hltv.md, say what the truth says."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.replica.outline import (
    Element,
    document,
    every,
    number_in,
    only,
    said,
)
from tests.replica.season import Season

SEASON = Season(7, 200, small=True)
IDS = [*SEASON.covering(), *SEASON.live_ids, *SEASON.upcoming_ids, *SEASON.postponed_ids]
Rows = dict[str, list[dict[str, Any]]]


@cache
def page(match_id: int) -> Element:
    found = SEASON.page(SEASON.match_path(match_id))
    assert found is not None
    return document(found.body)


@cache
def rows(match_id: int) -> Rows:
    return SEASON.truth_for(match_id)


def header(match_id: int, team: int) -> Element:
    return only(page(match_id), f"team{team}-gradient")


@pytest.mark.parametrize("match_id", IDS)
def test_header_says_teams_score_and_time(match_id: int) -> None:
    row = rows(match_id)["hltv_matches"][0]
    for team in (1, 2):
        box = header(match_id, team)
        assert said(only(box, "teamName")) == row[f"team{team}_name"]
        links = box.xpath("./a/@href")
        number = number_in(links[0], "/team/") if links else None
        assert number == row[f"team{team}_id"]
        scores = [int(said(one)) for name in ("won", "lost", "tie") for one in every(box, name)]
        expected = row[f"team{team}_score"]
        assert scores == ([] if expected is None else [expected])
    place = only(page(match_id), "timeAndEvent")
    assert int(only(place, "date").get("data-unix")) == row["date_unix_ms"]
    assert said(only(place, "event")) == row["event_name"]
    demos = page(match_id).xpath("//@data-demo-link")
    assert [number_in(one, "/demo/") for one in demos] == [row["demo_id"]][: len(demos)]
    assert bool(demos) == (row["demo_id"] is not None)


@pytest.mark.parametrize("match_id", IDS)
def test_boxes_say_format_and_vetoes(match_id: int) -> None:
    row = rows(match_id)["hltv_matches"][0]
    boxes = every(page(match_id), "veto-box")
    if not boxes:
        assert row["best_of"] is None
        assert row["is_lan"] is None
        return
    first = only(boxes[0], "preformatted-text").text_content().strip().splitlines()[0]
    place = {True: " (LAN)", False: " (Online)", None: ""}[row["is_lan"]]
    assert first == f"Best of {row['best_of']}{place}"
    vetoes = rows(match_id)["hltv_vetoes"]
    assert len(boxes) == (2 if vetoes else 1)
    if vetoes:
        lines = [said(one) for one in boxes[1].xpath("./div/div")]
        for line, veto in zip(lines, vetoes, strict=True):
            words = f"{veto['team_name']} {veto['action']} {veto['map_name']}"
            if veto["action"] == "left_over":
                words = f"{veto['map_name']} was left over"
            assert line == f"{veto['step_number']}. {words}"


@pytest.mark.parametrize("match_id", IDS)
def test_map_holders_say_the_maps(match_id: int) -> None:
    holders = every(page(match_id), "mapholder")
    for holder, row in zip(holders, rows(match_id)["hltv_maps"], strict=True):
        assert said(only(holder, "mapname")) == row["map_name"]
        links = every(holder, "results-stats", tag="a")
        found = number_in(links[0].get("href"), "/mapstatsid/") if links else None
        assert found == row["mapstatsid"]
        scores = [said(one) for one in every(holder, "results-team-score")]
        expected = [row["team1_rounds"], row["team2_rounds"]]
        assert [None if one == "-" else int(one) for one in scores] == expected[: len(scores)]
        picks = [bool(every(holder, f"results-{side}", "pick")) for side in ("left", "right")]
        assert picks == [row["picked_by"] == 1, row["picked_by"] == 2]
        if row["status"] == "played":
            half_scores(holder, row)
        else:
            assert not every(holder, "results-center-half-score")


def half_scores(holder: Element, row: dict[str, Any]) -> None:
    spans = only(holder, "results-center-half-score").xpath("./span")
    numbers = [(one.get("class"), int(said(one))) for one in spans if said(one).isdecimal()]
    sums = {"ct1": 0, "t1": 0, "ct2": 0, "t2": 0}
    for place, (side, value) in enumerate(numbers[:4]):
        sums[f"{side}{place % 2 + 1}"] += value
    for team in (1, 2):
        for side in ("ct", "t"):
            assert sums[f"{side}{team}"] == row[f"team{team}_{side}_rounds"]
    extra = [value for side, value in numbers[4:] if side is None]
    assert len(numbers) in {4, 6}
    assert extra == [row[f"team{one}_ot_rounds"] for one in (1, 2)][: len(extra)]


@pytest.mark.parametrize("match_id", IDS)
def test_tables_say_the_overview(match_id: int) -> None:
    expected = rows(match_id)["hltv_overview_player_stats"]
    maps = {row["mapstatsid"]: row["map_number"] for row in rows(match_id)["hltv_maps"]}
    seen = 0
    for content in every(page(match_id), "stats-content"):
        name = content.get("id").removesuffix("-content")
        number = 0 if name == "all" else maps[int(name)]
        tables = content.xpath(".//table")
        assert len(tables) == 6
        for table in tables:
            classes = table.get("class").split()
            side = "both" if "totalstats" in classes else "CT" if "ctstats" in classes else "T"
            assert ("hidden" in classes) == (side != "both")
            for line in table.xpath(".//tr")[1:]:
                seen += 1
                compare(line, table, expected, number, side)
    assert seen == len(expected)


def compare(
    line: Element, table: Element, expected: list[dict[str, Any]], number: int, side: str
) -> None:
    team_id = number_in((table.xpath(".//tr[1]//a/@href"))[0], "/team/")
    where = (number, side, team_id, said(only(line, "player-nick")))
    columns = ("map_number", "side", "team_id", "player_name")
    found = [row for row in expected if tuple(row[column] for column in columns) == where]
    assert len(found) == 1
    row = found[0]
    links = line.xpath(".//a/@href")
    assert ((number_in(links[0], "/player/") or None) if links else None) == row["player_id"]
    plain = [one for one in every(line, "kd") if "eco-adjusted-data" not in one.get("class")]
    assert said(plain[0]) == f"{row['kills']}-{row['deaths']}"
    assert said(every(line, "rating")[0]) == f"{row['rating']:.2f}"
    swings = [said(one) for one in every(line, "roundSwing")]
    assert [float(one.rstrip("%")) for one in swings] == (
        [] if row["round_swing"] is None else [row["round_swing"]]
    )
    eco = {
        one.get("class").split()[0]: said(one) for one in every(line, "eco-adjusted-data", tag="td")
    }
    if row["e_kills"] is None:
        assert set(eco.values()) <= {"-"}
    else:
        assert eco["kd"] == f"{row['e_kills']}-{row['e_deaths']}"
        assert float(eco["kast"].rstrip("%")) == row["e_kast"]
        assert float(eco["adr"]) == row["e_adr"]


@pytest.mark.parametrize("match_id", IDS)
def test_lineups_say_the_players(match_id: int) -> None:
    boxes = page(match_id).xpath("//div[@id='lineups']//div[contains(@class,'lineup ')]")
    row = rows(match_id)["hltv_matches"][0]
    if not boxes:
        assert row["team1_rank"] is None
    for team, box in enumerate(boxes, start=1):
        cells = box.xpath(".//tr[2]/td")
        names = [said(cell) for cell in cells]
        ids = [cell.xpath(".//@data-player-id") for cell in cells]
        expected = [
            one
            for one in rows(match_id)["hltv_match_players"]
            if one["team_num"] == team and one["in_lineup"]
        ]
        assert names == [one["player_name"] for one in expected]
        assert [int(one[0]) if one else None for one in ids] == [
            one["player_id"] for one in expected
        ]
        rank = said(only(box, "teamRanking"))
        number = row[f"team{team}_rank"]
        assert rank == ("Unranked" if number is None else f"World rank: #{number}")


def test_the_listing_says_the_results() -> None:
    expected = {row["match_id"]: row for row in SEASON.truth()["hltv_results"]}
    seen = 0
    for offset in (0, 100):
        found = SEASON.page(f"/results?offset={offset}")
        assert found is not None
        for con in every(document(found.body), "result-con"):
            unix = con.get("data-zonedgrouping-entry-unix")
            if unix is None:
                continue
            seen += 1
            link = con.xpath("./a/@href")[0]
            row = expected[number_in(link, "/matches/") or 0]
            assert link == row["match_url"]
            assert int(unix) == row["completed_unix_ms"]
            names = [said(one) for one in every(con, "team", tag="div")]
            assert names == [row["team1_name"], row["team2_name"]]
            won = [bool(every(one, "team-won")) for one in every(con, "line-align")]
            assert won == [row["winner"] == 1, row["winner"] == 2]
            assert said(only(con, "result-score")) == f"{row['team1_score']} - {row['team2_score']}"
            assert said(only(con, "map-text")) == row["map_text"]
            assert (row["map_text"] == "def") == row["is_forfeit"]
            assert len(every(con, "star", tag="i")) == row["stars"]
            assert said(only(con, "event-name")) == row["event_name"]
    assert seen == len(expected)
