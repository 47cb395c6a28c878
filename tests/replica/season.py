"""A season: every page it serves by request target, and the truth of those pages as tables."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from tests.replica import chrome, light, scripted
from tests.replica.draw import (
    SPECIALS,
    completed_of,
    event_of,
    first_map_id,
    match_id_of,
    plan_match,
)
from tests.replica.economy_page import economy_content, has_chart
from tests.replica.lines import Board, board_of
from tests.replica.map_page import map_content
from tests.replica.markup import spaced, style_of, text
from tests.replica.match_ids import MatchIds
from tests.replica.match_page import match_content
from tests.replica.page import Page, content, redirect, soft_error
from tests.replica.performance_page import performance_content
from tests.replica.plan import MapPlan, MatchPlan
from tests.replica.results_page import FEATURED_COUNTS, Listing, listing_content
from tests.replica.scenarios import SHARES, Dimensions, era_sizes
from tests.replica.trap_names import traps_of
from tests.replica.truth import KEYS, merge_entities, rows_of, sort_key
from tests.replica.truth_match import Row

DAY = 86_400_000
MATCH_PATH = re.compile(r"/matches/(\d+)(?:/([^/]*))?")
MAP_PATH = re.compile(r"/stats/matches/(?:(performance|economy)/)?mapstatsid/(\d+)(?:/([^/]*))?")
KINDS = {None: "map_stats", "performance": "performance", "economy": "economy"}
MAP_CONTENT = {
    "map_stats": map_content,
    "performance": performance_content,
    "economy": economy_content,
}


class Season:
    """A whole season computed from one seed, page by page, on demand.

    `shares` are the percents of matches in the four eras, oldest first (`scenarios`), for example
    (0, 0, 0, 100) for the newest layout alone.

    `scripted` leaves a part of some pages to a script and adds what browsers ask for (`scripted`
    module); `light` pages hold their marks and links alone, and have no truth.

    `held_back` newest matches are not listed at first; `release` lists them, and with
    `shift_every` = N every N-th request of a results page does so for one of them.
    """

    def __init__(
        self,
        seed: int = 7,
        matches: int = 200,
        *,
        small: bool = False,
        light: bool = False,
        scripted: bool = False,
        traps: bool = True,
        shares: tuple[int, int, int, int] = SHARES,
        page_size: int = 100,
        held_back: int | None = None,
        shift_every: int = 0,
    ) -> None:
        """Set the dimensions; nothing is computed yet."""
        self.dimensions = Dimensions(seed=seed, matches=matches, traps=traps, shares=shares)
        self.matches = matches
        self.small = small or light
        self.light = light
        self.scripted = scripted
        self.page_size = page_size
        self.shift_every = shift_every
        self.held_back = (5 if shift_every else 0) if held_back is None else held_back
        self._listings = 0
        self._first_map_id = first_map_id(matches)

    @property
    def match_ids(self) -> MatchIds:
        """The finished matches the results list now, oldest first."""
        return MatchIds(0, self.matches - self.held_back, self.matches)

    @property
    def live_ids(self) -> list[int]:
        """Running matches, reachable by URL only."""
        return self._special("live")

    @property
    def upcoming_ids(self) -> list[int]:
        """Matches to come, reachable by URL only; one has no second team yet."""
        return self._special("upcoming")

    @property
    def postponed_ids(self) -> list[int]:
        """Postponed matches, reachable by URL only."""
        return self._special("postponed")

    def _special(self, kind: str) -> list[int]:
        places = [place for place, one in enumerate(SPECIALS) if one == kind]
        return [match_id_of(self.matches + place, self.matches) for place in places]

    def release(self, count: int = 1) -> None:
        """Let held-back matches finish: they stand at the top of the results from now on."""
        self.held_back = max(0, self.held_back - count)

    def match(self, match_id: int) -> MatchPlan:
        """The plan of a match; raises KeyError for a number the season does not know."""
        found = self._find_match(match_id)
        if found is None:
            raise KeyError(match_id)
        return found

    def _plan(self, index: int) -> MatchPlan:
        return plan_match(self.dimensions, index)

    def _find_match(self, match_id: int) -> MatchPlan | None:
        index, rest = divmod(match_id - match_id_of(0, self.matches), 3)
        if rest or not 0 <= index < self.matches + len(SPECIALS):
            return None
        return self._plan(index)

    def _find_map(self, map_id: int) -> tuple[MatchPlan, MapPlan] | None:
        index, place = divmod(map_id - self._first_map_id, 5)
        if not 0 <= index < self.matches + len(SPECIALS):
            return None
        match = self._plan(index)
        for one in match.played:
            if one.number == place + 1:
                return match, one
        return None

    def _board(self, match: MatchPlan) -> Board:
        return board_of(match, self.dimensions)

    def traps(self, match_id: int) -> frozenset[str]:
        """Name the traps planted in a match and the pages under it."""
        return traps_of(self.match(match_id))

    def covering(self) -> list[int]:
        """Choose few listed matches, oldest first, that hold every trap the season has."""
        held = {match_id: self.traps(match_id) for match_id in self.match_ids}
        missing = set().union(*held.values())
        chosen = []
        while missing:
            best = max(held, key=lambda one: (len(held[one] & missing), one))
            chosen.append(best)
            missing -= held[best]
        return sorted(chosen)

    def match_path(self, match_id: int) -> str:
        """The canonical path of a match page."""
        return self.match(match_id).path

    def targets(self) -> Iterator[str]:
        """Yield what a complete crawl asks for: listings, then each match with its maps' pages."""
        count = len(self.match_ids)
        for offset in range(0, max(count, 1), self.page_size):
            yield f"/results?offset={offset}"
        for match_id in reversed(self.match_ids):
            yield from self.match_targets(match_id)

    def match_targets(self, match_id: int) -> Iterator[str]:
        """Yield the match page and the three pages of each map with statistics."""
        match = self.match(match_id)
        yield match.path
        for one in match.played:
            for kind in ("", "performance", "economy"):
                yield match.stats_path(one, kind)

    def kind_counts(self) -> dict[str, int]:
        """Count the targets of a complete crawl by page type."""
        maps = sum(len(self.match(match_id).played) for match_id in self.match_ids)
        listings = -(-max(len(self.match_ids), 1) // self.page_size)
        counts = {"results": listings, "match": len(self.match_ids)}
        return counts | dict.fromkeys(("map_stats", "performance", "economy"), maps)

    def truth(self, match_ids: Iterable[int] | None = None) -> dict[str, list[Row]]:
        """All rows a complete crawl of the matches (default: the listed ones) must give."""
        tables: dict[str, list[Row]] = {name: [] for name in KEYS}
        seen: list[MatchPlan] = []
        for match_id in self.match_ids if match_ids is None else match_ids:
            seen.append(self.match(match_id))
            for name, rows in self.truth_for(match_id).items():
                tables[name].extend(rows)
        merge_entities(tables, seen, self._board)
        for name, rows in tables.items():
            rows.sort(key=sort_key(name))
        return tables

    def truth_for(self, match_id: int) -> dict[str, list[Row]]:
        """All rows of one match, every table named, entities as this match alone shows them."""
        if self.light:
            message = "a light season has no truth"
            raise ValueError(message)
        match = self.match(match_id)
        tables = rows_of(match, self._board(match))
        for name, rows in tables.items():
            rows.sort(key=sort_key(name))
        return tables

    def page(self, target: str) -> Page | None:
        """Answer a request target (path and query); None where the site has nothing."""
        parts = urlsplit(target)
        if parts.path == "/results":
            return self._results(parts.query)
        found = MATCH_PATH.fullmatch(parts.path)
        if found:
            return self._match_page(int(found[1]), parts.path)
        found = MAP_PATH.fullmatch(parts.path)
        if found:
            return self._map_page(found[1], int(found[2]), parts.path)
        return self._asset(parts.path) if self.scripted else None

    def is_scripted(self, target: str) -> bool:
        """Whether a script completes the page at the target."""
        found = MAP_PATH.fullmatch(urlsplit(target).path)
        return (
            found is not None
            and found[1] == "economy"
            and (known := self._find_map(int(found[2]))) is not None
            and self._is_completed(*known)
        )

    def _is_completed(self, match: MatchPlan, one: MapPlan) -> bool:
        """Whether the economy page of a map is completed by a script."""
        if not self.scripted or self.light or one.mapstatsid is None:
            return False
        return scripted.is_chosen(one.mapstatsid) and has_chart(match, one)

    def _asset(self, path: str) -> Page | None:
        """What the pages of a scripted season ask for besides."""
        found = scripted.DATA_PATH.fullmatch(path)
        if found is None:
            return scripted.ASSETS.get(path)
        map_id = int(found[1])
        known = self._find_map(map_id)
        if known is None or not self._is_completed(*known):
            return None
        match, one = known
        _, part = scripted.divided(self._map_content("economy", match, one))
        return scripted.data(map_id, _written(match, part))

    def _match_page(self, match_id: int, path: str) -> Page:
        match = self._find_match(match_id)
        if match is None:
            return soft_error(match_id)
        if path != match.path:
            return redirect(match.path, "match", match_id)
        one, two = match.teams
        title = text(f"{one.name} vs. {two.name} at {match.event.name} | HLTV.org")
        return self._content_page("match", title, self._match_content(match), match, match_id)

    def _match_content(self, match: MatchPlan) -> str:
        if self.light:
            return light.match_content(match)
        others = [self._plan((match.index * 31 + place) % self.matches) for place in range(24)]
        shown = match_content(match, self._board(match), others[:2] if self.small else others)
        return spaced(shown) if "spaced_text" in match.flags else shown

    def _map_page(self, sub: str | None, map_id: int, path: str) -> Page:
        found = self._find_map(map_id)
        if found is None:
            return soft_error(map_id)
        match, one = found
        canonical = match.stats_path(one, sub or "")
        kind = KINDS[sub]
        if path != canonical:
            return redirect(canonical, kind, map_id)
        shown = self._map_content(kind, match, one)
        if kind == "economy" and self._is_completed(match, one):
            shown = scripted.divided(shown)[0] + scripted.completing(map_id) + scripted.END
        return self._content_page(kind, chrome.TITLE, shown, match, map_id)

    def _map_content(self, kind: str, match: MatchPlan, one: MapPlan) -> str:
        if self.light:
            return light.map_content(match, one, kind)
        shown = MAP_CONTENT[kind](match, one, self._board(match))
        return spaced(shown) if "spaced_text" in match.flags else shown

    def _content_page(self, kind: str, title: str, shown: str, match: MatchPlan, key: int) -> Page:
        path = match.path if kind == "match" else ""
        body = _written(match, self._framed(kind, title, shown, path))
        body = scripted.dressed(body) if self.scripted else body
        return content(kind, key, body, match.completed_ms)

    def _framed(self, kind: str, title: str, shown: str, path: str) -> str:
        sidebar = "" if self.small else self._sidebar()
        return chrome.page(kind, title, shown, small=self.small, sidebar=sidebar, path=path)

    def _sidebar(self) -> str:
        indexes = [self.matches + place for place in range(len(SPECIALS))]
        indexes += [(self.matches * 3 // 5 + place) % self.matches for place in range(14)]
        plans = [self._plan(index) for index in indexes]
        return chrome.sidebar(
            [(p.path, text(f"{p.teams[0].name} {p.teams[1].name}")) for p in plans]
        )

    def _results(self, query: str) -> Page:
        self._listings += 1
        if self.shift_every and self._listings % self.shift_every == 0:
            self.release()
        fields = parse_qs(query)
        offset = _number(fields.get("offset", ["0"])[0])
        indexes, filtered = self._listed(fields)
        size = len(indexes) if "event" in fields else self.page_size
        shown = indexes[offset : offset + size]
        extra = query.replace(f"offset={offset}", "").strip("&")
        listing = Listing(
            rows=[self._plan(index) for index in shown],
            featured=self._featured(offset, shown, dated="startDate" in fields),
            offset=offset,
            total=len(indexes),
            page_size=self.page_size,
            query=f"&amp;{text(extra)}" if extra else "",
            filtered=filtered,
        )
        title = "Counter-Strike Results | HLTV.org"
        body = self._framed("results", title, listing_content(listing), "/results")
        body = scripted.dressed(body) if self.scripted else body
        newest = max(self.matches - self.held_back - 1, 0)
        return content("results", offset, body, self._completed(newest))

    def _listed(self, fields: Mapping[str, list[str]]) -> tuple[Sequence[int], bool]:
        """Indexes of the listed matches, newest first, after the filters."""
        first, last = 0, self.matches - self.held_back
        if fields.get("gameType") == ["CS2"]:
            first = era_sizes(self.matches, self.dimensions.shares)[0]
        start, end = (_day_ms(fields.get(name, [""])[0]) for name in ("startDate", "endDate"))
        if start is not None and end is not None:
            every = range(self.matches)
            first = max(first, bisect_left(every, start, key=self._completed))
            last = min(last, bisect_left(every, end + DAY, key=self._completed))
        listed = range(last - 1, first - 1, -1)
        if "event" not in fields:
            return listed, False
        number = (_number(fields["event"][0]) - 5800) // 3
        block = range(number // 3 * 48, number // 3 * 48 + 48)
        return [i for i in reversed(block) if i in listed and event_of(i) == number], True

    def _completed(self, index: int) -> int:
        return completed_of(self.dimensions, index)

    def _featured(self, offset: int, shown: Sequence[int], *, dated: bool) -> list[MatchPlan]:
        """Rows of the featured block: repeats of the page, or two unrelated newer matches."""
        if not self.dimensions.traps:
            return []
        if dated:
            newest = self.matches - self.held_back - 1
            return [self._plan(index) for index in (newest, newest - 1) if index >= 0]
        count = FEATURED_COUNTS[offset // self.page_size % len(FEATURED_COUNTS)]
        return [self._plan(index) for index in shown[3 : 3 + count]]


def _number(printed: str) -> int:
    return int(printed) if printed.isdecimal() else 0


def _day_ms(day: str) -> int | None:
    if not re.fullmatch(r"\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])", day):
        return None
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1000


def _written(match: MatchPlan, markup: str) -> str:
    """Markup in the style of the match: saved pages have absolute links."""
    if not style_of(match).absolute:
        return markup
    return markup.replace('href="/', 'href="https://www.hltv.org/').replace(
        'src="/img/', 'src="./HLTV.org_files/'
    )
