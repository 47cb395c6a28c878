"""Bodies that look right and are not: another page type's, or cells no parser can read."""

from __future__ import annotations

import re

from tests.replica.page import Page, Pages
from tests.replica.season import Season

GARBAGE = {
    "results": (
        (re.compile(r'(<div class="result-con"[^>]*><a href=")[^"]*'), r"\1/matches/n-a/x"),
    ),
    "match": (
        (re.compile(r'(class="(?:date|time)"[^>]*data-unix=")\d+'), r"\1soon"),
        (re.compile(r'(<div class="results-team-score">)[^<]*'), r"\1?%"),
    ),
    "map_stats": (
        (re.compile(r'(<td class="st-(?:kills|deaths|adr|rating|kdratio)[^>]*>)[^<]*'), r"\1?%"),
    ),
    "performance": (
        (re.compile(r'(<span class="team\d-player-score">)[^<]*'), r"\1?%"),
        (re.compile(r'data-fusionchart-config="[^"]*"'), 'data-fusionchart-config="{bar2D"'),
    ),
    "economy": (
        (
            re.compile(r'data-fusionchart-config="[^"]*"'),
            'data-fusionchart-config="{&quot;type&quot;:&quot;msline&quot;,"',
        ),
    ),
}
OTHERS = {"map_stats": "performance/", "performance": "economy/", "economy": ""}


def unparsable(page: Page) -> bytes:
    """The page with its content markers in place and its numbers turned to garbage."""
    body = page.body.decode()
    for pattern, replacement in GARBAGE.get(page.page_type, ()):
        body = pattern.sub(replacement, body)
    return body.encode()


def stale(season: Pages, page: Page, target: str) -> bytes:
    """The full body of a page of another type; b"" where the site is no season."""
    if not isinstance(season, Season):
        return b""
    other = "/results?offset=0"
    if page.page_type == "results":
        other = season.match_path(season.match_ids[0])
    elif page.page_type in OTHERS:
        sub = OTHERS[page.page_type]
        other = re.sub(r"matches/(?:performance/|economy/)?", f"matches/{sub}", target, count=1)
    found = season.page(other)
    return found.body if found else b""
