"""Real pages read a second time, by other code on another tree: every cell agrees.

The reading here is lxml with absolute class tests and knows nothing of the parsers: it takes each
printed cell of the match page's statistics tables, map boxes and results rows as text.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html as lxml_html

from tests.parse.hltv.pages import only
from tests.parse.hltv.samples import needs_samples, sample_bytes, sample_paths
from tests.parse.hltv.test_samples import extracted
from warehouse.rows.hltv import MapRow, OverviewPlayerStatsRow, ResultRow

pytestmark = needs_samples

CELLS_AT_LEAST = 10_000
SIDES = {"totalstats": "both", "ctstats": "CT", "tstats": "T"}
Cells = dict[tuple[object, ...], tuple[str, ...]]


def by_class(element: lxml_html.HtmlElement, name: str) -> list[lxml_html.HtmlElement]:
    test = f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
    found = element.xpath(f".//*[{test}]")
    assert isinstance(found, list)
    return found


def text(element: lxml_html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def id_in(href: str | None) -> int | None:
    found = re.search(r"/(?:player|team)/(\d+)/", href or "")
    return int(found[1]) if found else None


def printed_stats(page: lxml_html.HtmlElement) -> Cells:
    """Kills-deaths, ADR, KAST, rating and swing as printed, by map, side, team and player."""
    cells: Cells = {}
    for content in by_class(page, "stats-content"):
        map_id = str(content.get("id")).removesuffix("-content")
        for table in (one for one in content.xpath(".//table") if by_class(one, "header-row")):
            side = next(SIDES[name] for name in str(table.get("class")).split() if name in SIDES)
            header, *rows = table.xpath(".//tr")
            team = id_in(by_class(header, "team")[0].get("href"))
            for row in rows:
                link = by_class(row, "players")[0].xpath(".//a")[0]
                who = (map_id, side, team, id_in(link.get("href")))
                plain = [
                    cell
                    for cell in row.xpath("./td")
                    if "eco-adjusted" not in str(cell.get("class"))
                ]
                cells[who] = tuple(
                    next((text(one) for one in plain if name in str(one.get("class")).split()), "")
                    for name in ("kd", "adr", "kast", "rating", "roundSwing")
                )
    return cells


def said(row: OverviewPlayerStatsRow) -> tuple[str, ...]:
    """A row as the site would print it."""
    swing = "" if row.round_swing is None else f"{row.round_swing:+.2f}%"
    return (f"{row.kills}-{row.deaths}", f"{row.adr:.1f}", f"{row.kast}%", f"{row.rating}", swing)


def normal(cells: tuple[str, ...]) -> tuple[object, ...]:
    """Numbers in place of the texts that are numbers, so that 1.1 and 1.10 are alike."""
    number = re.compile(r"([+-]?[0-9]+(?:[.][0-9]+)?)%?")
    found = [(number.fullmatch(cell), cell) for cell in cells]
    return tuple(float(match[1]) if match else cell for match, cell in found)


def test_statistics_of_all_match_pages_agree_cell_by_cell() -> None:
    compared = 0
    for path in sample_paths("match"):
        printed = printed_stats(lxml_html.fromstring(sample_bytes(path)))
        rows = only(extracted(path), OverviewPlayerStatsRow)
        found = {
            (str(row.mapstatsid or "all"), row.side, row.team_id, row.player_id): normal(said(row))
            for row in rows
        }
        assert found == {key: normal(cells) for key, cells in printed.items()}, path.name
        compared += 5 * len(found)
    assert compared >= CELLS_AT_LEAST


def printed_maps(page: lxml_html.HtmlElement) -> list[tuple[str, str, str]]:
    """Name and both scores of every map box."""
    maps = []
    for holder in by_class(page, "mapholder"):
        scores = [text(one) for one in by_class(holder, "results-team-score")]
        left, right = scores if len(scores) == 2 else ("-", "-")
        maps.append((text(by_class(holder, "mapname")[0]), left, right))
    return maps


def shown(rounds: int | None) -> str:
    return "-" if rounds is None else str(rounds)


@pytest.mark.parametrize("path", sample_paths("match"), ids=lambda path: str(path.name)[:24])
def test_map_boxes_agree(path: Path) -> None:
    rows = only(extracted(path), MapRow)
    found = [(row.map_name, shown(row.team1_rounds), shown(row.team2_rounds)) for row in rows]
    assert found == printed_maps(lxml_html.fromstring(sample_bytes(path)))


@pytest.mark.parametrize("path", sample_paths("results"), ids=lambda path: str(path.name)[:24])
def test_results_rows_agree(path: Path) -> None:
    page = lxml_html.fromstring(sample_bytes(path))
    printed = []
    for row in by_class(page, "result-con"):
        if not row.get("data-zonedgrouping-entry-unix"):
            continue
        names = [text(one) for one in by_class(row, "team")]
        scores = re.findall(r"\d+", text(by_class(row, "result-score")[0]))
        printed.append((int(row.get("data-zonedgrouping-entry-unix")), *names, *map(int, scores)))
    found = [
        (row.completed_unix_ms, row.team1_name, row.team2_name, row.team1_score, row.team2_score)
        for row in only(extracted(path), ResultRow)
    ]
    assert found == printed
