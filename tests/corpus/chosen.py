"""Cases of the corpus that were chosen one by one: traps, edited pages, pages with an error.

`python -m tests.corpus.chosen FOLDER` makes those that are not there yet. All are made up.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from parse.corpus import capture_of, write_case
from parse.registered import REGISTRY
from tests.parse.bench import record
from tests.replica.season import Season
from warc.reader import read_records
from warc.record import Record

HOST = "https://www.hltv.org"
STAND_IN = "http://replica.test"

Edit = Callable[[str], str]


def same(html: str) -> str:
    """The page as the replica serves it."""
    return html


@dataclass(frozen=True, slots=True)
class Case:
    """A page worth keeping: its type, the case's name, which match or offset it is of, and why."""

    page_type: str
    name: str
    number: int
    why: str
    edit: Edit = same
    host: str = HOST


def replaced(pattern: str, put: str = "") -> Edit:
    """An edit that replaces everything a pattern finds; it has to find something."""

    def edit(html: str) -> str:
        edited, count = re.subn(pattern, put, html, flags=re.DOTALL)
        assert count, pattern
        return edited

    return edit


no_sides = replaced(r'<table class="stats-table (?:ctstats|tstats).*?</table>')
no_tables = replaced(r'<table class="standard-box equipment-categories">.*?</table>')


def old_unsided(html: str) -> str:
    """Scoreboards without a class that says what side they are of."""
    return no_sides(html).replace("totalstats", "")


def swapped(html: str) -> str:
    """The classes of two columns exchanged, in headers and cells."""
    html = html.replace("st-kills", "st-x").replace("st-deaths", "st-kills")
    return html.replace("st-x", "st-deaths")


def no_economy(html: str) -> str:
    """Neither chart nor tables nor message, and as long as a page has to be."""
    chart = replaced(r"<(worker-ignore|div)[^>]*data-fusionchart-config[^>]*></\1>")
    html = chart(no_tables(html)).replace("padding", "space")
    return html.replace("</body>", f"<!--{'x' * 10_000}--></body>")


CASES = (
    Case("results", "last_page", 30, "a last page, of a site that another host stands in for", host=STAND_IN),
    Case("results", "no_events", 0, "a listing whose rows lost the class of the event's name", replaced('class="event-name"')),
    Case("match", "blank_eco", 2394427, "eco columns filled with dashes, overtime"),
    Case("match", "substitute", 2394406, "a substitute within the map, an empty countdown, a note"),
    Case("match", "halves", 2394772, "halves that do not make twelve rounds"),
    Case("match", "lan_unknown", 2394757, "the format says neither LAN nor online"),
    Case("match", "deleted", 2394736, "annulled: no score in the header"),
    Case("match", "forfeit", 2394706, "won by default, 0-1"),
    Case("match", "notes", 2394877, "two notes, one with a semicolon and letters that are not ASCII", replaced(r"(\n\n\*\* [^<]*)", r"\1\n\n** the server was changed")),
    Case("match", "live", 2395000, "a match that is running"),
    Case("match", "one_box", 2394586, "the veto in the format box, as before 2018", replaced(r"\n\n\* [^<]*", "\nVeto process:\n1. A removed Nuke\n2. Train was left over")),
    Case("match", "two_headers", 2394586, "a second header box cannot be told from the first", replaced(r'(<div class="standard-box teamsBox">)', r'<div class="teamsBox"></div>\1')),
    Case("match", "unknown", 2394805, "eco twins that lost their class", replaced("eco-adjusted-data")),
    Case("map_stats", "old_unsided", 2394439, "before there were tables per side", old_unsided),
    Case("map_stats", "blank_eco", 2394427, "Global Offensive in the new layout: eco cells say null"),
    Case("map_stats", "overtime_inline", 2394775, "overtime in the first box of the history"),
    Case("map_stats", "no_history", 2394766, "no round history"),
    Case("map_stats", "no_number", 2394724, "a stand-in without a number"),
    Case("map_stats", "unknown", 2394586, "a scoreboard of another shape", replaced('class="st-fkdiff"', 'class="st-first"')),
    Case("map_stats", "no_sides", 2394805, "the tables per side are lost", no_sides),
    Case("map_stats", "swapped", 2394805, "the classes of two columns are swapped, their texts are not", swapped),
    Case("performance", "substitute", 2394406, "six against five in the matrices"),
    Case("performance", "unknown", 2394439, "a bar that is called otherwise", replaced("&quot;Impact&quot;", "&quot;Influence&quot;")),
    Case("economy", "overtime", 2394775, "overtime rounds are not published"),
    Case("economy", "chart_only", 2394439, "a chart without tables", no_tables),
    Case("economy", "empty", 2394439, "neither chart nor message", no_economy),
    Case("economy", "broken_chart", 2394439, "a chart that is no JSON", replaced(r'data-fusionchart-config="\{', 'data-fusionchart-config="')),
)  # fmt: skip
"""Pages of the replica's season of 200 matches; listings of one of 40 with ten rows a page."""


def page_of(case: Case) -> tuple[str, bytes]:
    """Target and body of a case's page."""
    if case.page_type == "results":
        season = Season(7, 40, small=True, page_size=10)
        target = f"/results?offset={case.number}"
    else:
        season = Season(7, 200, small=True)
        match = season.match(case.number)
        kind = "" if case.page_type == "map_stats" else case.page_type
        target = match.path if kind == "match" else match.stats_path(match.played[0], kind)
    served = season.page(target)
    assert served is not None, target
    return target, case.edit(served.body.decode()).encode()


def make(case: Case, second: int, folder: Path) -> None:
    """Write a case."""
    target, body = page_of(case)
    scratch = folder / "scratch.warc.gz"
    scratch.write_bytes(record(case.host + target, body, second=second))
    (found,) = [one for one in read_records(scratch) if isinstance(one, Record)]
    scratch.unlink()
    stand_ins = {"hltv": case.host} if case.host != HOST else {}
    capture = capture_of(found, stand_ins, REGISTRY)
    write_case(folder / "hltv" / case.page_type / case.name, capture, REGISTRY, why=case.why)


def main(folder: Path) -> None:
    """Make the cases that are not there yet."""
    for second, case in enumerate(CASES, 60):
        if not (folder / "hltv" / case.page_type / case.name).exists():
            make(case, second, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
