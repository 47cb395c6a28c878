"""HLTV: its page types, and which of its responses are content.

Facts: spec/hltv.md sections 1 (URLs), 2 (page chrome), 8 (pages that are not content).
The judge runs on every page when fetched and again when parsed: it only searches bytes.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from warc.sites.page import Judgement, PageRef, PageType, Response, Site
from warc.sites.refusals import refusal_of

# Characters. Genuine pages have 160,000 and more, challenges and bans 7,000 (spec/hltv.md 8).
MIN_CHARACTERS = 10_000

# Bytes, decoded. The largest page known, a DOM dump, has 6.2 million (spec/hltv.md 2).
MAX_BYTES = 16 * 2**20

# Bytes before the end in which a whole page closes its root element; scripts may follow it.
_TAIL = 4_096

# Bytes of tab menu looked at: the four tabs of a real page take about 1,600.
_MENU = 6_000

_SUB_PAGES = {"map_stats": b"", "performance": b"performance/", "economy": b"economy/"}
"""What stands between `/stats/matches/` and `mapstatsid/` in the URL of each page about a map."""

_MARKERS: dict[str, tuple[bytes, ...]] = {
    "results": (b"data-zonedgrouping-entry-unix",),
    "match": (b"team1-gradient",),
    "map_stats": (b"match-info-box",),
    "performance": (b"killmatrix-content", b"player-overview"),
    "economy": (b"msline", b"equipment-categories"),
}

_SOFT_ERRORS = (b"error-body", b"error-500")
_PAGINATION = re.compile(rb'class="pagination-data"[^>]*>\s*(\d+)')
_CANONICAL = re.compile(
    rb'<link\b(?=[^>]*\brel="canonical")[^>]*\bhref="(?:https?://[^/"]*)?([^"]*)"', re.IGNORECASE
)
_MATCH_PATH = re.compile(r"^/matches/(\d+)(?![^/?])")
_MESSAGE = re.compile(rb'<div\b[^>]*\bclass="(?:[^"]*\s)?padding[\s"]')
_SELECTED_TAB = re.compile(
    rb'<a\b(?=[^>]*\bclass="[^"]*\bselected\b)[^>]*\bhref="[^"]*?/stats/matches/'
    rb"(performance/|economy/|heatmap/)?(mapstatsid/)?(\d+)"
)


def results_key(query: str) -> str:
    """Key of a results listing: its offset, and the filters where there are any.

    >>> results_key("offset=100"), results_key(""), results_key("event=5&offset=0")
    ('100', '0', '0?event=5')
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    offset = next((value for name, value in pairs if name == "offset" and value.isdigit()), "0")
    filters = sorted(pair for pair in pairs if pair[0] != "offset")
    return str(int(offset)) + ("?" + urlencode(filters) if filters else "")


def judge(page: PageRef, response: Response) -> Judgement:
    """Whether a response is the page its URL names; never reads more meaning than that needs."""
    status = response.status
    if 300 <= status < 400 and response.headers.get("location"):
        return Judgement("redirect", f"status {status}")
    body = response.body
    marked = status == 200 and any(marker in body for marker in _MARKERS[page.page_type])
    if refused := refusal_of(response, plausible=marked):
        return refused
    if status != 200:
        return Judgement("error", f"status {status}")
    if len(body) > MAX_BYTES:
        return Judgement("wrong_page", f"body of {len(body)} bytes is longer than any page")
    if _too_short(body):
        return Judgement("truncated", f"body of {len(body)} bytes is too short to be the page")
    if not marked and any(marker in body for marker in _SOFT_ERRORS):
        return Judgement("error", "error page with status 200")
    if b"</html>" not in body[-_TAIL:]:
        return Judgement("truncated", "the page does not end")
    return _judge_identity(page, body, marked=marked)


def _too_short(body: bytes) -> bool:
    """Whether a body has fewer characters than any page of the site."""
    if len(body) < MIN_CHARACTERS:
        return True
    # A character takes at most four bytes of UTF-8, so longer bodies need no decoding.
    return len(body) < 4 * MIN_CHARACTERS and len(body.decode(errors="replace")) < MIN_CHARACTERS


