"""Contents of next to nothing: the mark of each page type and the links that lead on.

For crawls of many pages in little time; there is nothing in them to parse.
"""

from __future__ import annotations

from tests.replica.map_menu import TABS
from tests.replica.plan import MapPlan, MatchPlan

MARKS = {
    "map_stats": '<div class="match-info-box"></div>',
    "performance": '<div class="killmatrix-content"></div>',
    "economy": '<table class="equipment-categories"></table>',
}


def match_content(match: MatchPlan) -> str:
    """A match page's mark, and a link to each map with statistics."""
    maps = "".join(
        f'<div class="mapholder"><div class="mapname">{one.name}</div>'
        f'<a class="results-stats" href="{match.stats_path(one)}">STATS</a></div>'
        for one in match.played
    )
    return f'<div class="team1-gradient"></div>{maps}'


def map_content(match: MatchPlan, one: MapPlan, kind: str) -> str:
    """A map page's mark, and the tabs of its three pages."""
    own = "" if kind == "map_stats" else kind
    tabs = "".join(
        f'<a href="{match.stats_path(one, sub)}" class="stats-top-menu-item'
        f'{" selected" if sub == own else ""}">{name}</a>'
        for name, sub in TABS
    )
    return f'<div class="stats-top-menu"><div class="tabs ">{tabs}</div></div>{MARKS[kind]}'
