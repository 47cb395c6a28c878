"""Map pages, read by the selectors of spec/hltv.md, say what the truth says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.replica.outline import Element, document, every, number_in, only, said
from tests.replica.season import Season

SEASON = Season(7, 200, small=True)
PLAYED = [
    (match_id, one.number)
    for match_id in [*SEASON.covering(), *SEASON.live_ids]
    for one in SEASON.match(match_id).played
]
SIDES = {
    "ct_win": ("CT", "elimination"),
    "t_win": ("T", "elimination"),
    "bomb_exploded": ("T", "bomb_planted"),
    "bomb_defused": ("CT", "defuse"),
    "stopwatch": ("CT", "time"),
}


def page(match_id: int, number: int, kind: str) -> Element:
    match = SEASON.match(match_id)
    found = SEASON.page(match.stats_path(match.maps[number - 1], kind))
    assert found is not None
    assert found.status == 200
    return document(found.body)


def rows(match_id: int, number: int, table: str) -> list[dict[str, Any]]:
    return [row for row in SEASON.truth_for(match_id)[table] if row["map_number"] == number]


def numbers(value: str) -> list[int]:
    return [int(one) for one in re.findall(r"\d+", value)]


def player(cell: Element) -> tuple[int | None, str]:
    links = cell.xpath(".//a/@href")
    return (number_in(links[0], "/players/") or None) if links else None, said(cell)


@pytest.mark.parametrize(("match_id", "number"), PLAYED)
def test_map_page_meta(match_id: int, number: int) -> None:
    root = page(match_id, number, "")
    one = rows(match_id, number, "hltv_maps")[0]
    match = SEASON.truth_for(match_id)["hltv_matches"][0]
    box = only(root, "match-info-box")
    nodes = [str(node).strip() for node in box.xpath("./text()")]
    assert [node for node in nodes if node] == [one["map_name"]]
    assert number_in(only(root, "match-page-link").get("href"), "/matches/") == match_id
    selected = only(root, "stats-top-menu-item", "selected").get("href")
    assert number_in(selected, "/mapstatsid/") == one["mapstatsid"]
    scores = {}
    for side in ("left", "right"):
        team = box.xpath(f"./div[@class='team-{side}']")[0]
        team_id = number_in(team.xpath("./a/@href")[0], "/teams/")
        scores[team_id] = int(said(only(team, "bold")))
    expected = {match[f"team{team}_id"]: one[f"team{team}_rounds"] for team in (1, 2)}
    assert scores == expected
    values = [said(row.xpath("./div")[0]) for row in every(root, "match-info-row")]
    assert len(values) == 4
    assert sum(numbers(values[2])) <= sum(expected.values())
    breakdown = numbers(values[0])
    assert sum(breakdown[:2]) == sum(breakdown[2:])


@pytest.mark.parametrize(("match_id", "number"), PLAYED)
def test_round_history(match_id: int, number: int) -> None:
    root = page(match_id, number, "")
    expected = rows(match_id, number, "hltv_round_history")
    found: list[tuple[str, str, bool, str]] = []
    for con in every(root, "round-history-con"):
        lines = every(con, "round-history-team-row")
        assert len(lines) == 2
        slots = [every(line, "round-history-outcome", tag="img") for line in lines]
        assert len(slots[0]) == len(slots[1])
        bars = [len(every(line, "round-history-bar")) for line in lines]
        assert bars[0] == bars[1] >= 1
        for pair in zip(*slots, strict=True):
            names = [one.get("src").rsplit("/", 1)[1].removesuffix(".svg") for one in pair]
            winners = [place for place, name in enumerate(names) if name != "emptyHistory"]
            if winners:
                assert len(winners) == 1
                place = winners[0]
                assert pair[1 - place].get("title") == ""
                found.append((*SIDES[names[place]], place == 0, pair[place].get("title")))
    left = SEASON.match(match_id).teams[SEASON.match(match_id).left - 1].id
    assert [(side, kind, won) for side, kind, won, _ in found] == [
        (row["winner_side"], row["win_type"], row["winner_team_id"] == left) for row in expected
    ]
    score = [0, 0]
    for _, _, won, title in found:
        score[0 if won else 1] += 1
        assert title == f"{score[0]}-{score[1]}"


@pytest.mark.parametrize(("match_id", "number"), PLAYED)
def test_scoreboards(match_id: int, number: int) -> None:
    root = page(match_id, number, "")
    expected = {
        (row["player_id"], row["player_name"]): row
        for row in rows(match_id, number, "hltv_player_stats")
    }
    match = SEASON.match(match_id)
    tables = every(root, "totalstats", tag="table")
    alone = "one_table" in match.flags and number == match.played[0].number
    assert len(tables) == (1 if alone else 2)
    seen = set()
    for table in tables:
        assert said(only(table, "ratingDesc")) == match.rating_version
        for line in table.xpath("./tbody/tr"):
            key = player(only(line, "st-player"))
            seen.add(key)
            scoreboard_row(line, expected[key])
    assert seen == set(expected)


def cell(line: Element, name: str, *, eco: bool = False) -> str | None:
    found = [
        one
        for one in every(line, name, tag="td")
        if ("eco-adjusted-data" in one.get("class")) == eco
    ]
    return re.sub(r"\s", "", said(found[0])) if found else None


def scoreboard_row(line: Element, row: dict[str, Any]) -> None:
    assert cell(line, "st-kills") == f"{row['kills']}({row['hs_kills']})"
    assert cell(line, "st-assists") == f"{row['assists']}({row['flash_assists']})"
    assert float(cell(line, "st-adr") or 0) == row["adr"]
    assert float(cell(line, "st-rating") or 0) == row["rating"]
    opening = [row["opening_kills"], row["opening_deaths"]]
    kast = f"{row['kast']}%"
    if cell(line, "st-kddiff") is not None:
        assert cell(line, "st-kdratio") == kast
        assert cell(line, "st-deaths") == str(row["deaths"])
        assert int(cell(line, "st-kddiff") or 0) == row["kd_diff"]
        assert int(cell(line, "st-fkdiff") or 0) == row["fk_diff"]
        assert numbers(every(line, "st-fkdiff")[0].get("title")) == opening
        assert row["multi_kills"] is row["clutch_wins"] is row["traded_deaths"] is None
        return
    assert cell(line, "st-kast") == kast
    assert cell(line, "st-deaths") == f"{row['deaths']}({row['traded_deaths']})"
    assert numbers(cell(line, "st-opkd") or "") == opening
    assert cell(line, "st-mks") == str(row["multi_kills"])
    assert cell(line, "st-clutches") == str(row["clutch_wins"])
    swing = cell(line, "st-roundSwing")
    assert (None if swing is None else float(swing.rstrip("%"))) == row["round_swing"]
    assert len(every(line, "st-kast", tag="td")) in {2, 4}
    if row["e_kills"] is None:
        assert cell(line, "st-kills", eco=True) in {None, "null(null)"}
        assert cell(line, "st-adr", eco=True) in {None, "-"}
    else:
        assert cell(line, "st-kills", eco=True) == f"{row['e_kills']}({row['e_hs_kills']})"
        deaths = f"{row['e_deaths']}({row['e_traded_deaths']})"
        assert cell(line, "st-deaths", eco=True) == deaths
        eco_opening = [row["e_opening_kills"], row["e_opening_deaths"]]
        assert numbers(cell(line, "st-opkd", eco=True) or "") == eco_opening
        assert cell(line, "st-kast", eco=True) == f"{row['e_kast']}%"
        assert len(every(line, "eco-adjusted-data")) == 6
        assert len(every(line, "traditional-data")) == 6


@pytest.mark.parametrize(("match_id", "number"), PLAYED)
def test_performance_page(match_id: int, number: int) -> None:
    root = page(match_id, number, "performance")
    ids = {"all": "ALL", "first_kill": "FIRST_KILL", "awp": "AWP"}
    expected = {
        (
            row["matrix_type"],
            (row["player1_id"], row["player1_name"]),
            (row["player2_id"], row["player2_name"]),
        ): (row["player1_kills"], row["player2_kills"])
        for row in rows(match_id, number, "hltv_kill_matrix")
    }
    found = {}
    for kind, name in ids.items():
        lines = root.xpath(f"//div[@id='{name}-content']//tr")
        columns = [player(one) for one in every(lines[0], "team1", tag="td")]
        for line in lines[1:]:
            cells = line.xpath("./td")
            for column, one in zip(columns, cells[1:], strict=True):
                scores = [int(said(only(one, f"team{n}-player-score"))) for n in (2, 1)]
                found[kind, player(cells[0]), column] = (scores[0], scores[1])
    assert found == expected
    stats = {
        (row["player_id"], row["player_name"]): row
        for row in rows(match_id, number, "hltv_player_stats")
    }
    cards = every(root, "highlighted-player")
    assert len(cards) >= 10
    for card in cards:
        links = card.xpath(".//a/@href")
        player_id = (number_in(links[0], "/player/") or None) if links else None
        row = stats.get((player_id, said(only(card, "player-nick"))))
        config = json.loads(card.xpath(".//@data-fusionchart-config")[0])
        bars = {bar["label"]: bar["displayValue"] for bar in config["dataSource"]["data"]}
        if row:
            assert float(bars["KPR"]) == row["kpr"]
            assert float(bars["DPR"]) == row["dpr"]
            assert float(bars[f"Rating {row['rating_version']}"]) == row["rating"]
            printed = bars.get("MK rating", bars.get("Impact"))
            value = row["mk_rating"] if "MK rating" in bars else row["impact"]
            assert printed == ("-" if value is None else f"{value:.2f}")


@pytest.mark.parametrize(("match_id", "number"), PLAYED)
def test_economy_page(match_id: int, number: int) -> None:
    root = page(match_id, number, "economy")
    expected = rows(match_id, number, "hltv_economy")
    charts = root.xpath("//@data-fusionchart-config")
    if not expected:
        assert not charts
        assert every(root, "padding")
        return
    config = json.loads(charts[0])
    assert config["type"] == "msline"
    labels = [one["label"] for one in config["dataSource"]["categories"][0]["category"]]
    found = {}
    for dataset in config["dataSource"]["dataset"]:
        for label, point in zip(labels, dataset["data"], strict=True):
            image = point.get("anchorImageUrl")
            side = image.rsplit("/", 1)[1].removesuffix("RoundWon.png").upper() if image else None
            found[int(label), dataset["seriesname"]] = (point["value"], side)
    assert len(found) == len(expected)
    for row in expected:
        value, side = found[row["round_number"], row["team_name"]]
        assert value == ("" if row["equipment_value"] is None else str(row["equipment_value"]))
        assert (side is not None) == row["won"]
        assert not row["won"] or side == row["side"]
    tables = every(root, "equipment-categories", tag="table")
    assert len(tables) == 2
    cells = sum(len(every(table, "equipment-category-td")) for table in tables)
    assert cells == len(expected)
    titles = [one.get("title") for one in tables[0].xpath(".//td[@class='team']/img")]
    by_title = {row["team_name"]: row["team_resolved_by"] for row in expected}
    names = [dataset["seriesname"] for dataset in config["dataSource"]["dataset"]]
    for name, title in zip(names, titles, strict=True):
        assert (name == title) == (by_title[name] != "title")
