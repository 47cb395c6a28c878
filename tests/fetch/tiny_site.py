"""A site of the smallest pages that count as HLTV's, for simulated crawls."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from fetch.errors import FetchError
from tests.fakes import FakeAnswer

BASE = "https://www.hltv.org"
FILLER = "<p>" + "x" * 10_000 + "</p>"
FIRST_MS = 1_773_000_000_000
Fault = Callable[[str, int], FakeAnswer | FetchError | None]


def whole(inner: str) -> bytes:
    return f"<html><body>{inner}{FILLER}</body></html>".encode()


@dataclass(slots=True)
class TinySite:
    """Matches 1..n, each later match newer; match m has maps 10m+1.. (m modulo 4 of them).

    Every tenth match is a forfeit: its only map is Default, and has a link that must not be asked.

    fault  asked before every answer with URL and how often it was asked before
    """

    matches: int
    page_size: int = 5
    robots: FakeAnswer = field(default_factory=FakeAnswer)
    fault: Fault = lambda _url, _before: None
    moved: frozenset[int] = frozenset()
    asked: dict[str, int] = field(default_factory=dict)

    def __call__(self, url: str) -> FakeAnswer | FetchError:
        before = self.asked.get(url, 0)
        self.asked[url] = before + 1
        if url.endswith("/robots.txt"):
            return self.robots
        return self.fault(url, before) or self.answer(url.removeprefix(BASE))

    def answer(self, target: str) -> FakeAnswer:
        if found := re.fullmatch(r"/results\?offset=(\d+)", target):
            return FakeAnswer(body=self.listing(int(found[1])))
        if found := re.fullmatch(r"/matches/(\d+)/(\w+)", target):
            match = int(found[1])
            if match in self.moved and found[2] != "new":
                headers = {"Location": f"/matches/{match}/new"}
                return FakeAnswer(status=301, body=b"moved", headers=headers)
            return FakeAnswer(body=self.match(match))
        if found := re.fullmatch(r"/stats/matches/(\w+/)?mapstatsid/(\d+)/m", target):
            return FakeAnswer(body=self.map_page(found[1] or "", int(found[2])))
        return FakeAnswer(status=404, body=b"no such page")

    def listing(self, offset: int) -> bytes:
        newest = self.matches - offset
        shown = range(newest, max(0, newest - self.page_size), -1)
        rows = "".join(
            f'<div class="result-con" data-zonedgrouping-entry-unix="{FIRST_MS + match * 60_000}">'
            f'<a class="a-reset" href="/matches/{match}/old">x</a></div>'
            for match in shown
        )
        featured = '<div class="result-con"><a class="a-reset" href="/matches/99999/x">x</a></div>'
        following = offset + self.page_size
        if following < self.matches:
            link = f'<a class="pagination-next" href="/results?offset={following}">next</a>'
        else:
            link = '<a class="pagination-next inactive">next</a>'
        return whole(featured + rows + link)

    def maps(self, match: int) -> list[int]:
        return (
            [] if match % 10 == 0 else [10 * match + number for number in range(1, match % 4 + 1)]
        )

    def match(self, match: int) -> bytes:
        boxes = "".join(
            f'<div class="mapholder"><div class="mapname">Nuke</div>'
            f'<a class="results-stats" href="/stats/matches/mapstatsid/{number}/m">S</a></div>'
            for number in self.maps(match)
        )
        if match % 10 == 0:
            boxes = (
                '<div class="mapholder"><div class="mapname">Default</div>'
                '<a class="results-stats" href="/stats/matches/mapstatsid/1/forfeit">S</a></div>'
            )
        others = "".join(f'<a class="a-reset" href="/matches/{9000 + n}/o">o</a>' for n in range(9))
        own = f'<link rel="canonical" href="{BASE}/matches/{match}/new">'
        return whole(own + '<div class="team1-gradient"></div>' + boxes + others)

    def map_page(self, kind: str, number: int) -> bytes:
        marks = {"": "match-info-box", "performance/": "player-overview", "economy/": "msline"}
        tabs = "".join(
            f'<a class="{"selected" if sub == kind else "tab"}" '
            f'href="/stats/matches/{sub}mapstatsid/{number}/m">T</a>'
            for sub in ("", "performance/", "economy/", "heatmap/")
        )
        maps = '<a href="/stats/matches/mapstatsid/777/m">other map</a>'
        return whole(f'<div class="stats-top-menu">{tabs}</div>{maps}<i class="{marks[kind]}"></i>')

    def content_urls(self, matches: range | None = None) -> set[str]:
        """Every content page but the listing, as it is linked."""
        urls = set()
        for match in matches or range(1, self.matches + 1):
            urls.add(f"{BASE}/matches/{match}/old")
            for number in self.maps(match):
                for kind in ("", "performance/", "economy/"):
                    urls.add(f"{BASE}/stats/matches/{kind}mapstatsid/{number}/m")
        return urls
