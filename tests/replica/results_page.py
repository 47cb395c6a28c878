"""The results listing: paging, day headings, featured results, filters (section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from tests.replica.chrome import ad
from tests.replica.entities import Team
from tests.replica.markup import logo, ordinal, text
from tests.replica.plan import CODES, MatchPlan

COPENHAGEN = timedelta(hours=1)
FEATURED_COUNTS = (8, 0, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of results; `filtered` pages have no paging and plainer headings."""

    rows: Sequence[MatchPlan]
    featured: Sequence[MatchPlan]
    offset: int
    total: int
    page_size: int
    query: str
    filtered: bool


def map_text(match: MatchPlan) -> str:
    """The format as the listing prints it."""
    if match.forfeit == "full":
        return "def"
    if match.best_of == 1 and match.played:
        return CODES[match.played[0].name]
    return f"bo{match.best_of}"


def listing_content(listing: Listing) -> str:
    """Everything inside the page's middle column."""
    headline = "Featured results" if listing.featured else "Results"
    paging = "" if listing.filtered else _paging(listing, "top")
    bottom = "" if listing.filtered else _paging(listing, "bottom")
    holder = "results-holder" if listing.filtered else "results-holder allres"
    return (
        f'<div class="results">{ad("ResultsTop")}<h1 class="standard-headline inline">{headline}'
        f"</h1>{paging}{_featured(listing)}"
        f'<div class="{holder}"><div class="results-all" data-zonedgrouping-headline-format='
        '"&#x27;Results for&#x27; MMMM do y" data-zonedgrouping-headline-classes="x"'
        f' data-zonedgrouping-group-classes="results-sublist">{_sublists(listing)}</div>'
        f'{bottom}<span class="clearfix"></span></div></div>'
    )


def _day(match: MatchPlan) -> str:
    moment = datetime.fromtimestamp(match.completed_ms / 1000, UTC) + COPENHAGEN
    return f"{moment:%B} {ordinal(moment.day)} {moment.year}"


def _sublists(listing: Listing) -> str:
    parts = []
    for place, (day, rows) in enumerate(groupby(listing.rows, key=_day)):
        headline = day if listing.filtered else f"Results for {day}"
        inner = "".join(_row(match, timed=True) for match in rows)
        parts.append(
            '<div class="results-sublist"><span class="standard-headline">'
            f"{headline}</span>{inner}</div>"
        )
        if place < 2:
            parts.append(
                f'<div class="extraContent" data-zonedgrouping-extra-content-index="{place}">'
                f"{ad('ResultsMiddle')}</div>"
            )
    return "".join(parts)


def _featured(listing: Listing) -> str:
    if not listing.featured:
        return ""
    event = listing.featured[0].event
    rows = "".join(_row(match, timed=False) for match in listing.featured)
    return (
        '<div class="big-results"><div class="tab-holder"><div class="tab text-ellipsis active"'
        f' data-content-id="{event.id}"><span>{text(event.name)}</span></div></div>'
        f'<div class="tab-content-holder"><div class="tab-content " id="{event.id}">'
        f'<div class="results-holder results-all"><div class="results-sublist">{rows}</div></div>'
        "</div></div></div>"
    )


def _paging(listing: Listing, place: str) -> str:
    last = listing.offset + len(listing.rows)

    def link(name: str, offset: int, *, active: bool) -> str:
        if not active:
            return f'<a class="pagination-{name} inactive"></a>'
        return f'<a href="/results?offset={offset}{listing.query}" class="pagination-{name} "></a>'

    before = link("prev", max(0, listing.offset - listing.page_size), active=listing.offset > 0)
    after = link("next", listing.offset + listing.page_size, active=last < listing.total)
    return (
        f'<div class="pagination-component pagination-{place} "><span class="pagination-data">'
        f"{listing.offset + 1} - {last} of {listing.total} </span>{before} {after}</div>"
    )


def _team(team: Team, number: int, *, won: bool) -> str:
    name = f'<div class="team {"team-won" if won else ""}">{text(team.name)}</div>'
    image = logo(team, "team-logo")
    inner = name + image if number == 1 else image + name
    return f'<td class="team-cell"><div class="line-align team{number}">{inner}</div></td>'


def _row(match: MatchPlan, *, timed: bool) -> str:
    left, right = match.listed_score
    unix = f' data-zonedgrouping-entry-unix="{match.completed_ms}"' if timed else ""
    classes = ("score-won", "score-lost") if left > right else ("score-lost", "score-won")
    if left == right:
        classes = ("score-tie", "score-tie")
    event = text(match.event.name)
    mark = f'<div class="map map-text">{map_text(match)}</div>'
    if match.stars:
        stars = '<i class="fa fa-star star"></i>' * match.stars
        mark = f'<div class="map-and-stars"><div class="stars">{stars}</div>{mark}</div>'
    return (
        f'<div class="result-con"{unix}><a href="{match.path}" class="a-reset">'
        f'<div class="result"><table><tr>{_team(match.teams[0], 1, won=left > right)}'
        f'<td class="result-score"><span class="{classes[0]}">{left}</span> - '
        f'<span class="{classes[1]}">{right}</span></td>'
        f"{_team(match.teams[1], 2, won=right > left)}"
        f'<td class="event"><img alt="{event}" src="/img/event.png" class="event-logo"'
        f' title="{event}"><span class="event-name">{event}</span></td>'
        f'<td class="star-cell">{mark}</td></tr></table></div></a></div>'
    )