def _judge_identity(page: PageRef, body: bytes, *, marked: bool) -> Judgement:
    """Whether a whole page is of the type and id that its URL names."""
    if page.page_type in _SUB_PAGES:
        return _judge_map_page(page, body, marked=marked)
    if not marked:
        return Judgement("wrong_page", f"no mark of a {page.page_type} page")
    found = _CANONICAL.search(body)
    canonical = found.group(1).decode(errors="replace") if found else ""
    if page.page_type == "results":
        return _judge_results(page, body, canonical)
    own = _MATCH_PATH.search(canonical)
    if canonical and (own is None or own.group(1) != page.key):
        return Judgement("wrong_page", f"the page calls itself {canonical[:60]}")
    if not canonical and f"/matches/{page.key}/".encode() not in body:
        return Judgement("wrong_page", "the page does not name its match")
    return Judgement("content")


def _judge_results(page: PageRef, body: bytes, canonical: str) -> Judgement:
    """A listing is of the offset that its first pagination text says, where it has one."""
    if canonical and not canonical.startswith("/results"):
        return Judgement("wrong_page", f"the page calls itself {canonical[:60]}")
    offset = int(page.key.partition("?")[0])
    found = _PAGINATION.search(body)
    if found and int(found.group(1)) != offset + 1:
        return Judgement("wrong_page", f"the listing begins at row {found.group(1).decode()}")
    return Judgement("content")


def _judge_map_page(page: PageRef, body: bytes, *, marked: bool) -> Judgement:
    """Pages about a map link to each other and to the other maps: the selected tab tells."""
    at = body.find(b"stats-top-menu")
    tab = _SELECTED_TAB.search(body[at : at + _MENU]) if at >= 0 else None
    if tab is not None:
        is_own = (tab.group(1) or b"") == _SUB_PAGES[page.page_type] and tab.group(2)
        if not is_own or tab.group(3).decode() != page.key:
            shown = b"".join(part or b"" for part in tab.groups()).decode()
            return Judgement("wrong_page", f"the selected tab is {shown}")
        if not marked and page.page_type == "economy":
            # Some maps have no economy: a message box stands where the chart would be. Without
            # one a script may bring the chart, which the rendered page then shows.
            said = _MESSAGE.search(body, at)
            reason = "the page has no economy" if said else "neither chart nor message"
            return Judgement("content", reason, partial=said is None)
    if not marked:
        return Judgement("wrong_page", f"no mark of a {page.page_type} page")
    if tab is None and f"mapstatsid/{page.key}/".encode() not in body:
        return Judgement("wrong_page", "the page does not name its map")
    return Judgement("content")


def _map_page(name: str, example: str, *, rendered: bool = False) -> PageType:
    """The page type of one kind of page about a map."""
    prefix = "^/stats/matches/" + _SUB_PAGES[name].decode()
    return PageType(
        name=name,
        pattern=re.compile(prefix + r"mapstatsid/(\d+)(?![^/?])"),
        example=example,
        rendered=rendered,
    )


HLTV = Site(
    name="hltv",
    hosts=frozenset({"www.hltv.org", "hltv.org"}),
    page_types=(
        PageType(
            name="results",
            pattern=re.compile(r"^/results/?(?:\?(.*))?$"),
            example="/results?offset=100",
            key_of=lambda found: results_key(found.group(1) or ""),
        ),
        PageType(
            name="match",
            pattern=_MATCH_PATH,
            example="/matches/2391140/fut-vs-astralis-esl-pro-league-season-23-finals",
        ),
        _map_page("map_stats", "/stats/matches/mapstatsid/215525/vitality-vs-faze"),
        _map_page("performance", "/stats/matches/performance/mapstatsid/215525/vitality-vs-faze"),
        # No real economy page is held (spec/hltv.md 0): a script may be what draws the chart.
        _map_page(
            "economy",
            "/stats/matches/economy/mapstatsid/215525/vitality-vs-faze",
            rendered=True,
        ),
    ),
    judge=judge,
    max_page_bytes=MAX_BYTES,
)
